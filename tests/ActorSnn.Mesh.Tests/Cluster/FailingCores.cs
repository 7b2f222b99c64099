using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>An open run whose cores can be made to throw while it stands at its last tick: really, and on threads or in actors of their own.</summary>
internal static class FailingCores
{
    /// <summary>The tick at which it stands first.</summary>
    public const long FirstTick = 20;

    public static Network Network { get; } = new NetworkBuilder("n")
        .AddPopulation("in", 10, new PoissonSource(100))
        .AddPopulation("out", 10, new GatedThresholdNeuron(0))
        .AddPopulation("back", 10, new GatedThresholdNeuron(0))
        .AddProjection("in", "out", Connectivity.Pairs((0, 0), (9, 9)), Weight.Constant(1), Delay.Ticks(5))
        .AddProjection("out", "back", Connectivity.OneToOne, Weight.Constant(1))
        .AddProjection("back", "out", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(3))
        .Build();

    public static RunPlan Plan { get; } = new() { LastTick = FirstTick, FirstCheckpoint = FirstTick, CheckpointEvery = 1000, Cores = 2, IsOpen = true };

    /// <summary>Gives cores that stand still a spike of a neuron there is none of: whoever it reaches throws, five ticks later.</summary>
    /// <param name="share">The cores of one node.</param>
    /// <param name="state">What they hold.</param>
    public static void Spoil(RunShare share, NetworkState state)
    {
        state.SpikesAt(0, state.Tick)[0] |= 1UL << 40;
        foreach (var core in share.Group.Cores) core.Machine.Core.Restore(state, carriesTotals: core.Machine.Core.Index == 0);
    }

    /// <summary>What a run held at a checkpoint.</summary>
    public static NetworkState StateOf(IRunStore store, string run, CheckpointManifest checkpoint)
    {
        var state = new NetworkState(Network, checkpoint.Tick);
        foreach (var part in checkpoint.Parts.Where(p => p.Key.Kind == PartKind.State)) StatePart.MergeInto(state, store.ReadPart(run, part), run);
        return state;
    }
}
