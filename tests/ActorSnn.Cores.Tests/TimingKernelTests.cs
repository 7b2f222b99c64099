using System.Numerics;
using System.Runtime.Intrinsics.X86;
using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores.Tests;

public class TimingKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(784)]
    public void Packed_signs_add_up_to_what_single_ones_do(int sources)
    {
        var random = new Random(sources);
        for (int trial = 0; trial < 50; trial++)
        {
            int stride = 16 * (1 + random.Next(5));
            var isNegative = new bool[sources, stride];
            var signs = new ulong[Bits.Words(sources) * stride];
            var spikes = new ulong[Bits.Words(sources)];
            var expected = new int[stride];
            for (int c = 0; c < stride; c++) expected[c] = random.Next(-50, 50);
            var sums = (int[])expected.Clone();
            double density = random.NextDouble();
            for (int i = 0; i < sources; i++)
            {
                bool spikesNow = random.NextDouble() < density;
                if (spikesNow) spikes[i >> 6] |= 1UL << (i & 63);
                for (int c = 0; c < stride; c++)
                {
                    isNegative[i, c] = random.Next(2) == 0;
                    if (isNegative[i, c]) signs[(i >> 6) * stride + c] |= 1UL << (i & 63);
                    if (spikesNow) expected[c] += isNegative[i, c] ? -1 : 1;
                }
            }
            TimingKernels.AddSigns(signs, stride, spikes, sums);
            Assert.Equal(expected, sums);
        }
    }

    [Fact]
    public void Both_ways_to_count_signs_agree()
    {
        if (!Avx512BW.IsSupported) return;
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            var signs = Enumerable.Range(0, 48).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
            ulong spikes = trial == 0 ? ulong.MaxValue : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            var (one, other) = (new int[48], new int[48]);
            TimingKernels.SubtractTwice(signs, spikes, one);
            TimingKernels.SubtractTwiceAvx512(signs, spikes, other);
            Assert.Equal(one, other);
        }
    }

    [Fact]
    public void A_change_is_subtracted_within_bounds_and_turns_the_packed_sign_with_the_weight()
    {
        var random = new Random(4);
        for (int trial = 0; trial < 200; trial++)
        {
            int columns = 16 * (1 + random.Next(4));
            var row = Enumerable.Range(0, columns).Select(_ => (float)(2 * random.NextDouble() - 1)).ToArray();
            row[0] = 0;
            // Beyond the bound, where only broken bits bring it: stays while it does not change.
            row[1] = 3;
            var change = row.Select((_, c) => c == 1 || random.Next(3) == 0 ? 0 : (float)(2 * random.NextDouble() - 1)).ToArray();
            int bit = random.Next(64);
            var signs = row.Select(w => (ulong)random.NextInt64(long.MinValue, long.MaxValue) & ~(1UL << bit) | (float.IsNegative(w) ? 1UL << bit : 0)).ToArray();
            var expected = row.Zip(change, (w, d) => d == 0 ? w : Math.Min(Math.Max(w - d, -1), 1)).ToArray();
            var expectedSigns = signs.Zip(expected, (s, w) => s & ~(1UL << bit) | (float.IsNegative(w) ? 1UL << bit : 0)).ToArray();
            TimingKernels.Subtract(row, change, -1, 1, signs, bit);
            Assert.Equal(expected, row);
            Assert.Equal(expectedSigns, signs);
        }
    }

    [Fact]
    public void Thresholds_are_reached_from_equality_on()
    {
        var random = new Random(5);
        int[] whole = [.. Enumerable.Range(0, 80).Select(_ => random.Next(-3, 4))];
        float[] thresholds = [.. Enumerable.Range(0, 80).Select(_ => random.Next(-6, 7) / 2f)];
        var (fromWhole, fromReal) = (new ulong[2], new ulong[2]);
        TimingKernels.AtOrAbove(whole, thresholds, fromWhole);
        TimingKernels.AtOrAbove(Array.ConvertAll(whole, v => (float)v), thresholds, fromReal);
        Assert.Equal(fromReal, fromWhole);
        Assert.Equal(Enumerable.Range(0, 80).Count(c => whole[c] >= thresholds[c]), fromWhole.Sum(w => BitOperations.PopCount(w)));
        for (int c = 0; c < 80; c++) Assert.Equal(whole[c] >= thresholds[c], (fromWhole[c >> 6] >> (c & 63) & 1) != 0);
    }
}
