using ActorSnn.Cli.Hosts;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Stores;
using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems;

/// <summary>
/// Has a network trained by a host, with an evaluation after every epoch in this process, and checkpoints in between where the host leaves them to it.
/// </summary>
internal sealed class Training : IDisposable
{
    /// <summary>The command, as it is noted with a run.</summary>
    public const string Command = "train";

    /// <summary>Where a run's notes have the digest of the test set.</summary>
    public const string TestDigestNote = "testDigest";

    /// <summary>Where a run's notes have the number of training samples.</summary>
    public const string SamplesPerEpochNote = "samplesPerEpoch";

    private const int DefaultCheckpointEvery = 10_000;

    private readonly Trainee _trainee;
    private readonly TrainingRun _run;
    private readonly IEngine _engine;
    private readonly int? _threads;
    private readonly RunCheckpoints? _checkpoints;
    private readonly int _checkpointEvery;
    private readonly INetworkRun _mesh;
    private readonly List<EpochScores> _history = [];
    private readonly int _samplesPerEpoch;
    private double _secondsBefore;
    private long _samplesBefore;

    /// <summary>Builds the network, before its first tick or where its checkpoint stands.</summary>
    /// <param name="trainee">What is trained.</param>
    /// <param name="host">Where it is run.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="checkpoints">Where checkpoints go; null where this process writes none.</param>
    /// <param name="observer">Who wants to know.</param>
    /// <exception cref="UsageException">Impossible sizes, or a checkpoint of other data or further than this run is to go.</exception>
    /// <exception cref="ArchiveException">The checkpoint is of another network.</exception>
    public Training(Trainee trainee, INetworkHost host, TrainRequest request, RunCheckpoints? checkpoints, IRunObserver observer)
    {
        (_trainee, _run, _engine, _threads, _checkpoints) = (trainee, trainee.Run, host.Local, request.Threads, checkpoints);
        _checkpointEvery = request.Checkpoints.Every ?? DefaultCheckpointEvery;
        _samplesPerEpoch = trainee.SamplesPerEpoch;
        RequestedCores.Require(trainee.Network, request.Cores);
        var checkpoint = checkpoints?.Resumed;
        if (checkpoint is not null) Resume(checkpoint);
        _mesh = host.Begin(trainee.Network, PlanOf(request), checkpoint?.StateOf(trainee.Network), observer);
        _samplesBefore = Samples;
    }

    /// <summary>Follows a run that has been submitted.</summary>
    /// <param name="trainee">What is trained.</param>
    /// <param name="mesh">The run.</param>
    /// <param name="engine">What runs evaluations.</param>
    /// <param name="threads">Threads of evaluations; null lets the engine decide.</param>
    public Training(Trainee trainee, INetworkRun mesh, IEngine engine, int? threads)
    {
        (_trainee, _run, _engine, _threads, _mesh) = (trainee, trainee.Run, engine, threads, mesh);
        _samplesPerEpoch = trainee.SamplesPerEpoch;
        _checkpointEvery = DefaultCheckpointEvery;
    }

    /// <summary>Samples learned from, completely.</summary>
    public long Samples => _trainee.SamplesAt(_mesh.Tick);

    /// <summary>Samples when all epochs are done.</summary>
    public long TotalSamples => (long)_run.Epochs * _samplesPerEpoch;

    /// <summary>Scores after the epochs that were evaluated.</summary>
    public IReadOnlyList<EpochScores> History => _history;

    /// <summary>Time spent training, over the whole run.</summary>
    public double Seconds => _secondsBefore + _mesh.Seconds;

    /// <summary>In which timing it ran, and what that did.</summary>
    public TimingResult Timing => TimingResult.Of(_trainee.Network, _run.Timing.FreeOf(_trainee.Network), _mesh.Free);

    /// <summary>What the run went through; null where nothing can happen to it.</summary>
    public ClusterFigures? Figures => _mesh.Figures;

    /// <summary>The cores and what went between them in this process.</summary>
    public MeshOverview Mesh => MeshOverviews.Of(_mesh.Placement, _mesh.Traffic, _trainee.GroupOf);

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
            _mesh.Advance(_trainee.TickAfterSamples(to), stop);
            if (!stop.IsCancellationRequested && !IsEpochEnd) observer.Progress(Progress(null));
            _checkpoints?.Report(observer);
        }
        Save(observer);
        _checkpoints?.End(RunStatus.Stopped, observer);
        return false;
    }

    /// <summary>State of the whole network where it stands.</summary>
    public NetworkState Capture() => _mesh.Capture();

    public void Dispose() => _mesh.Dispose();

    private NetworkPlan PlanOf(TrainRequest request)
    {
        var about = _run.Describe(_trainee.Digest!, 0, []);
        about["command"] = Command;
        about[SamplesPerEpochNote] = _samplesPerEpoch;
        about[TestDigestNote] = _trainee.TestDigest;
        return new NetworkPlan
        {
            Name = _run.System,
            LastTick = _trainee.TickAfterSamples(TotalSamples),
            FirstCheckpoint = _trainee.TickAfterSamples(_checkpointEvery),
            CheckpointEvery = (long)_checkpointEvery * _trainee.TicksPerSample,
            KeptTicks = [.. Enumerable.Range(1, _run.Epochs).Select(e => _trainee.TickAfterSamples((long)e * _samplesPerEpoch))],
            Cores = request.Cores,
            Threads = request.Threads,
            Free = _run.Timing.FreeOf(_trainee.Network),
            About = about,
        };
    }

    private void Resume(Checkpoint checkpoint)
    {
        string digest = checkpoint.RequireOfRun<string>("digest");
        if (digest != _trainee.Digest)
            throw new UsageException($"the images of {_run.Dataset} have digest {_trainee.Digest![..12]}; the run in {checkpoint.Name.Store} has {digest[..Math.Min(12, digest.Length)]}; resume with the same files");
        _history.AddRange(TrainingRun.HistoryOf(checkpoint, _trainee.Measures));
        _secondsBefore = checkpoint.RequireOfRun<double>("seconds");
        long samples = _trainee.SamplesAt(checkpoint.Tick);
        long epochs = (samples + _samplesPerEpoch - 1) / _samplesPerEpoch;
        if (_run.Epochs < epochs)
            throw new UsageException($"--epochs {_run.Epochs}: the run in {checkpoint.Name.Store} is in epoch {epochs} already; give at least {epochs}");
        if (_history.Count > samples / _samplesPerEpoch)
            throw new ArchiveException($"{checkpoint.Name}", $"holds accuracies of {_history.Count} epochs after {samples} samples of {_samplesPerEpoch} an epoch");
    }

    /// <summary>Whether the network stands where an epoch ends that has not been evaluated.</summary>
    private bool IsEpochEnd =>
        _mesh.Tick == _trainee.TickAfterSamples(Samples) && Samples > 0 && Samples % _samplesPerEpoch == 0 && _history.Count < Samples / _samplesPerEpoch;

    private bool Evaluate(IRunObserver observer, CancellationToken stop)
    {
        try
        {
            _history.Add(_trainee.Evaluate(Capture(), _history.Count + 1, _engine, _threads, stop));
        }
        catch (OperationCanceledException)
        {
            return false; // the checkpoint stands before it
        }
        observer.Progress(Progress(_history[^1].Accuracy));
        return true;
    }

    private void Save(IRunObserver observer) => _checkpoints?.Save(_mesh, _run.Describe(_trainee.Digest!, Seconds, _history), Samples, observer);

    private RunProgress Progress(IReadOnlyList<Measure>? accuracy)
    {
        double seconds = _mesh.Seconds;
        int epoch = (int)Math.Min(_run.Epochs, accuracy is null ? Samples / _samplesPerEpoch + 1 : _history.Count);
        return new RunProgress(epoch, _run.Epochs, Samples, TotalSamples, Seconds, seconds > 0 ? (Samples - _samplesBefore) / seconds : 0, accuracy);
    }

    /// <summary>The first multiple beyond a number.</summary>
    private static long After(long value, long step) => (value / step + 1) * step;
}
