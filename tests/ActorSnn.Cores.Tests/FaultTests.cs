using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>Faults: followed by hand, and against the naive simulators on networks drawn from seeds.</summary>
public class FaultTests
{
    private const int Networks = 40;
    private const int Ticks = 80;

    [Fact]
    public void Silent_neurons_do_not_spike_from_tick_to_tick()
    {
        var network = new NetworkBuilder("n").AddPopulation("out", 3, new GatedThresholdNeuron(0, 1))
            .AddFault(new SilenceNeurons(new NeuronTarget("out", Neurons: [0]), 2, 4)).AddFault(new SilenceNeurons(new NeuronTarget("o?t", Neurons: [2]), 3)).Build();
        Assert.Equal(["0 1 2", "0 1 2", "1 2", "1", "1", "0 1", "0 1"], SpikesOf(network, "out", 7));
    }

    [Fact]
    public void Stuck_neurons_spike_where_nothing_arrives_and_at_no_other_tick()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 2, new SpikeArraySource((1, 0), (2, 0), (3, 1)))
            .AddPopulation("out", 2, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1))
            .AddFault(new StickNeurons(new NeuronTarget("out", Neurons: [0]), 3, 7, 2)).AddFault(new StickNeurons(new NeuronTarget("in", Neurons: [1]), 6, 6)).Build();
        Assert.Equal(["", "", "0", "0", "1", "0", "", "0 1", ""], SpikesOf(network, "out", 9));
        Assert.Equal(["", "0", "0", "1", "", "", "1", "", ""], SpikesOf(network, "in", 9));
    }

    [Fact]
    public void A_source_of_samples_can_be_stuck_between_samples()
    {
        var frames = BitFrames.OneHot([0, 1], 3);
        var network = new NetworkBuilder("n").AddPopulation("in", 3, new SampleSource(frames, new SamplePresentation(2, 3), 1))
            .AddFault(new StickNeurons(new NeuronTarget("in", Neurons: [2]), 0, null, 2)).Build();
        Assert.Equal(["2", "0", "2", "", "1 2", "", "2", "0"], SpikesOf(network, "in", 8));
    }

    [Fact]
    public void A_share_hits_about_that_many_and_a_larger_share_the_same_ones_and_more()
    {
        string[] Silenced(double share) => SpikesOf(
            new NetworkBuilder("n").AddPopulation("out", 2000, new GatedThresholdNeuron(0, 1)).AddFault(new SilenceNeurons(new NeuronTarget("*", share, 3))).Build(), "out", 1)[0].Split(' ');
        Assert.InRange(Silenced(0.1).Length, 1740, 1860);
        Assert.Empty(Silenced(0.3).Except(Silenced(0.1)));
        Assert.Equal("", Assert.Single(Silenced(1)));
    }

    [Fact]
    public void Membranes_go_on_behind_a_silent_neuron_and_learning_sees_what_comes_out()
    {
        var builder = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((1, 0), (4, 0), (7, 0), (10, 0)))
            .AddPopulation("out", 1, new IntegrateAndFire(2, 0, 0))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1), learning: new PairStdp(APlus: 0.1, AMinus: 0, MaxWeight: 1.5));
        var silent = new NetworkBuilder(builder.Build()).AddFault(new SilenceNeurons(new NeuronTarget("out"), 0, 5)).Build();
        // The spike at tick 5 is swallowed, but it reset the neuron, and taught nothing.
        Assert.Equal([5L], TicksOf(builder.Build(), "out", 9));
        Assert.Empty(TicksOf(silent, "out", 9));
        Assert.Equal([11L], TicksOf(silent, "out", 14));
        Assert.Equal(1f, new Lockstep(silent).RunTo(9).Capture().Plastic[0]!.Weights[0][0]);
        Assert.NotEqual(1f, new Lockstep(builder.Build()).RunTo(9).Capture().Plastic[0]!.Weights[0][0]);
    }

    [Theory]
    [InlineData(10, 0, 8)]
    [InlineData(10, 2, 2)]
    [InlineData(10, 7, -246)]
    [InlineData(-2, 0, -4)]
    public void A_bit_of_a_learned_byte_flips_once(int weight, int bit, int after)
    {
        var network = Plastic(weight).AddFault(new FlipWeightBits(new SynapseTarget("*", Pairs: [(0, 1)]), bit, 3)).Build();
        var mesh = new Lockstep(network);
        Assert.Equal([weight, weight], WeightsOf(mesh.RunTo(2)));
        Assert.Equal([weight, after], WeightsOf(mesh.RunTo(3)));
        Assert.Equal([weight, after], WeightsOf(mesh.RunTo(9)));
        var before = new Lockstep(network).RunTo(2).Capture();
        Assert.Equal([weight, after], WeightsOf(new Lockstep(network).Restore(before).RunTo(6)));
        Assert.Equal([weight, after], WeightsOf(new Lockstep(network).RunTo(20).Restore(before).RunTo(6)));
        Assert.Equal([weight, after], WeightsOf(new Lockstep(network).Restore(mesh.Capture()).RunTo(12)));
    }

    [Fact]
    public void A_stuck_bit_stays_whatever_learning_writes()
    {
        // Both neurons spike in every tick: a coincidence adds 2, which is 1 in the byte.
        var network = new NetworkBuilder("n").AddPopulation("a", 1, new GatedThresholdNeuron(0, 1))
            .AddProjection("a", "a", Connectivity.Dense, Weight.Constant(0), learning: new HebbianCoincidence(new ReinforcementClock(1, [0])))
            .AddFault(new StickWeightBits(new SynapseTarget("a->a"), 1, false, 6)).Build();
        // Learning of a tick is applied at the end of the next.
        Assert.Equal([0, 2, 4, 6, 8, 10, 8, 10, 8], Enumerable.Range(0, 9).Select(t => WeightsOf(new Lockstep(network).RunTo(t))[0]));
    }

    [Fact]
    public void Flips_of_fixed_weights_outlive_a_restart_and_happen_once()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource(Enumerable.Range(0, 30).Select(t => new Spike(t, 0))))
            .AddPopulation("out", 2, new GatedThresholdNeuron(10))
            .AddPopulation("real", 2, new IntegrateAndFire(10, 0, 0))
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(8))
            .AddProjection("in", "real", Connectivity.Dense, Weight.Constant(8))
            .AddFault(new FlipWeightBits(new SynapseTarget("in->out", Pairs: [(0, 1)]), 2, 5))
            .AddFault(new FlipWeightBits(new SynapseTarget("in->real", Pairs: [(0, 1)]), 22, 5))
            .AddFault(new FlipWeightBits(new SynapseTarget("*", Pairs: [(0, 1)]), 2, 9)).Build();
        string[] expected = ["", "", "", "", "", "1", "1", "1", "1", "", ""];
        Assert.Equal(expected, SpikesOf(network, "out", 11));
        string hash = new Lockstep(network).RunTo(25).Capture().Hash();
        for (int restart = 0; restart < 12; restart++)
        {
            var state = new Lockstep(network).RunTo(restart).Capture();
            Assert.Equal(hash, new Lockstep(network).Restore(state).RunTo(25).Capture().Hash());
            Assert.Equal(hash, new Lockstep(network).RunTo(20).Restore(state).RunTo(25).Capture().Hash());
        }
    }

    [Fact]
    public void Flips_at_a_rate_come_as_often_as_said()
    {
        var network = Plastic(0, 40).AddFault(new FlipWeightBitsAtRate("in->out", 3, FirstTick: 5, LastTick: 24)).Build();
        var before = new Lockstep(network).RunTo(4).Capture();
        Assert.All(before.Weights[0]!, w => Assert.Equal(0, w));
        var after = new Lockstep(network).RunTo(30).Capture().Weights[0]!;
        // 60 flips, of which few hit the same bit.
        Assert.InRange(after.Sum(w => System.Numerics.BitOperations.PopCount((byte)w)), 35, 80);
    }

    [Fact]
    public void The_hash_knows_the_faults()
    {
        var sound = Plastic(0).Build();
        Fault[] faults =
        [
            new SilenceNeurons(new("in")), new SilenceNeurons(new("in"), 1), new SilenceNeurons(new("in", 0.5)), new SilenceNeurons(new("in", Neurons: [0])), new StickNeurons(new("in")),
            new FlipWeightBits(new("*"), 1, 1), new FlipWeightBits(new("*"), null, 1), new StickWeightBits(new("*"), 1, true), new StickWeightBits(new("*"), 1, false),
            new FlipWeightBitsAtRate("*", 1), new FlipWeightBitsAtRate("*", 1, Seed: 2),
        ];
        Assert.Equal(faults.Length + 1, faults.Select(f => new NetworkBuilder(new NetworkBuilder(sound).AddFault(f).Build()).Build().Hash).Append(sound.Hash).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_core_does_what_the_naive_simulator_does_however_placed_and_restored_in_the_middle(bool disturbed)
    {
        int different = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var sound = RandomNetworks.Make(seed, maxSize: 65);
            if (disturbed) sound = RandomTimings.Disturb(sound, seed);
            var network = RandomFaults.Break(sound, seed);
            var naive = new NaiveSimulator(network);
            Lockstep[] meshes = [new(network), new(RandomPlacements.Make(network, 3, seed)), new(network, new CoreOptions(SkipClosedNeurons: false))];
            int restart = new Random(seed).Next(1, Ticks - 1);
            for (int tick = 0; tick < Ticks; tick++)
            {
                naive.Step();
                foreach (var mesh in meshes)
                {
                    mesh.Step();
                    foreach (var population in network.Populations)
                    {
                        if (!naive.Spikes[population.Index].AsSpan().SequenceEqual(mesh.Spikes(population.Index)))
                            Assert.Fail($"\"{population.Name}\" spikes differently at tick {mesh.Tick} (seed {seed})");
                    }
                }
                if (tick == restart) meshes = [.. meshes, new Lockstep(RandomPlacements.Make(network, 4, seed + 1)).Restore(meshes[0].Capture()), new Lockstep(network).Restore(meshes[1].Capture())];
            }
            var states = meshes.Select(m => m.Capture()).ToArray();
            Assert.True(states.Select(s => s.Hash()).Distinct().Count() == 1, $"states differ (seed {seed})");
            foreach (var projection in network.Projections.Where(p => p.IsPlastic))
                Assert.True(naive.Weights(projection).AsSpan().SequenceEqual(states[0].Weights[projection.Index]), $"weights of \"{projection.Name}\" (seed {seed})");
            if (states[0].SpikeDigest != new Lockstep(sound).RunTo(Ticks - 1).Capture().SpikeDigest) different++;
        }
        Assert.True(different > Networks / 2, $"faults changed the spikes of only {different} of {Networks} networks");
    }

    [Fact]
    public void Real_valued_neurons_do_what_the_naive_simulator_does()
    {
        int compared = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            // A learned weight that is rounded differently may flip to something very different.
            var network = RandomFaults.Break(RandomRealNetworks.Make(seed, maxSize: 65), seed, learned: false);
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

    [Theory]
    [InlineData(10.0f, 31, 0.0f)]
    [InlineData(10.0f, 30, 0.0f)]
    [InlineData(3.0f, 22, 2.0f)]
    [InlineData(1.0f, 30, 20.0f)]
    public void A_bit_of_a_learned_single_flips_and_the_rule_keeps_its_bounds(float weight, int bit, float after)
    {
        var network = new NetworkBuilder("n").AddPopulation("in", 1, new SpikeArraySource()).AddPopulation("out", 1, new LifDelta())
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(weight), learning: new PairStdp(MaxWeight: 20))
            .AddFault(new FlipWeightBits(new SynapseTarget("*"), bit, 3)).Build();
        Assert.Equal(after, new Lockstep(network).RunTo(5).Capture().Plastic[0]!.Weights[0][0], 1e-6f);
    }

    [Fact]
    public void Neither_placement_nor_update_nor_a_restart_shows_in_the_state_of_real_valued_neurons()
    {
        int different = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var sound = RandomTimings.Disturb(RandomRealNetworks.Make(seed), seed);
            var network = RandomFaults.Break(sound, seed);
            var expected = new Lockstep(network, new CoreOptions(Update: UpdateStrategy.Dense)).RunTo(Ticks).Capture();
            var lazy = new CoreOptions(Update: UpdateStrategy.Lazy);
            var first = new Lockstep(RandomPlacements.Make(network, 3, seed), lazy).RunTo(new Random(seed).Next(Ticks));
            var second = new Lockstep(RandomPlacements.Make(network, 5, seed + 1)).Restore(first.Capture(), totals: 1);
            Assert.True(expected.Hash() == first.RunTo(Ticks).Capture().Hash(), $"placed (seed {seed})");
            Assert.True(expected.Hash() == second.RunTo(Ticks).Capture().Hash(), $"restored (seed {seed})");
            if (expected.SpikeDigest != new Lockstep(sound).RunTo(Ticks).Capture().SpikeDigest) different++;
        }
        Assert.True(different > Networks / 2, $"faults changed the spikes of only {different} of {Networks} networks");
    }

    /// <summary>Neurons that never learn anything: the source is silent.</summary>
    private static NetworkBuilder Plastic(int weight, int size = 2) => new NetworkBuilder("n")
        .AddPopulation("in", 1, new SpikeArraySource()).AddPopulation("out", size, new GatedThresholdNeuron())
        .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(weight), learning: new HebbianCoincidence(new ReinforcementClock(1, [0])));

    private static int[] WeightsOf(Lockstep mesh) => Array.ConvertAll(mesh.Capture().Weights[0]!, w => 2 * w);

    private static List<long> TicksOf(Network network, string population, int ticks) =>
        [.. SpikesOf(network, population, ticks).Index().Where(s => s.Item.Length > 0).Select(s => (long)s.Index)];

    /// <summary>The neurons that spike, tick by tick.</summary>
    private static string[] SpikesOf(Network network, string population, int ticks)
    {
        var mesh = new Lockstep(network);
        return [.. Enumerable.Range(0, ticks).Select(_ =>
            string.Join(' ', mesh.Step().Spikes(network[population].Index).Index().Where(s => s.Item).Select(s => s.Index)))];
    }
}
