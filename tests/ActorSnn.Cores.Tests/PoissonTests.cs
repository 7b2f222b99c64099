using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>Poisson inputs and sources against their distributions.</summary>
public class PoissonTests
{
    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.001)]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(7.5)]
    [InlineData(40)]
    [InlineData(100)]
    public void Bounds_are_the_distribution_function(double mean)
    {
        uint[] bounds = PoissonNoise.Bounds(mean);
        double logTerm = -mean;
        double sum = 0;
        for (int k = 0; k < bounds.Length; k++)
        {
            sum += Math.Exp(logTerm);
            logTerm += Math.Log(mean) - Math.Log(k + 1);
            Assert.InRange(bounds[k] - sum * 4294967296, -0.51, 0.51);
            if (k > 0) Assert.True(bounds[k] >= bounds[k - 1]);
        }
        // The largest number there is leaves out less than two words in 2^32.
        Assert.InRange(1 - sum - Math.Exp(logTerm), -1e-12, 1.6 / 4294967296);
    }

    [Fact]
    public void A_rate_of_nothing_has_no_bounds() => Assert.Empty(PoissonNoise.Bounds(0));

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.9, 2)]
    [InlineData(12, 3)]
    [InlineData(100, 4)]
    public void Numbers_of_spikes_have_a_poisson_distribution(double mean, int seed)
    {
        const int Neurons = 500, Ticks = 200, N = Neurons * Ticks;
        var network = new NetworkBuilder("n", (ulong)seed, 0.5)
            .AddPopulation("out", Neurons, new LifDelta())
            .AddPoissonInput("out", 1, 0)
            .AddPoissonInput("out", mean / 0.5e-3, 1)
            .Build();
        // Two slices, neither of which starts or ends with a group of 64.
        var counts = new int[N];
        int cut = 137;
        foreach (var slice in (Slice[])[new(0, 0, cut), new(0, cut, Neurons - cut)])
        {
            var channel = new InputChannel(1, false, slice.Count, counts: true);
            var noise = new PoissonNoise(network, network.Inputs[1], slice, channel);
            for (int tick = 0; tick < Ticks; tick++)
            {
                channel.Begin(tracked: false);
                noise.Deliver(tick);
                for (int n = 0; n < slice.Count; n++) counts[tick * Neurons + slice.Start + n] = channel.Counts![n];
                channel.Clear();
            }
        }
        AssertWithin(counts.Average(), mean, Math.Sqrt(mean / N));
        double variance = counts.Average(c => (c - mean) * (c - mean));
        AssertWithin(variance, mean, Math.Sqrt((mean + 2 * mean * mean) / N)); // fourth central moment: mean + 3 mean^2
        double together = Enumerable.Range(0, N - 1).Average(i => (counts[i] - mean) * (counts[i + 1] - mean));
        AssertWithin(together, 0, mean / Math.Sqrt(N));
        double overTime = Enumerable.Range(0, N - Neurons).Average(i => (counts[i] - mean) * (counts[i + Neurons] - mean));
        AssertWithin(overTime, 0, mean / Math.Sqrt(N - Neurons));

        // Chi-square over the numbers that are expected at least ten times.
        double probability = Math.Exp(-mean);
        double chiSquare = 0;
        int kinds = 0;
        for (int k = 0; k < 300; k++)
        {
            double expected = N * probability;
            if (expected >= 10)
            {
                int found = counts.Count(c => c == k);
                chiSquare += (found - expected) * (found - expected) / expected;
                kinds++;
            }
            probability *= mean / (k + 1);
        }
        Assert.True(kinds > 2);
        AssertWithin(chiSquare, kinds, Math.Sqrt(2.0 * kinds));
    }

    [Fact]
    public void Noise_is_the_naive_draw_of_each_neuron_and_tick_and_acts_at_its_tick()
    {
        var network = new NetworkBuilder("n", 9)
            .AddPopulation("out", 100, new IntegrateAndFire(1e9, -1))
            .AddPoissonInput("out", 400, 0.5)
            .AddPoissonInput("out", 90_000, -0.25)
            .AddProbe(new PotentialProbe("potentials", "out", TickFilter.EveryTick))
            .Build();
        var sums = new double[100];
        foreach (var (tick, values) in new Lockstep(network).RunTo(20).TakeRecordings().Potentials("potentials"))
        {
            for (int n = 0; n < 100; n++)
            {
                sums[n] += network.Inputs.Sum(i => NaiveDraws.InputSpikes(network, i, n, tick) * i.Weight);
                Assert.Equal((float)sums[n], values[n]);
            }
        }
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 0.1)]
    [InlineData(900, 0.1)]
    [InlineData(5000, 1)] // almost every tick
    [InlineData(1e6, 1)] // every tick
    public void A_source_spikes_with_the_probability_of_at_least_one_spike_in_a_tick(double rate, double dt)
    {
        const int Neurons = 1000, Ticks = 400;
        var network = new NetworkBuilder("n", 5, dt).AddPopulation("in", Neurons, new PoissonSource(rate)).Build();
        long spikes = new Lockstep(network).RunTo(Ticks - 1).Capture().SpikeCount;
        double p = 1 - Math.Exp(-rate * dt * 1e-3);
        double mean = (double)Neurons * Ticks * p;
        AssertWithin(spikes, mean, Math.Sqrt(mean * (1 - p)) + 1e-3);
    }

    private static void AssertWithin(double actual, double mean, double deviation) =>
        Assert.InRange(actual, mean - 5 * deviation, mean + 5 * deviation);
}
