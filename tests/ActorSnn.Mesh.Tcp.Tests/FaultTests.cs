using System.Diagnostics;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>Nodes that are broken on purpose: it really happens, it is noticed, and the run ends as if nothing had.</summary>
public class FaultTests
{
    private const long Ticks = 40_000;

    private static readonly Network Network = RandomNetworks.Make(12, maxDelay: 3);

    private static readonly Lazy<string> Undisturbed = new(() => OneCore.HashAt(Network, Ticks));

    [Theory]
    [InlineData(LinkFaultKind.Lose, 0.05)]
    [InlineData(LinkFaultKind.Duplicate, 0.2)]
    [InlineData(LinkFaultKind.Delay, 1)]
    [InlineData(LinkFaultKind.Reorder, 0.2)]
    [InlineData(LinkFaultKind.Corrupt, 0.05)]
    public void Links_repair_what_is_done_to_them_and_count_it(LinkFaultKind kind, double rate)
    {
        using var cluster = new LocalCluster(2, allowFaults: true);
        using var client = cluster.Client();
        string run = Begin(cluster, client);
        using var faults = cluster.Client();
        var target = new ClusterFaultTarget(faults, cores: 6);
        Assert.Equal(cluster.Nodes.Select(n => n.Name).Order(), target.Nodes);
        (string, string)[] links = [(target.Nodes[0], target.Nodes[1]), (target.Nodes[1], target.Nodes[0])];
        target.Apply(new DisturbLinks(0, 0, Fault(kind, rate), [.. links], Seed: 5));
        Await(cluster, target, c => Done(c, kind) > 20 && Noticed(c, kind) > 0);
        target.Apply(new MendLinks(0, 0));
        AssertUndisturbed(cluster, client, run);
    }

    [Fact]
    public void Nodes_that_are_cut_off_are_lost_and_come_back_when_that_heals()
    {
        using var cluster = new LocalCluster(3, allowFaults: true);
        using var client = cluster.Client();
        string run = Begin(cluster, client);
        using var faults = cluster.Client();
        string[] names = [.. cluster.Nodes.Select(n => n.Name)];
        var target = new ClusterFaultTarget(faults, 6, [.. names.Select((n, i) => ($"node-{i + 1}", n))]);
        Assert.Equal(["node-1", "node-2", "node-3"], target.Nodes);
        target.Apply(new SeparateNodes(0, 0, ["node-3"], ["node-1", "node-2"], Heals: false));
        var without = cluster.Await(client, run, p => p.History.Recoveries >= 1 && p.Status == RunStatus.Running);
        Assert.InRange(without.Nodes, 1, 2);
        target.Apply(new SeparateNodes(1, 0, ["node-3"], ["node-1", "node-2"], Heals: true));
        AssertUndisturbed(cluster, client, run);
        LocalCluster.AwaitReady(client, 3);
    }

    [Fact]
    public void What_lasts_is_told_again_to_a_node_that_was_started_again()
    {
        using var cluster = new LocalCluster(2, allowFaults: true);
        using var client = cluster.Client();
        var target = new ClusterFaultTarget(client, 1, [.. cluster.Nodes.Select((n, i) => ($"node-{i + 1}", n.Name))]);
        target.Apply(new DisturbLinks(0, 0, Fault(LinkFaultKind.Lose, 0.5), [("node-2", "node-1")], Seed: 5));
        Await(cluster, target, c => c.Lost > 0);
        string name = cluster.Nodes[1].Name;
        cluster.Remove(cluster.Nodes[1]);
        // Nothing is lost any more by who has ended, and nothing of what it has lost is forgotten.
        long before = target.Counts.Lost;
        Assert.True(before > 0);
        cluster.AddNode(name);
        Await(cluster, target, c => c.Lost > before);
    }

    [Fact]
    public void A_killed_core_is_made_anew_and_its_node_goes_on()
    {
        using var cluster = new LocalCluster(2, allowFaults: true);
        using var client = cluster.Client();
        string run = Begin(cluster, client);
        using var faults = cluster.Client();
        var target = new ClusterFaultTarget(faults, cores: 6);
        for (int kill = 0; kill < 3; kill++)
        {
            int before = client.Run(run).Progress.History.Recoveries;
            target.Apply(new KillCores(0, kill, [kill]));
            cluster.Await(client, run, p => p.History.Recoveries > before);
        }
        var end = AssertUndisturbed(cluster, client, run);
        Assert.InRange(end.History.Recoveries, 3, 10);
        Assert.Equal(3, target.Counts.KilledCores);
        Assert.Equal(2, client.Status().Nodes.Length);
    }

    [Fact]
    public void A_slow_core_holds_the_others_up_and_changes_nothing()
    {
        using var cluster = new LocalCluster(2, allowFaults: true);
        using var client = cluster.Client();
        using var faults = cluster.Client();
        var target = new ClusterFaultTarget(faults, cores: 6);
        var clock = Stopwatch.StartNew();
        // Slow before there is a run, and for ever at this pace.
        target.Apply(new SlowCores(0, 0, [2], MicrosecondsPerTick: 1e5));
        string run = cluster.Submit(client, Network, Ticks, every: 1000, cores: 6);
        var slow = cluster.Await(client, run, p => p.Tick >= 0);
        Assert.InRange(slow.Tick, 0, clock.Elapsed.TotalSeconds * 10 + 1);
        target.Apply(new SlowCores(0, 0, [2], MicrosecondsPerTick: 0));
        AssertUndisturbed(cluster, client, run);
    }

    [Fact]
    public void A_node_that_does_not_allow_it_is_not_broken_and_says_how_it_would_be()
    {
        using var cluster = new LocalCluster(1);
        using var client = cluster.Client();
        var target = new ClusterFaultTarget(client, cores: 1);
        string node = target.Nodes[0];
        FaultOrder[] orders =
        [
            new DisturbLinks(0, 0, Fault(LinkFaultKind.Lose, 1), [(node, node)], 1), new MendLinks(0, 0), new SlowCores(0, 0, [0], 1), new KillCores(0, 0, [0]),
            new BreakNode(0, 0, NodeFaultKind.Kill, node, 0), new SeparateNodes(0, 0, [node], [], Heals: false),
        ];
        foreach (var order in orders)
        {
            var refused = Assert.Throws<FaultRefusedException>(() => target.Apply(order));
            Assert.StartsWith($"{node} does not let itself be broken on purpose; start it with --allow-faults", refused.Message);
            Assert.DoesNotContain('\n', refused.Message);
        }
        Assert.Equal(new FaultCounts(), target.Counts);
    }

    [Fact]
    public void Who_does_not_exist_or_does_not_answer_or_is_not_alone_in_its_process_cannot_be_broken()
    {
        using var cluster = new LocalCluster(2, allowFaults: true);
        using var client = cluster.Client();
        var target = new ClusterFaultTarget(client, 1, [("node-1", cluster.Nodes[0].Name), ("node-2", cluster.Nodes[1].Name)]);
        Assert.Equal("there is no node node-3; there are node-1, node-2", Refused("node-3"));
        Assert.Contains("shares its process with others", Refused("node-1"));
        cluster.Remove(cluster.Nodes[1]);
        Assert.Contains("cannot be reached", Refused("node-2"));

        string Refused(string node) => Assert.Throws<FaultRefusedException>(() => target.Apply(new BreakNode(0, 0, NodeFaultKind.Kill, node, 0))).Message;
    }

    private static LinkFault Fault(LinkFaultKind kind, double rate) =>
        new(0, 1, kind.ToString().ToLowerInvariant(), new ScenarioTime(TimeUnit.Tick, 0), null, kind, "*", "*", rate, DelayMs: 5, JitterMs: 10);

    private static string Begin(LocalCluster cluster, ClusterClient client)
    {
        LocalCluster.AwaitReady(client, cluster.Nodes.Count);
        string run = cluster.Submit(client, Network, Ticks, every: 1000, cores: 6);
        cluster.Await(client, run, p => p.CommittedTick >= 0);
        return run;
    }

    private static Mesh.Cluster.RunProgressReport AssertUndisturbed(LocalCluster cluster, ClusterClient client, string run)
    {
        var end = cluster.Await(client, run, p => p.Status == RunStatus.Done);
        Assert.Equal(Undisturbed.Value, LocalCluster.StateOf(client, run, Network, Ticks).Hash());
        return end;
    }

    private static void Await(LocalCluster cluster, IFaultTarget target, Func<FaultCounts, bool> reached)
    {
        var until = DateTime.UtcNow + LocalCluster.Patience;
        while (!reached(target.Counts))
        {
            if (DateTime.UtcNow > until) throw new Xunit.Sdk.XunitException($"{target.Counts}\n{string.Join('\n', cluster.Log)}");
            Thread.Sleep(20);
        }
    }

    private static long Done(FaultCounts counts, LinkFaultKind kind) => kind switch
    {
        LinkFaultKind.Lose => counts.Lost,
        LinkFaultKind.Duplicate => counts.Duplicated,
        LinkFaultKind.Delay => counts.Delayed,
        LinkFaultKind.Reorder => counts.Reordered,
        _ => counts.Corrupted,
    };

    private static long Noticed(FaultCounts counts, LinkFaultKind kind) => kind switch
    {
        LinkFaultKind.Lose => counts.SentAgain,
        LinkFaultKind.Duplicate => counts.DuplicatesNoticed,
        // A delay is no fault to a link, unless it is so long that frames are sent again.
        LinkFaultKind.Delay => counts.Delayed,
        LinkFaultKind.Reorder => counts.OutOfOrderNoticed,
        _ => counts.CorruptNoticed,
    };
}
