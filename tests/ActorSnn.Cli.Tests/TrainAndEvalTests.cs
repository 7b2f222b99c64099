
using System.Diagnostics;

namespace ActorSnn.Cli.Tests;

public sealed class TrainAndEvalTests : IDisposable
{
    private const string Tiny = "train sbp --samples 60 --epochs 2 --crop 9 --hidden 160 --json";

    private static readonly string[] Contract =
    [
        "event", "system", "dataset", "epochs", "seed", "hidden", "cores", "threads", "engine", "accuracy", "stateHash", "samples", "seconds",
        "samplesPerSecond", "peakMemoryBytes",
    ];

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Scripts_get_the_fields_of_the_contract_in_order()
    {
        var train = _cli.Run($"{Tiny} --threads 1 --seed 5 --out model.actorsnn");
        var result = train.Result;
        Assert.Equal(Contract, result.Select(p => p.Key).Take(Contract.Length));
        Assert.Equal(
            ("sbp", "synth", 2, 5, 160, 1, "embedded", 120),
            ((string)result["system"]!, (string)result["dataset"]!, (int)result["epochs"]!, (int)result["seed"]!, (int)result["hidden"]!,
                (int)result["threads"]!, (string)result["engine"]!, (int)result["samples"]!));
        Assert.Equal(["exact", "spikes", "potential"], result["accuracy"]!.AsObject().Select(p => p.Key));
        Assert.All(result["accuracy"]!.AsObject(), p => Assert.InRange((double)p.Value!, 0, 1));
        Assert.Matches("^[0-9a-f]{64}$", (string)result["stateHash"]!);
        Assert.InRange((double)result["seconds"]!, 1e-6, 600);
        Assert.InRange((double)result["samplesPerSecond"]! * (double)result["seconds"]!, 119, 121);
        Assert.InRange((long)result["peakMemoryBytes"]!, 20L << 20, 400L << 20);
        Assert.Equal("model.actorsnn", (string)result["model"]!);
        foreach (string name in (string[])["exact", "spikes", "potential"])
        {
            Assert.True((double)result["best"]![name]! >= (double)result["accuracy"]![name]!);
            Assert.InRange((int)result["bestEpoch"]![name]!, 1, 2);
        }

        var progress = train.Json.SkipLast(1).ToList();
        Assert.All(progress, p => Assert.Equal("progress", (string)p["event"]!));
        var epochs = progress.Where(p => p["accuracy"] is not null).ToList();
        Assert.Equal([1, 2], epochs.Select(p => (int)p["epoch"]!));
        Assert.Equal([60, 120], epochs.Select(p => (int)p["samples"]!));
        Assert.Equal(result["accuracy"]!.ToJsonString(), epochs[^1]["accuracy"]!.ToJsonString());

        var eval = _cli.Run("eval model.actorsnn --json --threads 1").Result;
        Assert.Equal(Contract, eval.Select(p => p.Key).Take(Contract.Length));
        Assert.Equal(result["accuracy"]!.ToJsonString(), eval["accuracy"]!.ToJsonString());
        Assert.Equal((2000, 2, 5, 160), ((int)eval["samples"]!, (int)eval["epochs"]!, (int)eval["seed"]!, (int)eval["hidden"]!));
    }

    [Fact]
    public void Cores_and_threads_change_no_result()
    {
        var hashes = new HashSet<string>();
        var models = new HashSet<string>();
        var evaluations = new HashSet<string>();
        foreach (var (cores, threads) in new[] { (1, 1), (3, 1), (9, 1), (3, 2), (9, 2) })
        {
            var result = _cli.Run($"{Tiny} --cores {cores} --threads {threads} --quiet").Result;
            Assert.Equal((cores, threads), ((int)result["cores"]!, (int)result["threads"]!));
            hashes.Add((string)result["stateHash"]!);
            models.Add(Convert.ToHexString(File.ReadAllBytes(_cli.At((string)result["model"]!))));
            evaluations.Add(_cli.Run($"eval sbp-synth-seed1.actorsnn --samples 50 --cores {cores} --threads {threads} --json").StateHash);
        }
        Assert.Single(hashes);
        Assert.Single(models);
        Assert.Single(evaluations);
        Assert.NotEqual(hashes.Single(), _cli.Run($"{Tiny} --threads 1 --seed 2").StateHash);
    }

    [Fact]
    public void Quiet_leaves_the_result_alone()
    {
        var json = _cli.Run($"{Tiny} --threads 1 --quiet");
        Assert.Same(json.Output.Single(), json.Output[^1]);
        Assert.NotNull(json.Result["model"]);
        var text = _cli.Run($"{Tiny.Replace("--json", "--quiet")} --threads 1");
        Assert.DoesNotContain(text.Output, line => line.StartsWith("epoch"));
        Assert.Contains(text.Output, line => line.StartsWith("model"));
    }

    [Fact]
    public void People_get_text_without_control_sequences_and_the_command_to_go_on_with()
    {
        var train = _cli.Run($"{Tiny.Replace(" --json", "")} --threads 1");
        Assert.Equal(0, train.Code);
        Assert.Empty(train.Errors);
        Assert.DoesNotContain('\u001b', string.Join('\n', train.Output));
        Assert.Single(train.Output, line => line.StartsWith("epoch 2/2  "));
        foreach (string measure in (string[])["exact", "spikes", "potential"]) Assert.Single(train.Output, line => line.StartsWith($"| {measure} ("));
        Assert.True(File.Exists(_cli.At("sbp-synth-seed1.actorsnn")));
        string next = train.Output.Single(line => line.StartsWith("evaluate"));
        var eval = _cli.Run($"{next[next.IndexOf("actorsnn", StringComparison.Ordinal)..]["actorsnn".Length..]} --threads 1");
        Assert.Equal(0, eval.Code);
        Assert.DoesNotContain('\u001b', string.Join('\n', eval.Output));
        Assert.Contains(eval.Output, line => line.StartsWith("| potential ("));
    }

    [TerminalFact]
    public void On_a_terminal_there_is_a_progress_bar()
    {
        string command = $"stty cols 100 rows 30 && dotnet '{Path.Combine(AppContext.BaseDirectory, "actorsnn.dll")}' {Tiny.Replace(" --json", "")} --threads 1";
        using var script = Process.Start(new ProcessStartInfo(TerminalFactAttribute.Script, ["-qec", command, "/dev/null"])
        {
            WorkingDirectory = _cli.Directory, RedirectStandardOutput = true, RedirectStandardInput = true, Environment = { ["TERM"] = "xterm-256color" },
        })!;
        string output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        Assert.True(script.ExitCode == 0, output);
        Assert.Contains("epoch 2/2", output);
        Assert.Contains("━", output);
        Assert.Contains("evaluate  actorsnn eval sbp-synth-seed1.actorsnn", output);
    }

    [Fact]
    public void An_older_model_is_replaced_and_fewer_test_images_can_be_judged()
    {
        string before = _cli.Run($"{Tiny} --threads 1").StateHash;
        string after = _cli.Run($"{Tiny.Replace("60", "70")} --threads 1").StateHash;
        Assert.NotEqual(before, after);
        var described = _cli.Run("describe sbp-synth-seed1.actorsnn --json").Json.Single();
        Assert.Equal(after, (string)described["facts"]!["stateHash"]!);
        Assert.Equal(7, (int)_cli.Run("eval sbp-synth-seed1.actorsnn --samples 7 --json").Result["samples"]!);
    }

    [Fact]
    public void Files_of_a_data_set_are_trained_on_with_its_defaults()
    {
        Idx.WriteSet(_cli, "data/mnist");
        var result = _cli.Run("train sbp --dataset mnist --epochs 1 --hidden 16 --threads 1 --json").Result;
        Assert.Equal("100-16-10", (string)_cli.Run("train sbp --dataset mnist --epochs 1 --hidden 16 --threads 1 --crop 9 --json").Result["sizes"]!);
        Assert.Equal("400-16-10", (string)result["sizes"]!);
        Assert.Equal(Idx.Count, (int)result["samples"]!);
        Assert.True(File.Exists(_cli.At("sbp-mnist-seed1.actorsnn")));
        Assert.Equal("mnist", (string)_cli.Run("eval sbp-mnist-seed1.actorsnn --threads 1 --json").Result["dataset"]!);
    }

    [Fact]
    public void The_version_and_the_exit_codes_are_told()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", _cli.Run("--version").Output[0]);
        foreach (string command in (string[])["", "train sbp", "eval", "describe", "raster"])
        {
            var help = _cli.Run($"{command} --help");
            Assert.Equal(0, help.Code);
            Assert.Contains("0 done, 1 failed while running, 2 bad input or usage, 130 interrupted", string.Join(' ', help.Output));
        }
    }

    [Fact]
    public void A_model_that_cannot_be_written_after_all_fails_with_one_line()
    {
        Directory.CreateDirectory(_cli.At("models"));
        using var running = _cli.Start("train sbp --samples 300 --epochs 12 --crop 9 --hidden 16 --threads 1 --json --out models/m.actorsnn");
        running.WaitForEvent("progress");
        Directory.Delete(_cli.At("models"));
        var ended = running.WaitForEnd();
        Assert.Equal(1, ended.Code);
        Assert.Contains("models/m.actorsnn cannot be written", Assert.Single(ended.Errors));
    }
}
