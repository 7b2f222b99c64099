namespace ActorSnn.Mesh.Links;

/// <summary>
/// What a link has done. Every frame handed in is counted in exactly one of <see cref="Malformed"/>, <see cref="Corrupt"/>, <see cref="OtherIncarnation"/>,
/// <see cref="AfterFailure"/>, <see cref="ControlsReceived"/> and <see cref="PayloadsReceived"/>; every payload received in exactly one of <see cref="Delivered"/>,
/// <see cref="OlderEpoch"/>, <see cref="Duplicates"/> and <see cref="Overflowed"/>, unless it is still held back (<see cref="LinkMachine.HeldBack"/>).
/// May be read by another thread, one number at a time.
/// </summary>
public sealed class LinkCounters
{
    /// <summary>Payloads given to <see cref="LinkMachine.Send"/> and accepted.</summary>
    public long Sent { get; internal set; }

    /// <summary>Payloads the peer has acknowledged.</summary>
    public long Acknowledged { get; internal set; }

    /// <summary>Payloads sent again over a live connection, for each time.</summary>
    public long Retransmitted { get; internal set; }

    /// <summary>Payloads sent again because a connection took the place of another.</summary>
    public long Resumed { get; internal set; }

    /// <summary>Frames handed to the outbox.</summary>
    public long FramesSent { get; internal set; }

    /// <summary>Their bytes, without length and tag.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Acknowledgements sent alone.</summary>
    public long AcknowledgementsSent { get; internal set; }

    /// <summary>Heartbeats sent.</summary>
    public long HeartbeatsSent { get; internal set; }

    /// <summary>Frames sent that ask for payloads again.</summary>
    public long AsksSent { get; internal set; }

    /// <summary>Frames handed in.</summary>
    public long FramesReceived { get; internal set; }

    /// <summary>Their bytes, without length and tag.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Frames received that were as they should be and carry no payload.</summary>
    public long ControlsReceived { get; internal set; }

    /// <summary>Frames received that were as they should be and carry a payload.</summary>
    public long PayloadsReceived { get; internal set; }

    /// <summary>Payloads the sink has taken.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Payloads the sink has refused, because of their epoch.</summary>
    public long OlderEpoch { get; internal set; }

    /// <summary>Times the sink could not take a payload yet, because of its epoch.</summary>
    public long NotYet { get; internal set; }

    /// <summary>Payloads that had been received before.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Payloads held back because something before them was missing or could not be taken yet.</summary>
    public long OutOfOrder { get; internal set; }

    /// <summary>Payloads dropped because too many are held back; they are asked for again.</summary>
    public long Overflowed { get; internal set; }

    /// <summary>Frames received whose checksum is wrong.</summary>
    public long Corrupt { get; internal set; }

    /// <summary>Frames received that are none of this protocol, or acknowledge or ask for what was never sent.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Frames received from, or meant for, another incarnation.</summary>
    public long OtherIncarnation { get; internal set; }

    /// <summary>Frames received after the link had failed.</summary>
    public long AfterFailure { get; internal set; }
}
