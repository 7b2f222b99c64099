using ActorSnn.Cores;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.SsnnBp;

/// <summary>Labelled samples, initial weights and options, as the circuit and the reference take them.</summary>
internal sealed record SsnnBpTask(LayerWeights Initial, byte[] Pixels, byte[] Labels, SsnnBpOptions Options, ulong Seed)
{
    public SsnnBpInputs Inputs => SsnnBpInputs.Intensities(new IntensityFrames(Labels.Length, Initial.Sizes[0], Pixels));

    /// <summary>Samples that can be told apart: each class has pixels of its own, some of which never or always spike.</summary>
    public static SsnnBpTask Random(int inputs, int outputs, int samples, SsnnBpOptions options, ulong seed)
    {
        var random = new Random((int)seed);
        byte[][] patterns = [.. Enumerable.Range(0, outputs).Select(_ => Enumerable.Range(0, inputs).Select(_ => (byte)(random.Next(3) switch { 0 => 0, 1 => 255, _ => random.Next(256) })).ToArray())];
        byte[] labels = [.. Enumerable.Range(0, samples).Select(_ => (byte)random.Next(outputs))];
        byte[] pixels = [.. labels.SelectMany(label => patterns[label].Select(p => (byte)Math.Clamp(p + random.Next(-40, 40), 0, 255)))];
        return new SsnnBpTask(LayerWeights.Initialise([inputs, .. options.Hidden, outputs], seed), pixels, labels, options, seed);
    }

    public Network Network(IEnumerable<Probe>? probes = null) => SsnnBpCircuit.Training(Initial, Inputs, Labels, Options, Seed, shuffled: true, probes);

    public SsnnBpReference Reference() => new(
        new SsnnBpReferenceOptions
        {
            Sizes = [.. Initial.Sizes],
            Seed = Seed,
            TrainLength = Options.TrainLength,
            Window = Options.Window,
            Rate = Options.Rate.Rate,
            Factors = [.. Enumerable.Range(0, Options.Rate.Passes).Select(pass => Options.Rate.FactorOf(pass))],
            Gains = [.. Options.Hidden.Select(_ => Options.Gain)],
            Memoryless = Options.Membrane == MembraneMode.Memoryless,
            SpikeDerivative = Options.Derivative == BackwardDerivative.Spike,
            SplitWeights = Options.Split == BackwardSplit.ByWeight,
            HardSigmoid = Options.Activation == SpikeActivation.Hard,
            Winner = Options.Winner switch { WinnerDraw.Race => ReferenceWinner.Race, WinnerDraw.Rounds => ReferenceWinner.Sigmoid, _ => ReferenceWinner.Categorical },
            Dropout = Options.Dropout,
            L2 = Options.L2,
        },
        [.. Enumerable.Range(1, Initial.Layers).Select(Initial.Weights)], [.. Enumerable.Range(1, Initial.Layers).Select(Initial.Biases)]);
}

/// <summary>The circuit on a mesh.</summary>
internal sealed class SsnnBpRun(SsnnBpTask task, int cores = 1, int threads = 1) : IDisposable
{
    private readonly Network _network = task.Network();
    private IMesh? _mesh;

    public IMesh Mesh => _mesh ??= new EmbeddedEngine().Build(Placer.Place(_network, new PlacementOptions(cores)), new MeshOptions(threads));

    public NetworkState State { get; private set; } = null!;

    /// <summary>Runs until so many samples have been learned from.</summary>
    public void Learn(long samples)
    {
        Mesh.RunTo(SsnnBpCircuit.TickAfterSamples(task.Options, samples));
        State = Mesh.Capture();
    }

    /// <summary>All copies of all weights equal the reference's.</summary>
    public void AssertWeights(SsnnBpReference reference, string what)
    {
        int layers = task.Options.Hidden.Length + 1;
        string Name(int layer) => layer == 0 ? "input" : layer == layers ? SsnnBpCircuit.Output : SsnnBpCircuit.HiddenName(layer, layers - 1);
        for (int l = 1; l <= layers; l++)
        {
            int[] weights = reference.Weights(l);
            AssertEqual(weights, $"{Name(l - 1)}->{Name(l)}", what);
            AssertEqual(reference.Biases(l), $"one->{Name(l)}", what);
            if (l == 1) continue;
            int sources = task.Initial.Sizes[l - 1];
            int targets = task.Initial.Sizes[l];
            var lines = new int[2 * weights.Length];
            for (int i = 0; i < weights.Length; i++)
            {
                var (source, target) = Math.DivRem(i, targets);
                lines[2 * target * sources + source] = weights[i];
                lines[(2 * target + 1) * sources + source] = -weights[i];
            }
            AssertEqual(lines, $"{SsnnBpCircuit.BackwardOf(Name(l))}->{Name(l - 1)}", what);
        }
    }

    public void Dispose() => _mesh?.Dispose();

    private void AssertEqual(int[] expected, string projection, string what)
    {
        int[] actual = State.Units[_network.Projection(projection).Index]!;
        int different = expected.AsSpan().CommonPrefixLength(actual);
        Assert.True(
            expected.Length == actual.Length && different == expected.Length,
            $"{projection} {what} (seed {task.Seed}): synapse {different} is {(different < actual.Length ? actual[different] : 0)} and should be {(different < expected.Length ? expected[different] : 0)}");
    }
}
