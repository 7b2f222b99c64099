using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>What people should know about a recording of the network: what its populations are for, and the steps of a sample.</summary>
public static class BstdgAnnotation
{
    private const string Layers = "layers", Errors = "errors", Teacher = "teacher", Clock = "clock";

    /// <summary>Samples of more steps are drawn without their names.</summary>
    private const int MostPhases = 16;

    private static readonly (string Population, string Role, string Group)[] Roles =
    [
        (BstdgCircuit.Input, "samples, bright is early", Layers), (BstdgCircuit.Hidden, "hidden", Layers), (BstdgCircuit.Output, "output, the first wins", Layers),
        (BstdgCircuit.Answer, "answers", Layers), ("label", "labels", Teacher), ("o.error", "errors, sent back", Errors), ("h.error", "errors, before their norm", Errors),
        ("h.norm", "errors, of norm 1", Errors), ("start", "starts samples", Clock),
    ];

    /// <summary>Probes of every spike of the populations worth looking at, in the order in which they are best looked at.</summary>
    /// <param name="training">Whether the network is the one that trains.</param>
    public static IEnumerable<SpikeProbe> SpikeProbes(bool training) =>
        Roles.Where(r => r.Group == Layers || (training && r.Group != Clock)).Select(r => new SpikeProbe(r.Population, r.Population, TickFilter.EveryTick));

    /// <summary>Adds roles, and the names of steps where there are not too many, to a recording.</summary>
    /// <param name="recording">A recording of a network whose samples last all their steps.</param>
    /// <param name="options">What the network is like.</param>
    public static Recording Annotate(Recording recording, BstdgOptions options) => recording with
    {
        Populations = [.. recording.Populations.Select(p => p with { Role = Of(p.Name).Role, Group = GroupOf(p.Name) })],
        Phases = options.Steps > MostPhases
            ? null
            : new RecordedPhases([new RecordedPhase("start"), .. Enumerable.Range(0, options.Steps).Select(step => new RecordedPhase($"t = {step}"))]),
    };

    /// <summary>What a population has in common with others; null for one of no group.</summary>
    /// <param name="population">Its name.</param>
    public static string? GroupOf(string population) => Of(population).Group;

    private static (string Population, string? Role, string? Group) Of(string population) => Roles.FirstOrDefault(r => r.Population == population);
}
