using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.SsnnBp;

/// <summary>The training network, as it is trained.</summary>
/// <param name="run">What determines the result.</param>
/// <param name="test">The test set.</param>
/// <param name="network">The network.</param>
/// <param name="samplesPerEpoch">Samples of the training set.</param>
/// <param name="digest">Digest of both sets; null for a run that is followed.</param>
internal sealed class SsnnBpTrainee(TrainingRun run, LayeredSamples test, Network network, int samplesPerEpoch, string? digest) : Trainee(run)
{
    /// <summary>Test samples that spikes are judged by after all epochs but the last: whole, an evaluation would take as long as an epoch.</summary>
    private const int JudgedBetween = 1000;

    /// <summary>Part of the backward spikes whose probability may exceed 1 without a warning.</summary>
    private const double MostClipped = 0.05;

    private readonly SsnnBpSettings _settings = SsnnBpSettings.Of(run.Options, run.Epochs);
    private (int Epoch, SsnnBpAnswers Answers)? _judged;

    /// <summary>Builds the network.</summary>
    /// <exception cref="UsageException">Impossible sizes.</exception>
    public static SsnnBpTrainee New(TrainingRun run, LayeredSamples train, LayeredSamples test, INetworkHost host)
    {
        var options = SsnnBpSettings.Of(run.Options, run.Epochs).Options;
        MemoryCheck.RequireLayers(train.Inputs.Size, options.Hidden, train.Classes);
        var initial = LayerWeights.Initialise([train.Inputs.Size, .. options.Hidden, train.Classes], run.Seed);
        var network = host.Prepare(run.Timing.ApplyTo(SsnnBpCircuit.Training(initial, train.Inputs, train.Labels, options, run.Seed)), SampleTimesOf(options));
        return new SsnnBpTrainee(run, test, network, train.Count, LayeredSamples.DigestOf(train, test));
    }

    public override Network Network => network;

    public override int SamplesPerEpoch => samplesPerEpoch;

    public override int TestSamples => test.Count;

    public override string TestDigest => test.Digest;

    public override string? Digest => digest;

    public override int TicksPerSample => TicksOf(_settings.Options);

    public override IReadOnlyList<Measure> Measures { get; } = SsnnBpEvaluation.MeasuresOf(new SsnnBpAccuracy(0, 0));

    public override long TickAfterSamples(long samples) => SsnnBpCircuit.TickAfterSamples(_settings.Options, samples);

    public override long SamplesAt(long tick)
    {
        long first = TickAfterSamples(1);
        return tick < first ? 0 : (tick - first) / TicksPerSample + 1;
    }

    public override EpochScores Evaluate(NetworkState state, int epoch, IEngine engine, int? threads, CancellationToken stop)
    {
        var weights = WeightsOf(state);
        var answers = Judge(weights, epoch == Run.Epochs ? test.Count : Math.Min(test.Count, JudgedBetween), engine, threads, stop);
        _judged = (epoch, answers);
        var accuracy = new SsnnBpAccuracy(answers.Accuracy, SsnnBpEvaluation.RateAccuracy(weights, _settings.Options.Activation, test));
        return new EpochScores(epoch, SsnnBpEvaluation.MeasuresOf(accuracy), answers.Loss);
    }

    public override string? GroupOf(string population) => SsnnBpAnnotation.GroupOf(population);

    public override void SaveModel(string path, NetworkState state, string stateHash, long samples, EpochScores last) => new SsnnBpModel
    {
        Weights = WeightsOf(state),
        Options = _settings.Options,
        TestLength = _settings.TestLength,
        Dataset = Run.Dataset,
        Channels = test.Channels,
        Rows = test.Rows,
        Columns = test.Columns,
        IsRecorded = test.Inputs.IsRecorded,
        Seed = Run.Seed,
        Samples = samples,
        Accuracy = new SsnnBpAccuracy(last.Accuracy[0].Value, last.Accuracy[1].Value),
        StateHash = stateHash,
    }.Save(path);

    public override RunResult Complete(RunResult result, NetworkState state, IEngine engine, int? threads, IRunObserver observer)
    {
        var (draws, clipped) = (0.0, 0.0);
        foreach (var population in network.Populations.Where(p => p.Model is CompositeNeuron))
        {
            var names = StateVariables.Of(population.Model).ToList();
            double Sum(string variable) => state.Variables[population.Index]![names.IndexOf(variable)].Sum();
            draws += Sum("draws");
            clipped += Sum("clipped");
        }
        double fraction = clipped / Math.Max(1, draws);
        if (fraction > MostClipped) observer.Warn($"{fraction:0.0 %} of the backward spikes had a probability above 1, which weakens gradients; give a smaller --gain");
        foreach (var projection in network.Projections.Where(p => p.Learning is SpikeCoincidence && network.Populations[p.Source].Model is not BackwardPorts))
        {
            int bound = ((SpikeCoincidence)projection.Learning!).Bound;
            int stuck = state.Units[projection.Index]!.Count(w => Math.Abs((long)w) >= bound);
            double unit = ((SteppedNeuronModel)network.Populations[projection.Target].Model).ForwardUnit;
            if (stuck > 0)
                observer.Warn($"{stuck} weights of {projection.Name} are at the largest magnitude there is, {bound * unit:0.###}; give a larger --rate or a shorter --train-length");
        }
        return result with
        {
            Hidden = _settings.Options.Hidden,
            Sizes = string.Join('-', WeightsOf(state).Sizes),
            Facts = new JsonObject
            {
                ["trainLength"] = _settings.Options.TrainLength,
                ["testLength"] = _settings.TestLength,
                ["learningRate"] = _settings.Options.Rate.Rate,
                ["window"] = _settings.Options.Window,
                ["clippedFraction"] = Math.Round(fraction, 6),
            },
        };
    }

    public override RunDetails Details(NetworkState state, int shown, Training training, IEngine engine, TrainRequest request)
    {
        var weights = WeightsOf(state);
        // Interrupted, or resumed with nothing left to do, this process may not have judged these weights.
        var answers = _judged is { } last && last.Epoch == training.History.Count && training.Samples == (long)last.Epoch * samplesPerEpoch
            ? last.Answers
            : Judge(weights, Math.Min(test.Count, JudgedBetween), engine, request.Threads, CancellationToken.None);
        return new RunDetails(
            SsnnBpDetails.LossMeaning + $" Before the last epoch spikes and loss are those of the first {JudgedBetween:#,0} test samples.",
            [Confusion.Of("By the output that wins most steps", answers.Classes, test)],
            SsnnBpDetails.Show(weights, _settings, Run.Seed, test, training: true, shown, engine, request.Cores, request.Threads),
            SsnnBpDetails.Images(weights, test.Channels, test.Rows, test.Columns), training.Mesh);
    }

    /// <summary>Ticks of a training sample.</summary>
    public static int TicksOf(SsnnBpOptions options) => options.TrainLength / options.Window * SsnnBpCircuit.PeriodTicks(options);

    private static SampleTimes SampleTimesOf(SsnnBpOptions options) => new(TicksOf(options), SsnnBpCircuit.TickOfSample(options, 0));

    private SsnnBpAnswers Judge(LayerWeights weights, int count, IEngine engine, int? threads, CancellationToken stop) => SsnnBpEvaluation.Run(
        SsnnBpCircuit.Inference(weights, test.Inputs, _settings.Options, _settings.TestLength, Run.Seed), test, count, _settings.TestLength, _settings.Options.Hidden.Length,
        engine, cores: null, threads, stop).Answers;

    private LayerWeights WeightsOf(NetworkState state) => SsnnBpCircuit.Learned(network, _settings.Options, p => state.Units[p.Index]!);
}
