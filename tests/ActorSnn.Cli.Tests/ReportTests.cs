using System.Text.RegularExpressions;
using System.Xml.Linq;
using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Tests;

public sealed class ReportTests(ReportTests.Trained trained) : IDisposable, IClassFixture<ReportTests.Trained>
{
    private const string Tiny = "train sbp --samples 60 --epochs 2 --crop 9 --hidden 160 --threads 1 --json";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Recordings_and_reports_change_no_result()
    {
        var plain = _cli.Run($"{Tiny} --out plain.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "best", "bestEpoch", "samples", "loss"])
            Assert.Equal(plain[field]!.ToJsonString(), trained.Train.Result[field]!.ToJsonString());
        Assert.Equal(File.ReadAllBytes(_cli.At("plain.actorsnn")), File.ReadAllBytes(trained.Cli.At("m.actorsnn")));
        var eval = _cli.Run("eval plain.actorsnn --threads 1 --json").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "loss"]) Assert.Equal(eval[field]!.ToJsonString(), trained.Eval.Result[field]!.ToJsonString());
        Assert.Equal(("train.html", "rec"), ((string)trained.Train.Result["report"]!, (string)trained.Train.Result["record"]!));
        Assert.Null(plain["report"]);
    }

    [Fact]
    public void A_recording_is_the_same_whatever_the_cores_and_threads()
    {
        foreach (string how in (string[])["--cores 1", "--cores 5 --threads 2"])
        {
            Assert.Equal(0, _cli.Run($"{Tiny.Replace("--threads 1", how)} --record rec --record-samples 4 --out other.actorsnn").Code);
            foreach (string file in Directory.GetFiles(_cli.At("rec"))) Assert.Equal(File.ReadAllBytes(trained.Cli.At($"rec/{Path.GetFileName(file)}")), File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void A_recording_holds_the_samples_the_weights_and_potentials_that_explain_the_spikes()
    {
        var recording = RecordingDirectory.Load(trained.Cli.At("rec"));
        Assert.Equal(4, recording.Samples.Length);
        Assert.Equal((12, 48), (recording.FirstTick, recording.Ticks));
        Assert.Equal(SbpCircuit.TrainingTicks, recording.Phases!.PeriodTicks);
        HashSet<(long, int)> SpikesOf(string population)
        {
            var spikes = recording.Spikes.Single(s => s.Population == population);
            return [.. Enumerable.Range(0, spikes.Count).Select(i => (spikes.TickOf(i), spikes.NeuronOf(i)))];
        }

        // x repeats what the source emits; o spikes where its potential is above the threshold.
        Assert.NotEmpty(SpikesOf("input"));
        Assert.Superset(SpikesOf("input").Select(s => (s.Item1 + 1, s.Item2)).ToHashSet(), SpikesOf("x"));
        var potentials = recording.Potentials.Single();
        var above = from row in Enumerable.Range(0, potentials.Ticks.Length) from k in Enumerable.Range(0, 10)
                    where potentials.Values[10 * row + k] > SbpCircuit.Threshold select (potentials.Ticks[row], k);
        Assert.Equal(SpikesOf("o").Order(), above.Order());
        Assert.Equal(48, potentials.Ticks.Length);

        // The weights are the model's, before the first sample.
        var model = SbpModel.Load(trained.Cli.At("m.actorsnn"));
        Assert.Equal(model.Weights.InputToHidden(), recording.Weights.Single(w => w.Projection == "x->h").Values);
        Assert.Equal(model.Weights.HiddenToOutput(), recording.Weights.Single(w => w.Projection == "h->o").Values);
        Assert.Equal(8, recording.Weights.Length);

        // What the captions say is what the recording holds.
        foreach (var sample in recording.Samples)
        {
            var label = SpikesOf("t").Single(s => s.Item1 == sample.FirstTick + (int)SbpPhase.Output).Item2;
            var answers = SpikesOf("o").Where(s => s.Item1 == sample.FirstTick + (int)SbpPhase.Output).Select(s => s.Item2).Order().ToList();
            Assert.EndsWith($": {label} → {(answers.Count == 0 ? "none" : string.Join('+', answers))}", sample.Caption);
        }
    }

    [Fact]
    public void An_evaluation_records_the_inference_circuit()
    {
        var recording = RecordingDirectory.Load(trained.Cli.At("rec-eval"));
        Assert.Equal(6, recording.Samples.Length);
        Assert.Equal((4, 24), (recording.FirstTick, recording.Ticks));
        Assert.Equal(["x->h", "h->o"], recording.Weights.Select(w => w.Projection));
        Assert.Equal(SbpModel.Load(trained.Cli.At("m.actorsnn")).Weights.InputToHidden(), recording.Weights[0].Values);
    }

    [Fact]
    public void A_report_of_a_training_shows_what_the_result_says()
    {
        string page = trained.Page("train.html");
        Assert.Equal(["Accuracy and loss", "Confusion", "Spikes", "Rates", "Weights", "Cores", "All figures"], Headings(page));
        var result = trained.Train.Result;
        Assert.Contains((string)result["stateHash"]!, page);
        var epochs = trained.Train.Json.Where(j => j["accuracy"] is not null && (string)j["event"]! == "progress").ToList();
        foreach (string measure in (string[])["exact", "spikes", "potential"])
        {
            for (int epoch = 1; epoch <= 2; epoch++)
                Assert.Contains($"<title>{measure}, epoch {epoch}: {100 * (double)epochs[epoch - 1]["accuracy"]![measure]!:0.00} %</title>", page);
        }
        // The shares of the confusion matrix are the accuracies.
        var diagonals = Regex.Matches(page, @"<desc[^>]*>([\d,]+) of 2,000 are on the diagonal").Select(m => int.Parse(m.Groups[1].Value, System.Globalization.NumberStyles.AllowThousands)).ToList();
        Assert.Equal((int)Math.Round(2000 * (double)result["accuracy"]!["potential"]!), diagonals[1]);
        // By spikes, none counts as class 0, and has a column of its own here.
        Assert.InRange(diagonals[0], 0, (int)Math.Round(2000 * (double)result["accuracy"]!["spikes"]!));
        Assert.Contains("By the first output that spikes", page);
        Assert.Equal(25, Regex.Matches(page, ">h \\d+</text>").Count);
        Assert.Contains("4: ", page);
        Assert.DoesNotContain("5: ", string.Concat(RecordingDirectory.Load(trained.Cli.At("rec")).Samples.Select(s => s.Caption)));
    }

    [Fact]
    public void Reports_of_evaluations_and_descriptions_have_their_sections()
    {
        Assert.Equal(["Confusion", "Spikes", "Rates", "Weights", "Cores", "All figures"], Headings(trained.Page("eval.html")));
        Assert.Equal(["Cores", "Weights", "Populations", "Projections", "All figures"], Headings(trained.Page("describe.html")));
        Assert.Equal(["Spikes", "Rates", "Cores"], Headings(trained.Page("raster.html")));
        Assert.Equal(["Spikes", "Rates", "Potentials"], Headings(trained.Page("recording.html")));
        Assert.Contains("packets, ", trained.Page("eval.html"));
    }

    [Fact]
    public void Curves_go_on_where_a_run_is_resumed()
    {
        string run = Tiny.Replace("--epochs 2", "--epochs 1");
        Assert.Equal(0, _cli.Run($"{run} --checkpoint points").Code);
        Assert.Equal(0, _cli.Run($"{Tiny} --checkpoint points --resume --report all.html").Code);
        string Curves(string page) => string.Join('\n', Regex.Matches(page, "<title>(?:exact|spikes|potential|loss), epoch .*?</title>").Select(m => m.Value));
        Assert.Equal(Curves(trained.Page("train.html")), Curves(File.ReadAllText(_cli.At("all.html"))));
        // Nothing left to do: the report is written all the same.
        Assert.Equal(0, _cli.Run($"{Tiny} --checkpoint points --resume --report again.html").Code);
        Assert.Equal(Headings(trained.Page("train.html")), Headings(File.ReadAllText(_cli.At("again.html"))));
    }

    [UnixFact]
    public void An_interrupted_run_leaves_a_report_of_what_there_is()
    {
        using var running = _cli.Start("train sbp --samples 400 --epochs 400 --crop 9 --hidden 32 --threads 1 --json --report r.html --record rec");
        running.WaitForEvent("progress", times: 2);
        running.Signal("INT");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.Equal("r.html", (string)ended.Json[^1]["report"]!);
        Assert.Contains("interrupted", File.ReadAllText(_cli.At("r.html")));
        Assert.Equal(6, RecordingDirectory.Load(_cli.At("rec")).Samples.Length);
    }

    [Fact]
    public void A_report_that_cannot_be_written_after_all_does_not_cost_the_result()
    {
        Directory.CreateDirectory(_cli.At("pages"));
        using var running = _cli.Start("train sbp --samples 300 --epochs 12 --crop 9 --hidden 16 --threads 1 --json --report pages/r.html");
        running.WaitForEvent("progress");
        Directory.Delete(_cli.At("pages"));
        var ended = running.WaitForEnd();
        Assert.Equal(1, ended.Code);
        Assert.Equal("result", (string)ended.Json[^1]["event"]!);
        Assert.Contains("pages/r.html cannot be written", Assert.Single(ended.Errors));
        Assert.True(File.Exists(_cli.At((string)ended.Json[^1]["model"]!)));
    }

    [Fact]
    public void A_raster_is_drawn_of_a_model_and_of_a_recording()
    {
        foreach (string name in (string[])["m", "rec"])
        {
            var drawn = XDocument.Load(trained.Cli.At($"{name}-raster.svg")).Root!;
            var texts = drawn.Descendants(drawn.Name.Namespace + "text").Select(t => t.Value).ToList();
            foreach (string text in (string[])["x", "h<", "g0 … g11", "BackpropagatePositive"]) Assert.Contains(text, texts);
        }
        Assert.Contains(trained.Raster.Output, line => line.Contains("0 Present  1 Input"));
        Assert.Contains(trained.Raster.Output, line => line.StartsWith("      h< │") && line.Any(c => c is > '\u2800' and <= '\u28FF'));
        Assert.Equal("picture   rec-raster.svg", trained.Raster.Output[^2]);

        var json = trained.Cli.Run("raster m.actorsnn --samples 2 --out two.svg --json").Json.Single();
        Assert.Equal(("raster", 2, 24, "two.svg"), ((string)json["event"]!, (int)json["samples"]!, (int)json["ticks"]!, (string)json["svg"]!));
        Assert.Equal(json["populations"]!.AsArray().Sum(p => (int)p!["spikes"]!), (int)json["spikes"]!);
        Assert.Equal(2, (int)json["populations"]!.AsArray().Single(p => (string)p!["name"]! == "g3")!["spikes"]!);
        var ascii = trained.Cli.Run("raster m.actorsnn --samples 1 --ascii --out one.svg");
        Assert.All(ascii.Output, line => Assert.All(line, c => Assert.InRange(c, ' ', '~')));
    }

    private static List<string> Headings(string page) => [.. Regex.Matches(page, "<h2>(.*?)</h2>").Select(m => m.Groups[1].Value)];

    /// <summary>One training with everything there is to write; shared, for it takes a while.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained()
        {
            Train = Cli.Run($"{Tiny} --out m.actorsnn --report train.html --record rec --record-samples 4");
            Eval = Cli.Run("eval m.actorsnn --threads 1 --cores 4 --report eval.html --record rec-eval --json");
            foreach (string command in (string[])
                ["describe m.actorsnn --cores 40 --report describe.html", "raster m.actorsnn --report raster.html",
                "run cuba --neurons 1000 --ms 100 --cores 3 --report run.html"]) Assert.Equal(0, Cli.Run(command).Code);
            Raster = Cli.Run("raster rec --report recording.html");
            Assert.Equal(0, Raster.Code);
        }

        internal Cli Cli { get; } = new();

        internal Cli.Ended Train { get; }

        internal Cli.Ended Eval { get; }

        internal Cli.Ended Raster { get; }

        internal string Page(string name) => File.ReadAllText(Cli.At(name));

        public void Dispose() => Cli.Dispose();
    }
}
