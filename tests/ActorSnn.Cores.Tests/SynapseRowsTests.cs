using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>Sparse synapses as they are stored, and what is drawn at random with them.</summary>
public class SynapseRowsTests
{
    /// <summary>Bytes a synapse with all that belongs to it, over all slices.</summary>
    [Theory]
    [InlineData("CUBA", 1, 6)]
    [InlineData("CUBA", 4, 6)]
    [InlineData("CUBA, weights and delays drawn", 1, 8)]
    [InlineData("CUBA, weights and delays drawn", 3, 8)]
    [InlineData("Brunel", 1, 6)]
    [InlineData("Brunel, weights drawn", 2, 6)]
    [InlineData("Brunel, delays drawn", 2, 6)]
    [InlineData("out-degree", 2, 6)]
    public void A_synapse_takes_few_bytes(string what, int slices, double most)
    {
        var (sources, targets, connectivity) = what.Split(',')[0] switch
        {
            "CUBA" => (3200, 4000, Connectivity.Random(0.02)),
            "Brunel" => (2500, 10_000, Connectivity.FixedInDegree(100)),
            _ => (100_000, 100_000, Connectivity.FixedOutDegree(100)),
        };
        var network = Build(
            sources, targets, connectivity, what.Contains("weights") ? Weight.Normal(1, 0.2) : Weight.Constant(0.1),
            what.Contains("delays") ? Delay.Uniform(1, 20) : Delay.Ticks(15));
        long bytes = 0;
        long synapses = 0;
        foreach (var slice in Slices(targets, slices))
        {
            var rows = Rows(network, slice);
            bytes += rows.Bytes;
            synapses += rows.Offsets[^1];
        }
        double expected = connectivity.ExpectedSynapses(sources, targets);
        Assert.InRange(synapses, expected - 6 * Math.Sqrt(expected), expected + 6 * Math.Sqrt(expected));
        Assert.True((double)bytes / synapses <= most, $"{(double)bytes / synapses:0.00} bytes a synapse");
        Assert.True(SynapseRows.BytesPerSynapse(network.Projections[0]) <= most);
    }

    [Theory]
    [InlineData(0, 1, 50, 60)]
    [InlineData(1, 0, 5, double.MaxValue)]
    [InlineData(1, 0.1, -10, -5)]
    [InlineData(-3, 2, -3.5, 1e6)]
    [InlineData(0, 1, double.MinValue, double.MaxValue)]
    public void Weights_stay_within_their_clip_however_far_it_is_from_the_mean(double mean, double deviation, double low, double high)
    {
        var network = new NetworkBuilder("n", seed: 5)
            .AddPopulation("in", 30, new PoissonSource(1))
            .AddPopulation("out", 30, new LifDelta())
            .AddProjection("in", "out", Connectivity.Dense, Weight.Normal(mean, deviation, low, high))
            .Build();
        var projection = network.Projections[0];
        var rows = new SynapseRows(network, projection, new Slice(1, 0, 30), withWeights: true);
        for (int s = 0; s < rows.Count; s++)
        {
            double drawn = Synapses.WeightOf(network, projection, s);
            Assert.InRange(drawn, low, high);
            Assert.Equal(drawn, rows.UnitsAt(s) * rows.Quantum, rows.Quantum);
        }
    }

    [Fact]
    public void Weights_of_either_sign_come_back_within_half_a_unit_of_24_bits()
    {
        float[] given = [1, -1, 0, 0.5f, -0.5f, 1e-3f, -1e-3f, 1e-7f, -1e-7f, 0.9999999f, -0.9999999f, 0.3333333f];
        foreach (float scale in (float[])[1, 37.5f, 1e-6f, 1e9f])
        {
            float[] weights = [.. given.Select(w => w * scale)];
            var network = Build(1, weights.Length, Connectivity.Dense, Weight.Array(weights));
            var rows = Rows(network, new Slice(1, 0, weights.Length));
            Assert.Equal((double)scale / ((1 << 23) - 1), rows.Quantum, scale * 1e-20);
            for (int i = 0; i < weights.Length; i++)
            {
                Assert.InRange(rows.UnitsAt(i), -SynapseRows.MaxUnits, SynapseRows.MaxUnits);
                Assert.InRange(rows.UnitsAt(i) * rows.Quantum - weights[i], -0.5001 * rows.Quantum, 0.5001 * rows.Quantum);
            }
            Assert.Equal((SynapseRows.MaxUnits, -SynapseRows.MaxUnits, 0), (rows.UnitsAt(0), rows.UnitsAt(1), rows.UnitsAt(2)));
        }
    }

    [Fact]
    public void Weights_that_are_all_zero_are_zero()
    {
        var rows = Rows(Build(1, 3, Connectivity.Dense, Weight.Array(new float[3])), new Slice(1, 0, 3));
        for (int i = 0; i < 3; i++) Assert.Equal(0, rows.UnitsAt(i) * rows.Quantum);
    }

    /// <summary>Whatever is drawn is what the naive draws give, row by row; delays ascend, and a delay's part is found by search.</summary>
    [Fact]
    public void Rows_hold_what_is_drawn_sorted_by_delay()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int sources = random.Next(1, 120);
            int targets = random.Next(1, 120);
            var network = Build(
                sources, targets, Kind(random, sources, targets), random.Next(2) == 0 ? Weight.Constant(2) : Weight.Uniform(-3, 2),
                random.Next(2) == 0 ? Delay.Ticks(4) : Delay.Uniform(3, random.Next(3, 40)), (ulong)seed);
            var projection = network.Projections[0];
            int start = random.Next(targets);
            var slice = new Slice(1, start, random.Next(1, targets - start + 1));
            var rows = Rows(network, slice);
            var drawn = NaiveDraws.Synapses(network, projection).Where(s => s.Target >= slice.Start && s.Target < slice.End).ToLookup(s => s.Source);
            for (int source = 0; source < sources; source++)
            {
                // OrderBy keeps the order of drawing among equals.
                var expected = drawn[source].OrderBy(s => s.Delay).ToArray();
                var (first, end) = (rows.Offsets[source], rows.Offsets[source + 1]);
                string what = $"source {source} of {sources}, {projection.Connectivity.Name} (seed {seed})";
                Assert.True(expected.Select(s => s.Target - slice.Start).SequenceEqual(rows.Targets[first..end].Select(t => (int)t)), what);
                if (projection.Delay is Delay.ConstantDelay) Assert.Null(rows.Delays);
                else
                {
                    Assert.True(expected.Select(s => s.Delay).SequenceEqual(rows.Delays![first..end].Select(d => (int)d)), what);
                    for (int delay = projection.Delay.Min - 1; delay <= projection.Delay.Max + 1; delay++)
                    {
                        var part = rows.WithDelay(source, delay);
                        Assert.Equal(expected.Count(s => s.Delay == delay), part.End - part.First);
                        Assert.All(Enumerable.Range(part.First, part.End - part.First), i => Assert.Equal(delay, rows.Delays[i]));
                    }
                }
                if (projection.Weight is Weight.ConstantWeight) Assert.Null(rows.Weights);
                else
                {
                    for (int i = first; i < end; i++)
                        Assert.True(Math.Abs(rows.UnitsAt(i) * rows.Quantum - expected[i - first].Weight) <= 0.5001 * rows.Quantum, what);
                }
            }
        }
    }

    [Fact]
    public void Slices_draw_their_shares_of_the_whole_and_nothing_else()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int sources = random.Next(1, 300);
            int targets = random.Next(1, 300);
            var network = Build(sources, targets, Kind(random, sources, targets), Weight.Uniform(-1, 1), Delay.Uniform(1, 5), (ulong)seed);
            var projection = network.Projections[0];
            var whole = Synapses.Onto(network, projection, new Slice(1, 0, targets));
            var parts = new List<Synapse>();
            for (int start = 0; start < targets;)
            {
                int count = random.Next(1, Math.Min(70, targets - start) + 1);
                var part = Synapses.Onto(network, projection, new Slice(1, start, count));
                Assert.All(part, s => Assert.InRange(s.Target, start, start + count - 1));
                parts.AddRange(part);
                start += count;
            }
            static IEnumerable<Synapse> Sorted(IEnumerable<Synapse> synapses) =>
                synapses.OrderBy(s => s.Source).ThenBy(s => s.Target).ThenBy(s => s.Weight).ThenBy(s => s.Delay);
            Assert.True(Sorted(whole).SequenceEqual(Sorted(parts)), $"{projection.Connectivity.Name} (seed {seed})");
            if (projection.Connectivity is Connectivity.RandomConnectivity)
                Assert.Equal(whole.Count, whole.Select(s => (s.Source, s.Target)).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(0.02, 2)]
    [InlineData(0.9, 3)]
    public void Random_pairs_have_binomial_degrees(double p, int seed)
    {
        const int Sources = 900, Targets = 700;
        var synapses = Draw(Sources, Targets, Connectivity.Random(p), seed);
        Assert.Equal(synapses.Count, synapses.Distinct().Count());
        AssertBinomial(Counts(synapses.Select(s => s.Source), Sources), Targets, p);
        AssertBinomial(Counts(synapses.Select(s => s.Target), Targets), Sources, p);
        double total = (double)Sources * Targets * p;
        AssertWithin(synapses.Count, total, Math.Sqrt(total * (1 - p)));
        // Pairs of neighbouring sources of one target are as frequent as of independent ones.
        var pairs = synapses.ToHashSet();
        double both = (Sources - 1.0) * Targets * p * p;
        AssertWithin(synapses.Count(s => pairs.Contains((s.Source + 1, s.Target))), both, Math.Sqrt(both) * 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Sources_of_a_fixed_in_degree_and_targets_of_a_fixed_out_degree_are_uniform(int seed)
    {
        const int Sources = 500, Targets = 300;
        var into = Draw(Sources, Targets, Connectivity.FixedInDegree(200), seed);
        Assert.All(Counts(into.Select(s => s.Target), Targets), c => Assert.Equal(200, c));
        AssertUniform(Counts(into.Select(s => s.Source), Sources));
        var outOf = Draw(Sources, Targets, Connectivity.FixedOutDegree(200), seed);
        Assert.All(Counts(outOf.Select(s => s.Source), Sources), c => Assert.Equal(200, c));
        AssertUniform(Counts(outOf.Select(s => s.Target), Targets));
    }

    [Fact]
    public void Delays_and_weights_are_uniform_where_they_are_drawn_so()
    {
        var network = Build(400, 300, Connectivity.Random(0.5), Weight.Uniform(-2, 3), Delay.Uniform(4, 23), 7);
        var synapses = Synapses.Onto(network, network.Projections[0], new Slice(1, 0, 300));
        AssertUniform(Counts(synapses.Select(s => s.Delay - 4), 20));
        AssertUniform(Counts(synapses.Select(s => (int)((s.Weight + 2) * 10)), 50));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1e-300, 0, 0)]
    [InlineData(1e-17, 0, 0)]
    [InlineData(1e-9, 0, 3)]
    [InlineData(0.999999, 159_990, 160_000)]
    [InlineData(1, 160_000, 160_000)]
    public void Extreme_probabilities_give_next_to_none_or_next_to_all_pairs(double p, int least, int most)
    {
        var synapses = Draw(400, 400, Connectivity.Random(p), 3);
        Assert.InRange(synapses.Count, least, most);
        Assert.Equal(synapses.Count, synapses.Distinct().Count());
    }

    [Fact]
    public void A_very_rare_pair_occurs_as_often_as_it_should()
    {
        // A hundred thousand million pairs in all.
        int count = Enumerable.Range(0, 10).Sum(seed => Draw(100_000, 100_000, Connectivity.Random(1e-9), seed, new Slice(1, 0, 2000)).Count);
        AssertWithin(count, 2, Math.Sqrt(2));
        count = Draw(1_000_000, 1000, Connectivity.Random(1e-6), 5).Count;
        AssertWithin(count, 1000, Math.Sqrt(1000));
    }

    private static Connectivity Kind(Random random, int sources, int targets) => random.Next(6) switch
    {
        0 => Connectivity.Dense,
        1 => Connectivity.Random(random.NextDouble()),
        2 => Connectivity.Random(Math.Pow(random.NextDouble(), 4)),
        3 => Connectivity.FixedInDegree(random.Next(0, 40)),
        4 => Connectivity.FixedOutDegree(random.Next(0, 40)),
        _ => Connectivity.Pairs([.. Enumerable.Range(0, 200).Select(_ => (random.Next(sources), random.Next(targets)))]),
    };

    private static Network Build(int sources, int targets, Connectivity connectivity, Weight weight, Delay? delay = null, ulong seed = 1) =>
        new NetworkBuilder("n", seed)
            .AddPopulation("in", sources, new PoissonSource(1))
            .AddPopulation("out", targets, new LifDelta())
            .AddProjection("in", "out", connectivity, weight, delay)
            .Build();

    private static SynapseRows Rows(Network network, Slice slice) =>
        new(network, network.Projections[0], slice, withWeights: network.Projections[0].Weight is not Weight.ConstantWeight);

    private static IEnumerable<Slice> Slices(int targets, int slices) =>
        Enumerable.Range(0, slices).Select(i => new Slice(1, targets * i / slices, targets * (i + 1) / slices - targets * i / slices));

    private static List<(int Source, int Target)> Draw(int sources, int targets, Connectivity connectivity, int seed, Slice? slice = null)
    {
        var network = Build(sources, targets, connectivity, Weight.Constant(1), seed: (ulong)seed);
        return [.. Synapses.Onto(network, network.Projections[0], slice ?? new Slice(1, 0, targets)).Select(s => (s.Source, s.Target))];
    }

    private static int[] Counts(IEnumerable<int> values, int kinds)
    {
        var counts = new int[kinds];
        foreach (int value in values) counts[value]++;
        return counts;
    }

    /// <summary>Mean and variance of many binomial numbers, within five standard errors.</summary>
    private static void AssertBinomial(int[] counts, int trials, double p)
    {
        double variance = trials * p * (1 - p);
        AssertWithin(counts.Average(), trials * p, Math.Sqrt(variance / counts.Length));
        double spread = counts.Average(c => (c - trials * p) * (c - trials * p));
        AssertWithin(spread, variance, variance * Math.Sqrt(2.0 / counts.Length));
    }

    private static void AssertUniform(int[] counts)
    {
        double expected = counts.Average();
        double chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        AssertWithin(chiSquare, counts.Length - 1, Math.Sqrt(2.0 * (counts.Length - 1)));
    }

    private static void AssertWithin(double actual, double mean, double deviation) =>
        Assert.InRange(actual, mean - 5 * deviation, mean + 5 * deviation);
}
