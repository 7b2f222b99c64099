using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>The full circuit, as it is trained.</summary>
/// <param name="run">What determines the result.</param>
/// <param name="test">The test set.</param>
/// <param name="network">The circuit.</param>
/// <param name="samplesPerEpoch">Samples of the training set.</param>
/// <param name="digest">Digest of both sets; null for a run that is followed.</param>
internal sealed class SbpTrainee(TrainingRun run, SbpSamples test, Network network, int samplesPerEpoch, string? digest) : Trainee(run)
{
    private SbpAnswers? _answers;

    /// <summary>Builds the circuit.</summary>
    /// <exception cref="UsageException">Impossible sizes.</exception>
    public static SbpTrainee New(TrainingRun run, SbpSamples train, SbpSamples test, INetworkHost host)
    {
        int hidden = SbpSettings.Of(run.Options).Hidden;
        SbpLimits.RequireHidden(train.Inputs.Size, hidden, train.Classes);
        var initial = SbpWeights.Initialise(train.Inputs.Size, hidden, train.Classes, run.Seed);
        var network = host.Prepare(
            run.Timing.ApplyTo(SbpCircuit.Training(initial, train.Inputs, BitFrames.OneHot(train.Labels, train.Classes), run.Seed)),
            new SampleTimes(SbpCircuit.TrainingTicks, SbpCircuit.TickOfSample(0)));
        return new SbpTrainee(run, test, network, train.Inputs.Count, SbpSamples.DigestOf(train, test));
    }

    public override Network Network => network;

    public override int SamplesPerEpoch => samplesPerEpoch;

    public override int TestSamples => test.Labels.Length;

    public override string TestDigest => test.Digest;

    public override string? Digest => digest;

    public override int TicksPerSample => SbpCircuit.TrainingTicks;

    public override IReadOnlyList<Measure> Measures { get; } = SbpEvaluation.MeasuresOf(new SbpAccuracy(0, 0, 0));

    public override long TickAfterSamples(long samples) => SbpCircuit.TickAfterSamples(samples);

    public override long SamplesAt(long tick) => Math.Max(0, tick / SbpCircuit.TrainingTicks - 1);

    public override EpochScores Evaluate(NetworkState state, int epoch, IEngine engine, int? threads, CancellationToken stop)
    {
        var evaluation = EvaluationOf(WeightsOf(state), engine, threads, stop);
        _answers = evaluation.Answers;
        return new EpochScores(epoch, SbpEvaluation.MeasuresOf(evaluation.Accuracy), evaluation.Answers.Loss);
    }

    public override string? GroupOf(string population) => SbpAnnotation.GroupOf(population);

    public override void SaveModel(string path, NetworkState state, string stateHash, long samples, EpochScores last) => new SbpModel
    {
        Weights = WeightsOf(state),
        Dataset = Run.Dataset,
        Rows = test.Rows,
        Columns = test.Columns,
        Crop = SbpSettings.Of(Run.Options).Crop,
        Seed = Run.Seed,
        Epochs = Run.Epochs,
        Samples = samples,
        Accuracy = new SbpAccuracy(last.Accuracy[0].Value, last.Accuracy[1].Value, last.Accuracy[2].Value),
        StateHash = stateHash,
    }.Save(path);

    public override RunResult Complete(RunResult result, NetworkState state, IEngine engine, int? threads, IRunObserver observer) =>
        result with { Hidden = [network["h"].Size], Sizes = SbpSystem.SizesOf(WeightsOf(state)) };

    public override RunDetails Details(NetworkState state, int shown, Training training, IEngine engine, TrainRequest request)
    {
        var weights = WeightsOf(state);
        // Interrupted, or resumed with nothing left to do, this process may not have evaluated these weights.
        var answers = _answers ?? EvaluationOf(weights, engine, request.Threads, CancellationToken.None).Answers;
        return new RunDetails(
            SbpDetails.LossMeaning, SbpDetails.Confusions(answers, test), SbpDetails.Show(weights, test, training: true, shown, engine, request.Cores, request.Threads),
            SbpDetails.Images(weights, test.Rows, test.Columns, SbpSettings.Of(Run.Options).Crop), training.Mesh);
    }

    private SbpEvaluation EvaluationOf(SbpWeights weights, IEngine engine, int? threads, CancellationToken stop) =>
        SbpEvaluation.Run(SbpCircuit.Inference(weights, test.Inputs), test, engine, cores: null, threads, stop);

    /// <summary>The forward weights of a state.</summary>
    private SbpWeights WeightsOf(NetworkState state)
    {
        sbyte[] Of(string projection) => state.Weights[network.Projection(projection).Index]!;
        return new SbpWeights(network["x"].Size, network["h"].Size, network["o"].Size, Of("x->h"), Of("h->o"));
    }
}
