using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorSnn.Learning.Bstdg;

namespace ActorSnn.Cli.Tests;

public sealed class BstdgTests : IDisposable
{
    private const string Tiny = "train bstdg --samples 60 --epochs 2 --hidden 20 --hidden-threshold 10 --output-threshold 4 --seed 3 --json";

    private static readonly string[] Contract =
    [
        "event", "system", "dataset", "epochs", "seed", "hidden", "cores", "threads", "engine", "accuracy", "stateHash", "samples", "seconds",
        "samplesPerSecond", "peakMemoryBytes",
    ];

    private static readonly string[] Figures = ["decisionStep", "hiddenSpikes", "hiddenSpikesUntilDecision", "inputSpikesUntilDecision"];

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_model_is_trained_evaluated_and_described()
    {
        var train = _cli.Run($"{Tiny} --threads 1");
        var result = train.Result;
        Assert.Equal(Contract, result.Select(p => p.Key).Take(Contract.Length));
        Assert.Equal(
            ("bstdg", "synth", 2, 3, 20, 120, "784-20-10"),
            ((string)result["system"]!, (string)result["dataset"]!, (int)result["epochs"]!, (int)result["seed"]!, (int)result["hidden"]!, (int)result["samples"]!, (string)result["sizes"]!));
        Assert.Equal(["strict", "generous"], result["accuracy"]!.AsObject().Select(p => p.Key));
        Assert.True((double)result["accuracy"]!["generous"]! >= (double)result["accuracy"]!["strict"]!, result["accuracy"]!.ToJsonString());
        Assert.Equal((8, 2, 5, 0.1), ((int)result["steps"]!, (int)result["margin"]!, (int)result["shift"]!, (double)result["learningRate"]!));
        Assert.InRange((double)result["decisionStep"]!, 2, 8);
        Assert.InRange((double)result["hiddenSpikes"]!, (double)result["hiddenSpikesUntilDecision"]!, 20);
        Assert.True((double)result["inputSpikesUntilDecision"]! > 0);
        Assert.True((double)result["earlyExitSeconds"]! > 0);
        var epochs = train.Json.Where(e => (string)e["event"]! == "progress" && e["accuracy"] is not null).ToList();
        Assert.Equal([60, 120], epochs.Select(e => (int)e["samples"]!));

        var eval = _cli.Run("eval bstdg-synth-seed3.actorsnn --json --threads 1").Result;
        Assert.Equal(Contract, eval.Select(p => p.Key).Take(Contract.Length));
        foreach (string field in (string[])["accuracy", .. Figures]) Assert.Equal(result[field]!.ToJsonString(), eval[field]!.ToJsonString());
        Assert.Equal(2000, (int)eval["samples"]!);
        Assert.True((double)eval["earlyExitSeconds"]! > 0);
        Assert.Contains(_cli.Run("eval bstdg-synth-seed3.actorsnn --samples 50").Output, line => line.Contains("decides at step"));

        var facts = _cli.Run("describe bstdg-synth-seed3.actorsnn --json").Json.Single()["facts"]!;
        Assert.Equal((string)result["stateHash"]!, (string)facts["stateHash"]!);
        Assert.Equal((8, "784-20-10", "sign"), ((int)facts["steps"]!, (string)facts["sizes"]!, (string)facts["weights"]!));
    }

    [Fact]
    public void The_inference_network_is_exported_with_one_bit_a_weight()
    {
        _cli.Run($"{Tiny} --quiet");
        var facts = _cli.Run("export bstdg-synth-seed3.actorsnn --json").Json.Single()["facts"]!;
        Assert.Equal(("bstdg-synth-seed3-1bit.actorsnn", "784-20-10"), ((string)facts["exported"]!, (string)facts["sizes"]!));
        // 13 words of 64 signs for each of 20 neurons, one word for each of 10.
        Assert.Equal(8 * (13 * 20 + 10), (int)facts["weightBytes"]!);
        var eval = _cli.Run("eval bstdg-synth-seed3.actorsnn --json").Result;
        var exported = _cli.Run("eval bstdg-synth-seed3-1bit.actorsnn --threads 3 --json").Result;
        foreach (string field in (string[])["accuracy", "loss", "spikes", .. Figures]) Assert.Equal(eval[field]!.ToJsonString(), exported[field]!.ToJsonString());
        Assert.Equal((1, 3), ((int)eval["earlyExitCopies"]!, (int)exported["earlyExitCopies"]!));
        Assert.Equal("inference", (string)_cli.Run("describe bstdg-synth-seed3-1bit.actorsnn --json").Json.Single()["facts"]!["circuit"]!);
        Assert.Equal(0, _cli.Run("raster bstdg-synth-seed3-1bit.actorsnn --samples 2 --out r.svg --json").Code);
        byte[] file = File.ReadAllBytes(_cli.At("bstdg-synth-seed3-1bit.actorsnn"));
        Assert.Equal(0, _cli.Run("export bstdg-synth-seed3-1bit.actorsnn --out again.actorsnn --json").Code);
        Assert.Equal(file, File.ReadAllBytes(_cli.At("again.actorsnn")));
    }

    [Fact]
    public void What_cannot_be_exported_is_left_as_it_is()
    {
        _cli.Run("train s4nn --samples 20 --epochs 1 --hidden 5 --steps 20 --quiet --json");
        _cli.Run("train ann --samples 20 --epochs 1 --hidden 5 --quiet --json");
        _cli.Run($"{Tiny} --quiet");
        _cli.Write("notes.txt", "notes"u8.ToArray());
        var before = _cli.Files();
        foreach (var (arguments, reason) in new[]
        {
            ("s4nn-synth-seed1.actorsnn", "its weights are real numbers; networks of binary weights can be exported"),
            ("ann-synth-seed1.actorsnn", "is a model of ann, whose weights are not binary"),
            ("bstdg-synth-seed3.actorsnn --out bstdg-synth-seed3.actorsnn", "is the model itself; give another name"),
            ("bstdg-synth-seed3.actorsnn --out notes.txt", "--out notes.txt"),
            ("none.actorsnn", "none.actorsnn"),
        })
        {
            var ended = _cli.Run($"export {arguments}");
            Assert.Equal(2, ended.Code);
            Assert.Contains(reason, Assert.Single(ended.Errors));
        }
        Assert.Equal(before, _cli.Files());
    }

    [Theory]
    [InlineData("bstdg", "")]
    [InlineData("bstdg", "--window stdp --thresholds layer --backward real --schedule constant --bound 3 --margin 1 --shift 0")]
    [InlineData("bs4nn", "--steps 40")]
    [InlineData("s4nn", "--steps 40")]
    public void Cores_and_threads_change_no_result(string system, string options)
    {
        var hashes = new HashSet<string>();
        var models = new HashSet<string>();
        string command = Tiny.Replace("train bstdg", $"train {system}");
        foreach (var (cores, threads) in new[] { (1, 1), (3, 2) })
        {
            var result = _cli.Run($"{command} {options} --cores {cores} --threads {threads} --quiet").Result;
            Assert.Equal((system, cores, threads), ((string)result["system"]!, (int)result["cores"]!, (int)result["threads"]!));
            hashes.Add((string)result["stateHash"]!);
            models.Add(Convert.ToHexString(File.ReadAllBytes(_cli.At((string)result["model"]!))));
        }
        Assert.Single(hashes);
        Assert.Single(models);
        string file = $"{system}-synth-seed3.actorsnn";
        var eval = _cli.Run($"eval {file} --samples 20 --cores 2 --json").Result;
        Assert.Equal(system, (string)eval["system"]!);
        Assert.Equal((string)eval["stateHash"]!, _cli.Run($"eval {file} --samples 20 --json").StateHash);
    }

    [Fact]
    public void Digits_are_learned()
    {
        var result = _cli.Run("train bstdg --samples 2000 --epochs 4 --hidden 200 --threads 1 --quiet --json").Result;
        Assert.True((double)result["accuracy"]!["strict"]! > 0.6, result["accuracy"]!.ToJsonString());
    }

    [UnixFact]
    public void A_run_killed_and_resumed_ends_as_the_undisturbed_one()
    {
        string run = Tiny.Replace("--samples 60", "--samples 400").Replace("--epochs 2", "--epochs 5");
        var undisturbed = _cli.Run($"{run} --out undisturbed.actorsnn").Result;
        using (var running = _cli.Start($"{run} --checkpoint points --checkpoint-every 150 --out model.actorsnn"))
        {
            running.WaitForEvent("checkpoint", times: 2);
            running.Signal("KILL");
            Assert.Equal(137, running.WaitForEnd().Code);
        }
        foreach (var (options, reason) in new[]
        {
            ("--epochs 6", "--epochs 6: the run in dir:points has --epochs 5, which its learning rates depend on"),
            ("--margin 1", "--margin 1: the run in dir:points has --margin 2; resume with the same"),
        })
        {
            var refused = _cli.Run($"train bstdg --checkpoint points --resume {options}");
            Assert.Equal(2, refused.Code);
            Assert.Contains(reason, Assert.Single(refused.Errors));
        }
        Assert.Contains("belongs to a run of bstdg, not of s4nn", Assert.Single(_cli.Run("train s4nn --checkpoint points --resume").Errors));
        var resumed = _cli.Run("train bstdg --checkpoint points --resume --cores 3 --json --out model.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "best", "bestEpoch", "samples", "epochs", .. Figures]) Assert.Equal(undisturbed[field]!.ToJsonString(), resumed[field]!.ToJsonString());
        Assert.Equal(File.ReadAllBytes(_cli.At("undisturbed.actorsnn")), File.ReadAllBytes(_cli.At("model.actorsnn")));
        // Nothing is left to do, and all is told that was asked for.
        var again = _cli.Run("train bstdg --checkpoint points --resume --json --out model.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", .. Figures]) Assert.Equal(undisturbed[field]!.ToJsonString(), again[field]!.ToJsonString());
        Assert.True((double)again["earlyExitSeconds"]! > 0);
    }

    [Fact]
    public void Reports_recordings_and_rasters_show_the_network_at_work()
    {
        var result = _cli.Run($"{Tiny} --report r.html --record rec --record-samples 2").Result;
        Assert.Equal(("r.html", "rec"), ((string)result["report"]!, (string)result["record"]!));
        string page = File.ReadAllText(_cli.At("r.html"));
        foreach (string heading in (string[])["Accuracy and loss", "What an answer takes", "Confusion", "Weights"]) Assert.Contains($"<h2>{heading}</h2>", page);
        Assert.Contains(Directory.GetFiles(_cli.At("rec")), f => f.EndsWith("spikes-h.error.npy"));
        Assert.Equal(0, _cli.Run("raster bstdg-synth-seed3.actorsnn --samples 2 --out r.svg --json").Code);
        // The training circuit answers as the model does, of which the export holds no more than that.
        _cli.Run("export bstdg-synth-seed3.actorsnn --out small.actorsnn");
        Assert.Equal(0, _cli.Run("raster bstdg-synth-seed3.actorsnn --samples 12 --out trained.svg --json").Code);
        Assert.Equal(0, _cli.Run("raster small.actorsnn --samples 12 --out small.svg --json").Code);
        string[] Shown(string picture) => [.. Regex.Matches(File.ReadAllText(_cli.At(picture)), @"\d+: \d → \w+").Select(match => match.Value)];
        Assert.Equal(12, Shown("small.svg").Length);
        Assert.Equal(Shown("small.svg"), Shown("trained.svg"));
        Assert.Equal(0, _cli.Run("eval bstdg-synth-seed3.actorsnn --samples 30 --report e.html --json").Code);
    }

    [Fact]
    public void Late_and_lost_spikes_disturb_what_is_learned_from()
    {
        var exact = _cli.Run($"{Tiny} --quiet").Result;
        string lost = _cli.Run($"{Tiny} --quiet --timing delayed --loss 0.2").StateHash;
        Assert.NotEqual((string)exact["stateHash"]!, lost);
        Assert.Equal(lost, _cli.Run($"{Tiny} --quiet --timing delayed --loss 0.2 --cores 2").StateHash);
        var late = _cli.Run("eval bstdg-synth-seed3.actorsnn --samples 20 --timing delayed --jitter 2 --json").Result;
        Assert.Equal("delayed", (string)late["timing"]!);
        // What is disturbed is shown every sample for all its steps.
        Assert.Null(late["earlyExitSeconds"]);
        _cli.Write("s.yaml", "name: silence\nseed: 1\nfaults: [{ kind: silence, populations: h, share: 0.5 }, { kind: lose, projections: 'h->o', rate: 0.1 }]\n"u8.ToArray());
        var faulty = _cli.Run($"faults s.yaml --json -- {Tiny}").Result;
        Assert.Equal("differs", (string)faulty["hash"]!["verdict"]!);
        Assert.NotNull(faulty["cost"]!["accuracy"]!["strict"]);
    }

    [UnixFact]
    public void A_run_submitted_to_a_cluster_is_finished_by_who_follows_it()
    {
        var local = _cli.Run($"{Tiny} --out local.actorsnn").Result;
        using var node = _cli.Start("node --listen 127.0.0.1:0 --store dir:store --json");
        string cluster = $"--cluster {(string)node.WaitForEvent("node")["name"]!}";
        string run = (string)_cli.Run($"{Tiny} --detach {cluster}").Json[^1]["run"]!;
        var attached = _cli.Run($"attach {run} {cluster} --json --out attached.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "samples", .. Figures]) Assert.Equal(local[field]!.ToJsonString(), attached[field]!.ToJsonString());
        Assert.Equal(File.ReadAllBytes(_cli.At("local.actorsnn")), File.ReadAllBytes(_cli.At("attached.actorsnn")));
        node.Signal("TERM");
        node.WaitForEnd();
    }

    [Fact]
    public void Images_without_a_test_part_are_split()
    {
        Idx.WriteCaltech(_cli);
        var result = _cli.Run("train bstdg --dataset caltech --split 2 --epochs 1 --hidden 4 --json").Result;
        Assert.Equal(("2480-4-2", 400, 6), ((string)result["sizes"]!, (int)result["samples"]!, (int)result["testSamples"]!));
        Assert.Equal(result["accuracy"]!.ToJsonString(), _cli.Run("eval bstdg-caltech-seed1.actorsnn --json").Result["accuracy"]!.ToJsonString());
        Assert.Contains("--samples 5: caltech has 200 images of each class to train with", Assert.Single(_cli.Run("train bstdg --dataset caltech --samples 5").Errors));
        Assert.Equal(4, (int)_cli.Run("eval bstdg-caltech-seed1.actorsnn --samples 4 --json").Result["testSamples"]!);
        var ended = _cli.Run("eval bstdg-caltech-seed1.actorsnn --samples 7");
        Assert.Equal((2, "7 test images of caltech asked for; split 2 has 6"), (ended.Code, Assert.Single(ended.Errors)["actorsnn: ".Length..]));
    }

    [Fact]
    public void Gray_values_or_edges_are_shown_of_images()
    {
        Idx.WriteCaltech(_cli);
        var result = _cli.Run("train bstdg --dataset caltech --image gray --epochs 1 --hidden 4 --json").Result;
        Assert.Equal(("40000-4-2", 32, 2), ((string)result["sizes"]!, (int)result["steps"]!, (int)result["margin"]!)); // the usual ones with gray values
        Assert.Equal("2480-4-2", (string)_cli.Run("train s4nn --dataset caltech --image edges --epochs 1 --json").Result["sizes"]!);

        const string File = "bstdg-caltech-seed1.actorsnn";
        void Edit(Action<JsonObject> edit) => ModelFiles.Edit(_cli.At(File), BstdgModel.KindOf("bstdg"), edit);
        string accuracy = result["accuracy"]!.ToJsonString();
        Assert.Equal(accuracy, _cli.Run($"eval {File} --json").Result["accuracy"]!.ToJsonString());
        Edit(metadata => Assert.True(metadata.Remove("image"))); // as before there was a choice
        Assert.Equal(accuracy, _cli.Run($"eval {File} --json").Result["accuracy"]!.ToJsonString());
        Edit(metadata => metadata["image"] = "edges");
        Assert.Contains($"{File} takes samples of 160x250; those of caltech are 80x31", Assert.Single(_cli.Run($"eval {File}").Errors));
        Edit(metadata => metadata["image"] = "colour");
        Assert.Contains("\"image\" in its metadata is \"colour\"; known are gray, edges", Assert.Single(_cli.Run($"eval {File}").Errors));
    }

    [Fact]
    public void Learning_rates_stay_or_go_down_in_one_of_two_ways()
    {
        string[] hashes = [.. ((string[])["linear", "decay", "constant"]).Select(schedule => _cli.Run($"{Tiny} --schedule {schedule} --out {schedule}.actorsnn").StateHash)];
        Assert.Distinct(hashes);
        Assert.Equal(0.95, BstdgModel.Load(_cli.At("decay.actorsnn"), BstdgModel.KindOf("bstdg")).Options.RateFactor);
    }

    [Theory]
    [InlineData("train bstdg --hidden 0", "--hidden 0: give a whole number from 1 to 2147483647")]
    [InlineData("train bstdg --hidden 99999999", "--hidden 99999999: layers of 784 and 99999999 neurons are more than an array can hold")]
    [InlineData("train bstdg --steps 2", "--steps 2: give a whole number from 3 to 1024")]
    [InlineData("train bstdg --margin 8", "a margin of 8 steps; give 1 to 7")]
    [InlineData("train bstdg --window sharp", "--window sharp: give step, stdp, exp, linear")]
    [InlineData("train bstdg --thresholds none", "--thresholds none: give neuron, layer, fixed")]
    [InlineData("train bstdg --rate 0", "--rate 0: give a positive number, at most 1e6")]
    [InlineData("train bstdg --hidden-threshold 0.5", "a threshold of 0.5; give 1 to 1000000")]
    [InlineData("train bstdg --dataset nmnist", "--dataset nmnist: unknown; known are synth")]
    [InlineData("train bstdg --split 2", "--split: synth has no use for it; leave it out")]
    [InlineData("train bstdg --image gray", "--image: synth has no use for it; leave it out")]
    [InlineData("train bstdg --dataset caltech --image colour", "--image colour: give gray, edges")]
    [InlineData("train bstdg --dataset caltech --time-windows 2", "--time-windows: caltech has no use for it; leave it out")]
    [InlineData("train bstdg --dataset shd --steps 300", "--steps 300: spike trains are shown in at most 255 steps")]
    [InlineData("train bstdg --dataset shd --steps 5 --time-windows 6", "--time-windows 6: give at most the 5 of --steps")]
    [InlineData("train bstdg --dataset shd", "the training samples of shd are missing")]
    [InlineData("train bstdg --dataset caltech", "the images of caltech are missing")]
    [InlineData("train sbp --margin 2", "\"--margin\" is unknown")]
    public void Bad_input_gets_one_line(string arguments, string reason)
    {
        var ended = _cli.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Contains(reason, Assert.Single(ended.Errors));
        Assert.Empty(_cli.Files());
    }

    [Fact]
    public void A_model_is_not_shown_what_it_does_not_take()
    {
        _cli.Run($"{Tiny} --quiet");
        foreach (var (options, reason) in new[]
        {
            ("--dataset shd", "takes no spike trains; shd has nothing else"),
            ("--dataset emnist-letters", "the test images of emnist-letters are missing"),
            ("--dataset synth-letters", "tells 10 classes apart; synth-letters has 36"),
            ("--test-length 5", "--test-length: bstdg takes the steps it was trained with"),
        })
        {
            var ended = _cli.Run($"eval bstdg-synth-seed3.actorsnn {options}");
            Assert.Equal(2, ended.Code);
            Assert.Contains(reason, Assert.Single(ended.Errors));
        }
    }

    [Theory]
    [InlineData("bstdg", "", "784-600-10", 9)]
    [InlineData("bstdg", "--dataset emnist-balanced --hidden 500", "784-500-47", 9)]
    [InlineData("bstdg", "--dataset caltech", "2480-64-2", 17)]
    [InlineData("bstdg", "--dataset caltech --image gray", "40000-64-2", 33)]
    [InlineData("s4nn", "--dataset caltech", "40000-4-2", 257)]
    [InlineData("bstdg", "--dataset shd", "7000-256-20", 51)]
    [InlineData("bs4nn", "--dataset mnist", "784-600-10", 257)]
    [InlineData("s4nn", "--dataset mnist --steps 8", "784-400-10", 9)]
    [InlineData("s4nn", "--dataset shd", "700-400-20", 256)]
    public void Any_size_can_be_described_without_files(string system, string options, string sizes, int ticks)
    {
        var facts = _cli.Run($"describe {system} {options} --json").Json.Single()["facts"]!;
        Assert.Equal((sizes, ticks), ((string)facts["sizes"]!, (int)facts["ticksPerSample"]!));
    }
}
