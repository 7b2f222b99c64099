using System.Diagnostics;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Faults;

/// <summary>
/// A network under way whose machine suffers. In one process things happen between two ticks, at exactly the tick that was given; on nodes they happen beside the run, whose
/// progress is known from the last look. What lasts is ended with the run, however it ends.
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
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private readonly FaultCounts _before;
    // By fault: the latest order to kill cores that has killed none, and the tick known when it was tried.
    private readonly Dictionary<int, (KillCores Order, long Tick)> _unkilled = [];
    private Exception? _refusal;
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
        // Nodes count since they were started.
        _before = target.Counts;
        // In one process too: a fault that stops all progress may have to end by the clock.
        _timer = new Timer(_ => Look(), null, 0, MsBetweenLooks);
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
            if (_refusal is null) return;
            _run.Abandon();
            throw _refusal;
        }
    }

    public void Abandon() => _run.Abandon();

    public NetworkState Capture() => _run.Capture();

    public Recordings TakeRecordings() => _run.TakeRecordings();

    public void Dispose()
    {
        lock (_gate) End();
        _timer.Dispose();
        _run.Dispose();
    }

    private void Look()
    {
        // Who comes while another is at it has nothing to add.
        if (!_gate.TryEnter()) return;
        try
        {
            if (_isOver) return;
            foreach (var (order, _) in _unkilled.Values.Where(u => _tick > u.Tick).ToList()) Inject(order);
            // On nodes the run begins when its cores are there.
            long tick = IsOnNodes && _tick < 0 ? -1 : _tick + 1;
            foreach (var order in _director.Due(tick, _clock.Elapsed.TotalSeconds)) Inject(order);
        }
        catch (Exception e)
        {
            // For whoever waits for the run: thrown on the timer's thread it would end the process.
            _refusal = e;
            End();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool IsOnNodes => _target.Nodes.Count > 0;

    private void Inject(FaultOrder order)
    {
        if (order is KillCores kill && IsOnNodes)
        {
            // While a run recovers its cores are nowhere.
            _unkilled.Remove(kill.Fault);
            long killed = _target.Counts.KilledCores;
            _target.Apply(kill);
            if (_target.Counts.KilledCores == killed)
            {
                _unkilled[kill.Fault] = (kill, _tick);
                return;
            }
        }
        else
        {
            _target.Apply(order);
        }
        _log.Add(new InjectedFault(_clock.Elapsed.TotalSeconds, _tick + 1, order));
    }

    private void End()
    {
        if (_isOver) return;
        _isOver = true;
        foreach (var order in _director.End()) Try(() => _target.Apply(order));
        Try(() => _log.Counts = _target.Counts - _before);
    }

    /// <summary>Does what may fail at the end, because the nodes are gone: why they are says whoever follows the run.</summary>
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception)
        {
            // See above.
        }
    }
}
