using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Tests;

public sealed class FaultsTests : IDisposable
{
    private const string Sbp = "train sbp --samples 40 --epochs 2 --crop 9 --hidden 16 --seed 3";
    private const string Cuba = "run cuba --neurons 1000 --delay 1.5 --ticks 15000 --checkpoint-every 200";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_fault_of_the_simulation_changes_the_hash_and_does_the_same_every_time()
    {
        string scenario = Scenario("{ kind: silence, populations: h, share: 0.5, at: { sample: 10 } }, { kind: lose, projections: '?->?', rate: 0.1, until: { sample: 30 } }");
        var result = _cli.Run($"faults {scenario} --out first --json -- {Sbp}").Result;
        Assert.Equal(("differs", "differs"), ((string)result["hash"]!["verdict"]!, (string)result["hash"]!["expected"]!));
        Assert.Equal(_cli.Run($"{Sbp} --json --out alone.actorsnn").StateHash, (string)result["hash"]!["undisturbed"]!);
        Assert.Equal(["silence", "lose"], result["injected"]!.AsArray().Select(f => (string)f!["kind"]!));
        foreach (string measure in (string[])["exact", "spikes", "potential"])
        {
            var cost = result["cost"]!["accuracy"]![measure]!;
            Assert.Equal((double)result["disturbed"]!["accuracy"]![measure]!, (double)cost["disturbed"]!);
            Assert.Equal((double)result["undisturbed"]!["accuracy"]![measure]!, (double)cost["undisturbed"]!);
        }

        Assert.Equal(["faults.html", "faults.json", "model.actorsnn"], Directory.GetFiles(_cli.At("first")).Select(Path.GetFileName).Order());
        Assert.NotEqual(File.ReadAllBytes(_cli.At("alone.actorsnn")), File.ReadAllBytes(_cli.At("first/model.actorsnn")));
        Assert.Equal(result.ToJsonString(), JsonNode.Parse(File.ReadAllText(_cli.At("first/faults.json")))!.ToJsonString());
        string page = File.ReadAllText(_cli.At("first/faults.html"));
        Assert.EndsWith("</html>\n", page);
        foreach (string heading in (string[])["What was injected", "What it cost", "The state"]) Assert.Contains($"<h2>{heading}</h2>", page);

        var again = _cli.Run($"faults {scenario} --no-baseline --report again.html --json -- {Sbp} --cores 3 --threads 2").Result;
        Assert.Equal((string)result["stateHash"]!, (string)again["stateHash"]!);
        Assert.Null(again["hash"]!["verdict"]);
        Assert.Null(again["undisturbed"]);
        Assert.True(File.Exists(_cli.At("again.json")));
    }

    [Fact]
    public void A_model_is_evaluated_under_faults()
    {
        Assert.Equal(0, _cli.Run($"{Sbp} --out model.actorsnn").Code);
        byte[] model = File.ReadAllBytes(_cli.At("model.actorsnn"));
        var sound = _cli.Run("eval model.actorsnn --json").Result;
        var result = _cli.Run($"faults {Scenario("{ kind: silence, populations: h }")} --json -- eval model.actorsnn").Result;
        Assert.Equal(sound["accuracy"]!.ToJsonString(), result["undisturbed"]!["accuracy"]!.ToJsonString());
        // Without hidden spikes the outputs stay silent, which is never right.
        Assert.Equal(0, (double)result["cost"]!["accuracy"]!["exact"]!["disturbed"]!);
        Assert.True((long)result["cost"]!["spikes"]!["change"]! < 0);
        Assert.Equal(model, File.ReadAllBytes(_cli.At("model.actorsnn")));
        Assert.True(File.Exists(_cli.At("faults-scenario.html")));
        // The first sample is shown when the ring has been started: a fault that is over by then changes nothing that is read.
        var early = _cli.Run($"faults {Scenario("{ kind: silence, populations: h, until: { sample: 0 } }")} --json -- eval model.actorsnn").Result;
        Assert.Equal(0, (double)early["cost"]!["accuracy"]!["potential"]!["change"]!);
    }

    [Fact]
    public void A_simulation_runs_under_faults_of_its_neurons()
    {
        var result = _cli.Run($"faults {Scenario("{ kind: silence, populations: 'i', at: { tick: 100 } }")} --json -- run cuba --neurons 500 --ticks 1000").Result;
        Assert.True((double)result["cost"]!["ratesHz"]!["i"]!["change"]! < 0);
        Assert.Equal("differs", (string)result["hash"]!["verdict"]!);
        var text = _cli.Run($"faults {At("scenario")} -- run cuba --neurons 500 --ticks 1000");
        Assert.Equal((0, 0), (text.Code, text.Errors.Count));
        Assert.Contains(text.Output, line => line.Contains("as is to be expected"));
    }

    [Fact]
    public void A_report_that_cannot_be_written_after_all_does_not_cost_the_result()
    {
        Directory.CreateDirectory(_cli.At("pages"));
        using var running = _cli.Start($"faults {Scenario("{ kind: silence, populations: 'i' }")} --report pages/r.html --json -- run cuba --neurons 500 --ticks 1000");
        running.WaitForEvent("run");
        Directory.Delete(_cli.At("pages"));
        var ended = running.WaitForEnd();
        Assert.Equal(1, ended.Code);
        Assert.Equal(("result", "differs"), ((string)ended.Json[^1]["event"]!, (string)ended.Json[^1]["hash"]!["verdict"]!));
        Assert.Null(ended.Json[^1]["report"]);
        Assert.Contains("pages/r.json cannot be written", Assert.Single(ended.Errors));
    }

    [UnixFact]
    public void A_node_that_is_killed_and_started_again_changes_nothing()
    {
        string scenario = Scenario("{ kind: restart-node, nodes: node-2, at: { tick: 3000 } }");
        var ended = _cli.Run($"faults {scenario} --nodes 2 --detection-ms 1000 --json -- {Cuba}");
        var result = ended.Result;
        Assert.Equal(("matches", "matches"), ((string)result["hash"]!["verdict"]!, (string)result["hash"]!["expected"]!));
        Assert.Equal(1, (int)result["injected"]![0]!["times"]!);
        var order = Assert.Single(result["orders"]!.AsArray())!;
        Assert.Equal("node-2 killed and started again", (string)order["what"]!);
        Assert.InRange((long)order["tick"]!, 3000, 15_000);
        Assert.Single(ended.Json, e => (string)e["event"]! == "node-restarted");
        // Whether it comes back before it is missed or after that: what it had is lost.
        Assert.InRange((int)result["detected"]!["recoveries"]!, 1, 9);
    }

    [UnixFact]
    public void Faults_of_the_simulation_are_the_same_on_nodes()
    {
        string scenario = Scenario("{ kind: silence, populations: h, share: 0.5, at: { sample: 10 } }");
        var alone = _cli.Run($"faults {scenario} --no-baseline --json -- {Sbp}").Result;
        var result = _cli.Run($"faults {scenario} --nodes 2 --detection-ms 20000 --no-baseline --json -- {Sbp}").Result;
        Assert.Equal((string)alone["stateHash"]!, (string)result["stateHash"]!);
    }

    [UnixFact]
    public void Ctrl_C_stops_the_nodes_even_a_frozen_one_and_writes_no_report()
    {
        // Without checkpoints before the end: who is stopped while it holds the lock of a directory keeps it.
        string cuba = Cuba.Replace("15000", "100000000").Replace("--checkpoint-every 200", "--checkpoint-every 50000000");
        using var running = _cli.Start(
            $"faults {Scenario("{ kind: freeze-node, nodes: node-2, seconds: 600, at: { tick: 1000 } }")} --nodes 2 --detection-ms 1000 --no-baseline --json -- {cuba}");
        var began = running.WaitForEvent("cluster");
        running.WaitForEvent("recovery");
        running.Signal("INT");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.Contains("the nodes are stopped", ended.Errors[^1]);
        foreach (var node in began["nodes"]!.AsArray()) Assert.False(Cli.IsRunning((int)node!["pid"]!));
        Assert.Equal(["scenario.yaml"], Directory.GetFiles(_cli.Directory).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("{ kind: silence, populations: q }", "-- train sbp --samples 20 --epochs 1", "scenario.yaml:4: faults[0].populations: there is no population \"q\"")]
    [InlineData("{ kind: silence }", "-- train sbp", "scenario.yaml:4: faults[0].populations: is missing")]
    [InlineData("{ kind: silence, populations: e, at: { sample: 1 } }", "-- run cuba", "scenario.yaml:4: faults[0].at.sample: a time in samples, but the network shows no samples")]
    [InlineData("{ kind: kill-node, nodes: node-1 }", "-- run cuba", "scenario.yaml:4: faults[0]: \"kill-node\" needs nodes")]
    [InlineData("{ kind: kill-node, nodes: node-1 }", "-- eval model", "scenario.yaml:4: faults[0]: \"kill-node\" happens to the machine")]
    [InlineData("{ kind: silence, populations: h }", "-- describe sbp", "\"describe\" is no command that faults can be injected into")]
    [InlineData("{ kind: silence, populations: h }", "-- train sbp --checkpoint x", "--checkpoint: an experiment is run from beginning to end")]
    [InlineData("{ kind: silence, populations: h }", "-- train sbp --store:dir:x", "--store: an experiment is run from beginning to end")]
    [InlineData("{ kind: silence, populations: h }", "--nodes 2 -- train sbp --cluster=localhost:1", "--cluster: the nodes are those started with --nodes")]
    [InlineData("{ kind: silence, populations: h }", "-- train sbp --report=x.html", "--report: the experiment writes a report of its own")]
    [InlineData("{ kind: silence, populations: h }", "--report x.html --out y -- train sbp", "--out and --report both say where the report goes")]
    [InlineData("{ kind: silence, populations: h }", "--report x.json -- train sbp", "--report x.json cannot be written: the JSON beside it would have the same name")]
    [InlineData("{ kind: silence, populations: h }", "--detection-ms 1000 -- train sbp", "--detection-ms: needs --nodes N")]
    [InlineData("{ kind: silence, populations: h }", "--nodes 2 -- eval model", "--nodes: eval runs in this process")]
    public void What_cannot_be_is_refused_in_one_line(string fault, string words, string expected)
    {
        Scenario(fault);
        var before = _cli.Files();
        var ended = _cli.Run($"faults scenario.yaml {words} --json");
        Assert.Equal(2, ended.Code);
        Assert.StartsWith($"actorsnn: {expected}", Assert.Single(ended.Errors).Replace(_cli.Directory + "/", ""));
        Assert.Equal(before, _cli.Files());
    }

    [UnixFact]
    public void A_node_that_there_is_not_is_refused_before_anything_is_run_for_long()
    {
        var ended = _cli.Run($"faults {Scenario("{ kind: kill-node, nodes: node-9, at: { seconds: 1 } }")} --nodes 2 --json -- {Cuba}");
        Assert.Equal(2, ended.Code);
        Assert.EndsWith("faults[0].nodes: \"node-9\" stands for no node; there are node-1, node-2", Assert.Single(ended.Errors));
        Assert.DoesNotContain(ended.Json, e => (string)e["event"]! is "progress" or "submitted");
    }

    [Fact]
    public void A_fault_that_stops_all_progress_in_one_process_ends_by_the_clock()
    {
        var ended = _cli.Run(
            "faults " + Scenario("{ kind: lose, links: {}, rate: 1, until: { seconds: 1 } }") + " --json -- run cuba --neurons 400 --cores 3 --delay 1.5 --ms 50");
        Assert.Equal("matches", (string)ended.Result["hash"]!["verdict"]!);
    }

    [Fact]
    public void Faults_of_the_machine_in_free_timing_are_refused_before_anything_is_run()
    {
        var ended = _cli.Run($"faults {Scenario("{ kind: kill-core, cores: 0, at: { tick: 10 } }")} --json -- run cuba --neurons 400 --ticks 2000 --timing free --tick-us 10");
        Assert.Equal(2, ended.Code);
        Assert.StartsWith("actorsnn: --timing free: what faults of the machine do can be repaired in exact and delayed timing only", Assert.Single(ended.Errors));
        Assert.DoesNotContain(ended.Json, e => (string)e["event"]! == "progress" || (string)e["event"]! == "run" && (bool)e["faults"]!);
    }

    [Fact]
    public void Links_and_cores_of_one_process_are_disturbed_and_repaired()
    {
        var ended = _cli.Run("faults " + Scenario("""
            { kind: lose, links: {}, rate: 0.02 }, { kind: corrupt, links: { from: "0", to: "*" }, rate: 0.02 }, { kind: kill-core, cores: 2, at: { tick: 300 } },
            { kind: slow-core, cores: 1, microsecondsPerTick: 10, until: { tick: 100 } }
            """) + " --json -- run cuba --neurons 400 --cores 3 --delay 1.5 --ms 50 --checkpoint-every 200");
        Assert.Equal(0, ended.Code);
        var result = ended.Result;
        Assert.Equal("matches", (string)result["hash"]!["verdict"]!);
        Assert.Equal((1, 1), ((int)result["suffered"]!["killedCores"]!, (int)result["detected"]!["recoveries"]!));
        Assert.InRange((int)result["detected"]!["sentAgain"]!, 1, int.MaxValue);
        Assert.Equal((int)result["suffered"]!["corrupted"]!, (int)result["detected"]!["corruptNoticed"]!);
    }

    [UnixFact]
    public void Nodes_that_are_cut_apart_come_together_again()
    {
        var ended = _cli.Run("faults " + Scenario("""
            { kind: cut, one: node-2, at: { tick: 1000 }, until: { seconds: 6 } }, { kind: duplicate, links: {}, rate: 0.1 }
            """) + $" --nodes 3 --detection-ms 1000 --json -- {Cuba}");
        Assert.Equal(0, ended.Code);
        var result = ended.Result;
        Assert.Equal("matches", (string)result["hash"]!["verdict"]!);
        Assert.InRange((int)result["detected"]!["recoveries"]!, 1, 20);
        Assert.InRange((int)result["detected"]!["duplicatesNoticed"]!, 1, int.MaxValue);
    }

    private string At(string name) => _cli.At($"{name}.yaml");

    private string Scenario(string faults)
    {
        File.WriteAllText(At("scenario"), $"name: a test\nseed: 5\nfaults: [\n{faults}\n]\n");
        return At("scenario");
    }
}
