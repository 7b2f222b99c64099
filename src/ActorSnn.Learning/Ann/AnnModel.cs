using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Ann;

/// <summary>
/// A trained plain network and where it comes from.
/// <para>
/// <b>File.</b> An <see cref="ArrayArchive"/> of kind "ann-model", version 1, with the extension .actorsnn. Arrays, all f4: for each layer l from 1 its
/// weights <c>Wl</c> [sources, targets] and its biases <c>bl</c> [targets]. Metadata: <c>dataset</c>, <c>channels</c>, <c>rows</c> and <c>columns</c> of a sample
/// (inputs = channels * rows * columns), <c>bins</c> (time bins of a recording, whose means a sample is; 1 for images), <c>activation</c> ("logistic" or "hard-sigmoid"), <c>seed</c>, <c>epochs</c>, <c>rate</c>, <c>l2</c>, <c>dropout</c>,
/// <c>samples</c>, <c>accuracy</c> as a fraction on the test set. Of spike trains, whose rows are windows of time and whose columns are channels, <c>steps</c> that they were divided into and <c>duration</c>, seconds of
/// them that were shown; of images without a test part <c>split</c>, which of the splits was trained with, and <c>image</c>, what was shown of them: "gray" or "edges". The
/// numbers are 0 for other data sets, and files may lack these four.
/// </para>
/// </summary>
public sealed record AnnModel
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "ann-model";

    /// <summary>Version of the file format this build writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Extension of model files.</summary>
    public const string Extension = ".actorsnn";

    private const string Logistic = "logistic", HardSigmoid = "hard-sigmoid";

    /// <summary>The weights.</summary>
    public required LayerWeights Weights { get; init; }

    /// <summary>Activation of hidden neurons.</summary>
    public required HiddenActivation Activation { get; init; }

    /// <summary>Name of the data set trained on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Channels of a sample: 1 for gray images, 2 for events of two polarities.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Rows of a sample.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of a sample.</summary>
    public required int Columns { get; init; }

    /// <summary>Time bins of a recording, whose means a sample is; 1 for images.</summary>
    public int Bins { get; init; } = 1;

    /// <summary>Steps that a spike train is divided into; 0 for other data sets.</summary>
    public int Steps { get; init; }

    /// <summary>Seconds of a spike train that are shown; 0 for other data sets.</summary>
    public double Duration { get; init; }

    /// <summary>Which of the data set's splits it was trained with; 0 for a data set that has a test part.</summary>
    public int Split { get; init; }

    /// <summary>What of images without a test part is shown.</summary>
    public ImageView View { get; init; }

    /// <summary>Seed of the initial weights, of the order of samples, and of dropout.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Passes over the training set.</summary>
    public required int Epochs { get; init; }

    /// <summary>Learning rate of the first pass.</summary>
    public required double Rate { get; init; }

    /// <summary>Decay of weights.</summary>
    public double L2 { get; init; }

    /// <summary>Probability that a hidden neuron was left out of a sample.</summary>
    public double Dropout { get; init; }

    /// <summary>Samples learned from, over all passes.</summary>
    public required long Samples { get; init; }

    /// <summary>Fraction of the test set classified correctly at the end.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Saves the model, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        var archive = new ArrayArchive(Kind, Version, new JsonObject
        {
            ["dataset"] = Dataset,
            ["channels"] = Channels,
            ["rows"] = Rows,
            ["columns"] = Columns,
            ["bins"] = Bins,
            ["steps"] = Steps,
            ["duration"] = Duration,
            ["split"] = Split,
            ["image"] = ModelReader.NameOf(View),
            ["activation"] = Activation == HiddenActivation.Logistic ? Logistic : HardSigmoid,
            ["seed"] = Seed,
            ["epochs"] = Epochs,
            ["rate"] = Rate,
            ["l2"] = L2,
            ["dropout"] = Dropout,
            ["samples"] = Samples,
            ["accuracy"] = Accuracy,
        });
        ModelReader.Add(archive, Weights);
        archive.Save(path);
    }

    /// <summary>Loads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, of another kind or version, or does not make sense.</exception>
    public static AnnModel Load(string path)
    {
        var archive = ArrayArchive.Load(path, Kind, Version);
        var reader = new ModelReader(archive);
        int channels = reader.Whole("channels", 1, byte.MaxValue);
        int rows = reader.Whole("rows", 1, short.MaxValue);
        int columns = reader.Whole("columns", 1, short.MaxValue);
        string activation = archive.Require<string>("activation");
        bool Has(string name) => archive.Metadata.ContainsKey(name);
        // As many as there are gray values above 0.
        int steps = Has("steps") ? reader.Whole("steps", 0, byte.MaxValue) : 0;
        double duration = Has("duration") ? reader.Real("duration", double.MaxValue) : 0;
        if (duration > 0 && rows > steps) throw new ArchiveException(path, $"has {rows} windows of time in {steps} steps; at most as many");
        return new AnnModel
        {
            Weights = reader.Weights((long)channels * rows * columns, leastLayers: 1),
            Activation = activation switch
            {
                Logistic => HiddenActivation.Logistic,
                HardSigmoid => HiddenActivation.HardSigmoid,
                _ => throw new ArchiveException(path, $"\"activation\" in its metadata is \"{activation}\"; known are {Logistic}, {HardSigmoid}"),
            },
            Dataset = archive.Require<string>("dataset"),
            Channels = channels,
            Rows = rows,
            Columns = columns,
            Bins = reader.Whole("bins", 1, SteppedNeuronModel.MaxSampleSteps),
            Steps = steps,
            Duration = duration,
            Split = Has("split") ? reader.Whole("split", 0) : 0,
            View = Has("image") ? reader.Named<ImageView>("image") : ImageView.Gray,
            Seed = archive.Require<ulong>("seed"),
            Epochs = reader.Whole("epochs", 0),
            Rate = reader.Real("rate", double.MaxValue),
            L2 = reader.Real("l2", double.MaxValue),
            Dropout = reader.Real("dropout", 1),
            Samples = reader.Samples(),
            Accuracy = reader.Real("accuracy", 1),
        };
    }
}
