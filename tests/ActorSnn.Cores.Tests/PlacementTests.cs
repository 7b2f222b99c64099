using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

public class PlacementTests
{
    private const int Networks = 30;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(50)]
    public void Every_neuron_is_on_exactly_one_core(int cores)
    {
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomNetworks.Make(seed);
            var placement = Placer.Place(network, new PlacementOptions(Cores: cores));
            Assert.InRange(placement.Cores.Length, 1, cores);
            Assert.Equal(Enumerable.Range(0, placement.Cores.Length), placement.Cores.Select(c => c.Index));
            CoreOfNeurons(placement, seed);
            foreach (var core in placement.Cores)
            {
                Assert.NotEmpty(core.Slices);
                Assert.Equal(core.Slices.OrderBy(s => s.Population).ThenBy(s => s.Start), core.Slices.AsEnumerable());
                Assert.Equal(core.Slices.Where(s => !network.Populations[s.Population].Model.IsSource).Sum(s => s.Count), core.Neurons);
            }
            Assert.Equal(network.NeuronCount, placement.Cores.Sum(c => c.Neurons));
        }
    }

    [Fact]
    public void The_delay_of_a_link_is_the_shortest_of_its_slices()
    {
        int differing = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var placement = RandomPlacements.Make(RandomNetworks.Make(seed), 5, seed);
            foreach (var link in placement.Links())
            {
                int[] delays = [.. link.Slices.Select(s => placement.ShortestDelay(s, link.To))];
                Assert.True(link.Delay == delays.Min(), $"seed {seed}: {link}");
                if (delays.Max() > delays.Min()) differing++;
            }
        }
        Assert.InRange(differing, 10, int.MaxValue);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(16)]
    public void One_to_one_projections_stay_inside_a_core(int cores)
    {
        int cut = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomNetworks.Make(seed);
            var placement = Placer.Place(network, new PlacementOptions(Cores: cores));
            var coreOf = CoreOfNeurons(placement, seed);
            foreach (var projection in network.Projections.Where(p => p.Connectivity is Connectivity.OneToOneConnectivity))
            {
                Assert.True(coreOf[projection.Source].AsSpan().SequenceEqual(coreOf[projection.Target]), $"\"{projection.Name}\" (seed {seed})");
                if (coreOf[projection.Source].Distinct().Count() > 1) cut++;
            }
        }
        Assert.True(cut > 0, "no one-to-one projection was cut at all");
    }

    [Theory]
    [InlineData(1000, 8 << 20)]
    [InlineData(300, 8 << 20)]
    [InlineData(64, 8 << 20)]
    [InlineData(10_000, 100_000)]
    [InlineData(10_000, 1_000_000)]
    [InlineData(200, 200_000)]
    public void The_limits_of_a_core_are_kept(int neurons, long bytes)
    {
        var network = Large();
        var placement = Placer.Place(network, new PlacementOptions(MaxNeurons: neurons, MaxSynapseBytes: bytes));
        Assert.All(placement.Cores, core => Assert.InRange(core.Neurons, 0, neurons));
        Assert.All(placement.Cores, core => Assert.InRange(core.SynapseBytes, 0, bytes));
        CoreOfNeurons(placement, 0);
    }

    [Fact]
    public void An_explicit_number_of_cores_overrides_the_limits_and_is_kept_where_there_is_enough_to_place()
    {
        for (int cores = 1; cores <= 20; cores++)
            Assert.Equal(cores, Placer.Place(Large(), new PlacementOptions(cores, MaxNeurons: 10, MaxSynapseBytes: 10)).Cores.Length);
        var tiny = new NetworkBuilder("tiny").AddPopulation("a", 1, new GatedThresholdNeuron()).AddPopulation("b", 1, new GatedThresholdNeuron()).Build();
        Assert.InRange(Placer.Place(tiny, new PlacementOptions(Cores: 9)).Cores.Length, 1, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => Placer.Place(tiny, new PlacementOptions(Cores: 0)));
    }

    [Fact]
    public void Work_is_spread_evenly_over_an_explicit_number_of_cores()
    {
        for (int cores = 2; cores <= 9; cores++)
        {
            var placement = Placer.Place(Large(), new PlacementOptions(cores));
            double mean = placement.Cores.Average(c => c.SynapseBytes);
            Assert.All(placement.Cores, c => Assert.InRange(c.SynapseBytes, 0.5 * mean, 1.5 * mean));
        }
    }

    /// <summary>Real-valued neurons take few cores by themselves; several nodes and threads need more.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(7, 7)]
    public void All_workers_have_the_same_work(int workers, int cores)
    {
        var placement = Placer.Place(BenchmarkNetworks.Cuba(20_000), new PlacementOptions(Workers: workers));
        Assert.Equal(cores, placement.Cores.Length);
        double mean = placement.Cores.Average(CoreWork.Of);
        Assert.All(placement.Cores, core => Assert.InRange(CoreWork.Of(core), 0.95 * mean, 1.05 * mean));
        CoreOfNeurons(placement, 0);
    }

    [Fact]
    public void Where_limits_ask_for_more_cores_than_workers_all_workers_get_equally_many()
    {
        int byLimits = Placer.Place(Large(), new PlacementOptions(MaxNeurons: 300)).Cores.Length;
        Assert.True(byLimits > 5);
        foreach (int workers in (int[])[2, 3, 4, 5])
        {
            var placement = Placer.Place(Large(), new PlacementOptions(MaxNeurons: 300, Workers: workers));
            Assert.Equal(0, placement.Cores.Length % workers);
            Assert.InRange(placement.Cores.Length, byLimits, byLimits + 2 * workers);
            Assert.All(placement.Cores, core => Assert.InRange(core.Neurons, 0, 300));
        }
        Assert.Equal(2, Placer.Place(Large(), new PlacementOptions(Cores: 2, Workers: 5)).Cores.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => Placer.Place(Large(), new PlacementOptions(Workers: 0)));
    }

    [Fact]
    public void The_same_network_is_placed_the_same_way_again()
    {
        for (int seed = 0; seed < Networks; seed++)
        {
            foreach (var options in (PlacementOptions[])[new(), new(Cores: 3), new(MaxNeurons: 100)])
            {
                var first = Placer.Place(RandomNetworks.Make(seed), options);
                var second = Placer.Place(RandomNetworks.Make(seed), options);
                Assert.Equal(Describe(first), Describe(second));
            }
        }
    }

    [Fact]
    public void Synapse_bytes_add_up_to_what_the_projections_take()
    {
        // A byte for a plastic synapse and for weights of a byte or twice a byte, four for others, none for one weight for all, eight
        // where targets are listed.
        var network = new NetworkBuilder("bytes")
            .AddPopulation("a", 100, new GatedThresholdNeuron())
            .AddPopulation("b", 50, new GatedThresholdNeuron())
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(2), learning: new HebbianCoincidence(new ReinforcementClock(1, [])))
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(3))
            .AddProjection("a", "b", Connectivity.Dense, Weight.Uniform(-128, 127, 1))
            .AddProjection("a", "b", Connectivity.Dense, Weight.Uniform(-256, 254, 2))
            .AddProjection("a", "b", Connectivity.Dense, Weight.Uniform(-256, 254, 1))
            .AddProjection("b", "a", Connectivity.FixedInDegree(10), Weight.Constant(1))
            .AddProjection("a", "a", Connectivity.OneToOne, Weight.Constant(1))
            .Build();
        long expected = 5000 + 0 + 5000 + 5000 + 4 * 5000 + 8 * 1000 + 0;
        Assert.Equal(expected, Placer.Place(network, new PlacementOptions(Cores: 1)).Cores.Single().SynapseBytes);
        var cut = Placer.Place(network, new PlacementOptions(Cores: 3));
        Assert.InRange(cut.Cores.Sum(c => c.SynapseBytes), expected - cut.Cores.Length, expected);
    }

    [Fact]
    public void Links_lead_wherever_a_synapse_crosses_with_the_shortest_delay_it_may_have()
    {
        int crossing = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomNetworks.Make(seed, maxSize: 130);
            var synapses = network.Projections
                .Select(p => Synapses.Onto(network, p, new Slice(p.Target, 0, network.Populations[p.Target].Size))).ToArray();
            Placement[] placements =
                [Placer.Place(network, new PlacementOptions(4)), RandomPlacements.Make(network, 2, seed), RandomPlacements.Make(network, 6, seed)];
            foreach (var placement in placements)
            {
                var coreOf = CoreOfNeurons(placement, seed);
                var links = placement.Links();
                var byEnds = links.ToDictionary(l => (l.From, l.To)); // at most one link a pair
                Assert.Equal(byEnds.Keys.Order(), links.Select(l => (l.From, l.To)));
                foreach (var projection in network.Projections)
                {
                    foreach (var synapse in synapses[projection.Index])
                    {
                        int from = coreOf[projection.Source][synapse.Source];
                        int to = coreOf[projection.Target][synapse.Target];
                        if (from == to) continue;
                        crossing++;
                        var link = byEnds[(from, to)];
                        // What tick t teaches is needed at t + 1, whatever the delay.
                        bool inTime = link.Delay >= 1 && link.Delay <= (projection.IsPlastic ? 1 : synapse.Delay);
                        bool carried = false;
                        foreach (var slice in link.Slices)
                            carried |= slice.Population == projection.Source && slice.Start <= synapse.Source && synapse.Source < slice.End;
                        if (!inTime || !carried) Assert.Fail($"{link} does not serve {synapse} of \"{projection.Name}\" (seed {seed})");
                    }
                }
                foreach (var link in links) AssertNeeded(placement, link, seed);
            }
        }
        Assert.True(crossing > 10_000, $"only {crossing} synapses crossed");
    }

    [Fact]
    public void A_single_core_has_no_links()
    {
        for (int seed = 0; seed < Networks; seed++) Assert.Empty(Placer.Place(RandomNetworks.Make(seed), new PlacementOptions(Cores: 1)).Links());
    }

    /// <summary>A link carries only slices that something at its end listens to, and its delay is the shortest of the projections it serves.</summary>
    private static void AssertNeeded(Placement placement, CoreLink link, int seed)
    {
        var network = placement.Network;
        var reaching =
            from projection in network.Projections
            from source in placement.Cores[link.From].Slices.Where(s => s.Population == projection.Source)
            from target in placement.Cores[link.To].Slices.Where(s => s.Population == projection.Target)
            where projection.Connectivity is not Connectivity.OneToOneConnectivity || (source.Start < target.End && target.Start < source.End)
            select (Slice: source, Delay: projection.IsPlastic ? 1 : projection.Delay.Min);
        var served = reaching.ToArray();
        Assert.True(served.Length > 0, $"nothing to carry from {link.From} to {link.To} (seed {seed})");
        Assert.Equal(served.Min(s => s.Delay), link.Delay);
        Assert.Equal(served.Select(s => s.Slice).Distinct().OrderBy(s => s.Population).ThenBy(s => s.Start), link.Slices.AsEnumerable());
    }

    private static int[][] CoreOfNeurons(Placement placement, int seed)
    {
        var coreOf = placement.Network.Populations.Select(p => Enumerable.Repeat(-1, p.Size).ToArray()).ToArray();
        foreach (var core in placement.Cores)
        {
            foreach (var slice in core.Slices)
            {
                for (int neuron = slice.Start; neuron < slice.End; neuron++)
                {
                    Assert.True(coreOf[slice.Population][neuron] == -1, $"neuron {neuron} of population {slice.Population} twice (seed {seed})");
                    coreOf[slice.Population][neuron] = core.Index;
                }
            }
        }
        Assert.All(coreOf, cores => Assert.DoesNotContain(-1, cores));
        return coreOf;
    }

    private static string Describe(Placement placement) =>
        string.Join('\n', placement.Cores.Select(c => $"{c.Index}: {c.Neurons} {c.SynapseBytes} {string.Join(' ', c.Slices)}"));

    private static Network Large() => new NetworkBuilder("large")
        .AddPopulation("in", 500, new PoissonSource(10))
        .AddPopulation("a", 2000, new GatedThresholdNeuron())
        .AddPopulation("b", 1000, new GatedThresholdNeuron())
        .AddPopulation("copy of b", 1000, new GatedThresholdNeuron())
        .AddPopulation("few", 10, new GatedThresholdNeuron())
        .AddProjection("in", "a", Connectivity.Dense, Weight.Uniform(-100, 100, 1))
        .AddProjection("a", "b", Connectivity.Dense, Weight.Uniform(-100, 100, 1))
        .AddProjection("b", "copy of b", Connectivity.OneToOne, Weight.Constant(1))
        .AddProjection("b", "few", Connectivity.Dense, Weight.Constant(1))
        .AddProjection("few", "a", Connectivity.Random(0.1), Weight.Constant(1), Delay.Uniform(1, 5))
        .Build();
}
