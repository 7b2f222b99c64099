using System.Buffers.Binary;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// One side of the link between two incarnations of two nodes: whatever the connections below lose, repeat, reorder or change, each payload arrives once and in
/// order. Outlives connections: the next one goes on where the last one stopped. Another incarnation of the peer is another link.
/// <para>
/// Payloads are numbered from 1 and kept until acknowledged. Every frame acknowledges all payloads up to a number. Who misses one asks for it; who hears no
/// acknowledgement sends the oldest again. See docs/link-protocol.md.
/// </para>
/// Pure: time is handed in, in milliseconds of a clock that never goes back. Not for several threads at once.
/// </summary>
public sealed class LinkMachine
{
    private const long Never = long.MaxValue;
    private const int RangeSize = 2 * sizeof(long);
    private const int MostRanges = 16;

    private readonly LinkOptions _options;
    private readonly FrameQueue _queue = new();
    private readonly HeldBackFrames _heldBack;
    private readonly byte[] _control = new byte[LinkHead.Size + MostRanges * RangeSize];

    // Sending.
    private ILinkOutbox? _outbox;
    private long _transmitted;
    private long _lastTransmission;
    private long _retransmitAt = Never;
    private int _vainAttempts;
    private bool _peerWaits;

    // Receiving.
    private long _highest;
    private long _askAt = Never;
    private long _acknowledgeAt = Never;
    private int _owedPayloads;
    private int _owedBytes;

    /// <summary>Makes a link without connection.</summary>
    /// <param name="incarnation">Our incarnation.</param>
    /// <param name="peerIncarnation">The peer's.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">Times and bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of bounds.</exception>
    public LinkMachine(ulong incarnation, ulong peerIncarnation, long now, LinkOptions? options = null)
    {
        _options = options ?? new LinkOptions();
        if (_options.Fault() is { } fault) throw new ArgumentException(fault, nameof(options));
        _heldBack = new HeldBackFrames(_options.MaxHeldBackBytes);
        Incarnation = incarnation;
        PeerIncarnation = peerIncarnation;
        LastHeard = now;
    }

    /// <summary>Our incarnation.</summary>
    public ulong Incarnation { get; }

    /// <summary>The peer's incarnation.</summary>
    public ulong PeerIncarnation { get; }

    /// <summary>The last payload handed on, with all before it: what the next handshake tells the peer.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes of frames that were sent, or wait for a connection, and are not acknowledged.</summary>
    public long UnacknowledgedBytes => _queue.Bytes;

    /// <summary>Payloads received and not handed on yet, because something before them is missing or the sink could not take them yet.</summary>
    public int HeldBack => _heldBack.Count;

    /// <summary>Whether the next payload is here, and the sink could not take it yet: it is time to <see cref="Retry"/> when it can.</summary>
    public bool Waits => _heldBack.Contains(Received + 1);

    /// <summary>Whether there is a connection.</summary>
    public bool IsConnected => _outbox is not null;

    /// <summary>When the last valid frame came, or the last connection, or, failing both, when the link was made.</summary>
    public long LastHeard { get; private set; }

    /// <summary>Why the link is given up, in one line; null as long as it is not. A link that has failed does nothing more.</summary>
    public string? Failure { get; private set; }

    /// <summary>What it has done.</summary>
    public LinkCounters Counters { get; } = new();

    /// <summary>Whether nothing was heard for longer than the detection time, or the link has failed.</summary>
    public bool IsLost(long now) => Failure is not null || now - LastHeard > _options.DetectionMs;

    /// <summary>Sends a payload: at once when there is a connection, else when there is one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="channel">Handed on to the peer's sink.</param>
    /// <param name="epoch">Handed on to the peer's sink.</param>
    /// <param name="payload">At most <see cref="Framing.MaxPayload"/> bytes; copied.</param>
    /// <returns>False when the link has failed, before or by this very payload.</returns>
    /// <exception cref="ArgumentException">The payload is too long.</exception>
    public bool Send(long now, byte channel, long epoch, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > Framing.MaxPayload)
            throw new ArgumentException($"a payload of {payload.Length} bytes; at most {Framing.MaxPayload} fit in a frame", nameof(payload));
        if (Failure is not null) return false;
        int length = LinkHead.Size + payload.Length;
        if (_queue.Bytes + length > _options.MaxUnacknowledgedBytes)
        {
            Fail($"more than {_options.MaxUnacknowledgedBytes} bytes wait for the peer's acknowledgement");
            return false;
        }
        Counters.Sent++;
        ref var slot = ref _queue.Add(length);
        new LinkHead(FrameKind.Payload, false, channel, Incarnation, PeerIncarnation, _queue.Last, 0, epoch).WriteTo(slot.Frame);
        payload.CopyTo(slot.Frame[LinkHead.Size..]);
        if (_outbox is null) return true;
        if (_retransmitAt == Never) _retransmitAt = now + _options.RetransmitAfterMs;
        TransmitPayload(ref slot, _queue.Last, now);
        return true;
    }

    /// <summary>Takes a frame, whatever it may be, over the present connection or one before.</summary>
    /// <param name="frame">The frame, without length and tag; not kept.</param>
    /// <param name="now">The time.</param>
    /// <param name="sink">Takes the payloads whose turn it is.</param>
    public void Receive(ReadOnlySpan<byte> frame, long now, ILinkSink sink)
    {
        Counters.FramesReceived++;
        Counters.BytesReceived += frame.Length;
        if (Failure is not null) Counters.AfterFailure++;
        else if (frame.Length is < LinkHead.Size or > Framing.MaxFrame) Counters.Malformed++;
        else if (!LinkHead.HasRightChecksum(frame)) Counters.Corrupt++;
        else if (!LinkHead.TryRead(frame, out var head)) Counters.Malformed++;
        else if (head.From != PeerIncarnation || head.To != Incarnation) Counters.OtherIncarnation++;
        else if (head.Acknowledged > _transmitted || !HasRightBody(head.Kind, frame[LinkHead.Size..])) Counters.Malformed++;
        else
        {
            LastHeard = now;
            _peerWaits = head.Waits;
            FreeThrough(head.Acknowledged, now);
            if (head.Kind == FrameKind.Payload)
            {
                ReceivePayload(head, frame, now, sink);
                return;
            }
            Counters.ControlsReceived++;
            NoteSequence(head.Sequence, now);
            if (head.Kind == FrameKind.Missing) SendAgain(frame[LinkHead.Size..], now);
        }
    }

    /// <summary>Hands on what was held back, as far as the sink takes it now: to be called when it has reached a newer epoch.</summary>
    /// <param name="now">The time.</param>
    /// <param name="sink">Takes the payloads.</param>
    public void Retry(long now, ILinkSink sink)
    {
        if (Failure is not null || !Waits) return;
        long before = Received;
        HandOn(sink);
        if (Received == before) return;
        AskForMissing(now);
        if (_outbox is not null) TransmitControl(FrameKind.Acknowledgement, now);
    }

    /// <summary>Does what is due: sends again, asks again, acknowledges, or sends a heartbeat.</summary>
    /// <param name="now">The time.</param>
    /// <returns>When to call again at the latest, or to look whether the peer <see cref="IsLost"/>; <see cref="long.MaxValue"/> for never.</returns>
    public long Advance(long now)
    {
        if (now >= _retransmitAt) Retransmit(now);
        if (Failure is not null) return Never;
        long next = LastHeard + _options.DetectionMs + 1;
        if (next <= now) next = Never;
        if (_outbox is null) return next;
        if (now >= _askAt) AskForMissing(now);
        if (now >= _acknowledgeAt) TransmitControl(FrameKind.Acknowledgement, now);
        if (now - _lastTransmission >= _options.HeartbeatMs) TransmitControl(FrameKind.Heartbeat, now);
        return Math.Min(Math.Min(next, _lastTransmission + _options.HeartbeatMs), Math.Min(_retransmitAt, Math.Min(_askAt, _acknowledgeAt)));
    }

    /// <summary>Goes on over a new connection, in place of any before: frees what the peer has, and sends the rest again, in order.</summary>
    /// <param name="now">The time.</param>
    /// <param name="peerHasReceived">The last payload the peer has received, by its word in the handshake.</param>
    /// <param name="outbox">Takes the frames, from now on and during this call.</param>
    public void Connected(long now, long peerHasReceived, ILinkOutbox outbox)
    {
        if (Failure is not null) return;
        if (peerHasReceived > _transmitted)
        {
            Fail($"the peer says that it has received {peerHasReceived} payloads, of {_transmitted} sent");
            return;
        }
        _outbox = outbox;
        _peerWaits = false;
        LastHeard = _lastTransmission = now;
        FreeThrough(peerHasReceived, now);
        for (long s = _queue.Freed + 1; s <= _queue.Last; s++)
        {
            ref var slot = ref _queue[s];
            if (s <= _transmitted) Counters.Resumed++;
            slot.SentAgain = 0;
            TransmitPayload(ref slot, s, now);
        }
        _vainAttempts = 0;
        _retransmitAt = _queue.IsEmpty ? Never : now + _options.RetransmitAfterMs;
        if (_askAt != Never) _askAt = now + _options.AskAgainAfterMs;
    }

    /// <summary>Notes that a connection has ended; what is sent waits for the next one. Nothing happens when another has taken its place.</summary>
    /// <param name="outbox">The connection's.</param>
    public void Disconnected(ILinkOutbox outbox)
    {
        if (_outbox != outbox) return;
        _outbox = null;
        _retransmitAt = Never;
    }

    private void ReceivePayload(in LinkHead head, ReadOnlySpan<byte> frame, long now, ILinkSink sink)
    {
        Counters.PayloadsReceived++;
        long sequence = head.Sequence;
        long before = Received;
        NoteSequence(sequence - 1, now);
        _highest = Math.Max(_highest, sequence);
        if (sequence <= Received)
        {
            Counters.Duplicates++;
        }
        else if (_heldBack.Contains(sequence))
        {
            Counters.Duplicates++;
            if (sequence == Received + 1) HandOn(sink);
        }
        else if (sequence == Received + 1)
        {
            if (HandOn(head, frame, sink)) HandOn(sink);
            else HoldBack(sequence, frame);
        }
        else
        {
            Counters.OutOfOrder++;
            HoldBack(sequence, frame);
        }
        NoteGaps(now);
        OweAcknowledgement(frame.Length, now);
        // The sender must not take a peer that waits for one that loses its frames.
        if (_outbox is not null && sequence == before + 1 && Waits) TransmitControl(FrameKind.Acknowledgement, now);
    }

    /// <summary>Hands on what was held back, up to the first payload that is missing or cannot be taken.</summary>
    private void HandOn(ILinkSink sink)
    {
        while (Failure is null && Waits)
        {
            long sequence = Received + 1;
            var frame = _heldBack[sequence];
            LinkHead.TryRead(frame, out var head);
            if (!HandOn(head, frame, sink)) return;
            _heldBack.Remove(sequence);
        }
    }

    private bool HandOn(in LinkHead head, ReadOnlySpan<byte> frame, ILinkSink sink)
    {
        switch (sink.Take(head.Channel, head.Epoch, frame[LinkHead.Size..]))
        {
            case Delivery.Taken:
                Counters.Delivered++;
                break;
            case Delivery.Refused:
                Counters.OlderEpoch++;
                break;
            default:
                Counters.NotYet++;
                return false;
        }
        Received++;
        return true;
    }

    private void HoldBack(long sequence, ReadOnlySpan<byte> frame)
    {
        if (!_heldBack.TryAdd(Received + 1, sequence, frame)) Counters.Overflowed++;
    }

    private void OweAcknowledgement(int bytes, long now)
    {
        _owedPayloads++;
        _owedBytes += bytes;
        if (_acknowledgeAt == Never) _acknowledgeAt = now + _options.AcknowledgeAfterMs;
        if (_outbox is null || (_owedPayloads < _options.AcknowledgeAfterPayloads && _owedBytes < _options.AcknowledgeAfterBytes)) return;
        TransmitControl(FrameKind.Acknowledgement, now);
    }

    /// <summary>Notes that the peer has sent all payloads up to a number, and asks at once for those not heard of before.</summary>
    private void NoteSequence(long sequence, long now)
    {
        if (sequence <= _highest) return;
        long first = _highest + 1;
        _highest = sequence;
        NoteGaps(now);
        if (_outbox is null) return;
        WriteRange(0, first, sequence);
        TransmitMissing(1, now);
    }

    /// <summary>Has what is missing asked for again after a while.</summary>
    private void NoteGaps(long now)
    {
        if (_heldBack.Count == _highest - Received) _askAt = Never;
        else if (_askAt == Never) _askAt = now + _options.AskAgainAfterMs;
    }

    /// <summary>Asks for all that is missing. While the next payload waits for the sink nothing is urgent, and what follows may find no room.</summary>
    private void AskForMissing(long now)
    {
        _askAt = Never;
        NoteGaps(now);
        if (_askAt == Never || _outbox is null || Waits) return;
        int ranges = 0;
        long end = Math.Min(_highest, Received + HeldBackFrames.Window);
        for (long s = Received + 1; s <= end && ranges < MostRanges; s++)
        {
            if (_heldBack.Contains(s)) continue;
            long first = s;
            while (s < end && !_heldBack.Contains(s + 1)) s++;
            WriteRange(ranges++, first, s);
        }
        TransmitMissing(ranges, now);
    }

    private void WriteRange(int range, long first, long last)
    {
        var place = _control.AsSpan(LinkHead.Size + range * RangeSize);
        BinaryPrimitives.WriteInt64LittleEndian(place, first);
        BinaryPrimitives.WriteInt64LittleEndian(place[sizeof(long)..], last);
    }

    private static (long First, long Last) ReadRange(ReadOnlySpan<byte> ranges) =>
        (BinaryPrimitives.ReadInt64LittleEndian(ranges), BinaryPrimitives.ReadInt64LittleEndian(ranges[sizeof(long)..]));

    private bool HasRightBody(FrameKind kind, ReadOnlySpan<byte> body)
    {
        if (kind == FrameKind.Payload) return true;
        if (kind != FrameKind.Missing) return body.IsEmpty;
        if (body.IsEmpty || body.Length > MostRanges * RangeSize || body.Length % RangeSize != 0) return false;
        for (; !body.IsEmpty; body = body[RangeSize..])
        {
            var (first, last) = ReadRange(body);
            if (first < 1 || first > last || last > _transmitted) return false;
        }
        return true;
    }

    /// <summary>Sends what the peer asks for; what was sent again a moment ago is still under way.</summary>
    private void SendAgain(ReadOnlySpan<byte> ranges, long now)
    {
        for (; !ranges.IsEmpty; ranges = ranges[RangeSize..])
        {
            var (first, last) = ReadRange(ranges);
            for (long s = Math.Max(first, _queue.Freed + 1); s <= last && _outbox is not null; s++)
            {
                if (_queue[s].SentAgain == 0 || now - _queue[s].SentAt >= _options.AskAgainAfterMs) TransmitAgain(s, now);
            }
        }
    }

    /// <summary>Sends the oldest payload again, and tells which was the last, so that the peer can ask for others.</summary>
    private void Retransmit(long now)
    {
        long wait = (long)_options.RetransmitAfterMs << Math.Min(++_vainAttempts, 16);
        _retransmitAt = now + (_peerWaits ? _options.RetransmitAtMostMs : Math.Min(wait, _options.RetransmitAtMostMs));
        TransmitAgain(_queue.Freed + 1, now);
        if (_outbox is not null) TransmitControl(FrameKind.Heartbeat, now);
    }

    private void TransmitAgain(long sequence, long now)
    {
        ref var slot = ref _queue[sequence];
        if (!_peerWaits && slot.SentAgain >= _options.MaxRetransmissions)
        {
            Fail($"payload {sequence} was sent {slot.SentAgain + 1} times over one connection and never acknowledged");
            return;
        }
        if (!_peerWaits || slot.SentAgain == 0) slot.SentAgain++;
        Counters.Retransmitted++;
        TransmitPayload(ref slot, sequence, now);
    }

    private void FreeThrough(long acknowledged, long now)
    {
        if (acknowledged <= _queue.Freed) return;
        Counters.Acknowledged += acknowledged - _queue.Freed;
        _queue.FreeThrough(acknowledged);
        _vainAttempts = 0;
        _retransmitAt = _queue.IsEmpty || _outbox is null ? Never : now + _options.RetransmitAfterMs;
    }

    private void TransmitPayload(ref FrameQueue.Slot slot, long sequence, long now)
    {
        slot.SentAt = now;
        _transmitted = Math.Max(_transmitted, sequence);
        Transmit(slot.Frame, now);
    }

    private void TransmitMissing(int ranges, long now)
    {
        Counters.AsksSent++;
        TransmitControl(FrameKind.Missing, now, ranges * RangeSize);
    }

    private void TransmitControl(FrameKind kind, long now, int body = 0)
    {
        if (kind == FrameKind.Acknowledgement) Counters.AcknowledgementsSent++;
        if (kind == FrameKind.Heartbeat) Counters.HeartbeatsSent++;
        new LinkHead(kind, false, 0, Incarnation, PeerIncarnation, _transmitted, 0, 0).WriteTo(_control);
        Transmit(_control.AsSpan(0, LinkHead.Size + body), now);
    }

    private void Transmit(Span<byte> frame, long now)
    {
        LinkHead.Finish(frame, Waits, Received);
        Counters.FramesSent++;
        Counters.BytesSent += frame.Length;
        _lastTransmission = now;
        _acknowledgeAt = Never;
        _owedPayloads = _owedBytes = 0;
        _outbox!.Transmit(frame);
    }

    private void Fail(string reason)
    {
        Failure = reason;
        _outbox = null;
        _retransmitAt = Never;
        _queue.Clear();
    }
}
