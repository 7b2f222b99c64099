using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

public class AllocationTests
{
    [Fact]
    public void A_tick_allocates_nothing()
    {
        int lively = 0;
        for (int seed = 0; lively < 10; seed++)
        {
            var network = WithCounts(RandomNetworks.Make(seed));
            // A pass in an order of its own takes a new order.
            if (network.Populations.Any(p => p.Model is SampleSource { Presentation.Shuffled: true })) continue;
            var mesh = new Lockstep(network).RunTo(300);
            var core = mesh.Cores[0];
            long spikes = mesh.Capture().SpikeCount;
            long allocated = LeastAllocated(() =>
            {
                for (int i = 0; i < 1000; i++) core.Step();
            });
            Assert.True(allocated == 0, $"{allocated} bytes in 1000 ticks (seed {seed})");
            if (mesh.Capture().SpikeCount > spikes + 1000) lively++;
            Assert.True(seed < 200, "the networks are too quiet to prove anything");
        }
    }

    [Theory]
    [InlineData(UpdateStrategy.Auto)]
    [InlineData(UpdateStrategy.Dense)]
    [InlineData(UpdateStrategy.Lazy)]
    public void A_tick_of_real_valued_neurons_allocates_nothing(UpdateStrategy update)
    {
        int lively = 0;
        for (int seed = 0; lively < 8; seed++)
        {
            var network = WithCounts(RandomRealNetworks.Make(seed));
            // Lists of spikes and of resting neurons grow until they have seen the busiest tick.
            var mesh = new Lockstep(network, new CoreOptions(Update: update)).RunTo(2000);
            var core = mesh.Cores[0];
            long spikes = mesh.Capture().SpikeCount;
            long allocated = LeastAllocated(() =>
            {
                for (int i = 0; i < 300; i++) core.Step();
            });
            Assert.True(allocated == 0, $"{allocated} bytes in 300 ticks (seed {seed})");
            if (mesh.Capture().SpikeCount > spikes + 300) lively++;
            Assert.True(seed < 100, "the networks are too quiet to prove anything");
        }
    }

    [Fact]
    public void Receiving_spikes_allocates_nothing()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 300, new PoissonSource(50))
            .AddPopulation("out", 300, new GatedThresholdNeuron(100))
            .AddProjection(
                "in", "out", Connectivity.Dense, Weight.Uniform(-100, 150, 2), learning: new HebbianCoincidence(new ReinforcementClock(2, [0])))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(200), Delay.Ticks(3))
            .AddProjection("in", "out", Connectivity.Random(0.1), Weight.Constant(20), Delay.Uniform(1, 9))
            .Build();
        var core = new NeuronCore(new Placement(network, [new(0, [new Slice(1, 0, 300)], 300, 0)]), 0, runAhead: 1);
        var slice = new Slice(0, 0, 300);
        var random = new Random(1);
        var spikes = new ulong[50][];
        for (int i = 0; i < spikes.Length; i++)
        {
            spikes[i] = [.. Enumerable.Range(0, 5).Select(_ => (ulong)random.NextInt64() & (ulong)random.NextInt64() >> 20)];
            spikes[i][4] &= (1UL << 44) - 1;
        }
        var counts = spikes.Select(s => Bits.Count(s)).ToArray();

        void Run(int ticks)
        {
            for (int i = 0; i < ticks; i++)
            {
                core.Step();
                core.Receive(slice, core.Tick, new SpikeSet(spikes[core.Tick % 50], counts[core.Tick % 50]));
            }
        }

        Run(300);
        Assert.Equal(0, LeastAllocated(() => Run(1000)));
    }

    /// <summary>Bytes a run allocates again and again: the runtime may take something once, when a path is taken or compiled for the first time.</summary>
    private static long LeastAllocated(Action run)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 4; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    private static Network WithCounts(Network network)
    {
        var builder = new NetworkBuilder(network.Name, network.Seed, network.TimeStepMs);
        foreach (var population in network.Populations) builder.AddPopulation(population.Name, population.Size, population.Model);
        foreach (var p in network.Projections)
        {
            builder.AddProjection(
                network.Populations[p.Source].Name, network.Populations[p.Target].Name, p.Connectivity, p.Weight, p.Delay, p.Learning, p.Name);
        }
        foreach (var input in network.Inputs) builder.AddPoissonInput(network.Populations[input.Target].Name, input.RateHz, input.Weight, input.Name);
        foreach (var population in network.Populations) builder.AddProbe(new SpikeCountProbe(population.Name, population.Name, 12));
        return builder.Build();
    }
}
