using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>
/// A trained SSNN-BP network and where it comes from.
/// <para>
/// <b>File.</b> An <see cref="ArrayArchive"/> of kind "ssnn-bp-model", version 1, with the extension .actorsnn. Arrays, all f4: for each layer l from 1 its weights <c>Wl</c> [sources, targets]
/// and its biases <c>bl</c> [targets], as they are without dropout. Metadata: <c>dataset</c>; <c>channels</c>, <c>rows</c> and <c>columns</c> of a sample as the network takes it
/// (inputs = channels * rows * columns; 2 channels are the OFF and the ON events of recordings); <c>recorded</c> (whether samples are recorded spikes and not intensities); <c>trainLength</c>,
/// <c>testLength</c>, <c>window</c>, <c>rate</c>, <c>gain</c>, <c>mode</c>, <c>activation</c>, <c>derivative</c>, <c>splitWeights</c>, <c>winner</c>, <c>l2</c>, <c>dropout</c>; <c>device</c>
/// {stepVariation, deviceVariation, asymmetry, bound, boundVariation} or null; <c>seed</c>, <c>epochs</c>, <c>samples</c>, <c>accuracy</c> {spikes, rate} as fractions on the
/// test set, <c>stateHash</c>.
/// </para>
/// </summary>
public sealed record SsnnBpModel
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "ssnn-bp-model";

    /// <summary>Version of the file format this build writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Extension of model files.</summary>
    public const string Extension = ".actorsnn";

    private const int MostOutputs = 256;

    /// <summary>The weights, without dropout.</summary>
    public required LayerWeights Weights { get; init; }

    /// <summary>What the network is like, and how it learned.</summary>
    public required SsnnBpOptions Options { get; init; }

    /// <summary>Steps of a sample when the network was judged.</summary>
    public required int TestLength { get; init; }

    /// <summary>Name of the data set trained on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Channels of a sample: 1 for images, 2 for events of two polarities.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Rows of a sample.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of a sample.</summary>
    public required int Columns { get; init; }

    /// <summary>Whether samples are recorded spikes, all of one length.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>Seed of the initial weights and of all that is drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Samples learned from, over all passes.</summary>
    public required long Samples { get; init; }

    /// <summary>Accuracy on the test set at the end.</summary>
    public required SsnnBpAccuracy Accuracy { get; init; }

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
            ["channels"] = Channels,
            ["rows"] = Rows,
            ["columns"] = Columns,
            ["recorded"] = IsRecorded,
            ["trainLength"] = Options.TrainLength,
            ["testLength"] = TestLength,
            ["window"] = Options.Window,
            ["rate"] = Options.Rate.Rate,
            ["gain"] = Options.Gain,
            ["mode"] = NameOf(Options.Membrane),
            ["activation"] = NameOf(Options.Activation),
            ["derivative"] = NameOf(Options.Derivative),
            ["splitWeights"] = Options.Split == BackwardSplit.ByWeight,
            ["winner"] = NameOf(Options.Winner),
            ["l2"] = Options.L2,
            ["dropout"] = Options.Dropout,
            ["device"] = Options.Device is not { } device ? null : new JsonObject
            {
                ["stepVariation"] = device.StepVariation,
                ["deviceVariation"] = device.DeviceVariation,
                ["asymmetry"] = device.Asymmetry,
                ["bound"] = device.Bound,
                ["boundVariation"] = device.BoundVariation,
            },
            ["seed"] = Seed,
            ["epochs"] = Options.Rate.Passes,
            ["samples"] = Samples,
            ["accuracy"] = new JsonObject { ["spikes"] = Accuracy.Spikes, ["rate"] = Accuracy.Rate },
            ["stateHash"] = StateHash,
        });
        for (int l = 1; l < Weights.Sizes.Length; l++)
        {
            archive.Add($"W{l}", Weights.Weights(l), Weights.Sizes[l - 1], Weights.Sizes[l]);
            archive.Add($"b{l}", Weights.Biases(l), Weights.Sizes[l]);
        }
        archive.Save(path);
    }

    /// <summary>Loads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, of another kind or version, or does not make sense.</exception>
    public static SsnnBpModel Load(string path)
    {
        var archive = ArrayArchive.Load(path, Kind, Version);
        int Size(string name, int least, int most)
        {
            int value = archive.Require<int>(name);
            return value >= least && value <= most
                ? value
                : throw new ArchiveException(path, $"\"{name}\" in its metadata is {value}; it must be {least} to {most}");
        }
        JsonObject Group(string name) => archive.Metadata[name] as JsonObject ?? throw new ArchiveException(path, $"\"{name}\" in its metadata is no object");

        int channels = Size("channels", 1, byte.MaxValue);
        int rows = Size("rows", 1, short.MaxValue);
        int columns = Size("columns", 1, short.MaxValue);
        var weights = WeightsOf(archive, (long)channels * rows * columns);
        var accuracy = Group("accuracy");
        double Fraction(string name)
        {
            double value = archive.Require<double>(accuracy, name);
            return value is >= 0 and <= 1 ? value : throw new ArchiveException(path, $"its accuracy \"{name}\" is {value}; it must be 0 to 1");
        }

        DeviceModel? device = null;
        if (archive.Metadata["device"] is not null)
        {
            var noted = Group("device");
            double Of(string name) => archive.Require<double>(noted, name);
            device = new DeviceModel(Of("stepVariation"), Of("deviceVariation"), Of("asymmetry"), Of("bound"), Of("boundVariation"));
        }
        var options = new SsnnBpOptions
        {
            Hidden = weights.Sizes[1..^1],
            TrainLength = archive.Require<int>("trainLength"),
            Window = archive.Require<int>("window"),
            Rate = new RateSchedule(archive.Require<double>("rate"), Size("epochs", 1, int.MaxValue)),
            Gain = archive.Require<double>("gain"),
            Membrane = Named<MembraneMode>(archive, "mode"),
            Activation = Named<SpikeActivation>(archive, "activation"),
            Derivative = Named<BackwardDerivative>(archive, "derivative"),
            Split = archive.Require<bool>("splitWeights") ? BackwardSplit.ByWeight : BackwardSplit.BySign,
            Winner = Named<WinnerDraw>(archive, "winner"),
            L2 = archive.Require<double>("l2"),
            Dropout = archive.Require<double>("dropout"),
            Device = device,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ArchiveException(path, $"its metadata make no sense: {e.Message}", e);
        }
        long samples = archive.Require<long>("samples");
        if (samples < 0) throw new ArchiveException(path, $"\"samples\" in its metadata is {samples}; at least 0");
        return new SsnnBpModel
        {
            Weights = weights,
            Options = options,
            TestLength = Size("testLength", 1, SteppedNeuronModel.MaxSampleSteps),
            Dataset = archive.Require<string>("dataset"),
            Channels = channels,
            Rows = rows,
            Columns = columns,
            IsRecorded = archive.Require<bool>("recorded"),
            Seed = archive.Require<ulong>("seed"),
            Samples = samples,
            Accuracy = new SsnnBpAccuracy(Fraction("spikes"), Fraction("rate")),
            StateHash = archive.Require<string>("stateHash"),
        };
    }

    private static string NameOf<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static T Named<T>(ArrayArchive archive, string name) where T : struct, Enum
    {
        string text = archive.Require<string>(name);
        foreach (var value in Enum.GetValues<T>())
        {
            if (NameOf(value) == text) return value;
        }
        throw new ArchiveException(archive.File, $"\"{name}\" in its metadata is \"{text}\"; known are {string.Join(", ", Enum.GetValues<T>().Select(NameOf))}");
    }

    private static LayerWeights WeightsOf(ArrayArchive archive, long inputs)
    {
        int layers = archive.Names.Count() / 2;
        if (layers < 2) throw new ArchiveException(archive.File, $"has {layers} layers of weights; at least 2");
        if (inputs > int.MaxValue) throw new ArchiveException(archive.File, $"has samples of {inputs} values; at most {int.MaxValue}");
        var sizes = ImmutableArray.CreateBuilder<int>();
        sizes.Add((int)inputs);
        var weights = new float[layers][];
        var biases = new float[layers][];
        for (int l = 1; l <= layers; l++)
        {
            weights[l - 1] = Finite(archive, $"W{l}", archive.Get<float>($"W{l}", sizes[^1], -1));
            sizes.Add(archive.ShapeOf($"W{l}")[1]);
            biases[l - 1] = Finite(archive, $"b{l}", archive.Get<float>($"b{l}", sizes[^1]));
            if (sizes[^1] < 1) throw new ArchiveException(archive.File, $"has no neurons in layer {l}");
        }
        if (sizes[^1] > MostOutputs) throw new ArchiveException(archive.File, $"has {sizes[^1]} outputs; 1 to {MostOutputs}");
        return new LayerWeights([.. sizes], weights, biases);
    }

    private static float[] Finite(ArrayArchive archive, string name, float[] values)
    {
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw new ArchiveException(archive.File, $"value {wrong} of \"{name}\" is {values[wrong]}; it must be finite");
    }
}
