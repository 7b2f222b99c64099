using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>What a core computes, followed by hand on networks of a few neurons.</summary>
public class NeuronCoreTests
{
    [Theory]
    [InlineData(10, 10, 0, false)]
    [InlineData(11, 10, 0, true)]
    [InlineData(11, 10, -1, false)]
    [InlineData(-5, -6, 0, true)]
    [InlineData(-6, -6, 0, false)]
    public void A_neuron_spikes_where_its_potential_is_above_the_threshold(int weight, int threshold, int bias, bool spikes)
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((3, 0)))
            .AddPopulation("out", 1, new GatedThresholdNeuron(threshold, bias))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(weight))
            .Build();
        Assert.Equal(spikes, SpikesOf(network, "out", 10).Contains(new Spike(4, 0)));
    }

    [Theory]
    [InlineData(5, 4, 20)]
    [InlineData(4, 4, 0)]
    [InlineData(-3, -4, 20)]
    public void A_bias_above_the_threshold_makes_a_neuron_spike_in_every_tick(int bias, int threshold, int spikes)
    {
        var network = new NetworkBuilder("n").AddPopulation("out", 70, new GatedThresholdNeuron(threshold, bias)).Build();
        Assert.Equal(70 * spikes, SpikesOf(network, "out", 20).Count);
    }

    [Fact]
    public void A_closed_neuron_passes_a_spike_on_only_while_its_gate_is_open()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("gate", 1, new SpikeArraySource((4, 0), (9, 0)))
            .AddPopulation("in", 3, new SpikeArraySource((3, 0), (4, 1), (5, 2), (9, 2)))
            .AddPopulation("out", 3, new GatedThresholdNeuron(1024, -8192))
            .AddProjection("gate", "out", Connectivity.OneToAll, Weight.Constant(8704))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(520))
            .Build();
        Assert.Equal([new Spike(5, 1), new Spike(10, 2)], SpikesOf(network, "out", 20));
    }

    [Fact]
    public void What_a_gate_adds_lowers_the_threshold_for_one_tick()
    {
        // 1:1 inputs of 0, 1, 512 and 513 units onto neurons gated to thresholds of 512 and 0.
        foreach (var (gate, fires) in ((int, int[])[])[(8192 + 512, [3]), (8192 + 1024, [1, 2, 3]), (8192 + 1025, [0, 1, 2, 3]), (8192, [])])
        {
            var network = new NetworkBuilder("n")
                .AddPopulation("gate", 1, new SpikeArraySource((0, 0)))
                .AddPopulation("in", 4, new SpikeArraySource((0, 0), (0, 1), (0, 2), (0, 3)))
                .AddPopulation("out", 4, new GatedThresholdNeuron(1024, -8192))
                .AddProjection("gate", "out", Connectivity.OneToAll, Weight.Constant(gate))
                .AddProjection("in", "out", Connectivity.OneToOne, Weight.Array(new float[] { 0, 1, 512, 513 }))
                .Build();
            Assert.Equal(fires.Select(n => new Spike(1, n)), SpikesOf(network, "out", 5));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    [InlineData(Delay.MaxTicks)]
    public void A_spike_arrives_after_its_delay(int delay)
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((0, 0), (5, 0)))
            .AddPopulation("out", 1, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.Pairs((0, 0)), Weight.Constant(1), Delay.Ticks(delay))
            .Build();
        Assert.Equal([new Spike(delay, 0), new Spike(5 + delay, 0)], SpikesOf(network, "out", delay + 20));
    }

    [Fact]
    public void Delays_in_a_range_spread_one_spike_over_it()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((3, 0)))
            .AddPopulation("out", 500, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(1), Delay.Uniform(2, 5))
            .Build();
        var spikes = SpikesOf(network, "out", 20);
        Assert.Equal(500, spikes.Select(s => s.Neuron).Distinct().Count());
        Assert.Equal(500, spikes.Count);
        Assert.Equal([5L, 6, 7, 8], spikes.Select(s => s.Tick).Distinct().Order());
        Assert.All(spikes.GroupBy(s => s.Tick), g => Assert.InRange(g.Count(), 80, 170));
    }

    [Fact]
    public void A_pair_listed_twice_is_two_synapses()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((0, 0)))
            .AddPopulation("out", 2, new GatedThresholdNeuron(9))
            .AddProjection("in", "out", Connectivity.Pairs((0, 0), (0, 1), (0, 0)), Weight.Constant(5))
            .Build();
        Assert.Equal([new Spike(1, 0)], SpikesOf(network, "out", 5));
    }

    [Fact]
    public void Projections_between_the_same_populations_add_up()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((0, 0)))
            .AddPopulation("out", 1, new GatedThresholdNeuron(9))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(5))
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(4))
            .AddProjection("in", "out", Connectivity.Pairs((0, 0)), Weight.Constant(1))
            .Build();
        Assert.Equal([new Spike(1, 0)], SpikesOf(network, "out", 5));
    }

    [Fact]
    public void One_spike_goes_round_a_ring_for_ever()
    {
        var builder = new NetworkBuilder("ring").AddPopulation("kick", 1, new SpikeArraySource((1, 0)));
        for (int i = 0; i < 3; i++) builder.AddPopulation($"g{i}", 1, new GatedThresholdNeuron());
        builder.AddProjection("kick", "g0", Connectivity.OneToOne, Weight.Constant(2000));
        for (int i = 0; i < 3; i++) builder.AddProjection($"g{i}", $"g{(i + 1) % 3}", Connectivity.OneToOne, Weight.Constant(2000));
        var network = builder.Build();
        for (int i = 0; i < 3; i++)
            Assert.Equal(Enumerable.Range(0, 10).Select(k => new Spike(2 + i + 3 * k, 0)), SpikesOf(network, $"g{i}", 32).Take(10));
    }

    [Fact]
    public void A_poisson_source_spikes_at_its_rate_and_differently_in_every_neuron_and_population()
    {
        var network = new NetworkBuilder("n", seed: 3, timeStepMs: 0.5)
            .AddPopulation("a", 100, new PoissonSource(200))
            .AddPopulation("b", 100, new PoissonSource(200))
            .Build();
        const int Ticks = 1000;
        double p = new PoissonSource(200).SpikeProbability(0.5);
        var (a, b) = (SpikesOf(network, "a", Ticks), SpikesOf(network, "b", Ticks));
        double sigma = Math.Sqrt(100 * Ticks * p * (1 - p));
        Assert.InRange(a.Count, 100 * Ticks * p - 5 * sigma, 100 * Ticks * p + 5 * sigma);
        Assert.InRange(b.Count, 100 * Ticks * p - 5 * sigma, 100 * Ticks * p + 5 * sigma);
        // Coincidences of equal neurons of both populations: p^2.
        double both = 100 * Ticks * p * p;
        Assert.InRange(a.Intersect(b).Count(), both - 5 * Math.Sqrt(both), both + 5 * Math.Sqrt(both));
        double each = 6 * Math.Sqrt(Ticks * p);
        Assert.All(a.GroupBy(s => s.Neuron), g => Assert.InRange(g.Count(), Ticks * p - each, Ticks * p + each));
    }

    [Fact]
    public void A_sample_source_shows_every_sample_of_a_pass_once_in_the_order_of_the_pass()
    {
        const int Samples = 20;
        var presentation = new SamplePresentation(Samples, 3, Shuffled: true, Seed: 9);
        var frames = BitFrames.OneHot([.. Enumerable.Range(0, Samples).Select(i => (byte)i)], Samples);
        var network = new NetworkBuilder("n")
            .AddPopulation("in", Samples, new SampleSource(frames, presentation, 5))
            .Build();
        var shown = SpikesOf(network, "in", 5 + 3 * 2 * Samples);
        Assert.Equal(2 * Samples, shown.Count);
        for (int k = 0; k < 2 * Samples; k++)
            Assert.Equal(new Spike(5 + 3 * k, presentation.OrderOf(k / Samples)![k % Samples]), shown[k]);
    }

    /// <summary>Sums are taken in 32 bits: a hundred of the largest weights fit, two hundred are refused before anything runs.</summary>
    [Theory]
    [InlineData("one weight for all")]
    [InlineData("a weight each")]
    [InlineData("listed pairs")]
    public void Many_spikes_of_the_largest_weight_add_up(string kind)
    {
        const int Sources = 120;
        const int Largest = GatedThresholdNeuron.MaxMagnitude;
        var (connectivity, weight) = kind switch
        {
            "one weight for all" => (Connectivity.Dense, Weight.Constant(Largest)),
            "a weight each" => (Connectivity.Dense, Weight.Array(Enumerable.Repeat((float)Largest, Sources).ToArray())),
            _ => (Connectivity.Pairs([.. Enumerable.Range(0, Sources).Select(i => (i, 0))]), Weight.Constant(Largest)),
        };
        var network = new NetworkBuilder("n")
            .AddPopulation("in", Sources, new SpikeArraySource(Enumerable.Range(0, Sources).Select(i => new Spike(0, i))))
            .AddPopulation("out", 1, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", connectivity, weight)
            .Build();
        Assert.Equal([new Spike(1, 0)], SpikesOf(network, "out", 5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_neuron_held_as_far_below_its_threshold_as_weights_allow_stays_silent(bool skip)
    {
        const int Sources = 127;
        const int Largest = GatedThresholdNeuron.MaxMagnitude;
        var network = new NetworkBuilder("n")
            .AddPopulation("in", Sources, new SpikeArraySource(Enumerable.Range(0, Sources).Select(i => new Spike(0, i))))
            .AddPopulation("out", 1, new GatedThresholdNeuron(Largest))
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(-Largest))
            .AddProjection("in", "out", Connectivity.Pairs((0, 0)), Weight.Constant(1))
            .Build();
        Assert.Equal(Sources, new Lockstep(network, new CoreOptions(SkipClosedNeurons: skip)).RunTo(5).Capture().SpikeCount);
    }

    /// <summary>
    /// Neuron 0 of the input lives on the core and acts there after one tick; neuron 1 lives elsewhere and acts after two, so its spikes
    /// may arrive when those of neuron 0 have been delivered already.
    /// </summary>
    [Fact]
    public void A_spike_that_arrives_just_in_time_counts_even_where_its_population_has_been_heard_before()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 2, new SpikeArraySource((3, 0), (3, 1)))
            .AddPopulation("echo", 2, new GatedThresholdNeuron())
            .AddPopulation("both", 1, new GatedThresholdNeuron(1))
            .AddProjection("in", "echo", Connectivity.OneToOne, Weight.Array(new float[] { 1, 2 }), Delay.Uniform(1, 1))
            .AddProjection("in", "both", Connectivity.Dense, Weight.Array(new float[] { 1, 1 }), Delay.Ticks(2))
            .Build();
        var placement = new Placement(network,
        [
            new CorePlacement(0, [new Slice(0, 0, 1), new Slice(1, 0, 1), new Slice(2, 0, 1)], 2, 0),
            new CorePlacement(1, [new Slice(0, 1, 1), new Slice(1, 1, 1)], 1, 0),
        ]);
        var link = Assert.Single(placement.Links());
        Assert.Equal((1, 0, 2), (link.From, link.To, link.Delay));
        var core = new NeuronCore(placement, 0, runAhead: 1);
        while (core.Tick < 4) core.Step();
        core.Receive(new Slice(0, 1, 1), 3, new SpikeSet([1UL], 1));
        core.Step();
        Assert.Equal((5, 1), (core.Tick, core.EmittedCount));
        Assert.Equal(1, core.SpikesOf(2).Count);
    }

    [Fact]
    public void A_silent_tick_emits_nothing()
    {
        var network = new NetworkBuilder("n").AddPopulation("in", 100, new SpikeArraySource((1, 7), (1, 70))).Build();
        var core = new Lockstep(network).Cores[0];
        Assert.Equal(-1, core.Tick);
        core.Step();
        Assert.Equal((0L, 0), (core.Tick, core.EmittedCount));
        Assert.True(core.SpikesOf(0).IsEmpty);
        core.Step();
        Assert.Equal([0], core.Emitted.ToArray());
        Assert.Equal([7, 70], core.SpikesOf(0).Indices.ToArray());
        Assert.Equal(2, core.SpikesOf(0).Count);
        core.Step();
        Assert.Equal((2L, 0), (core.Tick, core.EmittedCount));
        Assert.True(core.SpikesOf(0).IsEmpty);
    }

    private static List<Spike> SpikesOf(Network network, string population, int ticks)
    {
        var mesh = new Lockstep(network);
        var spikes = new List<Spike>();
        for (int tick = 0; tick < ticks; tick++)
        {
            mesh.Step();
            spikes.AddRange(mesh.Spikes(network[population].Index).Index().Where(s => s.Item).Select(s => new Spike(tick, s.Index)));
        }
        return spikes;
    }
}
