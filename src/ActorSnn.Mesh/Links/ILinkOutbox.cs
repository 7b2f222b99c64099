namespace ActorSnn.Mesh.Links;

/// <summary>Where the frames of a link go: one connection. Called from within <see cref="LinkMachine"/>, which it must not call.</summary>
public interface ILinkOutbox
{
    /// <summary>Sends a frame, after all those before. Never blocks.</summary>
    /// <param name="frame">The frame, at most <see cref="Framing.MaxFrame"/> bytes; it is the machine's again when the call returns.</param>
    void Transmit(ReadOnlySpan<byte> frame);
}
