using System.Text.Json.Nodes;
using ActorSnn.Learning.Ann;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Ann;

public sealed class AnnModelTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-ann-").FullName;

    private string File => Path.Combine(_directory, "m.actorsnn");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(HiddenActivation.Logistic)]
    [InlineData(HiddenActivation.HardSigmoid)]
    public void A_model_comes_back_as_it_was_saved(HiddenActivation activation)
    {
        var model = Small() with { Activation = activation };
        model.Save(File);
        var loaded = AnnModel.Load(File);
        Assert.Equal([12, 4, 3, 2], loaded.Weights.Sizes.ToArray());
        for (int l = 1; l <= 3; l++)
        {
            Assert.Equal(model.Weights.Weights(l), loaded.Weights.Weights(l));
            Assert.Equal(model.Weights.Biases(l), loaded.Weights.Biases(l));
        }
        Assert.Equal(model with { Weights = loaded.Weights }, loaded);
    }

    [Theory]
    [InlineData("dataset", null, "\"dataset\" in its metadata is missing; it must be a text")]
    [InlineData("channels", 0, "\"channels\" in its metadata is 0; it must be 1 to 255")]
    [InlineData("rows", 3, "array \"W1\" is f4 [12,4]; it must be f4 [18,any]")]
    [InlineData("columns", 99999, "\"columns\" in its metadata is 99999; it must be 1 to 32767")]
    [InlineData("activation", "step", "\"activation\" in its metadata is \"step\"; known are logistic, hard-sigmoid")]
    [InlineData("seed", -1, "\"seed\" in its metadata is -1; it must be a number in range")]
    [InlineData("rate", -0.5, "\"rate\" in its metadata is -0.5; it must be 0 to 1.7976931348623157E+308")]
    [InlineData("dropout", 2, "\"dropout\" in its metadata is 2; it must be 0 to 1")]
    [InlineData("samples", -1, "\"samples\" in its metadata is -1; at least 0")]
    [InlineData("accuracy", 1.5, "\"accuracy\" in its metadata is 1.5; it must be 0 to 1")]
    public void Metadata_that_make_no_sense_are_refused(string name, object? value, string reason)
    {
        Small().Save(File);
        Save(Load(), metadata => metadata[name] = value is null ? null : JsonNode.Parse(value is string text ? $"\"{text}\"" : FormattableString.Invariant($"{value}")));
        Refused(reason);
    }

    [Fact]
    public void Arrays_that_make_no_sense_are_refused()
    {
        Small().Save(File);
        var good = Load();
        Save(good, drop: "b2");
        Refused("has no array \"W3\"", "has no array \"b2\"");
        Save(good, replace: ("b3", [1, float.NaN]));
        Refused("value 1 of \"b3\" is NaN; it must be finite");
        Save(good, replace: ("b3", [1, 2, 3]));
        Refused("array \"b3\" is f4 [3]; it must be f4 [2]");
        new ArrayArchive(AnnModel.Kind, AnnModel.Version, good.Metadata.DeepClone().AsObject()).Save(File);
        Refused("has no layers");
    }

    private ArrayArchive Load() => ArrayArchive.Load(File, AnnModel.Kind, AnnModel.Version);

    private void Save(ArrayArchive good, Action<JsonObject>? edit = null, string? drop = null, (string Name, float[] Values)? replace = null)
    {
        var metadata = good.Metadata.DeepClone().AsObject();
        edit?.Invoke(metadata);
        var bad = new ArrayArchive(AnnModel.Kind, AnnModel.Version, metadata);
        foreach (string name in good.Names.Where(n => n != drop))
        {
            if (replace?.Name == name) bad.Add(name, replace.Value.Values, replace.Value.Values.Length);
            else if (good.ShapeOf(name) is [var size]) bad.Add(name, good.Get<float>(name, -1), size);
            else bad.Add(name, good.Get<float>(name, -1, -1), good.ShapeOf(name)[0], good.ShapeOf(name)[1]);
        }
        bad.Save(File);
    }

    private void Refused(params string[] reasons)
    {
        string message = Assert.Throws<ArchiveException>(() => AnnModel.Load(File)).Message;
        Assert.True(reasons.Any(message.Contains), message);
        Assert.DoesNotContain('\n', message);
    }

    private static AnnModel Small() => new()
    {
        Weights = LayerWeights.Initialise([12, 4, 3, 2], 1), Activation = HiddenActivation.Logistic, Dataset = "synth", Channels = 2, Rows = 2, Columns = 3,
        Seed = ulong.MaxValue, Epochs = 3, Rate = 0.1, L2 = 1e-5, Dropout = 0.25, Samples = 60_000, Accuracy = 0.875,
    };
}
