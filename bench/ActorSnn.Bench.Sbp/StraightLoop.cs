using ActorSnn.Cores;

namespace ActorSnn.Bench.Sbp;

/// <summary>
/// The same cores with the same kernels, stepped in turn on one thread; spikes go from core to core by a method call. No actors, packets, windows, safe
/// time or credit: what the mesh adds is what lies between this and it.
/// </summary>
public sealed class StraightLoop
{
    private readonly NeuronCore[] _cores;
    private readonly Slice[][] _slices;
    private readonly NeuronCore[][][] _routes;

    public StraightLoop(Placement placement)
    {
        var links = placement.Links();
        _cores = [.. placement.Cores.Select(c => new NeuronCore(placement, c.Index, placement.Network.MaxDelay + 1))];
        _slices = [.. _cores.Select(c => c.Slices.ToArray())];
        _routes = [.. _cores.Select(c => c.Slices
            .Select(s => links.Where(l => l.From == c.Index && l.Slices.Contains(s)).Select(l => _cores[l.To]).ToArray()).ToArray())];
    }

    public long Tick => _cores[0].Tick;

    public void RunTo(long tick)
    {
        while (_cores[0].Tick < tick)
        {
            foreach (var core in _cores) core.Step();
            for (int i = 0; i < _cores.Length; i++)
            {
                var core = _cores[i];
                foreach (int slice in core.Emitted)
                {
                    foreach (var target in _routes[i][slice])
                        target.Receive(_slices[i][slice], core.Tick, core.SpikesOf(slice));
                }
            }
        }
    }

    public string Hash(Placement placement)
    {
        var state = new NetworkState(placement.Network, Tick);
        foreach (var core in _cores) core.AddTo(state);
        return state.Hash();
    }
}
