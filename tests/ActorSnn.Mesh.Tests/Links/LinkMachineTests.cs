using System.Buffers.Binary;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Links;

public class LinkMachineTests
{
    private const ulong Here = 1;
    private const ulong There = 2;

    [Fact]
    public void Payloads_arrive_with_channel_and_epoch_and_one_acknowledgement_covers_them()
    {
        var (a, b) = Connected();
        for (int i = 0; i < 10; i++) a.Send(0, [(byte)i, 9], channel: (byte)(i + 100), epoch: i - 5);
        b.Epoch = null;
        a.DeliverTo(b, 1);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i + 100}/{i - 5}: {i},9"), b.Taken);
        Assert.Empty(b.Outbox);
        Assert.Equal(10 * (48 + 2), a.Machine.UnacknowledgedBytes);
        Assert.Equal(21, b.Machine.Advance(20)); // 20 ms after the first
        b.Machine.Advance(21);
        Assert.Single(b.Outbox);
        b.DeliverTo(a, 22);
        Assert.Equal((0, 10), (a.Machine.UnacknowledgedBytes, a.Machine.Counters.Acknowledged));
        Assert.Equal((0, 0), (a.Machine.Counters.Retransmitted, b.Machine.Counters.Duplicates));
    }

    [Fact]
    public void An_acknowledgement_rides_on_a_payload_and_is_not_sent_alone_then()
    {
        var (a, b) = Connected();
        a.Send(0, [1]);
        a.DeliverTo(b, 1);
        b.Send(2, [2]);
        b.DeliverTo(a, 3);
        Assert.Equal(0, a.Machine.UnacknowledgedBytes);
        b.Machine.Advance(30);
        Assert.Equal(0, b.Machine.Counters.AcknowledgementsSent);
    }

    [Fact]
    public void After_enough_payloads_or_bytes_an_acknowledgement_is_sent_at_once()
    {
        var (a, b) = Connected(new LinkOptions { AcknowledgeAfterPayloads = 3, AcknowledgeAfterBytes = 1000 });
        for (int i = 0; i < 3; i++) a.Send(0, [1]);
        a.DeliverTo(b, 0);
        Assert.Equal(1, b.Machine.Counters.AcknowledgementsSent);
        a.Send(0, new byte[2000]);
        a.DeliverTo(b, 0);
        Assert.Equal(2, b.Machine.Counters.AcknowledgementsSent);
    }

    [Fact]
    public void What_is_missing_is_asked_for_at_once_and_only_that_is_sent_again()
    {
        var (a, b) = Connected();
        for (int i = 1; i <= 9; i++) a.Send(0, [(byte)i]);
        a.Outbox.RemoveRange(3, 2); // 4 and 5
        a.DeliverTo(b, 1);
        Assert.Equal(3, b.Taken.Count);
        Assert.Equal((4, 4), (b.Machine.HeldBack, b.Machine.Counters.OutOfOrder));
        b.DeliverTo(a, 2);
        Assert.Equal(2, a.Outbox.Count);
        a.DeliverTo(b, 3);
        Assert.Equal(9, b.Taken.Count);
        Assert.Equal((2, 0), (a.Machine.Counters.Retransmitted, b.Machine.Counters.Duplicates));
    }

    [Fact]
    public void A_lost_tail_is_sent_again_after_a_while_and_the_rest_asked_for()
    {
        var (a, b) = Connected();
        for (int i = 1; i <= 5; i++) a.Send(0, [(byte)i]);
        a.Outbox.Clear();
        a.Machine.Advance(199);
        Assert.Empty(a.Outbox);
        a.Machine.Advance(200);
        a.DeliverTo(b, 201);
        Assert.Single(b.Taken);
        b.DeliverTo(a, 202);
        a.DeliverTo(b, 203);
        Assert.Equal(5, b.Taken.Count);
        Assert.Equal(5, a.Machine.Counters.Retransmitted);
    }

    [Fact]
    public void Attempts_in_vain_come_at_longer_intervals_until_the_link_fails()
    {
        var (a, _) = Connected(new LinkOptions { MaxRetransmissions = 4, HeartbeatMs = 1999 });
        a.Send(0, [1]);
        var attempts = new List<long>();
        for (long now = 0; a.Machine.Failure is null && now < 10_000; now++)
        {
            long before = a.Machine.Counters.Retransmitted;
            a.Machine.Advance(now);
            if (a.Machine.Counters.Retransmitted > before) attempts.Add(now);
        }
        Assert.Equal([200, 600, 1400, 2400], attempts);
        Assert.Equal("payload 1 was sent 5 times over one connection and never acknowledged", a.Machine.Failure);
        Assert.True(a.Machine.IsLost(0));
        Assert.False(a.Machine.Send(5000, 0, 0, [1]));
        a.Machine.Receive(new byte[100], 5000, a);
        a.Machine.Retry(5000, a);
        a.Machine.Connected(5000, 0, a.Wire);
        Assert.Equal((1, long.MaxValue, false), (a.Machine.Counters.AfterFailure, a.Machine.Advance(5000), a.Machine.IsConnected));
    }

    [Fact]
    public void A_peer_that_waits_for_a_newer_epoch_does_not_fail_the_link()
    {
        var (a, b) = Connected(new LinkOptions { MaxRetransmissions = 2 });
        b.Epoch = 3;
        a.Send(0, [1], epoch: 3);
        a.Send(0, [2], epoch: 4);
        a.Send(0, [3], epoch: 3);
        for (long now = 1; now < 20_000; now++)
        {
            a.DeliverTo(b, now);
            b.DeliverTo(a, now);
            a.Machine.Advance(now);
            b.Machine.Advance(now);
        }
        Assert.Null(a.Machine.Failure);
        Assert.Equal(["0/3: 1"], b.Taken);
        Assert.Equal((1, 2, true), (b.Machine.Received, b.Machine.HeldBack, b.Machine.Waits));
        Assert.InRange(b.Machine.Counters.NotYet, 10, 30);
        Assert.Equal(2 * 49, a.Machine.UnacknowledgedBytes);

        b.Epoch = 4;
        b.Machine.Retry(20_000, b);
        b.DeliverTo(a, 20_000);
        Assert.Equal(["0/3: 1", "0/4: 2"], b.Taken);
        Assert.Equal((0, 1, false), (a.Machine.UnacknowledgedBytes, b.Machine.Counters.OlderEpoch, b.Machine.Waits));
    }

    [Fact]
    public void An_older_epoch_is_counted_acknowledged_and_dropped()
    {
        var (a, b) = Connected();
        b.Epoch = 7;
        a.Send(0, [1], epoch: 6);
        a.Send(0, [2], epoch: 7);
        a.DeliverTo(b, 1);
        b.Machine.Advance(100);
        b.DeliverTo(a, 101);
        Assert.Equal(["0/7: 2"], b.Taken);
        Assert.Equal((1, 1, 0), (b.Machine.Counters.OlderEpoch, b.Machine.Counters.Delivered, a.Machine.UnacknowledgedBytes));
    }

    [Fact]
    public void A_newer_epoch_is_tried_again_when_the_sender_tries_again()
    {
        var (a, b) = Connected();
        b.Epoch = 1;
        a.Send(0, [1], epoch: 2);
        a.DeliverTo(b, 1);
        b.Epoch = 2;
        a.Machine.Advance(300);
        a.DeliverTo(b, 301);
        Assert.Equal(["0/2: 1"], b.Taken);
        Assert.Equal(1, b.Machine.Counters.Duplicates);
    }

    [Fact]
    public void The_next_connection_goes_on_where_the_last_one_stopped()
    {
        var (a, b) = Connected();
        for (int i = 1; i <= 6; i++) a.Send(0, [(byte)i]);
        a.Outbox.RemoveRange(4, 2);
        a.DeliverTo(b, 1);
        a.Machine.Disconnected(a.Wire);
        b.Machine.Disconnected(b.Wire);
        for (int i = 7; i <= 9; i++) a.Send(10, [(byte)i]);
        Assert.Empty(a.Outbox);
        Assert.False(a.Machine.IsConnected);

        a.Connect(20, peerHasReceived: b.Machine.Received);
        b.Connect(20, peerHasReceived: a.Machine.Received);
        Assert.Equal(5, a.Outbox.Count);
        a.DeliverTo(b, 21);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => $"0/0: {i}"), b.Taken);
        Assert.Equal((2, 0, 4), (a.Machine.Counters.Resumed, b.Machine.Counters.Duplicates, a.Machine.Counters.Acknowledged));
    }

    [Fact]
    public void The_end_of_an_old_connection_does_not_end_the_one_that_took_its_place()
    {
        var (a, _) = Connected();
        var old = a.Wire;
        a.Connect(1, 0);
        a.Machine.Disconnected(old);
        Assert.True(a.Machine.IsConnected);
        a.Machine.Disconnected(a.Wire);
        Assert.False(a.Machine.IsConnected);
    }

    [Fact]
    public void A_peer_that_says_it_has_more_than_was_sent_fails_the_link()
    {
        var a = new End(Here, There);
        a.Send(0, [1]);
        a.Connect(0, peerHasReceived: 1);
        Assert.Equal("the peer says that it has received 1 payloads, of 0 sent", a.Machine.Failure);
    }

    [Fact]
    public void Too_much_unacknowledged_fails_the_link()
    {
        var a = new End(Here, There, new LinkOptions { MaxUnacknowledgedBytes = 100_000 });
        Assert.True(a.Machine.Send(0, 0, 0, new byte[60_000]));
        Assert.True(a.Machine.Send(0, 0, 0, new byte[100_000 - 60_000 - 2 * 48]));
        Assert.False(a.Machine.Send(0, 0, 0, []));
        Assert.Equal("more than 100000 bytes wait for the peer's acknowledgement", a.Machine.Failure);
        Assert.Equal(2, a.Machine.Counters.Sent);
    }

    [Fact]
    public void A_link_that_fails_while_a_payload_is_handed_on_hands_on_no_more()
    {
        var (a, b) = Connected(new LinkOptions { MaxUnacknowledgedBytes = Framing.MaxFrame });
        for (int i = 1; i <= 4; i++) a.Send(0, [(byte)i]);
        a.Outbox.RemoveAt(0);
        a.DeliverTo(b, 1);
        b.OnTake = () => b.Machine.Send(2, 0, 0, new byte[Framing.MaxPayload]);
        a.Machine.Advance(200);
        a.DeliverTo(b, 201);
        Assert.Equal(2, b.Taken.Count); // the answer to the second is too much
        Assert.NotNull(b.Machine.Failure);
    }

    [Fact]
    public void A_quiet_link_is_kept_alive_by_heartbeats_and_lost_without_them()
    {
        var (a, b) = Connected();
        for (long now = 0; now < 10_000; now += 10)
        {
            a.Machine.Advance(now);
            b.Machine.Advance(now);
            a.DeliverTo(b, now);
            b.DeliverTo(a, now);
            Assert.False(a.Machine.IsLost(now) || b.Machine.IsLost(now));
        }
        Assert.InRange(a.Machine.Counters.HeartbeatsSent, 39, 40);
        Assert.InRange(b.Machine.LastHeard, 9_740, 9_990);
        long heard = b.Machine.LastHeard;
        Assert.Equal(heard + 2001, LastWake(b, heard));
        Assert.False(b.Machine.IsLost(heard + 2000));
        Assert.True(b.Machine.IsLost(heard + 2001));

        static long LastWake(End end, long now)
        {
            long next = now;
            while (!end.Machine.IsLost(next)) next = end.Machine.Advance(next);
            return next;
        }
    }

    [Fact]
    public void A_link_without_connection_is_lost_after_the_detection_time()
    {
        var a = new End(Here, There);
        Assert.Equal(2001, a.Machine.Advance(0));
        Assert.False(a.Machine.IsLost(2000));
        Assert.True(a.Machine.IsLost(2001));
        a.Connect(3000, 0);
        a.Machine.Disconnected(a.Wire);
        Assert.False(a.Machine.IsLost(5000));
        Assert.True(a.Machine.IsLost(5001));
    }

    [Fact]
    public void Frames_that_are_refused_do_not_count_as_heard()
    {
        var (a, b) = Connected();
        a.Send(0, [1, 2, 3]);
        byte[] frame = a.Outbox[0];
        frame[^1] ^= 1;
        b.Machine.Receive(frame, 500, b);
        b.Machine.Receive(frame.AsSpan(0, 20), 500, b);
        b.Machine.Receive(new End(3, There).Payload(), 500, b);
        b.Machine.Receive(new End(Here, 4).Payload(), 500, b);
        b.Machine.Receive(new byte[Framing.MaxFrame + 1], 500, b);
        Assert.Empty(b.Taken);
        Assert.Equal(0, b.Machine.LastHeard);
        var c = b.Machine.Counters;
        Assert.Equal((1, 2, 2, 5, 0), (c.Corrupt, c.Malformed, c.OtherIncarnation, c.FramesReceived, c.PayloadsReceived));
    }

    [Fact]
    public void Frames_of_another_incarnation_never_arrive_even_when_their_number_is_due()
    {
        var (_, b) = Connected();
        var before = new End(incarnation: 7, There);
        before.Connect(0, 0);
        before.Send(0, [1]);
        before.DeliverTo(b, 1);
        Assert.Empty(b.Taken);
        Assert.Equal((0, 1), (b.Machine.Received, b.Machine.Counters.OtherIncarnation));
    }

    [Fact]
    public void Replayed_frames_are_duplicates()
    {
        var (a, b) = Connected();
        for (int i = 0; i < 5; i++) a.Send(0, [(byte)i]);
        var recorded = a.Outbox.ToArray();
        a.DeliverTo(b, 1);
        for (int i = 0; i < 1000; i++) b.Machine.Receive(recorded[i % 5], 2, b);
        Assert.Equal((5, 1000), (b.Taken.Count, b.Machine.Counters.Duplicates));
    }

    [Fact]
    public void What_no_peer_can_mean_is_malformed()
    {
        var (_, b) = Connected();
        b.Send(0, [1]);
        int malformed = 0;
        foreach (byte[] frame in new[]
        {
            Frame(0, 1, 0),
            Frame(5, 1, 0),
            Frame(1, 0, 0),
            Frame(1, -1, 0),
            Frame(1, 1, -1),
            Frame(1, 1, 2), // acknowledges what was never sent
            Frame(2, 0, 0, 1),
            Frame(3, 0, 0, 1),
            Frame(4, 0, 0),
            Frame(4, 0, 0, 1),
            Frame(4, 0, 0, Range(0, 1)),
            Frame(4, 0, 0, Range(1, 2)),
            Frame(4, 0, 0, Range(2, 1)),
            Frame(4, 0, 0, [.. Enumerable.Repeat(Range(1, 1), 17).SelectMany(r => r)]),
            Changed(Frame(1, 1, 0), 5, 2),
            Changed(Frame(1, 1, 0), 7, 1),
            Changed(Frame(2, 1, 0), 6, 1),
            Changed(Frame(2, 1, 0), 40, 1),
        })
        {
            b.Machine.Receive(frame, 1, b);
            Assert.Equal(++malformed, b.Machine.Counters.Malformed);
        }
        Assert.Equal((0, 0), (b.Taken.Count, b.Machine.LastHeard));

        b.Machine.Receive(Frame(4, 0, 0, Range(1, 1)), 1, b);
        b.Machine.Receive(Frame(1, 1, 1), 1, b);
        Assert.Equal((malformed, 1, 1), (b.Machine.Counters.Malformed, b.Machine.Counters.Retransmitted, b.Taken.Count));

        static byte[] Range(long first, long last) => [.. BitConverter.GetBytes(first), .. BitConverter.GetBytes(last)];
    }

    [Fact]
    public void Hostile_frames_never_throw_and_are_always_counted()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var (a, b) = Connected();
            for (int i = 0; i < 50; i++)
            {
                a.Send(i, [1, 2, 3]);
                byte[] frame = random.Next(3) == 0
                    ? new byte[random.Next(300)]
                    : Frame(random.Next(6), Number(), Number(), new byte[random.Next(3) == 0 ? 16 * random.Next(20) : random.Next(200)]);
                if (random.Next(2) == 0) random.NextBytes(frame.AsSpan(Math.Min(frame.Length, random.Next(60))));
                if (frame.Length >= LinkHead.Size && random.Next(4) > 0) WriteIncarnations(frame, random.Next(4) == 0 ? 9 : Here, There);
                if (frame.Length >= LinkHead.Size && random.Next(4) > 0) WriteChecksum(frame);
                b.Machine.Receive(frame, i, b);
                b.Machine.Advance(i);
                b.Outbox.Clear();
                if (random.Next(5) == 0) b.Machine.Retry(i, b);
            }
            var c = b.Machine.Counters;
            Assert.True(c.FramesReceived == 50, $"seed {seed}");
            Assert.True(c.FramesReceived == c.Malformed + c.Corrupt + c.OtherIncarnation + c.ControlsReceived + c.PayloadsReceived, $"seed {seed}");
            Assert.True(c.PayloadsReceived == c.Delivered + c.OlderEpoch + c.Duplicates + c.Overflowed + b.Machine.HeldBack, $"seed {seed}");

            long Number() => random.Next(6) switch { 0 => long.MaxValue, 1 => random.NextInt64(), 2 => -random.NextInt64(), 3 => 70_000, _ => random.Next(10) };
        }
    }

    [Fact]
    public void Random_bytes_are_never_delivered_and_the_link_goes_on()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (a, b) = Connected();
            for (int i = 1; i <= 100; i++)
            {
                byte[] junk = new byte[random.Next(400)];
                random.NextBytes(junk);
                b.Machine.Receive(junk, i, b);
                a.Send(i, [(byte)i]);
                a.DeliverTo(b, i);
            }
            var c = b.Machine.Counters;
            Assert.True(b.Taken.Count == 100 && c.Corrupt + c.Malformed == 100, $"seed {seed}");
        }
    }

    [Fact]
    public void What_finds_no_room_is_dropped_counted_and_fetched_later()
    {
        var (a, b) = Connected(new LinkOptions { MaxHeldBackBytes = Framing.MaxFrame });
        b.Epoch = 0;
        a.Send(0, [0], epoch: 1);
        for (int i = 1; i <= 5; i++) a.Send(0, new byte[20_000], epoch: 1);
        a.DeliverTo(b, 1);
        Assert.Equal((4, 2), (b.Machine.HeldBack, b.Machine.Counters.Overflowed));
        b.Epoch = 1;
        b.Machine.Retry(2, b);
        b.DeliverTo(a, 3);
        a.DeliverTo(b, 4);
        Assert.Equal((6, 0), (b.Taken.Count, b.Machine.HeldBack));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame_once_a_link_is_under_way()
    {
        var a = new LinkMachine(Here, There, 0);
        var b = new LinkMachine(There, Here, 0);
        var (toA, toB) = (new Direct(a), new Direct(b));
        a.Connected(0, 0, toB);
        b.Connected(0, 0, toA);
        byte[] payload = new byte[300];
        void Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                for (int n = 0; n < 70; n++) a.Send(i, 1, 1, payload);
                toB.Deliver(i);
                b.Send(i, 1, 1, payload);
                a.Advance(i);
                b.Advance(i);
                toA.Deliver(i);
                toB.Deliver(i);
            }
        }
        Exchange(200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal(1200 * 70, b.Counters.Delivered);
    }

    [Fact]
    public void Options_out_of_bounds_are_refused()
    {
        Check("HeartbeatMs is 2000", new LinkOptions { HeartbeatMs = 2000 });
        Check("RetransmitAfterMs is 20", new LinkOptions { RetransmitAfterMs = 20 });
        Check("must be at least 1", new LinkOptions { MaxRetransmissions = 0 });
        Check("must be positive", new LinkOptions { AcknowledgeAfterPayloads = 0 });
        Check("must hold at least one frame", new LinkOptions { MaxHeldBackBytes = 1000 });
        var a = new End(Here, There);
        Assert.Throws<ArgumentException>(() => a.Machine.Send(0, 0, 0, new byte[Framing.MaxPayload + 1]));

        static void Check(string message, LinkOptions options) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => new LinkMachine(Here, There, 0, options)).Message);
    }

    private static (End, End) Connected(LinkOptions? options = null)
    {
        var (a, b) = (new End(Here, There, options), new End(There, Here, options));
        a.Connect(0, 0);
        b.Connect(0, 0);
        return (a, b);
    }

    /// <summary>A frame from here to there with a right checksum.</summary>
    private static byte[] Frame(int kind, long sequence, long acknowledged, params byte[] body)
    {
        byte[] frame = [.. new byte[LinkHead.Size], .. body];
        frame[4] = (byte)kind;
        WriteIncarnations(frame, Here, There);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(24), sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(32), acknowledged);
        WriteChecksum(frame);
        return frame;
    }

    private static byte[] Changed(byte[] frame, int at, byte value)
    {
        frame[at] = value;
        WriteChecksum(frame);
        return frame;
    }

    private static void WriteIncarnations(byte[] frame, ulong from, ulong to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), from);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), to);
    }

    private static void WriteChecksum(byte[] frame) => BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Of(frame.AsSpan(4)));

    /// <summary>A machine whose frames wait until they are delivered; it takes what is of its epoch, everything if it has none.</summary>
    private sealed class End(ulong incarnation, ulong peer, LinkOptions? options = null) : ILinkSink
    {
        public LinkMachine Machine { get; } = new(incarnation, peer, 0, options);

        public List<byte[]> Outbox { get; } = [];

        public ILinkOutbox Wire { get; private set; } = new Outgoing([]);

        public List<string> Taken { get; } = [];

        public long? Epoch { get; set; }

        public Action? OnTake { get; set; }

        public void Connect(long now, long peerHasReceived) => Machine.Connected(now, peerHasReceived, Wire = new Outgoing(Outbox));

        public void Send(long now, byte[] payload, byte channel = 0, long epoch = 0) => Assert.True(Machine.Send(now, channel, epoch, payload));

        /// <summary>A frame with a payload to the peer.</summary>
        public byte[] Payload()
        {
            Connect(0, 0);
            Send(0, [1]);
            return Outbox[0];
        }

        public void DeliverTo(End other, long now)
        {
            var frames = Outbox.ToArray();
            Outbox.Clear();
            foreach (var frame in frames) other.Machine.Receive(frame, now, other);
        }

        public Delivery Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
        {
            if (epoch < Epoch) return Delivery.Refused;
            if (epoch > Epoch) return Delivery.NotYet;
            Taken.Add($"{channel}/{epoch}: {string.Join(',', payload.ToArray())}");
            OnTake?.Invoke();
            return Delivery.Taken;
        }

        private sealed class Outgoing(List<byte[]> frames) : ILinkOutbox
        {
            public void Transmit(ReadOnlySpan<byte> frame) => frames.Add(frame.ToArray());
        }
    }

    /// <summary>Keeps frames in buffers of its own, which it uses again.</summary>
    private sealed class Direct(LinkMachine to) : ILinkOutbox, ILinkSink
    {
        private readonly byte[][] _frames = [.. Enumerable.Range(0, 100).Select(_ => new byte[400])];
        private readonly int[] _lengths = new int[100];
        private int _count;

        public void Transmit(ReadOnlySpan<byte> frame)
        {
            frame.CopyTo(_frames[_count]);
            _lengths[_count++] = frame.Length;
        }

        public void Deliver(long now)
        {
            for (int i = 0; i < _count; i++) to.Receive(_frames[i].AsSpan(0, _lengths[i]), now, this);
            _count = 0;
        }

        public Delivery Take(byte channel, long epoch, ReadOnlySpan<byte> payload) => Delivery.Taken;
    }
}
