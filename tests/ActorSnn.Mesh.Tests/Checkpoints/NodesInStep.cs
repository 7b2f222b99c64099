using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Checkpoints;

/// <summary>A random network, cut at random onto cores that are dealt out to nodes at random, all run in step.</summary>
internal sealed class NodesInStep
{
    private readonly Network _network;
    private readonly NeuronCore[] _cores;
    private readonly int[] _nodeOf;

    public NodesInStep(Network network, int seed)
    {
        _network = network;
        var random = new Random(seed);
        var placement = RandomPlacements.Make(network, random.Next(1, 9), seed);
        var links = placement.Links();
        _cores = [.. placement.Cores.Select(c => new NeuronCore(placement, c.Index, runAhead: 1))];
        Nodes = random.Next(1, 5);
        _nodeOf = [.. _cores.Select(_ => random.Next(Nodes))];
        Step = () =>
        {
            foreach (var core in _cores) core.Step();
            foreach (var link in links)
            {
                var slices = _cores[link.From].Slices.ToArray();
                foreach (int index in _cores[link.From].Emitted)
                {
                    if (link.Slices.Contains(slices[index])) _cores[link.To].Receive(slices[index], Tick, _cores[link.From].SpikesOf(index));
                }
            }
        };
    }

    public int Nodes { get; }

    public long Tick => _cores[0].Tick;

    private Action Step { get; }

    public NodesInStep RunTo(long tick)
    {
        while (Tick < tick) Step();
        return this;
    }

    public NodesInStep Restore(NetworkState state)
    {
        foreach (var core in _cores) core.Restore(state, carriesTotals: core.Index == 0);
        return this;
    }

    public List<Slice> SlicesOf(int node) => [.. CoresOf(node).SelectMany(c => c.Slices)];

    /// <summary>The state of one node; of all for null.</summary>
    public NetworkState Capture(int? node = null)
    {
        var state = new NetworkState(_network, Tick);
        foreach (var core in CoresOf(node)) core.AddTo(state);
        return state;
    }

    /// <summary>What one node recorded; all for null.</summary>
    public Recordings TakeRecordings(int? node = null)
    {
        var recordings = new Recordings(_network);
        foreach (var core in CoresOf(node)) core.MoveTo(recordings);
        return recordings;
    }

    private IEnumerable<NeuronCore> CoresOf(int? node) => _cores.Where((_, i) => node is null || _nodeOf[i] == node);
}
