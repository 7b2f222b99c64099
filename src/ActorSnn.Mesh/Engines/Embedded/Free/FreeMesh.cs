using ActorSnn.Cores;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// The cores of a mesh in one process in free timing. Their clocks show the same time; what a clock shows at a tick a core reads for itself. Between two calls of
/// <see cref="RunTo"/> the clocks stand still, so all cores end, and go on, at one same tick; spikes under way then are taken, and may be late, in the next.
/// </summary>
internal sealed class FreeMesh : IMesh
{
    private readonly FreeTiming _timing;
    private readonly FreeCore[] _cores;
    private readonly FreeCore[][] _shares;
    private long _limit = -1;
    private volatile CoreFailedException? _failure;
    private bool _isDisposed;

    public FreeMesh(Placement placement, MeshOptions options, FreeTiming timing)
    {
        if (timing.TickMicroseconds < 1) throw new ArgumentOutOfRangeException(nameof(timing), timing.TickMicroseconds, "a tick takes at least a microsecond");
        (Placement, _timing) = (placement, timing);
        int runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        var links = placement.Links();
        var cores = new FreeCore[placement.Cores.Length];
        Parallel.For(0, cores.Length, i => cores[i] = new FreeCore(new FreeMachine(new NeuronCore(placement, i, runAhead, options.Core), placement, links, runAhead)));
        _cores = cores;
        var wires = links.ToDictionary(l => (l.From, l.To), l => new FreeLink(cores[l.To]));
        foreach (var core in cores)
            core.Connect([.. core.Machine.Inputs.Select(l => wires[(l.From, l.To)])], [.. core.Machine.Outputs.Select(l => wires[(l.From, l.To)])]);
        // Who has no time to lose gets all the threads there are.
        int threads = Math.Clamp(options.Threads ?? Environment.ProcessorCount, 1, cores.Length);
        _shares = [.. Enumerable.Range(0, threads).Select(t => cores.Where((_, i) => i % threads == t).ToArray())];
    }

    public Placement Placement { get; }

    public int Threads => _shares.Length;

    public long Tick => _cores.Min(c => c.Consumed);

    public MeshTraffic Traffic => new([.. _cores.SelectMany(c => c.Machine.Sent.ToArray())]);

    public FreeFigures Free => _cores.Aggregate(FreeFigures.None, (sum, core) => sum.Plus(core.Machine.Figures));

    private long FurthestTick => _cores.Max(c => c.Consumed);

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_failure is { } earlier) throw earlier;
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        Volatile.Write(ref _limit, tick);
        using (cancellation.Register(() => Volatile.Write(ref _limit, Math.Min(tick, FurthestTick + 1)))) RunRound();
        // Stopped early, a core may already have been past the lowered limit: the others catch up with it.
        while (_failure is null && FurthestTick is var furthest && furthest > Tick)
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
        foreach (var core in _cores) core.Machine.Core.Restore(state, carriesTotals: core.Machine.Core.Index == 0);
        foreach (var core in _cores) core.Reset();
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        foreach (var core in _cores) core.Machine.Core.MoveTo(recordings);
        return recordings;
    }

    public void Dispose() => _isDisposed = true;

    /// <summary>Runs all cores to the limit, with clocks that start at the tick after the last one all have run.</summary>
    private void RunRound()
    {
        FreeClock clock = default;
        using var ready = new Barrier(_shares.Length, _ => clock = new FreeClock(_timing.TickMicroseconds, Tick + 1));
        var threads = new Thread[_shares.Length];
        for (int t = 0; t < threads.Length; t++)
        {
            var cores = _shares[t];
            threads[t] = new Thread(() =>
            {
                ready.SignalAndWait();
                Run(cores, clock);
            }) { IsBackground = true, Name = $"actorsnn free worker {t}" };
        }
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
    }

    /// <summary>Runs cores in turn, a tick at a time, until all of them are at the limit.</summary>
    private void Run(FreeCore[] cores, FreeClock clock)
    {
        while (_failure is null)
        {
            long limit = Volatile.Read(ref _limit);
            bool hasRun = false;
            bool isFinished = true;
            long slowest = long.MaxValue;
            foreach (var core in cores)
            {
                try
                {
                    hasRun |= core.Advance(clock.Tick, limit);
                }
                catch (Exception cause)
                {
                    Interlocked.CompareExchange(ref _failure, new CoreFailedException(core.Machine.Core.Index, core.Machine.Core.Tick + 1, cause), null);
                    return;
                }
                slowest = Math.Min(slowest, core.Machine.Core.Tick);
                isFinished &= core.Machine.Core.Tick >= limit;
            }
            if (isFinished) return;
            if (!hasRun) clock.Pass(slowest + 1);
        }
    }
}
