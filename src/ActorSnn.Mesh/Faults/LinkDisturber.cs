using ActorSnn.Mesh.Links;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Faults;

/// <summary>
/// One direction of a link that is disturbed on purpose: stands between a <see cref="LinkMachine"/> and the wire, and decides for every frame whether, when and how it leaves. What becomes of a frame depends on
/// the seed, the fault, the link's name and the number of the frame, and on nothing else. Pure: time is handed in, in milliseconds of a clock that never goes back. Not for several threads at once.
/// </summary>
/// <param name="from">Name of the sender.</param>
/// <param name="to">Name of the receiver.</param>
internal sealed class LinkDisturber(string from, string to)
{
    /// <summary>A frame that the next one is to overtake waits no longer for it.</summary>
    public const double MostMsForTheNext = 20;

    /// <summary>Bytes of frames that wait; what is beyond is lost.</summary>
    private const long MostWaitingBytes = 64L << 20;

    private readonly long _link = HashOf(from, to);
    private readonly SortedDictionary<int, ActiveFault> _faults = [];
    private readonly PriorityQueue<byte[], (double At, long Order)> _late = new();
    private byte[]? _overtaken;
    private double _overtakenUntil;
    private long _waitingBytes;
    private long _frame;
    private long _order;
    private long _lost;
    private long _duplicated;
    private long _delayed;
    private long _reordered;
    private long _corrupted;

    /// <summary>Whether frames simply pass: there is no fault, and nothing waits.</summary>
    public bool IsIdle => _faults.Count == 0 && _late.Count == 0 && _overtaken is null;

    /// <summary>What it has done to frames.</summary>
    public FaultCounts Counts => new() { Lost = _lost, Duplicated = _duplicated, Delayed = _delayed, Reordered = _reordered, Corrupted = _corrupted };

    /// <summary>Begins a fault, in place of what the same fault began before.</summary>
    /// <param name="fault">Place of the fault in its scenario.</param>
    /// <param name="what">What happens to frames.</param>
    /// <param name="seed">Seed of what is drawn.</param>
    public void Begin(int fault, FrameFault what, ulong seed) => _faults[fault] = new ActiveFault(what, new CounterRandom(
        new CounterRandom(seed, RandomPurpose.LinkFault, fault).Bits(_link), RandomPurpose.LinkFault, fault));

    /// <summary>Ends a fault. What waits because of it leaves at its time.</summary>
    public void End(int fault) => _faults.Remove(fault);

    /// <summary>Takes a frame, and sends what leaves now: the frame, changed or twice, or not; and others whose time has come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="frame">The frame; not kept.</param>
    /// <param name="wire">Takes what leaves.</param>
    public void Send(double now, ReadOnlySpan<byte> frame, ILinkOutbox wire)
    {
        Advance(now, wire);
        long number = _frame++;
        bool isLost = false, isDoubled = false, isOvertaken = false;
        double late = 0;
        byte[]? damaged = null;
        foreach (var fault in _faults.Values)
        {
            if (!fault.Hits(number)) continue;
            switch (fault.What.Kind)
            {
                case LinkFaultKind.Lose:
                    isLost = true;
                    break;
                case LinkFaultKind.Duplicate:
                    isDoubled = true;
                    break;
                case LinkFaultKind.Delay:
                    late += fault.DelayOf(number);
                    break;
                case LinkFaultKind.Reorder:
                    isOvertaken = true;
                    break;
                case LinkFaultKind.Corrupt:
                    damaged ??= frame.ToArray();
                    fault.Damage(number, damaged);
                    break;
            }
        }
        if (isLost || _waitingBytes > MostWaitingBytes)
        {
            _lost++;
            return;
        }
        if (damaged is not null) _corrupted++;
        if (isDoubled) _duplicated++;
        if (late > 0)
        {
            _delayed++;
            Delay(now + late, damaged ?? frame.ToArray());
            if (isDoubled) Delay(now + late, frame.ToArray());
        }
        else if (isOvertaken && _overtaken is null)
        {
            // Of two in a row the second goes first, whatever is drawn for it: otherwise nothing would ever overtake.
            (_overtaken, _overtakenUntil) = (damaged ?? frame.ToArray(), now + MostMsForTheNext);
            _waitingBytes += _overtaken.Length;
            if (isDoubled) wire.Transmit(frame);
        }
        else
        {
            wire.Transmit(damaged ?? frame);
            if (isDoubled) wire.Transmit(frame);
            if (_overtaken is null) return;
            _reordered++;
            SendOvertaken(wire);
        }
    }

    /// <summary>Sends what waits and whose time has come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="wire">Takes what leaves.</param>
    /// <returns>When to call again; infinite when nothing waits.</returns>
    public double Advance(double now, ILinkOutbox wire)
    {
        while (_late.TryPeek(out var frame, out var due) && due.At <= now)
        {
            _late.Dequeue();
            _waitingBytes -= frame.Length;
            wire.Transmit(frame);
        }
        if (_overtaken is not null && now >= _overtakenUntil) SendOvertaken(wire);
        double next = _overtaken is null ? double.PositiveInfinity : _overtakenUntil;
        return _late.TryPeek(out _, out var first) ? Math.Min(next, first.At) : next;
    }

    /// <summary>Loses all that waits, as a connection does that ends.</summary>
    public void Forget()
    {
        _late.Clear();
        _overtaken = null;
        _waitingBytes = 0;
    }

    private void Delay(double until, byte[] frame)
    {
        _late.Enqueue(frame, (until, _order++));
        _waitingBytes += frame.Length;
    }

    private void SendOvertaken(ILinkOutbox wire)
    {
        byte[] frame = _overtaken!;
        _overtaken = null;
        _waitingBytes -= frame.Length;
        wire.Transmit(frame);
    }

    /// <summary>FNV-1a: the same in every process.</summary>
    private static long HashOf(string from, string to)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in $"{from} {to}") hash = (hash ^ c) * 1099511628211;
        return (long)hash;
    }

    private sealed class ActiveFault(FrameFault what, CounterRandom random)
    {
        // Draws of a frame, apart from each other.
        private const int WhetherItIsHit = 0;
        private const int Jitter = 1;
        private const int WhichByte = 2;
        private const int WhichBits = 3;

        public FrameFault What { get; } = what;

        public bool Hits(long frame) => random.Uniform(frame, WhetherItIsHit) < What.Rate;

        public double DelayOf(long frame) => What.DelayMs + What.JitterMs * random.Uniform(frame, Jitter);

        /// <summary>Changes bits of one byte: no checksum of 32 bits overlooks that.</summary>
        public void Damage(long frame, byte[] bytes) => bytes[random.Below(bytes.Length, frame, WhichByte)] ^= (byte)(1 + random.Below(255, frame, WhichBits));
    }
}

/// <summary>What a fault does to the frames of a link.</summary>
/// <param name="Kind">What.</param>
/// <param name="Rate">Probability with which it happens to a frame.</param>
/// <param name="DelayMs">Of a delay: ms of wall time.</param>
/// <param name="JitterMs">Of a delay: most ms beyond that.</param>
internal readonly record struct FrameFault(LinkFaultKind Kind, double Rate, double DelayMs = 0, double JitterMs = 0)
{
    public static FrameFault Of(LinkFault fault) => new(fault.What, fault.Rate, fault.DelayMs, fault.JitterMs);
}
