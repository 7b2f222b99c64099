using System.Text.Json.Nodes;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>What determines the result of a training run. It is written into checkpoints, and a run can only be resumed with the same.</summary>
/// <param name="System">Name of the system.</param>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Seed">Seed of initial weights, sample order, and all that is drawn.</param>
/// <param name="Options">The system's own options, all that have a value, by their keys.</param>
/// <param name="Samples">Only the first so many training samples; null for all.</param>
/// <param name="Epochs">Passes over the training set. May grow when resumed.</param>
/// <param name="Timing">When spikes arrive.</param>
internal sealed record TrainingRun(string System, string Dataset, ulong Seed, JsonObject Options, int? Samples, int Epochs, TimingRequest Timing)
{
    private const ulong DefaultSeed = 1;

    /// <summary>A new run: what the request does not say is the usual.</summary>
    /// <exception cref="UsageException">Options do not suit the data set.</exception>
    public static TrainingRun New(ILearningSystem system, TrainRequest request)
    {
        string dataset = request.Dataset ?? system.UsualDataset;
        var options = system.Complete(dataset, request.Options);
        return new TrainingRun(
            system.Name, dataset, request.Seed ?? DefaultSeed, options, request.Samples, request.Epochs ?? system.UsualEpochs(dataset),
            (request.Timing ?? TimingRequest.Exact).Disturbing(system.DisturbedOf(options)));
    }

    /// <summary>The run of a checkpoint: what the request does not say is as it was.</summary>
    /// <exception cref="UsageException">The request says something else than the checkpoint.</exception>
    public static TrainingRun Resumed(ILearningSystem system, TrainRequest request, Checkpoint checkpoint)
    {
        string name = checkpoint.RequireOfRun<string>("system");
        if (name != system.Name) throw new UsageException($"{checkpoint.Name.Store} belongs to a run of {name}, not of {system.Name}");
        var saved = new TrainingRun(
            name, checkpoint.RequireOfRun<string>("dataset"), checkpoint.RequireOfRun<ulong>("seed"), OptionsOf(system, checkpoint.Run, key =>
                throw new ArchiveException($"{checkpoint.Name}", $"\"{key}\" of its notes is missing or of another build")),
            checkpoint.Run["samples"] is null ? null : checkpoint.RequireOfRun<int>("samples"), checkpoint.RequireOfRun<int>("epochs"), TimingOf(checkpoint));

        void Same(string option, string asked, string was, bool isAsked)
        {
            if (isAsked && asked != was) throw new UsageException($"{option} {asked}: the run in {checkpoint.Name.Store} has {option} {was}; resume with the same, or leave it out");
        }
        Same("--dataset", $"{request.Dataset}", saved.Dataset, request.Dataset is not null);
        Same("--seed", $"{request.Seed}", $"{saved.Seed}", request.Seed is not null);
        foreach (var option in system.Options)
        {
            var asked = request.Options[option.Key];
            Same(option.Name, SystemOption.Spelled(asked), SystemOption.Spelled(saved.Options[option.Key]), asked is not null);
        }
        Same("--samples", $"{request.Samples}", saved.Samples is { } samples ? $"{samples}" : "not given", request.Samples is not null);
        Same("--timing", $"{request.Timing?.Disturbing(system.DisturbedOf(saved.Options))}", $"{saved.Timing}", request.Timing is not null);
        if (system.FixesEpochs && request.Epochs is { } epochs && epochs != saved.Epochs)
            throw new UsageException($"--epochs {epochs}: the run in {checkpoint.Name.Store} has --epochs {saved.Epochs}, which its learning rates depend on; resume with the same, or leave it out");
        return saved with { Epochs = request.Epochs ?? saved.Epochs };
    }

    /// <summary>The run that somebody has submitted to a cluster.</summary>
    /// <exception cref="UsageException">The notes are of another kind of run.</exception>
    public static TrainingRun Submitted(ILearningSystem system, JsonObject about)
    {
        try
        {
            return new TrainingRun(
                system.Name, about["dataset"]!.GetValue<string>(), about["seed"]!.GetValue<ulong>(), OptionsOf(system, about, key => throw new FormatException(key)),
                about["samples"]?.GetValue<int>(), about["epochs"]!.GetValue<int>(), TimingRequest.FromJson(about["timing"]));
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new UsageException("the notes of that run are those of another build; attach with the build that submitted it");
        }
    }

    /// <summary>The run description for a checkpoint.</summary>
    /// <param name="digest">Digest of the data.</param>
    /// <param name="seconds">Time spent training so far.</param>
    /// <param name="history">Scores after each epoch so far.</param>
    public JsonObject Describe(string digest, double seconds, IEnumerable<EpochScores> history)
    {
        var notes = new JsonObject { ["system"] = System, ["dataset"] = Dataset, ["digest"] = digest, ["seed"] = Seed };
        foreach (var (key, value) in Options) notes[key] = value?.DeepClone();
        notes["samples"] = Samples;
        notes["epochs"] = Epochs;
        notes["timing"] = Timing.ToJson();
        notes["seconds"] = seconds;
        notes["history"] = new JsonArray([.. history.Select(e => new JsonArray([.. e.Accuracy.Select(m => (JsonNode)m.Value), e.Loss]))]);
        return notes;
    }

    /// <summary>The scores after each epoch that a checkpoint holds.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="measures">The system's ways to read accuracy.</param>
    /// <exception cref="ArchiveException">They are not there.</exception>
    public static IEnumerable<EpochScores> HistoryOf(Checkpoint checkpoint, IReadOnlyList<Measure> measures)
    {
        int epoch = 0;
        foreach (var item in checkpoint.Run["history"] as JsonArray ?? [])
        {
            if (item is not JsonArray row || row.Count != measures.Count + 1 || row.Any(v => !(v is JsonValue value && value.TryGetValue(out double _))))
                throw new ArchiveException($"{checkpoint.Name}", $"\"history\" of its notes must be rows of {measures.Count} accuracies and a loss");
            double Value(int i) => row[i]!.GetValue<double>();
            yield return new EpochScores(++epoch, [.. measures.Select((m, i) => m with { Value = Value(i) })], Value(measures.Count));
        }
    }

    private static JsonObject OptionsOf(ILearningSystem system, JsonObject notes, Action<string> refuse)
    {
        var options = new JsonObject();
        foreach (var option in system.Options)
        {
            try
            {
                if (notes[option.Key] is { } value) options[option.Key] = option.Read(SystemOption.Spelled(value));
                else if (!option.MayLack) refuse(option.Key);
            }
            catch (UsageException)
            {
                refuse(option.Key);
            }
        }
        return options;
    }

    private static TimingRequest TimingOf(Checkpoint checkpoint)
    {
        try
        {
            return TimingRequest.FromJson(checkpoint.Run["timing"]);
        }
        catch (FormatException e)
        {
            throw new ArchiveException($"{checkpoint.Name}", $"\"timing\" of its notes is of another build: {e.Message}");
        }
    }
}
