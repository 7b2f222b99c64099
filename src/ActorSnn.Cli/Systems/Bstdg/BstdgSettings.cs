using System.Text.Json.Nodes;
using ActorSnn.Datasets;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>The options that networks of first spikes have of their own.</summary>
/// <param name="Options">What the network is like, and how it learns.</param>
internal sealed record BstdgSettings(BstdgOptions Options)
{
    private const string Linear = "linear", Decay = "decay", Constant = "constant";
    private const double DecayFactor = 0.95;
    private const double MostNumber = 1e6;

    /// <summary>The data sets there are.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [.. DataLocator.Datasets, .. FirstSpikeSamples.Datasets];

    private static readonly SystemOption Hidden = SystemOption.Whole("--hidden", 1, "Neurons of the hidden layer. Default: 600, s4nn 400; fashion-mnist 1000, spike trains and caltech less.").ShapingNetwork();

    private static readonly SystemOption Window = SystemOption.Words<TimingWindow>("--window", "How much an input changes its weight, by its time before the spike. Default: step.");

    private static readonly SystemOption Thresholds = SystemOption.Words<ThresholdTraining>(
        "--thresholds", "Which thresholds learn: one a neuron, one a layer, or none. Default: neuron; bs4nn layer, s4nn fixed.").ShapingNetwork();

    private static readonly SystemOption Weights = SystemOption.Words<SynapseForm>("--weights", "What of the weights acts: their sign, which is one bit, or the real number. Default: sign; s4nn real.");

    private static readonly SystemOption Backward = SystemOption.Words<SynapseForm>("--backward", "What of the weights errors come back through. Default: sign; bs4nn and s4nn real.");

    private static readonly SystemOption Rate = Positive("--rate", "R", "Learning rate of weights. Default: 0.1; s4nn 0.2.");

    private static readonly SystemOption HiddenRate = Positive("--hidden-rate", "R", "Learning rate of the weights onto the hidden layer. Default: that of --rate; of bstdg with caltech 0.01 where --rate is not given, either.");

    private static readonly SystemOption ThresholdRate = Number("--threshold-rate", "R", "Learning rate of the output's thresholds. Default: 0.01; fashion-mnist, spike trains and caltech 0.05; bs4nn 0.001, s4nn 0.05.");

    private static readonly SystemOption HiddenThresholdRate = Number("--hidden-threshold-rate", "R", "Learning rate of the hidden layer's thresholds. Default: 0.01; fashion-mnist, spike trains and caltech 0.05; bs4nn 0.001, s4nn 0.05.");

    private static readonly SystemOption Schedule = SystemOption.Choice(
        "--schedule", [Linear, Decay, Constant], "Learning rates over the epochs: down to 0 in a straight line, times 0.95 after each, or as they are. Default: linear; bs4nn and s4nn constant.");

    private static readonly SystemOption Margin = SystemOption.Whole(
        "--margin", 1, "Steps by which the right class is to be first. Default: 2, spike trains 4, caltech 8 (gray 2); bs4nn 1, s4nn 3.", FirstSpikeModel.MaxSteps);

    private static readonly SystemOption Shift = Number(
        "--shift", "M", "While learning, the threshold of the right class is so much higher and those of the others so much lower. Default: 5, spike trains 2, caltech 4 (gray 2); bs4nn and s4nn 0.");

    private static readonly SystemOption Bound = Positive("--bound", "B", "Largest magnitude of a weight. Default: 1; bs4nn and s4nn 1e6, which is none.");

    private static readonly SystemOption HiddenThreshold = Positive("--hidden-threshold", "V", "Initial threshold of the hidden layer, at least 1. Default: 20, spike trains 100, caltech 60 (gray 640); s4nn 100.");

    private static readonly SystemOption OutputThreshold = Positive("--output-threshold", "V", "Initial threshold of the output, at least 1. Default: 20, caltech 8; s4nn 100.");

    /// <summary>How samples are shown of data sets that can be shown in several ways.</summary>
    public FirstSpikeSamples Samples { get; init; } = new();

    /// <summary>The options.</summary>
    public static IReadOnlyList<SystemOption> All { get; } =
    [
        Hidden, FirstSpikeSamples.Steps, Window, Thresholds, Weights, Backward, Rate, HiddenRate, ThresholdRate, HiddenThresholdRate, Schedule, Margin, Shift, Bound, HiddenThreshold, OutputThreshold,
        FirstSpikeSamples.TimeWindows, FirstSpikeSamples.Seconds, FirstSpikeSamples.SplitNumber, FirstSpikeSamples.Image,
    ];

    /// <summary>Options with what is not given filled in.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static JsonObject Complete(BstdgVariant variant, string dataset, JsonObject given)
    {
        var options = new JsonObject();
        void Take(SystemOption option, JsonNode usual) => options[option.Key] = given[option.Key]?.DeepClone() ?? usual;
        var usual = variant.Usual(dataset, FirstSpikeSamples.ViewOf(given));
        var network = usual.Options;
        Take(Hidden, network.Hidden);
        Take(FirstSpikeSamples.Steps, network.Steps);
        int steps = options[FirstSpikeSamples.Steps.Key]!.GetValue<int>();
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
        FirstSpikeSamples.Complete(options, dataset, given, usual.Samples, steps);
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
        string schedule = options[Schedule.Key]!.GetValue<string>();
        var samples = FirstSpikeSamples.Of(options);
        var usual = variant.Usual(dataset, samples.View);
        return new BstdgSettings(
            usual.Options with
            {
                Hidden = Whole(Hidden),
                Steps = Whole(FirstSpikeSamples.Steps),
                Margin = Whole(Margin),
                Form = Word<SynapseForm>(Weights),
                BackwardForm = Word<SynapseForm>(Backward),
                Window = Word<TimingWindow>(Window),
                First = usual.Options.First with { Rate = Real(HiddenRate), Threshold = Real(HiddenThreshold), ThresholdRate = Real(HiddenThresholdRate) },
                Second = usual.Options.Second with { Rate = Real(Rate), Threshold = Real(OutputThreshold), ThresholdRate = Real(ThresholdRate) },
                Shift = Real(Shift),
                Passes = schedule == Linear ? epochs : 0,
                RateFactor = schedule == Decay ? DecayFactor : 1,
                Bound = Real(Bound),
                Thresholds = Word<ThresholdTraining>(Thresholds),
            })
        {
            Samples = samples,
        };
    }

    /// <summary>Settings that show samples as a model was trained with.</summary>
    public static BstdgSettings Of(BstdgModel model) => new(model.Options) { Samples = FirstSpikeSamples.OfModel(model.Rows, model.Duration, model.Split, model.View) };

    /// <summary>Rows and columns of a sample; no files are needed.</summary>
    /// <param name="dataset">The data set.</param>
    public (int Rows, int Columns) ShapeOf(string dataset) => FirstSpikeSamples.Datasets.Contains(dataset) ? Samples.ShapeOf(dataset) : (StrokeDigits.Side, StrokeDigits.Side);

    /// <summary>Loads samples.</summary>
    /// <param name="data">Where they are.</param>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="training">Whether to load those to train with, else those to test with.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <exception cref="DatasetException">They cannot be had.</exception>
    /// <exception cref="UsageException">A part of a split was asked for to train with.</exception>
    public LayeredSamples Load(DataLocator data, string dataset, bool training, int? count) => FirstSpikeSamples.Datasets.Contains(dataset)
        ? Samples.Load(data, dataset, training, count, Options.Steps)
        : LayeredSamples.Load(data, dataset, training, count, bins: 1, (_, _) => 0);

    private static SystemOption Positive(string name, string value, string description) => SystemOption.Real(name, value, "a positive number, at most 1e6", v => v is > 0 and <= MostNumber, description);

    private static SystemOption Number(string name, string value, string description) => SystemOption.Real(name, value, "a number from 0 to 1e6", v => v is >= 0 and <= MostNumber, description);
}
