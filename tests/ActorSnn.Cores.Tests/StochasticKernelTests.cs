using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>The kernels of stepped neurons against plain loops.</summary>
public class StochasticKernelTests
{
    [Fact]
    public void The_logistic_function_has_the_bits_of_the_portable_one()
    {
        var random = new Random(1);
        double[] values = [0, -0.0, 1e-300, -1e-300, 36, -36, 37, -37, 699.9, -699.9, 701, -701, 1e18, -1e18, .. Enumerable.Range(0, 5001).Select(_ => 40 * (random.NextDouble() - 0.5))];
        double[] expected = Array.ConvertAll(values, PortableMath.Logistic);
        StochasticKernels.Logistic(values);
        for (int i = 0; i < values.Length; i++)
            Assert.True(BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(values[i]), $"number {i}: {values[i]:R} and not {expected[i]:R}");
    }

    [Fact]
    public void Spikes_are_drawn_as_word_by_word()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 65);
            uint[] words = [.. Enumerable.Range(0, 64).Select(_ => (uint)random.NextInt64(1L << 32))];
            double[] probabilities = [.. Enumerable.Range(0, count).Select(i => random.Next(5) switch { 0 => 0, 1 => 1, 2 => words[i] / 4294967296.0, _ => random.NextDouble() })];
            ulong expected = 0;
            for (int i = 0; i < count; i++)
            {
                if (words[i] < probabilities[i] * 4294967296.0) expected |= 1UL << i;
            }
            Assert.True(expected == StochasticKernels.Below(words, probabilities), $"seed {seed}");

            uint[] bounds = [.. Enumerable.Range(0, 64).Select(i => random.Next(3) == 0 ? words[i] : (uint)random.NextInt64(1L << 32))];
            ulong within = 0;
            for (int i = 0; i < 64; i++)
            {
                if (words[i] <= bounds[i]) within |= 1UL << i;
            }
            Assert.True(within == StochasticKernels.AtMost(words, bounds), $"seed {seed}");
        }
    }

    [Fact]
    public void Backward_spikes_are_drawn_as_one_by_one_and_those_beyond_certainty_are_counted()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 65);
            uint[] words = [.. Enumerable.Range(0, 64).Select(_ => (uint)random.NextInt64(1L << 32))];
            int[] drive = [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? 0 : random.Next(-2000, 2000))];
            double[] slope = [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? 0 : random.NextDouble())];
            ulong spikes = 0, clipped = 0, drawn = 0;
            for (int i = 0; i < count; i++)
            {
                double q = slope[i] * Math.Abs(drive[i] * (1.0 / 1000));
                if (words[i] < q * 4294967296.0) spikes |= 1UL << i;
                if (q > 1) clipped |= 1UL << i;
                if (q > 0) drawn |= 1UL << i;
            }
            ulong actual = StochasticKernels.Backward(words, drive, slope, 1.0 / 1000, out ulong actuallyClipped, out ulong actuallyDrawn);
            Assert.True((spikes, clipped, drawn) == (actual, actuallyClipped, actuallyDrawn), $"seed {seed}");
        }
    }

    [Fact]
    public void Rows_of_units_are_added_and_changed_within_bounds_as_weight_by_weight()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            int stride = 16 * random.Next(1, 12);
            int[] weights = [.. Enumerable.Range(0, 20 * stride).Select(_ => random.Next(-100_000, 100_000))];
            int[] rows = [.. Enumerable.Range(0, 20).Where(_ => random.Next(2) == 0)];
            int[] sums = [.. Enumerable.Range(0, stride).Select(_ => random.Next(1000))];
            int[] expected = [.. sums.Select((s, column) => s + rows.Sum(row => weights[row * stride + column]))];
            UnitKernels.AddRows(weights, stride, rows, sums);
            Assert.True(expected.AsSpan().SequenceEqual(sums), $"sums, seed {seed}");

            int bound = random.Next(1, 120_000);
            int[] change = [.. Enumerable.Range(0, stride).Select(_ => random.Next(3) == 0 ? 0 : random.Next(-50_000, 50_000))];
            int[] row0 = weights[..stride];
            if (seed % 3 == 0) (row0[0], row0[1]) = (int.MaxValue, int.MinValue);
            int[] changed = [.. row0.Select((w, i) => change[i] == 0 ? w : Math.Clamp(Math.Clamp(w, -bound, bound) + change[i], -bound, bound))];
            UnitKernels.AddWithin(row0, change, bound);
            Assert.True(changed.AsSpan().SequenceEqual(row0), $"changes, seed {seed}");
        }
    }

    [Fact]
    public void Bits_are_spread_to_every_second_place()
    {
        var random = new Random(3);
        for (int i = 0; i < 100; i++)
        {
            uint half = (uint)random.NextInt64(1L << 32);
            ulong expected = 0;
            for (int bit = 0; bit < 32; bit++) expected |= (ulong)(half >> bit & 1) << (2 * bit);
            Assert.Equal(expected, StochasticKernels.Spread(half));
        }
    }
}
