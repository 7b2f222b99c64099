using System.Diagnostics;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Faults;

/// <summary>
/// A network under way whose machine suffers. In one process things happen between two ticks, at exactly the tick that was given; on nodes they happen beside the run, whose
/// progress is known from the last look.
/// </summary>
internal sealed class FaultyRun : INetworkRun
{
    private const int MsBetweenLooks = 10;

    private readonly INetworkRun _run;
    private readonly long _lastTick;
    private readonly FaultDirector _director;
    private readonly IFaultTarget _target;
    private readonly FaultLog _log;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Timer? _timer;
    private readonly Lock _gate = new();
    private FaultRefusedException? _refusal;
    private bool _isOver;
    private long _tick;

    /// <param name="run">The run; disposed of with this.</param>
    /// <param name="lastTick">Its last tick, after which nothing happens any more.</param>
    /// <param name="director">Says what is due.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="log">Takes it down.</param>
    public FaultyRun(INetworkRun run, long lastTick, FaultDirector director, IFaultTarget target, FaultLog log)
    {
        (_run, _lastTick, _director, _target, _log, _tick) = (run, lastTick, director, target, log, run.Tick);
        if (target.Nodes.Count > 0) _timer = new Timer(_ => Look(), null, 0, MsBetweenLooks);
    }

    public Placement Placement => _run.Placement;

    public int Threads => _run.Threads;

    public long Tick => _run.Tick;

    public double Seconds => _run.Seconds;

    public MeshTraffic? Traffic => _run.Traffic;

    public bool IsElsewhere => _run.IsElsewhere;

    public ClusterFigures? Figures => _run.Figures;

    public IFaultTarget Breakable(IReadOnlyList<(string Alias, string Name)>? nodes) => _target;

    public void Advance(long tick, CancellationToken stop)
    {
        Look();
        long next;
        lock (_gate) next = _director.NextTick;
        _run.Advance(Math.Min(tick, next == long.MaxValue ? tick : Math.Max(_run.Tick + 1, next - 1)), stop);
        lock (_gate)
        {
            _tick = _run.Tick;
            if (_tick >= _lastTick) End();
            if (_refusal is not null) throw _refusal;
        }
    }

    public NetworkState Capture() => _run.Capture();

    public Recordings TakeRecordings() => _run.TakeRecordings();

    public void Dispose()
    {
        lock (_gate) End();
        _timer?.Dispose();
        _run.Dispose();
    }

    private void Look()
    {
        // Who comes while another is at it has nothing to add.
        if (!_gate.TryEnter()) return;
        try
        {
            if (_isOver) return;
            foreach (var order in _director.Due(_tick + 1, _clock.Elapsed.TotalSeconds))
            {
                _target.Apply(order);
                _log.Add(new InjectedFault(_clock.Elapsed.TotalSeconds, _tick + 1, order));
            }
        }
        catch (FaultRefusedException e)
        {
            _refusal = e;
            End();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void End()
    {
        if (_isOver) return;
        _isOver = true;
        try
        {
            _log.Counts = _target.Counts;
        }
        catch (ClusterException)
        {
            // The nodes are gone, and their counts with them: why says whoever follows the run.
        }
    }
}
