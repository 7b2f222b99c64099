using System.Text.Json.Nodes;
using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>
/// How samples are shown that came with networks of first spikes: spike trains, by the first spikes in windows of time, and images in splits. A plain network that takes them is given the same input.
/// </summary>
/// <param name="Windows">Of spike trains: windows of time, in each of which the first spike of a channel is an input of its own.</param>
/// <param name="Duration">Of spike trains: seconds that are shown; 0 for images.</param>
/// <param name="Split">Of images without a test part: which split; 0 for other data sets.</param>
/// <param name="View">What is shown of images without a test part.</param>
internal sealed record FirstSpikeSamples(int Windows = 1, double Duration = 0, int Split = 0, ImageView View = ImageView.Gray)
{
    /// <summary>Most steps of a spike train: as many as there are intensities above 0.</summary>
    public const int MostSteps = byte.MaxValue;

    /// <summary>Steps of a spike train, where a system has no usual number of its own.</summary>
    public const int UsualSteps = 50;

    // What is known of data sets before there are files.
    private const int SpikeTrainChannels = 700, SplitRows = 160, SplitColumns = 250;

    private const int UsualSplit = 1;

    private static readonly EdgeCells Cells = new(Side: 8, Gain: 4);

    /// <summary>The data sets there are.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [.. DataLocator.SplitDatasets, .. DataLocator.SpikeDatasets];

    /// <summary>Steps that the duration is divided into.</summary>
    public static SystemOption Steps { get; } = SystemOption.Whole(
        "--steps", 3, $"Steps of time in a sample, for ann in a spike train. Default: 8, caltech 16 (gray 32), spike trains {UsualSteps}; bs4nn and s4nn 256, spike trains {MostSteps}, which is the most for these.",
        FirstSpikeModel.MaxSteps).ShapingNetwork();

    /// <summary>See <see cref="Windows"/>.</summary>
    public static SystemOption TimeWindows { get; } = SystemOption.Whole(
        "--time-windows", 1, "shd, fsdd-spikes: in each of N windows of time the first spike of a channel is an input of its own. Default: 10; bs4nn and s4nn 1.", MostSteps).ShapingNetwork().Optional();

    /// <summary>See <see cref="Duration"/>.</summary>
    public static SystemOption Seconds { get; } = SystemOption.Real(
        "--duration", "S", "a positive number, at most 1e6", v => v is > 0 and <= 1e6, "shd, fsdd-spikes: seconds of a spike train that are shown. Default: 1; fsdd-spikes 0.6.").Optional();

    /// <summary>See <see cref="Split"/>.</summary>
    public static SystemOption SplitNumber { get; } = SystemOption.Whole(
        "--split", 1, $"caltech: train with split N, of {DataLocator.SplitTrainPerClass} images a class, and judge with all other images. Default: {UsualSplit}.").Optional();

    /// <summary>See <see cref="View"/>.</summary>
    public static SystemOption Image { get; } = SystemOption.Words<ImageView>(
        "--image", "caltech: what is shown of an image, its gray values or its edges in four directions. Default: edges; bs4nn and s4nn gray.").ShapingNetwork().Optional();

    /// <summary>How a data set is shown, where a system has no usual ways of its own. docs/bstdg-tuning.md says how it was chosen.</summary>
    public static FirstSpikeSamples Usual(string dataset) => IsSpikes(dataset) ? new(Windows: 10, Duration: dataset == "fsdd-spikes" ? 0.6 : 1) : new(View: ImageView.Edges);

    /// <summary>Adds windows and duration where there are spike trains, and split and view where there are images without a test part.</summary>
    /// <param name="options">Receives them.</param>
    /// <param name="dataset">Any data set.</param>
    /// <param name="given">What was given, by key.</param>
    /// <param name="usual">What they are where they are not given.</param>
    /// <param name="steps">Steps of a sample.</param>
    /// <exception cref="UsageException">The data set has no use for one that was given, there are too many steps, or more windows than steps.</exception>
    public static void Complete(JsonObject options, string dataset, JsonObject given, FirstSpikeSamples usual, int steps)
    {
        bool isSpikes = IsSpikes(dataset);
        if (isSpikes && steps > MostSteps) throw new UsageException($"{Steps.Name} {steps}: spike trains are shown in at most {MostSteps} steps");
        TimeWindows.TakeFor(isSpikes, options, dataset, given, Math.Min(usual.Windows, steps));
        Seconds.TakeFor(isSpikes, options, dataset, given, usual.Duration);
        bool isSplit = DataLocator.SplitDatasets.Contains(dataset);
        SplitNumber.TakeFor(isSplit, options, dataset, given, UsualSplit);
        Image.TakeFor(isSplit, options, dataset, given, SystemOption.WordOf(usual.View));
        if (options[TimeWindows.Key]?.GetValue<int>() is { } windows && windows > steps)
            throw new UsageException($"{TimeWindows.Name} {windows}: give at most the {steps} of {Steps.Name}");
    }

    /// <summary>What complete options say.</summary>
    public static FirstSpikeSamples Of(JsonObject options) => new(
        options[TimeWindows.Key]?.GetValue<int>() ?? 1, options[Seconds.Key]?.GetValue<double>() ?? 0, options[SplitNumber.Key]?.GetValue<int>() ?? 0,
        ViewOf(options) ?? ImageView.Gray);

    /// <summary>What options say that is shown of images; null where they do not say.</summary>
    public static ImageView? ViewOf(JsonObject options) => options[Image.Key] is { } view ? SystemOption.ValueOf<ImageView>(view) : null;

    /// <summary>How samples were shown to a model. One that was trained with no split is shown the usual one.</summary>
    /// <param name="rows">Rows of its samples.</param>
    /// <param name="duration">Seconds of a spike train that were shown; 0 for a model of images.</param>
    /// <param name="split">Which split it was trained with; 0 for none.</param>
    /// <param name="view">What it was shown of images.</param>
    public static FirstSpikeSamples OfModel(int rows, double duration, int split, ImageView view) => new(rows, duration, split > 0 ? split : UsualSplit, view);

    /// <summary>Refuses to show spike trains to a model that takes none, and anything else to one that takes them.</summary>
    /// <param name="file">The model.</param>
    /// <param name="dataset">What it is to be shown.</param>
    /// <exception cref="UsageException">The model does not take it.</exception>
    public void RequireTakes(string file, string dataset)
    {
        bool takesSpikes = Duration > 0;
        if (IsSpikes(dataset) != takesSpikes)
            throw new UsageException(takesSpikes ? $"{file} takes spike trains; {dataset} has none" : $"{file} takes no spike trains; {dataset} has nothing else");
    }

    /// <summary>Rows and columns of a sample; no files are needed.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    public (int Rows, int Columns) ShapeOf(string dataset)
    {
        if (IsSpikes(dataset)) return (Windows, SpikeTrainChannels);
        if (View == ImageView.Gray) return (SplitRows, SplitColumns);
        var (rows, columns) = Cells.GridOf(SplitRows, SplitColumns);
        return (EdgeCells.Directions * rows, columns);
    }

    /// <summary>Loads samples.</summary>
    /// <param name="data">Where they are.</param>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="training">Whether to load those to train with, else those to test with.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <param name="steps">Steps of a spike train.</param>
    /// <exception cref="DatasetException">They cannot be had.</exception>
    /// <exception cref="UsageException">A part of a split was asked for to train with.</exception>
    public LayeredSamples Load(DataLocator data, string dataset, bool training, int? count, int steps)
    {
        if (IsSpikes(dataset)) return LayeredSamples.LoadSpikeTrains(data, dataset, training, count, steps, Windows, Duration);
        if (training && count is not null) throw new UsageException($"--samples {count}: {dataset} has {DataLocator.SplitTrainPerClass} images of each class to train with, class by class; leave it out");
        return LayeredSamples.LoadSplit(data, dataset, training, count, Split, View == ImageView.Edges ? Cells : null);
    }

    private static bool IsSpikes(string dataset) => DataLocator.SpikeDatasets.Contains(dataset);
}
