namespace ActorSnn.Networks.Tests;

public class SamplePermutationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(60000)]
    public void Every_sample_is_shown_exactly_once(int count)
    {
        foreach (ulong seed in (ulong[])[0, 1, 99, ulong.MaxValue])
        {
            foreach (long pass in (long[])[0, 1, 60, 1L << 40])
            {
                var shown = new bool[count];
                foreach (int sample in Order(seed, pass, count))
                {
                    Assert.InRange(sample, 0, count - 1);
                    Assert.False(shown[sample], $"sample {sample} of {count} twice (seed {seed}, pass {pass})");
                    shown[sample] = true;
                }
            }
        }
    }

    [Fact]
    public void Passes_and_seeds_have_orders_of_their_own()
    {
        const int Count = 60000;
        var first = Order(1, 0, Count);
        Assert.Equal(first, Order(1, 0, Count));
        foreach (var other in (int[][])[Order(1, 1, Count), Order(1, 2, Count), Order(2, 0, Count), Order(1UL << 63, 0, Count)])
        {
            // Two independent orders agree at one place on average.
            Assert.InRange(first.Zip(other).Count(p => p.First == p.Second), 0, 8);
        }
    }

    [Fact]
    public void Few_samples_still_come_in_many_orders()
    {
        Assert.Equal(2, Enumerable.Range(0, 50).Select(pass => Order(1, pass, 2)[0]).Distinct().Count());
        Assert.Equal(6, Enumerable.Range(0, 200).Select(pass => string.Join(' ', Order(1, pass, 3))).Distinct().Count());
        Assert.InRange(Enumerable.Range(0, 1000).Select(pass => string.Join(' ', Order(1, pass, 10))).Distinct().Count(), 990, 1000);
    }

    /// <summary>Every sample is as likely at every place: over many passes the table of (place, sample) is flat.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(50)]
    public void Over_the_passes_every_sample_is_seen_at_every_place_alike(int count)
    {
        const int Passes = 20_000;
        var table = new int[count * count];
        for (int pass = 0; pass < Passes; pass++)
        {
            var order = new SamplePermutation(77, pass, count);
            for (int place = 0; place < count; place++) table[place * count + order[place]]++;
        }
        double expected = (double)Passes / count;
        double worst = table.Max(n => Math.Abs(n - expected)) / expected;
        double limit = 5 / Math.Sqrt(expected);
        Assert.True(worst < limit, $"a sample is {worst:P1} more or less often at some place; chance explains {limit:P1} ({count} samples)");
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    public void An_order_has_no_visible_structure(ulong seed)
    {
        const int Count = 60000;
        var order = Order(seed, 5, Count);
        double sigma = 1 / Math.Sqrt(Count);
        var steps = order.Zip(order.Skip(1), (a, b) => b - a).ToArray();

        Assert.InRange(Correlation([.. Enumerable.Range(0, Count)], order), -5 * sigma, 5 * sigma);
        foreach (int lag in (int[])[1, 2, 3, 16, 255, 256, 257, 4096])
            Assert.InRange(Correlation(order[..^lag], order[lag..]), -5 * sigma, 5 * sigma);
        // Fixed points and neighbours that stay neighbours: one each on average, Poisson distributed.
        Assert.InRange(order.Where((sample, place) => sample == place).Count(), 0, 8);
        Assert.InRange(steps.Count(s => s == 1), 0, 8);
        Assert.InRange(steps.Count(s => s == -1), 0, 8);
        // No step length is common: each occurs at most about once in expectation.
        Assert.InRange(steps.GroupBy(s => s).Max(g => g.Count()), 1, 12);
        // Bits of place and sample know nothing of each other.
        for (int a = 0; a < 15; a++)
        {
            for (int b = 0; b < 15; b++)
            {
                double agree = order.Select((sample, place) => ((sample >> a) ^ (place >> b)) & 1).Average();
                double even = BitShare(a, Count) * (1 - BitShare(b, Count)) + (1 - BitShare(a, Count)) * BitShare(b, Count);
                Assert.True(Math.Abs(agree - even) < 3 * sigma, $"bit {a} of the sample follows bit {b} of the place: {agree:F4} against {even:F4} (seed {seed})");
            }
        }

        static double BitShare(int bit, int count) => Enumerable.Range(0, count).Count(i => (i >> bit & 1) == 1) / (double)count;
    }

    private static int[] Order(ulong seed, long pass, int count)
    {
        var permutation = new SamplePermutation(seed, pass, count);
        return [.. Enumerable.Range(0, count).Select(i => permutation[i])];
    }

    private static double Correlation(int[] x, int[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xy / Math.Sqrt(xx * yy);
    }
}
