using ActorSnn.Learning.Bstdg;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Learning.Tests.SsnnBp;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>One bit a weight and whole thresholds answer as the trained network does, ties and silence included.</summary>
public sealed class BstdgExportTests : IDisposable
{
    private const int Inputs = 70;
    private const int Classes = 12;
    private const int Samples = 400;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(6, 5)]
    [InlineData(20, 20)]
    public void Answers_are_the_same(double hiddenThreshold, double outputThreshold)
    {
        var options = new BstdgOptions
        {
            Hidden = 90, Margin = 2, Shift = 2, First = new BstdgLayer(0.2, -1, 1.3, hiddenThreshold), Second = new BstdgLayer(0.2, -1, 1.3, outputThreshold), ThresholdRate = 0.3,
        };
        var task = SsnnBpImages.Draw(Inputs, Classes, Samples, seed: 8);
        var frames = new IntensityFrames(Samples, Inputs, task.Pixels);
        var trained = new BstdgReference(BstdgWeights.Initialise(Inputs, Classes, options, seed: 3), options);
        for (int n = 0; n < Samples / 2; n++) trained.Train(frames[n], task.Labels[n], 0);
        var model = ModelOf(trained, options);
        Assert.Contains(trained.Thresholds(2), t => t != Math.Floor(t));

        model.Export().Save(_file);
        var loaded = BstdgModel.Load(_file, model.Kind);
        Assert.True(loaded.IsExported);
        Assert.All(loaded.Weights.Weights(1).Concat(loaded.Weights.Weights(2)), w => Assert.True(w is -1 or 1));
        Assert.All(loaded.Weights.Biases(1), b => Assert.Equal(Math.Floor(b), b));
        var whole = new BstdgReference(loaded.Weights, loaded.Options);
        int ties = 0, silent = 0;
        for (int n = 0; n < Samples; n++)
        {
            var expected = trained.Answer(frames[n]);
            var answer = whole.Answer(frames[n]);
            Assert.Equal(expected.Hidden, answer.Hidden);
            Assert.Equal(expected.Output, answer.Output);
            Assert.Equal((expected.Answer, expected.Decision), (answer.Answer, answer.Decision));
            if (expected.Decision == options.Steps) silent++;
            else if (expected.Output.Count(t => t == expected.Decision) > 1) ties++;
        }
        Assert.True(hiddenThreshold < 10 ? ties > 10 : silent > 10, $"{ties} ties, {silent} without a spike");
    }

    [Fact]
    public void Outputs_of_equal_fractions_stay_in_their_order()
    {
        var options = new BstdgOptions { Hidden = 2 };
        var weights = new LayerWeights([1, 2, 4], [[1, -1], [1, 1, 1, 1, -1, -1, -1, -1]], [[-1, -1.25f], [-1.5f, -1.25f, -1.5f, -2]]);
        var exported = ModelOf(weights, options).Export().Weights;
        // Whole thresholds of 2, less the order of what is beyond them: 0 for the whole one, and more for 1.25 than for 1.5.
        Assert.Equal([-2 + 1 / 256f, -2 + 2 / 256f, -2 + 1 / 256f, -2], exported.Biases(2));
        Assert.Equal([-1, -2], exported.Biases(1));
    }

    [Fact]
    public void Real_weights_and_what_no_float_holds_are_refused()
    {
        var weights = new LayerWeights([1, 1, 1], [[1], [1]], [[-1], [-70_000]]);
        Assert.Contains("real numbers", Assert.Throws<ArgumentException>(() => ModelOf(weights, new BstdgOptions { Hidden = 1, Form = SynapseForm.Real }).Export()).Message);
        Assert.Contains("a threshold of 70000", Assert.Throws<ArgumentException>(() => ModelOf(weights, new BstdgOptions { Hidden = 1 }).Export()).Message);
    }

    [Fact]
    public void Files_that_make_no_sense_are_refused()
    {
        var model = ModelOf(new LayerWeights([3, 2, 2], [[1, -1, 1, 1, -1, 1], [1, 1, -1, 1]], [[-1, -2], [-1, -2]]), new BstdgOptions { Hidden = 2 }).Export();
        foreach (var (array, spoil, reason) in new (string, Action<Array>, string)[]
        {
            ("S1", a => ((ulong[])a)[0] |= 8, "has signs in \"S1\" of more than 3 neurons"),
            ("t1", a => ((long[])a)[1] = 0, "value 1 of \"t1\" is 0; it must be 1 to 16777216"),
            ("order2", a => ((short[])a)[0] = -1, "value 0 of \"order2\" is -1; it must be 0 to 255"),
        })
        {
            model.Save(_file);
            var whole = ArrayArchive.Load(_file, model.Kind, BstdgModel.Version);
            var spoiled = new ArrayArchive(whole.Kind, whole.Version, (System.Text.Json.Nodes.JsonObject)whole.Metadata.DeepClone());
            foreach (string name in whole.Names)
            {
                if (name.StartsWith('S')) Copy<ulong>(name);
                else if (name.StartsWith('t')) Copy<long>(name);
                else Copy<short>(name);
            }
            spoiled.Save(_file);
            Assert.Contains(reason, Assert.Throws<ArchiveException>(() => BstdgModel.Load(_file, model.Kind)).Message);

            void Copy<T>(string name) where T : unmanaged
            {
                int[] shape = [.. whole.ShapeOf(name)];
                var values = whole.Get<T>(name, shape);
                if (name == array) spoil(values);
                spoiled.Add(name, values, shape);
            }
        }
    }

    private static BstdgModel ModelOf(BstdgReference trained, BstdgOptions options) => ModelOf(
        new LayerWeights(
            [Inputs, options.Hidden, Classes], [[.. trained.Weights(1)], [.. trained.Weights(2)]], [[.. trained.Thresholds(1).Select(t => -t)], [.. trained.Thresholds(2).Select(t => -t)]]), options);

    private static BstdgModel ModelOf(LayerWeights weights, BstdgOptions options) => new()
    {
        Kind = BstdgModel.KindOf("bstdg"), Weights = weights, Options = options, Dataset = "synth", Rows = 1, Columns = weights.Sizes[0], Seed = 1, Epochs = 1, Samples = 1, Accuracy = new(1, 1), StateHash = "",
    };
}
