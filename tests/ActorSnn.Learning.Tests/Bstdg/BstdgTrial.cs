using ActorSnn.Cores;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>When the neurons of both layers spiked, by sample, T for never; and the answers.</summary>
internal sealed record BstdgTimes(int[][] Hidden, int[][] Output, int[] Answers)
{
    public int[][] Of(int layer) => layer == 1 ? Hidden : Output;
}

/// <summary>Weights and samples to try on a mesh.</summary>
internal sealed record BstdgTrial(LayerWeights Weights, IntensityFrames Frames, byte[] Labels, BstdgOptions Options)
{
    private static readonly SpikeProbe[] Probes =
    [
        new(BstdgCircuit.Answers, BstdgCircuit.Answer, TickFilter.EveryTick), new(BstdgCircuit.OutputSpikes, BstdgCircuit.Output, TickFilter.EveryTick),
        new(BstdgCircuit.HiddenSpikes, BstdgCircuit.Hidden, TickFilter.EveryTick), new(BstdgCircuit.InputSpikes, BstdgCircuit.Input, TickFilter.EveryTick),
    ];

    /// <summary>
    /// Weights uniform as the options say; thresholds up to twice theirs, half of them whole numbers, which sums of signs can meet exactly; intensities of which a quarter is 0.
    /// </summary>
    public static BstdgTrial Random(int seed, int[] sizes, int samples, BstdgOptions options)
    {
        var random = new Random(seed);
        var weights = new float[2][];
        var biases = new float[2][];
        foreach (var (l, layer) in new[] { options.First, options.Second }.Index())
        {
            weights[l] = [.. Enumerable.Range(0, sizes[l] * sizes[l + 1]).Select(_ => (float)(layer.InitialLow + (layer.InitialHigh - layer.InitialLow) * random.NextDouble()))];
            int most = (int)(2 * layer.Threshold);
            biases[l] = [.. Enumerable.Range(0, sizes[l + 1]).Select(_ => random.Next(2) == 0 ? -random.Next(1, most + 1) : -0.25f - (most - 0.25f) * random.NextSingle())];
        }
        byte[] bytes = [.. Enumerable.Range(0, samples * sizes[0]).Select(_ => random.Next(4) == 0 ? (byte)0 : (byte)random.Next(256))];
        byte[] labels = [.. Enumerable.Range(0, samples).Select(_ => (byte)random.Next(sizes[2]))];
        return new BstdgTrial(new LayerWeights(sizes, weights, biases), new IntensityFrames(samples, sizes[0], bytes), labels, options);
    }

    /// <summary>Step in which each input of a sample spikes; T for never.</summary>
    public int[] InputTimes(int sample) =>
        [.. Frames[sample].ToArray().Select(x => x == 0 ? Options.Steps : Math.Min((int)Math.Floor((255.0 - x) * Options.Steps / 255), Options.Steps))];

    /// <summary>What the inference network does, where samples last all their steps.</summary>
    public BstdgTimes Infer(int cores = 1) =>
        TimesOf(Run(BstdgCircuit.Inference(Weights, Frames, Options, exitsEarly: false), BstdgCircuit.InferenceTickAfterSamples(Options, Frames.Count), cores));

    /// <summary>What the training network does, in the order of the samples.</summary>
    public BstdgTimes Train(int cores = 1) =>
        TimesOf(Run(BstdgCircuit.Training(Weights, Frames, Labels, Options, 1, shuffled: false, Probes), BstdgCircuit.TickAfterSamples(Options, Frames.Count), cores));

    /// <summary>What is recorded of the inference network until all samples are answered.</summary>
    public Recordings Record(bool exitsEarly, int cores) => Run(
        BstdgCircuit.Inference(Weights, Frames, Options, exitsEarly, Probes), BstdgCircuit.InferenceTickAfterSamples(Options, Frames.Count) + (exitsEarly ? 2 * Frames.Count : 0), cores);

    /// <summary>The weights after each of the samples has been learned from.</summary>
    public IReadOnlyList<LayerWeights> Learn()
    {
        var network = BstdgCircuit.Training(Weights, Frames, Labels, Options, 1, shuffled: false);
        using var mesh = Build(network, 1);
        var learned = new List<LayerWeights>();
        for (int n = 1; n <= Frames.Count; n++)
        {
            mesh.RunTo(BstdgCircuit.TickAfterSamples(Options, n));
            var state = mesh.Capture();
            learned.Add(BstdgCircuit.Learned(network, p => state.Units[p.Index]!));
        }
        return learned;
    }

    private static Recordings Run(Network network, long tick, int cores)
    {
        using var mesh = Build(network, cores);
        mesh.RunTo(tick);
        return mesh.TakeRecordings();
    }

    private static IMesh Build(Network network, int cores) => new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(1));

    private BstdgTimes TimesOf(Recordings recordings)
    {
        int period = BstdgCircuit.PeriodTicks(Options);
        int[][] Times(string probe, int neurons)
        {
            int[][] times = [.. Enumerable.Range(0, Frames.Count).Select(_ => Enumerable.Repeat(Options.Steps, neurons).ToArray())];
            foreach (var spike in recordings.Spikes(probe))
            {
                var (sample, step) = Math.DivRem(spike.Tick - 1, period);
                if (sample >= Frames.Count) continue; // the next sample has begun
                Assert.True(step >= 1 && step < Options.Steps, $"{probe}: neuron {spike.Neuron} spikes at {step} in sample {sample}");
                Assert.True(times[sample][spike.Neuron] == Options.Steps, $"{probe}: neuron {spike.Neuron} spikes twice in sample {sample}");
                times[sample][spike.Neuron] = (int)step;
            }
            return times;
        }
        return new BstdgTimes(
            Times(BstdgCircuit.HiddenSpikes, Weights.Sizes[1]), Times(BstdgCircuit.OutputSpikes, Weights.Sizes[2]), [.. recordings.Spikes(BstdgCircuit.Answers).Take(Frames.Count).Select(s => s.Neuron)]);
    }
}
