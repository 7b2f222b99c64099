using System.Text.Json.Nodes;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.SsnnBp;

public sealed class SsnnBpModelTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("actorsnn-test-").FullName, "m");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void A_model_comes_back_as_it_was_saved()
    {
        var model = Small();
        model.Save(_file);
        var loaded = SsnnBpModel.Load(_file);
        Assert.Equal(model.Weights.Sizes.ToArray(), loaded.Weights.Sizes.ToArray());
        for (int l = 1; l <= 2; l++)
        {
            Assert.Equal(model.Weights.Weights(l), loaded.Weights.Weights(l));
            Assert.Equal(model.Weights.Biases(l), loaded.Weights.Biases(l));
        }
        Assert.Equal(model.Options.Hidden.ToArray(), loaded.Options.Hidden.ToArray());
        Assert.Equal(model with { Weights = loaded.Weights, Options = loaded.Options }, loaded);
        Assert.Equal(model.Options with { Hidden = loaded.Options.Hidden }, loaded.Options);
    }

    [Theory]
    [InlineData("window", "3", "its metadata make no sense: a window of 3 steps; give one that divides the train length 8")]
    [InlineData("mode", "\"leaky\"", "\"mode\" in its metadata is \"leaky\"; known are integrate, memoryless")]
    [InlineData("rows", "5", "array \"W1\" is f4 [6,4]; it must be f4 [15,any]")]
    [InlineData("testLength", "0", "\"testLength\" in its metadata is 0; it must be 1 to 65536")]
    [InlineData("accuracy", "{\"spikes\":2,\"rate\":0}", "its accuracy \"spikes\" is 2; it must be 0 to 1")]
    [InlineData("device", "{}", "\"stepVariation\" in its metadata is missing; it must be a number")]
    [InlineData("samples", "-1", "\"samples\" in its metadata is -1; at least 0")]
    [InlineData("epochs", "0", "\"epochs\" in its metadata is 0; it must be 1 to 2147483647")]
    public void A_model_that_makes_no_sense_is_refused(string field, string value, string reason)
    {
        Small().Save(_file);
        var good = ArrayArchive.Load(_file, SsnnBpModel.Kind, SsnnBpModel.Version);
        var metadata = good.Metadata.DeepClone().AsObject();
        metadata[field] = JsonNode.Parse(value);
        Copy(good, metadata, weight => weight).Save(_file);
        Assert.Contains(reason, Assert.Throws<ArchiveException>(() => SsnnBpModel.Load(_file)).Message);
    }

    [Fact]
    public void Weights_must_be_finite()
    {
        Small().Save(_file);
        var good = ArrayArchive.Load(_file, SsnnBpModel.Kind, SsnnBpModel.Version);
        Copy(good, good.Metadata.DeepClone().AsObject(), _ => float.NaN).Save(_file);
        Assert.Contains("value 0 of \"W1\" is NaN; it must be finite", Assert.Throws<ArchiveException>(() => SsnnBpModel.Load(_file)).Message);
    }

    private static ArrayArchive Copy(ArrayArchive good, JsonObject metadata, Func<float, float> change)
    {
        var copy = new ArrayArchive(SsnnBpModel.Kind, SsnnBpModel.Version, metadata);
        copy.Add("W1", Array.ConvertAll(good.Get<float>("W1", 6, 4), w => change(w)), 6, 4);
        copy.Add("b1", good.Get<float>("b1", 4), 4);
        copy.Add("W2", good.Get<float>("W2", 4, 3), 4, 3);
        copy.Add("b2", good.Get<float>("b2", 3), 3);
        return copy;
    }

    private static SsnnBpModel Small() => new()
    {
        Weights = LayerWeights.Initialise([6, 4, 3], seed: 5),
        Options = new SsnnBpOptions
        {
            Hidden = [4], TrainLength = 8, Window = 4, Rate = new RateSchedule(0.2, 3), Gain = 2, Membrane = MembraneMode.Memoryless, Activation = SpikeActivation.Hard,
            Derivative = BackwardDerivative.Spike, Split = BackwardSplit.ByWeight, Winner = WinnerDraw.Race, L2 = 1e-4, Dropout = 0.25, Device = new DeviceModel(0.3, 0.2, 0.01, 0.6, 0.1),
        },
        TestLength = 16,
        Dataset = "synth",
        Rows = 2,
        Columns = 3,
        Seed = 5,
        Samples = 60,
        Accuracy = new SsnnBpAccuracy(0.5, 0.75),
        StateHash = "ab",
    };
}
