using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>The training network, as it is trained.</summary>
/// <param name="run">What determines the result.</param>
/// <param name="settings">The run's options.</param>
/// <param name="test">The test set.</param>
/// <param name="network">The network.</param>
/// <param name="samplesPerEpoch">Samples of the training set.</param>
/// <param name="digest">Digest of both sets; null for a run that is followed.</param>
internal sealed class BstdgTrainee(TrainingRun run, BstdgSettings settings, LayeredSamples test, Network network, int samplesPerEpoch, string? digest) : Trainee(run)
{
    private (int Epoch, BstdgAnswers Answers, EarlyExit? EarlyExit)? _judged;

    /// <summary>Builds the network.</summary>
    /// <exception cref="UsageException">Impossible sizes.</exception>
    public static BstdgTrainee New(TrainingRun run, BstdgSettings settings, LayeredSamples train, LayeredSamples test, INetworkHost host)
    {
        var options = settings.Options;
        MemoryCheck.RequireLayers(train.Intensities.Size, [options.Hidden], train.Classes);
        var initial = BstdgWeights.Initialise(train.Intensities.Size, train.Classes, options, run.Seed);
        var network = host.Prepare(run.Timing.ApplyTo(BstdgCircuit.Training(initial, train.Intensities, train.Labels, options, run.Seed)), SampleTimesOf(options));
        return new BstdgTrainee(run, settings, test, network, train.Count, LayeredSamples.DigestOf(train, test));
    }

    /// <summary>When samples are shown, to either network.</summary>
    public static SampleTimes SampleTimesOf(BstdgOptions options) => new(BstdgCircuit.PeriodTicks(options));

    public override Network Network => network;

    public override int SamplesPerEpoch => samplesPerEpoch;

    public override int TestSamples => test.Count;

    public override string TestDigest => test.Digest;

    public override string? Digest => digest;

    public override int TicksPerSample => BstdgCircuit.PeriodTicks(settings.Options);

    public override IReadOnlyList<Measure> Measures { get; } = BstdgEvaluation.MeasuresOf(new BstdgAccuracy(0, 0));

    public override long TickAfterSamples(long samples) => BstdgCircuit.TickAfterSamples(settings.Options, samples);

    public override long SamplesAt(long tick)
    {
        long first = TickAfterSamples(1);
        return tick < first ? 0 : (tick - first) / TicksPerSample + 1;
    }

    public override EpochScores Evaluate(NetworkState state, int epoch, IEngine engine, int? threads, CancellationToken stop)
    {
        var weights = WeightsOf(state);
        var answers = Judge(weights, engine, threads, stop);
        var earlyExit = epoch < Run.Epochs ? null : EarlyExit.Run(weights, test, settings.Options, answers, engine, cores: null, threads, stop);
        _judged = (epoch, answers, earlyExit);
        return new EpochScores(epoch, BstdgEvaluation.MeasuresOf(answers.Accuracy), answers.Loss);
    }

    public override string? GroupOf(string population) => BstdgAnnotation.GroupOf(population);

    public override void SaveModel(string path, NetworkState state, string stateHash, long samples, EpochScores last) => new BstdgModel
    {
        Kind = BstdgModel.KindOf(Run.System),
        Weights = WeightsOf(state),
        Options = settings.Options,
        Dataset = Run.Dataset,
        Rows = test.Rows,
        Columns = test.Columns,
        Split = settings.Samples.Split,
        View = settings.Samples.View,
        Duration = settings.Samples.Duration,
        Seed = Run.Seed,
        Epochs = Run.Epochs,
        Samples = samples,
        Accuracy = new BstdgAccuracy(last.Accuracy[0].Value, last.Accuracy[1].Value),
        StateHash = stateHash,
    }.Save(path);

    public override RunResult Complete(RunResult result, NetworkState state, IEngine engine, int? threads, IRunObserver observer)
    {
        var options = settings.Options;
        var facts = BstdgSystem.FactsOf(options);
        // Of what was evaluated by an earlier process the accuracies are noted, and no more.
        if (!result.Interrupted && _judged?.Epoch != result.EpochsDone) Evaluate(state, result.EpochsDone, engine, threads, CancellationToken.None);
        if (_judged is not { } judged || judged.Epoch != result.EpochsDone) return result with { Hidden = [options.Hidden], Sizes = string.Join('-', WeightsOf(state).Sizes), Facts = facts };
        foreach (var (name, value) in BstdgEvaluation.FiguresOf(judged.Answers, judged.EarlyExit)) facts[name] = value?.DeepClone();
        return result with
        {
            Hidden = [options.Hidden],
            Sizes = string.Join('-', WeightsOf(state).Sizes),
            Facts = facts,
            Note = BstdgEvaluation.SentenceOf(judged.Answers, options, judged.EarlyExit),
        };
    }

    public override RunDetails Details(NetworkState state, int shown, Training training, IEngine engine, TrainRequest request)
    {
        var weights = WeightsOf(state);
        // Interrupted, or resumed with nothing left to do, this process may not have judged these weights.
        var (answers, earlyExit) = _judged is { } last && last.Epoch == training.History.Count && training.Samples == (long)last.Epoch * samplesPerEpoch
            ? (last.Answers, last.EarlyExit)
            : (Judge(weights, engine, request.Threads, CancellationToken.None), null);
        return BstdgDetails.Of(
            answers, BstdgEvaluation.SentenceOf(answers, settings.Options, earlyExit), weights, test,
            BstdgDetails.Show(weights, settings.Options, Run.Seed, test, training: true, shown, engine, request.Cores, request.Threads), training.Mesh);
    }

    private BstdgAnswers Judge(LayerWeights weights, IEngine engine, int? threads, CancellationToken stop) => BstdgEvaluation.Run(
        BstdgCircuit.Inference(weights, test.Intensities, settings.Options, exitsEarly: false), test, settings.Options, engine, cores: null, threads, stop).Answers;

    private LayerWeights WeightsOf(NetworkState state) => BstdgCircuit.Learned(network, p => state.Units[p.Index]!);
}
