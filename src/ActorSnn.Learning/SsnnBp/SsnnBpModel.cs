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
            ["mode"] = ModelReader.NameOf(Options.Membrane),
            ["activation"] = ModelReader.NameOf(Options.Activation),
            ["derivative"] = ModelReader.NameOf(Options.Derivative),
            ["splitWeights"] = Options.Split == BackwardSplit.ByWeight,
            ["winner"] = ModelReader.NameOf(Options.Winner),
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
        ModelReader.Add(archive, Weights);
        archive.Save(path);
    }

    /// <summary>Loads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, of another kind or version, or does not make sense.</exception>
    public static SsnnBpModel Load(string path)
    {
        var archive = ArrayArchive.Load(path, Kind, Version);
        var reader = new ModelReader(archive);
        int channels = reader.Whole("channels", 1, byte.MaxValue);
        int rows = reader.Whole("rows", 1, short.MaxValue);
        int columns = reader.Whole("columns", 1, short.MaxValue);
        var weights = reader.Weights((long)channels * rows * columns, leastLayers: 2);

        DeviceModel? device = null;
        if (archive.Metadata["device"] is not null)
        {
            var noted = reader.Group("device");
            double Of(string name) => archive.Require<double>(noted, name);
            device = new DeviceModel(Of("stepVariation"), Of("deviceVariation"), Of("asymmetry"), Of("bound"), Of("boundVariation"));
        }
        var options = new SsnnBpOptions
        {
            Hidden = weights.Sizes[1..^1],
            TrainLength = archive.Require<int>("trainLength"),
            Window = archive.Require<int>("window"),
            Rate = new RateSchedule(archive.Require<double>("rate"), reader.Whole("epochs", 1)),
            Gain = archive.Require<double>("gain"),
            Membrane = reader.Named<MembraneMode>("mode"),
            Activation = reader.Named<SpikeActivation>("activation"),
            Derivative = reader.Named<BackwardDerivative>("derivative"),
            Split = archive.Require<bool>("splitWeights") ? BackwardSplit.ByWeight : BackwardSplit.BySign,
            Winner = reader.Named<WinnerDraw>("winner"),
            L2 = archive.Require<double>("l2"),
            Dropout = archive.Require<double>("dropout"),
            Device = device,
        };
        reader.Require(options.Validate);
        return new SsnnBpModel
        {
            Weights = weights,
            Options = options,
            TestLength = reader.Whole("testLength", 1, SteppedNeuronModel.MaxSampleSteps),
            Dataset = archive.Require<string>("dataset"),
            Channels = channels,
            Rows = rows,
            Columns = columns,
            IsRecorded = archive.Require<bool>("recorded"),
            Seed = archive.Require<ulong>("seed"),
            Samples = reader.Samples(),
            Accuracy = new SsnnBpAccuracy(reader.Accuracy("spikes"), reader.Accuracy("rate")),
            StateHash = archive.Require<string>("stateHash"),
        };
    }
}
