using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Sbp;

/// <summary>
/// A trained sBP network and where it comes from.
/// <para>
/// <b>File.</b> An <see cref="ArrayArchive"/> of kind "sbp-model", version 1, with the extension .actorsnn. Arrays, both i2 in weight units (even
/// integers in [-256, 254]; 1024 stand for 1.0): <c>W1</c> [inputs, hidden] and <c>W2</c> [hidden, outputs]. Metadata: <c>dataset</c>,
/// <c>rows</c> and <c>columns</c> of an image, <c>crop</c> (pixels left out on each side; inputs = (rows - 2 crop)(columns - 2 crop)),
/// <c>inkThreshold</c> (smallest gray value that sets an input bit), <c>seed</c>, <c>epochs</c>, <c>samples</c>, <c>accuracy</c> {exact, spikes,
/// potential} as fractions on the test set, <c>stateHash</c>.
/// </para>
/// </summary>
public sealed record SbpModel
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "sbp-model";

    /// <summary>Version of the file format this build writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Extension of model files.</summary>
    public const string Extension = ".actorsnn";

    private const int MostOutputs = 256;

    /// <summary>The weights.</summary>
    public required SbpWeights Weights { get; init; }

    /// <summary>Name of the data set trained on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Rows of an image, before the crop.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of an image, before the crop.</summary>
    public required int Columns { get; init; }

    /// <summary>Pixels left out on each of the four sides.</summary>
    public required int Crop { get; init; }

    /// <summary>Smallest gray value that sets an input bit.</summary>
    public int InkThreshold { get; init; } = SbpEncoding.InkThreshold;

    /// <summary>Seed of the initial weights and of the sample order.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Passes over the training set.</summary>
    public required int Epochs { get; init; }

    /// <summary>Samples learned from, over all passes.</summary>
    public required long Samples { get; init; }

    /// <summary>Accuracy on the test set at the end.</summary>
    public required SbpAccuracy Accuracy { get; init; }

    /// <summary>State hash of the training network at the end.</summary>
    public required string StateHash { get; init; }

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
            ["crop"] = Crop,
            ["inkThreshold"] = InkThreshold,
            ["seed"] = Seed,
            ["epochs"] = Epochs,
            ["samples"] = Samples,
            ["accuracy"] = new JsonObject
            {
                ["exact"] = Accuracy.Exact,
                ["spikes"] = Accuracy.Spikes,
                ["potential"] = Accuracy.Potential,
            },
            ["stateHash"] = StateHash,
        });
        archive.Add("W1", ToUnits(Weights.W1), Weights.Inputs, Weights.Hidden);
        archive.Add("W2", ToUnits(Weights.W2), Weights.Hidden, Weights.Outputs);
        archive.Save(path);
    }

    /// <summary>Loads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, of another kind or version, or does not make sense.</exception>
    public static SbpModel Load(string path)
    {
        var archive = ArrayArchive.Load(path, Kind, Version);
        var reader = new ModelReader(archive);
        int rows = reader.Whole("rows", 1, short.MaxValue);
        int columns = reader.Whole("columns", 1, short.MaxValue);
        int crop = reader.Whole("crop", 0, (Math.Min(rows, columns) - 1) / 2);
        int inputs = (rows - 2 * crop) * (columns - 2 * crop);
        short[] w1 = archive.Get<short>("W1", inputs, -1);
        int hidden = archive.ShapeOf("W1")[1];
        short[] w2 = archive.Get<short>("W2", hidden, -1);
        int outputs = archive.ShapeOf("W2")[1];
        if (hidden < 1) throw new ArchiveException(path, $"has {hidden} hidden units; at least 1");
        if (outputs is < 1 or > MostOutputs) throw new ArchiveException(path, $"has {outputs} outputs; 1 to {MostOutputs}");
        return new SbpModel
        {
            Weights = new SbpWeights(inputs, hidden, outputs, FromUnits(path, "W1", w1), FromUnits(path, "W2", w2)),
            Dataset = archive.Require<string>("dataset"),
            Rows = rows,
            Columns = columns,
            Crop = crop,
            InkThreshold = reader.Whole("inkThreshold", SbpEncoding.InkThreshold, SbpEncoding.InkThreshold), // this build encodes with no other
            Seed = archive.Require<ulong>("seed"),
            Epochs = reader.Whole("epochs", 0),
            Samples = reader.Samples(),
            Accuracy = new SbpAccuracy(reader.Accuracy("exact"), reader.Accuracy("spikes"), reader.Accuracy("potential")),
            StateHash = archive.Require<string>("stateHash"),
        };
    }

    private static short[] ToUnits(sbyte[] halves) => Array.ConvertAll(halves, w => (short)(HebbianCoincidence.Step * w));

    private static sbyte[] FromUnits(string path, string name, short[] units)
    {
        var halves = new sbyte[units.Length];
        for (int i = 0; i < units.Length; i++)
        {
            if (!HebbianCoincidence.IsRepresentable(units[i]))
                throw new ArchiveException(path,
                    $"weight {i} of \"{name}\" is {units[i]}; weights are even integers in [{HebbianCoincidence.MinWeight}, {HebbianCoincidence.MaxWeight}]");
            halves[i] = (sbyte)(units[i] / HebbianCoincidence.Step);
        }
        return halves;
    }
}
