using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.Ann;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.SsnnBp.Sweeps;

/// <summary>
/// How the mean weight change of a network compares with the gradient that backpropagation gives for the same weights and samples, layer by layer.
/// <para>
/// <b>How it is found.</b> The network learns from a few samples, again and again, for a fixed number of steps whatever the length of a sample, with a quantum so small that its weights as good as
/// stand still; what they moved by is the estimate. This is done twice with other random numbers. With a and b the two estimates and g the exact gradient, the gain is that of their mean,
/// <c>(a + b) g / 2 g g</c>, and the cosine is <c>(a + b) g / 2 sqrt(g g) sqrt(a b)</c>: the product of independent estimates has no noise in the mean, so that the cosine is that of what they
/// tend to, and not of how long one has looked. It may exceed 1 by what noise is left.
/// </para>
/// </summary>
/// <param name="Cosine">For layers 1 to L: direction of the mean change against the gradient's.</param>
/// <param name="Gain">For layers 1 to L: length of the mean change along the gradient, over the gradient's.</param>
/// <param name="MostMoved">Largest part of its layer's largest weight that a weight moved by.</param>
internal sealed record GradientEstimate(double[] Cosine, double[] Gain, double MostMoved)
{
    /// <summary>Samples that are learned from, the first of the test set.</summary>
    public const int MostSamples = 40;

    /// <summary>Steps of each of the two estimates, at least.</summary>
    public const int Steps = 40_000;

    private const double SmallestQuantum = 1.0 / (1 << 20);

    /// <summary>Finds it.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="options">What the network is like; dropout, decay and devices are left out.</param>
    /// <param name="samples">Where samples are taken from.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="engine">What runs the network.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static GradientEstimate Of(LayerWeights weights, SsnnBpOptions options, LayeredSamples samples, ulong seed, IEngine engine, int? threads, CancellationToken stop)
    {
        int count = Math.Min(MostSamples, samples.Count);
        int layers = weights.Sizes.Length - 1;
        var exact = Exact(weights, options, samples, count);
        var shown = samples.First(count);
        // Weights must fit their format in units of this quantum.
        double quantum = SmallestQuantum;
        for (int l = 1; l <= layers; l++) quantum = Math.Max(quantum, 2.0 * weights.Weights(l).Max(Math.Abs) * (Math.Max(weights.Sizes[l - 1], weights.Sizes[l]) + 1) / int.MaxValue);
        options = options with
        {
            Rate = new RateSchedule(quantum * options.TrainLength * Math.Max(1, options.Gain), 1), Window = 1, L2 = 0, Dropout = 0, Device = null,
        };
        int passes = Math.Max(1, (Steps + count * options.TrainLength - 1) / (count * options.TrainLength));
        double moved = 0;
        double[][] Estimate(ulong draws)
        {
            var network = SsnnBpCircuit.Training(weights, shown, samples.Labels.AsSpan(0, count), options, draws);
            using var mesh = engine.Build(Placer.Place(network, new PlacementOptions(null)), new MeshOptions(threads));
            var before = mesh.Capture();
            mesh.RunTo(SsnnBpCircuit.TickAfterSamples(options, (long)passes * count), stop);
            stop.ThrowIfCancellationRequested();
            var after = mesh.Capture();
            var estimate = new double[layers][];
            for (int l = 1; l <= layers; l++)
            {
                string source = l == 1 ? "input" : SsnnBpCircuit.HiddenName(l - 1, layers - 1);
                string target = l == layers ? SsnnBpCircuit.Output : SsnnBpCircuit.HiddenName(l, layers - 1);
                int projection = network.Projection($"{source}->{target}").Index;
                double unit = ((SteppedNeuronModel)network[target].Model).ForwardUnit;
                double scale = -unit / (options.Rate.Rate * passes * count);
                int[] was = before.Units[projection]!;
                int[] now = after.Units[projection]!;
                estimate[l - 1] = [.. now.Zip(was, (n, w) => scale * ((long)n - w))];
                moved = Math.Max(moved, now.Zip(was, (n, w) => Math.Abs((double)n - w)).Max() / Math.Max(1, was.Max(w => Math.Abs((double)w))));
            }
            return estimate;
        }

        var a = Estimate(seed);
        var b = Estimate(~seed);
        var cosine = new double[layers];
        var gain = new double[layers];
        for (int l = 0; l < layers; l++)
        {
            double along = (Product(a[l], exact[l]) + Product(b[l], exact[l])) / 2;
            double square = Product(exact[l], exact[l]);
            gain[l] = square > 0 ? along / square : double.NaN;
            cosine[l] = along / Math.Sqrt(square * Math.Max(0, Product(a[l], b[l])));
        }
        return new GradientEstimate(cosine, gain, moved);
    }

    /// <summary>The mean gradient of the loss, by backpropagation in the plain network.</summary>
    private static double[][] Exact(LayerWeights weights, SsnnBpOptions options, LayeredSamples samples, int count)
    {
        var gradient = Enumerable.Range(1, weights.Layers).Select(l => new double[weights.Weights(l).Length]).ToArray();
        var sample = new float[samples.Means.Inputs];
        for (int i = 0; i < count; i++)
        {
            // A step at a rate of 1 is the gradient.
            var copy = weights.Copy();
            var trainer = new AnnTrainer(copy, new AnnOptions { Seed = 1, Schedule = new RateSchedule(1, 1), Activation = SsnnBpEvaluation.ActivationOf(options.Activation) });
            samples.Means.Read(i, sample);
            trainer.Learn(sample, samples.Labels[i], 1);
            for (int l = 1; l <= weights.Layers; l++)
            {
                float[] was = weights.Weights(l);
                float[] now = copy.Weights(l);
                for (int j = 0; j < was.Length; j++) gradient[l - 1][j] += ((double)was[j] - now[j]) / count;
            }
        }
        return gradient;
    }

    private static double Product(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
