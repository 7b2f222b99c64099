using System.Text.Json.Nodes;
using ActorSnn.Datasets;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>The options that networks of first spikes have of their own.</summary>
/// <param name="Options">What the network is like, and how it learns.</param>
/// <param name="TimeWindows">Of spike trains: windows of time, in each of which the first spike of a channel is an input of its own.</param>
/// <param name="Duration">Of spike trains: seconds that are shown; 0 for images.</param>
/// <param name="Split">Of images without a test part: which split; 0 for other data sets.</param>
internal sealed record BstdgSettings(BstdgOptions Options, int TimeWindows = 1, double Duration = 0, int Split = 0)
{
    /// <summary>Most steps of a spike train: as many as there are intensities above 0.</summary>
    public const int MostSpikeTrainSteps = byte.MaxValue;

    private const string Linear = "linear", Constant = "constant";
    private const double MostNumber = 1e6;

    /// <summary>The data sets there are.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [.. DataLocator.Datasets, .. DataLocator.SplitDatasets, .. DataLocator.SpikeDatasets];

    private static readonly SystemOption Hidden = SystemOption.Whole("--hidden", 1, "Neurons of the hidden layer. Default: 600, s4nn 400; fashion-mnist 1000, spike trains and caltech less.").ShapingNetwork();

    private static readonly SystemOption Steps = SystemOption.Whole(
        "--steps", 3, "Steps of time in a sample. Default: 8, caltech 32, spike trains 50; bs4nn and s4nn 256, spike trains 255, which is the most for these.", FirstSpikeModel.MaxSteps).ShapingNetwork();

    private static readonly SystemOption Window = SystemOption.Words<TimingWindow>("--window", "How much an input changes its weight, by its time before the spike. Default: step.");

    private static readonly SystemOption Thresholds = SystemOption.Words<ThresholdTraining>(
        "--thresholds", "Which thresholds learn: one a neuron, one a layer, or none. Default: neuron; bs4nn layer, s4nn fixed.").ShapingNetwork();

    private static readonly SystemOption Weights = SystemOption.Words<SynapseForm>("--weights", "What of the weights acts: their sign, which is one bit, or the real number. Default: sign; s4nn real.");

    private static readonly SystemOption Backward = SystemOption.Words<SynapseForm>("--backward", "What of the weights errors come back through. Default: sign; bs4nn and s4nn real.");

    private static readonly SystemOption Rate = Positive("--rate", "R", "Learning rate of weights. Default: 0.1; s4nn 0.2.");

    private static readonly SystemOption HiddenRate = Positive("--hidden-rate", "R", "Learning rate of the weights onto the hidden layer. Default: that of --rate; caltech 0.01.");

    private static readonly SystemOption ThresholdRate = Number("--threshold-rate", "R", "Learning rate of the output's thresholds. Default: 0.05.");

    private static readonly SystemOption HiddenThresholdRate = Number("--hidden-threshold-rate", "R", "Learning rate of the hidden layer's thresholds. Default: 0.05.");

    private static readonly SystemOption Schedule = SystemOption.Choice(
        "--schedule", [Linear, Constant], "Learning rates over the epochs: down to 0 in a straight line, or as they are. Default: linear; bs4nn and s4nn constant.");

    private static readonly SystemOption Margin = SystemOption.Whole(
        "--margin", 1, "Steps by which the right class is to be first. Default: 2, spike trains 4; bs4nn 1, s4nn 3.", FirstSpikeModel.MaxSteps);

    private static readonly SystemOption Shift = Number(
        "--shift", "M", "While learning, the threshold of the right class is so much higher and those of the others so much lower. Default: 5, caltech and spike trains 2; bs4nn and s4nn 0.");

    private static readonly SystemOption Bound = Positive("--bound", "B", "Largest magnitude of a weight. Default: 1; bs4nn and s4nn 1e6, which is none.");

    private static readonly SystemOption HiddenThreshold = Positive("--hidden-threshold", "V", "Initial threshold of the hidden layer, at least 1. Default: 20, spike trains 100, caltech 640; s4nn 100.");

    private static readonly SystemOption OutputThreshold = Positive("--output-threshold", "V", "Initial threshold of the output, at least 1. Default: 20, caltech 8; s4nn 100.");

    private static readonly SystemOption Windows = SystemOption.Whole(
        "--time-windows", 1, "shd, fsdd-spikes: in each of N windows of time the first spike of a channel is an input of its own. Default: 10; bs4nn and s4nn 1.", MostSpikeTrainSteps).ShapingNetwork().Optional();

    private static readonly SystemOption Seconds = Positive("--duration", "S", "shd, fsdd-spikes: seconds of a spike train that are shown. Default: 1; fsdd-spikes 0.6.").Optional();

    private static readonly SystemOption SplitNumber = SystemOption.Whole(
        "--split", 1, "caltech: train with split N, of 200 images a class, and judge with all other images. Default: 1.").Optional();

    /// <summary>The options.</summary>
    public static IReadOnlyList<SystemOption> All { get; } =
    [
        Hidden, Steps, Window, Thresholds, Weights, Backward, Rate, HiddenRate, ThresholdRate, HiddenThresholdRate, Schedule, Margin, Shift, Bound, HiddenThreshold, OutputThreshold, Windows, Seconds, SplitNumber,
    ];

    /// <summary>Options with what is not given filled in.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static JsonObject Complete(BstdgVariant variant, string dataset, JsonObject given)
    {
        var options = new JsonObject();
        void Take(SystemOption option, JsonNode usual) => options[option.Key] = given[option.Key]?.DeepClone() ?? usual;
        void TakeFor(bool isFor, SystemOption option, JsonNode usual)
        {
            if (isFor) Take(option, usual);
            else if (given[option.Key] is not null) throw new UsageException($"{option.Name}: {dataset} has no use for it; leave it out");
        }
        var usual = variant.Usual(dataset);
        var network = usual.Options;
        bool isSpikes = DataLocator.SpikeDatasets.Contains(dataset);
        Take(Hidden, network.Hidden);
        Take(Steps, network.Steps);
        int steps = options[Steps.Key]!.GetValue<int>();
        if (isSpikes && steps > MostSpikeTrainSteps) throw new UsageException($"{Steps.Name} {steps}: spike trains are shown in at most {MostSpikeTrainSteps} steps");
        Take(Window, SystemOption.WordOf(network.Window));
        Take(Thresholds, SystemOption.WordOf(network.Thresholds));
        Take(Weights, SystemOption.WordOf(network.Form));
        Take(Backward, SystemOption.WordOf(network.BackwardForm));
        Take(Rate, network.Second.Rate);
        Take(HiddenRate, given[Rate.Key]?.DeepClone() ?? network.First.Rate);
        Take(ThresholdRate, network.ThresholdRateOf(network.Second));
        Take(HiddenThresholdRate, network.ThresholdRateOf(network.First));
        Take(Schedule, variant.IsLinear ? Linear : Constant);
        Take(Margin, Math.Min(network.Margin, steps - 1));
        Take(Shift, network.Shift);
        Take(Bound, network.Bound);
        Take(HiddenThreshold, network.First.Threshold);
        Take(OutputThreshold, network.Second.Threshold);
        TakeFor(isSpikes, Windows, Math.Min(usual.TimeWindows, steps));
        TakeFor(isSpikes, Seconds, usual.Duration);
        TakeFor(DataLocator.SplitDatasets.Contains(dataset), SplitNumber, 1);
        if (options[Windows.Key]?.GetValue<int>() is { } windows && windows > steps)
            throw new UsageException($"{Windows.Name} {windows}: give at most the {steps} of {Steps.Name}");
        try
        {
            Of(variant, dataset, options, epochs: 1).Options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
        return options;
    }

    /// <summary>Complete options as settings.</summary>
    /// <param name="variant">The system; says what there is no option for.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The options, by key.</param>
    /// <param name="epochs">Passes over the training set.</param>
    public static BstdgSettings Of(BstdgVariant variant, string dataset, JsonObject options, int epochs)
    {
        int Whole(SystemOption option) => options[option.Key]!.GetValue<int>();
        double Real(SystemOption option) => options[option.Key]!.GetValue<double>();
        T Word<T>(SystemOption option) where T : struct, Enum => SystemOption.ValueOf<T>(options[option.Key]!);
        var usual = variant.Usual(dataset);
        return new BstdgSettings(
            usual.Options with
            {
                Hidden = Whole(Hidden),
                Steps = Whole(Steps),
                Margin = Whole(Margin),
                Form = Word<SynapseForm>(Weights),
                BackwardForm = Word<SynapseForm>(Backward),
                Window = Word<TimingWindow>(Window),
                First = usual.Options.First with { Rate = Real(HiddenRate), Threshold = Real(HiddenThreshold), ThresholdRate = Real(HiddenThresholdRate) },
                Second = usual.Options.Second with { Rate = Real(Rate), Threshold = Real(OutputThreshold), ThresholdRate = Real(ThresholdRate) },
                Shift = Real(Shift),
                Passes = options[Schedule.Key]!.GetValue<string>() == Linear ? epochs : 0,
                Bound = Real(Bound),
                Thresholds = Word<ThresholdTraining>(Thresholds),
            },
            options[Windows.Key]?.GetValue<int>() ?? 1, options[Seconds.Key]?.GetValue<double>() ?? 0, options[SplitNumber.Key]?.GetValue<int>() ?? 0);
    }

    /// <summary>Settings that show samples as a model was trained with.</summary>
    public static BstdgSettings Of(BstdgModel model) => new(model.Options, model.Rows, model.Duration, Math.Max(1, model.Split));

    /// <summary>Rows and columns of a sample; no files are needed.</summary>
    /// <param name="dataset">The data set.</param>
    public (int Rows, int Columns) ShapeOf(string dataset) => DataLocator.SpikeDatasets.Contains(dataset) ? (TimeWindows, SpikeTrainChannels)
        : DataLocator.SplitDatasets.Contains(dataset) ? (SplitRows, SplitColumns)
        : (StrokeDigits.Side, StrokeDigits.Side);

    /// <summary>Loads samples.</summary>
    /// <param name="data">Where they are.</param>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="training">Whether to load those to train with, else those to test with.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <exception cref="DatasetException">They cannot be had.</exception>
    /// <exception cref="UsageException">A part of a split was asked for to train with.</exception>
    public LayeredSamples Load(DataLocator data, string dataset, bool training, int? count)
    {
        if (DataLocator.SpikeDatasets.Contains(dataset)) return LayeredSamples.LoadSpikeTrains(data, dataset, training, count, Options.Steps, TimeWindows, Duration);
        if (!DataLocator.SplitDatasets.Contains(dataset)) return LayeredSamples.Load(data, dataset, training, count, bins: 1, (_, _) => 0);
        if (training && count is not null) throw new UsageException($"--samples {count}: {dataset} has {DataLocator.SplitTrainPerClass} images of each class to train with, class by class; leave it out");
        return LayeredSamples.LoadSplit(data, dataset, training, count, Split);
    }

    // What is known of data sets before there are files.
    private const int SpikeTrainChannels = 700, SplitRows = 160, SplitColumns = 250;

    private static SystemOption Positive(string name, string value, string description) => SystemOption.Real(name, value, "a positive number, at most 1e6", v => v is > 0 and <= MostNumber, description);

    private static SystemOption Number(string name, string value, string description) => SystemOption.Real(name, value, "a number from 0 to 1e6", v => v is >= 0 and <= MostNumber, description);
}
