using ActorSnn.Networks;

namespace ActorSnn.Learning.Sbp;

/// <summary>What people should know about a recording of the circuit: what its populations are for, and the names of its phases.</summary>
public static class SbpAnnotation
{
    private const string Layers = "layers", Memory = "memory", Error = "error", Gates = "gates";

    private static readonly (string Population, string Role, string Group)[] Roles =
    [
        ("input", "samples, as shown", Layers), ("target", "labels, as shown", Layers),
        ("x", "input", Layers), ("mx", "remembers x", Memory),
        ("h", "hidden", Layers), ("h<", "above 0", Layers), ("h>", "above 1024", Layers), ("mh", "remembers h", Memory),
        ("ch", "may learn", Error), ("hT", "error, sent back", Error),
        ("o", "output", Layers), ("o<", "above 0", Layers), ("o>", "above 1024", Layers), ("t", "target", Layers),
        ("d+", "error +", Error), ("d-", "error -", Error), ("oT-", "feeds -W2 back", Error),
    ];

    /// <summary>Probes of every spike of all populations but the one that starts the ring, in the order in which they are best looked at.</summary>
    /// <param name="training">Whether the circuit is the one that trains.</param>
    public static IEnumerable<SpikeProbe> SpikeProbes(bool training)
    {
        string[] inference = ["input", "x", "h", "o"];
        var populations = Roles.Select(r => r.Population).Where(p => training || inference.Contains(p))
            .Concat(Enumerable.Range(0, training ? SbpCircuit.TrainingTicks : SbpCircuit.InferenceTicks).Select(gate => $"g{gate}"));
        return populations.Select(p => new SpikeProbe(p, p, TickFilter.EveryTick));
    }

    /// <summary>Adds roles and phases to a recording.</summary>
    /// <param name="recording">A recording of the circuit.</param>
    /// <param name="training">Whether the circuit is the one that trains.</param>
    public static Recording Annotate(Recording recording, bool training) => recording with
    {
        Populations = [.. recording.Populations.Select(p => p with { Role = RoleOf(p.Name), Group = GroupOf(p.Name) })],
        Phases = new RecordedPhases(training
            ? [.. Enum.GetValues<SbpPhase>().Select(phase => new RecordedPhase(phase.ToString(), EffectOf(phase)))]
            : [.. Enum.GetNames<SbpInferencePhase>().Select(name => new RecordedPhase(name))]),
    };

    /// <summary>What a population has in common with others; null for one of no group.</summary>
    /// <param name="population">Its name.</param>
    public static string? GroupOf(string population) =>
        population.StartsWith('g') ? Gates : Roles.FirstOrDefault(r => r.Population == population).Group;

    private static string? RoleOf(string population) =>
        population.StartsWith('g') ? "gates" : Roles.FirstOrDefault(r => r.Population == population).Role;

    private static PhaseEffect EffectOf(SbpPhase phase) => phase switch
    {
        SbpPhase.StrengthenOutput or SbpPhase.StrengthenHidden => PhaseEffect.Strengthens,
        SbpPhase.WeakenOutput or SbpPhase.WeakenHidden => PhaseEffect.Weakens,
        _ => PhaseEffect.None,
    };
}
