#if AKKA_ENGINE
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Tests;

/// <summary>Nodes of an Akka.NET cluster in processes of their own, on this machine, and what can happen to them.</summary>
public sealed class AkkaClusterTests : IDisposable
{
    private const string Cuba = "run cuba --neurons 1000 --delay 1.5 --ticks 6000";
    /// <summary>Long enough to be done something to by one command after the other.</summary>
    private const string LongCuba = "run cuba --neurons 1000 --delay 1.5 --ticks 40000";
    private const string Saved = "--checkpoint-every 200 --json";
    private const string Sbp = "train sbp --samples 20 --epochs 1 --crop 9 --hidden 16 --seed 3 --json --out model.actorsnn";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Cli _cli = new();
    private readonly List<Cli.Running> _nodes = [];

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
        _cli.Dispose();
    }

    [UnixTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_network_does_the_same_as_in_one_process(int nodes)
    {
        var result = _cli.Run($"cluster --engine akka --nodes {nodes} -- {Cuba} --json").Result;
        Assert.Equal(Alone(Cuba), (string)result["stateHash"]!);
        Assert.Equal("akka", (string)result["engine"]!);
    }

    [UnixFact]
    public void A_training_gives_the_same_model()
    {
        string alone = Alone(Sbp);
        byte[] model = File.ReadAllBytes(_cli.At("model.actorsnn"));
        var result = _cli.Run($"cluster --engine akka --nodes 2 -- {Sbp} --checkpoint-every 10").Result;
        Assert.Equal(alone, (string)result["stateHash"]!);
        Assert.Equal(model, File.ReadAllBytes(_cli.At("model.actorsnn")));
    }

    /// <summary>The singleton's node is the coordinator: it journals, and it holds the lease.</summary>
    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_survives_the_kill_of_a_node(bool coordinator)
    {
        using var running = _cli.Start($"cluster --engine akka --nodes 3 -- {Cuba} {Saved}");
        var cluster = running.WaitForEvent("cluster");
        running.WaitForEvent("checkpoint", times: 2);
        var (name, process) = NodeOf(cluster, coordinator);
        Cli.Signal(process, "KILL");
        Assert.Equal(name, (string)running.WaitForEvent("node-ended")["name"]!);
        var result = running.WaitForEnd().Result;
        Assert.Equal(Alone(Cuba), (string)result["stateHash"]!);
        Assert.InRange((int)result["recoveries"]!, 1, 9);
        Assert.InRange((long)result["resumedFromTick"]!, 199, 5999);
    }

    [UnixFact]
    public void A_node_that_is_drained_hands_over_its_cores_and_leaves()
    {
        StartNodes(3);
        using var run = _cli.Start($"{Cuba} {Saved} --cluster {Names}");
        run.WaitForEvent("checkpoint", times: 1);
        Assert.Equal(0, _cli.Run($"drain {Name(1)} --cluster {Name(0)}").Code);
        Assert.Equal(0, _nodes[1].WaitForEnd().Code);
        var result = run.WaitForEnd().Result;
        Assert.Equal(Alone(Cuba), (string)result["stateHash"]!);
        Assert.Equal((0, 1), ((int)result["recoveries"]!, (int)result["rebalances"]!));
    }

    /// <summary>Every command by the door of another node.</summary>
    [UnixFact]
    public void A_run_is_left_followed_stopped_and_continued()
    {
        StartNodes(3);
        string run = (string)_cli.Run($"{LongCuba} {Saved} --detach --cluster {Name(2)}").Json[^1]["run"]!;
        using (var following = _cli.Start($"attach {run} --json --cluster {Name(0)}"))
        {
            following.WaitForEvent("progress");
            following.Signal("INT");
            var left = following.WaitForEnd();
            Assert.Equal(130, left.Code);
            Assert.Contains($"{run} goes on without this process; follow it with: actorsnn attach {run}", Assert.Single(left.Errors));
        }
        using (var following = _cli.Start($"attach {run} --json --cluster {Name(1)}"))
        {
            following.WaitForEvent("checkpoint");
            Assert.Equal(0, _cli.Run($"stop {run} --cluster {Name(2)}").Code);
            var stopped = following.WaitForEnd();
            Assert.Equal(130, stopped.Code);
            Assert.Contains($"{run} was stopped at tick", Assert.Single(stopped.Errors));
        }
        var status = Until(Name(0), s => (string)s["runs"]![0]!["status"]! == "stopped");
        Assert.InRange((long)status["runs"]![0]!["committedTick"]!, 199, 39_998);
        Assert.Contains("is stopped already", Assert.Single(_cli.Run($"stop {run} --cluster {Name(1)}").Errors));
        Assert.Equal(0, _cli.Run($"continue {run} --cluster {Name(1)}").Code);
        var result = _cli.Run($"attach {run} --json --cluster {Name(2)}").Result;
        Assert.Equal((Alone(LongCuba), 0), ((string)result["stateHash"]!, (int)result["recoveries"]!));
    }

    [UnixFact]
    public void A_training_that_was_left_is_finished_by_who_follows_it()
    {
        string alone = Alone(Sbp);
        byte[] model = File.ReadAllBytes(_cli.At("model.actorsnn"));
        StartNodes(2);
        string run = (string)_cli.Run($"{Sbp} --checkpoint-every 10 --detach --cluster {Name(0)}").Json[^1]["run"]!;
        Assert.Equal(alone, (string)_cli.Run($"attach {run} --out followed.actorsnn --json --cluster {Name(1)}").Result["stateHash"]!);
        Assert.Equal(model, File.ReadAllBytes(_cli.At("followed.actorsnn")));
    }

    /// <summary>One after the other is asked to end, as at an update, and another takes its place. At most one interval is done twice whenever the coordination goes over.</summary>
    [UnixFact]
    public void All_nodes_can_be_replaced_one_after_the_other_while_a_run_goes_on()
    {
        StartNodes(3);
        using var run = _cli.Start($"{LongCuba} {Saved} --cluster {Names}");
        run.WaitForEvent("checkpoint", times: 1);
        for (int i = 0; i < 3; i++)
        {
            _nodes[i].Signal("TERM");
            Assert.Equal(130, _nodes[i].WaitForEnd().Code);
            AddNode(JoinAddress(i == 0 ? 1 : _nodes.Count - 1));
            Until(Name(_nodes.Count - 1), s => s["nodes"]!.AsArray().Count(n => (bool)n!["ready"]!) == 3);
        }
        var result = run.WaitForEnd().Result;
        Assert.Equal(Alone(LongCuba), (string)result["stateHash"]!);
        Assert.InRange((int)result["recoveries"]!, 0, 3);
        Assert.InRange((long)result["ticksRedone"]!, 0, 200 + 64);
    }

    [UnixFact]
    public void A_node_with_another_role_has_no_cores_and_does_not_coordinate()
    {
        File.WriteAllText(_cli.At("door.conf"), "akka.cluster.roles = [client]");
        StartNodes(2);
        AddNode(JoinAddress(0), "--config door.conf");
        var status = Until(Name(2), s => s["nodes"]!.AsArray().Count == 3);
        Assert.DoesNotContain(Name(2), status["nodes"]!.AsArray().Where(n => (bool)n!["ready"]!).Select(n => (string)n!["name"]!));
        // It is a door all the same.
        var result = _cli.Run($"{Cuba} --json --cluster {Name(2)}").Result;
        Assert.Equal((Alone(Cuba), 2), ((string)result["stateHash"]!, (int)result["nodes"]!));
    }

    /// <summary>The dispatcher runs the cores, whatever a run asks for.</summary>
    [UnixFact]
    public void Results_say_how_many_threads_the_nodes_have_for_cores()
    {
        File.WriteAllText(_cli.At("threads.conf"), "actorsnn.core-dispatcher.dedicated-thread-pool.thread-count = 3");
        AddNode(null, "--config threads.conf");
        Until(Name(0), s => s["nodes"]!.AsArray().Any(n => (bool)n!["ready"]!));
        Assert.Equal(3, (int)_cli.Run($"{Cuba} --cores 4 --threads 1 --json --cluster {Name(0)}").Result["threads"]!);
        Assert.Equal(2, (int)_cli.Run($"{Cuba} --cores 2 --threads 1 --json --cluster {Name(0)}").Result["threads"]!);
    }

    [UnixFact]
    public void A_fault_scenario_happens_as_on_any_cluster()
    {
        File.WriteAllText(_cli.At("storm.yaml"), """
            name: storm
            seed: 5
            faults:
              - { kind: lose, links: {}, rate: 0.05 }
              - { kind: kill-core, cores: 1, at: { tick: 1000 } }
            """);
        // Long enough that the faults come about before it is over.
        string cuba = Cuba.Replace("6000", "60000");
        var ended = _cli.Run($"faults storm.yaml --nodes 2 --engine akka --json -- {cuba} --checkpoint-every 2000");
        Assert.True(ended.Code == 0, string.Join('\n', ended.Errors));
        var result = ended.Json[^1];
        Assert.Equal(Alone(cuba), (string)result["stateHash"]!);
        Assert.True((long)result["suffered"]!["lost"]! > 0, $"{result}");
        Assert.Equal(1, (long)result["suffered"]!["killedCores"]!);
    }

    [UnixFact]
    public void What_is_wrong_with_the_settings_is_said_in_one_line()
    {
        File.WriteAllText(_cli.At("open.conf"), "akka.remote.dot-netty.tcp.hostname = \"0.0.0.0\"");
        var ended = _cli.Run("node --engine akka --store dir:store --config open.conf");
        Assert.Equal(2, ended.Code);
        Assert.Contains("can be reached from other machines; switch enable-ssl on", Assert.Single(ended.Errors));
        ended = _cli.Run("node --engine akka --store dir:store --config none.conf");
        Assert.Equal(2, ended.Code);
        Assert.Contains("none.conf", Assert.Single(ended.Errors));
    }

    private string Names => string.Join(',', _nodes.Select((_, i) => Name(i)));

    private string Name(int node) => (string)_nodes[node].Events("node")[0]["name"]!;

    private string JoinAddress(int node) => (string)_nodes[node].Events("node")[0]["join"]!;

    private string Alone(string command) => _cli.Run($"{command}{(command.Contains("--json") ? "" : " --json")}").StateHash;

    private void StartNodes(int count)
    {
        for (int i = 0; i < count; i++) AddNode(i == 0 ? null : JoinAddress(0));
        Until(Name(0), s => s["nodes"]!.AsArray().Count(n => (bool)n!["ready"]!) == count);
    }

    private void AddNode(string? join, string more = "")
    {
        var node = _cli.Start($"node --engine akka --listen 127.0.0.1:0 --store dir:store --json {(join is null ? "" : $"--join {join}")} {more}");
        node.WaitForEvent("node");
        _nodes.Add(node);
    }

    private JsonObject Until(string node, Func<JsonObject, bool> wanted)
    {
        JsonObject? status = null;
        Assert.True(SpinWait.SpinUntil(() => _cli.Run($"status --cluster {node} --json") is { Code: 0 } ended && wanted(status = ended.Json[^1]), Patience), $"the cluster stands like this: {status}");
        return status!;
    }

    private static (string Name, int Process) NodeOf(JsonObject cluster, bool coordinator)
    {
        var nodes = cluster["nodes"]!.AsArray().Select(n => (Name: (string)n!["name"]!, Process: (int)n["pid"]!)).ToList();
        using var client = new ClusterClient([.. nodes.Select(n => n.Name)]);
        string leader = client.Status().Coordinator;
        return nodes.First(n => n.Name == leader == coordinator);
    }
}
#endif
