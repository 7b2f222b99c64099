using System.Runtime.CompilerServices;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tests.Cluster;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>Cores that throw, on nodes with real sockets and threads.</summary>
public class FailingCoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_core_that_throws_is_restored_whenever_something_has_been_saved_in_between(int nodes)
    {
        using var cluster = new LocalCluster(nodes);
        using var client = cluster.Client();
        LocalCluster.AwaitReady(client, nodes);
        string run = client.Submit("test", FailingCores.Plan, NetworkBytes.Write(FailingCores.Network));
        using var store = cluster.OpenStore();
        long tick = FailingCores.FirstTick;
        for (int failures = 1; failures <= 3; failures++)
        {
            // All cores stand still there, and nobody looks at them.
            cluster.Await(client, run, p => p.CommittedTick == tick && p.Tick == tick);
            foreach (var node in cluster.Nodes)
            {
                if (Node(World(node)).Share is { } share) FailingCores.Spoil(share, FailingCores.StateOf(store, run, store.Checkpoints(run)[0]));
            }
            client.Extend(run, tick + 40);
            var restored = cluster.Await(client, run, p => p.CommittedTick == tick + 40).History;
            Assert.Equal((failures, tick), (restored.Recoveries, restored.CoreFailure!.RestoredTick));
            Assert.Contains(restored.CoreFailure.Node, cluster.Nodes.Select(n => n.Name));
            Assert.Matches($"^core [01] failed at tick {tick + 5}: ", restored.CoreFailure.Problem);
            Assert.Contains(cluster.Log, line => line.Contains($"{restored.CoreFailure.Problem}; going on from tick {tick}", StringComparison.Ordinal));
            tick += 40;
            Assert.Equal(OneCore.HashAt(FailingCores.Network, tick), FailingCores.StateOf(store, run, store.Checkpoints(run)[0]).Hash());
        }
        client.Stop(run);
        cluster.Await(client, run, p => p.Status == RunStatus.Stopped);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_world")]
    private static extern ref TcpNodeWorld World(TcpNode node);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_node")]
    private static extern ref ClusterNode Node(TcpNodeWorld world);
}
