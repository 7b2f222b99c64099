using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>Delayed timing: followed by hand on two neurons, and against the naive simulators on networks drawn from seeds.</summary>
public class DelayedTimingTests
{
    private const int Networks = 40;
    private const int Ticks = 80;

    [Fact]
    public void Latency_adds_to_the_delay() => Assert.Equal([13L, 23], Arrivals(new DelayedTiming(7), delay: 3, (3, 0), (13, 0)));

    [Fact]
    public void Certain_loss_loses_everything() => Assert.Empty(Arrivals(new DelayedTiming(0, loss: 1), 1, (3, 0), (13, 0)));

    [Fact]
    public void Jitter_spreads_spikes_evenly_and_lets_them_overtake()
    {
        var spikes = Enumerable.Range(0, 5000).Select(i => (20L * i, 0)).ToArray();
        var late = Arrivals(new DelayedTiming(2, jitterTicks: 4, seed: 5), 1, spikes).Select(t => t % 20).ToArray();
        Assert.Equal(5000, late.Length);
        Assert.Equal([3L, 4, 5, 6, 7], late.Distinct().Order());
        Assert.All(late.GroupBy(t => t), g => Assert.InRange(g.Count(), 1000 - 150, 1000 + 150));
    }

    [Fact]
    public void Loss_and_duplication_happen_at_their_rates()
    {
        var spikes = Enumerable.Range(0, 5000).Select(i => (40L * i, 0)).ToArray();
        var arrivals = Arrivals(new DelayedTiming(9, [new Disturbance(Loss: 0.25), new Disturbance(JitterTicks: 20, Duplication: 0.5)]), 1, spikes);
        int copies = arrivals.Count - arrivals.Select(t => t / 40).Distinct().Count();
        // Half of the spikes are doubled; of these 9/16 arrive twice, but for one in 21 that arrive together.
        Assert.InRange(arrivals.Select(t => t / 40).Distinct().Count(), 4000, 4250);
        Assert.InRange(copies, 1230, 1450);
    }

    [Fact]
    public void Two_spikes_of_a_neuron_that_arrive_at_one_tick_count_once()
    {
        // The first is held up by just the time that the second is behind.
        var timing = new DelayedTiming(1, [new Disturbance(LatencyTicks: 4, LastTick: 3)]);
        Assert.Equal([9L, 22], TicksOf(Relay(timing, delay: 2, threshold: 0, (3, 0), (7, 0), (20, 0))));
        Assert.Empty(TicksOf(Relay(timing, delay: 2, threshold: 1, (3, 0), (7, 0), (20, 0))));
    }

    [Fact]
    public void A_window_and_a_pattern_limit_what_is_disturbed()
    {
        var timing = new DelayedTiming(1, [new Disturbance("in->o*", LatencyTicks: 5, FirstTick: 10, LastTick: 20), new Disturbance("other", Loss: 1)]);
        var network = new NetworkBuilder(Relay(null, 1, 0, (9, 0), (10, 0), (20, 0), (21, 0)))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1), name: "other").SetTiming(timing).Build();
        Assert.Equal([10L, 16, 22, 26], TicksOf(network));
    }

    [Fact]
    public void Exact_timing_leaves_the_hash_as_it_was_and_delayed_timing_changes_it()
    {
        var exact = Relay(null, 1, 0, (3, 0));
        Assert.Equal(exact.Hash, new NetworkBuilder(exact).Build().Hash);
        string[] hashes = [exact.Hash, .. ((DelayedTiming[])[new(1), new(2), new(1, 1), new(1, 0, 0.5), new(1, seed: 2)])
            .Select(t => new NetworkBuilder(exact).SetTiming(t).Build()).Select(n => new NetworkBuilder(n).Build().Hash)];
        Assert.Equal(6, hashes.Distinct().Count());
    }

    [Fact]
    public void A_core_does_what_the_naive_simulator_does_however_placed_and_restored_in_the_middle()
    {
        int different = 0;
        int learned = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var exact = RandomNetworks.Make(seed);
            var network = RandomTimings.Disturb(exact, seed);
            var naive = new NaiveSimulator(network);
            var initial = network.Projections.Where(p => p.IsPlastic).ToDictionary(p => p.Index, naive.Weights);
            Lockstep[] meshes = [new(network), new(RandomPlacements.Make(network, 3, seed)), new(network, new CoreOptions(SkipClosedNeurons: false))];
            int restart = new Random(seed).Next(1, Ticks - 1);
            for (int tick = 0; tick < Ticks; tick++)
            {
                naive.Step();
                foreach (var mesh in meshes) AssertSame(network, naive.Spikes, mesh.Step(), seed);
                if (tick == restart) meshes = [.. meshes, new Lockstep(RandomPlacements.Make(network, 4, seed + 1)).Restore(meshes[0].Capture()), new Lockstep(network).Restore(meshes[1].Capture())];
            }
            var states = meshes.Select(m => m.Capture()).ToArray();
            Assert.True(states.Select(s => s.Hash()).Distinct().Count() == 1, $"states differ (seed {seed})");
            foreach (var projection in network.Projections.Where(p => p.IsPlastic))
            {
                Assert.True(naive.Weights(projection).AsSpan().SequenceEqual(states[0].Weights[projection.Index]), $"weights of \"{projection.Name}\" (seed {seed})");
                if (!initial[projection.Index].AsSpan().SequenceEqual(states[0].Weights[projection.Index])) learned++;
            }
            if (states[0].SpikeDigest != new Lockstep(exact).RunTo(Ticks - 1).Capture().SpikeDigest) different++;
        }
        Assert.True(different > Networks / 2, $"timing changed the spikes of only {different} of {Networks} networks");
        Assert.True(learned > Networks / 4, $"only {learned} projections learned anything");
    }

    [Fact]
    public void Real_valued_neurons_do_what_the_naive_simulator_does()
    {
        int compared = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomTimings.Disturb(RandomRealNetworks.Make(seed), seed);
            var naive = new NaiveRealSimulator(network);
            var mesh = new Lockstep(network);
            bool same = true;
            for (int tick = 0; tick < Ticks && same; tick++)
            {
                naive.Step();
                mesh.Step();
                same = RealNetworkTests.Compare(network, naive, mesh, seed);
            }
            if (same) compared++;
        }
        Assert.True(compared >= Networks - 1, $"{Networks - compared} of {Networks} networks differ by rounding");
    }

    [Fact]
    public void Neither_placement_nor_update_nor_a_restart_shows_in_the_state_of_real_valued_neurons()
    {
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomTimings.Disturb(RandomRealNetworks.Make(seed), seed);
            string expected = new Lockstep(network, new CoreOptions(Update: UpdateStrategy.Dense)).RunTo(Ticks).Capture().Hash();
            var lazy = new CoreOptions(Update: UpdateStrategy.Lazy);
            var first = new Lockstep(RandomPlacements.Make(network, 3, seed), lazy).RunTo(new Random(seed).Next(Ticks));
            var second = new Lockstep(RandomPlacements.Make(network, 5, seed + 1)).Restore(first.Capture(), totals: 1);
            Assert.True(expected == first.RunTo(Ticks).Capture().Hash(), $"placed (seed {seed})");
            Assert.True(expected == second.RunTo(Ticks).Capture().Hash(), $"restored (seed {seed})");
        }
    }

    private static void AssertSame(Network network, bool[][] expected, Lockstep mesh, int seed)
    {
        foreach (var population in network.Populations)
        {
            if (!expected[population.Index].AsSpan().SequenceEqual(mesh.Spikes(population.Index)))
                Assert.Fail($"\"{population.Name}\" spikes differently at tick {mesh.Tick} (seed {seed})");
        }
    }

    private static Network Relay(DelayedTiming? timing, int delay, int threshold, params (long, int)[] spikes) => new NetworkBuilder("n")
        .AddPopulation("in", 1, new SpikeArraySource(spikes))
        .AddPopulation("out", 1, new GatedThresholdNeuron(threshold))
        .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(delay))
        .SetTiming(timing).Build();

    private static List<long> Arrivals(DelayedTiming timing, int delay, params (long Tick, int Neuron)[] spikes) =>
        TicksOf(Relay(timing, delay, 0, spikes), spikes[^1].Tick + 50);

    private static List<long> TicksOf(Network network, long ticks = 60)
    {
        var mesh = new Lockstep(network);
        var found = new List<long>();
        while (mesh.Tick < ticks)
        {
            mesh.Step();
            if (mesh.Spikes(1)[0]) found.Add(mesh.Tick);
        }
        return found;
    }
}
