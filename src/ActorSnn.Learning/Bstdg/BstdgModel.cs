using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>
/// A trained network that tells by its first spike, and where it comes from.
/// <para>
/// <b>File.</b> An <see cref="ArrayArchive"/> of kind "bstdg-model", version 1, with the extension .actorsnn; those of the lineage's settings are "bs4nn-model" and "s4nn-model", with the same content. Arrays, all f4: for
/// layers 1 and 2 the weights <c>Wl</c> [sources, targets], real numbers of which the sign may be all that acts, and <c>bl</c> [targets], the thresholds, negated. Metadata: <c>dataset</c>; <c>rows</c> and
/// <c>columns</c> of a sample (inputs = rows * columns; of spike trains windows of time and channels); <c>split</c>, which of the data set's splits was trained with, 0 for a data set with a test part;
/// <c>image</c>, what of images was shown, "gray" (also where it is missing) or "edges"; <c>duration</c>, seconds of a spike train that were shown, 0 for images; <c>steps</c>, <c>margin</c>, <c>weights</c>, <c>backward</c>, <c>window</c>, <c>windowSteps</c>, <c>late</c>, <c>shift</c>, <c>rateFactor</c>,
/// <c>passes</c>, <c>bound</c>, <c>thresholds</c>, <c>leastThreshold</c>; <c>layers</c>, for each {rate, low, high, threshold, thresholdRate}; <c>seed</c>, <c>epochs</c>, <c>samples</c>, <c>accuracy</c>
/// {strict, generous} as fractions on the test set, <c>stateHash</c>.
/// </para>
/// <para>
/// <b>Exported.</b> Where <c>exported</c> of the metadata is true, the file holds what inference takes, and no weights to go on from. Arrays, for layers 1 and 2: <c>Sl</c> u8 [words, targets], where bit i of word w is set when the
/// weight from source neuron 64 w + i is negative; <c>tl</c> i8 [targets], whole thresholds; and <c>order2</c> i2 [targets], 0 to 255: of outputs equally far beyond their thresholds the one of the highest order comes first.
/// </para>
/// </summary>
public sealed record BstdgModel
{
    /// <summary>Version of the file format this build writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Extension of model files.</summary>
    public const string Extension = ".actorsnn";

    private const int Layers = 2;

    /// <summary>Kind of the file: that of the system whose settings were the usual ones.</summary>
    public required string Kind { get; init; }

    /// <summary>The weights; biases are thresholds, negated.</summary>
    public required LayerWeights Weights { get; init; }

    /// <summary>What the network is like, and how it learned.</summary>
    public required BstdgOptions Options { get; init; }

    /// <summary>Name of the data set trained on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Rows of a sample; of spike trains windows of time.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of a sample; of spike trains channels.</summary>
    public required int Columns { get; init; }

    /// <summary>Which of the data set's splits it was trained with; 0 for a data set that has a test part.</summary>
    public int Split { get; init; }

    /// <summary>What of images without a test part is shown.</summary>
    public ImageView View { get; init; }

    /// <summary>Seconds of a spike train that are shown; 0 for images.</summary>
    public double Duration { get; init; }

    /// <summary>Seed of the initial weights and of the order of samples.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Passes over the training set.</summary>
    public required int Epochs { get; init; }

    /// <summary>Samples learned from, over all passes.</summary>
    public required long Samples { get; init; }

    /// <summary>Accuracy on the test set at the end.</summary>
    public required BstdgAccuracy Accuracy { get; init; }

    /// <summary>State hash of the training network at the end.</summary>
    public required string StateHash { get; init; }

    /// <summary>Whether it holds only what inference takes: weights of -1 and 1, whole thresholds.</summary>
    public bool IsExported { get; private init; }

    /// <summary>Bytes of its weights at one bit each, in words of 64.</summary>
    public long SignBytes => BstdgExport.SignBytesOf(Weights.Sizes);

    /// <summary>Kind of the model files of a system.</summary>
    /// <param name="system">Its name: bstdg, bs4nn or s4nn.</param>
    public static string KindOf(string system) => $"{system}-model";

    /// <summary>The network that infers, with one bit a weight and whole thresholds. It gives the same answers in the same steps.</summary>
    /// <exception cref="ArgumentException">Its weights are real numbers, or a threshold is too large.</exception>
    public BstdgModel Export()
    {
        if (Options.Form != SynapseForm.Sign) throw new ArgumentException("its weights are real numbers; networks of binary weights can be exported");
        return this with { Weights = BstdgExport.Whole(Weights), IsExported = true };
    }

    /// <summary>Saves the model, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        var archive = new ArrayArchive(Kind, Version, new JsonObject
        {
            ["dataset"] = Dataset,
            ["rows"] = Rows,
            ["columns"] = Columns,
            ["split"] = Split,
            ["image"] = ModelReader.NameOf(View),
            ["duration"] = Duration,
            ["steps"] = Options.Steps,
            ["margin"] = Options.Margin,
            ["weights"] = ModelReader.NameOf(Options.Form),
            ["backward"] = ModelReader.NameOf(Options.BackwardForm),
            ["window"] = ModelReader.NameOf(Options.Window),
            ["windowSteps"] = Options.WindowSteps,
            ["late"] = Options.Late,
            ["shift"] = Options.Shift,
            ["rateFactor"] = Options.RateFactor,
            ["passes"] = Options.Passes,
            ["bound"] = Options.Bound,
            ["thresholds"] = ModelReader.NameOf(Options.Thresholds),
            ["leastThreshold"] = Options.LeastThreshold,
            ["layers"] = new JsonArray(Noted(Options, Options.First), Noted(Options, Options.Second)),
            ["seed"] = Seed,
            ["epochs"] = Epochs,
            ["samples"] = Samples,
            ["accuracy"] = new JsonObject { ["strict"] = Accuracy.Strict, ["generous"] = Accuracy.Generous },
            ["stateHash"] = StateHash,
        });
        if (IsExported)
        {
            archive.Metadata["exported"] = true;
            BstdgExport.Add(archive, Weights);
        }
        else
        {
            ModelReader.Add(archive, Weights);
        }
        archive.Save(path);
    }

    /// <summary>Loads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">Its kind; see <see cref="KindOf"/>.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, of another kind or version, or does not make sense.</exception>
    public static BstdgModel Load(string path, string kind)
    {
        var archive = ArrayArchive.Load(path, kind, Version);
        var reader = new ModelReader(archive);
        int rows = reader.Whole("rows", 1, short.MaxValue);
        int columns = reader.Whole("columns", 1, short.MaxValue);
        bool isExported = archive.Metadata.ContainsKey("exported") && archive.Require<bool>("exported");
        var weights = isExported ? BstdgExport.Read(archive, rows * columns) : reader.Weights((long)rows * columns, Layers, Layers);
        for (int l = 1; l <= Layers; l++)
        {
            int wrong = Array.FindIndex(weights.Biases(l), bias => bias >= 0);
            if (wrong >= 0) throw new ArchiveException(path, $"value {wrong} of \"b{l}\" is {weights.Biases(l)[wrong]}; it must be a threshold, negated");
        }
        if (archive.Metadata["layers"] is not JsonArray { Count: Layers } noted || noted.Any(layer => layer is not JsonObject))
            throw new ArchiveException(path, $"\"layers\" in its metadata must be {Layers} objects");
        BstdgLayer LayerOf(int l)
        {
            double Of(string name) => archive.Require<double>(noted[l]!.AsObject(), name);
            return new BstdgLayer(Of("rate"), Of("low"), Of("high"), Of("threshold"), Of("thresholdRate"));
        }
        var options = new BstdgOptions
        {
            Hidden = weights.Sizes[1],
            Steps = archive.Require<int>("steps"),
            Margin = archive.Require<int>("margin"),
            Form = reader.Named<SynapseForm>("weights"),
            BackwardForm = reader.Named<SynapseForm>("backward"),
            Window = reader.Named<TimingWindow>("window"),
            WindowSteps = archive.Require<double>("windowSteps"),
            Late = archive.Require<double>("late"),
            First = LayerOf(0),
            Second = LayerOf(1),
            Shift = archive.Require<double>("shift"),
            RateFactor = archive.Require<double>("rateFactor"),
            Passes = archive.Require<int>("passes"),
            Bound = archive.Require<double>("bound"),
            Thresholds = reader.Named<ThresholdTraining>("thresholds"),
            LeastThreshold = archive.Require<double>("leastThreshold"),
        };
        reader.Require(options.Validate);
        if (isExported && options.Form != SynapseForm.Sign) throw new ArchiveException(path, "is exported, and its weights are not signs");
        double duration = reader.Real("duration", double.MaxValue);
        if (duration > 0 && rows > options.Steps) throw new ArchiveException(path, $"has {rows} windows of time in {options.Steps} steps; at most as many");
        return new BstdgModel
        {
            Kind = kind,
            Weights = weights,
            Options = options,
            Dataset = archive.Require<string>("dataset"),
            Rows = rows,
            Columns = columns,
            Split = reader.Whole("split", 0),
            View = archive.Metadata.ContainsKey("image") ? reader.Named<ImageView>("image") : ImageView.Gray,
            Duration = duration,
            Seed = archive.Require<ulong>("seed"),
            Epochs = reader.Whole("epochs", 1),
            Samples = reader.Samples(),
            Accuracy = new BstdgAccuracy(reader.Accuracy("strict"), reader.Accuracy("generous")),
            StateHash = archive.Require<string>("stateHash"),
            IsExported = isExported,
        };
    }

    private static JsonObject Noted(BstdgOptions options, BstdgLayer layer) => new()
    {
        ["rate"] = layer.Rate, ["low"] = layer.InitialLow, ["high"] = layer.InitialHigh, ["threshold"] = layer.Threshold, ["thresholdRate"] = options.ThresholdRateOf(layer),
    };
}
