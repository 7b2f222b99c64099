namespace ActorSnn.Mesh.Links;

/// <summary>Times and bounds of a link. Times are in milliseconds.</summary>
public sealed record LinkOptions
{
    /// <summary>A peer that was not heard for longer is lost.</summary>
    public int DetectionMs { get; init; } = 2000;

    /// <summary>A heartbeat is sent when nothing else was for this long; less than the detection time, some times over.</summary>
    public int HeartbeatMs { get; init; } = 250;

    /// <summary>Longest time an acknowledgement waits for a frame to ride on.</summary>
    public int AcknowledgeAfterMs { get; init; } = 20;

    /// <summary>An acknowledgement is sent alone after this many payloads.</summary>
    public int AcknowledgeAfterPayloads { get; init; } = 64;

    /// <summary>An acknowledgement is sent alone after this many bytes; so the sender's copies stay few enough for the processor's cache.</summary>
    public int AcknowledgeAfterBytes { get; init; } = 256 * 1024;

    /// <summary>The oldest payload is sent again when it was not acknowledged for this long; each time in vain doubles it.</summary>
    public int RetransmitAfterMs { get; init; } = 200;

    /// <summary>Longest time between two attempts.</summary>
    public int RetransmitAtMostMs { get; init; } = 1000;

    /// <summary>A receiver asks again for what is missing after this time, and a sender does not send a payload a third time any sooner.</summary>
    public int AskAgainAfterMs { get; init; } = 100;

    /// <summary>A payload that was sent again more often over one connection fails the link. The peer's waiting for a newer epoch does not count.</summary>
    public int MaxRetransmissions { get; init; } = 20;

    /// <summary>Bytes sent and not acknowledged, heads included, beyond which the link fails.</summary>
    public long MaxUnacknowledgedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Bytes received and held back, heads included, because something before them is missing or cannot be taken yet. What is beyond is dropped, and asked for again.
    /// </summary>
    public int MaxHeldBackBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What is wrong with them, in one line; null when nothing is.</summary>
    internal string? Fault()
    {
        if (HeartbeatMs < 1 || HeartbeatMs >= DetectionMs) return $"HeartbeatMs is {HeartbeatMs}; it must be at least 1 and less than DetectionMs, {DetectionMs}";
        if (AcknowledgeAfterMs < 0 || AcknowledgeAfterPayloads < 1 || AcknowledgeAfterBytes < 1) return "times and numbers after which is acknowledged must be positive";
        if (RetransmitAfterMs <= AcknowledgeAfterMs || RetransmitAtMostMs < RetransmitAfterMs)
        {
            return $"RetransmitAfterMs is {RetransmitAfterMs}; it must be more than AcknowledgeAfterMs, {AcknowledgeAfterMs}, "
                + $"and at most RetransmitAtMostMs, {RetransmitAtMostMs}";
        }
        if (AskAgainAfterMs < 1 || MaxRetransmissions < 1) return "AskAgainAfterMs and MaxRetransmissions must be at least 1";
        return MaxUnacknowledgedBytes < Framing.MaxFrame || MaxHeldBackBytes < Framing.MaxFrame ? $"a link must hold at least one frame, {Framing.MaxFrame} bytes" : null;
    }
}
