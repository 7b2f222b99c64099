using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>All that counts of a layer's scale is the threshold divided by it, and all that counts of a threshold on a sum of signs is the whole number above it.</summary>
public class ThresholdScaleTests
{
    private const int Samples = 30;
    private static readonly int[] Sizes = [100, 60, 5];

    private static BstdgOptions Options(int steps) => new()
    {
        Steps = steps, Margin = steps == 256 ? 3 : 1, Shift = 0, LeastThreshold = 0.25, First = new BstdgLayer(0.2, -1, 1.3, 6), Second = new BstdgLayer(0.2, -1, 1.3, 4),
    };

    [Theory]
    [InlineData(8, 0.5, 4)]
    [InlineData(8, 2, 0.25)]
    [InlineData(8, 5, 5)]
    [InlineData(8, 4.03707844, 9.06516109)]
    [InlineData(256, 4.03707844, 9.06516109)]
    public void A_scale_of_the_weights_acts_as_a_threshold_divided_by_it(int steps, double first, double second)
    {
        float[] scales = [(float)first, (float)second];
        // Sums of such a number are exact only where it is a power of two; elsewhere thresholds keep away from where sums can be.
        bool isExact = double.IsPow2(first) && double.IsPow2(second);
        for (int seed = 1; seed <= 4; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, Samples, Options(steps));
            float[][] thresholds = [.. Enumerable.Range(1, 2).Select(l => trial.Weights.Biases(l).Select(b => isExact ? -b : MathF.Ceiling(-b) - 0.5f).ToArray())];
            LayerWeights Network(Func<int, float, float> weight, Func<int, float, float> threshold) => new(
                Sizes, [.. Enumerable.Range(0, 2).Select(l => trial.Weights.Weights(l + 1).Select(w => weight(l, w)).ToArray())], [.. Enumerable.Range(0, 2).Select(l => thresholds[l].Select(t => -threshold(l, t)).ToArray())]);
            var signs = trial with { Weights = Network((_, w) => w, (_, t) => t) };
            var scaled = trial with { Weights = Network((l, w) => w >= 0 ? scales[l] : -scales[l], (l, t) => scales[l] * t), Options = trial.Options with { Form = SynapseForm.Real, Bound = 10 } };
            AssertSame(signs.Infer(), scaled.Infer(), steps, $"seed {seed}, scales {first} and {second}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(256)]
    public void Whole_thresholds_above_and_whole_sums_give_the_same_spikes(int steps)
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, Samples, Options(steps));
            foreach (int layer in (int[])[1, 2])
            {
                // The next numbers beside a whole one, too.
                var biases = trial.Weights.Biases(layer);
                (biases[0], biases[1], biases[2]) = (-MathF.BitIncrement(3), -3, -MathF.BitDecrement(3));
            }
            AssertWhole(trial, $"seed {seed}");
        }
    }

    [Fact]
    public void Learned_thresholds_can_be_rounded_up()
    {
        var trial = BstdgTrial.Random(9, Sizes, Samples, Options(8));
        var learned = trial with { Weights = trial.Learn()[^1] };
        Assert.True(learned.Weights.Biases(1).Count(b => b != MathF.Round(b)) > Sizes[1] / 2);
        AssertWhole(learned, "learned");
    }

    /// <summary>The mesh with its thresholds, with these rounded up, and a loop of whole numbers over packed signs spike in the same steps.</summary>
    private static void AssertWhole(BstdgTrial trial, string where)
    {
        int steps = trial.Options.Steps;
        float[] Up(int layer) => [.. trial.Weights.Biases(layer).Select(b => -MathF.Ceiling(-b))];
        var times = trial.Infer();
        AssertSame(times, (trial with { Weights = new LayerWeights(Sizes, [trial.Weights.Weights(1), trial.Weights.Weights(2)], [Up(1), Up(2)]) }).Infer(), steps, where);
        for (int n = 0; n < Samples; n++)
        {
            int[] hidden = Counted(trial.InputTimes(n), trial.Weights, 1, steps);
            Assert.True(hidden.SequenceEqual(times.Hidden[n]), $"hidden layer, sample {n}, {where}");
            Assert.True(Counted(hidden, trial.Weights, 2, steps).SequenceEqual(times.Output[n]), $"readout, sample {n}, {where}");
        }
    }

    private static void AssertSame(BstdgTimes expected, BstdgTimes actual, int steps, string where)
    {
        for (int n = 0; n < Samples; n++)
        {
            Assert.True(expected.Hidden[n].SequenceEqual(actual.Hidden[n]), $"hidden layer, sample {n}, {where}");
            Assert.True(expected.Output[n].SequenceEqual(actual.Output[n]), $"readout, sample {n}, {where}");
        }
        int[] all = [.. expected.Hidden.Concat(expected.Output).SelectMany(t => t)];
        Assert.InRange(all.Count(t => t < steps), all.Length / 10, all.Length * 9 / 10);
    }

    /// <summary>Stamps of a layer by V(s) = 2 |B and A(s)| - |A(s)|: A the inputs until s, B those of positive weight.</summary>
    private static int[] Counted(int[] inputs, LayerWeights weights, int layer, int steps)
    {
        static UInt128 Bit(int input) => UInt128.One << input;
        int size = weights.Sizes[layer];
        var positive = new UInt128[size];
        for (int i = 0; i < inputs.Length; i++)
        {
            for (int j = 0; j < size; j++)
            {
                if (weights.Weights(layer)[i * size + j] >= 0) positive[j] |= Bit(i);
            }
        }
        int[] thresholds = [.. weights.Biases(layer).Select(b => (int)Math.Ceiling(-(double)b))];
        int[] times = [.. Enumerable.Repeat(steps, size)];
        var arrived = UInt128.Zero;
        for (int s = 0; s < steps - 1; s++)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i] == s) arrived |= Bit(i);
            }
            for (int j = 0; j < size; j++)
            {
                if (times[j] == steps && 2 * (int)UInt128.PopCount(positive[j] & arrived) - (int)UInt128.PopCount(arrived) >= thresholds[j]) times[j] = s + 1;
            }
        }
        return times;
    }
}
