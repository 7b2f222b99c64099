using System.Net.Sockets;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Tests;

/// <summary>Nodes in processes of their own, on this machine, and what can happen to them.</summary>
public sealed class ClusterTests(ClusterTests.Undisturbed undisturbed) : IDisposable, IClassFixture<ClusterTests.Undisturbed>
{
    private const string Cuba = "run cuba --neurons 1000 --delay 1.5 --ticks 15000";
    /// <summary>Long enough to be done something to by one command after the other.</summary>
    private const string LongCuba = "run cuba --neurons 1000 --delay 1.5 --ticks 50000";
    private const string Saved = "--checkpoint-every 50 --json";
    private const string Sbp = "train sbp --samples 40 --epochs 2 --crop 9 --hidden 16 --seed 3 --json --out model.actorsnn";

    /// <summary>Long enough that a busy machine loses no node by mistake.</summary>
    private const int PatientMs = 20_000;

    private const string Secret = "a secret for tests";

    private readonly Cli _cli = new();
    private readonly List<Cli.Running> _nodes = [];

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
        _cli.Dispose();
    }

    [UnixTheory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_network_does_the_same_on_nodes_as_in_one_process(int nodes)
    {
        var result = _cli.Run($"cluster --nodes {nodes} --detection-ms {PatientMs} -- {Cuba} --json --record here").Result;
        AssertUndisturbed(result);
        Assert.Equal(nodes, (int)result["nodes"]!);
        Assert.Equal("tcp", (string)result["engine"]!);
        Assert.Null(result["packets"]); // not counted there
        Assert.Equal(0, (int)result["recoveries"]!);
        foreach (string file in Directory.GetFiles(undisturbed.Recording))
        {
            if (file.EndsWith(".npy", StringComparison.Ordinal) || file.EndsWith(".csv", StringComparison.Ordinal))
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(_cli.At(Path.Combine("here", Path.GetFileName(file)))));
        }
    }

    [UnixFact]
    public void A_training_on_nodes_gives_the_same_model()
    {
        var alone = _cli.Run(Sbp).Result;
        byte[] model = File.ReadAllBytes(_cli.At("model.actorsnn"));
        File.Delete(_cli.At("model.actorsnn"));
        var result = _cli.Run($"cluster --nodes 2 --detection-ms {PatientMs} -- {Sbp} --checkpoint-every 30").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "best", "bestEpoch", "loss", "samples", "epochs"])
            Assert.Equal(alone[field]!.ToJsonString(), result[field]!.ToJsonString());
        Assert.Equal(model, File.ReadAllBytes(_cli.At("model.actorsnn")));
        Assert.Equal((0, 0, 0L, null), ((int)alone["nodes"]!, (int)alone["recoveries"]!, (long)alone["ticksRedone"]!, alone["resumedFromTick"]));
    }

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_survives_the_kill_of_a_node(bool coordinator)
    {
        using var running = _cli.Start($"cluster --nodes 3 --detection-ms 1000 -- {Cuba} {Saved}");
        var (killed, process) = NodeOf(running.WaitForEvent("cluster"), coordinator);
        running.WaitForEvent("checkpoint", times: 2);
        Cli.Signal(process, "KILL");
        Assert.Equal(killed, (string)running.WaitForEvent("node-ended")["name"]!);
        var result = running.WaitForEnd().Result;
        AssertUndisturbed(result);
        Assert.InRange((int)result["recoveries"]!, 1, 9);
        Assert.InRange((long)result["resumedFromTick"]!, 49, 14999);
        // A busy machine may lose another one for a moment.
        Assert.InRange((int)result["nodes"]!, 1, 2);
    }

    [UnixFact]
    public void A_node_that_was_frozen_for_too_long_does_no_harm_when_it_wakes()
    {
        using var running = _cli.Start($"cluster --nodes 3 --detection-ms 1000 -- {Cuba} {Saved}");
        var (_, process) = NodeOf(running.WaitForEvent("cluster"), coordinator: false);
        running.WaitForEvent("checkpoint", times: 2);
        Cli.Signal(process, "STOP");
        running.WaitForEvent("recovery");
        Cli.Signal(process, "CONT");
        AssertUndisturbed(running.WaitForEnd().Result);
    }

    [UnixFact]
    public void A_node_that_ends_is_started_again_when_that_is_wanted()
    {
        using var running = _cli.Start($"cluster --nodes 2 --restart --detection-ms 1000 -- {Cuba} {Saved}");
        var (killed, process) = NodeOf(running.WaitForEvent("cluster"), coordinator: false);
        running.WaitForEvent("checkpoint", times: 2);
        Cli.Signal(process, "KILL");
        Assert.Equal(killed, (string)running.WaitForEvent("node-restarted")["name"]!);
        AssertUndisturbed(running.WaitForEnd().Result);
    }

    [UnixTheory]
    [InlineData(NodeFaultKind.Kill)]
    [InlineData(NodeFaultKind.Restart)]
    [InlineData(NodeFaultKind.Freeze)]
    public void A_run_survives_that_a_node_is_broken_by_order(NodeFaultKind what)
    {
        string restart = what == NodeFaultKind.Restart ? "--restart" : "";
        using var running = _cli.Start($"cluster --nodes 3 --allow-faults {restart} --detection-ms 1000 -- {Cuba} {Saved}");
        var names = running.WaitForEvent("cluster")["nodes"]!.AsArray().Select(n => (string)n!["name"]!).ToList();
        using var client = new ClusterClient(names, patienceMs: PatientMs);
        var target = new ClusterFaultTarget(client, cores: 1, [.. names.Select(n => (n, n))]);
        running.WaitForEvent("checkpoint", times: 2);
        string coordinator = client.Status().Coordinator;
        string broken = names.First(n => n != coordinator);
        target.Apply(new BreakNode(0, 0, what, broken, Seconds: 3));
        if (what == NodeFaultKind.Kill) Assert.Equal((broken, 137), Ended(running.WaitForEvent("node-ended")));
        if (what == NodeFaultKind.Restart) Assert.Equal(broken, (string)running.WaitForEvent("node-restarted")["name"]!);
        if (what == NodeFaultKind.Freeze) running.WaitForEvent("recovery");
        AssertUndisturbed(running.WaitForEnd().Result);

        static (string, int) Ended(JsonObject node) => ((string)node["name"]!, (int)node["exitCode"]!);
    }

    [LinuxFact]
    public void A_node_that_is_frozen_by_order_stands_still_and_wakes_again_and_one_that_is_killed_ends()
    {
        AddNode("--allow-faults");
        var node = _nodes[0].Events("node")[0];
        Assert.True((bool)node["allowFaults"]!);
        using var client = new ClusterClient([NameOf(_nodes[0])]);
        var target = new ClusterFaultTarget(client, cores: 1);
        target.Apply(new BreakNode(0, 0, NodeFaultKind.Freeze, NameOf(_nodes[0]), Seconds: 1.5));
        Assert.True(SpinWait.SpinUntil(IsStopped, Cli.Patience));
        Assert.True(SpinWait.SpinUntil(() => !IsStopped(), Cli.Patience));
        target.Apply(new BreakNode(0, 0, NodeFaultKind.Kill, NameOf(_nodes[0]), Seconds: 0));
        Assert.Equal(137, _nodes[0].WaitForEnd().Code);

        // The state follows the name, which stands in brackets.
        bool IsStopped() => File.ReadAllText($"/proc/{(int)node["pid"]!}/stat").Split(')')[^1][1] == 'T';
    }

    [UnixFact]
    public void A_node_is_not_broken_by_order_unless_it_allows_that()
    {
        AddNode("");
        using var client = new ClusterClient([NameOf(_nodes[0])]);
        var target = new ClusterFaultTarget(client, cores: 1);
        var refused = Assert.Throws<FaultRefusedException>(() => target.Apply(new BreakNode(0, 0, NodeFaultKind.Kill, NameOf(_nodes[0]), Seconds: 0)));
        Assert.Contains("start it with --allow-faults", refused.Message);
        Assert.Single(client.Status().Nodes);
    }

    [UnixFact]
    public void Ctrl_C_stops_the_nodes_and_cleans_up()
    {
        using var running = _cli.Start($"cluster --nodes 2 -- {Cuba} {Saved}");
        var began = running.WaitForEvent("cluster");
        running.WaitForEvent("checkpoint");
        running.Signal("INT");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.Contains("interrupted; the nodes are stopped", ended.Errors[^1]);
        Assert.False(Directory.Exists((string)began["directory"]!));
        foreach (var node in began["nodes"]!.AsArray()) Assert.False(Cli.IsRunning((int)node!["pid"]!));
    }

    [UnixFact]
    public void A_run_is_left_followed_stopped_and_continued()
    {
        string cluster = Start(2);
        string run = (string)_cli.Run($"{LongCuba} {Saved} --detach {cluster}").Json[^1]["run"]!;
        Assert.Equal("cuba-1", run);
        using (var following = _cli.Start($"attach {run} --json {cluster}"))
        {
            following.WaitForEvent("progress");
            following.Signal("INT");
            var left = following.WaitForEnd();
            Assert.Equal(130, left.Code);
            Assert.Contains($"{run} goes on without this process; follow it with: actorsnn attach {run}", Assert.Single(left.Errors));
        }
        using (var following = _cli.Start($"attach {run} --json {cluster}"))
        {
            following.WaitForEvent("checkpoint");
            Assert.Equal(0, _cli.Run($"stop {run} {cluster}").Code);
            var stopped = following.WaitForEnd();
            Assert.Equal(130, stopped.Code);
            Assert.Contains($"{run} was stopped at tick", Assert.Single(stopped.Errors));
        }
        Assert.Contains("is stopped already", Assert.Single(_cli.Run($"stop {run} {cluster}").Errors));
        Assert.Equal(0, _cli.Run($"continue {run} {cluster}").Code);
        AssertUndisturbed(_cli.Run($"attach {run} --json {cluster}").Result, undisturbed.LongResult);
        Assert.Equal(0, _cli.Run($"remove {run} {cluster}").Code);
        Assert.Empty(StatusOf(cluster)["runs"]!.AsArray());
    }

    [UnixFact]
    public void A_run_moves_to_a_node_that_comes_and_away_from_one_that_leaves()
    {
        string cluster = Start(2);
        using var running = _cli.Start($"{LongCuba} {Saved} --cores 6 {cluster}");
        running.WaitForEvent("checkpoint");
        string leaving = NameOf(_nodes[1]);
        AddNode($"--join {NameOf(_nodes[0])}");
        Assert.Equal(0, _cli.Run($"drain {leaving} {cluster}").Code);
        Assert.Equal(0, _nodes[1].WaitForEnd().Code);
        var result = running.WaitForEnd().Result;
        AssertUndisturbed(result, undisturbed.LongResult);
        Assert.InRange((int)result["rebalances"]!, 1, 9);
        Assert.Equal((2, 0), ((int)result["nodes"]!, (int)result["recoveries"]!));
    }

    [UnixFact]
    public void Strangers_learn_and_change_nothing()
    {
        string cluster = Start(2, ("ACTORSNN_SECRET", Secret));
        using var running = _cli.Start($"{Cuba} {Saved} {cluster}", ("ACTORSNN_SECRET", Secret));
        running.WaitForEvent("submitted");
        string address = NameOf(_nodes[0]);
        using (var stranger = new TcpClient("127.0.0.1", int.Parse(address.Split(':')[1])))
        {
            byte[] noise = new byte[4096];
            new Random(1).NextBytes(noise);
            try
            {
                stranger.GetStream().Write(noise);
                while (stranger.GetStream().Read(noise) > 0)
                {
                }
            }
            catch (IOException)
            {
                // Refused while it still wrote.
            }
        }
        var refused = _cli.Run($"status {cluster}", ("ACTORSNN_SECRET", "another secret, as long"));
        Assert.Equal(1, refused.Code);
        Assert.Contains("secret", Assert.Single(refused.Errors));
        AssertUndisturbed(running.WaitForEnd().Result);
    }

    private static (string Name, int Process) NodeOf(JsonObject began, bool coordinator)
    {
        var nodes = began["nodes"]!.AsArray().Select(n => ((string)n!["name"]!, (int)n["pid"]!)).ToList();
        using var cli = new Cli();
        string leader = (string)cli.Run($"status --json --cluster {nodes[0].Item1}").Json[0]["coordinator"]!;
        return nodes.First(n => n.Item1 == leader == coordinator);
    }

    private static string NameOf(Cli.Running node) => (string)node.Events("node")[0]["name"]!;

    /// <summary>Starts nodes; the answer is the option that names them.</summary>
    private string Start(int count, params (string Name, string Value)[] environment)
    {
        for (int i = 0; i < count; i++) AddNode(i == 0 ? "" : $"--join {NameOf(_nodes[0])}", environment);
        string option = $"--cluster {string.Join(',', _nodes.Select(NameOf))}";
        Assert.True(SpinWait.SpinUntil(() => StatusOf(option, environment)["nodes"]!.AsArray().Count(n => (bool)n!["ready"]!) == count, Cli.Patience));
        return option;
    }

    private void AddNode(string options, params (string Name, string Value)[] environment)
    {
        var node = _cli.Start($"node --listen 127.0.0.1:0 --store dir:{_cli.At("store")} --detection-ms {PatientMs} --lease-ms {PatientMs} --json {options}", environment);
        _nodes.Add(node);
        node.WaitForEvent("node");
    }

    private JsonObject StatusOf(string cluster, params (string Name, string Value)[] environment) => Assert.Single(_cli.Run($"status --json {cluster}", environment).Json);

    private void AssertUndisturbed(JsonObject result) => AssertUndisturbed(result, undisturbed.Result);

    private static void AssertUndisturbed(JsonObject result, JsonObject undisturbed)
    {
        foreach (string field in (string[])["stateHash", "spikes", "synapticEvents", "rates", "ticks"])
            Assert.Equal(undisturbed[field]!.ToJsonString(), result[field]!.ToJsonString());
    }

    /// <summary>The run of one process.</summary>
    public sealed class Undisturbed : IDisposable
    {
        private readonly Cli _cli = new();

        public Undisturbed()
        {
            Result = _cli.Run($"{Cuba} --json --record alone").Result;
            LongResult = _cli.Run($"{LongCuba} --json").Result;
        }

        internal JsonObject Result { get; }

        internal JsonObject LongResult { get; }

        /// <summary>Directory of its recording.</summary>
        internal string Recording => _cli.At("alone");

        public void Dispose() => _cli.Dispose();
    }
}
