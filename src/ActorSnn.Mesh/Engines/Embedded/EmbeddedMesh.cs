using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Embedded;

/// <summary>The cores of a mesh in one process.</summary>
internal sealed class EmbeddedMesh : IBreakableMesh
{
    private readonly MeshOptions _options;
    private readonly ImmutableArray<CoreLink> _links;
    private readonly int[] _windows;
    private readonly int _runAhead;
    private readonly int _threads;
    private readonly Func<CoreGroup, ICoreShell>? _shell;
    private readonly object _killing = new();
    private volatile CoreGroup _group;
    private volatile bool _isAnyGone;
    private volatile bool _isDisposed;
    private IReadOnlyDictionary<int, double> _slow = new Dictionary<int, double>();

    /// <param name="placement">The placed network.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="shell">Makes what runs the cores of a group; null for threads of its own.</param>
    public EmbeddedMesh(Placement placement, MeshOptions options, Func<CoreGroup, ICoreShell>? shell = null)
    {
        (Placement, _options, _shell) = (placement, options, shell);
        _runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        _links = placement.Links();
        _threads = options.ThreadsFor(placement);
        // One thread runs cores in turn anyway: it gains from long windows and loses nothing.
        _windows = _threads > 1 ? LoopWindows.Of(placement.Cores.Length, _links) : [.. placement.Cores.Select(_ => _runAhead)];
        _group = Connect(new NeuronCore?[placement.Cores.Length]);
    }

    public Placement Placement { get; }

    public int Threads => _group.Threads;

    public long Tick => _group.Tick;

    public long FurthestTick => _group.FurthestTick;

    public MeshTraffic Traffic => new([.. _group.Cores.SelectMany(c => c.Machine.Sent.ToArray())]);

    public FaultCounts Counts { get; } = new();

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ThrowIfBroken();
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        _group.Limit = tick;
        using (cancellation.Register(StopEarly)) _group.RunRound();
        // Stopped early, a core may already have been past the lowered limit: the others catch up with it.
        while (!_group.IsStopping && _group.FurthestTick is var furthest && furthest > Tick)
        {
            _group.Limit = furthest;
            _group.RunRound();
        }
        ThrowIfBroken();
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

    public void Disturb(DisturbLinks order) =>
        throw new FaultRefusedException($"links between cores are memory here, and nothing can happen to them; ask for links that can be disturbed ({nameof(MeshOptions)}.{nameof(MeshOptions.WithDisturbableLinks)})");

    public void Mend(int fault)
    {
    }

    public void SlowDown(IReadOnlyDictionary<int, double> microsecondsPerTick)
    {
        lock (_killing)
        {
            _slow = microsecondsPerTick;
            _group.SlowDown(_slow);
        }
    }

    public bool Kill(int core)
    {
        lock (_killing)
        {
            if (!_group.Kill(core)) return false;
            _isAnyGone = true;
            // The others would get no further than the run-ahead, and wait.
            _group.Stop();
            return true;
        }
    }

    public void Rebuild(bool all)
    {
        lock (_killing)
        {
            _group.Dispose();
            _group = Connect([.. _group.Cores.Select(c => all || c.IsGone ? null : c.Machine.Core)]);
            _group.SlowDown(_slow);
            _isAnyGone = false;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _group.Dispose();
    }

    /// <summary>Starts threads on cores: those given, by number, and new ones where there is none.</summary>
    private CoreGroup Connect(NeuronCore?[] cores)
    {
        var machines = new CoreMachine[cores.Length];
        Parallel.For(0, machines.Length, i =>
            machines[i] = new CoreMachine(cores[i] ?? new NeuronCore(Placement, i, _runAhead, _options.Core), _links, _runAhead, _windows[i]));
        var group = new CoreGroup(Placement, machines, _runAhead, _threads);
        if (_shell is null) group.Start();
        else group.Shell = _shell(group);
        return group;
    }

    private void ThrowIfBroken()
    {
        if (_group.Failure is { } failure) throw failure;
        if (_isAnyGone) throw new CoreGoneException();
    }

    /// <summary>Lowers the limit to a tick just beyond all cores: a window is at most one run-ahead long.</summary>
    private void StopEarly() => _group.Limit = Math.Min(_group.Limit, _group.FurthestTick + _runAhead);
}
