using System.Buffers;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tcp;

/// <summary>One connection: its transport, its handshake and, after that, its frames. Used by one thread at a time.</summary>
internal sealed class NodeConnection : IDisposable
{
    /// <summary>Bytes that may wait for a peer that does not take them; its link keeps copies of them anyway.</summary>
    private const int MostWaiting = 32 << 20;

    /// <summary>Bytes that have been sent and are still kept, at most, unless more than these wait.</summary>
    private const int MostSent = 1 << 20;

    private readonly ITransport _transport;
    private readonly Handshake _handshake;
    private readonly FrameReader _reader;
    private readonly ArrayBufferWriter<byte> _out = new(4096);
    private int _sent;

    public NodeConnection(long number, ITransport transport, Handshake handshake, RefusalCounters refusals, long now, string? dialled)
    {
        (Number, _transport, _handshake, Since, Dialled) = (number, transport, handshake, now, dialled);
        _reader = new FrameReader(Handshake.MaxFrame, refusals);
        Append(handshake.Start().Answer.Span);
    }

    public long Number { get; }

    /// <summary>When it began.</summary>
    public long Since { get; }

    /// <summary>The node that was dialled; null for a connection that came in.</summary>
    public string? Dialled { get; }

    public ITransport Transport => _transport;

    /// <summary>Whether the peer has proved itself.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>Why it has ended; null as long as it has not.</summary>
    public string? Ended { get; private set; }

    /// <summary>Who is at the other end, once established.</summary>
    public PeerIdentity Peer => _handshake.Peer!;

    public long PeerHasReceived => _handshake.PeerHasReceived;

    /// <summary>Whether something waits to be sent.</summary>
    public bool HasToSend => _sent < _out.WrittenCount;

    /// <summary>Takes what has arrived.</summary>
    /// <param name="buffer">For the bytes.</param>
    /// <param name="sink">Is told what comes of it.</param>
    /// <returns>Whether anything has arrived.</returns>
    public bool Receive(byte[] buffer, IConnectionSink sink)
    {
        bool any = false;
        while (Ended is null)
        {
            int count = _transport.Receive(buffer);
            if (count == 0) break;
            if (count < 0)
            {
                End("it was closed");
                break;
            }
            any = true;
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, count);
            while (Ended is null && _reader.TryRead(ref bytes, out var frame)) Take(frame, sink);
            if (_reader.Broken is { } broken) End(broken);
            if (count < buffer.Length) break;
        }
        return any;
    }

    /// <summary>Adds a frame to what is to be sent.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (Ended is not null) return;
        if (_out.WrittenCount - _sent + frame.Length > MostWaiting)
        {
            End($"its peer has not taken {MostWaiting >> 20} MB");
            return;
        }
        Framing.Write(_out, frame, _handshake.Seal);
    }

    /// <summary>Sends what can be sent.</summary>
    public void Flush()
    {
        while (Ended is null && _sent < _out.WrittenCount)
        {
            int count = _transport.Send(_out.WrittenSpan[_sent..]);
            if (count < 0) End("it was closed");
            if (count <= 0)
            {
                DropSent();
                return;
            }
            _sent += count;
        }
        if (_sent == 0) return;
        _out.ResetWrittenCount();
        _sent = 0;
    }

    /// <summary>Ends it; nothing is sent any more.</summary>
    public void End(string reason)
    {
        if (Ended is not null) return;
        Ended = reason;
        if (!IsEstablished) _handshake.Abandon();
        if (_handshake.Reason.Length > 0) Ended = _handshake.Reason;
    }

    public void Dispose()
    {
        End("it was closed");
        _transport.Dispose();
        _handshake.Seal?.Dispose();
    }

    private void Take(ReadOnlySpan<byte> frame, IConnectionSink sink)
    {
        if (IsEstablished)
        {
            if (_handshake.Seal is { } seal && !seal.TryOpen(frame, out frame)) End("a frame that its peer did not send like this");
            else sink.Received(this, frame);
            return;
        }
        var step = _handshake.Receive(frame);
        Append(step.Answer.Span);
        if (step.Status == HandshakeStatus.Refused)
        {
            End(_handshake.Reason);
        }
        else if (step.Status == HandshakeStatus.Completed)
        {
            IsEstablished = true;
            _reader.Limit = Framing.MaxSealedFrame;
            sink.Established(this);
        }
    }

    /// <summary>A peer that always leaves something behind must not make the buffer grow without end: what still waits moves to its beginning.</summary>
    private void DropSent()
    {
        if (_sent <= Math.Max(MostSent, _out.WrittenCount / 2)) return;
        var waiting = _out.WrittenSpan[_sent..];
        _out.ResetWrittenCount();
        _out.Write(waiting);
        _sent = 0;
    }

    private void Append(ReadOnlySpan<byte> handshakeFrame)
    {
        if (!handshakeFrame.IsEmpty) Framing.Write(_out, handshakeFrame, seal: null);
    }
}

/// <summary>Is told what comes of a connection.</summary>
internal interface IConnectionSink
{
    /// <summary>The peer has proved itself.</summary>
    void Established(NodeConnection connection);

    /// <summary>A frame has come in.</summary>
    void Received(NodeConnection connection, ReadOnlySpan<byte> frame);
}
