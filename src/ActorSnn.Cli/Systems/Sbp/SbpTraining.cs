using System.Diagnostics;
using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>
/// Trains the full circuit on an engine: in pieces of a fraction of a second, with an evaluation after every epoch and checkpoints in
/// between. How it is cut changes no result.
/// </summary>
internal sealed class SbpTraining : IDisposable
{
    private const double SecondsPerPiece = 0.25;
    private const int FirstPiece = 64;

    private readonly SbpRun _run;
    private readonly SbpSamples _test;
    private readonly string _digest;
    private readonly IEngine _engine;
    private readonly int? _threads;
    private readonly RunCheckpoints? _checkpoints;
    private readonly int _checkpointEvery;
    private readonly Network _network;
    private readonly IMesh _mesh;
    private readonly List<SbpEpoch> _history = [];
    private readonly int _samplesPerEpoch;
    private double _secondsBefore;
    private long _samplesBefore;

    /// <summary>Builds the network before its first tick.</summary>
    /// <param name="run">What to train.</param>
    /// <param name="train">The training set.</param>
    /// <param name="test">The test set.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <param name="checkpoints">Where checkpoints go; null for none.</param>
    /// <param name="checkpointEvery">Samples from one to the next.</param>
    /// <exception cref="UsageException">Impossible sizes.</exception>
    public SbpTraining(
        SbpRun run, SbpSamples train, SbpSamples test, IEngine engine, int? cores, int? threads, RunCheckpoints? checkpoints, int checkpointEvery)
    {
        (_run, _test, _engine, _threads, _checkpoints, _checkpointEvery) = (run, test, engine, threads, checkpoints, checkpointEvery);
        _digest = SbpSamples.DigestOf(train, test);
        _samplesPerEpoch = train.Inputs.Count;
        SbpLimits.RequireHidden(train.Inputs.Size, run.Hidden, train.Classes);
        var initial = SbpWeights.Initialise(train.Inputs.Size, run.Hidden, train.Classes, run.Seed);
        _network = SbpCircuit.Training(initial, train.Inputs, BitFrames.OneHot(train.Labels, train.Classes), run.Seed);
        RequestedCores.Require(_network, cores);
        _mesh = engine.Build(Placer.Place(_network, new PlacementOptions(cores)), new MeshOptions(threads));
    }

    /// <summary>Samples learned from, completely.</summary>
    public long Samples => Math.Max(0, _mesh.Tick / SbpCircuit.TrainingTicks - 1);

    /// <summary>Samples when all epochs are done.</summary>
    public long TotalSamples => (long)_run.Epochs * _samplesPerEpoch;

    /// <summary>Epochs evaluated.</summary>
    public IReadOnlyList<SbpEpoch> History => _history;

    /// <summary>The answers of the last evaluation in this process; null when there was none.</summary>
    public SbpAnswers? LastAnswers { get; private set; }

    /// <summary>Time spent training, over the whole run.</summary>
    public double Seconds { get; private set; }

    /// <summary>The cores and what went between them in this process.</summary>
    public MeshOverview Mesh => MeshOverviews.Of(_mesh.Placement, _mesh.Traffic, SbpAnnotation.GroupOf);

    public int Cores => _mesh.Placement.Cores.Length;

    public int Threads => _mesh.Threads;

    /// <summary>Continues from a checkpoint.</summary>
    /// <exception cref="UsageException">It is of other data, or further than this run is to go.</exception>
    /// <exception cref="ArchiveException">It is of another network.</exception>
    public void Resume(Checkpoint checkpoint)
    {
        string digest = checkpoint.RequireOfRun<string>("digest");
        if (digest != _digest)
            throw new UsageException($"the images of {_run.Dataset} have digest {_digest[..12]}; the run in {checkpoint.Name.Store} has {digest[..Math.Min(12, digest.Length)]}; resume with the same files");
        _mesh.Restore(checkpoint.StateOf(_network));
        _history.AddRange(SbpRun.HistoryOf(checkpoint));
        Seconds = _secondsBefore = checkpoint.RequireOfRun<double>("seconds");
        _samplesBefore = Samples;
        long epochs = (Samples + _samplesPerEpoch - 1) / _samplesPerEpoch;
        if (_run.Epochs < epochs)
            throw new UsageException($"--epochs {_run.Epochs}: the run in {checkpoint.Name.Store} is in epoch {epochs} already; give at least {epochs}");
        if (_history.Count > Samples / _samplesPerEpoch)
            throw new ArchiveException($"{checkpoint.Name}", $"holds accuracies of {_history.Count} epochs after {Samples} samples of {_samplesPerEpoch} an epoch");
    }

    /// <summary>Trains to the end, or until stopped. With checkpoints, the last one is of where it stopped.</summary>
    /// <returns>Whether the end was reached.</returns>
    /// <exception cref="CoreFailedException">A core threw.</exception>
    /// <exception cref="IOException">A checkpoint could not be written.</exception>
    public bool Run(IRunObserver observer, CancellationToken stop)
    {
        var clock = new Stopwatch();
        long piece = FirstPiece;
        long nextCheckpoint = After(Samples, _checkpointEvery);
        while (!stop.IsCancellationRequested)
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

            long from = Samples;
            long to = Math.Min(from + piece, After(from, _samplesPerEpoch));
            if (_checkpoints is not null) to = Math.Min(to, nextCheckpoint);
            double before = clock.Elapsed.TotalSeconds;
            clock.Start();
            _mesh.RunTo(SbpCircuit.TickAfterSamples(to), stop);
            clock.Stop();
            Seconds = _secondsBefore + clock.Elapsed.TotalSeconds;
            double pace = (to - from) / Math.Max(clock.Elapsed.TotalSeconds - before, 1e-6);
            if (to - from >= piece / 2) piece = Math.Clamp((long)(pace * SecondsPerPiece), 1, 4 * piece);
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

    /// <summary>Whether the network stands where an epoch ends that has not been evaluated.</summary>
    private bool IsEpochEnd =>
        _mesh.Tick == SbpCircuit.TickAfterSamples(Samples) && Samples > 0 && Samples % _samplesPerEpoch == 0 && _history.Count < Samples / _samplesPerEpoch;

    private bool Evaluate(IRunObserver observer, CancellationToken stop)
    {
        try
        {
            var evaluation = SbpEvaluation.Run(WeightsOf(Capture()), _test, _engine, cores: null, _threads, stop);
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

    private void Save(IRunObserver observer) => _checkpoints?.Save(_mesh, _run.Describe(_digest, Seconds, _history), Samples, observer);

    private RunProgress Progress(IReadOnlyList<Measure>? accuracy)
    {
        double seconds = Seconds - _secondsBefore;
        int epoch = (int)Math.Min(_run.Epochs, accuracy is null ? Samples / _samplesPerEpoch + 1 : _history.Count);
        return new RunProgress(epoch, _run.Epochs, Samples, TotalSamples, Seconds, seconds > 0 ? (Samples - _samplesBefore) / seconds : 0, accuracy);
    }

    /// <summary>The first multiple beyond a number.</summary>
    private static long After(long value, long step) => (value / step + 1) * step;
}
