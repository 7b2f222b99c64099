using ActorSnn.Cores;

namespace ActorSnn.Mesh.Embedded;

/// <summary>The cores of a mesh in one process.</summary>
internal sealed class EmbeddedMesh : IMesh
{
    private readonly EmbeddedCore[] _cores;
    private readonly EmbeddedWorker[] _workers;
    private readonly object _gate = new();
    private readonly int _runAhead;
    private long _limit = -1;
    private long _round;
    private int _working;
    private volatile bool _stopping;
    private volatile CoreFailedException? _failure;

    public EmbeddedMesh(Placement placement, MeshOptions options)
    {
        Placement = placement;
        _runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        var links = placement.Links();
        _cores = new EmbeddedCore[placement.Cores.Length];
        int threads = options.ThreadsFor(placement);
        // One thread runs cores in turn anyway: it gains from long windows and loses nothing.
        var windows = threads > 1 ? LoopWindows.Of(_cores.Length, links) : [.. _cores.Select(_ => _runAhead)];
        Parallel.For(0, _cores.Length, i =>
            _cores[i] = new EmbeddedCore(new CoreMachine(new NeuronCore(placement, i, _runAhead, options.Core), links, _runAhead, windows[i])));

        var shares = Share(placement, threads);
        _workers = [.. shares.Select((share, i) => new EmbeddedWorker(this, [.. share.Select(c => _cores[c])], i, threads))];
        var workerOf = _workers.SelectMany(w => w.Cores.Select(c => (c, w))).ToDictionary(p => p.c, p => p.w);
        var wires = links.ToDictionary(l => (l.From, l.To), l => new EmbeddedLink(_cores[l.From], _cores[l.To], _runAhead + placement.Network.MaxDelay + 1));
        foreach (var core in _cores)
        {
            core.Connect(
                workerOf[core],
                [.. core.Machine.Inputs.Select(l => wires[(l.From, l.To)])],
                [.. core.Machine.Outputs.Select(l => wires[(l.From, l.To)])],
                c => workerOf[c]);
        }
        foreach (var worker in _workers) worker.Thread.Start();
    }

    public Placement Placement { get; }

    public int Threads => _workers.Length;

    public long Tick => _cores.Min(c => c.Consumed);

    public MeshTraffic Traffic => new([.. _cores.SelectMany(c => c.Machine.Sent.ToArray())]);

    /// <summary>The tick the workers run to.</summary>
    internal long Limit => Volatile.Read(ref _limit);

    /// <summary>Whether the workers shall leave everything as it is.</summary>
    internal bool IsStopping => _stopping;

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_stopping && _failure is null, this);
        if (_failure is { } earlier) throw earlier;
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        Volatile.Write(ref _limit, tick);
        using (cancellation.Register(StopEarly)) RunRound();
        // Stopped early, a core may already have been past the lowered limit: the others catch up with it.
        while (_failure is null && _cores.Max(c => c.Consumed) is var furthest && furthest > Tick)
        {
            Volatile.Write(ref _limit, furthest);
            RunRound();
        }
        if (_failure is { } failure) throw failure;
        return Tick;
    }

    public NetworkState Capture()
    {
        var state = new NetworkState(Placement.Network, Tick);
        foreach (var core in _cores) core.Machine.Core.AddTo(state);
        return state;
    }

    public void Restore(NetworkState state)
    {
        if (state.Network.Hash != Placement.Network.Hash)
            throw new ArgumentException($"the state is of network {state.Network.Hash[..12]}, this is {Placement.Network.Hash[..12]}", nameof(state));
        for (int i = 0; i < _cores.Length; i++) _cores[i].Machine.Core.Restore(state, carriesTotals: i == 0);
        foreach (var core in _cores) core.Reset();
        Volatile.Write(ref _limit, state.Tick);
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        foreach (var core in _cores) core.Machine.Core.MoveTo(recordings);
        return recordings;
    }

    public void Dispose()
    {
        Stop();
        foreach (var worker in _workers) worker.Thread.Join();
    }

    /// <summary>Called by a worker between rounds: waits for the next one; false when there will be none.</summary>
    /// <param name="round">Number of the round to wait for, from 1.</param>
    internal bool AwaitRound(long round)
    {
        lock (_gate)
        {
            while (_round < round && !_stopping) Monitor.Wait(_gate);
            // A round that has begun is finished by every worker, even if another has failed in it already.
            return _round >= round;
        }
    }

    /// <summary>Called by a worker whose cores have all reached the limit, or that was told to stop.</summary>
    internal void FinishRound()
    {
        lock (_gate)
        {
            if (--_working == 0) Monitor.PulseAll(_gate);
        }
    }

    internal void Fail(CoreFailedException failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        Stop();
    }

    private void RunRound()
    {
        lock (_gate)
        {
            _working = _workers.Length;
            _round++;
            Monitor.PulseAll(_gate);
            while (_working > 0) Monitor.Wait(_gate);
        }
    }

    private void Stop()
    {
        _stopping = true;
        lock (_gate) Monitor.PulseAll(_gate);
        foreach (var worker in _workers) worker.Wake();
    }

    /// <summary>Lowers the limit to a tick just beyond all cores: a window is at most one run-ahead long.</summary>
    private void StopEarly()
    {
        long horizon = _cores.Max(c => c.Consumed) + _runAhead;
        Volatile.Write(ref _limit, Math.Min(Limit, horizon));
        foreach (var worker in _workers) worker.Wake();
    }

    /// <summary>Shares the cores out so that workers have about the same to do: largest first, to whoever has least.</summary>
    private static List<int>[] Share(Placement placement, int threads)
    {
        var shares = new List<int>[threads];
        var load = new long[threads];
        for (int i = 0; i < threads; i++) shares[i] = [];
        foreach (var core in placement.Cores.OrderByDescending(c => c.SynapseBytes + c.Neurons).ThenBy(c => c.Index))
        {
            int least = Array.IndexOf(load, load.Min());
            shares[least].Add(core.Index);
            load[least] += core.SynapseBytes + core.Neurons;
        }
        foreach (var share in shares) share.Sort();
        return shares;
    }
}
