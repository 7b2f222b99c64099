using ActorSnn.Learning.Ann;
using ActorSnn.Learning.Tests.SsnnBp;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Ann;

public class AnnTrainerTests
{
    private static readonly AnnOptions Plain = new() { Seed = 5, Schedule = new RateSchedule(0.1, 10) };

    [Theory]
    [InlineData(HiddenActivation.Logistic)]
    [InlineData(HiddenActivation.HardSigmoid)]
    public void A_step_goes_down_the_gradient_of_the_loss(HiddenActivation activation)
    {
        const double Rate = 0.01;
        int[] sizes = [6, 5, 4, 3];
        float[] inputs = [0.1f, 0, 0.9f, 0.4f, 1, 0.6f];
        var weights = Lifted(sizes);
        var before = Copy(weights);
        var trainer = new AnnTrainer(weights, Plain with { Activation = activation });
        Assert.Equal(Loss(before, activation, inputs, 1), trainer.Learn(inputs, 1, Rate), 1e-5);
        var after = Copy(weights);
        for (int l = 0; l < after.Length; l++)
        {
            for (int i = 0; i < after[l].Length; i++)
            {
                const double Nudge = 1e-4;
                double[] losses = [.. ((double[])[-Nudge, Nudge]).Select(nudge =>
                {
                    double[][] nudged = [.. before.Select(layer => (double[])layer.Clone())];
                    nudged[l][i] += nudge;
                    return Loss(nudged, activation, inputs, 1);
                })];
                Assert.Equal((losses[1] - losses[0]) / (2 * Nudge), (before[l][i] - after[l][i]) / Rate, 1e-4);
            }
        }
    }

    /// <summary>Single precision, one after the other: what any machine computes, whatever the width of its vectors.</summary>
    [Theory]
    [InlineData(HiddenActivation.Logistic, 0, 0)]
    [InlineData(HiddenActivation.HardSigmoid, 0, 0)]
    [InlineData(HiddenActivation.Logistic, 0.01, 0)]
    [InlineData(HiddenActivation.Logistic, 0, 0.4)]
    public void Vectors_compute_what_plain_loops_do_bit_for_bit(HiddenActivation activation, double l2, double dropout)
    {
        int[] sizes = [33, 37, 19, 7];
        var task = SsnnBpImages.Draw(33, 7, 60, seed: 2);
        var options = Plain with { Activation = activation, L2 = l2, Dropout = dropout };
        var trainer = new AnnTrainer(sizes, options);
        var weights = Enumerable.Range(1, 3).Select(l => (float[])LayerWeights.Initialise(sizes, options.Seed).Weights(l).Clone()).ToArray();
        var biases = sizes.Skip(1).Select(n => new float[n]).ToArray();
        for (int n = 0; n < task.Count; n++)
        {
            float[] inputs = Array.ConvertAll(task.Image(n), b => b / 255f);
            trainer.Learn(inputs, task.Labels[n], 0.1);
            LearnPlainly(sizes, weights, biases, options, inputs, task.Labels[n], 0.1, n);
        }
        for (int l = 1; l <= 3; l++)
        {
            Assert.Equal(weights[l - 1], trainer.Weights.Weights(l));
            Assert.Equal(biases[l - 1], trainer.Weights.Biases(l));
        }
    }

    [Theory]
    [InlineData(HiddenActivation.Logistic, 0, 0)]
    [InlineData(HiddenActivation.HardSigmoid, 0, 0)]
    [InlineData(HiddenActivation.Logistic, 1e-4, 0.3)]
    public void A_small_problem_is_learnt_and_the_loss_falls(HiddenActivation activation, double l2, double dropout)
    {
        var (train, test) = (Samples(SsnnBpImages.Draw(40, 6, 600, seed: 1)), Samples(SsnnBpImages.Draw(40, 6, 200, seed: 2)));
        var trainer = new AnnTrainer([40, 20, 6], Plain with { Activation = activation, L2 = l2, Dropout = dropout });
        double first = trainer.RunPass(train, 0), last = 0;
        for (int pass = 1; pass < 5; pass++) last = trainer.RunPass(train, pass);
        Assert.True(last < first / 2, $"{first}, then {last}");
        Assert.True(trainer.Network.Accuracy(test) >= 0.9, $"{trainer.Network.Accuracy(test)}");
        Assert.Equal(3000, trainer.Samples);
    }

    [Fact]
    public void A_pass_takes_every_sample_in_the_order_of_its_seed_at_the_rate_of_the_pass()
    {
        var task = SsnnBpImages.Draw(12, 3, 50, seed: 1);
        var (passes, steps) = (new AnnTrainer([12, 8, 3], Plain), new AnnTrainer([12, 8, 3], Plain));
        passes.RunPass(Samples(task), 0);
        passes.RunPass(Samples(task), 5);
        foreach (int pass in (int[])[0, 5])
        {
            var order = new SamplePermutation(Plain.Seed, pass, 50);
            for (int n = 0; n < 50; n++)
                steps.Learn(Array.ConvertAll(task.Image(order[n]), b => b / 255f), task.Labels[order[n]], pass == 0 ? 0.1 : 0.05);
        }
        Assert.Equal(passes.Weights.Weights(1), steps.Weights.Weights(1));
        Assert.Equal(passes.Weights.Weights(2), steps.Weights.Weights(2));
        Assert.NotEqual(passes.Weights.Weights(2), Trained(Samples(task), Plain with { Seed = 6 }).Weights(2));
    }

    [Fact]
    public void Gray_values_and_their_fractions_are_the_same()
    {
        var task = SsnnBpImages.Draw(12, 3, 50, seed: 1);
        var means = AnnSamples.OfMeans(Array.ConvertAll(task.Pixels, b => b / 255f), 12, task.Labels);
        Assert.Equal(Trained(Samples(task), Plain).Weights(1), Trained(means, Plain).Weights(1));
    }

    /// <summary>No input and a class that is certain: nothing but decay is left.</summary>
    [Fact]
    public void Weights_decay_and_biases_do_not()
    {
        var weights = new LayerWeights([4, 3, 2], [[.. Enumerable.Repeat(0.5f, 12)], [.. Enumerable.Repeat(-2f, 6)]], [[1, 1, 1], [900, 0]]);
        var trainer = new AnnTrainer(weights, Plain with { L2 = 0.02 });
        for (int n = 0; n < 50; n++) trainer.Learn([0, 0, 0, 0], 0, 0.1);
        Assert.All(weights.Weights(1), w => Assert.Equal(0.5 * Math.Pow(1 - 0.1 * 0.02, 50), w, 1e-5));
        Assert.All(weights.Weights(2), w => Assert.Equal(-2 * Math.Pow(1 - 0.1 * 0.02, 50), w, 1e-5));
        Assert.Equal([1, 1, 1], weights.Biases(1));
        Assert.Equal([900, 0], weights.Biases(2));
    }

    [Fact]
    public void A_neuron_left_out_learns_nothing_and_others_stand_in_for_it()
    {
        const double P = 0.4;
        int left = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            var weights = new LayerWeights([1, 4, 2], [[1, 1, 1, 1], [1, 0, 1, 0, 1, 0, 1, 0]], [new float[4], new float[2]]);
            var trainer = new AnnTrainer(weights, Plain with { Seed = seed, Dropout = P });
            trainer.Learn([1], 1, 0.1);
            bool[] silent = [.. Enumerable.Range(0, 4).Select(i => weights.Weights(2)[2 * i] == 1)];
            for (int i = 0; i < 4; i++) Assert.True((weights.Weights(1)[i] == 1) == silent[i], $"seed {seed}, neuron {i}");
            left += silent.Count(s => s);
            // The gradient of output 0 by the weight of a neuron that stays: the output's error times an activation over 1 - p.
            double activation = 1 / (1 + Math.Exp(-1)) / (1 - P);
            double z = activation * silent.Count(s => !s);
            for (int i = 0; i < 4; i++)
            {
                if (!silent[i]) Assert.Equal(1 - 0.1 * activation / (1 + Math.Exp(-z)), weights.Weights(2)[2 * i], 1e-6);
            }
        }
        Assert.InRange(left, 0.35 * 800, 0.45 * 800);
    }

    [Fact]
    public void Sizes_that_disagree_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LayerWeights([3], [], []));
        Assert.Throws<ArgumentException>(() => new LayerWeights([3, 2], [new float[5]], [new float[2]]));
        Assert.Throws<ArgumentException>(() => new LayerWeights([3, 2], [new float[6]], [new float[3]]));
        Assert.Throws<ArgumentException>(() => AnnSamples.OfIntensities(new byte[7], 3, [0, 1]));
        var trainer = new AnnTrainer([3, 2], Plain);
        Assert.Throws<ArgumentException>(() => trainer.RunPass(AnnSamples.OfIntensities(new byte[8], 4, [0, 1]), 0));
        Assert.Equal("class 2 for 2 outputs (Parameter 'samples')",
            Assert.Throws<ArgumentException>(() => trainer.RunPass(AnnSamples.OfIntensities(new byte[6], 3, [0, 2]), 0)).Message);
    }

    private static AnnSamples Samples(SsnnBpImages task) => AnnSamples.OfIntensities(task.Pixels, task.Inputs, task.Labels);

    private static LayerWeights Trained(AnnSamples samples, AnnOptions options)
    {
        var trainer = new AnnTrainer([12, 8, 3], options);
        trainer.RunPass(samples, 0);
        return trainer.Weights;
    }

    /// <summary>Random weights with biases that keep hard sigmoids between their corners.</summary>
    private static LayerWeights Lifted(int[] sizes)
    {
        var weights = LayerWeights.Initialise(sizes, 8);
        for (int l = 1; l <= weights.Layers; l++)
        {
            for (int i = 0; i < weights.Weights(l).Length; i++) weights.Weights(l)[i] *= 0.3f;
            weights.Biases(l).AsSpan().Fill(0.4f);
        }
        return weights;
    }

    /// <summary>Weights and biases alternately.</summary>
    private static double[][] Copy(LayerWeights weights) =>
        [.. Enumerable.Range(1, weights.Layers).SelectMany(l => (float[][])[weights.Weights(l), weights.Biases(l)]).Select(a => Array.ConvertAll(a, x => (double)x))];

    private static double Loss(double[][] weights, HiddenActivation activation, float[] inputs, int label)
    {
        double[] rates = [.. inputs.Select(x => (double)x)];
        for (int l = 0; l < weights.Length; l += 2)
        {
            double[] sums = [.. weights[l + 1]];
            for (int i = 0; i < weights[l].Length; i++) sums[i % sums.Length] += weights[l][i] * rates[i / sums.Length];
            rates = l == weights.Length - 2 ? sums
                : [.. sums.Select(z => activation == HiddenActivation.Logistic ? 1 / (1 + Math.Exp(-z)) : Math.Clamp(z, 0, 1))];
        }
        return Math.Log(rates.Sum(Math.Exp)) - rates[label];
    }

    private static void LearnPlainly(
        int[] sizes, float[][] weights, float[][] biases, AnnOptions options, float[] inputs, int label, double rate, long sample)
    {
        int layers = sizes.Length - 1;
        float enlarged = (float)(1 / (1 - options.Dropout));
        var rates = new float[sizes.Length][];
        var masked = sizes.Select(n => new bool[n]).ToArray();
        rates[0] = inputs;
        for (int l = 1; l <= layers; l++)
        {
            rates[l] = [.. biases[l - 1]];
            for (int j = 0; j < sizes[l - 1]; j++)
            {
                if (rates[l - 1][j] == 0) continue;
                for (int i = 0; i < sizes[l]; i++) rates[l][i] += rates[l - 1][j] * weights[l - 1][j * sizes[l] + i];
            }
            if (l == layers) break;
            for (int i = 0; i < sizes[l]; i++)
            {
                rates[l][i] = options.Activation == HiddenActivation.Logistic ? (float)PortableMath.Logistic(rates[l][i]) : Math.Clamp(rates[l][i], 0, 1);
                masked[l][i] = new CounterRandom(options.Seed, RandomPurpose.Dropout, l).Word(sample, i) < options.Dropout * 4294967296.0;
                if (options.Dropout > 0) rates[l][i] = masked[l][i] ? 0 : rates[l][i] * enlarged;
            }
        }

        double highest = rates[layers].Max();
        double sum = 0;
        foreach (float z in rates[layers]) sum += PortableMath.Exp(z - highest);
        float[] errors = [.. rates[layers].Select((z, k) => (float)(PortableMath.Exp(z - highest) / sum - (k == label ? 1 : 0)))];
        for (int l = layers; l >= 1; l--)
        {
            var below = new float[sizes[l - 1]];
            for (int j = 0; j < sizes[l - 1]; j++)
            {
                float error = 0;
                for (int i = 0; i < sizes[l]; i++)
                {
                    ref float w = ref weights[l - 1][j * sizes[l] + i];
                    error += w * errors[i];
                    if (options.L2 > 0) w *= (float)(1 - rate * options.L2);
                    if (rates[l - 1][j] != 0) w += errors[i] * ((float)-rate * rates[l - 1][j]);
                }
                float a = options.Dropout > 0 ? rates[l - 1][j] / enlarged : rates[l - 1][j];
                float derivative = options.Activation == HiddenActivation.Logistic ? a * (1 - a) : a > 0 && a < 1 ? 1 : 0;
                below[j] = masked[l - 1][j] ? 0 : derivative * (options.Dropout > 0 ? error * enlarged : error);
            }
            for (int i = 0; i < sizes[l]; i++) biases[l - 1][i] += errors[i] * (float)-rate;
            errors = below;
        }
    }
}
