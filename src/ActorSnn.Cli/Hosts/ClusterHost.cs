using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Hosts;

/// <summary>Submits networks to a cluster and follows them there.</summary>
/// <param name="access">The cluster.</param>
/// <param name="local">What runs evaluations here.</param>
/// <param name="isDetached">Whether to leave a run when it is submitted.</param>
internal sealed class ClusterHost(ClusterAccess access, IEngine local, bool isDetached) : INetworkHost
{
    private string? _engine;

    public IEngine Local => local;

    public string Engine => _engine ??= AskForEngine();

    public RunCheckpoints? OpenCheckpoints(CheckpointRequest request, IRunObserver observer)
    {
        if (request.Store is not null || request.Directory is not null)
            throw new UsageException($"{(request.Store is not null ? "--store" : "--checkpoint")}: a cluster keeps checkpoints in its own store; leave it out");
        if (request.Resume) throw new UsageException("--resume: a run on a cluster goes on with actorsnn continue RUN; leave it out");
        return null;
    }

    public Network Prepare(Network network, SampleTimes? samples) => network;

    public INetworkRun Begin(Network network, NetworkPlan plan, NetworkState? from, IRunObserver observer)
    {
        var client = access.Connect();
        try
        {
            var status = client.Status();
            _engine = status.Engine;
            var placement = Placer.Place(network, new PlacementOptions(plan.Cores, Workers: Math.Max(1, status.Nodes.Length) * (plan.Threads ?? 1)));
            plan.Check?.Invoke([.. status.Nodes.Select(n => n.Name)], placement.Cores.Length);
            var submitted = new RunPlan
            {
                LastTick = plan.LastTick,
                FirstCheckpoint = plan.FirstCheckpoint,
                CheckpointEvery = plan.CheckpointEvery,
                KeptTicks = plan.KeptTicks,
                Cores = placement.Cores.Length,
                Threads = plan.Threads,
                Update = plan.Update,
                About = plan.About,
            };
            string run = client.Submit(plan.Name, submitted, NetworkBytes.Write(network));
            observer.Submitted(run, $"{access.CommandOf("attach", run)}", isResult: isDetached);
            if (isDetached) throw new LeftRunException($"{run} goes on without this process", isAsked: true);
            return new ClusterRun(client, access, run, submitted, placement, observer);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private string AskForEngine()
    {
        using var client = access.Connect();
        return client.Status().Engine;
    }

    /// <summary>Follows a run that has been submitted.</summary>
    /// <exception cref="Mesh.Tcp.ClusterException">There is no such run, or no node answers.</exception>
    public INetworkRun Follow(string run, IRunObserver observer)
    {
        var client = access.Connect();
        try
        {
            var plan = client.Run(run).Plan;
            return new ClusterRun(client, access, run, plan, plan.Place(NetworkBytes.Read(client.Network(run), run)), observer);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
