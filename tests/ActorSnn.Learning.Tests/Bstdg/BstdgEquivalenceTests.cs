using ActorSnn.Cores;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Learning.Tests.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>The mesh computes what the plain reference computes, bit for bit.</summary>
public class BstdgEquivalenceTests
{
    private const int Inputs = 70;
    private const int Classes = 4;

    private static readonly BstdgOptions Small = new()
    {
        Hidden = 90, Steps = 8, Margin = 2, Shift = 2, Passes = 3, First = new BstdgLayer(0.2, -1, 1.3, 6), Second = new BstdgLayer(0.2, -1, 1.3, 5), ThresholdRate = 0.05,
    };

    public static TheoryData<string> Variants { get; } = [.. Options.Keys];

    private static Dictionary<string, BstdgOptions> Options => new()
    {
        ["usual"] = Small,
        ["four steps"] = Small with { Steps = 4 },
        ["sixteen steps, margin 1"] = Small with { Steps = 16, Margin = 1, Shift = 0 },
        ["real weights"] = Small with { Form = SynapseForm.Real, BackwardForm = SynapseForm.Real, Bound = 50, First = new BstdgLayer(0.2, 0, 1, 4), Second = new BstdgLayer(0.2, 0, 3, 6), Thresholds = ThresholdTraining.Fixed },
        ["back through real weights"] = Small with { BackwardForm = SynapseForm.Real, Bound = 10, RateFactor = 0.9, Passes = 0 },
        ["one threshold a layer"] = Small with { Thresholds = ThresholdTraining.Layer },
        ["fixed thresholds"] = Small with { Thresholds = ThresholdTraining.Fixed },
        ["thresholds of their own rates"] = Small with { First = Small.First with { ThresholdRate = 0.4 } },
        ["stdp"] = Small with { Window = TimingWindow.Stdp, Late = 0.25 },
        ["exp"] = Small with { Window = TimingWindow.Exp, WindowSteps = 3 },
        ["linear"] = Small with { Window = TimingWindow.Linear },
        ["hardly anybody spikes"] = Small with { First = Small.First with { Threshold = 20 }, Second = Small.Second with { Threshold = 20 } },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_mesh_equals_the_reference_after_every_sample(string variant)
    {
        var options = Options[variant];
        const int Samples = 60;
        var task = SsnnBpImages.Draw(Inputs, Classes, Samples, seed: 5);
        var frames = new IntensityFrames(Samples, Inputs, task.Pixels);
        var initial = BstdgWeights.Initialise(Inputs, Classes, options, seed: 3);
        var reference = new BstdgReference(initial, options);
        var network = BstdgCircuit.Training(initial, frames, task.Labels, options, seed: 3, shuffled: false);
        using var mesh = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(3)), new MeshOptions(2));
        int changed = 0;
        for (int n = 0; n < 2 * Samples; n++)
        {
            var before = reference.Weights(1);
            reference.Train(frames[n % Samples], task.Labels[n % Samples], n / Samples);
            if (!before.SequenceEqual(reference.Weights(1))) changed++;
            mesh.RunTo(BstdgCircuit.TickAfterSamples(options, n + 1));
            AssertSame(reference, network, mesh.Capture(), $"{variant}, sample {n}");
        }
        if (variant != "hardly anybody spikes") Assert.InRange(changed, 20, 2 * Samples);
    }

    [Fact]
    public void Cores_and_threads_change_nothing()
    {
        const int Samples = 500;
        var options = Small with { Hidden = 200 };
        var task = SsnnBpImages.Draw(Inputs, Classes, Samples, seed: 6);
        var frames = new IntensityFrames(Samples, Inputs, task.Pixels);
        var initial = BstdgWeights.Initialise(Inputs, Classes, options, seed: 3);
        var reference = new BstdgReference(initial, options);
        for (int n = 0; n < Samples; n++) reference.Train(frames[n], task.Labels[n], 0);
        var network = BstdgCircuit.Training(initial, frames, task.Labels, options, seed: 3, shuffled: false);
        var hashes = new HashSet<string>();
        foreach (var (cores, threads) in new[] { (1, 1), (3, 1), (3, 2), (8, 1), (8, 2) })
        {
            using var mesh = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads));
            mesh.RunTo(BstdgCircuit.TickAfterSamples(options, Samples));
            var state = mesh.Capture();
            AssertSame(reference, network, state, $"{cores} cores, {threads} threads");
            hashes.Add(state.Hash());
        }
        Assert.Single(hashes);
    }

    [Fact]
    public void A_run_that_is_restored_in_the_middle_of_a_sample_ends_the_same()
    {
        const int Samples = 40;
        var task = SsnnBpImages.Draw(Inputs, Classes, Samples, seed: 7);
        var frames = new IntensityFrames(Samples, Inputs, task.Pixels);
        var initial = BstdgWeights.Initialise(Inputs, Classes, Small, seed: 3);
        var network = BstdgCircuit.Training(initial, frames, task.Labels, Small, seed: 3);
        long end = BstdgCircuit.TickAfterSamples(Small, Samples);
        IMesh Build(int cores) => new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(1));
        using var whole = Build(1);
        whole.RunTo(end);
        string expected = whole.Capture().Hash();
        for (long tick = end / 2; tick < end / 2 + BstdgCircuit.PeriodTicks(Small); tick++)
        {
            using var first = Build(2);
            first.RunTo(tick);
            using var second = Build(3);
            second.Restore(first.Capture());
            second.RunTo(end);
            Assert.Equal(expected, second.Capture().Hash());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answers_are_those_of_the_reference_with_and_without_early_exit(bool exitsEarly)
    {
        const int Samples = 300;
        foreach (var (variant, options) in Options)
        {
            var task = SsnnBpImages.Draw(Inputs, Classes, Samples, seed: 8);
            var frames = new IntensityFrames(Samples, Inputs, task.Pixels);
            var initial = BstdgWeights.Initialise(Inputs, Classes, options, seed: 3);
            var reference = new BstdgReference(initial, options);
            for (int n = 0; n < Samples; n++) reference.Train(frames[n], task.Labels[n], 0);
            var trained = new LayerWeights(
                initial.Sizes.AsSpan(), [[.. reference.Weights(1)], [.. reference.Weights(2)]], [[.. reference.Thresholds(1).Select(t => -t)], [.. reference.Thresholds(2).Select(t => -t)]]);
            var expected = Enumerable.Range(0, Samples).Select(n => reference.Answer(frames[n])).ToList();

            foreach (int cores in (int[])[1, 3])
            {
                var network = BstdgCircuit.Inference(trained, frames, options, exitsEarly);
                using var mesh = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(1));
                mesh.RunTo(BstdgCircuit.InferenceTickAfterSamples(options, Samples) + 2 * Samples);
                var answers = mesh.TakeRecordings().Spikes(BstdgCircuit.Answers).Take(Samples).ToList();
                Assert.True(expected.Select(e => e.Answer).SequenceEqual(answers.Select(a => a.Neuron)), $"{variant}, {cores} cores");
                long start = 0;
                for (int n = 0; n < Samples; n++)
                {
                    Assert.Equal(expected[n].Decision, answers[n].Tick - start - 1);
                    start = exitsEarly ? answers[n].Tick : start + BstdgCircuit.PeriodTicks(options);
                }
            }
        }
    }

    private static void AssertSame(BstdgReference reference, Network network, NetworkState state, string where)
    {
        var learned = BstdgCircuit.Learned(network, p => state.Units[p.Index]!);
        for (int l = 1; l <= 2; l++)
        {
            Assert.True(reference.Weights(l).SequenceEqual(learned.Weights(l)), $"weights {l}, {where}");
            Assert.True(reference.Thresholds(l).SequenceEqual(learned.Biases(l).Select(b => -b)), $"thresholds {l}, {where}");
        }
        // The copy that errors come back through.
        var copy = Array.ConvertAll(state.Units[network.Projection("o.error->h").Index]!, BitConverter.Int32BitsToSingle);
        int hidden = learned.Sizes[1];
        for (int i = 0; i < copy.Length; i++) Assert.True(copy[i] == learned.Weights(2)[i % hidden * Classes + i / hidden], $"copy of weight {i}, {where}");
    }
}
