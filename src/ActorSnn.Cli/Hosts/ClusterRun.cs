using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Hosts;

/// <summary>A run on a cluster, seen from here. It goes on whether it is looked at or not.</summary>
internal sealed class ClusterRun : INetworkRun
{
    private const int MsBetweenLooks = 200;
    private const int LooksBetweenNodes = 5;

    private readonly ClusterClient _client;
    private readonly ClusterAccess _access;
    private readonly string _run;
    private readonly RunPlan _plan;
    private readonly IRunObserver _observer;
    private readonly bool _isRecorded;
    private RunProgressReport _progress;
    private ClusterClient? _breaker;
    private NetworkState? _state;
    private string? _store;
    private long _recordedTick = -1;
    private long _committedTick = -1;
    private int _looks;

    /// <param name="client">Talks to the cluster; disposed of with this.</param>
    /// <param name="access">How it was reached.</param>
    /// <param name="run">Name of the run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="placement">Its placement on cores.</param>
    /// <param name="observer">Who wants to know.</param>
    public ClusterRun(ClusterClient client, ClusterAccess access, string run, RunPlan plan, Placement placement, IRunObserver observer)
    {
        (_client, _access, _run, _plan, Placement, _observer) = (client, access, run, plan, placement, observer);
        _isRecorded = placement.Network.Probes.Any(p => p is SpikeProbe or PotentialProbe);
        _progress = client.Run(run).Progress;
    }

    public Placement Placement { get; }

    public int Threads => Math.Max(1, _progress.Threads);

    public long Tick { get; private set; } = -1;

    public double Seconds => _progress.Seconds;

    public MeshTraffic? Traffic => null;

    public bool IsElsewhere => true;

    public ClusterFigures? Figures => new(_run, _progress.Nodes, _progress.History);

    public IFaultTarget Breakable(IReadOnlyList<(string Alias, string Name)>? nodes) =>
        new ClusterFaultTarget(_breaker ??= _access.Connect(), Placement.Cores.Length, nodes);

    public void Advance(long tick, CancellationToken stop)
    {
        if (stop.IsCancellationRequested) throw Left();
        long reached = ReachedTowards(tick);
        if (reached <= Tick)
        {
            if (stop.WaitHandle.WaitOne(MsBetweenLooks)) throw Left();
            Look();
            reached = ReachedTowards(tick);
        }
        Tick = Math.Max(Tick, reached);
    }

    public void Abandon()
    {
        try
        {
            _client.Stop(_run);
        }
        catch (IOException)
        {
            // It is over already, or no node answers; why it was abandoned is what matters.
        }
    }

    public NetworkState Capture()
    {
        if (_state?.Tick == Tick) return _state;
        var manifest = _client.Checkpoints(_run, Tick).FirstOrDefault(c => c.Tick == Tick) ?? throw new ClusterException($"{_run} has no checkpoint of tick {Tick} any more");
        var state = new NetworkState(Placement.Network, Tick);
        string name = $"the checkpoint of tick {Tick} of {_run}";
        foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.State)) StatePart.MergeInto(state, _client.Part(_run, part), name);
        StatePart.RequireWhole(state, name);
        return _state = state;
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        long until = IsDone ? Tick : Math.Min(Tick, _progress.CommittedTick);
        if (!_isRecorded || until <= _recordedTick) return recordings;
        foreach (var manifest in _client.Checkpoints(_run, _recordedTick + 1).Where(c => c.Tick <= until))
        {
            foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.Records))
                RecordsPart.AddTo(recordings, _client.Part(_run, part), $"the records of tick {manifest.Tick} of {_run}");
        }
        _recordedTick = until;
        return recordings;
    }

    public void Dispose()
    {
        _breaker?.Dispose();
        _client.Dispose();
    }

    private bool IsDone => _progress.Status == RunStatus.Done;

    /// <summary>How far towards a tick the run can be seen. Where its state will be asked for that takes a committed checkpoint.</summary>
    private long ReachedTowards(long tick)
    {
        if (IsDone) return Math.Min(tick, _plan.LastTick);
        long reached = Math.Min(tick, _progress.Tick);
        bool isLookedAt = reached == _plan.LastTick || _plan.KeptTicks.Contains(reached);
        return isLookedAt && _progress.CommittedTick < reached ? reached - 1 : reached;
    }

    private void Look()
    {
        var before = _progress.History;
        _progress = _client.Run(_run).Progress;
        var history = _progress.History;
        if (history.Recoveries > before.Recoveries) _observer.Recovered(Figures!, history.CoreFailure == before.CoreFailure ? null : history.CoreFailure);
        if (_progress.CommittedTick > _committedTick)
        {
            _committedTick = _progress.CommittedTick;
            _observer.CheckpointSaved(new CheckpointName(_store ??= _client.Status().Store, _committedTick), null);
        }
        if (_looks++ % LooksBetweenNodes == 0)
        {
            // Even where nobody wants to see them: the client learns whom it may ask when those it was told of are gone.
            var nodes = _client.Status().Nodes;
            if (_observer.ShowsNodes) _observer.Nodes(nodes, _plan.LastTick);
        }
        switch (_progress.Status)
        {
            case RunStatus.Failed:
                throw new ClusterException($"{_run} has failed: {_progress.Problem ?? "no reason is known"}");
            case RunStatus.Stopped:
                throw new LeftRunException($"{_run} was stopped at tick {_progress.CommittedTick}; it goes on with: {_access.CommandOf("continue", _run)}");
        }
    }

    private LeftRunException Left() =>
        new($"{_run} goes on without this process; follow it with: {_access.CommandOf("attach", _run)}; stop it with: {_access.CommandOf("stop", _run)}", isInterrupted: true);
}
