using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.SsnnBp;

/// <summary>The options that SSNN-BP has of its own.</summary>
/// <param name="Options">What the network is like, and how it learns.</param>
/// <param name="TestLength">Steps of a sample when the network is judged.</param>
/// <param name="Crop">Pixels left out on each side of an image.</param>
internal sealed record SsnnBpSettings(SsnnBpOptions Options, int TestLength, int Crop)
{
    /// <summary>Trained on and described unless told otherwise: it needs no files.</summary>
    public const string UsualDataset = DataLocator.Synth;

    private const string FashionMnist = "fashion-mnist";
    private const int MostFolds = 100;
    private const int UsualHidden = 256, UsualTrainLength = 32, UsualTestLength = 256;

    /// <summary>Fine steps; with 256 hidden units less than 5 % of the probabilities are above 1 on MNIST, Fashion-MNIST and letters.</summary>
    private const double UsualGain = 4;

    /// <summary>The options that a plain network has as well.</summary>
    public static class Shared
    {
        public static SystemOption Hidden { get; } = SystemOption.Sizes("--hidden", $"Units of the hidden layer; several with commas between them for several layers. Default: {UsualHidden}, caltech 64.").ShapingNetwork();

        public static SystemOption Crop { get; } = SystemOption.Whole("--crop", 0, "Pixels left out on each side of an image. Default: 0.").ShapingNetwork().Optional();

        public static SystemOption Rate { get; } = SystemOption.Real(
            "--rate", "R", "a positive number, at most 1000", v => v is > 0 and <= 1000, "Learning rate; halved after 40 % of the epochs, and again after 80 %. Default: 0.02 for fashion-mnist, 0.03 for spike trains, 0.001 for caltech, 0.1 for the others.");

        public static SystemOption Activation { get; } = SystemOption.Words<SpikeActivation>("--activation", "From a hidden unit's potential to its rate. Default: logistic.");

        public static SystemOption L2 { get; } = SystemOption.Real("--l2", "L", "0, or 1e-9 to 1", v => v is 0 or (>= 1e-9 and <= 1), "Weight decay. Default: 0.");

        public static SystemOption Dropout { get; } = SystemOption.Real("--dropout", "P", "a part from 0 to below 1", v => v is >= 0 and < 1, "Part of the hidden units left out of a sample. Default: 0.");

        public static SystemOption Fold { get; } = SystemOption.PartOf(
            "--fold", MostFolds, "nmnist: cut all recordings there are, of either part, into N folds at random; train with all but fold K, and judge with fold K. Default: the data set's own parts.").Optional();

        /// <summary>Learning rate unless told otherwise.</summary>
        public static double UsualRate(string dataset) => dataset == FashionMnist ? 0.02 : 0.1;

        /// <summary>Passes unless told otherwise.</summary>
        public static int Epochs(string dataset) => dataset == UsualDataset ? 5 : 15;

        /// <summary>Sizes of hidden layers.</summary>
        public static ImmutableArray<int> HiddenOf(JsonObject options) => [.. options[Hidden.Key]!.AsArray().Select(n => n!.GetValue<int>())];

        /// <summary>Adds the hidden layers, the crop where there are images, and the fold where one is asked for.</summary>
        /// <exception cref="UsageException">A crop for recordings, or a fold of images.</exception>
        public static void CompleteShape(JsonObject options, string dataset, JsonObject given)
        {
            options[Hidden.Key] = given[Hidden.Key]?.DeepClone() ?? new JsonArray(UsualHidden);
            if (!LayeredSamples.IsRecorded(dataset)) options[Crop.Key] = given[Crop.Key]?.DeepClone() ?? 0;
            else if (given[Crop.Key] is not null) throw new UsageException($"{Crop.Name}: {dataset} has recordings, not images; leave it out");
            if (given[Fold.Key] is not { } fold) return;
            if (!LayeredSamples.IsRecorded(dataset)) throw new UsageException($"{Fold.Name}: {dataset} has images, with a test part of their own; leave it out");
            options[Fold.Key] = fold.DeepClone();
        }

        /// <summary>The fold to judge with, and how many there are; null for the data set's own parts.</summary>
        public static (int Fold, int Folds)? FoldOf(JsonObject options) =>
            options[Fold.Key]?.GetValue<string>().Split('/') is [var fold, var folds] ? (int.Parse(fold, CultureInfo.InvariantCulture), int.Parse(folds, CultureInfo.InvariantCulture)) : null;

        /// <summary>Pixels left out on each side of an image.</summary>
        public static int CropOf(JsonObject options) => options[Crop.Key]?.GetValue<int>() ?? 0;
    }

    /// <summary>Steps of a training sample.</summary>
    public static SystemOption TrainLength { get; } = SystemOption.Whole(
        "--train-length", 1, "Steps of a training sample: the length of its spike trains; of nmnist the time bins of a recording. Default: 64 for fashion-mnist, 32 for the others.",
        SteppedNeuronModel.MaxSampleSteps).ShapingNetwork();

    private static readonly SystemOption TestSteps = SystemOption.Whole(
        "--test-length", 1, $"Steps of a sample when the network is judged. Default: {UsualTestLength}; of nmnist as for training.", SteppedNeuronModel.MaxSampleSteps);

    private static readonly SystemOption Gain =
        SystemOption.Real("--gain", "S", "a positive number, at most 1e6", v => v is > 0 and <= 1e6, $"Gain of the hidden layers' backward spikes. Default: {UsualGain}.");

    private static readonly SystemOption Mode = SystemOption.Words<MembraneMode>("--mode", "What a neuron takes for its membrane: the mean of a sample's currents, or the step's alone. Default: integrate.");

    private static readonly SystemOption SplitWeights = SystemOption.Flag("--split-weights", "Split backward signals by the sign of weights, over two lines, and not by the sign of their sum.");

    private static readonly SystemOption Derivative = SystemOption.Words<BackwardDerivative>("--derivative", "What stands for the derivative of the activation: its value, or a gate of spikes. Default: numeric.");

    private static readonly SystemOption Winner = SystemOption.Words<WinnerDraw>("--winner", "How the winner of the output is drawn; all have the same distribution. Default: categorical.");

    public static readonly SystemOption Window = SystemOption.Whole("--window", 1, "Commit updates every W steps, which lets cores run W steps at once. Default: 1, in place.").ShapingNetwork();

    private static readonly SystemOption StepVariation = Deviation("--step-variation", "Device model: standard deviation of a weight step, from step to step. Default: 0.");

    private static readonly SystemOption DeviceVariation = Deviation("--device-variation", "Device model: standard deviation of the mean weight step, from device to device. Default: 0.");

    private static readonly SystemOption Asymmetry = Deviation("--asymmetry", "Device model: standard deviation of how much larger steps up are than steps down, from device to device. Default: 0.");

    private static readonly SystemOption WeightBound = SystemOption.Real("--weight-bound", "B", "a positive number", v => v > 0, "Device model: largest magnitude of a weight. Default: the format's own.").Optional();

    /// <summary>The options.</summary>
    public static IReadOnlyList<SystemOption> All { get; } =
    [
        Shared.Hidden, Shared.Crop, Shared.Fold, TrainLength, TestSteps, Shared.Rate, Gain, Mode, SplitWeights, Derivative, Shared.Activation, Winner, Shared.L2, Shared.Dropout, Window,
        StepVariation, DeviceVariation, Asymmetry, WeightBound,
    ];

    /// <summary>Options with what is not given filled in.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static JsonObject Complete(string dataset, JsonObject given)
    {
        var options = new JsonObject();
        void Take(SystemOption option, JsonNode? usual)
        {
            if ((given[option.Key]?.DeepClone() ?? usual) is { } value) options[option.Key] = value;
        }
        Shared.CompleteShape(options, dataset, given);
        Take(TrainLength, dataset == FashionMnist ? 64 : UsualTrainLength);
        int length = options[TrainLength.Key]!.GetValue<int>();
        bool recorded = LayeredSamples.IsRecorded(dataset);
        if (recorded && given[TestSteps.Key]?.GetValue<int>() is { } asked && asked != length)
            throw new UsageException($"{TestSteps.Name} {asked}: recordings of {dataset} are shown in the {length} time bins of {TrainLength.Name}; leave it out");
        Take(TestSteps, recorded ? length : UsualTestLength);
        Take(Shared.Rate, Shared.UsualRate(dataset));
        Take(Gain, UsualGain);
        Take(Mode, SystemOption.WordOf(MembraneMode.Integrate));
        Take(SplitWeights, null);
        Take(Derivative, SystemOption.WordOf(BackwardDerivative.Numeric));
        Take(Shared.Activation, SystemOption.WordOf(SpikeActivation.Logistic));
        Take(Winner, SystemOption.WordOf(WinnerDraw.Categorical));
        Take(Shared.L2, 0.0);
        Take(Shared.Dropout, 0.0);
        Take(Window, 1);
        foreach (var deviation in (SystemOption[])[StepVariation, DeviceVariation, Asymmetry]) Take(deviation, 0.0);
        Take(WeightBound, null);

        var settings = Of(options, epochs: 1);
        int window = settings.Options.Window;
        if (length % window != 0) throw new UsageException($"{Window.Name} {window}: give one that divides the {length} steps of a training sample");
        try
        {
            settings.Options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
        return options;
    }

    /// <summary>Complete options as settings.</summary>
    /// <param name="options">The options, by key.</param>
    /// <param name="epochs">Passes over the training set.</param>
    public static SsnnBpSettings Of(JsonObject options, int epochs)
    {
        double Real(SystemOption option) => options[option.Key]?.GetValue<double>() ?? 0;
        T Word<T>(SystemOption option) where T : struct, Enum => SystemOption.ValueOf<T>(options[option.Key]!);
        var device = new DeviceModel(Real(StepVariation), Real(DeviceVariation), Real(Asymmetry), Real(WeightBound));
        return new SsnnBpSettings(
            new SsnnBpOptions
            {
                Hidden = Shared.HiddenOf(options),
                TrainLength = options[TrainLength.Key]!.GetValue<int>(),
                Window = options[Window.Key]!.GetValue<int>(),
                Rate = new RateSchedule(Real(Shared.Rate), epochs),
                Gain = Real(Gain),
                Membrane = Word<MembraneMode>(Mode),
                Activation = Word<SpikeActivation>(Shared.Activation),
                Derivative = Word<BackwardDerivative>(Derivative),
                Split = options[SplitWeights.Key] is null ? BackwardSplit.BySign : BackwardSplit.ByWeight,
                Winner = Word<WinnerDraw>(Winner),
                L2 = Real(Shared.L2),
                Dropout = Real(Shared.Dropout),
                Device = device == new DeviceModel() ? null : device,
            },
            options[TestSteps.Key]!.GetValue<int>(), Shared.CropOf(options));
    }

    private static SystemOption Deviation(string name, string description) => SystemOption.Real(name, "D", "a standard deviation from 0 to 10", v => v is >= 0 and <= 10, description);
}
