using System.Text;

namespace ActorSnn.Cli.Tests;

/// <summary><c>actorsnn run</c> and <c>describe</c> on networks of integer neurons and sources.</summary>
public sealed class RunTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_synfire_chain_hands_its_spikes_on()
    {
        WriteChain();
        var result = _cli.Run("run chain.json --ticks 300 --json").Result;
        Assert.Equal(
            ["event", "ticks", "neurons", "synapses", "spikes", "synapticEvents", "seconds", "buildSeconds", "stateHash", "peakMemoryBytes", "name", "seed", "timeStepMs",
                "cores", "threads", "engine", "meanRateHz", "rates", "sourceSpikes", "packets", "packetBytes", "nodes", "recoveries", "rebalances", "resumedFromTick",
                "ticksRedone", "timing", "reproducible"],
            result.Select(f => f.Key));
        // The kick at tick 10 makes group g spike at 11 + 5 g, and all over again 50 ticks later.
        Assert.Equal((300, 1000), ((int)result["ticks"]!, (int)result["neurons"]!));
        int waves = Enumerable.Range(0, 1000).Select(k => 11 + 5 * k).Count(t => t < 300);
        Assert.Equal((100 * waves, 1), ((int)result["spikes"]!, (int)result["sourceSpikes"]!));
        Assert.Equal(100 + 10 * 10_000, (int)result["synapses"]!);
        int delivered = Enumerable.Range(0, 1000).Select(k => 11 + 5 * k).Count(t => t + 5 < 300); // the last wave is still under way
        Assert.Equal(100 + 100 * delivered * 100, (int)result["synapticEvents"]!);
        Assert.Equal(100 * waves / (1000 * 0.3), (double)result["meanRateHz"]!, 1e-6);
        Assert.Equal(6 / 0.3, (double)result["rates"]!["g0"]!, 1e-6);
        Assert.Equal(1 / 0.3, (double)result["rates"]!["kick"]!, 1e-6);
        Assert.Equal(("synfire", "embedded", 1.0), ((string)result["name"]!, (string)result["engine"]!, (double)result["timeStepMs"]!));
    }

    [Fact]
    public void A_run_lasts_a_second_of_simulated_time_unless_told_otherwise()
    {
        WriteChain();
        Assert.Equal(1000, (int)_cli.Run("run chain.json --json").Result["ticks"]!);
        Assert.Equal(70, (int)_cli.Run("run chain.json --ms 70 --json").Result["ticks"]!);
    }

    [Theory]
    [InlineData("--cores 3 --threads 2", 3, 2)]
    [InlineData("--cores 7 --threads 1", 7, 1)]
    [InlineData("--threads 4", 4, 4)]
    public void The_hash_does_not_depend_on_cores_and_threads(string options, int cores, int threads)
    {
        WriteNoisy();
        var alone = _cli.Run("run noisy.json --ticks 2000 --cores 1 --json").Result;
        var spread = _cli.Run($"run noisy.json --ticks 2000 --json {options}").Result;
        Assert.Equal((cores, threads), ((int)spread["cores"]!, (int)spread["threads"]!));
        foreach (string field in (string[])["stateHash", "spikes", "sourceSpikes", "synapticEvents", "rates"])
            Assert.Equal(alone[field]!.ToJsonString(), spread[field]!.ToJsonString());
        Assert.InRange((int)alone["spikes"]!, 1000, int.MaxValue);
    }

    [Fact]
    public void Another_seed_is_another_run()
    {
        WriteNoisy();
        string hash = _cli.Run("run noisy.json --ticks 50 --json").StateHash;
        Assert.Equal(hash, _cli.Run("run noisy.json --ticks 50 --seed 1 --json").StateHash);
        Assert.NotEqual(hash, _cli.Run("run noisy.json --ticks 50 --seed 2 --json").StateHash);
    }

    [Fact]
    public void Probes_of_the_file_change_nothing_even_if_named_as_the_counters()
    {
        WriteChain();
        string plain = _cli.Run("run chain.json --ticks 100 --json").StateHash;
        string text = File.ReadAllText(_cli.At("chain.json"));
        _cli.Write("probed.json", Encoding.UTF8.GetBytes(text.Replace("\"projections\":",
            "\"probes\": [{ \"kind\": \"count\", \"name\": \"counter 0\", \"population\": \"g0\", \"periodTicks\": 7 }, { \"kind\": \"spikes\", \"population\": \"g1\" }], \"projections\":")));
        Assert.Equal(plain, _cli.Run("run probed.json --ticks 100 --json").StateHash);
    }

    [Fact]
    public void People_get_a_table()
    {
        WriteChain();
        var ended = _cli.Run("run chain.json --ticks 300");
        Assert.Equal(0, ended.Code);
        Assert.StartsWith("synfire: 300 ticks (300 ms) in ", ended.Output[0]);
        Assert.Contains(ended.Output, line => line.StartsWith("| g0 ") && line.Contains("| gated-threshold | ") && line.Contains("20.000 |"));
        Assert.Contains(ended.Output, line => line.StartsWith("1,000 neurons, 100,100 synapses, 5,800 spikes"));
        Assert.StartsWith("state hash ", ended.Output[^1]);
    }

    [UnixFact]
    public void A_run_killed_and_resumed_ends_as_the_undisturbed_one()
    {
        WriteNoisy();
        const string Run = "run noisy.json --ticks 400000 --threads 1 --json";
        var undisturbed = _cli.Run(Run).Result;
        using (var running = _cli.Start($"{Run} --checkpoint points --checkpoint-every 3000"))
        {
            running.WaitForEvent("checkpoint", times: 3);
            running.Signal("KILL");
            Assert.Equal(137, running.WaitForEnd().Code);
        }
        var resumed = _cli.Run("run noisy.json --checkpoint points --resume --cores 3 --json");
        foreach (string field in (string[])["ticks", "stateHash", "spikes", "sourceSpikes", "synapticEvents", "rates"])
            Assert.Equal(undisturbed[field]!.ToJsonString(), resumed.Result[field]!.ToJsonString());

        var refused = _cli.Run("run noisy.json --seed 2 --checkpoint points --resume");
        Assert.Equal(2, refused.Code);
        Assert.Contains("is of another network than noisy.json as given", Assert.Single(refused.Errors));
        Assert.Contains("has run 400000 already", Assert.Single(_cli.Run("run noisy.json --ticks 5 --checkpoint points --resume").Errors));
        Assert.Contains("already holds checkpoints", Assert.Single(_cli.Run("run noisy.json --checkpoint points").Errors));
    }

    [Fact]
    public void A_run_that_another_process_has_taken_over_ends_with_one_line()
    {
        WriteNoisy();
        using var running = _cli.Start("run noisy.json --ticks 2000000000 --json --checkpoint points --checkpoint-every 3000");
        long tick = (long)running.WaitForEvent("checkpoint", times: 2)["tick"]!;
        var other = _cli.Run($"run noisy.json --checkpoint points --resume --ticks {tick + 2_000_000} --checkpoint-every 100000 --json");
        var ended = running.WaitForEnd();
        Assert.Equal(1, ended.Code);
        string line = Assert.Single(ended.Errors);
        Assert.StartsWith("actorsnn: dir:points: run \"run\" is at epoch 2; ", line);
        Assert.Equal(_cli.Run($"run noisy.json --ticks {tick + 2_000_000} --json").StateHash, other.StateHash);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_ends_the_run_with_one_line()
    {
        WriteNoisy();
        using var running = _cli.Start("run noisy.json --ticks 2000000000 --json --checkpoint points --checkpoint-every 3000");
        running.WaitForEvent("checkpoint", times: 2);
        Directory.Move(_cli.At("points"), _cli.At("elsewhere"));
        var ended = running.WaitForEnd();
        Assert.Equal(1, ended.Code);
        Assert.StartsWith("actorsnn: dir:points", Assert.Single(ended.Errors));
        Assert.Equal(0, _cli.Run($"run noisy.json --checkpoint elsewhere --resume --ticks 2000000 --json").Code);
    }

    [UnixFact]
    public void Ctrl_C_gives_the_result_so_far_and_the_command_that_goes_on()
    {
        WriteNoisy();
        Cli.Ended interrupted;
        using (var running = _cli.Start("run noisy.json --ticks 2000000000 --threads 1 --seed 5 --json --checkpoint points"))
        {
            var progress = running.WaitForEvent("progress");
            Assert.Equal(["event", "ticks", "totalTicks", "simulatedMs", "seconds", "realTimeFactor"], progress.Select(f => f.Key));
            running.Signal("INT");
            interrupted = running.WaitForEnd();
        }
        Assert.Equal(130, interrupted.Code);
        var result = interrupted.Json[^1];
        Assert.True((bool)result["interrupted"]!);
        long ticks = (long)result["ticks"]!;
        Assert.InRange(ticks, 1, 2_000_000_000 - 1);
        string command = (string)result["resume"]!;
        Assert.EndsWith($"go on with: {command}", Assert.Single(interrupted.Errors));

        // The same ticks without an interruption, and some more of them after it.
        Assert.Equal((string)result["stateHash"]!, _cli.Run($"run noisy.json --seed 5 --ticks {ticks} --json").StateHash);
        var resumed = _cli.Run($"{command["actorsnn".Length..]} --ticks {ticks + 1000} --json");
        Assert.Equal(_cli.Run($"run noisy.json --seed 5 --ticks {ticks + 1000} --json").StateHash, resumed.StateHash);
    }

    [UnixFact]
    public void Without_checkpoints_an_interrupted_run_says_that_it_cannot_go_on()
    {
        WriteNoisy();
        var files = _cli.Files();
        using var running = _cli.Start("run noisy.json --ticks 2000000000 --json");
        running.WaitForEvent("progress");
        running.Signal("TERM");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.True((bool)ended.Json[^1]["interrupted"]!);
        Assert.Contains("the run cannot go on from here (with --checkpoint DIR it could)", Assert.Single(ended.Errors));
        Assert.Equal(files, _cli.Files());
    }

    [Fact]
    public void A_network_that_is_still_being_built_is_left_at_once()
    {
        using var running = _cli.Start("run sparse --neurons 5000000 --checkpoint points --json");
        // The directory is made right before the network is built.
        Assert.True(SpinWait.SpinUntil(() => Directory.Exists(_cli.At("points")), TimeSpan.FromMinutes(1)));
        running.Signal("INT");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.Contains("interrupted", Assert.Single(ended.Errors));
        Assert.Empty(ended.Output);
    }

    [Fact]
    public void Describe_announces_memory_and_placement_before_anything_is_built()
    {
        var json = _cli.Run("describe cuba --json").Json.Single();
        Assert.Equal((4000, 320_000), ((int)json["neurons"]!, (int)json["synapses"]!));
        Assert.InRange((long)json["memoryBytes"]!, 320_000 * 4, 1L << 30);
        Assert.Equal(["e", "i"], json["populations"]!.AsArray().Select(p => (string)p!["name"]!));

        var text = _cli.Run("describe sparse --neurons 100000 --degree 10");
        Assert.Equal(0, text.Code);
        Assert.Contains(text.Output, line => line.StartsWith("100,000 neurons, 1,001,000 synapses"));
        Assert.Matches("^about [0-9.]+ [MG]B of memory to run$", text.Output[^1]);

        WriteChain();
        Assert.Equal(1000, (int)_cli.Run("describe chain.json --json").Json.Single()["neurons"]!);
    }

    [Fact]
    public void A_network_of_a_million_neurons_is_described_in_no_time_and_in_few_lines()
    {
        var json = _cli.Run("describe sparse --cores 120 --json").Json.Single();
        Assert.Equal(1_000_000, (int)json["neurons"]!);
        Assert.Null(json["links"]);
        Assert.InRange((long)json["linkCount"]!, 10_001, long.MaxValue);
        Assert.InRange(_cli.Run("describe sparse --cores 120").Output.Count, 10, 80);
    }

    [Theory]
    [InlineData("describe")]
    [InlineData("run")]
    public void What_cannot_fit_is_refused_with_both_figures(string command)
    {
        var ended = _cli.Run($"{command} sparse", ("DOTNET_GCHeapHardLimit", "0x8000000"));
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Matches("^actorsnn: sparse would need about [0-9.]+ [MG]B of memory, and this machine has 128 MB left; give fewer neurons or synapses", Assert.Single(ended.Errors));
    }

    [Fact]
    public void Bad_network_files_get_one_line_with_the_path_of_the_field()
    {
        WriteChain();
        string chain = File.ReadAllText(_cli.At("chain.json"));
        using (var huge = File.Create(_cli.At("huge.json"))) huge.SetLength(1L << 30);
        Reject("huge.json", "huge.json: is 1,024 MB; a network file has at most 64 MB");
        Reject("none.json", "none.json: neither a network file nor a built-in network (cuba, coba, brunel, sparse)");
        foreach (var (text, reason) in new[]
        {
            ("", "bad.json: is empty"),
            (new string('[', 100_000), "bad.json: line 1, byte 33: is no JSON"),
            (chain[..^20], "is no JSON"),
            (chain.Replace("\"threshold\"", "\"treshold\""), "bad.json: populations[1].model.treshold: unknown field; did you mean \"threshold\"?"),
            (chain.Replace("\"source\": \"g3\"", "\"source\": \"g33\""), "bad.json: projections[4].source: there is no population \"g33\"; did you mean \"g3\"?"),
            (chain.Replace("\"delayMs\": 5", "\"delayMs\": 0"), "bad.json: projections[1].delayMs: 0 ms; delays are at least one tick (1 ms)"),
            (chain.Replace("\"size\": 100", "\"size\": 1000000"), "bad.json: projections[1].connectivity: 1,000,000,000,000 synapses of \"g0->g1\"; a network has at most"),
            (chain.Replace("\"size\": 100", "\"size\": 1e12"), "bad.json: populations[1].size: 1e12; give 1 to 100000000"),
        })
        {
            _cli.Write("bad.json", Encoding.UTF8.GetBytes(text));
            Reject("bad.json", reason);
        }
    }

    private void Reject(string file, string reason)
    {
        var ended = _cli.Run($"run {file} --json");
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        string line = Assert.Single(ended.Errors);
        Assert.StartsWith("actorsnn: ", line);
        Assert.Contains(reason, line);
        Assert.InRange(line.Length, 20, 500);
    }

    /// <summary>A ring of ten groups of 100 integer neurons, kicked once.</summary>
    private void WriteChain()
    {
        string Lines(Func<int, string> line) => string.Join(",\n", Enumerable.Range(0, 10).Select(line));
        _cli.Write("chain.json", Encoding.UTF8.GetBytes($$"""
            {
              "format": "actorsnn-network", "version": 1, "name": "synfire", "timeStepMs": 1,
              "populations": [
                { "name": "kick", "size": 1, "model": { "kind": "spike-array", "spikes": [[10, 0]] } },
                {{Lines(g => $$"""{ "name": "g{{g}}", "size": 100, "model": { "kind": "gated-threshold", "threshold": 1024 } }""")}}
              ],
              "projections": [
                { "source": "kick", "target": "g0", "connectivity": { "kind": "one-to-all" }, "weight": 1025 },
                {{Lines(g => $$"""{ "source": "g{{g}}", "target": "g{{(g + 1) % 10}}", "connectivity": { "kind": "dense" }, "weight": 11, "delayMs": 5 }""")}}
              ]
            }
            """));
    }

    /// <summary>Random integer neurons under Poisson trains, that go on and differ with the seed.</summary>
    private void WriteNoisy() => _cli.Write("noisy.json", """
        {
          "format": "actorsnn-network", "version": 1, "name": "noisy", "timeStepMs": 1,
          "populations": [
            { "name": "trains", "size": 40, "model": { "kind": "poisson", "rateHz": 50 } },
            { "name": "a", "size": 64, "model": { "kind": "gated-threshold", "threshold": 10 } },
            { "name": "b", "size": 48, "model": { "kind": "gated-threshold", "threshold": 10 } }
          ],
          "projections": [
            { "source": "trains", "target": "a", "connectivity": { "kind": "fixed-in-degree", "inDegree": 4 }, "weight": 6 },
            { "source": "a", "target": "b", "connectivity": { "kind": "fixed-out-degree", "outDegree": 6 }, "weight": 6, "delayTicks": { "low": 1, "high": 7 } },
            { "source": "b", "target": "a", "connectivity": { "kind": "fixed-out-degree", "outDegree": 3 }, "weight": { "kind": "uniform", "low": -9, "high": 9, "step": 1 }, "delayMs": 3 }
          ]
        }
        """u8.ToArray());
}
