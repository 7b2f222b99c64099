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

    [Fact]
    public void A_cluster_with_more_runs_than_a_reply_has_room_for_shows_the_newest_and_how_many_there_are()
    {
        const int Runs = 400;
        using var cluster = new LocalCluster(0);
        using (var store = cluster.OpenStore())
        {
            for (int i = 0; i < Runs; i++) store.CreateRun($"run-{i}", "{}", Array.Empty<byte>());
        }
        cluster.AddNode();
        using var client = cluster.Client();
        var status = client.Status();
        Assert.InRange(status.Runs.Length, 100, Runs - 1);
        Assert.Equal(Runs - status.Runs.Length, status.RunsLeftOut);
        Assert.Equal($"run-{Runs - 1}", status.Runs[^1].Name);
    }

    [Fact]
    public void Checkpoints_of_many_parts_are_listed_in_as_many_replies_as_they_need()
    {
        const int Checkpoints = 25;
        using var cluster = new LocalCluster(0);
        using (var store = cluster.OpenStore())
        {
            store.CreateRun("run-1", "{}", Array.Empty<byte>());
            store.RaiseEpoch("run-1", 1, null);
            for (int tick = 0; tick < Checkpoints; tick++)
            {
                var parts = Enumerable.Range(0, 30).Select(p => store.WritePart("run-1", 1, new PartKey(tick, PartKind.State, p), new byte[] { 1 })).ToArray();
                store.Commit("run-1", 1, new CheckpointManifest(tick, 1, parts, "{}"));
            }
        }
        cluster.AddNode();
        using var client = cluster.Client();
        Assert.Equal(Enumerable.Range(0, Checkpoints).Select(t => (long)t), client.Checkpoints("run-1", 0).Select(c => c.Tick));
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
