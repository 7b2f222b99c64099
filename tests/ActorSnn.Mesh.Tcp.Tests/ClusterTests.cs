using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
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
        Assert.Equal(LocalCluster.OneCore(network, 3000), LocalCluster.StateOf(client, run, network, 3000).Hash());
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
        Assert.Equal(LocalCluster.OneCore(network, Ticks), LocalCluster.StateOf(client, run, network, Ticks).Hash());
        Assert.InRange(end.History.Recoveries, 1, 10);
    }

    [Fact]
    public void What_a_node_cannot_deal_with_ends_its_connection_and_nothing_else()
    {
        using var cluster = new LocalCluster(1, allowFaults: true);
        using (var hostile = new ClientConnection(cluster.Nodes[0].Name, new ConnectionOptions()))
        {
            var request = new ClientRequest(1, new DisturbFrames(0, new FrameFault(LinkFaultKind.Lose, 1), 1, [null!]));
            Assert.ThrowsAny<IOException>(() => hostile.Ask(request, Environment.TickCount64 + 60_000));
        }
        using var client = cluster.Client();
        Assert.Single(client.Status().Nodes);
        Assert.Contains(cluster.Log, line => line.Contains("something that could not be dealt with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_secret_nobody_beyond_loopback_is_called()
    {
        const string Refused = "192.0.2.1:7400 can be reached from other machines, and there is no cluster secret";
        using var client = new ClusterClient(["192.0.2.1:7400"], patienceMs: 1000);
        Assert.StartsWith(Refused, Assert.Throws<ClusterException>(() => client.Status()).Message);

        using var cluster = new LocalCluster(1);
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var node = new TcpNode(new TcpNodeOptions { Listen = "127.0.0.1:0", Join = ["192.0.2.1:7400"] }, cluster.OpenStore(), line =>
        {
            if (line.Contains("192.0.2.1", StringComparison.Ordinal)) said.TrySetResult(line);
        });
        Assert.StartsWith($"192.0.2.1:7400 is not called: {Refused}", await said.Task.WaitAsync(LocalCluster.Patience));
    }
}
