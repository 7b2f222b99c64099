using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>Nodes with real sockets, threads and a real store do what the simulated ones do.</summary>
public class ClusterTests
{
    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(2, "a secret of more than sixteen bytes")]
    public void A_run_ends_in_the_state_of_one_process(int nodes, string? secret)
    {
        using var cluster = new LocalCluster(nodes, new ConnectionOptions(secret));
        using var client = cluster.Client();
        var network = RandomNetworks.Make(8, maxDelay: 3);
        string run = cluster.Submit(client, network, lastTick: 3000, every: 500, cores: 6);
        var end = cluster.Await(client, run, p => p.Status == RunStatus.Done);
        Assert.Equal(3000, end.Tick);
        Assert.Equal(OneCore.HashAt(network, 3000), LocalCluster.StateOf(client, run, network, 3000).Hash());
    }

    [Fact]
    public void A_run_goes_on_when_nodes_come_and_go()
    {
        const long Ticks = 60_000;
        using var cluster = new LocalCluster(3);
        using var client = cluster.Client();
        var network = RandomNetworks.Make(12, maxDelay: 3);
        string run = cluster.Submit(client, network, Ticks, every: 1000, cores: 6);
        cluster.Await(client, run, p => p.CommittedTick >= 2000);
        cluster.Remove(cluster.Nodes[1]);
        cluster.Await(client, run, p => p.History.Recoveries >= 1 && p.CommittedTick >= 5000);
        cluster.AddNode();
        cluster.Await(client, run, p => p.History.Rebalances >= 1 || p.Status == RunStatus.Done);
        // The first node coordinates, unless the machine was too busy for it to be.
        cluster.Remove(cluster.Nodes[0]);
        var end = cluster.Await(client, run, p => p.Status == RunStatus.Done);
        Assert.Equal(OneCore.HashAt(network, Ticks), LocalCluster.StateOf(client, run, network, Ticks).Hash());
        Assert.InRange(end.History.Recoveries, 1, 10);
    }
}
