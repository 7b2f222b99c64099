using ActorSnn.Cores;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>Classes that differ in nothing but the order of their inputs are told apart after a few passes.</summary>
public class BstdgLearningTests
{
    private const int Inputs = 40;
    private const int Samples = 200;
    private const int Passes = 3;
    private const ulong Seed = 7;

    private static readonly BstdgOptions Options = new()
    {
        Hidden = 40, Steps = 8, Margin = 1, Shift = 1, Passes = Passes, First = new BstdgLayer(0.1, -1, 1.3, 4), Second = new BstdgLayer(0.1, -1, 1.3, 4),
    };

    [Theory]
    [InlineData(SynapseForm.Sign)]
    [InlineData(SynapseForm.Real)]
    public void Two_classes_are_learned_from_latencies_alone_and_the_same_in_every_run(SynapseForm form)
    {
        var options = Options with { Form = form, BackwardForm = form };
        var initial = BstdgWeights.Initialise(Inputs, 2, options, Seed);
        var (learned, hash) = Learn(initial, options, cores: 1, threads: 1);
        Assert.Equal(hash, Learn(initial, options, cores: 3, threads: 2).Hash);
        double before = Accuracy(initial, options), after = Accuracy(learned, options);
        Assert.True(after > 0.95, $"seed {Seed}: {after}, before learning {before}");
        Assert.True(before < 0.8, $"seed {Seed}: {before} without learning");
    }

    /// <summary>In class 0 the first half of the inputs tends to be early and the second half late, in class 1 the other way round. All spike.</summary>
    private static (IntensityFrames Frames, byte[] Labels) Draw(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[Samples * Inputs];
        var labels = new byte[Samples];
        for (int n = 0; n < Samples; n++)
        {
            labels[n] = (byte)random.Next(2);
            for (int i = 0; i < Inputs; i++)
            {
                bool isEarly = i < Inputs / 2 == (labels[n] == 0);
                bytes[n * Inputs + i] = LatencySource.IntensityOf(isEarly ? random.Next(0, 5) : random.Next(2, 7), Options.Steps);
            }
        }
        return (new IntensityFrames(Samples, Inputs, bytes), labels);
    }

    private static (LayerWeights Learned, string Hash) Learn(LayerWeights initial, BstdgOptions options, int cores, int threads)
    {
        var (frames, labels) = Draw(seed: 1);
        var network = BstdgCircuit.Training(initial, frames, labels, options, Seed);
        using var mesh = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads));
        mesh.RunTo(BstdgCircuit.TickAfterSamples(options, Passes * Samples));
        var state = mesh.Capture();
        return (BstdgCircuit.Learned(network, p => state.Units[p.Index]!), state.Hash());
    }

    /// <summary>Fraction of right answers to samples that were not learned from.</summary>
    private static double Accuracy(LayerWeights weights, BstdgOptions options)
    {
        var (frames, labels) = Draw(seed: 2);
        var recordings = new BstdgTrial(weights, frames, labels, options).Record(exitsEarly: false, cores: 1);
        var tally = new BstdgTally(options, labels, 2);
        tally.Add(
            recordings.Spikes(BstdgCircuit.Answers), recordings.Spikes(BstdgCircuit.OutputSpikes), recordings.Spikes(BstdgCircuit.HiddenSpikes), recordings.Spikes(BstdgCircuit.InputSpikes));
        return tally.Score().Accuracy.Strict;
    }
}
