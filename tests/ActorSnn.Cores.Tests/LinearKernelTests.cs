using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores.Tests;

/// <summary>The kernels of linear neurons against plain loops, bit for bit.</summary>
public class LinearKernelTests
{
    [Fact]
    public void Counts_are_added_as_by_the_scalar_twin_and_as_one_by_one()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int neurons = random.Next(1, 300);
            int common = random.Next(3) == 0 ? random.Next(5) : 0;
            double scale = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-5, 12));
            double density = random.NextDouble() * random.NextDouble();
            var counts = new ushort[Padded(neurons)];
            for (int n = 0; n < neurons; n++)
            {
                if (random.NextDouble() < density) counts[n] = (ushort)(random.Next(20) == 0 ? 65535 : random.Next(1, 9));
            }
            var before = Modes(random, neurons);
            var (mode, twin) = (before.ToArray(), before.ToArray());
            LinearKernels.AddCounts(mode, counts, common, scale);
            LinearKernels.Scalar.AddCounts(twin, counts, common, scale);
            for (int n = 0; n < neurons; n++)
            {
                double expected = before[n] + (double)(counts[n] + common) * scale;
                Assert.True(expected == mode[n] && expected == twin[n],
                    $"neuron {n} of {neurons}: {mode[n]:R}, twin {twin[n]:R}, expected {expected:R} (seed {seed})");
            }
        }
    }

    [Fact]
    public void A_channel_is_added_to_one_mode_or_two_and_is_empty_then()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int neurons = random.Next(1, 200);
            bool counts = random.Next(2) == 0;
            var channel = new InputChannel(1, isInhibitory: false, neurons, counts);
            bool tracked = random.Next(2) == 0;
            channel.Begin(tracked);
            var sums = new long[neurons];
            for (int k = random.Next(100); k > 0; k--)
            {
                int target = random.Next(neurons);
                long units = counts ? 1 : random.NextInt64(-(1L << 55), 1L << 55); // beyond what a double holds exactly
                if (counts) channel.Count(target);
                else channel.Add(target, units);
                sums[target] += units;
            }
            if (counts && !tracked && random.Next(2) == 0)
            {
                channel.Common = 3;
                for (int n = 0; n < neurons; n++) sums[n] += 3;
            }
            var (first, second) = (Modes(random, neurons), Modes(random, neurons));
            var (expectedFirst, expectedSecond) = (first.ToArray(), second.ToArray());
            double scale = random.NextDouble() - 0.5;
            bool both = random.Next(2) == 0;
            for (int n = 0; n < neurons; n++)
            {
                expectedFirst[n] += sums[n] * scale;
                if (both) expectedSecond[n] += sums[n] * (2.7 * scale);
            }
            if (both) LinearKernels.Add(first, second, channel, scale, 2.7 * scale);
            else LinearKernels.Add(first, channel, scale);
            Assert.True(expectedFirst.AsSpan(0, neurons).SequenceEqual(first.AsSpan(0, neurons)), $"first mode (seed {seed})");
            Assert.True(expectedSecond.AsSpan(0, neurons).SequenceEqual(second.AsSpan(0, neurons)), $"second mode (seed {seed})");
            for (int n = 0; n < neurons; n++) Assert.Equal(0, SumOf(channel, n));
        }
    }

    [Fact]
    public void Neurons_at_or_above_the_limit_are_listed_in_order()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            int neurons = seed + 1;
            // Whole numbers, so that equality occurs; resting neurons; and something above the limit in the padding.
            double[] Values() => [.. Enumerable.Range(0, Padded(neurons)).Select(n => n < neurons ? random.Next(-9, 10) : 100.0)];
            var (q, e, i) = (Values(), Values(), Values());
            for (int n = 0; n < neurons; n++)
            {
                if (random.Next(8) == 0) q[n] = double.NegativeInfinity;
            }
            var spikes = new int[neurons];
            int count = LinearKernels.Fire(q, neurons, 5, spikes);
            Assert.True(Enumerable.Range(0, neurons).Where(n => q[n] >= 5).SequenceEqual(spikes.Take(count)), $"one mode (seed {seed})");

            double[] reached = [.. Enumerable.Range(0, neurons).Select(n => q[n] + (e[n] * 0.5 + i[n] * -0.25))];
            count = LinearKernels.Fire(q, e, i, neurons, 0.5, -0.25, 5, spikes);
            Assert.True(Enumerable.Range(0, neurons).Where(n => reached[n] >= 5).SequenceEqual(spikes.Take(count)), $"three modes (seed {seed})");

            var blocks = new ulong[(Padded(neurons) / 8 + 63) / 64];
            for (int w = 0; w < blocks.Length; w++) blocks[w] = (ulong)random.NextInt64() ^ (ulong)random.NextInt64() << 1;
            count = LinearKernels.FireInBlocks(blocks, q, e, i, neurons, 0.5, -0.25, 5, spikes);
            var expected = Enumerable.Range(0, neurons).Where(n => (blocks[n / 8 / 64] >> (n / 8 % 64) & 1) != 0 && reached[n] >= 5);
            Assert.True(expected.SequenceEqual(spikes.Take(count)), $"blocks (seed {seed})");
        }
    }

    [Fact]
    public void Events_are_counted_and_their_targets_listed_once()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int neurons = random.Next(1, 200);
            var targets = Enumerable.Range(0, random.Next(300)).Select(_ => (ushort)random.Next(neurons)).ToArray();
            var expected = new ushort[Padded(neurons)];
            foreach (ushort target in targets) expected[target]++;
            var counts = new ushort[Padded(neurons)];
            EventKernels.Count(counts, targets);
            Assert.True(expected.AsSpan().SequenceEqual(counts), $"counts (seed {seed})");

            Array.Clear(counts);
            var touched = new int[neurons + 1];
            int half = random.Next(targets.Length + 1);
            int listed = EventKernels.CountTracked(counts, targets.AsSpan(0, half), touched, 0);
            listed = EventKernels.CountTracked(counts, targets.AsSpan(half), touched, listed);
            Assert.True(expected.AsSpan().SequenceEqual(counts), $"tracked counts (seed {seed})");
            Assert.True(targets.Distinct().Select(t => (int)t).SequenceEqual(touched.Take(listed)), $"list (seed {seed})");
        }
    }

    [Fact]
    public void A_channel_lists_every_neuron_it_reaches_or_says_that_it_does_not()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int neurons = random.Next(1, 12);
            bool counts = random.Next(3) == 0;
            var channel = new InputChannel(1, isInhibitory: false, neurons, counts);
            for (int tick = 0; tick < 4; tick++)
            {
                channel.Begin(tracked: true);
                Assert.Equal(0, channel.TouchedCount);
                var sums = new long[neurons];
                for (int k = random.Next(40); k > 0; k--)
                {
                    int target = random.Next(neurons);
                    long units = counts ? 1 : random.Next(-1, 2); // sums come back to zero in between
                    if (counts) channel.Count(target);
                    else channel.Add(target, units);
                    sums[target] += units;
                }
                Assert.True(channel.IsUsed);
                var touched = channel.IsTracked ? channel.Touched.ToArray() : [.. Enumerable.Range(0, neurons)];
                for (int n = 0; n < neurons; n++)
                {
                    Assert.Equal(sums[n], SumOf(channel, n));
                    Assert.True(sums[n] == 0 || touched.Contains(n), $"neuron {n} is not listed (seed {seed})");
                }
                channel.Clear();
                channel.End();
                Assert.False(channel.IsUsed);
            }
        }
    }

    private static long SumOf(InputChannel channel, int neuron) => channel.Counts is { } counts ? counts[neuron] : channel.Sums![neuron];

    private static int Padded(int neurons) => (neurons + 63) / 64 * 64;

    private static double[] Modes(Random random, int neurons) =>
        [.. Enumerable.Range(0, Padded(neurons)).Select(_ => random.Next(8) == 0 ? double.NegativeInfinity : (random.NextDouble() - 0.5) * 100)];
}
