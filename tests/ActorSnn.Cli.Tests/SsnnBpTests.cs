namespace ActorSnn.Cli.Tests;

public sealed class SsnnBpTests : IDisposable
{
    private const string Tiny = "train ssnn-bp --samples 40 --epochs 2 --crop 9 --hidden 12 --train-length 8 --test-length 4 --seed 3 --json";

    private static readonly string[] Contract =
    [
        "event", "system", "dataset", "epochs", "seed", "hidden", "cores", "threads", "engine", "accuracy", "stateHash", "samples", "seconds",
        "samplesPerSecond", "peakMemoryBytes",
    ];

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_model_is_trained_evaluated_and_described()
    {
        var train = _cli.Run($"{Tiny} --threads 1");
        var result = train.Result;
        Assert.Equal(Contract, result.Select(p => p.Key).Take(Contract.Length));
        Assert.Equal(
            ("ssnn-bp", "synth", 2, 3, 12, 80, "100-12-10"),
            ((string)result["system"]!, (string)result["dataset"]!, (int)result["epochs"]!, (int)result["seed"]!, (int)result["hidden"]!, (int)result["samples"]!, (string)result["sizes"]!));
        Assert.Equal(["spikes", "rate"], result["accuracy"]!.AsObject().Select(p => p.Key));
        Assert.All(result["accuracy"]!.AsObject(), p => Assert.InRange((double)p.Value!, 0, 1));
        Assert.Equal((8, 4, 0.1, 1), ((int)result["trainLength"]!, (int)result["testLength"]!, (double)result["learningRate"]!, (int)result["window"]!));
        Assert.InRange((double)result["clippedFraction"]!, 0, 0.05);
        var epochs = train.Json.Where(e => (string)e["event"]! == "progress" && e["accuracy"] is not null).ToList();
        Assert.Equal([40, 80], epochs.Select(e => (int)e["samples"]!));

        var eval = _cli.Run("eval ssnn-bp-synth-seed3.actorsnn --json --threads 1").Result;
        Assert.Equal(Contract, eval.Select(p => p.Key).Take(Contract.Length));
        Assert.Equal(result["accuracy"]!.ToJsonString(), eval["accuracy"]!.ToJsonString());
        Assert.Equal((2000, 4), ((int)eval["samples"]!, (int)eval["testLength"]!));
        var longer = _cli.Run("eval ssnn-bp-synth-seed3.actorsnn --samples 50 --test-length 9 --json").Result;
        Assert.Equal((50, 9), ((int)longer["samples"]!, (int)longer["testLength"]!));

        var facts = _cli.Run("describe ssnn-bp-synth-seed3.actorsnn --json").Json.Single()["facts"]!;
        Assert.Equal((string)result["stateHash"]!, (string)facts["stateHash"]!);
        Assert.Equal((8, "100-12-10"), ((int)facts["trainLength"]!, (string)facts["sizes"]!));
        Assert.Contains(_cli.Run("describe ssnn-bp-synth-seed3.actorsnn").Output, line => line.StartsWith("accuracy") && line.Contains("spikes"));
    }

    [Fact]
    public void A_report_on_learning_in_windows_says_what_they_cost()
    {
        var inPlace = _cli.Run(Tiny).Result;
        var windowed = _cli.Run($"{Tiny} --window 4 --report r.html").Result;
        Assert.Equal(inPlace["accuracy"]!.ToJsonString(), windowed["inPlace"]!.ToJsonString());
        Assert.Contains("What windows cost", File.ReadAllText(_cli.At("r.html")));
        Assert.Null(_cli.Run($"{Tiny} --window 4").Result["inPlace"]);
        Assert.Null(_cli.Run($"{Tiny} --report r.html").Result["inPlace"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--window 4")]
    [InlineData("--hidden 9,7 --dropout 0.2 --l2 0.0001 --winner race")]
    [InlineData("--mode memoryless --split-weights --derivative spike --activation hard --gain 0.5")]
    [InlineData("--step-variation 0.3 --device-variation 0.3 --asymmetry 0.01 --weight-bound 0.6")]
    public void Cores_and_threads_change_no_result(string options)
    {
        var hashes = new HashSet<string>();
        var models = new HashSet<string>();
        string command = options.Contains("--hidden") ? Tiny.Replace("--hidden 12 ", "") : Tiny;
        foreach (var (cores, threads) in new[] { (1, 1), (3, 2) })
        {
            var result = _cli.Run($"{command} {options} --cores {cores} --threads {threads} --quiet").Result;
            Assert.Equal((cores, threads), ((int)result["cores"]!, (int)result["threads"]!));
            hashes.Add((string)result["stateHash"]!);
            models.Add(Convert.ToHexString(File.ReadAllBytes(_cli.At((string)result["model"]!))));
        }
        Assert.Single(hashes);
        Assert.Single(models);
        string eval = _cli.Run("eval ssnn-bp-synth-seed3.actorsnn --samples 20 --cores 2 --json").StateHash;
        Assert.Equal(eval, _cli.Run("eval ssnn-bp-synth-seed3.actorsnn --samples 20 --json").StateHash);
    }

    [Fact]
    public void Digits_are_learned()
    {
        var result = _cli.Run("train ssnn-bp --samples 2000 --epochs 2 --crop 4 --hidden 32 --train-length 8 --test-length 32 --gain 1 --threads 1 --quiet --json").Result;
        Assert.True((double)result["accuracy"]!["rate"]! > 0.6, result["accuracy"]!.ToJsonString());
        Assert.True((double)result["accuracy"]!["spikes"]! > 0.6, result["accuracy"]!.ToJsonString());
    }

    [UnixFact]
    public void A_run_killed_and_resumed_ends_as_the_undisturbed_one()
    {
        string run = $"{Tiny} --gain 1".Replace("--samples 40", "--samples 400").Replace("--epochs 2", "--epochs 5");
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
            ("--hidden 12,3", "--hidden 12,3: the run in dir:points has --hidden 12; resume with the same"),
            ("--split-weights", "--split-weights true: the run in dir:points has --split-weights not given"),
            ("--gain 2", "--gain 2: the run in dir:points has --gain 1; resume with the same"),
        })
        {
            var refused = _cli.Run($"train ssnn-bp --checkpoint points --resume {options}");
            Assert.Equal(2, refused.Code);
            Assert.Contains(reason, Assert.Single(refused.Errors));
        }
        Assert.Contains("belongs to a run of ssnn-bp, not of sbp", Assert.Single(_cli.Run("train sbp --checkpoint points --resume").Errors));
        var resumed = _cli.Run("train ssnn-bp --checkpoint points --resume --cores 3 --gain 1.0 --json --out model.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "best", "bestEpoch", "samples", "epochs", "clippedFraction"])
            Assert.Equal(undisturbed[field]!.ToJsonString(), resumed[field]!.ToJsonString());
        Assert.Equal(File.ReadAllBytes(_cli.At("undisturbed.actorsnn")), File.ReadAllBytes(_cli.At("model.actorsnn")));
    }

    [Fact]
    public void Recordings_of_events_are_learned_from_and_judged_in_their_bins()
    {
        foreach (string part in (string[])["Train", "Test"])
        {
            // Class c has events of its own in row c, all over the recording.
            for (int n = 1; n <= 20; n++)
                _cli.Write($"data/nmnist/{part}/{n % 10}/{n:00000}.bin", [.. Enumerable.Range(0, 30).SelectMany(e => Event(x: e, y: 3 * (n % 10), us: e * 11_000 + n))]);
        }
        var result = _cli.Run("train ssnn-bp --dataset nmnist --epochs 15 --hidden 16 --train-length 8 --rate 0.5 --gain 1 --threads 1 --json").Result;
        Assert.Equal(("2312-16-10", 8, 8, 20), ((string)result["sizes"]!, (int)result["trainLength"]!, (int)result["testLength"]!, (int)result["testSamples"]!));
        Assert.True((double)result["accuracy"]!["rate"]! > 0.5, result["accuracy"]!.ToJsonString());
        Assert.Equal(result["accuracy"]!.ToJsonString(), _cli.Run("eval ssnn-bp-nmnist-seed1.actorsnn --json").Result["accuracy"]!.ToJsonString());
        Assert.True((double)_cli.Run("train ann --dataset nmnist --epochs 15 --hidden 16 --train-length 8 --rate 0.5 --json").Result["accuracy"]!["rate"]! > 0.5);
        var fold = _cli.Run("train ssnn-bp --dataset nmnist --fold 2/5 --epochs 2 --hidden 16 --train-length 8 --gain 1 --out fold.actorsnn --json").Result;
        int recordings = (int)result["samples"]! / 15 + (int)result["testSamples"]!;
        Assert.Equal(recordings / 5, (int)fold["testSamples"]!);
        Assert.Equal(recordings, (int)fold["samples"]! / 2 + (int)fold["testSamples"]!);
        Assert.Equal(recordings / 5, (int)_cli.Run("train ann --dataset nmnist --fold 5/5 --epochs 1 --hidden 4 --out fold-ann.actorsnn --json").Result["testSamples"]!);
        Assert.Contains("takes recorded spikes; synth has images", Assert.Single(_cli.Run("eval ssnn-bp-nmnist-seed1.actorsnn --dataset synth").Errors));
        Assert.Contains("--test-length 9: ", Assert.Single(_cli.Run("eval ssnn-bp-nmnist-seed1.actorsnn --test-length 9").Errors));
    }

    [Fact]
    public void Reports_recordings_and_rasters_show_the_network_at_work()
    {
        var result = _cli.Run($"{Tiny} --report r.html --record rec --record-samples 2").Result;
        Assert.Equal(("r.html", "rec"), ((string)result["report"]!, (string)result["record"]!));
        string page = File.ReadAllText(_cli.At("r.html"));
        foreach (string heading in (string[])["Accuracy and loss", "Confusion", "Weights"]) Assert.Contains($"<h2>{heading}</h2>", page);
        Assert.Contains(Directory.GetFiles(_cli.At("rec")), f => f.EndsWith("spikes-h.backward.npy"));
        Assert.Equal(0, _cli.Run("raster ssnn-bp-synth-seed3.actorsnn --samples 2 --out r.svg --json").Code);
        Assert.True(File.Exists(_cli.At("r.svg")));
        Assert.Equal(0, _cli.Run("eval ssnn-bp-synth-seed3.actorsnn --samples 30 --report e.html --json").Code);
    }

    [Fact]
    public void Late_and_lost_spikes_disturb_the_forward_pass()
    {
        var exact = _cli.Run($"{Tiny} --quiet").Result;
        string lost = _cli.Run($"{Tiny} --quiet --timing delayed --loss 0.2").StateHash;
        Assert.NotEqual((string)exact["stateHash"]!, lost);
        Assert.Equal(lost, _cli.Run($"{Tiny} --quiet --timing delayed --loss 0.2 --cores 2").StateHash);
        Assert.Equal("delayed", (string)_cli.Run("eval ssnn-bp-synth-seed3.actorsnn --samples 20 --timing delayed --loss 0.5 --json").Result["timing"]!);
        _cli.Write("s.yaml", "name: silence\nseed: 1\nfaults: [{ kind: silence, populations: h, share: 0.5 }, { kind: lose, projections: 'h->o', rate: 0.1 }]\n"u8.ToArray());
        var faulty = _cli.Run($"faults s.yaml --json -- {Tiny}").Result;
        Assert.Equal("differs", (string)faulty["hash"]!["verdict"]!);
        Assert.NotNull(faulty["cost"]!["accuracy"]!["spikes"]);
    }

    [Fact]
    public void A_plain_network_is_trained_evaluated_and_described()
    {
        const string Plain = "train ann --samples 300 --epochs 3 --crop 4 --hidden 16 --json";
        var result = _cli.Run(Plain).Result;
        Assert.Equal(Contract, result.Select(p => p.Key).Take(Contract.Length));
        Assert.Equal(("ann", "400-16-10", 900), ((string)result["system"]!, (string)result["sizes"]!, (int)result["samples"]!));
        Assert.Equal(["rate"], result["accuracy"]!.AsObject().Select(p => p.Key));
        Assert.Equal((string)result["stateHash"]!, _cli.Run($"{Plain} --report a.html").StateHash);
        Assert.Contains("<h2>Confusion</h2>", File.ReadAllText(_cli.At("a.html")));
        var eval = _cli.Run("eval ann-synth-seed1.actorsnn --json").Result;
        Assert.Equal(result["accuracy"]!.ToJsonString(), eval["accuracy"]!.ToJsonString());
        Assert.Equal((string)result["stateHash"]!, (string)eval["stateHash"]!);
        Assert.Equal("400-16-10", (string)_cli.Run("describe ann-synth-seed1.actorsnn --json").Json.Single()["facts"]!["sizes"]!);
        Assert.Equal("784-256-10", (string)_cli.Run("describe ann --json").Json.Single()["facts"]!["sizes"]!);
        foreach (var (command, reason) in new[]
        {
            ("raster ann-synth-seed1.actorsnn", "which has no spikes to draw"),
            ("eval ann-synth-seed1.actorsnn --cores 2", "--cores: ann-synth-seed1.actorsnn is a model of ann, which runs on no cores"),
            ("eval ann-synth-seed1.actorsnn --test-length 5", "--test-length: a plain network takes no steps"),
            ("describe ann --nodes 2", "--nodes: ann runs on no cores"),
        })
        {
            var ended = _cli.Run(command);
            Assert.Equal(2, ended.Code);
            Assert.Contains(reason, Assert.Single(ended.Errors));
        }
    }

    [UnixFact]
    public void A_run_submitted_to_a_cluster_is_finished_by_who_follows_it()
    {
        var local = _cli.Run($"{Tiny} --out local.actorsnn").Result;
        using var node = _cli.Start("node --listen 127.0.0.1:0 --store dir:store --json");
        string cluster = $"--cluster {(string)node.WaitForEvent("node")["name"]!}";
        string run = (string)_cli.Run($"{Tiny} --detach {cluster}").Json[^1]["run"]!;
        var attached = _cli.Run($"attach {run} {cluster} --json --out attached.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "samples", "clippedFraction", "trainLength"]) Assert.Equal(local[field]!.ToJsonString(), attached[field]!.ToJsonString());
        Assert.Equal(File.ReadAllBytes(_cli.At("local.actorsnn")), File.ReadAllBytes(_cli.At("attached.actorsnn")));
        node.Signal("TERM");
        node.WaitForEnd();
    }

    [Fact]
    public void A_sweep_compares_train_lengths_with_a_plain_network_and_goes_on_where_it_ended()
    {
        const string Study = "sweep ssnn-bp --samples 60 --epochs 1 --crop 9 --hidden 8 --test-length 4 --out study";
        var first = _cli.Run($"{Study} --train-length 2 --json");
        Assert.Equal(["ann", "ssnn-bp"], first.Json.Where(e => (string)e["event"]! == "row").Select(e => (string)e["system"]!));
        var row = first.Result["rows"]!.AsArray()[1]!;
        Assert.Equal((2, 1), ((int)row["trainLength"]!, (int)row["seed"]!));
        Assert.Equal(2, row["cosine"]!.AsArray().Count);
        // 40,000 steps in short samples have a bias, but they point where the gradient does.
        Assert.All(row["cosine"]!.AsArray(), c => Assert.InRange((double)c!, 0.8, 1.1));
        string[] lines = File.ReadAllLines(_cli.At("study/sweep.csv"));
        Assert.Equal(3, lines.Length);
        foreach (string file in (string[])["sweep.svg", "sweep-cosine.svg", "sweep-gain.svg", "ann-seed1.actorsnn", "ssnn-bp-length2-seed1.actorsnn"]) Assert.True(File.Exists(_cli.At($"study/{file}")), file);

        // A line cut short does not count; those that are whole stay.
        File.WriteAllText(_cli.At("study/sweep.csv"), $"{string.Join('\n', lines)}\n{lines[2][..20]}");
        var more = _cli.Run($"{Study} --train-length 2,4 --report s.html --json");
        Assert.Equal([4], more.Json.Where(e => (string)e["event"]! == "row").Select(e => (int)e["trainLength"]!));
        Assert.Equal(lines, File.ReadAllLines(_cli.At("study/sweep.csv"))[..3]);
        Assert.Contains("<h2>Gradient</h2>", File.ReadAllText(_cli.At("s.html")));

        var other = _cli.Run($"{Study} --train-length 2 --gain 2");
        Assert.Equal(2, other.Code);
        Assert.Contains("study/sweep.csv is of another study", Assert.Single(other.Errors));
    }

    [Theory]
    [InlineData("train ssnn-bp --hidden 12,", "--hidden 12,: give whole numbers from 1, with commas between them")]
    [InlineData("train ssnn-bp --hidden 99999999", "--hidden 99999999: layers of 784 and 99999999 neurons are more than an array can hold")]
    [InlineData("train ssnn-bp --train-length 0", "--train-length 0: give a whole number from 1 to 65536")]
    [InlineData("train ssnn-bp --window 5", "--window 5: give one that divides the 32 steps of a training sample")]
    [InlineData("train ssnn-bp --gain 0", "--gain 0: give a positive number")]
    [InlineData("train ssnn-bp --rate nan", "--rate nan: give a positive number")]
    [InlineData("train ssnn-bp --mode leaky", "--mode leaky: give integrate, memoryless")]
    [InlineData("train ssnn-bp --winner best", "--winner best: give categorical, race, rounds")]
    [InlineData("train ssnn-bp --dropout 1", "--dropout 1: give a part from 0 to below 1")]
    [InlineData("train ssnn-bp --dataset mnits", "--dataset mnits: unknown; known are synth")]
    [InlineData("train ssnn-bp --fold 1/5", "--fold: synth has images, with a test part of their own; leave it out")]
    [InlineData("train ann --dataset nmnist --fold 6/5", "--fold 6/5: give K/N, part K of N: N from 2 to 100, K from 1 to N")]
    [InlineData("train ssnn-bp --dataset nmnist --crop 3", "--crop: nmnist has recordings, not images; leave it out")]
    [InlineData("train ssnn-bp --dataset nmnist --test-length 3", "--test-length 3: recordings of nmnist are shown in the 32 time bins of --train-length")]
    [InlineData("train ssnn-bp --dataset nmnist", "the recordings of nmnist are missing")]
    [InlineData("train ssnn-bp --crop 14", "--crop 14: images of synth are 28x28; give 0 to 13")]
    [InlineData("train ann --train-length 3", "--train-length: synth has no use for it; leave it out")]
    [InlineData("train ann --cores 2", "\"--cores\" is unknown")]
    [InlineData("train sbp --gain 2", "\"--gain\" is unknown")]
    [InlineData("describe sbp --train-length 3", "--train-length: sbp has no such option; leave it out")]
    [InlineData("sweep ssnn-bp --train-length 2,x", "--train-length 2,x: give whole numbers from 1 to 65536, with commas between them")]
    [InlineData("sweep ssnn-bp --train-length 6 --window 4", "--window 4: give one that divides the 6 steps of a training sample")]
    [InlineData("sweep ssnn-bp --dataset mnits", "--dataset mnits: unknown; known are synth")]
    [InlineData("sweep sbp", "\"sbp\" is unknown; known are ssnn-bp")]
    [InlineData("faults s.yaml -- train ann", "train ann: a network on no mesh has nothing that could break")]
    public void Bad_input_gets_one_line(string arguments, string reason)
    {
        var ended = _cli.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Contains(reason, Assert.Single(ended.Errors));
        Assert.Empty(_cli.Files());
    }

    [Theory]
    [InlineData("", "784-256-10")]
    [InlineData("--dataset emnist-balanced --hidden 500,100", "784-500-100-47")]
    [InlineData("--dataset nmnist --train-length 30 --window 15", "2312-256-10")]
    public void Any_size_can_be_described_without_files(string options, string sizes) =>
        Assert.Equal(sizes, (string)_cli.Run($"describe ssnn-bp {options} --json").Json.Single()["facts"]!["sizes"]!);

    private static byte[] Event(int x, int y, int us) => [(byte)x, (byte)y, (byte)(0x80 | us >> 16 & 0x7F), (byte)(us >> 8), (byte)us];
}
