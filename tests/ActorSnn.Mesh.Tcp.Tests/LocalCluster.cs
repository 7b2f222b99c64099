using System.Collections.Concurrent;
using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Stores;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>Some nodes in this process, with real sockets and a real store in a temporary directory.</summary>
internal sealed class LocalCluster : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-cluster-").FullName;
    private readonly ConnectionOptions _connections;
    private readonly int _detectionMs;
    private readonly bool _allowFaults;
    private readonly List<TcpNode> _nodes = [];

    public LocalCluster(int nodes, ConnectionOptions? connections = null, int detectionMs = 3000, bool allowFaults = false)
    {
        (_connections, _detectionMs, _allowFaults) = (connections ?? new ConnectionOptions(), detectionMs, allowFaults);
        for (int i = 0; i < nodes; i++) AddNode();
    }

    public IReadOnlyList<TcpNode> Nodes => _nodes;

    public ConcurrentQueue<string> Log { get; } = new();

    public TcpNode AddNode(string listen = "127.0.0.1:0")
    {
        var options = new TcpNodeOptions
        {
            Listen = listen, Join = [.. _nodes.Take(1).Select(n => n.Name)], Connections = _connections,
            Cluster = new ClusterOptions { DetectionMs = _detectionMs, LeaseMs = _detectionMs }, AllowFaults = _allowFaults,
        };
        TcpNode? node = null;
        node = new TcpNode(options, OpenStore(), line => Log.Enqueue($"{node?.Name}: {line}"));
        _nodes.Add(node);
        return node;
    }

    public void Remove(TcpNode node)
    {
        _nodes.Remove(node);
        node.Dispose();
    }

    public ClusterClient Client() => new(_nodes.Select(n => n.Name), _connections);

    public IRunStore OpenStore() => RunStores.Open($"dir:{_directory}");

    /// <summary>Submits a run of a network with checkpoints now and then.</summary>
    public string Submit(ClusterClient client, Network network, long lastTick, long every, int cores)
    {
        var plan = new RunPlan { LastTick = lastTick, FirstCheckpoint = every - 1, CheckpointEvery = every, Cores = cores };
        return client.Submit("test", plan, NetworkBytes.Write(network));
    }

    /// <summary>Waits until so many nodes can have cores.</summary>
    public static void AwaitReady(ClusterClient client, int nodes) =>
        Assert.True(SpinWait.SpinUntil(() => client.Status().Nodes.Count(n => n.IsReady) >= nodes, Patience), $"there are no {nodes} nodes that are ready");

    public RunProgressReport Await(ClusterClient client, string run, Func<RunProgressReport, bool> reached)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            var (progress, _) = client.Run(run);
            if (reached(progress)) return progress;
            if (DateTime.UtcNow > until || progress.Status == RunStatus.Failed) throw new Xunit.Sdk.XunitException($"{progress}\n{string.Join('\n', Log)}");
            Thread.Sleep(20);
        }
    }

    /// <summary>The state at the end of a run.</summary>
    public static NetworkState StateOf(ClusterClient client, string run, Network network, long tick)
    {
        var state = new NetworkState(network, tick);
        var manifest = client.Checkpoints(run, tick).Single();
        foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.State)) StatePart.MergeInto(state, client.Part(run, part), run);
        return state;
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
