using System.Collections.Immutable;
using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>All cores of a placement in step: a tick of each, then every spike to whoever a link leads to.</summary>
internal sealed class Lockstep
{
    private readonly Placement _placement;
    private readonly ImmutableArray<CoreLink> _links;

    public Lockstep(Placement placement, CoreOptions? options = null)
    {
        _placement = placement;
        _links = placement.Links();
        Cores = [.. placement.Cores.Select(c => new NeuronCore(placement, c.Index, runAhead: 1, options))];
    }

    public Lockstep(Network network, CoreOptions? options = null)
        : this(Placer.Place(network, new PlacementOptions(Cores: 1)), options) { }

    public NeuronCore[] Cores { get; }

    public long Tick => Cores[0].Tick;

    public Lockstep Step()
    {
        foreach (var core in Cores) core.Step();
        foreach (var link in _links)
        {
            var core = Cores[link.From];
            var slices = core.Slices.ToArray();
            foreach (int index in core.Emitted)
            {
                if (link.Slices.Contains(slices[index]))
                    Cores[link.To].Receive(slices[index], core.Tick, core.SpikesOf(index));
            }
        }
        return this;
    }

    public Lockstep RunTo(long tick)
    {
        while (Tick < tick) Step();
        return this;
    }

    /// <summary>The spikes of a population in the last tick.</summary>
    public bool[] Spikes(int population)
    {
        var spikes = new bool[_placement.Network.Populations[population].Size];
        foreach (var core in Cores)
        {
            var slices = core.Slices.ToArray();
            foreach (int index in core.Emitted)
            {
                var slice = slices[index];
                if (slice.Population != population) continue;
                var emitted = core.SpikesOf(index);
                var words = new ulong[(slice.Count + 63) / 64];
                emitted.Or(words, 0);
                int count = 0;
                for (int i = 0; i < slice.Count; i++)
                {
                    if ((words[i / 64] >> (i % 64) & 1) == 0) continue;
                    spikes[slice.Start + i] = true;
                    count++;
                }
                Assert.Equal(count, emitted.Count);
                Assert.True(count > 0, "a slice without a spike counts as one that emitted");
            }
        }
        return spikes;
    }

    public NetworkState Capture()
    {
        var state = new NetworkState(_placement.Network, Tick);
        foreach (var core in Cores) core.AddTo(state);
        return state;
    }

    /// <summary>Continues from a state; the core of that number carries the totals.</summary>
    public Lockstep Restore(NetworkState state, int totals = 0)
    {
        foreach (var core in Cores) core.Restore(state, carriesTotals: core.Index == totals % Cores.Length);
        return this;
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(_placement.Network);
        foreach (var core in Cores) core.MoveTo(recordings);
        return recordings;
    }
}
