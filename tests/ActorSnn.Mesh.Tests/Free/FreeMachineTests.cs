using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests;

/// <summary>The protocol of a core in free timing, message by message: core 0 holds a source, core 1 the neuron that listens to it after one tick and after nine.</summary>
public class FreeMachineTests
{
    private const int RunAhead = 20;

    [Theory]
    [InlineData(3, 4, 0)]
    [InlineData(2, 4, 0)]
    [InlineData(-1, 4, 0)]
    [InlineData(4, 5, 1)]
    [InlineData(6, 7, 3)]
    [InlineData(67, 68, 64)]
    [InlineData(1000, 1001, 64)]
    public void A_spike_acts_when_it_should_or_at_the_next_tick_and_is_counted_by_how_late_it_is(long hasRun, long acts, int late)
    {
        var (machine, outbox) = Machine(1);
        RunThrough(machine, hasRun, outbox);
        machine.Receive(0, Packet(3));
        RunThrough(machine, acts + 20, outbox);
        // The second synapse is as late as the first.
        Assert.Equal([acts, acts + 8], outbox.Spikes);
        Assert.Equal((1, late == 0 ? 0 : 1), (machine.Figures.Delivered, machine.Figures.LateSpikes));
        if (late > 0) Assert.Equal(1, machine.Figures.Late[late - 1]);
        Assert.Equal(acts + 20, machine.Core.Tick);
    }

    [Fact]
    public void Late_spikes_of_a_neuron_that_come_to_act_together_count_once()
    {
        var (machine, outbox) = Machine(1);
        RunThrough(machine, 10, outbox);
        machine.Receive(0, Packet(3));
        machine.Receive(0, Packet(5));
        machine.Receive(0, Packet(10)); // on time, together with the others
        RunThrough(machine, 30, outbox);
        Assert.Equal([11, 19], outbox.Spikes);
        Assert.Equal((3, 2, 2), (machine.Figures.Delivered, machine.Figures.LateSpikes, machine.Figures.Merged));
        Assert.Equal((1, 1), (machine.Figures.Late[4], machine.Figures.Late[6]));
    }

    [Fact]
    public void Of_late_graded_spikes_that_come_to_act_together_the_first_to_come_counts()
    {
        var network = new NetworkBuilder("graded")
            .AddPopulation("errors", 2, SpikeArraySource.Graded())
            .AddPopulation("norm", 2, new DivisiveNormalisation())
            .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1))
            .Build();
        var placement = new Placement(network, [.. Enumerable.Range(0, 2).Select(i => new CorePlacement(i, [new Slice(i, 0, 2)], 2, 0))]);
        var machine = new FreeMachine(new NeuronCore(placement, 1, RunAhead), placement, placement.Links(), RunAhead);
        RunThrough(machine, 10, new Outbox());
        foreach (var (tick, spikes) in (List<(long, (int Neuron, float Grade)[])>)[(3, [(0, 3)]), (5, [(0, 100), (1, 4)]), (10, [(1, 200)])])
        {
            var packet = new SpikePacket();
            packet.Begin(tick);
            packet.Add(tick, 0, 2, new SpikeSet([.. spikes.Select(s => s.Neuron)], [.. spikes.Select(s => s.Grade)]));
            packet.End(tick);
            machine.Receive(0, packet);
        }
        RunThrough(machine, 11, new Outbox());
        Assert.Equal([0.6f, 0.8f], machine.Core.SpikesOf(0).Grades.ToArray());
        Assert.Equal((4, 2), (machine.Figures.Delivered, machine.Figures.Merged));
    }

    [Fact]
    public void A_packet_that_lies_too_far_ahead_is_left_where_it_is()
    {
        var (machine, outbox) = Machine(1);
        Assert.True(machine.Takes(RunAhead - 1));
        Assert.False(machine.Takes(RunAhead));
        RunThrough(machine, 0, outbox);
        Assert.True(machine.Takes(RunAhead));
    }

    [Fact]
    public void A_core_runs_no_tick_before_its_time_and_none_beyond_the_limit()
    {
        var (machine, outbox) = Machine(0);
        Assert.False(machine.Run(clock: -1, limit: 100, outbox));
        Assert.True(machine.Run(clock: 0, limit: 100, outbox));
        Assert.False(machine.Run(clock: 0, limit: 100, outbox));
        Assert.True(machine.Run(clock: 1, limit: 1, outbox));
        Assert.False(machine.Run(clock: 50, limit: 1, outbox));
        Assert.Equal((1, 0), (machine.Core.Tick, machine.Figures.OverrunTicks));
    }

    [Fact]
    public void A_core_behind_its_clock_leaves_no_tick_out_and_counts_those_that_began_too_late()
    {
        var (machine, outbox) = Machine(0);
        int ticks = 0;
        while (machine.Run(clock: 9, limit: 100, outbox)) ticks++;
        Assert.Equal((10, 9L, 9L), (ticks, machine.Core.Tick, machine.Figures.OverrunTicks));
        Assert.Equal(Enumerable.Range(0, 10).Select(t => (long)t), outbox.Granted);
    }

    [Fact]
    public void Only_ticks_with_spikes_are_sent()
    {
        var (machine, outbox) = Machine(0);
        RunThrough(machine, 50, outbox);
        // The source spikes at ticks 3, 9 and 40.
        Assert.Equal([(3L, 3L), (9, 9), (40, 40)], outbox.Sent.Select(p => (p.FirstTick, p.LastTick)));
        Assert.Equal((3, 3L), (machine.Figures.Sent, machine.Sent[0].Packets));
        Assert.Equal(0, machine.Sent[0].EmptyPackets);
    }

    [Fact]
    public void What_is_sent_to_a_core_too_far_behind_is_dropped_and_counted()
    {
        var (machine, outbox) = Machine(0);
        machine.Consumed(0, 3 - FreeTiming.MostTicksBehind);
        RunThrough(machine, 20, outbox);
        Assert.Equal([3L], outbox.Sent.Select(p => p.FirstTick));
        Assert.Equal((2, 1), (machine.Figures.Sent, machine.Figures.Dropped));
    }

    private static void RunThrough(FreeMachine machine, long tick, Outbox outbox)
    {
        while (machine.Core.Tick < tick)
        {
            Assert.True(machine.Run(machine.Core.Tick + 1, tick, outbox));
            if (machine.Core.EmittedCount > 0) outbox.Spikes.Add(machine.Core.Tick);
        }
    }

    private static (FreeMachine, Outbox) Machine(int core)
    {
        var network = new NetworkBuilder("machines")
            .AddPopulation("source", 1, new SpikeArraySource((3, 0), (9, 0), (40, 0)))
            .AddPopulation("a", 1, new GatedThresholdNeuron(0))
            .AddProjection("source", "a", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(1))
            .AddProjection("source", "a", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(9))
            .Build();
        var placement = new Placement(network, [.. Enumerable.Range(0, 2).Select(i => new CorePlacement(i, [new Slice(i, 0, 1)], 1, 0))]);
        return (new FreeMachine(new NeuronCore(placement, core, RunAhead), placement, placement.Links(), RunAhead), new Outbox());
    }

    private static SpikePacket Packet(long tick)
    {
        var packet = new SpikePacket();
        packet.Begin(tick);
        packet.Add(tick, 0, 1, new SpikeSet([1UL], 1));
        packet.End(tick);
        return packet;
    }

    private sealed class Outbox : IOutbox
    {
        public List<SpikePacket> Sent { get; } = [];

        public List<long> Granted { get; } = [];

        public List<long> Spikes { get; } = [];

        public SpikePacket Rent(int output) => new();

        public void Send(int output, SpikePacket packet, long lastTick)
        {
            packet.End(lastTick);
            Sent.Add(packet);
        }

        public void GrantCredit(long tick) => Granted.Add(tick);
    }
}
