using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// A mesh in one process that survives the loss of cores: it keeps the whole state every so many ticks and, when cores are killed on purpose, makes them anew and goes on from the state it kept. Spikes, states and recordings are
/// those of an undisturbed run. A core that throws by itself ends the run as ever: it would do so again. From when a run is cancelled nothing happens to it any more: who waits for its end does not wait for faults.
/// <para>
/// As a fault target it has cores and the links between them, which go by the numbers of the cores; and no nodes. <see cref="Apply"/>, <see cref="Counts"/> and <see cref="History"/> may be used by any thread while it runs.
/// </para>
/// </summary>
public sealed class RecoveringMesh : IMesh, IFaultTarget
{
    private readonly IBreakableMesh _mesh;
    private readonly long _keepEvery;
    private readonly object _gate = new();
    private readonly SlowCoreTable _slow = new();
    private readonly HashSet<int> _disturbing = [];
    private bool _isCalm;
    private NetworkState? _kept;
    private Recordings _recorded;
    private long _handedOut = -1;
    private long _killed;
    private volatile RecoveryHistory _history = new();

    /// <summary>Builds a mesh that stands before tick 0.</summary>
    /// <param name="engine">What runs it.</param>
    /// <param name="placement">The placed network.</param>
    /// <param name="options">How to run it; for faults of links with <see cref="MeshOptions.WithDisturbableLinks"/>.</param>
    /// <param name="keepEvery">Ticks from one state that is kept to the next, at least 1: as many have to be run again at most.</param>
    /// <exception cref="ArgumentException">Meshes of the engine cannot be broken.</exception>
    public RecoveringMesh(IEngine engine, Placement placement, MeshOptions options, long keepEvery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepEvery, 1);
        var mesh = engine.Build(placement, options);
        if (mesh is not IBreakableMesh breakable)
        {
            mesh.Dispose();
            throw new ArgumentException($"cores of the {engine.Name} engine cannot be killed or slowed down; use the embedded one, or a cluster", nameof(engine));
        }
        (_mesh, _keepEvery, _recorded) = (breakable, keepEvery, new Recordings(placement.Network));
    }

    /// <summary>How often it went on from a state it had kept.</summary>
    public RecoveryHistory History => _history;

    /// <inheritdoc/>
    public Placement Placement => _mesh.Placement;

    /// <inheritdoc/>
    public int Threads => _mesh.Threads;

    /// <inheritdoc/>
    public long Tick => _mesh.Tick;

    /// <inheritdoc/>
    public MeshTraffic Traffic => _mesh.Traffic;

    /// <summary>None: all is in this process.</summary>
    public IReadOnlyList<string> Nodes => [];

    /// <inheritdoc/>
    public int Cores => Placement.Cores.Length;

    /// <inheritdoc/>
    public FaultCounts Counts => _mesh.Counts + new FaultCounts { KilledCores = Interlocked.Read(ref _killed) };

    private long KeptTick => _kept?.Tick ?? -1;

    /// <inheritdoc/>
    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        long began = Tick;
        using var calming = cancellation.Register(Calm);
        while (true)
        {
            try
            {
                // Nobody sees it go back: what was run before is run again, whatever is cancelled.
                while (Tick < tick && (Tick < began || !cancellation.IsCancellationRequested)) Advance(tick, began, cancellation);
                return Tick;
            }
            catch (CoreGoneException)
            {
                Recover();
            }
        }
    }

    /// <inheritdoc/>
    public NetworkState Capture() => _mesh.Capture();

    /// <inheritdoc/>
    public void Restore(NetworkState state)
    {
        _mesh.Restore(state);
        (_kept, _recorded, _handedOut) = (state, new Recordings(Placement.Network), state.Tick);
    }

    /// <inheritdoc/>
    public Recordings TakeRecordings()
    {
        _recorded.Add(_mesh.TakeRecordings());
        var taken = _recorded;
        (_recorded, _handedOut) = (new Recordings(Placement.Network), Tick);
        return taken;
    }

    /// <inheritdoc/>
    public void Apply(FaultOrder order)
    {
        lock (_gate)
        {
            if (_isCalm) return;
            switch (order)
            {
                case DisturbLinks disturb:
                    _mesh.Disturb(disturb);
                    _disturbing.Add(disturb.Fault);
                    break;
                case MendLinks mend:
                    _mesh.Mend(mend.Fault);
                    _disturbing.Remove(mend.Fault);
                    break;
                case SlowCores slow:
                    _slow.Set(slow.Fault, slow.Cores, slow.MicrosecondsPerTick);
                    _mesh.SlowDown(_slow.MicrosecondsPerTick);
                    break;
                case KillCores kill:
                    foreach (int core in kill.Cores)
                    {
                        if (_mesh.Kill(core)) Interlocked.Increment(ref _killed);
                    }
                    break;
                default:
                    throw new FaultRefusedException("there are no nodes here: all cores are in one process; run on a cluster to break nodes");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _mesh.Dispose();

    /// <summary>Ends what happens to links and cores, for good.</summary>
    private void Calm()
    {
        lock (_gate)
        {
            _isCalm = true;
            foreach (int fault in _disturbing) _mesh.Mend(fault);
            _mesh.SlowDown(new Dictionary<int, double>());
        }
    }

    /// <summary>Runs to the next tick whose state is kept, or as far as is asked for.</summary>
    private void Advance(long tick, long began, CancellationToken cancellation)
    {
        long keep = (Tick / _keepEvery + 1) * _keepEvery;
        long next = Math.Min(tick, keep);
        // What has been handed out is not to be recorded again.
        bool isHandedOut = Tick < _handedOut;
        if (isHandedOut) next = Math.Min(next, _handedOut);
        if (Tick < began) next = Math.Min(next, began);
        _mesh.RunTo(next, next <= began ? CancellationToken.None : cancellation);
        if (isHandedOut) _mesh.TakeRecordings();
        if (Tick < keep) return;
        _recorded.Add(_mesh.TakeRecordings());
        _kept = _mesh.Capture();
    }

    private void Recover()
    {
        long furthest = _mesh.FurthestTick;
        // Nothing was kept before the first state: then all begins as it did.
        _mesh.Rebuild(all: _kept is null);
        if (_kept is not null) _mesh.Restore(_kept);
        var before = _history;
        _history = before with { Recoveries = before.Recoveries + 1, ResumedFromTick = KeptTick, TicksRedone = Math.Max(before.TicksRedone, furthest - KeptTick) };
    }
}
