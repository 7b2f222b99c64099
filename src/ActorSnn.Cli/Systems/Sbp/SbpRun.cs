using System.Text.Json.Nodes;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>What determines the result of a training run. It is written into checkpoints, and a run can only be resumed with the same.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Seed">Seed of initial weights and sample order.</param>
/// <param name="Hidden">Hidden units.</param>
/// <param name="Crop">Pixels left out on each side.</param>
/// <param name="Samples">Only the first so many training images; null for all.</param>
/// <param name="Epochs">Passes over the training set. May grow when resumed.</param>
/// <param name="Timing">When spikes arrive.</param>
internal sealed record SbpRun(string Dataset, ulong Seed, int Hidden, int Crop, int? Samples, int Epochs, TimingRequest Timing)
{
    public const string System = "sbp";
    private const ulong DefaultSeed = 1;

    /// <summary>A new run: what the request does not say is the usual.</summary>
    public static SbpRun New(TrainRequest request)
    {
        string dataset = request.Dataset ?? SbpDefaults.TrainingDataset;
        return new SbpRun(
            dataset, request.Seed ?? DefaultSeed, request.Hidden ?? SbpDefaults.Hidden, request.Crop ?? SbpDefaults.Crop(dataset), request.Samples,
            request.Epochs ?? SbpDefaults.Epochs(dataset), TimingOf(request.Timing));
    }

    /// <summary>The run of a checkpoint: what the request does not say is as it was.</summary>
    /// <exception cref="UsageException">The request says something else than the checkpoint.</exception>
    public static SbpRun Resumed(TrainRequest request, Checkpoint checkpoint)
    {
        string system = checkpoint.RequireOfRun<string>("system");
        if (system != System) throw new UsageException($"{checkpoint.Name.Store} belongs to a run of {system}, not of {System}");
        var saved = new SbpRun(
            checkpoint.RequireOfRun<string>("dataset"), checkpoint.RequireOfRun<ulong>("seed"), checkpoint.RequireOfRun<int>("hidden"),
            checkpoint.RequireOfRun<int>("crop"), checkpoint.Run["samples"] is null ? null : checkpoint.RequireOfRun<int>("samples"),
            checkpoint.RequireOfRun<int>("epochs"), TimingOf(checkpoint));

        void Same<T>(string option, T asked, T was, bool isAsked)
        {
            if (isAsked && !EqualityComparer<T>.Default.Equals(asked, was))
                throw new UsageException($"--{option} {asked}: the run in {checkpoint.Name.Store} has --{option} {(object?)was ?? "not given"}; resume with the same, or leave it out");
        }
        Same("dataset", request.Dataset, saved.Dataset, request.Dataset is not null);
        Same("seed", request.Seed, saved.Seed, request.Seed is not null);
        Same("hidden", request.Hidden, saved.Hidden, request.Hidden is not null);
        Same("crop", request.Crop, saved.Crop, request.Crop is not null);
        Same("samples", request.Samples, saved.Samples, request.Samples is not null);
        Same("timing", $"{TimingOf(request.Timing)}", $"{saved.Timing}", request.Timing is not null);
        return saved with { Epochs = request.Epochs ?? saved.Epochs };
    }

    /// <summary>The run description for a checkpoint.</summary>
    /// <param name="digest">Digest of the data.</param>
    /// <param name="seconds">Time spent training so far.</param>
    /// <param name="history">Scores after each epoch so far.</param>
    public JsonObject Describe(string digest, double seconds, IEnumerable<SbpEpoch> history) => new()
    {
        ["system"] = System,
        ["dataset"] = Dataset,
        ["digest"] = digest,
        ["seed"] = Seed,
        ["hidden"] = Hidden,
        ["crop"] = Crop,
        ["samples"] = Samples,
        ["epochs"] = Epochs,
        ["timing"] = Timing.ToJson(),
        ["seconds"] = seconds,
        ["history"] = new JsonArray([.. history.Select(e => new JsonArray(e.Accuracy.Exact, e.Accuracy.Spikes, e.Accuracy.Potential, e.Loss))]),
    };

    /// <summary>The run that somebody has submitted to a cluster.</summary>
    /// <exception cref="UsageException">The notes are of another kind of run.</exception>
    public static SbpRun Submitted(JsonObject about)
    {
        try
        {
            return new SbpRun(
                about["dataset"]!.GetValue<string>(), about["seed"]!.GetValue<ulong>(), about["hidden"]!.GetValue<int>(), about["crop"]!.GetValue<int>(),
                about["samples"]?.GetValue<int>(), about["epochs"]!.GetValue<int>(),
                TimingRequest.FromJson(about["timing"]));
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new UsageException("the notes of that run are those of another build; attach with the build that submitted it");
        }
    }

    /// <summary>Timing as asked for, with what is not said filled in.</summary>
    public static TimingRequest TimingOf(TimingRequest? asked) => (asked ?? TimingRequest.Exact).Disturbing(SbpDefaults.Disturbed);

    private static TimingRequest TimingOf(Checkpoint checkpoint)
    {
        try
        {
            return TimingRequest.FromJson(checkpoint.Run["timing"]);
        }
        catch (FormatException e)
        {
            throw new Networks.ArchiveException($"{checkpoint.Name}", $"\"timing\" of its notes is of another build: {e.Message}");
        }
    }

    /// <summary>The scores after each epoch that a checkpoint holds.</summary>
    /// <exception cref="Networks.ArchiveException">They are not there.</exception>
    public static IEnumerable<SbpEpoch> HistoryOf(Checkpoint checkpoint)
    {
        foreach (var item in checkpoint.Run["history"] as JsonArray ?? [])
        {
            if (item is not JsonArray { Count: 4 } row || row.Any(v => !(v is JsonValue value && value.TryGetValue(out double _))))
                throw new Networks.ArchiveException($"{checkpoint.Name}", "\"history\" of its notes must be rows of three accuracies and a loss");
            double Value(int i) => row[i]!.GetValue<double>();
            yield return new SbpEpoch(new SbpAccuracy(Value(0), Value(1), Value(2)), Value(3));
        }
    }
}

/// <summary>Scores on the test set after an epoch.</summary>
/// <param name="Accuracy">The accuracies.</param>
/// <param name="Loss">The loss.</param>
internal sealed record SbpEpoch(SbpAccuracy Accuracy, double Loss);

/// <summary>The usual choices.</summary>
internal static class SbpDefaults
{
    /// <summary>Trained on unless told otherwise: it needs no files.</summary>
    public const string TrainingDataset = Datasets.DataLocator.Synth;

    /// <summary>Described unless told otherwise: the paper's.</summary>
    public const string DescribedDataset = Mnist;

    public const int Hidden = 400;

    /// <summary>The weights of the forward pass, from x to h and from h to o: a ring of gates that misses a beat stops the network.</summary>
    public const string Disturbed = "?->?";

    private const string Mnist = "mnist";

    /// <summary>The paper's 20x20 for MNIST, whole images elsewhere.</summary>
    public static int Crop(string dataset) => dataset == Mnist ? 4 : 0;

    /// <summary>The paper's 60, or what takes less than half a minute.</summary>
    public static int Epochs(string dataset) => dataset == TrainingDataset ? 10 : 60;
}
