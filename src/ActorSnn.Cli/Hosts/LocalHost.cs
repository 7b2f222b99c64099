using System.Diagnostics;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Hosts;

/// <summary>Runs networks in this process.</summary>
/// <param name="engine">What runs them.</param>
internal sealed class LocalHost(IEngine engine) : INetworkHost
{
    public IEngine Local => engine;

    public string Engine => engine.Name;

    public RunCheckpoints? OpenCheckpoints(CheckpointRequest request, IRunObserver observer) => RunCheckpoints.Open(request, observer);

    public Network Prepare(Network network, SampleTimes? samples) => network;

    public INetworkRun Begin(Network network, NetworkPlan plan, NetworkState? from, IRunObserver observer)
    {
        long ticks = plan.LastTick + 1;
        MemoryCheck.Require(network, ticks);
        var core = new CoreOptions(Update: plan.Update);
        var options = new MeshOptions(plan.Threads, Core: core, Timing: plan.Free) { WithDisturbableLinks = plan.Faults.HasFlag(ExpectedFaults.Links) };
        var rehearsal = Rehearsal.Start(network, engine, options);
        var placement = Placer.Place(network, new PlacementOptions(plan.Cores, Workers: plan.Workers));
        MemoryCheck.Require(placement, ticks);
        var mesh = plan.Faults == ExpectedFaults.None ? engine.Build(placement, options) : new RecoveringMesh(engine, placement, options, plan.CheckpointEvery);
        rehearsal.Wait();
        if (from is not null) mesh.Restore(from);
        return plan.Free is null ? new LocalRun(mesh) : new FreeRun(mesh);
    }

    /// <summary>Runs in pieces of a fraction of a second. How it is cut changes no result.</summary>
    private sealed class LocalRun(IMesh mesh) : INetworkRun
    {
        private const double SecondsPerPiece = 0.25;

        private readonly Stopwatch _clock = new();
        private long _piece = 64;

        public Placement Placement => mesh.Placement;

        public int Threads => mesh.Threads;

        public long Tick => mesh.Tick;

        public double Seconds => _clock.Elapsed.TotalSeconds;

        public MeshTraffic? Traffic => mesh.Traffic;

        public bool IsElsewhere => false;

        public ClusterFigures? Figures => mesh is RecoveringMesh { History: var history } ? new ClusterFigures(null, 0, history) : null;

        public IFaultTarget Breakable(IReadOnlyList<(string Alias, string Name)>? nodes) => (RecoveringMesh)mesh;

        public void Advance(long tick, CancellationToken stop)
        {
            long from = mesh.Tick;
            long to = Math.Min(tick, from + _piece);
            double before = Seconds;
            _clock.Start();
            mesh.RunTo(to, stop);
            _clock.Stop();
            double pace = (mesh.Tick - from) / Math.Max(Seconds - before, 1e-6);
            if (to - from >= _piece / 2) _piece = Math.Clamp((long)(pace * SecondsPerPiece), 1, 4 * _piece);
        }

        public NetworkState Capture() => mesh.Capture();

        public Recordings TakeRecordings() => mesh.TakeRecordings();

        public void Dispose() => mesh.Dispose();
    }
}
