using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests;

/// <summary>
/// The protocol of a core, message by message. Core 0 holds a source and sends to core 1 (delay 3) and 2 (delay 1); core 1 sends to
/// core 2 (delay 2); core 2 sends back to core 1 (delay 4).
/// </summary>
public class CoreMachineTests
{
    private const int RunAhead = 10;

    [Fact]
    public void A_core_without_inputs_runs_until_its_credit_is_used_up()
    {
        var (source, outbox) = Machine(0);
        Assert.True(source.Run(1000, outbox));
        Assert.Equal(RunAhead - 1, source.Core.Tick);
        Assert.False(source.Run(1000, outbox));

        // The slowest consumer counts.
        source.Credit(0, 5);
        Assert.Equal((5, -1), (source.CreditOf(0), source.CreditOf(1)));
        Assert.False(source.Run(1000, outbox));
        source.Credit(1, 2);
        Assert.Equal(2 + RunAhead, source.CreditLimit);
        Assert.True(source.Run(1000, outbox));
        Assert.Equal(2 + RunAhead, source.Core.Tick);
    }

    [Fact]
    public void A_core_runs_to_the_limit_and_not_beyond()
    {
        var (source, outbox) = Machine(0);
        Assert.True(source.Run(4, outbox));
        Assert.Equal(4, source.Core.Tick);
        Assert.False(source.Run(4, outbox));
        Assert.False(source.Run(2, outbox));
        Assert.Equal(4, source.Core.Tick);
    }

    [Fact]
    public void Safe_time_is_what_the_slowest_input_has_closed_plus_its_delay()
    {
        var (machine, outbox) = Machine(2);
        Assert.Equal([(0, 1), (1, 2)], machine.Inputs.Select(l => (l.From, l.Delay)));
        // Before tick 0 every link has closed tick -1.
        Assert.Equal(0, machine.SafeTime);
        Assert.True(machine.Run(1000, outbox));
        Assert.Equal(0, machine.Core.Tick);

        machine.Receive(0, Packet(0, 6));
        Assert.Equal((6, -1), (machine.ClosedBy(0), machine.ClosedBy(1)));
        Assert.Equal(1, machine.SafeTime);
        machine.Receive(1, Packet(0, 2));
        Assert.Equal(4, machine.SafeTime);
        machine.Receive(1, Packet(3, 9));
        Assert.Equal(7, machine.SafeTime);
        Assert.True(machine.Run(1000, outbox));
        Assert.Equal(7, machine.Core.Tick);
        Assert.False(machine.Run(1000, outbox));
    }

    [Fact]
    public void Every_run_sends_one_packet_a_link_and_their_windows_leave_no_tick_out()
    {
        var (source, outbox) = Machine(0);
        foreach (long limit in (long[])[0, 1, 5, 5, 6, 9]) source.Run(limit, outbox);
        foreach (int output in (int[])[0, 1])
        {
            Assert.Equal([(0L, 0L), (1, 1), (2, 5), (6, 6), (7, 9)], outbox.Sent(output).Select(p => (p.FirstTick, p.LastTick)));
            // The source spikes at ticks 3 and 9.
            Assert.Equal([true, true, false, true, false], outbox.Sent(output).Select(p => p.IsEmpty));
        }
        Assert.Equal([0L, 1, 5, 6, 9], outbox.Granted);
        foreach (int output in (int[])[0, 1])
        {
            var link = source.Outputs[output];
            Assert.Equal(new LinkTraffic(link.From, link.To, 5, 3, outbox.Sent(output).Sum(p => p.Length * 8)), source.Sent[output]);
            Assert.Equal(5 * 16 + 2 * 16, source.Sent[output].Bytes);
        }
    }

    [Fact]
    public void A_link_carries_only_what_its_end_listens_to()
    {
        var (machine, outbox) = Machine(1);
        Assert.Equal([2], machine.Outputs.Select(l => l.To));
        Assert.Equal(1, machine.Outputs.Single().Slices.Single().Population);
        Assert.True(machine.Run(1000, outbox));
        Assert.Single(outbox.All);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(int.MaxValue, RunAhead)]
    public void A_window_is_no_longer_than_asked_for_nor_than_the_run_ahead(int maxWindow, int ticks)
    {
        var (source, outbox) = Machine(0, maxWindow);
        source.Credit(0, 1000);
        source.Credit(1, 1000);
        Assert.True(source.Run(1000, outbox));
        Assert.Equal(ticks - 1, source.Core.Tick);
        Assert.True(source.Run(1000, outbox));
        Assert.Equal(2 * ticks - 1, source.Core.Tick);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(0)]
    public void A_window_that_does_not_follow_the_last_one_is_refused(long first)
    {
        var (machine, _) = Machine(2);
        machine.Receive(0, Packet(0, 6));
        var error = Assert.Throws<InvalidOperationException>(() => machine.Receive(0, Packet(first, first + 3)));
        Assert.Contains($"window from tick {first}", error.Message);
        Assert.Equal(6, machine.ClosedBy(0));
        machine.Receive(0, Packet(7, 7));
        Assert.Equal(7, machine.ClosedBy(0));
    }

    [Fact]
    public void A_packet_is_not_kept()
    {
        // Core 0's spike of tick 3 reaches core 2 at tick 4; the packet is filled anew before that.
        var (machine, outbox) = Machine(2);
        var packet = new SpikePacket();
        packet.Begin(0);
        packet.Add(3, 0, 1, new SpikeSet([1UL], 1));
        packet.End(3);
        machine.Receive(0, packet);
        packet.Begin(50);
        packet.End(60);
        machine.Receive(1, Packet(0, 8));
        Assert.True(machine.Run(1000, outbox));
        Assert.Equal(4, machine.Core.Tick);
        Assert.Equal(1, machine.Core.EmittedCount);
    }

    [Fact]
    public void After_a_reset_every_link_stands_at_the_tick_of_the_core()
    {
        var (machine, outbox) = Machine(2);
        machine.Receive(0, Packet(0, 6));
        machine.Core.Restore(new NetworkState(Network(), 100), carriesTotals: true);
        machine.Reset();
        Assert.Equal((100, 100, 100), (machine.ClosedBy(0), machine.ClosedBy(1), machine.CreditOf(0)));
        Assert.Equal((101, 100 + RunAhead), (machine.SafeTime, machine.CreditLimit));
        Assert.True(machine.Run(1000, outbox));
        Assert.Equal([(101L, 101L)], outbox.Sent(0).Select(p => (p.FirstTick, p.LastTick)));
    }

    private static Network Network() => new NetworkBuilder("machines")
        .AddPopulation("source", 1, new SpikeArraySource((3, 0), (9, 0)))
        .AddPopulation("a", 1, new GatedThresholdNeuron(0))
        .AddPopulation("b", 1, new GatedThresholdNeuron(0))
        .AddProjection("source", "a", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(3))
        .AddProjection("source", "b", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(1))
        .AddProjection("source", "b", Connectivity.OneToOne, Weight.Constant(-1), Delay.Ticks(9))
        .AddProjection("a", "b", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(2))
        .AddProjection("b", "a", Connectivity.OneToOne, Weight.Constant(-1), Delay.Ticks(4))
        .Build();

    private static (CoreMachine, RecordingOutbox) Machine(int core, int maxWindow = int.MaxValue)
    {
        var network = Network();
        var placement = new Placement(network, [.. Enumerable.Range(0, 3).Select(i => new CorePlacement(i, [new Slice(i, 0, 1)], 1, 0))]);
        return (new CoreMachine(new NeuronCore(placement, core, RunAhead), placement.Links(), RunAhead, maxWindow), new RecordingOutbox());
    }

    private static SpikePacket Packet(long first, long last)
    {
        var packet = new SpikePacket();
        packet.Begin(first);
        packet.End(last);
        return packet;
    }

    private sealed class RecordingOutbox : IOutbox
    {
        private readonly List<(int Output, SpikePacket Packet)> _sent = [];
        private readonly List<(int Output, SpikePacket Packet)> _rented = [];

        public List<long> Granted { get; } = [];

        public ImmutableArray<SpikePacket> All => [.. _sent.Select(s => s.Packet)];

        public IEnumerable<SpikePacket> Sent(int output) => _sent.Where(s => s.Output == output).Select(s => s.Packet);

        public SpikePacket Rent(int output)
        {
            var packet = new SpikePacket();
            _rented.Add((output, packet));
            return packet;
        }

        public void Send(int output, SpikePacket packet, long lastTick)
        {
            Assert.True(_rented.Remove((output, packet)), "a packet was sent that was not rented for this link");
            packet.End(lastTick);
            _sent.Add((output, packet));
        }

        public void GrantCredit(long tick)
        {
            Assert.Empty(_rented);
            Granted.Add(tick);
        }
    }
}
