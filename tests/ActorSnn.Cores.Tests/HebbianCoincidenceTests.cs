using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

public class HebbianCoincidenceTests
{
    /// <summary>
    /// The source spikes in every tick, the target once, at tick 20: one coincidence. The spikes that arrive at tick 21 still find the
    /// old weight, those that arrive at tick 22 or later the new one, whenever they were emitted.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void What_a_tick_taught_is_seen_two_ticks_later(int delay)
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("source", 1, new GatedThresholdNeuron(0, 1))
            .AddPopulation("teacher", 1, new SpikeArraySource((19, 0)))
            .AddPopulation("target", 1, new GatedThresholdNeuron(1000))
            .AddProjection("source", "target", Connectivity.Dense, Weight.Constant(10), Delay.Ticks(delay), Rule(1, 0))
            .AddProjection("teacher", "target", Connectivity.OneToOne, Weight.Constant(2000))
            .AddProbe(new PotentialProbe("potential", "target", TickFilter.EveryTick))
            .Build();
        var potentials = new Lockstep(network).RunTo(40).TakeRecordings().Potentials("potential").ToDictionary(p => p.Tick, p => p.Values[0]);
        Assert.Equal(2010, potentials[20]);
        Assert.Equal(10, potentials[19]);
        Assert.Equal(10, potentials[21]);
        Assert.Equal(12, potentials[22]);
        Assert.Equal(12, potentials[40]);
    }

    [Fact]
    public void A_weight_rises_by_two_while_the_clock_is_on_and_falls_by_two_while_it_is_off()
    {
        var mesh = new Lockstep(AlwaysSpiking(1, 1, Weight.Constant(0), Rule(5, 1, 3)));
        int weight = 0;
        for (int tick = 0; tick < 60; tick++)
        {
            mesh.Step();
            // The state after a tick holds what the tick before it taught.
            Assert.Equal(weight, 2 * mesh.Capture().Weights[0]![0]);
            weight += tick % 5 is 1 or 3 ? 2 : -2;
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(20, 4)]
    [InlineData(20, 5)]
    [InlineData(300, 100)]
    public void Weights_stop_at_both_rails(int sources, int targets)
    {
        var up = new Lockstep(AlwaysSpiking(sources, targets, Weight.Constant(246), Rule(1, 0)));
        var down = new Lockstep(AlwaysSpiking(sources, targets, Weight.Constant(-250), Rule(1)));
        Assert.All(up.RunTo(4).Capture().Weights[0]!, w => Assert.Equal(254, 2 * w));
        Assert.All(up.RunTo(5).Capture().Weights[0]!, w => Assert.Equal(254, 2 * w));
        Assert.All(down.RunTo(3).Capture().Weights[0]!, w => Assert.Equal(-256, 2 * w));
        Assert.All(down.RunTo(9).Capture().Weights[0]!, w => Assert.Equal(-256, 2 * w));
    }

    [Fact]
    public void Only_synapses_whose_both_ends_spiked_in_one_tick_change()
    {
        // Sources 1 and 3 spike at tick 4, source 2 at tick 5; targets 0 and 6 at tick 4, target 5 at tick 5 and target 3 at tick 3.
        var network = new NetworkBuilder("n")
            .AddPopulation("source", 4, new SpikeArraySource((4, 1), (4, 3), (5, 2)))
            .AddPopulation("teacher", 7, new SpikeArraySource((3, 0), (3, 6), (4, 5), (2, 3)))
            .AddPopulation("target", 7, new GatedThresholdNeuron(1000))
            .AddProjection("source", "target", Connectivity.Dense, Weight.Constant(4), learning: Rule(1, 0))
            .AddProjection("teacher", "target", Connectivity.OneToOne, Weight.Constant(2000))
            .Build();
        var weights = new Lockstep(network).RunTo(10).Capture().Weights[0]!;
        (int, int)[] changed = [(1, 0), (1, 6), (3, 0), (3, 6), (2, 5)];
        for (int source = 0; source < 4; source++)
        {
            for (int target = 0; target < 7; target++)
                Assert.Equal(changed.Contains((source, target)) ? 6 : 4, 2 * weights[source * 7 + target]);
        }
    }

    [Fact]
    public void A_population_can_teach_itself()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("kick", 5, new SpikeArraySource((2, 1), (2, 4)))
            .AddPopulation("self", 5, new GatedThresholdNeuron(1000))
            .AddProjection("kick", "self", Connectivity.OneToOne, Weight.Constant(2000))
            .AddProjection("self", "self", Connectivity.Dense, Weight.Constant(0), Delay.Ticks(3), Rule(1, 0))
            .Build();
        var weights = new Lockstep(network).RunTo(10).Capture().Weights[1]!;
        Assert.Equal([(1, 1), (1, 4), (4, 1), (4, 4)], weights.Index().Where(w => w.Item != 0).Select(w => (w.Index / 5, w.Index % 5)));
        Assert.All(weights.Where(w => w != 0), w => Assert.Equal(1, w));
    }

    private static HebbianCoincidence Rule(int period, params int[] phases) => new(new ReinforcementClock(period, [.. phases]));

    private static Network AlwaysSpiking(int sources, int targets, Weight weight, LearningRule rule) => new NetworkBuilder("n")
        .AddPopulation("source", sources, new GatedThresholdNeuron(0, 1))
        .AddPopulation("target", targets, new GatedThresholdNeuron(-1 << 23, 0))
        .AddProjection("source", "target", Connectivity.Dense, weight, learning: rule)
        .Build();
}
