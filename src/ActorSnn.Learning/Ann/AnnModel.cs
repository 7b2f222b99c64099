using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Ann;

/// <summary>
/// A trained plain network and where it comes from.
/// <para>
/// <b>File.</b> An <see cref="ArrayArchive"/> of kind "ann-model", version 1, with the extension .actorsnn. Arrays, all f4: for each layer l from 1 its
/// weights <c>Wl</c> [sources, targets] and its biases <c>bl</c> [targets]. Metadata: <c>dataset</c>, <c>channels</c>, <c>rows</c> and <c>columns</c> of a sample
/// (inputs = channels * rows * columns), <c>bins</c> (time bins of a recording, whose means a sample is; 1 for images), <c>activation</c> ("logistic" or "hard-sigmoid"), <c>seed</c>, <c>epochs</c>, <c>rate</c>, <c>l2</c>, <c>dropout</c>,
/// <c>samples</c>, <c>accuracy</c> as a fraction on the test set.
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

    private const int MostOutputs = 256;
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
            ["activation"] = Activation == HiddenActivation.Logistic ? Logistic : HardSigmoid,
            ["seed"] = Seed,
            ["epochs"] = Epochs,
            ["rate"] = Rate,
            ["l2"] = L2,
            ["dropout"] = Dropout,
            ["samples"] = Samples,
            ["accuracy"] = Accuracy,
        });
        for (int l = 1; l <= Weights.Layers; l++)
        {
            archive.Add($"W{l}", Weights.Weights(l), Weights.Sizes[l - 1], Weights.Sizes[l]);
            archive.Add($"b{l}", Weights.Biases(l), Weights.Sizes[l]);
        }
        archive.Save(path);
    }

    /// <summary>Loads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, of another kind or version, or does not make sense.</exception>
    public static AnnModel Load(string path)
    {
        var archive = ArrayArchive.Load(path, Kind, Version);
        int Size(string name, int least, int most)
        {
            int value = archive.Require<int>(name);
            return value >= least && value <= most
                ? value
                : throw new ArchiveException(path, $"\"{name}\" in its metadata is {value}; it must be {least} to {most}");
        }
        double Real(string name, double most)
        {
            double value = archive.Require<double>(name);
            return value >= 0 && value <= most ? value : throw new ArchiveException(path, $"\"{name}\" in its metadata is {value}; it must be 0 to {most}");
        }

        int channels = Size("channels", 1, byte.MaxValue);
        int rows = Size("rows", 1, short.MaxValue);
        int columns = Size("columns", 1, short.MaxValue);
        long samples = archive.Require<long>("samples");
        if (samples < 0) throw new ArchiveException(path, $"\"samples\" in its metadata is {samples}; at least 0");
        string activation = archive.Require<string>("activation");
        return new AnnModel
        {
            Weights = WeightsOf(archive, (long)channels * rows * columns),
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
            Bins = Size("bins", 1, SteppedNeuronModel.MaxSampleSteps),
            Seed = archive.Require<ulong>("seed"),
            Epochs = Size("epochs", 0, int.MaxValue),
            Rate = Real("rate", double.MaxValue),
            L2 = Real("l2", double.MaxValue),
            Dropout = Real("dropout", 1),
            Samples = samples,
            Accuracy = Real("accuracy", 1),
        };
    }

    private static LayerWeights WeightsOf(ArrayArchive archive, long inputs)
    {
        int layers = archive.Names.Count() / 2;
        if (layers < 1) throw new ArchiveException(archive.File, "has no layers");
        if (inputs > int.MaxValue) throw new ArchiveException(archive.File, $"has samples of {inputs} values; at most {int.MaxValue}");
        var sizes = new List<int> { (int)inputs };
        var weights = new List<float[]>();
        var biases = new List<float[]>();
        for (int l = 1; l <= layers; l++)
        {
            weights.Add(Finite(archive, $"W{l}", archive.Get<float>($"W{l}", sizes[^1], -1)));
            sizes.Add(archive.ShapeOf($"W{l}")[1]);
            biases.Add(Finite(archive, $"b{l}", archive.Get<float>($"b{l}", sizes[^1])));
            if (sizes[^1] < 1) throw new ArchiveException(archive.File, $"has no neurons in layer {l}");
        }
        if (sizes[^1] > MostOutputs) throw new ArchiveException(archive.File, $"has {sizes[^1]} outputs; 1 to {MostOutputs}");
        return new LayerWeights([.. sizes], [.. weights], [.. biases]);
    }

    private static float[] Finite(ArrayArchive archive, string name, float[] values)
    {
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw new ArchiveException(archive.File, $"value {wrong} of \"{name}\" is {values[wrong]}; it must be finite");
    }
}
