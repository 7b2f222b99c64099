using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>What people should know about a recording of the network: what its populations are for.</summary>
public static class SsnnBpAnnotation
{
    private const string Forward = "forward", Backward = "backward", Teacher = "teacher", Bias = "bias";

    /// <summary>Probes of every spike of the populations worth looking at, in the order in which they are best looked at.</summary>
    /// <param name="hiddenLayers">Number of hidden layers.</param>
    /// <param name="training">Whether the network is the one that trains.</param>
    public static IEnumerable<SpikeProbe> SpikeProbes(int hiddenLayers, bool training)
    {
        var hidden = Enumerable.Range(1, hiddenLayers).Select(l => SsnnBpCircuit.HiddenName(l, hiddenLayers)).ToList();
        IEnumerable<string> populations = ["input", .. hidden, SsnnBpCircuit.Output];
        if (training) populations = [.. populations, "label", SsnnBpCircuit.BackwardOf(SsnnBpCircuit.Output), .. hidden.AsEnumerable().Reverse().Select(SsnnBpCircuit.BackwardOf)];
        return populations.Select(p => new SpikeProbe(p, p, TickFilter.EveryTick));
    }

    /// <summary>Adds roles to a recording.</summary>
    /// <param name="recording">A recording of the network.</param>
    public static Recording Annotate(Recording recording) =>
        recording with { Populations = [.. recording.Populations.Select(p => p with { Role = RoleOf(p.Name), Group = GroupOf(p.Name) })] };

    /// <summary>What a population has in common with others.</summary>
    /// <param name="population">Its name.</param>
    public static string GroupOf(string population) => population switch
    {
        "one" => Bias,
        "label" => Teacher,
        _ => IsBackward(population) ? Backward : Forward,
    };

    private static string RoleOf(string population) => population switch
    {
        "input" => "samples, as spikes",
        "one" => "always spikes",
        "label" => "labels",
        SsnnBpCircuit.Output => "output, one wins",
        _ => IsBackward(population) ? "g+ and g- of each neuron" : "hidden",
    };

    private static bool IsBackward(string population) => population.EndsWith(SsnnBpCircuit.BackwardOf(""), StringComparison.Ordinal);
}
