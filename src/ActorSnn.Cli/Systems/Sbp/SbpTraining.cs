using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>
/// Has the full circuit trained by a host, with an evaluation after every epoch in this process, and checkpoints in between where the host leaves them to it.
/// </summary>
internal sealed class SbpTraining : IDisposable
{
    /// <summary>The command, as it is noted with a run.</summary>
    public const string Command = "train";

    /// <summary>Where a run's notes have the digest of the test set.</summary>
    public const string TestDigestNote = "testDigest";

    private const string SamplesPerEpochNote = "samplesPerEpoch";
    private const int DefaultCheckpointEvery = 10_000;

    private readonly SbpRun _run;
    private readonly SbpSamples _test;
    private readonly string? _digest;
    private readonly IEngine _engine;
    private readonly int? _threads;
    private readonly RunCheckpoints? _checkpoints;
    private readonly int _checkpointEvery;
    private readonly Network _network;
    private readonly INetworkRun _mesh;
    private readonly List<SbpEpoch> _history = [];
    private readonly int _samplesPerEpoch;
    private double _secondsBefore;
    private long _samplesBefore;

    /// <summary>Builds the network, before its first tick or where its checkpoint stands.</summary>
    /// <param name="run">What to train.</param>
    /// <param name="train">The training set.</param>
    /// <param name="test">The test set.</param>
    /// <param name="host">Where it is run.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="checkpoints">Where checkpoints go; null where this process writes none.</param>
    /// <param name="observer">Who wants to know.</param>
    /// <exception cref="UsageException">Impossible sizes, or a checkpoint of other data or further than this run is to go.</exception>
    /// <exception cref="ArchiveException">The checkpoint is of another network.</exception>
    public SbpTraining(
        SbpRun run, SbpSamples train, SbpSamples test, INetworkHost host, TrainRequest request, RunCheckpoints? checkpoints, IRunObserver observer)
    {
        (_run, _test, _engine, _threads, _checkpoints) = (run, test, host.Local, request.Threads, checkpoints);
        _checkpointEvery = request.Checkpoints.Every ?? DefaultCheckpointEvery;
        _digest = SbpSamples.DigestOf(train, test);
        _samplesPerEpoch = train.Inputs.Count;
        SbpLimits.RequireHidden(train.Inputs.Size, run.Hidden, train.Classes);
        var initial = SbpWeights.Initialise(train.Inputs.Size, run.Hidden, train.Classes, run.Seed);
        _network = host.Prepare(
            run.Timing.ApplyTo(SbpCircuit.Training(initial, train.Inputs, BitFrames.OneHot(train.Labels, train.Classes), run.Seed)),
            new SampleTimes(SbpCircuit.TrainingTicks, SbpCircuit.TickOfSample(0)));
        RequestedCores.Require(_network, request.Cores);
        var checkpoint = checkpoints?.Resumed;
        if (checkpoint is not null) Resume(checkpoint);
        _mesh = host.Begin(_network, PlanOf(request), checkpoint?.StateOf(_network), observer);
        _samplesBefore = Samples;
    }

    /// <summary>Follows a run that has been submitted.</summary>
    /// <param name="run">What is trained.</param>
    /// <param name="about">What its submitter noted.</param>
    /// <param name="test">The test set.</param>
    /// <param name="mesh">The run.</param>
    /// <param name="engine">What runs evaluations.</param>
    /// <param name="threads">Threads of evaluations; null lets the engine decide.</param>
    public SbpTraining(SbpRun run, JsonObject about, SbpSamples test, INetworkRun mesh, IEngine engine, int? threads)
    {
        (_run, _test, _engine, _threads, _mesh, _network) = (run, test, engine, threads, mesh, mesh.Placement.Network);
        _samplesPerEpoch = about[SamplesPerEpochNote]!.GetValue<int>();
        _checkpointEvery = DefaultCheckpointEvery;
    }

    /// <summary>Samples learned from, completely.</summary>
    public long Samples => SamplesAt(_mesh.Tick);

    /// <summary>Samples when all epochs are done.</summary>
    public long TotalSamples => (long)_run.Epochs * _samplesPerEpoch;

    /// <summary>Epochs evaluated.</summary>
    public IReadOnlyList<SbpEpoch> History => _history;

    /// <summary>The answers of the last evaluation in this process; null when there was none.</summary>
    public SbpAnswers? LastAnswers { get; private set; }

    /// <summary>Time spent training, over the whole run.</summary>
    public double Seconds => _secondsBefore + _mesh.Seconds;

    /// <summary>In which timing it ran, and what that did.</summary>
    public TimingResult Timing => TimingResult.Of(_network, _run.Timing.FreeOf(_network), _mesh.Free);

    /// <summary>What the run went through; null where nothing can happen to it.</summary>
    public ClusterFigures? Figures => _mesh.Figures;

    /// <summary>The cores and what went between them in this process.</summary>
    public MeshOverview Mesh => MeshOverviews.Of(_mesh.Placement, _mesh.Traffic, SbpAnnotation.GroupOf);

    public int Cores => _mesh.Placement.Cores.Length;

    public int Threads => _mesh.Threads;

    /// <summary>Trains to the end, or until stopped. With checkpoints, the last one is of where it stopped.</summary>
    /// <returns>Whether the end was reached.</returns>
    /// <exception cref="CoreFailedException">A core threw.</exception>
    /// <exception cref="IOException">A checkpoint could not be written.</exception>
    /// <exception cref="LeftRunException">On a cluster, the run goes on or has ended without this process.</exception>
    public bool Run(IRunObserver observer, CancellationToken stop)
    {
        long nextCheckpoint = After(Samples, _checkpointEvery);
        while (!stop.IsCancellationRequested || _mesh.IsElsewhere)
        {
            if (IsEpochEnd && !Evaluate(observer, stop)) break;
            if (Samples >= nextCheckpoint || Samples == TotalSamples)
            {
                Save(observer);
                nextCheckpoint = After(Samples, _checkpointEvery);
            }
            if (Samples >= TotalSamples)
            {
                _checkpoints?.End(RunStatus.Done, observer);
                return true;
            }

            long to = After(Samples, _samplesPerEpoch);
            if (_checkpoints is not null) to = Math.Min(to, nextCheckpoint);
            _mesh.Advance(SbpCircuit.TickAfterSamples(to), stop);
            if (!stop.IsCancellationRequested && !IsEpochEnd) observer.Progress(Progress(null));
            _checkpoints?.Report(observer);
        }
        Save(observer);
        _checkpoints?.End(RunStatus.Stopped, observer);
        return false;
    }

    /// <summary>State of the whole network where it stands.</summary>
    public NetworkState Capture() => _mesh.Capture();

    /// <summary>The forward weights of a state.</summary>
    public SbpWeights WeightsOf(NetworkState state)
    {
        sbyte[] Of(string projection) => state.Weights[_network.Projection(projection).Index]!;
        return new SbpWeights(_network["x"].Size, _network["h"].Size, _network["o"].Size, Of("x->h"), Of("h->o"));
    }

    public void Dispose() => _mesh.Dispose();

    private NetworkPlan PlanOf(TrainRequest request)
    {
        var about = _run.Describe(_digest!, 0, []);
        about["command"] = Command;
        about[SamplesPerEpochNote] = _samplesPerEpoch;
        about[TestDigestNote] = _test.Digest;
        return new NetworkPlan
        {
            Name = SbpRun.System,
            LastTick = SbpCircuit.TickAfterSamples(TotalSamples),
            FirstCheckpoint = SbpCircuit.TickAfterSamples(_checkpointEvery),
            CheckpointEvery = (long)_checkpointEvery * SbpCircuit.TrainingTicks,
            KeptTicks = [.. Enumerable.Range(1, _run.Epochs).Select(e => SbpCircuit.TickAfterSamples((long)e * _samplesPerEpoch))],
            Cores = request.Cores,
            Threads = request.Threads,
            Free = _run.Timing.FreeOf(_network),
            About = about,
        };
    }

    private void Resume(Checkpoint checkpoint)
    {
        string digest = checkpoint.RequireOfRun<string>("digest");
        if (digest != _digest)
            throw new UsageException($"the images of {_run.Dataset} have digest {_digest![..12]}; the run in {checkpoint.Name.Store} has {digest[..Math.Min(12, digest.Length)]}; resume with the same files");
        _history.AddRange(SbpRun.HistoryOf(checkpoint));
        _secondsBefore = checkpoint.RequireOfRun<double>("seconds");
        long samples = SamplesAt(checkpoint.Tick);
        long epochs = (samples + _samplesPerEpoch - 1) / _samplesPerEpoch;
        if (_run.Epochs < epochs)
            throw new UsageException($"--epochs {_run.Epochs}: the run in {checkpoint.Name.Store} is in epoch {epochs} already; give at least {epochs}");
        if (_history.Count > samples / _samplesPerEpoch)
            throw new ArchiveException($"{checkpoint.Name}", $"holds accuracies of {_history.Count} epochs after {samples} samples of {_samplesPerEpoch} an epoch");
    }

    /// <summary>Whether the network stands where an epoch ends that has not been evaluated.</summary>
    private bool IsEpochEnd =>
        _mesh.Tick == SbpCircuit.TickAfterSamples(Samples) && Samples > 0 && Samples % _samplesPerEpoch == 0 && _history.Count < Samples / _samplesPerEpoch;

    private bool Evaluate(IRunObserver observer, CancellationToken stop)
    {
        try
        {
            var evaluation = SbpEvaluation.Run(SbpCircuit.Inference(WeightsOf(Capture()), _test.Inputs), _test, _engine, cores: null, _threads, stop);
            _history.Add(new SbpEpoch(evaluation.Accuracy, evaluation.Answers.Loss));
            LastAnswers = evaluation.Answers;
        }
        catch (OperationCanceledException)
        {
            return false; // the checkpoint stands before it
        }
        observer.Progress(Progress(SbpEvaluation.Measures(_history[^1].Accuracy)));
        return true;
    }

    private void Save(IRunObserver observer) => _checkpoints?.Save(_mesh, _run.Describe(_digest!, Seconds, _history), Samples, observer);

    private RunProgress Progress(IReadOnlyList<Measure>? accuracy)
    {
        double seconds = _mesh.Seconds;
        int epoch = (int)Math.Min(_run.Epochs, accuracy is null ? Samples / _samplesPerEpoch + 1 : _history.Count);
        return new RunProgress(epoch, _run.Epochs, Samples, TotalSamples, Seconds, seconds > 0 ? (Samples - _samplesBefore) / seconds : 0, accuracy);
    }

    private static long SamplesAt(long tick) => Math.Max(0, tick / SbpCircuit.TrainingTicks - 1);

    /// <summary>The first multiple beyond a number.</summary>
    private static long After(long value, long step) => (value / step + 1) * step;
}
