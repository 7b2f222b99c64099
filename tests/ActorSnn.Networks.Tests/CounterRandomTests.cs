namespace ActorSnn.Networks.Tests;

public class CounterRandomTests
{
    /// <summary>Known answers of the authors' Random123 library (kat_vectors, philox4x32-10).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_published_answers(
        uint c0, uint c1, uint c2, uint c3, uint key0, uint key1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), CounterRandom.Philox((c0, c1, c2, c3), key0, key1));

    [Fact]
    public void Every_part_of_the_key_and_counter_matters()
    {
        var draws = new HashSet<ulong>
        {
            Draw(1, RandomPurpose.Weight, 0, 0, 0),
            Draw(2, RandomPurpose.Weight, 0, 0, 0),
            Draw(1 | (1UL << 32), RandomPurpose.Weight, 0, 0, 0),
            Draw(1, RandomPurpose.Delay, 0, 0, 0),
            Draw(1, RandomPurpose.Weight, 1, 0, 0),
            Draw(1, RandomPurpose.Weight, 0, 1, 0),
            Draw(1, RandomPurpose.Weight, 0, 1L << 32, 0),
            Draw(1, RandomPurpose.Weight, 0, 0, 1),
            Draw(1, RandomPurpose.Weight, 0, 0, 1L << 32),
        };
        Assert.Equal(9, draws.Count);

        static ulong Draw(ulong seed, RandomPurpose purpose, int entity, long element, long step) =>
            new CounterRandom(seed, purpose, entity).Bits(element, step);
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(0xfedcba9876543210ul)]
    public void Uniform_numbers_have_the_moments_of_the_uniform_distribution(ulong seed)
    {
        const int N = 200_000;
        var random = new CounterRandom(seed, RandomPurpose.Weight, 3);
        var byElement = Enumerable.Range(0, N).Select(i => random.Uniform(i)).ToArray();
        var byStep = Enumerable.Range(0, N).Select(i => random.Uniform(17, i)).ToArray();
        foreach (double[] numbers in (double[][])[byElement, byStep])
        {
            Assert.All(numbers, u => Assert.InRange(u, 0, Math.BitDecrement(1.0)));
            AssertMean(0.5, 1.0 / 12, numbers, u => u);
            AssertMean(1.0 / 12, 1.0 / 180, numbers, u => (u - 0.5) * (u - 0.5));
            AssertMean(0, 1.0 / 144, numbers.Zip(numbers.Skip(1)), p => (p.First - 0.5) * (p.Second - 0.5));
            AssertMean(0, 1.0 / 144, numbers.Zip(numbers.Skip(64)), p => (p.First - 0.5) * (p.Second - 0.5));
        }
        AssertMean(0, 1.0 / 144, byElement.Zip(byStep), p => (p.First - 0.5) * (p.Second - 0.5));
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(0xfedcba9876543210ul)]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution(ulong seed)
    {
        const int N = 200_000;
        var random = new CounterRandom(seed, RandomPurpose.Weight, 3);
        var numbers = Enumerable.Range(0, N).Select(i => random.Normal(i)).ToArray();
        AssertMean(0, 1, numbers, z => z);
        AssertMean(1, 2, numbers, z => z * z);
        AssertMean(0, 15, numbers, z => z * z * z);
        AssertMean(3, 96, numbers, z => z * z * z * z);
        AssertMean(0, 1, numbers.Zip(numbers.Skip(1)), p => p.First * p.Second);
        // P(|z| > 1), P(|z| > 2), P(|z| > 3)
        foreach (var (limit, probability) in ((double, double)[])[(1, 0.3173105), (2, 0.0455003), (3, 0.0026998)])
            AssertMean(probability, probability * (1 - probability), numbers, z => Math.Abs(z) > limit ? 1 : 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Numbers_below_a_bound_are_all_equally_likely(int bound)
    {
        const int N = 100_000;
        var random = new CounterRandom(5, RandomPurpose.Delay, 1);
        var counts = new int[bound];
        for (int i = 0; i < N; i++) counts[random.Below(bound, i)]++;
        double expected = (double)N / bound;
        double chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        // Mean bound - 1, standard deviation sqrt(2 (bound - 1)).
        Assert.InRange(chiSquare, 0, bound - 1 + 5 * Math.Sqrt(2.0 * bound));
    }

    [Fact]
    public void A_draw_below_the_largest_bound_stays_below()
    {
        var random = new CounterRandom(5, RandomPurpose.Delay, 1);
        int largest = 0;
        for (int i = 0; i < 10_000; i++)
        {
            int draw = random.Below(int.MaxValue, i);
            Assert.InRange(draw, 0, int.MaxValue - 1);
            largest = Math.Max(largest, draw);
        }
        Assert.True(largest > int.MaxValue / 2, $"the largest of 10,000 was {largest}");
    }

    /// <summary>A mean within five standard errors.</summary>
    private static void AssertMean<T>(double mean, double variance, IEnumerable<T> numbers, Func<T, double> of)
    {
        double sum = 0;
        int n = 0;
        foreach (var number in numbers)
        {
            sum += of(number);
            n++;
        }
        double tolerance = 5 * Math.Sqrt(variance / n);
        Assert.InRange(sum / n, mean - tolerance, mean + tolerance);
    }
}
