using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;

namespace ActorSnn.Cli.Systems;

/// <summary>One way to read accuracy from a network, and what came out.</summary>
/// <param name="Name">Name in JSON.</param>
/// <param name="Meaning">A few words for people.</param>
/// <param name="Value">Fraction of the test set.</param>
internal readonly record struct Measure(string Name, string Meaning, double Value);

/// <summary>The best value of a measure over all epochs, and the first epoch that had it.</summary>
internal readonly record struct BestMeasure(string Name, int Epoch, double Value)
{
    /// <summary>The best of all measures.</summary>
    public static IReadOnlyList<BestMeasure> Of(IReadOnlyList<EpochScores> history) => history.Count == 0 ? [] : [.. history[0].Accuracy.Select((measure, i) =>
    {
        var best = history.MaxBy(e => e.Accuracy[i].Value)!;
        return new BestMeasure(measure.Name, best.Epoch, best.Accuracy[i].Value);
    })];
}

/// <summary>How far a run is.</summary>
/// <param name="Epoch">Epoch under way, or just done when there are accuracies; from 1. 0 in an evaluation.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Samples">Samples done.</param>
/// <param name="TotalSamples">Samples in all.</param>
/// <param name="Seconds">Time spent on them.</param>
/// <param name="SamplesPerSecond">Pace of this process.</param>
/// <param name="Accuracy">Accuracies after the epoch; null while it is under way.</param>
internal sealed record RunProgress(
    int Epoch, int Epochs, long Samples, long TotalSamples, double Seconds, double SamplesPerSecond, IReadOnlyList<Measure>? Accuracy);

/// <summary>How far a simulation is.</summary>
/// <param name="Ticks">Ticks run.</param>
/// <param name="TotalTicks">Ticks in all.</param>
/// <param name="TimeStepMs">Length of a tick, in ms.</param>
/// <param name="Seconds">Time spent on them.</param>
/// <param name="RealTimeFactor">Simulated seconds a second, in this process.</param>
internal sealed record SimulationProgress(long Ticks, long TotalTicks, double TimeStepMs, double Seconds, double RealTimeFactor);

/// <summary>Who wants to know how a run is doing. Called on the thread that runs it.</summary>
internal interface IRunObserver
{
    /// <summary>Several times a second, and after every epoch.</summary>
    void Progress(RunProgress progress);

    /// <summary>Several times a second.</summary>
    void Progress(SimulationProgress progress);

    /// <summary>A checkpoint is in its store.</summary>
    /// <param name="checkpoint">Which.</param>
    /// <param name="samples">Samples learned from; null where there are none.</param>
    void CheckpointSaved(CheckpointName checkpoint, long? samples);

    /// <summary>A cluster has taken the run.</summary>
    /// <param name="run">Its name there.</param>
    /// <param name="attach">The command that follows it.</param>
    /// <param name="isResult">Whether that is all that was wanted.</param>
    void Submitted(string run, string attach, bool isResult);

    /// <summary>Something was lost, and the run goes on from a checkpoint.</summary>
    /// <param name="figures">What it went through.</param>
    /// <param name="failure">The core that threw; null where something else was the reason.</param>
    void Recovered(ClusterFigures figures, CoreFailure? failure);

    /// <summary>Whether <see cref="Nodes"/> is of any use.</summary>
    bool ShowsNodes { get; }

    /// <summary>How the nodes of the cluster stand, about once a second.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="lastTick">The last tick of the run.</param>
    void Nodes(IReadOnlyList<NodeReport> nodes, long lastTick);

    /// <summary>Something to know that is no failure.</summary>
    void Warn(string message);
}

/// <summary>What came out of <c>train</c> or <c>eval</c>.</summary>
internal sealed record RunResult
{
    public required string System { get; init; }

    public required string Dataset { get; init; }

    public required int Epochs { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Units of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    public required int Cores { get; init; }

    public required int Threads { get; init; }

    public required string Engine { get; init; }

    /// <summary>Null when a run was interrupted before its first evaluation.</summary>
    public required IReadOnlyList<Measure>? Accuracy { get; init; }

    public required string StateHash { get; init; }

    /// <summary>Spikes, those of sources too.</summary>
    public required long Spikes { get; init; }

    /// <summary>Spikes delivered, each counted once a synapse.</summary>
    public required long SynapticEvents { get; init; }

    /// <summary>Samples learned from, over the whole run; of an evaluation, samples judged.</summary>
    public required long Samples { get; init; }

    /// <summary>Time for these samples; of a training, without the evaluations.</summary>
    public required double Seconds { get; init; }

    /// <summary>Images of the test set.</summary>
    public required int TestSamples { get; init; }

    /// <summary>The layers' sizes, e.g. 784-400-10.</summary>
    public string Sizes { get; init; } = "";

    /// <summary>What else the system has to say: names and values.</summary>
    public JsonObject Facts { get; init; } = [];

    /// <summary>The model file saved or evaluated; null when none was.</summary>
    public string? Model { get; init; }

    /// <summary>The data directory given; null for none.</summary>
    public string? Data { get; init; }

    /// <summary>Scores after each epoch, from the first; empty for an evaluation.</summary>
    public IReadOnlyList<EpochScores> History { get; init; } = [];

    /// <summary>Best accuracies over the epochs; empty for an evaluation.</summary>
    public IReadOnlyList<BestMeasure> Best { get; init; } = [];

    /// <summary>Set when the run was interrupted.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Epochs completed.</summary>
    public int EpochsDone { get; init; }

    /// <summary>The last checkpoint; null when none was written.</summary>
    public CheckpointName? Checkpoint { get; init; }

    /// <summary>How an interrupted run goes on; null when it cannot.</summary>
    public string? ResumeCommand { get; init; }

    public required TimingResult Timing { get; init; }

    /// <summary>What it went through; null where nothing can happen to it.</summary>
    public ClusterFigures? Cluster { get; init; }

    /// <summary>Mean loss on the test set, of the last evaluation; null when there was none.</summary>
    public double? Loss { get; init; }

    /// <summary>What else there is to say to people, a line; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What there is to show; null when nobody asked.</summary>
    public RunDetails? Details { get; init; }

    /// <summary>The report written; null when none was.</summary>
    public string? Report { get; init; }

    /// <summary>The recording written; null when none was.</summary>
    public string? Record { get; init; }

    public double SamplesPerSecond => Seconds > 0 ? Samples / Seconds : 0;

    /// <summary>The result as scripts see it: first the fields of the contract in its order.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["event"] = "result",
            ["system"] = System,
            ["dataset"] = Dataset,
            ["epochs"] = Epochs,
            ["seed"] = Seed,
            ["hidden"] = Hidden.Count == 1 ? Hidden[0] : new JsonArray([.. Hidden.Select(n => (JsonNode)n)]),
            ["cores"] = Cores,
            ["threads"] = Threads,
            ["engine"] = Engine,
            ["accuracy"] = ToJson(Accuracy),
            ["stateHash"] = StateHash,
            ["samples"] = Samples,
            ["seconds"] = Math.Round(Seconds, 6),
            ["samplesPerSecond"] = Math.Round(SamplesPerSecond, 1),
            ["peakMemoryBytes"] = PeakMemory.Bytes(),
            ["sizes"] = Sizes,
            ["testSamples"] = TestSamples,
            ["spikes"] = Spikes,
            ["synapticEvents"] = SynapticEvents,
        };
        foreach (var (name, value) in Facts) json[name] = value?.DeepClone();
        if (Loss is not null) json["loss"] = Loss;
        if (Best.Count > 0)
        {
            json["best"] = new JsonObject(Best.Select(b => KeyValuePair.Create(b.Name, (JsonNode?)b.Value)));
            json["bestEpoch"] = new JsonObject(Best.Select(b => KeyValuePair.Create(b.Name, (JsonNode?)b.Epoch)));
        }
        ClusterFigures.AddTo(json, Cluster);
        Timing.AddTo(json);
        if (Model is not null) json["model"] = Model;
        if (Checkpoint is not null) json["checkpoint"] = new JsonObject { ["store"] = Checkpoint.Store, ["tick"] = Checkpoint.Tick };
        if (Report is not null) json["report"] = Report;
        if (Record is not null) json["record"] = Record;
        if (Interrupted)
        {
            json["interrupted"] = true;
            json["epochsDone"] = EpochsDone;
            if (ResumeCommand is not null) json["resume"] = ResumeCommand;
        }
        return json;
    }

    public static JsonObject? ToJson(IReadOnlyList<Measure>? accuracy) =>
        accuracy is null ? null : new JsonObject(accuracy.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value)));
}
