using System.Buffers.Binary;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Links;

/// <summary>What a wire does to frames; each a probability.</summary>
internal sealed record Trouble(double Lose, double Duplicate, double Change, double Late, double EndConnection, double Restart, double RaiseEpoch, bool LargePayloads)
{
    public static Trouble Draw(Random random)
    {
        double Often(double most) => random.Next(2) == 0 ? 0 : random.NextDouble() * most;
        return new Trouble(Often(0.4), Often(0.3), Often(0.3), Often(0.5), Often(0.02), random.Next(4) == 0 ? 0.02 : 0, Often(0.02), random.Next(8) == 0);
    }
}

/// <summary>
/// Two link machines, and between them a wire that loses, duplicates, changes and delays frames and ends connections, in virtual time. Frames of an old connection
/// may arrive after it has ended; a restarted side has another incarnation, and what was meant for the one before may still arrive. Everything comes from the seed.
/// </summary>
internal sealed class UnreliableWire
{
    private const long Patience = 20 * 60_000;

    private readonly Dictionary<string, long> _seen;
    private readonly Random _random;
    private readonly Trouble _trouble;
    private readonly LinkOptions _options;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly int _payloads;
    private readonly Side _left;
    private readonly Side _right;
    private ulong _incarnations = 100;
    private int _generation;
    private int _connection;
    private int _asked;
    private long _order;

    public UnreliableWire(int seed, Dictionary<string, long> seen)
    {
        _seen = seen;
        _random = new Random(seed);
        _trouble = Trouble.Draw(_random);
        _payloads = _random.Next(1, 80);
        _options = new LinkOptions
        {
            MaxRetransmissions = 1000,
            MaxHeldBackBytes = _random.Next(2) == 0 ? Framing.MaxFrame : 1 << 20,
            AcknowledgeAfterPayloads = _random.Next(1, 20),
        };
        _left = new Side(this, "left");
        _right = new Side(this, "right");
        _left.Peer = _right;
        _right.Peer = _left;
        Begin();
    }

    public long Now { get; private set; }

    private bool IsThrough => _asked == 0 && _left.IsThrough && _right.IsThrough;

    public void Run()
    {
        while (!IsThrough)
        {
            Assert.True(Now < Patience, $"stuck: {_left} / {_right}");
            Now = Math.Max(Now, Math.Min(Math.Min(_left.WakeAt, _right.WakeAt), _events.TryPeek(out _, out var next) ? next.Time : long.MaxValue));
            while (_events.TryPeek(out var action, out var at) && at.Time <= Now)
            {
                _events.Dequeue();
                action();
            }
            if (Now >= _left.WakeAt) _left.Advance();
            if (Now >= _right.WakeAt) _right.Advance();
        }
        _left.CheckCounters();
        _right.CheckCounters();
    }

    private void At(long delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    /// <summary>New machines on both sides: one of them has been started again.</summary>
    private void Begin()
    {
        _generation++;
        _asked = 0;
        if (_generation > 1) Count("restarts");
        if (_generation == 1 || _random.Next(2) == 0) _left.Incarnation = _incarnations++;
        else _right.Incarnation = _incarnations++;
        if (_generation == 1) _right.Incarnation = _incarnations++;
        _left.Begin(_options);
        _right.Begin(_options);
        foreach (var side in new[] { _left, _right })
        {
            int generation = _generation;
            for (int i = 0; i < _payloads; i++)
            {
                _asked++;
                At(_random.Next(1500), () =>
                {
                    if (generation != _generation) return;
                    _asked--;
                    side.Send();
                    if (_random.NextDouble() < _trouble.RaiseEpoch) side.Epoch++;
                    if (_random.NextDouble() < _trouble.EndConnection) EndConnection();
                    if (_random.NextDouble() < _trouble.Restart && _generation < 4) Begin();
                });
            }
        }
        At(_random.Next(200), Connect);
    }

    /// <summary>Both sides say what they have received, and take the connection into use at times of their own.</summary>
    private void Connect()
    {
        int connection = ++_connection, generation = _generation;
        foreach (var side in new[] { _left, _right })
        {
            long peerHasReceived = side.Peer.Machine.Received;
            At(_random.Next(30), () =>
            {
                if (generation == _generation && connection == _connection) side.Connect(connection, peerHasReceived);
            });
        }
    }

    private void EndConnection()
    {
        Count("connections ended");
        int generation = _generation;
        // Sometimes the next connection is there before a side has noticed that the last one is gone.
        foreach (var side in new[] { _left, _right })
        {
            if (side.Outbox is { } outbox) At(_random.Next(100), () => side.Machine.Disconnected(outbox));
        }
        At(_random.Next(3) == 0 ? _random.Next(50) : _random.Next(3000), () =>
        {
            if (generation == _generation) Connect();
        });
    }

    private void Count(string what, long times = 1) => _seen[what] = _seen.GetValueOrDefault(what) + times;

    internal sealed class Side(UnreliableWire wire, string name) : ILinkSink
    {
        private long _next;
        private long _sent;
        private long _newestAwaited;
        private long _framesSent;
        private long _changed;
        private long _foreign;

        public Side Peer { get; set; } = null!;

        public LinkMachine Machine { get; private set; } = null!;

        public Connection? Outbox { get; private set; }

        public ulong Incarnation { get; set; }

        public long Epoch { get; set; } = 1;

        public long WakeAt { get; private set; }

        public bool IsThrough => _next == Peer._sent && Machine.UnacknowledgedBytes == 0;

        public void Begin(LinkOptions options)
        {
            Machine = new LinkMachine(Incarnation, Peer.Incarnation, wire.Now, options);
            Outbox = null;
            WakeAt = wire.Now;
            _next = _sent = _framesSent = _changed = _foreign = 0;
        }

        public void Connect(int connection, long peerHasReceived)
        {
            Outbox = new Connection(this, connection);
            Machine.Connected(wire.Now, peerHasReceived, Outbox);
            WakeAt = wire.Now;
        }

        /// <summary>A payload says which one it is, of which generation, and the rest follows from that.</summary>
        public void Send()
        {
            int length = wire._trouble.LargePayloads && wire._random.Next(5) == 0 ? wire._random.Next(30_000, Framing.MaxPayload + 1) : wire._random.Next(16, 200);
            var payload = new byte[length];
            BinaryPrimitives.WriteInt64LittleEndian(payload, _sent);
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(8), wire._generation);
            for (int i = 16; i < length; i++) payload[i] = (byte)(_sent + i);
            Assert.True(Machine.Send(wire.Now, (byte)_sent, Epoch, payload));
            _sent++;
            WakeAt = wire.Now;
        }

        public Delivery Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
        {
            long number = BinaryPrimitives.ReadInt64LittleEndian(payload);
            Assert.True(number == _next, $"{name} is handed payload {number}, {_next} is due");
            Assert.Equal(wire._generation, BinaryPrimitives.ReadInt32LittleEndian(payload[8..]));
            Assert.Equal((byte)number, channel);
            for (int i = 16; i < payload.Length; i++)
            {
                if (payload[i] != (byte)(number + i)) Assert.Fail($"{name}: byte {i} of payload {number} has changed");
            }
            if (epoch > Epoch)
            {
                if (_newestAwaited < epoch)
                {
                    _newestAwaited = epoch;
                    wire.At(wire._random.Next(1500), () =>
                    {
                        Epoch = Math.Max(Epoch, epoch);
                        // Without this the sender has to try again.
                        if (wire._random.Next(3) == 0) return;
                        Machine.Retry(wire.Now, this);
                        WakeAt = wire.Now;
                    });
                }
                return Delivery.NotYet;
            }
            _next++;
            return epoch < Epoch ? Delivery.Refused : Delivery.Taken;
        }

        public void Advance()
        {
            WakeAt = Machine.Advance(wire.Now);
            Assert.True(WakeAt > wire.Now, $"{name} wants to be called at {WakeAt}, now is {wire.Now}");
        }

        public void Receive(byte[] frame, bool changed)
        {
            bool foreign = BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(8)) != Peer.Incarnation
                || BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(16)) != Incarnation;
            if (changed) _changed++;
            else if (foreign) _foreign++;
            Machine.Receive(frame, wire.Now, this);
            WakeAt = wire.Now;
        }

        public void CheckCounters()
        {
            var c = Machine.Counters;
            Assert.Null(Machine.Failure);
            Assert.Equal(0, Machine.HeldBack);
            Assert.Equal(_changed, c.Corrupt + c.Malformed);
            Assert.Equal(_foreign, c.OtherIncarnation);
            Assert.Equal(_framesSent, c.FramesSent);
            Assert.Equal((_sent, _sent), (c.Sent, c.Acknowledged));
            Assert.Equal(Peer._sent, c.Delivered + c.OlderEpoch);
            Assert.Equal(c.FramesReceived, c.Malformed + c.Corrupt + c.OtherIncarnation + c.AfterFailure + c.ControlsReceived + c.PayloadsReceived);
            Assert.Equal(c.PayloadsReceived, c.Delivered + c.OlderEpoch + c.Duplicates + c.Overflowed);
            foreach (var counter in typeof(LinkCounters).GetProperties()) wire.Count(counter.Name, (long)counter.GetValue(c)!);
        }

        public override string ToString() => $"{name}: {_next} of {Peer._sent} received, {Machine.UnacknowledgedBytes} bytes unacknowledged, {Machine.HeldBack} held back, "
            + $"waits {Machine.Waits}, connected {Machine.IsConnected}, {Machine.Failure}";

        internal sealed class Connection(Side side, int number) : ILinkOutbox
        {
            public void Transmit(ReadOnlySpan<byte> frame) => side.Transmit(frame, number);
        }

        private void Transmit(ReadOnlySpan<byte> frame, int connection)
        {
            Assert.NotNull(Outbox);
            _framesSent++;
            var (random, trouble) = (wire._random, wire._trouble);
            if (random.NextDouble() < trouble.Lose)
            {
                wire.Count("frames lost");
                return;
            }
            int copies = random.NextDouble() < trouble.Duplicate ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                byte[] copy = frame.ToArray();
                bool changed = random.NextDouble() < trouble.Change;
                if (changed) copy = Changed(random, copy);
                int delay = random.NextDouble() < trouble.Late ? random.Next(1000) : random.Next(3);
                wire.At(delay, () =>
                {
                    // Half of what was under way when a connection ended arrives all the same.
                    if (connection != wire._connection && ArrivesNot(copy)) return;
                    Peer.Receive(copy, changed);
                });
            }

            static bool ArrivesNot(byte[] bytes) => bytes[0] % 2 == 0;
        }

        /// <summary>As many changed bits as the checksum is sure to see; or the end missing.</summary>
        private static byte[] Changed(Random random, byte[] frame)
        {
            if (random.Next(4) == 0) return frame[..random.Next(24, frame.Length)];
            int bits = frame.Length * 8, first = random.Next(bits);
            foreach (int bit in new HashSet<int> { first, random.Next(bits), random.Next(bits) }) frame[bit / 8] ^= (byte)(1 << (bit % 8));
            return frame;
        }
    }
}
