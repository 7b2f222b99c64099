using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>A system whose network runs on a mesh: how it is trained, resumed and followed is the same for all.</summary>
internal abstract class MeshSystem : ILearningSystem
{
    public abstract string Name { get; }

    public abstract string Summary { get; }

    public abstract string ModelKind { get; }

    public abstract IReadOnlyList<SystemOption> Options { get; }

    public abstract IReadOnlyList<string> Datasets { get; }

    public abstract string UsualDataset { get; }

    public abstract string UsualDescription { get; }

    public abstract int UsualEpochs(string dataset);

    public abstract string UsualEpochsInWords { get; }

    public abstract bool FixesEpochs { get; }

    public bool IsOnMesh => true;

    public abstract JsonObject Complete(string dataset, JsonObject given);

    public abstract string DisturbedOf(JsonObject? options);

    public RunResult Train(TrainRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        using var checkpoints = host.OpenCheckpoints(request.Checkpoints, observer);
        var checkpoint = checkpoints?.Resumed;
        RequireDataset(request.Dataset ?? UsualDataset);
        var run = checkpoint is null ? TrainingRun.New(this, request) : TrainingRun.Resumed(this, request, checkpoint);
        RequireDataset(run.Dataset);
        ModelFile.RequireReplaceable(ModelOf(request, run));
        var trainee = Load(run, request, host, stop);
        using var training = new Training(trainee, host, request, checkpoints, observer);
        checkpoints?.Begin(new JsonObject { ["command"] = Training.Command, ["system"] = Name, ["dataset"] = run.Dataset });
        var result = Finish(training, trainee, request, host, checkpoints, observer, stop);
        return result is { Interrupted: false, Details: { } details } ? Compare(result, details, run, request, host, observer, stop) : result;
    }

    public RunResult Attach(TrainRequest request, INetworkRun submitted, JsonObject about, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        var run = TrainingRun.Submitted(this, about);
        ModelFile.RequireReplaceable(ModelOf(request, run));
        var trainee = Follow(run, request, submitted.Placement.Network, about[Training.SamplesPerEpochNote]!.GetValue<int>());
        if (trainee.TestDigest != about[Training.TestDigestNote]?.GetValue<string>())
            throw new UsageException($"the test images of {run.Dataset} are not those the run was submitted with; attach with the same files");
        using var training = new Training(trainee, submitted, host.Local, request.Threads);
        return Finish(training, trainee, request, host, checkpoints: null, observer, stop);
    }

    public abstract RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop);

    public abstract Showing Show(RasterRequest request, IEngine engine, CancellationToken stop);

    public abstract Description Describe(DescribeRequest request);

    /// <summary>Loads data and builds the network of a run.</summary>
    /// <exception cref="UsageException">The request cannot be met.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    protected abstract Trainee Load(TrainingRun run, TrainRequest request, INetworkHost host, CancellationToken stop);

    /// <summary>Loads the test set of a run that was submitted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">Where data are.</param>
    /// <param name="network">The network, as it was submitted.</param>
    /// <param name="samplesPerEpoch">Samples of the training set.</param>
    protected abstract Trainee Follow(TrainingRun run, TrainRequest request, Network network, int samplesPerEpoch);

    /// <summary>Adds to a finished training that is reported on what a comparison with another one tells.</summary>
    protected virtual RunResult Compare(RunResult result, RunDetails details, TrainingRun run, TrainRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop) => result;

    /// <summary>Requires that a data set is one of those that this system can be trained on.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    protected void RequireDataset(string dataset)
    {
        if (!Datasets.Contains(dataset)) throw new UsageException($"--dataset {dataset}: unknown; known are {string.Join(", ", Datasets)}");
    }

    private string ModelOf(TrainRequest request, TrainingRun run) => request.Out ?? $"{Name}-{run.Dataset}-seed{run.Seed}.actorsnn";

    /// <summary>Runs to the end, or until stopped; saves the model.</summary>
    private RunResult Finish(
        Training training, Trainee trainee, TrainRequest request, INetworkHost host, RunCheckpoints? checkpoints, IRunObserver observer, CancellationToken stop)
    {
        var run = trainee.Run;
        string model = ModelOf(request, run);
        bool completed = training.Run(observer, stop);
        var state = training.Capture();
        string hash = state.Hash();
        var last = training.History.Count > 0 ? training.History[^1] : null;
        if (completed) trainee.SaveModel(model, state, hash, training.Samples, last!);
        return trainee.Complete(new RunResult
        {
            System = Name,
            Dataset = run.Dataset,
            Epochs = run.Epochs,
            Seed = run.Seed,
            Cores = training.Cores,
            Threads = training.Threads,
            Engine = host.Engine,
            Accuracy = last?.Accuracy,
            Loss = last?.Loss,
            StateHash = hash,
            Spikes = state.SpikeCount,
            SynapticEvents = state.SynapticEvents,
            Samples = training.Samples,
            Seconds = training.Seconds,
            TestSamples = trainee.TestSamples,
            Timing = training.Timing,
            Cluster = training.Figures,
            Model = completed ? model : null,
            Data = request.Data,
            History = training.History,
            Best = BestMeasure.Of(training.History),
            Interrupted = !completed,
            EpochsDone = training.History.Count,
            Checkpoint = checkpoints?.Last,
            ResumeCommand = !completed && checkpoints is { Last: not null } ? ResumeCommand(request, checkpoints) : null,
            Details = request.ShownSamples is { } shown ? trainee.Details(state, shown, training, host.Local, request) : null,
        }, state, host.Local, request.Threads, observer);
    }

    private string ResumeCommand(TrainRequest request, RunCheckpoints checkpoints)
    {
        var command = new ShellCommand("actorsnn", "train", Name);
        checkpoints.AddTo(command);
        if (request.Data is not null) command.Add("--data", request.Data);
        if (request.Cores is { } cores) command.Add("--cores", cores.ToString());
        if (request.Threads is { } threads) command.Add("--threads", threads.ToString());
        if (request.Out is not null) command.Add("--out", request.Out);
        return command.ToString();
    }
}
