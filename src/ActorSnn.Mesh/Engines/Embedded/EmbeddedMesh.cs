using ActorSnn.Cores;

namespace ActorSnn.Mesh.Embedded;

/// <summary>The cores of a mesh in one process.</summary>
internal sealed class EmbeddedMesh : IMesh
{
    private readonly CoreGroup _group;
    private readonly int _runAhead;

    public EmbeddedMesh(Placement placement, MeshOptions options)
    {
        Placement = placement;
        _runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        var links = placement.Links();
        int threads = options.ThreadsFor(placement);
        // One thread runs cores in turn anyway: it gains from long windows and loses nothing.
        var windows = threads > 1 ? LoopWindows.Of(placement.Cores.Length, links) : [.. placement.Cores.Select(_ => _runAhead)];
        var machines = new CoreMachine[placement.Cores.Length];
        Parallel.For(0, machines.Length, i =>
            machines[i] = new CoreMachine(new NeuronCore(placement, i, _runAhead, options.Core), links, _runAhead, windows[i]));
        _group = new CoreGroup(placement, machines, _runAhead, threads);
        _group.Start();
    }

    public Placement Placement { get; }

    public int Threads => _group.Threads;

    public long Tick => _group.Tick;

    public MeshTraffic Traffic => new([.. _group.Cores.SelectMany(c => c.Machine.Sent.ToArray())]);

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_group.IsStopping && _group.Failure is null, this);
        if (_group.Failure is { } earlier) throw earlier;
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        _group.Limit = tick;
        using (cancellation.Register(StopEarly)) _group.RunRound();
        // Stopped early, a core may already have been past the lowered limit: the others catch up with it.
        while (_group.Failure is null && _group.FurthestTick is var furthest && furthest > Tick)
        {
            _group.Limit = furthest;
            _group.RunRound();
        }
        if (_group.Failure is { } failure) throw failure;
        return Tick;
    }

    public NetworkState Capture()
    {
        var state = new NetworkState(Placement.Network, Tick);
        foreach (var core in _group.Cores) core.Machine.Core.AddTo(state);
        return state;
    }

    public void Restore(NetworkState state)
    {
        if (state.Network.Hash != Placement.Network.Hash)
            throw new ArgumentException($"the state is of network {state.Network.Hash[..12]}, this is {Placement.Network.Hash[..12]}", nameof(state));
        foreach (var core in _group.Cores) core.Machine.Core.Restore(state, carriesTotals: core.Machine.Core.Index == 0);
        foreach (var core in _group.Cores) core.Reset();
        _group.Limit = state.Tick;
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        foreach (var core in _group.Cores) core.Machine.Core.MoveTo(recordings);
        return recordings;
    }

    public void Dispose() => _group.Dispose();

    /// <summary>Lowers the limit to a tick just beyond all cores: a window is at most one run-ahead long.</summary>
    private void StopEarly() => _group.Limit = Math.Min(_group.Limit, _group.FurthestTick + _runAhead);
}
