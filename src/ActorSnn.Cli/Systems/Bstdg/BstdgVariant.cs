using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>A system of first spikes: which settings are the usual ones. The network, the rule and all options are the same for all of them.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Summary">One line of what it is.</param>
internal sealed record BstdgVariant(string Name, string Summary)
{
    private const string FashionMnist = "fashion-mnist";
    private const int LineageSteps = 256;

    /// <summary>The usual settings of a data set, and of what is shown of images where that was said; margins are those of the usual number of steps.</summary>
    public required Func<string, ImageView?, BstdgSettings> Usual { get; init; }

    /// <summary>Passes over the training set of a data set unless told otherwise.</summary>
    public required Func<string, int> Epochs { get; init; }

    /// <summary>The same in words.</summary>
    public required string EpochsInWords { get; init; }

    /// <summary>Whether learning rates go down in a straight line unless told otherwise.</summary>
    public bool IsLinear { get; init; }

    /// <summary>The system itself, then those of its lineage.</summary>
    public static IReadOnlyList<BstdgVariant> All { get; } =
    [
        new("bstdg", "binary weights by the times of first spikes, derived from an abstract (Cai et al. 2023)")
        {
            Usual = Tuned,
            Epochs = dataset => dataset switch { DataLocator.Synth => 5, FashionMnist => 60, _ when IsSplit(dataset) => 12, _ => 100 },
            EpochsInWords = "5 for synth, 60 for fashion-mnist, 12 for caltech, 100 for the others",
            IsLinear = true,
        },
        new("bs4nn", "binary weights in 256 steps, errors back through real ones, thresholds of layers, as in BS4NN (Kheradpisheh et al. 2022)")
        {
            Usual = (dataset, view) => Lineage(dataset, view, 600, new BstdgOptions
            {
                Margin = 1,
                BackwardForm = SynapseForm.Real,
                First = new BstdgLayer(0.1, 0, 5, 20),
                Second = new BstdgLayer(0.1, 0, 48, 20),
                Thresholds = ThresholdTraining.Layer,
                // BS4NN learns a scale s of the weights instead, by 0.01 times the mean of error * sign over a neuron's causal inputs, which add up to its potential, about the threshold: with 100 / s for a threshold that is a
                // rate of 0.01 * 100 / s^2 * (100 / s) / inputs, at its s of 5 and 600 to 784 inputs 0.001.
                ThresholdRate = 0.001,
            }),
            Epochs = LineageEpochs,
            EpochsInWords = LineageEpochsInWords,
        },
        new("s4nn", "real weights in 256 steps, fixed thresholds, as in S4NN (Kheradpisheh and Masquelier 2020)")
        {
            Usual = (dataset, view) => Lineage(dataset, view, 400, new BstdgOptions
            {
                Margin = 3,
                Form = SynapseForm.Real,
                BackwardForm = SynapseForm.Real,
                First = new BstdgLayer(0.2, 0, 5, 100),
                Second = new BstdgLayer(0.2, 0, 48, 100),
                Thresholds = ThresholdTraining.Fixed,
            }),
            Epochs = LineageEpochs,
            EpochsInWords = LineageEpochsInWords,
        },
    ];

    private const string LineageEpochsInWords = "5 for synth, 100 for the others";

    private static int LineageEpochs(string dataset) => dataset == DataLocator.Synth ? 5 : 100;

    /// <summary>docs/bstdg-tuning.md says how they were chosen.</summary>
    private static BstdgSettings Tuned(string dataset, ImageView? view)
    {
        var options = new BstdgOptions { Margin = 2, Shift = 5, ThresholdRate = dataset == FashionMnist || IsSpikes(dataset) || IsSplit(dataset) ? 0.05 : 0.01 };
        if (IsSpikes(dataset))
        {
            options = options with { Hidden = 256, Steps = FirstSpikeSamples.UsualSteps, Margin = 4, Shift = 2, First = options.First with { Threshold = 100 } };
            return new BstdgSettings(options) { Samples = FirstSpikeSamples.Usual(dataset) };
        }
        if (IsSplit(dataset))
        {
            var samples = FirstSpikeSamples.Usual(dataset) with { View = view ?? ImageView.Edges };
            options = options with { Hidden = 64, Second = options.Second with { Threshold = 8 } };
            options = samples.View == ImageView.Gray
                ? options with { Steps = 32, Shift = 2, First = new BstdgLayer(0.01, -0.1, 0.11, 640) }
                : options with { Steps = 16, Margin = 8, Shift = 4, First = new BstdgLayer(0.01, -0.1, 0.12, 60) };
            return new BstdgSettings(options) { Samples = samples };
        }
        return new BstdgSettings(dataset == FashionMnist ? options with { Hidden = 1000 } : options);
    }

    private static BstdgSettings Lineage(string dataset, ImageView? view, int hidden, BstdgOptions options) => new(
        options with
        {
            Hidden = IsSplit(dataset) ? 4 : dataset == FashionMnist ? 1000 : hidden,
            // The bytes that spike trains become hold no more steps.
            Steps = IsSpikes(dataset) ? FirstSpikeSamples.MostSteps : LineageSteps,
            Shift = 0,
            Bound = SpikeTimingGradient.MostBound,
        })
    {
        Samples = new FirstSpikeSamples(Duration: 1, View: view ?? ImageView.Gray),
    };

    private static bool IsSpikes(string dataset) => DataLocator.SpikeDatasets.Contains(dataset);

    private static bool IsSplit(string dataset) => DataLocator.SplitDatasets.Contains(dataset);
}
