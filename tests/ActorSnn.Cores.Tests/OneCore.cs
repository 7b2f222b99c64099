using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>A network that one core has all of, run tick by tick: what every other way to run it has to equal.</summary>
internal static class OneCore
{
    /// <summary>The state hash after a tick.</summary>
    public static string HashAt(Network network, long tick)
    {
        var core = new NeuronCore(Placer.Place(network, new PlacementOptions(Cores: 1)), 0, runAhead: 1);
        while (core.Tick < tick) core.Step();
        var state = new NetworkState(network, tick);
        core.AddTo(state);
        return state.Hash();
    }
}
