using System.Text.Json.Nodes;
using ActorSnn.Datasets;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>The options that sBP has of its own.</summary>
/// <param name="Hidden">Hidden units.</param>
/// <param name="Crop">Pixels left out on each side.</param>
internal sealed record SbpSettings(int Hidden, int Crop)
{
    /// <summary>Trained on unless told otherwise: it needs no files.</summary>
    public const string TrainingDataset = DataLocator.Synth;

    /// <summary>Described unless told otherwise: the paper's.</summary>
    public const string DescribedDataset = Mnist;

    /// <summary>The weights of the forward pass, from x to h and from h to o: a ring of gates that misses a beat stops the network.</summary>
    public const string Disturbed = "?->?";

    private const int UsualHidden = 400;
    private const string Mnist = "mnist";

    private static readonly SystemOption HiddenOption = SystemOption.Whole("--hidden", 1, $"Hidden units. Default: {UsualHidden}.").ShapingNetwork();

    private static readonly SystemOption CropOption = SystemOption.Whole("--crop", 0, "Pixels left out on each side of an image. Default: 4 for mnist, 0 for the others.").ShapingNetwork();

    /// <summary>The options.</summary>
    public static IReadOnlyList<SystemOption> Options { get; } = [HiddenOption, CropOption];

    /// <summary>Complete options as settings.</summary>
    public static SbpSettings Of(JsonObject options) => new(options[HiddenOption.Key]!.GetValue<int>(), options[CropOption.Key]!.GetValue<int>());

    /// <summary>Options with what is not given filled in: the paper's 20x20 for MNIST, whole images elsewhere.</summary>
    public static JsonObject Complete(string dataset, JsonObject given) => new()
    {
        [HiddenOption.Key] = given[HiddenOption.Key]?.DeepClone() ?? UsualHidden,
        [CropOption.Key] = given[CropOption.Key]?.DeepClone() ?? (dataset == Mnist ? 4 : 0),
    };

    /// <summary>The paper's 60, or what takes less than half a minute.</summary>
    public static int Epochs(string dataset) => dataset == TrainingDataset ? 10 : 60;
}
