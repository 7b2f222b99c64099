using ActorSnn.Cores;
using ActorSnn.Mesh.Akka.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka;

/// <summary>The cores of a mesh in one process, as actors of an actor system of its own. But for what runs them it is the embedded engine's mesh.</summary>
internal sealed class AkkaMesh : IBreakableMesh
{
    private readonly ActorSystem _system;
    private readonly EmbeddedMesh _mesh;
    private bool _isDisposed;

    public AkkaMesh(Placement placement, MeshOptions options)
    {
        _system = ActorSystem.Create("actorsnn", Settings.ForMesh(options.ThreadsFor(placement)));
        try
        {
            _mesh = new EmbeddedMesh(placement, options, Start);
        }
        catch
        {
            _system.Terminate().Wait();
            throw;
        }
    }

    public Placement Placement => _mesh.Placement;

    public int Threads => _mesh.Threads;

    public long Tick => _mesh.Tick;

    public long FurthestTick => _mesh.FurthestTick;

    public MeshTraffic Traffic => _mesh.Traffic;

    public FaultCounts Counts => _mesh.Counts;

    public long RunTo(long tick, CancellationToken cancellation = default) => _mesh.RunTo(tick, cancellation);

    public NetworkState Capture() => _mesh.Capture();

    public void Restore(NetworkState state) => _mesh.Restore(state);

    public Recordings TakeRecordings() => _mesh.TakeRecordings();

    public void Disturb(DisturbLinks order) => _mesh.Disturb(order);

    public void Mend(int fault) => _mesh.Mend(fault);

    public void SlowDown(IReadOnlyDictionary<int, double> microsecondsPerTick) => _mesh.SlowDown(microsecondsPerTick);

    public bool Kill(int core) => _mesh.Kill(core);

    public void Rebuild(bool all) => _mesh.Rebuild(all);

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _mesh.Dispose();
        _system.Terminate().GetAwaiter().GetResult();
    }

    private CoreActors Start(CoreGroup group)
    {
        var born = new TaskCompletionSource<CoreActors>(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.ActorOf(Props.Create(() => new MeshActor(group, born)).WithDispatcher(Settings.CoreDispatcher));
        return born.Task.GetAwaiter().GetResult();
    }
}
