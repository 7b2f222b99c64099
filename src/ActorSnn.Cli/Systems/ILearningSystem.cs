using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Mesh;

namespace ActorSnn.Cli.Systems;

/// <summary>One of the published learning systems, as the commands see it. Nothing here writes to the console.</summary>
internal interface ILearningSystem
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>One line of what it is.</summary>
    string Summary { get; }

    /// <summary>Kind of its model files.</summary>
    string ModelKind { get; }

    /// <summary>Options that belong to it, beside those that all systems have.</summary>
    IReadOnlyList<SystemOption> Options { get; }

    /// <summary>The data sets it can be trained on.</summary>
    IReadOnlyList<string> Datasets { get; }

    /// <summary>Trained on unless told otherwise.</summary>
    string UsualDataset { get; }

    /// <summary>Which data set a description is for unless told otherwise, and why; for help.</summary>
    string UsualDescription { get; }

    /// <summary>Passes over a training set unless told otherwise.</summary>
    int UsualEpochs(string dataset);

    /// <summary>The same in words, for help.</summary>
    string UsualEpochsInWords { get; }

    /// <summary>Whether the number of epochs must stay the same when a run is resumed.</summary>
    bool FixesEpochs { get; }

    /// <summary>Whether its network runs on a mesh: on cores, in some timing, on clusters and with checkpoints.</summary>
    bool IsOnMesh { get; }

    /// <summary>Options with what is not given filled in.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="given">What was given, by key.</param>
    /// <exception cref="UsageException">They do not go together.</exception>
    JsonObject Complete(string dataset, JsonObject given);

    /// <summary>Patterns, with commas between them, of the projections that delayed timing disturbs unless told otherwise: those that carry what is learned from, not what keeps the network going.</summary>
    /// <param name="options">Options of a run; null for the usual.</param>
    string DisturbedOf(JsonObject? options);

    /// <summary>Trains, evaluates after every epoch, and saves the model.</summary>
    /// <exception cref="UsageException">The request cannot be met; nothing has been written.</exception>
    RunResult Train(TrainRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop);

    /// <summary>Follows a training that has been submitted to a cluster, and finishes as <see cref="Train"/> would have.</summary>
    /// <param name="request">Where data are, and what is to be written.</param>
    /// <param name="submitted">The run; disposed of.</param>
    /// <param name="about">What its submitter noted.</param>
    /// <param name="host">The cluster.</param>
    /// <param name="observer">Who wants to know.</param>
    /// <param name="stop">Leaves the run alone.</param>
    /// <exception cref="UsageException">The request cannot be met; nothing has been written.</exception>
    RunResult Attach(TrainRequest request, INetworkRun submitted, JsonObject about, INetworkHost host, IRunObserver observer, CancellationToken stop);

    /// <summary>Evaluates a model file.</summary>
    /// <exception cref="UsageException">The request cannot be met.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop);

    /// <summary>Shows a few test images to the training circuit of a model; the model stays as it is.</summary>
    /// <exception cref="UsageException">The request cannot be met.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    Showing Show(RasterRequest request, IEngine engine, CancellationToken stop);

    /// <summary>Describes the network the system trains, at the sizes asked for or those of a model file.</summary>
    /// <exception cref="UsageException">The request cannot be met.</exception>
    Description Describe(DescribeRequest request);
}

/// <summary>A system whose models can be written with no more than inference takes.</summary>
internal interface IExportingSystem
{
    /// <summary>Writes the inference network of a model.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="output">The file to write.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="UsageException">The model is not one that can be.</exception>
    Description Export(string path, string output);
}

/// <summary>The systems there are.</summary>
internal static class LearningSystems
{
    public static IReadOnlyList<ILearningSystem> All { get; } = [new Sbp.SbpSystem(), new SsnnBp.SsnnBpSystem(), new Ann.AnnSystem(), .. Bstdg.BstdgVariant.All.Select(variant => new Bstdg.BstdgSystem(variant))];
}

/// <summary>What <c>train</c> was asked; null where the command line says nothing.</summary>
internal sealed record TrainRequest
{
    public string? Dataset { get; init; }

    public string? Data { get; init; }

    public int? Epochs { get; init; }

    public int? Samples { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>The system's own options that were given, by key.</summary>
    public JsonObject Options { get; init; } = [];

    public int? Cores { get; init; }

    public int? Threads { get; init; }

    public TimingRequest? Timing { get; init; }

    public CheckpointRequest Checkpoints { get; init; } = new();

    public string? Out { get; init; }

    /// <summary>Samples to show at work in <see cref="RunResult.Details"/>; null when nobody asks for details.</summary>
    public int? ShownSamples { get; init; }
}

/// <summary>What <c>eval</c> was asked; null where the command line says nothing.</summary>
internal sealed record EvaluateRequest
{
    public required string Model { get; init; }

    public string? Dataset { get; init; }

    public string? Data { get; init; }

    public int? Samples { get; init; }

    /// <summary>Steps of a sample; null for what the model says.</summary>
    public int? TestLength { get; init; }

    public int? Cores { get; init; }

    public int? Threads { get; init; }

    public TimingRequest? Timing { get; init; }

    /// <summary>Samples to show at work in <see cref="RunResult.Details"/>; null when nobody asks for details.</summary>
    public int? ShownSamples { get; init; }
}

/// <summary>What <c>raster</c> was asked of a model; null where the command line says nothing.</summary>
internal sealed record RasterRequest
{
    public required string Model { get; init; }

    public required int Samples { get; init; }

    public string? Dataset { get; init; }

    public string? Data { get; init; }

    public int? Cores { get; init; }

    public int? Threads { get; init; }
}

/// <summary>What <c>describe</c> was asked; null where the command line says nothing.</summary>
internal sealed record DescribeRequest
{
    /// <summary>The model file; null to describe the system itself.</summary>
    public string? Model { get; init; }

    public string? Dataset { get; init; }

    /// <summary>The system's own options that were given, by key.</summary>
    public JsonObject Options { get; init; } = [];

    public int? Cores { get; init; }

    /// <summary>Number of nodes to place the cores on; null for none.</summary>
    public int? Nodes { get; init; }
}
