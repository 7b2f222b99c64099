using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores.Tests;

/// <summary>The vector kernels of integer neurons against their scalar twins.</summary>
public class ThresholdKernelTests
{
    [Fact]
    public void Neurons_fire_as_by_the_scalar_twin()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            int neurons = seed + 1;
            int threshold = random.Next(4) switch { 0 => 0, 1 => -5, 2 => 5, _ => int.MinValue + random.Next(3) };
            // Around the threshold, so that equality occurs, and something above it in the padding.
            var drive = Enumerable.Range(0, (neurons + 15) / 16 * 16).Select(_ => random.Next(-7, 8)).ToArray();
            var twin = drive.ToArray();
            var expected = new ulong[(neurons + 63) / 64];
            var actual = expected.ToArray();
            Array.Fill(expected, 0xAAAAUL);
            Array.Fill(actual, 0x5555UL);
            int plain = Enumerable.Range(0, neurons).Count(j => drive[j] > threshold);

            Assert.Equal(plain, ThresholdKernels.Scalar.Fire(twin, neurons, threshold, expected));
            Assert.Equal(plain, ThresholdKernels.Fire(drive, neurons, threshold, actual));

            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{neurons} neurons, threshold {threshold} (seed {seed})");
            Assert.Equal(plain, Bits.Count(actual));
            Assert.All(drive, d => Assert.Equal(0, d));
            Assert.All(twin, d => Assert.Equal(0, d));
        }
    }

    [Fact]
    public void The_threshold_is_strict()
    {
        int[] drive = [511, 512, 513, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var spikes = new ulong[1];
        Assert.Equal(1, ThresholdKernels.Fire(drive, 3, 512, spikes));
        Assert.Equal(0b100UL, spikes[0]);
    }

    [Fact]
    public void A_weight_is_added_exactly_where_a_bit_is_set()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int length = 16 * random.Next(1, 7);
            ulong word = 0;
            double density = random.NextDouble();
            for (int bit = 0; bit < Math.Min(64, length); bit++)
            {
                if (random.NextDouble() < density) word |= 1UL << bit;
            }
            int weight = random.Next(-10_000, 10_000);
            var before = Enumerable.Range(0, length).Select(_ => random.Next(-10_000, 10_000)).ToArray();
            var twin = before.ToArray();
            var drive = before.ToArray();

            ThresholdKernels.Scalar.AddWhereSet(word, weight, twin);
            ThresholdKernels.AddWhereSet(word, weight, drive);

            for (int j = 0; j < length; j++)
            {
                int expected = before[j] + (j < 64 && (word >> j & 1) == 1 ? weight : 0);
                Assert.True(expected == drive[j] && expected == twin[j], $"lane {j} of {length}, word {word:x} (seed {seed})");
            }
        }
    }
}
