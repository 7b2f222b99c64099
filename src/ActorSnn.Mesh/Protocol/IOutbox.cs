namespace ActorSnn.Mesh;

/// <summary>Where a core's messages go; each engine has its own. Called only from within <see cref="CoreMachine.Run"/>.</summary>
public interface IOutbox
{
    /// <summary>A packet to fill for an outgoing link; it goes out, or back, with <see cref="Send"/>.</summary>
    /// <param name="output">Number of the core's outgoing link.</param>
    SpikePacket Rent(int output);

    /// <summary>Ends the packet's window at a tick and sends it. Never blocks.</summary>
    /// <param name="output">Number of the core's outgoing link.</param>
    /// <param name="packet">The packet rented for that link.</param>
    /// <param name="lastTick">Last tick of its window.</param>
    void Send(int output, SpikePacket packet, long lastTick);

    /// <summary>Tells all senders that the core has run through a tick: credit for them to go on.</summary>
    /// <param name="tick">The last tick run.</param>
    void GrantCredit(long tick);
}
