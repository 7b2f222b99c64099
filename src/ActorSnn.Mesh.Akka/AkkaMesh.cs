using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Mesh.Akka.Local;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka;

/// <summary>The cores of a mesh in one process, as actors of an actor system of its own.</summary>
internal sealed class AkkaMesh : IMesh
{
    private readonly ActorSystem _system;
    private readonly IActorRef _mesh;
    private readonly IActorRef[] _cores;
    private CoreFailedException? _failure;
    private bool _isDisposed;

    public AkkaMesh(Placement placement, MeshOptions options)
    {
        Placement = placement;
        Threads = options.ThreadsFor(placement);
        int runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        var links = placement.Links();
        // One thread runs cores in turn anyway: it gains from long windows and loses nothing.
        var windows = Threads > 1 ? LoopWindows.Of(placement.Cores.Length, links) : [.. placement.Cores.Select(_ => runAhead)];
        var machines = new CoreMachine[placement.Cores.Length];
        Parallel.For(0, machines.Length, i => machines[i] = new CoreMachine(new NeuronCore(placement, i, runAhead, options.Core), links, runAhead, windows[i]));
        _system = ActorSystem.Create("actorsnn", Settings.ForMesh(Threads));
        var cores = new TaskCompletionSource<IActorRef[]>();
        _mesh = _system.ActorOf(Props.Create(() => new MeshActor(machines, links, runAhead, cores)).WithDispatcher(Settings.CoreDispatcher), "mesh");
        _cores = cores.Task.GetAwaiter().GetResult();
    }

    public Placement Placement { get; }

    public int Threads { get; }

    public long Tick { get; private set; } = -1;

    public MeshTraffic Traffic
    {
        get
        {
            var sent = ImmutableArray.CreateBuilder<LinkTraffic>();
            VisitAll(machine => sent.AddRange(machine.Sent));
            return new MeshTraffic(sent.ToImmutable());
        }
    }

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ThrowIfUseless();
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        var run = new RunAll(tick, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        _mesh.Tell(run);
        try
        {
            using (cancellation.Register(() => _mesh.Tell(StopEarly.Instance))) return Tick = run.Done.Task.GetAwaiter().GetResult();
        }
        catch (CoreFailedException e)
        {
            _failure = e;
            throw;
        }
    }

    public NetworkState Capture()
    {
        var state = new NetworkState(Placement.Network, Tick);
        VisitAll(machine => machine.Core.AddTo(state));
        return state;
    }

    public void Restore(NetworkState state)
    {
        if (state.Network.Hash != Placement.Network.Hash)
            throw new ArgumentException($"the state is of network {state.Network.Hash[..12]}, this is {Placement.Network.Hash[..12]}", nameof(state));
        VisitAll(machine =>
        {
            machine.Core.Restore(state, carriesTotals: machine.Core.Index == 0);
            machine.Reset();
        });
        Tick = state.Tick;
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        VisitAll(machine => machine.Core.MoveTo(recordings));
        return recordings;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _system.Terminate().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Does something with one core after the other, each in its own actor. Whatever was still under way to a core when the last one stopped is in its mailbox, and so has been taken in before.
    /// </summary>
    private void VisitAll(Action<CoreMachine> action)
    {
        ThrowIfUseless();
        foreach (var core in _cores)
        {
            var visit = new Visit(action, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            core.Tell(visit);
            visit.Done.Task.GetAwaiter().GetResult();
        }
    }

    private void ThrowIfUseless()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_failure is not null) throw _failure;
    }
}
