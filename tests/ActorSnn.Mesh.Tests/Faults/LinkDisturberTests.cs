using System.Buffers.Binary;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Faults;

/// <summary>Frames that are disturbed on purpose, in virtual time.</summary>
public class LinkDisturberTests
{
    [Fact]
    public void Without_a_fault_every_frame_leaves_at_once_and_as_it_is()
    {
        var wire = new Wire();
        var disturber = new LinkDisturber("a", "b");
        for (int i = 0; i < 100; i++) disturber.Send(i, Frame(i), wire);
        Assert.Equal(Enumerable.Range(0, 100), wire.Numbers);
        Assert.Equal(new FaultCounts(), disturber.Counts);
        Assert.True(disturber.IsIdle);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void Frames_are_lost_with_the_probability_that_was_asked_for(double rate)
    {
        var (wire, disturber) = Send(new FrameFault(LinkFaultKind.Lose, rate), 10_000);
        Assert.Equal(10_000 - disturber.Counts.Lost, wire.Frames.Count);
        Assert.InRange(disturber.Counts.Lost, 10_000 * rate - 250, 10_000 * rate + 250);
        if (rate is 0 or 1) Assert.Equal(10_000 * rate, disturber.Counts.Lost);
    }

    [Fact]
    public void A_duplicate_follows_its_frame()
    {
        var (wire, disturber) = Send(new FrameFault(LinkFaultKind.Duplicate, 0.5), 1000);
        Assert.Equal(1000 + disturber.Counts.Duplicated, wire.Frames.Count);
        Assert.Equal(wire.Numbers.Order(), wire.Numbers);
        Assert.Equal(1000, wire.Numbers.Distinct().Count());
    }

    [Fact]
    public void A_damaged_frame_never_has_the_checksum_it_should_have()
    {
        var wire = new Wire();
        var disturber = Disturber(new FrameFault(LinkFaultKind.Corrupt, 1));
        var outbox = new Through(disturber, wire);
        var machine = new LinkMachine(1, 2, 0);
        machine.Connected(0, 0, outbox);
        for (int i = 0; i < 5000; i++) machine.Send(0, 0, 0, new byte[i % 300]);
        Assert.Equal(5000, disturber.Counts.Corrupted);
        Assert.Equal(5000, wire.Frames.Count);
        Assert.DoesNotContain(wire.Frames, f => LinkHead.HasRightChecksum(f));
    }

    [Fact]
    public void A_delayed_frame_leaves_in_its_time_and_not_before()
    {
        var wire = new Wire();
        var disturber = Disturber(new FrameFault(LinkFaultKind.Delay, 1, DelayMs: 5, JitterMs: 10));
        for (int i = 0; i < 500; i++) disturber.Send(100 * i, Frame(i), wire);
        // Each has left before the next one came.
        Assert.Equal(Enumerable.Range(0, 499), wire.Numbers);
        double at = disturber.Advance(49_900, wire);
        Assert.InRange(at, 49_905, 49_915);
        disturber.Advance(at - 0.001, wire);
        Assert.Equal(499, wire.Frames.Count);
        Assert.Equal(double.PositiveInfinity, disturber.Advance(at, wire));
        Assert.Equal(500, wire.Frames.Count);
        Assert.Equal(500, disturber.Counts.Delayed);
    }

    [Fact]
    public void A_frame_is_overtaken_by_the_next_one_or_leaves_alone_after_a_while()
    {
        var wire = new Wire();
        var disturber = Disturber(new FrameFault(LinkFaultKind.Reorder, 1));
        for (int i = 0; i < 5; i++) disturber.Send(0, Frame(i), wire);
        Assert.Equal([1, 0, 3, 2], wire.Numbers);
        Assert.Equal(LinkDisturber.MostMsForTheNext, disturber.Advance(1, wire));
        disturber.Advance(LinkDisturber.MostMsForTheNext, wire);
        Assert.Equal([1, 0, 3, 2, 4], wire.Numbers);
        Assert.Equal(2, disturber.Counts.Reordered);
    }

    [Fact]
    public void What_becomes_of_a_frame_depends_on_seed_link_and_number_alone()
    {
        var fault = new FrameFault(LinkFaultKind.Lose, 0.5);
        Assert.Equal(Lost("a", "b", 1), Lost("a", "b", 1));
        // When it is sent does not matter.
        Assert.Equal(Lost("a", "b", 1), Lost("a", "b", 1, step: 7));
        Assert.NotEqual(Lost("a", "b", 1), Lost("a", "b", 2));
        Assert.NotEqual(Lost("a", "b", 1), Lost("b", "a", 1));

        IEnumerable<int> Lost(string from, string to, ulong seed, int step = 1)
        {
            var wire = new Wire();
            var disturber = new LinkDisturber(from, to);
            disturber.Begin(0, fault, seed);
            for (int i = 0; i < 100; i++) disturber.Send(i * step, Frame(i), wire);
            return Enumerable.Range(0, 100).Except(wire.Numbers);
        }
    }

    [Fact]
    public void A_fault_that_has_ended_leaves_frames_alone_and_lets_those_that_wait_leave_in_their_time()
    {
        var wire = new Wire();
        var disturber = Disturber(new FrameFault(LinkFaultKind.Delay, 1, DelayMs: 50));
        disturber.Send(0, Frame(0), wire);
        disturber.End(3);
        disturber.Send(1, Frame(1), wire);
        Assert.False(disturber.IsIdle);
        disturber.Advance(50, wire);
        Assert.Equal([1, 0], wire.Numbers);
        Assert.True(disturber.IsIdle);
    }

    [Fact]
    public void A_connection_that_ends_takes_along_what_waits()
    {
        var wire = new Wire();
        var disturber = Disturber(new FrameFault(LinkFaultKind.Delay, 1, DelayMs: 50));
        disturber.Send(0, Frame(0), wire);
        disturber.Forget();
        Assert.Equal(double.PositiveInfinity, disturber.Advance(1000, wire));
        Assert.Empty(wire.Frames);
    }

    /// <summary>Whatever happens to frames, both link machines deliver every payload once and in order, and what was done to frames is what they have noticed.</summary>
    [Theory]
    [InlineData(LinkFaultKind.Lose, 0.2)]
    [InlineData(LinkFaultKind.Duplicate, 0.3)]
    [InlineData(LinkFaultKind.Delay, 0.3)]
    [InlineData(LinkFaultKind.Reorder, 0.3)]
    [InlineData(LinkFaultKind.Corrupt, 0.2)]
    [InlineData(null, 0.15)]
    public void Link_machines_repair_and_count_what_is_done_to_frames(LinkFaultKind? kind, double rate)
    {
        const int Payloads = 2000;
        LinkFaultKind[] kinds = kind is { } one ? [one] : Enum.GetValues<LinkFaultKind>();
        var left = new Side("a", "b", 1, 2);
        var right = new Side("b", "a", 2, 1);
        (left.Peer, right.Peer) = (right, left);
        foreach (var side in (Side[])[left, right])
        {
            foreach (var k in kinds) side.Disturber.Begin((int)k, new FrameFault(k, rate, DelayMs: 3, JitterMs: 30), seed: 11);
            side.Machine.Connected(0, 0, side);
        }
        long now = 0;
        for (; left.Taken < Payloads || right.Taken < Payloads || left.Machine.UnacknowledgedBytes + right.Machine.UnacknowledgedBytes > 0; now++)
        {
            Assert.True(now < 600_000, $"stuck with {left.Taken} and {right.Taken} payloads of {Payloads}");
            left.Pass(now, now < Payloads);
            right.Pass(now, now < Payloads);
        }
        var done = left.Disturber.Counts + right.Disturber.Counts;
        long Sum(Func<LinkCounters, long> counter) => counter(left.Machine.Counters) + counter(right.Machine.Counters);
        Assert.Equal(2 * Payloads, Sum(c => c.Delivered));
        Assert.Equal(0, Sum(c => c.Malformed));
        // The last frames may still be on their way.
        Assert.InRange(Sum(c => c.Corrupt), done.Corrupted - 20, done.Corrupted);
        if (kinds.Contains(LinkFaultKind.Lose)) Assert.True(done.Lost > 0 && Sum(c => c.Retransmitted) > 0);
        if (kinds.Contains(LinkFaultKind.Duplicate)) Assert.True(done.Duplicated > 0 && Sum(c => c.Duplicates) > 0);
        if (kinds.Contains(LinkFaultKind.Delay)) Assert.True(done.Delayed > 0);
        if (kinds.Contains(LinkFaultKind.Reorder)) Assert.True(done.Reordered > 0 && Sum(c => c.OutOfOrder) > 0);
        if (kinds.Contains(LinkFaultKind.Corrupt)) Assert.True(done.Corrupted > 0 && Sum(c => c.Retransmitted) > 0);
    }

    private static byte[] Frame(int number)
    {
        var frame = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(frame, number);
        return frame;
    }

    private static LinkDisturber Disturber(FrameFault fault)
    {
        var disturber = new LinkDisturber("a", "b");
        disturber.Begin(3, fault, seed: 5);
        return disturber;
    }

    private static (Wire Wire, LinkDisturber Disturber) Send(FrameFault fault, int frames)
    {
        var wire = new Wire();
        var disturber = Disturber(fault);
        for (int i = 0; i < frames; i++) disturber.Send(i, Frame(i), wire);
        return (wire, disturber);
    }

    private sealed class Wire : ILinkOutbox
    {
        public List<byte[]> Frames { get; } = [];

        public IEnumerable<int> Numbers => Frames.Select(f => BinaryPrimitives.ReadInt32LittleEndian(f));

        public void Transmit(ReadOnlySpan<byte> frame) => Frames.Add(frame.ToArray());
    }

    private sealed class Through(LinkDisturber disturber, ILinkOutbox wire) : ILinkOutbox
    {
        public void Transmit(ReadOnlySpan<byte> frame) => disturber.Send(0, frame, wire);
    }

    /// <summary>A link machine, behind it the disturber, behind that the peer, which takes what comes at the next millisecond.</summary>
    private sealed class Side(string name, string peer, ulong incarnation, ulong peerIncarnation) : ILinkOutbox, ILinkSink
    {
        private readonly Queue<byte[]> _inbox = new();
        private long _now;

        public Side Peer { get; set; } = null!;

        public LinkMachine Machine { get; } = new(incarnation, peerIncarnation, 0, new LinkOptions { MaxRetransmissions = int.MaxValue });

        public LinkDisturber Disturber { get; } = new(name, peer);

        public long Taken { get; private set; }

        public void Pass(long now, bool sends)
        {
            _now = now;
            if (sends) Machine.Send(now, 0, 0, BitConverter.GetBytes(now));
            Disturber.Advance(now, new Wire(this));
            while (_inbox.TryDequeue(out byte[]? frame)) Machine.Receive(frame, now, this);
            Machine.Advance(now);
        }

        public void Transmit(ReadOnlySpan<byte> frame) => Disturber.Send(_now, frame, new Wire(this));

        public Delivery Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
        {
            Assert.Equal(Taken++, BitConverter.ToInt64(payload));
            return Delivery.Taken;
        }

        private sealed class Wire(Side from) : ILinkOutbox
        {
            public void Transmit(ReadOnlySpan<byte> frame) => from.Peer._inbox.Enqueue(frame.ToArray());
        }
    }
}
