using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

public class NetworkStateTests
{
    private const int Ticks = 45;

    /// <summary>Seeds of small plastic networks that stay lively.</summary>
    public static TheoryData<int> Seeds
    {
        get
        {
            var seeds = new TheoryData<int>();
            for (int seed = 1000; seeds.Count < 8; seed++)
            {
                var network = Small(seed);
                if (!network.Projections.Any(p => p.IsPlastic)) continue;
                var mesh = new Lockstep(network).RunTo(20);
                var (early, late) = (mesh.Capture(), mesh.RunTo(Ticks).Capture());
                bool learns = network.Projections.Any(p => p.IsPlastic && !early.Weights[p.Index].AsSpan().SequenceEqual(late.Weights[p.Index]));
                if (learns && late.SpikeCount > early.SpikeCount) seeds.Add(seed);
            }
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_run_goes_on_from_the_state_of_any_tick(int seed)
    {
        var network = Small(seed);
        var undisturbed = new Lockstep(network);
        var states = new List<NetworkState> { undisturbed.Capture() };
        while (undisturbed.Tick < Ticks) states.Add(undisturbed.Step().Capture());
        string end = states[^1].Hash();
        foreach (var state in states)
        {
            Assert.Equal(end, new Lockstep(network).Restore(state).RunTo(Ticks).Capture().Hash());
            // Also into a mesh that has run on, and back.
            Assert.Equal(end, undisturbed.Restore(state).RunTo(Ticks).Capture().Hash());
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_state_goes_on_under_any_other_placement(int seed)
    {
        var network = Small(seed);
        var oneCore = new Lockstep(network).RunTo(Ticks).Capture();
        var random = new Random(seed);
        for (int tick = -1; tick < Ticks; tick += 3)
        {
            var before = new Lockstep(RandomPlacements.Make(network, random.Next(1, 7), random.Next())).RunTo(tick).Capture();
            var after = new Lockstep(RandomPlacements.Make(network, random.Next(1, 7), random.Next()))
                .Restore(before, totals: random.Next(7)).RunTo(Ticks).Capture();
            Assert.Equal(oneCore.Hash(), after.Hash());
            Assert.Equal(oneCore.SpikeCount, after.SpikeCount);
        }
    }

    /// <summary>Among the states are neurons in their refractory period, currents under way and traces that have not died out.</summary>
    [Fact]
    public void A_run_of_real_valued_neurons_goes_on_from_any_state_under_any_placement_and_update()
    {
        const int Late = 90;
        bool anyResting = false, anyCurrent = false, anyTrace = false;
        for (int seed = 200; seed < 230; seed++)
        {
            var network = RandomRealNetworks.Make(seed, maxSize: 65);
            var undisturbed = new Lockstep(network).RunTo(Late);
            string end = undisturbed.Capture().Hash();
            long spikes = undisturbed.Capture().SpikeCount;
            var random = new Random(seed);
            CoreOptions Update() => new(Update: (UpdateStrategy)random.Next(3));
            Placement Place() => RandomPlacements.Make(network, random.Next(1, 6), random.Next());
            var runOn = new Lockstep(Place(), Update()).RunTo(Late);
            for (int tick = -1; tick < Late; tick += random.Next(1, 12))
            {
                var state = new Lockstep(Place(), Update()).RunTo(tick).Capture();
                var after = new Lockstep(Place(), Update()).Restore(state, totals: random.Next(6)).RunTo(Late).Capture();
                Assert.True(end == after.Hash(), $"from tick {tick} (seed {seed})");
                Assert.Equal(spikes, after.SpikeCount);
                // Also into a mesh that has run on, and back.
                Assert.True(end == runOn.Restore(state).RunTo(Late).Capture().Hash(), $"from tick {tick}, back from {Late} (seed {seed})");
                foreach (var population in network.Populations)
                {
                    var names = StateVariables.Of(population.Model);
                    for (int v = 0; v < names.Count; v++)
                    {
                        anyResting |= names[v] == "refractory" && state.Variables[population.Index]![v].Any(x => x > 0);
                        anyCurrent |= names[v] == "excitatory" && state.Variables[population.Index]![v].Any(x => x > 0);
                    }
                }
                anyTrace |= state.Plastic.Any(p => p is not null && p.SourceTraces.Any(x => x > 0) && p.TargetTraces.Any(x => x > 0));
            }
        }
        Assert.True(anyResting && anyCurrent && anyTrace);
    }

    [Theory]
    [InlineData(UpdateStrategy.Auto)]
    [InlineData(UpdateStrategy.Dense)]
    [InlineData(UpdateStrategy.Lazy)]
    public void A_neuron_on_its_way_to_the_threshold_spikes_after_a_restore_into_a_mesh_that_has_gone_quiet(UpdateStrategy update)
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((2, 0)))
            .AddPopulation("out", 100, new LifExponential())
            .AddProjection("in", "out", Connectivity.Pairs((0, 70)), Weight.Constant(160))
            .Build();
        var mesh = new Lockstep(network, new CoreOptions(Update: update)).RunTo(4);
        var state = mesh.Capture();
        Assert.Equal(1, state.SpikeCount); // the source's
        string end = mesh.RunTo(500).Capture().Hash();
        Assert.Equal(2, mesh.Capture().SpikeCount);
        Assert.Equal(end, mesh.Restore(state).RunTo(500).Capture().Hash());
        Assert.Equal(2, mesh.Capture().SpikeCount);
    }

    [Fact]
    public void A_state_of_real_valued_neurons_is_the_same_after_a_restore()
    {
        for (int seed = 200; seed < 220; seed++)
        {
            var network = RandomRealNetworks.Make(seed, maxSize: 65);
            var state = new Lockstep(network).RunTo(Ticks).Capture();
            var copy = new Lockstep(RandomPlacements.Make(network, 4, seed)).RunTo(seed % 20).Restore(state).Capture();
            Assert.True(state.Hash() == copy.Hash(), $"seed {seed}");
            Assert.Equal(state.SynapticEvents, copy.SynapticEvents);
        }
    }

    [Fact]
    public void Every_bit_of_a_real_valued_state_counts_but_the_sign_of_zero()
    {
        int variables = 0;
        int plastic = 0;
        for (int seed = 200; seed < 220; seed++)
        {
            var network = RandomRealNetworks.Make(seed, maxSize: 17);
            var state = new Lockstep(network).RunTo(Ticks).Capture();
            string hash = state.Hash();
            var random = new Random(seed);

            void Flip(double[] values, string what)
            {
                foreach (int at in (int[])[0, values.Length - 1, random.Next(values.Length)])
                {
                    double before = values[at];
                    int bit = random.Next(64);
                    if (before == 0) bit %= 63;
                    values[at] = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(before) ^ (1L << bit));
                    Assert.True(hash != state.Hash(), $"bit {bit} of {before:R}, {what} {at} (seed {seed})");
                    if (before == 0)
                    {
                        values[at] = -0.0;
                        Assert.True(hash == state.Hash(), $"a negative zero shows, {what} {at} (seed {seed})");
                    }
                    values[at] = before;
                }
            }

            foreach (var values in state.Variables.OfType<double[][]>().SelectMany(v => v))
            {
                Flip(values, "variable");
                variables++;
            }
            foreach (var part in state.Plastic.OfType<PlasticState>())
            {
                Flip(part.SourceTraces, "source trace");
                Flip(part.TargetTraces, "target trace");
                foreach (var weights in part.Weights.Where(w => w.Length > 0))
                {
                    int at = random.Next(weights.Length);
                    float before = weights[at];
                    weights[at] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(before) ^ (1 << random.Next(32)));
                    Assert.True(hash != state.Hash(), $"weight {at} (seed {seed})");
                    weights[at] = before;
                }
                plastic++;
            }
            Assert.Equal(hash, state.Hash());
        }
        Assert.True(variables > 50 && plastic > 10, $"only {variables} variables and {plastic} plastic projections");
    }

    [Fact]
    public void The_hash_knows_neither_placement_nor_probes()
    {
        for (int seed = 0; seed < 25; seed++)
        {
            string hash = new Lockstep(RandomNetworks.Make(seed)).RunTo(Ticks).Capture().Hash();
            var network = RandomNetworks.Make(seed, probes: true);
            Placement[] placements =
            [
                Placer.Place(network), Placer.Place(network, new PlacementOptions(4)),
                RandomPlacements.Make(network, 3, seed), RandomPlacements.Make(network, 8, seed),
            ];
            foreach (var placement in placements) Assert.Equal(hash, new Lockstep(placement).RunTo(Ticks).Capture().Hash());
        }
    }

    [Fact]
    public void Counts_of_spikes_go_on_after_a_restore()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var network = RandomNetworks.Make(seed, probes: true);
            var whole = new Lockstep(network).RunTo(Ticks).TakeRecordings();
            var half = new Lockstep(RandomPlacements.Make(network, 3, seed)).RunTo(Ticks / 2).Capture();
            var rest = new Lockstep(RandomPlacements.Make(network, 4, seed + 1)).Restore(half).RunTo(Ticks);
            foreach (var probe in network.Probes.OfType<SpikeCountProbe>())
                Assert.Equal(whole.Counts(probe.Name).ToArray(), rest.TakeRecordings().Counts(probe.Name).ToArray());
        }
    }

    [Fact]
    public void Recorded_spikes_and_potentials_are_forgotten_by_a_restore()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("a", 3, new GatedThresholdNeuron(0, 1))
            .AddProbe(new SpikeProbe("spikes", "a", TickFilter.EveryTick))
            .AddProbe(new PotentialProbe("potentials", "a", TickFilter.EveryTick))
            .Build();
        var mesh = new Lockstep(network).RunTo(5);
        var state = mesh.Capture();
        var recordings = mesh.RunTo(9).Restore(state).RunTo(7).TakeRecordings();
        Assert.Equal([6L, 6, 6, 7, 7, 7], recordings.Spikes("spikes").Select(s => s.Tick));
        Assert.Equal([6L, 7], recordings.Potentials("potentials").Select(p => p.Tick));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_bit_of_a_state_counts(int seed)
    {
        var network = Small(seed);
        var state = new Lockstep(network).RunTo(Ticks).Capture();
        string hash = state.Hash();
        var random = new Random(seed);
        foreach (var weights in state.Weights.OfType<sbyte[]>())
        {
            for (int i = 0; i < 20; i++)
            {
                int at = i == 0 ? 0 : i == 1 ? weights.Length - 1 : random.Next(weights.Length);
                sbyte bit = (sbyte)(1 << random.Next(8));
                weights[at] ^= bit;
                Assert.NotEqual(hash, state.Hash());
                weights[at] ^= bit;
            }
        }
        foreach (var spikes in state.Spikes)
        {
            for (int at = 0; at < spikes.Length; at++)
            {
                ulong bit = 1UL << random.Next(64);
                spikes[at] ^= bit;
                Assert.NotEqual(hash, state.Hash());
                spikes[at] ^= bit;
            }
        }
        for (int bit = 0; bit < 128; bit++)
        {
            state.SpikeDigest ^= (UInt128)1 << bit;
            Assert.NotEqual(hash, state.Hash());
            state.SpikeDigest ^= (UInt128)1 << bit;
        }
        for (int bit = 0; bit < 63; bit++) Assert.NotEqual(hash, Copy(state, network, state.Tick ^ (1L << bit)).Hash());
        Assert.NotEqual(hash, Copy(state, Small(seed, name: "other"), state.Tick).Hash());
        Assert.Equal(hash, Copy(state, network, state.Tick).Hash());
        Assert.Equal(hash, state.Hash());
    }

    [Fact]
    public void A_core_adds_only_to_a_state_of_its_own_tick()
    {
        var mesh = new Lockstep(Small(1)).RunTo(5);
        Assert.Throws<InvalidOperationException>(() => mesh.Cores[0].AddTo(new NetworkState(Small(1), 4)));
    }

    [Fact]
    public void A_state_keeps_the_spikes_that_may_still_act()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 70, new SpikeArraySource((3, 69), (7, 2), (8, 64)))
            .AddPopulation("out", 70, new GatedThresholdNeuron())
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(4))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1), Delay.Uniform(2, 6))
            .Build();
        var state = new Lockstep(network).RunTo(8).Capture();
        Assert.Equal((6, 1, 2), (state.HistoryTicks(0), state.HistoryTicks(1), state.SpikeWords(0)));
        Assert.Equal(
            [(3L, 69), (7L, 2), (8L, 64)],
            from tick in Enumerable.Range(3, 6)
            from neuron in Enumerable.Range(0, 128)
            where (state.SpikesAt(0, tick)[neuron / 64] >> (neuron % 64) & 1) == 1
            select ((long)tick, neuron));
        Assert.Equal(3, state.SpikeCount);
    }

    private static Network Small(int seed, string? name = null)
    {
        var network = RandomNetworks.Make(seed, maxDelay: 5, maxSize: 33);
        if (name is null) return network;
        var builder = new NetworkBuilder(name, network.Seed, network.TimeStepMs);
        foreach (var population in network.Populations) builder.AddPopulation(population.Name, population.Size, population.Model);
        foreach (var p in network.Projections)
        {
            builder.AddProjection(
                network.Populations[p.Source].Name, network.Populations[p.Target].Name, p.Connectivity, p.Weight, p.Delay, p.Learning, p.Name + "'");
        }
        return builder.Build();
    }

    private static NetworkState Copy(NetworkState state, Network network, long tick)
    {
        var copy = new NetworkState(network, tick) { SpikeDigest = state.SpikeDigest };
        for (int i = 0; i < state.Weights.Length; i++) state.Weights[i]?.CopyTo(copy.Weights[i]!, 0);
        for (int i = 0; i < state.Spikes.Length; i++) state.Spikes[i].CopyTo(copy.Spikes[i], 0);
        return copy;
    }
}
