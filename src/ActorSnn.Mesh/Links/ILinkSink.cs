namespace ActorSnn.Mesh.Links;

/// <summary>What becomes of a payload that is handed on.</summary>
public enum Delivery
{
    /// <summary>It has been taken; it is acknowledged and never comes again.</summary>
    Taken,

    /// <summary>It is of an older epoch: counted, acknowledged and dropped.</summary>
    Refused,

    /// <summary>It is of a newer epoch than the receiver has reached: it and all that follow wait, unacknowledged, until <see cref="LinkMachine.Retry"/>.</summary>
    NotYet,
}

/// <summary>Takes what a link delivers: each payload once, in the order in which it was sent.</summary>
public interface ILinkSink
{
    /// <summary>Takes a payload. It may call <see cref="LinkMachine.Send"/>, and nothing else of the machine that calls.</summary>
    /// <param name="channel">The channel it was sent on.</param>
    /// <param name="epoch">The epoch it was sent in.</param>
    /// <param name="payload">The payload; valid during the call.</param>
    Delivery Take(byte channel, long epoch, ReadOnlySpan<byte> payload);
}
