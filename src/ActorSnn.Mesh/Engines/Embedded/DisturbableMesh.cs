using System.Collections.Immutable;
using System.Diagnostics;
using ActorSnn.Cores;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// The cores of a mesh in one process, each connected to the others as nodes are: what they say to each other goes in frames, through a link machine at either end, and in between through what disturbs links on purpose. For
/// experiments; <see cref="EmbeddedMesh"/> is for speed.
/// </summary>
internal sealed class DisturbableMesh : IBreakableMesh
{
    private const int YieldingPolls = 20;

    /// <summary>Longest time nobody looks whether something is due.</summary>
    private const int SleepMs = 1;

    private readonly MeshOptions _options;
    private readonly ImmutableArray<CoreLink> _links;
    private readonly int[] _windows;
    private readonly DisturbablePart[] _parts;
    private readonly AutoResetEvent[] _wake;
    private readonly int _runAhead;
    private readonly object _killing = new();
    private readonly Stopwatch _clock = new();
    private long _limit = -1;
    private long _epoch;
    private volatile Exception? _failure;
    private volatile bool _isAnyGone;
    private volatile bool _isDisposed;
    private IReadOnlyDictionary<int, double> _slow = new Dictionary<int, double>();

    public DisturbableMesh(Placement placement, MeshOptions options)
    {
        (Placement, _options) = (placement, options);
        _runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        _links = placement.Links();
        Threads = options.ThreadsFor(placement);
        _windows = Threads > 1 ? LoopWindows.Of(placement.Cores.Length, _links) : [.. placement.Cores.Select(_ => _runAhead)];
        _wake = [.. Enumerable.Range(0, Threads).Select(_ => new AutoResetEvent(false))];
        var parts = new DisturbablePart[placement.Cores.Length];
        Parallel.For(0, parts.Length, i => parts[i] = new DisturbablePart(placement, _links, i, MachineOf(i), _runAhead, _wake[i % Threads]));
        _parts = parts;
        foreach (var (a, b) in _links.Select(l => (Math.Min(l.From, l.To), Math.Max(l.From, l.To))).Where(l => l.Item1 != l.Item2).Distinct()) DisturbablePart.Connect(_parts[a], _parts[b]);
    }

    public Placement Placement { get; }

    public int Threads { get; }

    public long Tick
    {
        get
        {
            long tick = long.MaxValue;
            foreach (var part in _parts) tick = Math.Min(tick, part.Core.Consumed);
            return tick;
        }
    }

    public long FurthestTick
    {
        get
        {
            long tick = -1;
            foreach (var part in _parts) tick = Math.Max(tick, part.Core.Consumed);
            return tick;
        }
    }

    public MeshTraffic Traffic => new([.. _parts.SelectMany(p => p.Core.Machine.Sent.ToArray())]);

    public FaultCounts Counts => _parts.Aggregate(new FaultCounts(), (sum, part) => sum + part.Counts);

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ThrowIfBroken();
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        SetLimit(tick);
        using (cancellation.Register(() => SetLimit(Math.Min(Volatile.Read(ref _limit), FurthestTick + _runAhead)))) RunRound();
        // Stopped early, a core may already have been past the lowered limit: the others catch up with it.
        while (!IsBroken && FurthestTick is var furthest && furthest > Tick)
        {
            SetLimit(furthest);
            RunRound();
        }
        ThrowIfBroken();
        return Tick;
    }

    public NetworkState Capture()
    {
        var state = new NetworkState(Placement.Network, Tick);
        foreach (var part in _parts) part.Core.Machine.Core.AddTo(state);
        return state;
    }

    public void Restore(NetworkState state)
    {
        if (state.Network.Hash != Placement.Network.Hash)
            throw new ArgumentException($"the state is of network {state.Network.Hash[..12]}, this is {Placement.Network.Hash[..12]}", nameof(state));
        foreach (var part in _parts) part.Core.Machine.Core.Restore(state, carriesTotals: part.Core.Machine.Core.Index == 0);
        BeginAnew(part => part.Core.Machine);
        SetLimit(state.Tick);
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        foreach (var part in _parts) part.Core.Machine.Core.MoveTo(recordings);
        return recordings;
    }

    public void Disturb(DisturbLinks order)
    {
        Mend(order.Fault);
        foreach (var (from, to) in order.Links)
        {
            if (int.TryParse(from, out int sender) && int.TryParse(to, out int receiver) && sender >= 0 && sender < _parts.Length)
                _parts[sender].Disturb(receiver, order.Fault, FrameFault.Of(order.What), order.Seed);
        }
    }

    public void Mend(int fault)
    {
        foreach (var part in _parts) part.Mend(fault);
    }

    public void SlowDown(IReadOnlyDictionary<int, double> microsecondsPerTick)
    {
        lock (_killing)
        {
            _slow = microsecondsPerTick;
            foreach (var part in _parts) part.Group.SlowDown(_slow);
        }
    }

    public bool Kill(int core)
    {
        lock (_killing)
        {
            if (core < 0 || core >= _parts.Length || !_parts[core].Group.Kill(core)) return false;
            _isAnyGone = true;
            return true;
        }
    }

    public void Rebuild(bool all)
    {
        lock (_killing)
        {
            BeginAnew(part => all || part.Core.IsGone ? MachineOf(part.Core.Machine.Core.Index) : part.Core.Machine);
            _isAnyGone = false;
        }
    }

    public void Dispose() => _isDisposed = true;

    private bool IsBroken => _failure is not null || _isAnyGone || _isDisposed;

    private CoreMachine MachineOf(int core) => new(new NeuronCore(Placement, core, _runAhead, _options.Core), _links, _runAhead, _windows[core]);

    /// <summary>Parts go on in a new epoch: what is still under way between them belongs to the time before.</summary>
    private void BeginAnew(Func<DisturbablePart, CoreMachine> machineOf)
    {
        lock (_killing)
        {
            _epoch++;
            foreach (var part in _parts)
            {
                part.Begin(machineOf(part), _epoch);
                part.Group.SlowDown(_slow);
            }
        }
    }

    private void SetLimit(long tick)
    {
        Volatile.Write(ref _limit, tick);
        foreach (var part in _parts) part.Group.Limit = tick;
    }

    private void ThrowIfBroken()
    {
        if (_failure is { } failure) throw failure;
        if (_isAnyGone) throw new CoreGoneException();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }

    /// <summary>Runs until all cores stand at the limit, on this thread and others. The clock of the links stands still between rounds, so nothing is sent again because of a pause.</summary>
    private void RunRound()
    {
        _clock.Start();
        Thread[] others = [.. Enumerable.Range(1, Threads - 1).Select(w => new Thread(() => Work(w)) { IsBackground = true, Name = $"actorsnn worker {w}" })];
        foreach (var thread in others) thread.Start();
        Work(0);
        foreach (var thread in others) thread.Join();
        _clock.Stop();
    }

    private void Work(int worker)
    {
        try
        {
            int idle = 0;
            while (!IsBroken && Tick < Volatile.Read(ref _limit))
            {
                bool any = false;
                for (int i = worker; i < _parts.Length; i += Threads)
                {
                    any |= _parts[i].Advance(_clock.Elapsed.TotalMilliseconds);
                    if (_parts[i].Group.Failure is { } failure) _failure ??= failure;
                }
                if (any) idle = 0;
                else if (++idle < YieldingPolls) Thread.Yield();
                else _wake[worker].WaitOne(SleepMs);
            }
        }
        catch (Exception e)
        {
            _failure ??= e;
        }
    }
}
