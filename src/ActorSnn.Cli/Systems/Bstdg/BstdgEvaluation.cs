using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>What the inference network whose samples last all their steps made of a test set.</summary>
/// <param name="Answers">Its answers, how good they are, and what they took.</param>
/// <param name="State">State of the network at the end.</param>
/// <param name="Placement">Cores it ran on.</param>
/// <param name="Traffic">What went between them.</param>
/// <param name="Threads">Threads that ran them.</param>
/// <param name="Seconds">Time the network ran.</param>
/// <param name="Timing">In which timing, and what that did.</param>
internal sealed record BstdgEvaluation(BstdgAnswers Answers, NetworkState State, Placement Placement, MeshTraffic Traffic, int Threads, double Seconds, TimingResult Timing)
{
    /// <summary>Inputs shown between two looks at what was recorded: bounds the memory recordings take.</summary>
    private const int Portion = 1_000_000;

    /// <summary>Runs the inference network over samples, each for all its steps.</summary>
    /// <param name="network">The network, with its own probes.</param>
    /// <param name="test">The samples, which it shows.</param>
    /// <param name="options">What it is like.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <param name="stop">Ends it early.</param>
    /// <param name="free">Free timing; null for the timing of the network.</param>
    /// <param name="progress">Is told samples and seconds.</param>
    /// <exception cref="UsageException">More cores than neurons.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static BstdgEvaluation Run(
        Network network, LayeredSamples test, BstdgOptions options, IEngine engine, int? cores, int? threads, CancellationToken stop, FreeTiming? free = null,
        Action<long, double>? progress = null)
    {
        RequestedCores.Require(network, cores);
        var placement = Placer.Place(network, new PlacementOptions(cores));
        using var mesh = engine.Build(placement, new MeshOptions(threads, Timing: free));
        var tally = new BstdgTally(options, test.Labels, test.Classes);
        var clock = new Stopwatch();
        int portion = Math.Max(1, Portion / test.Intensities.Size);
        for (int done = 0; done < test.Count;)
        {
            done = Math.Min(done + portion, test.Count);
            clock.Start();
            mesh.RunTo(BstdgCircuit.InferenceTickAfterSamples(options, done), stop);
            clock.Stop();
            stop.ThrowIfCancellationRequested();
            var recordings = mesh.TakeRecordings();
            tally.Add(
                recordings.Spikes(BstdgCircuit.Answers), recordings.Spikes(BstdgCircuit.OutputSpikes), recordings.Spikes(BstdgCircuit.HiddenSpikes),
                recordings.Spikes(BstdgCircuit.InputSpikes));
            progress?.Invoke(done, clock.Elapsed.TotalSeconds);
        }
        return new BstdgEvaluation(tally.Score(), mesh.Capture(), placement, mesh.Traffic, mesh.Threads, clock.Elapsed.TotalSeconds, TimingResult.Of(network, free, mesh.Free));
    }

    /// <summary>The accuracies by name.</summary>
    public static IReadOnlyList<Measure> MeasuresOf(BstdgAccuracy accuracy) =>
    [
        new("strict", "the output that spikes first, ties broken", accuracy.Strict),
        new("generous", "the class among those that spike first", accuracy.Generous),
    ];

    /// <summary>What answers took, by name.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="earlyExit">The network whose samples end with their answers; null where it did not run.</param>
    public static JsonObject FiguresOf(BstdgAnswers answers, EarlyExit? earlyExit)
    {
        var figures = new JsonObject
        {
            ["decisionStep"] = Math.Round(answers.DecisionStep, 4),
            ["hiddenSpikes"] = Math.Round(answers.HiddenSpikes, 3),
            ["hiddenSpikesUntilDecision"] = Math.Round(answers.HiddenSpikesUntilDecision, 3),
            ["inputSpikesUntilDecision"] = Math.Round(answers.InputSpikesUntilDecision, 3),
        };
        if (earlyExit is null) return figures;
        figures["earlyExitSeconds"] = Math.Round(earlyExit.Seconds, 6);
        figures["earlyExitCopies"] = earlyExit.Copies;
        return figures;
    }

    /// <summary>The same in a sentence.</summary>
    public static string SentenceOf(BstdgAnswers answers, BstdgOptions options, EarlyExit? earlyExit)
    {
        string exit = earlyExit is null ? "" : FormattableString.Invariant(
            $"; with early exit {answers.Classes.Length / Math.Max(earlyExit.Seconds, 1e-9):#,0} samples a second{(earlyExit.Copies > 1 ? $" by {earlyExit.Copies} copies" : "")}");
        return FormattableString.Invariant(
            $"decides at step {answers.DecisionStep:0.00} of {options.Steps}; {answers.HiddenSpikes:0.0} hidden spikes a sample, {answers.HiddenSpikesUntilDecision:0.0} until the decision, {answers.InputSpikesUntilDecision:0.0} input spikes until then{exit}");
    }
}
