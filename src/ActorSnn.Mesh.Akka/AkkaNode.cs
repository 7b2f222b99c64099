using ActorSnn.Mesh.Akka.Journal;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Akka.Wire;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using Akka;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Pattern;

namespace ActorSnn.Mesh.Akka;

/// <summary>
/// One node of a cluster on Akka.NET: an actor system with a <see cref="NodeActor"/>, whose children run the cores, and, on one node of the cluster, the coordinator's journal as a singleton. It ends with its actor system, whoever
/// ends that: the command, an order to drain it, or the split-brain resolver.
/// </summary>
public sealed class AkkaNode : IDisposable
{
    private readonly IClientDoor _door;
    private readonly IRunStore _store;
    private readonly ActorSystem _system;
    private readonly TaskCompletionSource<string?> _nodeEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts a node.</summary>
    /// <param name="options">How it is run.</param>
    /// <param name="store">Where runs live; the node disposes of it.</param>
    /// <param name="door">Where clients come in; the node disposes of it.</param>
    /// <param name="log">Is told what happens, a line at a time, on any thread.</param>
    /// <exception cref="IOException">It cannot listen, or the settings cannot be used. The message is one line.</exception>
    public AkkaNode(AkkaNodeOptions options, IRunStore store, IClientDoor door, Action<string> log)
    {
        (_store, _door) = (store, door);
        var config = options.Settings.Config;
        try
        {
            _system = ActorSystem.Create("actorsnn", config);
        }
        catch (Exception e)
        {
            throw new IOException($"Akka.NET cannot be started with these settings: {Innermost(e).Message.ReplaceLineEndings(" ")}", e);
        }
        var cluster = global::Akka.Cluster.Cluster.Get(_system);
        var control = (ControlSerializer)_system.Serialization.FindSerializerForType(typeof(ControlMessage));
        var parts = new AkkaNodeParts(
            options.Cluster, store, door, control, cluster.SelfRoles.Contains("core"), Settings.CoreThreads(config), options.AllowFaults, options.BreakProcess, log, _nodeEnded);
        var node = _system.ActorOf(Props.Create(() => new NodeActor(parts)).WithDispatcher(Settings.NodeDispatcher), NodeActor.Path);
        if (cluster.SelfRoles.Contains("coordinator"))
        {
            int snapshotEvery = config.GetInt("actorsnn.journal.snapshot-every");
            // A singleton whose start fails is not started again by its manager.
            var coordinator = BackoffSupervisor.Props(Backoff.OnStop(
                Props.Create(() => new RunCoordinatorActor(node, snapshotEvery)), "journal", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), randomFactor: 0.2, maxNrOfRetries: -1));
            _system.ActorOf(ClusterSingletonManager.Props(coordinator, ClusterSingletonManagerSettings.Create(_system)), "coordinator");
        }
        var shutdown = CoordinatedShutdown.Get(_system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hand over the cores", async () =>
        {
            // Who was put out of the cluster has nobody to hand them to.
            if (shutdown.ShutdownReason is not CoordinatedShutdown.ClusterDowningReason) node.Tell(Leave.Instance);
            else _nodeEnded.TrySetResult("the split-brain resolver has put this node out of the cluster");
            await _nodeEnded.Task.ConfigureAwait(false);
            return Done.Instance;
        });
        Completion = WaitForEnd();
        Address = $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}";
        string[] seeds = [.. options.Join.Select(a => $"{cluster.SelfAddress.Protocol}://{_system.Name}@{a}")];
        if (seeds.Length > 0) cluster.JoinSeedNodes(seeds.Select(global::Akka.Actor.Address.Parse));
        else if (cluster.Settings.SeedNodes.IsEmpty && config.GetBoolean("actorsnn.node.forms-cluster")) cluster.Join(cluster.SelfAddress);
    }

    /// <summary>Its name: where clients reach it.</summary>
    public string Name => _door.Address;

    /// <summary>Where other nodes reach it, HOST:PORT.</summary>
    public string Address { get; }

    /// <summary>Completes when it has ended: with null when that was asked for, else with the reason.</summary>
    public Task<string?> Completion { get; }

    /// <summary>Hands its cores over at the next checkpoint, leaves the cluster, and ends.</summary>
    public void Drain() => _ = CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);

    /// <summary>The same, and waits for it, as long as the phases of the shutdown may take.</summary>
    public void Dispose()
    {
        Drain();
        Completion.Wait();
    }

    private async Task<string?> WaitForEnd()
    {
        // Drained, or unable to go on: the cluster hears of it before the system ends.
        _ = _nodeEnded.Task.ContinueWith(
            _ => CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance), TaskScheduler.Default);
        await _system.WhenTerminated.ConfigureAwait(false);
        _door.Dispose();
        _store.Dispose();
        return _nodeEnded.Task.IsCompleted ? _nodeEnded.Task.Result : "its actor system has ended";
    }

    private static Exception Innermost(Exception e) => e is { InnerException: { } inner } ? Innermost(inner) : e;
}
