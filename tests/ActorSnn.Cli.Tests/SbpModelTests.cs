using System.Text.Json.Nodes;
using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Tests;

public sealed class SbpModelTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_model_comes_back_as_it_was_saved()
    {
        var model = Small();
        model.Save(_cli.At("m"));
        var loaded = SbpModel.Load(_cli.At("m"));
        Assert.Equal(model.Weights.W1, loaded.Weights.W1);
        Assert.Equal(model.Weights.W2, loaded.Weights.W2);
        Assert.Equal((16, 3, 2), (loaded.Weights.Inputs, loaded.Weights.Hidden, loaded.Weights.Outputs));
        Assert.Equal(model with { Weights = loaded.Weights }, loaded);
    }

    [Fact]
    public void Weights_are_stored_in_weight_units()
    {
        Small().Save(_cli.At("m"));
        var archive = ArrayArchive.Load(_cli.At("m"), "sbp-model", 1);
        Assert.Equal([-256, 254, 0, 2, -2, 100], archive.Get<short>("W2", 3, 2));
        Assert.Equal([16, 3], archive.ShapeOf("W1").ToArray());
    }

    [Theory]
    [InlineData("odd", "weight 1 of \"W2\" is 3; weights are even integers in [-256, 254]")]
    [InlineData("high", "weight 1 of \"W2\" is 256; weights are even integers in [-256, 254]")]
    [InlineData("low", "weight 1 of \"W2\" is -258; weights are even integers in [-256, 254]")]
    [InlineData("inputs", "array \"W1\" is i2 [15,3]; it must be i2 [16,any]")]
    [InlineData("hidden", "array \"W2\" is i2 [4,2]; it must be i2 [3,any]")]
    [InlineData("outputs", "has 0 outputs; 1 to 256")]
    [InlineData("type", "array \"W1\" is i1 [16,3]; it must be i2 [16,any]")]
    [InlineData("missing", "has no array \"W2\"")]
    [InlineData("crop", "\"crop\" in its metadata is 3; it must be 0 to 2")]
    [InlineData("rows", "\"rows\" in its metadata is 0; it must be 1 to 32767")]
    [InlineData("ink", "\"inkThreshold\" in its metadata is 128; it must be 129 to 129")]
    [InlineData("accuracy", "its accuracy \"exact\" is 1.5; it must be 0 to 1")]
    [InlineData("no accuracy", "\"accuracy\" in its metadata is no object")]
    [InlineData("samples", "\"samples\" in its metadata is -1; at least 0")]
    [InlineData("seed", "\"seed\" in its metadata is -1; it must be a number in range")]
    [InlineData("dataset", "\"dataset\" in its metadata is missing; it must be a text")]
    public void A_model_that_makes_no_sense_is_refused(string wrong, string reason)
    {
        Small().Save(_cli.At("m"));
        var good = ArrayArchive.Load(_cli.At("m"), SbpModel.Kind, SbpModel.Version);
        var metadata = good.Metadata.DeepClone().AsObject();
        short[] w1 = new short[16 * 3], w2 = new short[3 * 2];
        switch (wrong)
        {
            case "odd": w2[1] = 3; break;
            case "high": w2[1] = 256; break;
            case "low": w2[1] = -258; break;
            case "crop": metadata["crop"] = 3; break;
            case "rows": metadata["rows"] = 0; break;
            case "ink": metadata["inkThreshold"] = 128; break;
            case "accuracy": metadata["accuracy"]!["exact"] = 1.5; break;
            case "no accuracy": metadata["accuracy"] = 1; break;
            case "samples": metadata["samples"] = -1; break;
            case "seed": metadata["seed"] = -1; break;
            case "dataset": metadata.Remove("dataset"); break;
        }
        var bad = new ArrayArchive(SbpModel.Kind, SbpModel.Version, metadata);
        if (wrong == "inputs") bad.Add("W1", w1[..45], 15, 3);
        else if (wrong == "type") bad.Add("W1", new sbyte[48], 16, 3);
        else bad.Add("W1", w1, 16, 3);
        if (wrong == "hidden") bad.Add("W2", new short[8], 4, 2);
        else if (wrong == "outputs") bad.Add("W2", Array.Empty<short>(), 3, 0);
        else if (wrong != "missing") bad.Add("W2", w2, 3, 2);
        bad.Save(_cli.At("m"));
        var e = Assert.Throws<ArchiveException>(() => SbpModel.Load(_cli.At("m")));
        Assert.Equal($"{_cli.At("m")}: {reason}", e.Message);
    }

    /// <summary>16-3-2 on images of 6x6 cropped to 4x4.</summary>
    internal static SbpModel Small() => new()
    {
        Weights = new SbpWeights(16, 3, 2, [.. Enumerable.Range(-24, 48).Select(i => (sbyte)i)], [-128, 127, 0, 1, -1, 50]),
        Dataset = "synth",
        Rows = 6,
        Columns = 6,
        Crop = 1,
        Seed = ulong.MaxValue,
        Epochs = 4,
        Samples = 240,
        Accuracy = new SbpAccuracy(0.25, 0.5, 1.0 / 3),
        StateHash = new string('a', 64),
    };
}
