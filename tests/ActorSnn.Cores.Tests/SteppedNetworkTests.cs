using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>Networks of composite and winner-take-all neurons: what no choice of how to run them may change. That they compute the right thing is tested against the plain reference.</summary>
public class SteppedNetworkTests
{
    private const int Ticks = 80;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neither_placement_nor_a_restart_shows_in_the_state(bool isDisturbedAndBroken)
    {
        int learned = 0;
        for (int seed = 0; seed < 120; seed++)
        {
            var network = RandomSteppedNetworks.Make(seed);
            if (isDisturbedAndBroken) network = RandomFaults.Break(RandomTimings.Disturb(network, seed), seed);
            var random = new Random(seed);
            var undisturbed = new Lockstep(network);
            var before = undisturbed.Capture();
            var state = undisturbed.RunTo(Ticks).Capture();
            string end = state.Hash();
            learned += state.Units.Index().Count(u => u.Item is not null && !u.Item.AsSpan().SequenceEqual(before.Units[u.Index]));
            var runOn = new Lockstep(RandomPlacements.Make(network, random.Next(1, 6), seed)).RunTo(Ticks);
            Assert.True(end == runOn.Capture().Hash(), $"placed (seed {seed})");
            for (int tick = -1; tick < Ticks; tick += random.Next(1, 15))
            {
                var middle = new Lockstep(RandomPlacements.Make(network, random.Next(1, 6), random.Next())).RunTo(tick).Capture();
                var after = new Lockstep(RandomPlacements.Make(network, random.Next(1, 6), random.Next())).Restore(middle, totals: random.Next(6)).RunTo(Ticks).Capture();
                Assert.True(end == after.Hash(), $"from tick {tick} (seed {seed})");
                Assert.Equal(state.SpikeCount, after.SpikeCount);
                Assert.Equal(state.SynapticEvents, after.SynapticEvents);
                Assert.True(end == runOn.Restore(middle).RunTo(Ticks).Capture().Hash(), $"from tick {tick}, back from the end (seed {seed})");
            }
        }
        Assert.True(learned > 200, $"only {learned} projections learned anything");
    }

    [Fact]
    public void The_placer_keeps_ports_with_their_neurons_and_a_winner_take_all_whole()
    {
        int cut = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var network = RandomSteppedNetworks.Make(seed);
            for (int cores = 1; cores < 6; cores++)
            {
                var placement = Placer.Place(network, new PlacementOptions(cores));
                foreach (var core in placement.Cores)
                {
                    foreach (var slice in core.Slices)
                    {
                        var population = network.Populations[slice.Population];
                        if (population.Model is WinnerTakeAll) Assert.Equal(population.Size, slice.Count);
                        if (population.Model is BackwardPorts ports)
                            Assert.Contains(new Slice(network[ports.Of].Index, slice.Start / 2, slice.Count / 2), core.Slices);
                        if (population.Model is CompositeNeuron && slice.Count < population.Size) cut++;
                    }
                }
                Assert.Equal(network.Populations.Sum(p => p.Size), placement.Cores.Sum(c => c.Slices.Sum(s => s.Count)));
            }
        }
        Assert.True(cut > 20, $"only {cut} parts of composite populations");
    }

    [Fact]
    public void A_tick_allocates_nothing()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var network = RandomSteppedNetworks.Make(seed);
            // A pass in an order of its own takes a new order.
            if (network.Populations.Any(p => p.Model is SampleSource { Presentation.Shuffled: true } or IntensitySource { Presentation.Shuffled: true })) continue;
            var core = new Lockstep(network).RunTo(400).Cores[0];
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 5; attempt++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 200; i++) core.Step();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.True(least == 0, $"{least} bytes in 200 ticks (seed {seed})");
        }
    }

    [Fact]
    public void Every_weight_and_variable_counts_in_the_hash()
    {
        int counted = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            var network = RandomSteppedNetworks.Make(seed, maxSize: 17);
            var mesh = new Lockstep(network).RunTo(40);
            string hash = mesh.Capture().Hash();
            var random = new Random(seed);
            foreach (var projection in network.Projections.Where(p => p.Learning is not null))
            {
                var state = mesh.Capture();
                var units = state.Units[projection.Index]!;
                units[random.Next(units.Length)] ^= 1 << random.Next(32);
                Assert.True(hash != state.Hash(), $"a weight of \"{projection.Name}\" (seed {seed})");
                counted++;
            }
            foreach (var population in network.Populations.Where(p => p.Model is SteppedNeuronModel))
            {
                for (int v = 0; v < StateVariables.Of(population.Model).Count; v++)
                {
                    var state = mesh.Capture();
                    state.Variables[population.Index]![v][random.Next(population.Size)] += 1;
                    Assert.True(hash != state.Hash(), $"{StateVariables.Of(population.Model)[v]} of \"{population.Name}\" (seed {seed})");
                    counted++;
                }
            }
        }
        Assert.True(counted > 100);
    }

    [Fact]
    public void Intensities_are_the_probabilities_of_spikes_and_0_and_255_leave_nothing_to_chance()
    {
        const int Steps = 20_000;
        byte[] intensities = [0, 1, 13, 64, 128, 200, 254, 255];
        var network = new NetworkBuilder("n", seed: 3)
            .AddPopulation("input", intensities.Length, new IntensitySource(new IntensityFrames(1, intensities.Length, intensities), new SamplePresentation(1, 1), 0))
            .AddProbe(new SpikeProbe("spikes", "input", TickFilter.EveryTick))
            .Build();
        var counts = new int[intensities.Length];
        foreach (var spike in new Lockstep(network).RunTo(Steps - 1).TakeRecordings().Spikes("spikes")) counts[spike.Neuron]++;
        Assert.Equal(0, counts[0]);
        Assert.Equal(Steps, counts[^1]);
        for (int i = 1; i < intensities.Length - 1; i++)
        {
            double p = intensities[i] / 255.0;
            Assert.True(Math.Abs(counts[i] / (double)Steps - p) < 5 * Math.Sqrt(p * (1 - p) / Steps), $"intensity {intensities[i]}: {counts[i]} of {Steps}");
        }
    }
}
