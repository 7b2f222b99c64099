using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>The kernels that work on groups of random words against plain loops.</summary>
public class RandomKernelTests
{
    [Fact]
    public void A_group_of_words_is_the_words_one_by_one()
    {
        var words = new uint[CounterRandom.GroupSize + 5];
        foreach (long stream in (long[])[0, 1, 12345, uint.MaxValue, 1L << 32, long.MaxValue])
        {
            var random = new CounterRandom(0xfedcba9876543210, RandomPurpose.PoissonInput, 3);
            foreach (long group in (long[])[0, 1, 77, (1L << 26) - 1, 1L << 26, (1L << 28) - 1, 1L << 28, 1L << 40])
            {
                Array.Fill(words, 0xABCDu);
                random.Fill(stream, group, words);
                for (int i = 0; i < CounterRandom.GroupSize; i++)
                    Assert.True(random.Word(stream, group * CounterRandom.GroupSize + i) == words[i], $"word {i} of group {group}, stream {stream}");
                Assert.All(words[CounterRandom.GroupSize..], w => Assert.Equal(0xABCDu, w));
            }
        }
    }

    [Fact]
    public void Words_below_a_bound_are_found_as_by_the_scalar_twin()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            uint bound = random.Next(4) switch { 0 => 0, 1 => uint.MaxValue, _ => (uint)random.NextInt64(1L << 32) };
            var words = Words(random, bound);
            ulong expected = 0;
            for (int i = 0; i < 64; i++)
            {
                if (words[i] < bound) expected |= 1UL << i;
            }
            Assert.True(expected == PoissonKernels.Below(words, bound) && expected == PoissonKernels.Scalar.Below(words, bound), $"seed {seed}");
        }
    }

    [Fact]
    public void Numbers_of_spikes_are_added_as_by_the_scalar_twin()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var bounds = Enumerable.Range(0, random.Next(1, 30)).Select(_ => (uint)random.NextInt64(1L << 32)).Order().ToArray();
            if (random.Next(4) == 0) bounds[0] = 0;
            var words = Words(random, bounds[random.Next(bounds.Length)]);
            var before = Enumerable.Range(0, 64).Select(_ => (ushort)random.Next(50)).ToArray();
            var (counts, twin) = (before.ToArray(), before.ToArray());
            PoissonKernels.AddCounts(words, bounds, counts);
            PoissonKernels.Scalar.AddCounts(words, bounds, twin);
            for (int i = 0; i < 64; i++)
            {
                int expected = before[i] + bounds.Count(b => words[i] >= b);
                Assert.True(expected == counts[i] && expected == twin[i], $"word {i} (seed {seed})");
            }
        }
    }

    [Fact]
    public void Words_are_scaled_to_indices_as_documented()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            uint bound = random.Next(3) == 0 ? (uint)random.Next(1, 5) : (uint)random.Next(1, int.MaxValue);
            uint start = (uint)random.NextInt64(bound);
            uint count = (uint)random.NextInt64(1, bound - start + 1L);
            var words = Words(random, (uint)random.NextInt64(1L << 32));
            var expected = words.Select(w => (uint)((ulong)w * bound >> 32)).ToArray();
            ulong within = ConnectivityKernels.Scale(words, bound, start, count);
            Assert.True(expected.AsSpan().SequenceEqual(words), $"seed {seed}");
            for (int i = 0; i < 64; i++) Assert.True((within >> i & 1) == (expected[i] >= start && expected[i] < start + count ? 1u : 0u), $"place {i} (seed {seed})");
        }
    }

    [Fact]
    public void Gaps_have_the_bits_of_the_portable_logarithm()
    {
        var gaps = new double[64];
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            double p = Math.Pow(10, -9 * random.NextDouble());
            if (p == 1) continue;
            double scale = 1 / PortableMath.Log(1 - p);
            var words = Words(random, 0xB504F333); // about 2^32 / sqrt 2, where the logarithm changes its exponent
            ConnectivityKernels.Gaps(words, scale, gaps);
            for (int i = 0; i < 64; i++)
            {
                double u = (words[i] + 0.5) / 4294967296.0;
                double expected = Math.Floor(PortableMath.Log(u) * scale);
                Assert.True(expected == gaps[i], $"word {words[i]}, p {p:R}: {gaps[i]:R}, expected {expected:R} (seed {seed})");
            }
        }
    }

    /// <summary>64 words, among them the largest, the smallest, and some around a value.</summary>
    private static uint[] Words(Random random, uint around)
    {
        var words = Enumerable.Range(0, 64).Select(_ => (uint)random.NextInt64(1L << 32)).ToArray();
        foreach (uint special in (uint[])[0, 1, uint.MaxValue, uint.MaxValue - 1, 1u << 31, (1u << 31) - 1, around, around - 1, around + 1])
            words[random.Next(64)] = special;
        return words;
    }
}
