using System.Buffers.Binary;

namespace ActorSnn.Mesh.Links;

/// <summary>What a frame of a link is for.</summary>
internal enum FrameKind : byte
{
    /// <summary>Carries a payload; has a sequence number of its own.</summary>
    Payload = 1,

    /// <summary>Carries nothing but what every head carries.</summary>
    Acknowledgement = 2,

    /// <summary>The same, because nothing else was sent for a while.</summary>
    Heartbeat = 3,

    /// <summary>Asks for payloads again: pairs of sequence numbers, first and last, 64 bits each.</summary>
    Missing = 4,
}

/// <summary>
/// The head of a frame of a link; little-endian:
/// [0] CRC-32C of all that follows; [4] kind; [5] flags; [6] channel; [7] zero; [8] sender's incarnation; [16] receiver's incarnation; [24] sequence; [32] acknowledged;
/// [40] epoch; [48] payload.
/// </summary>
/// <param name="Kind">What the frame is for.</param>
/// <param name="Waits">The sender of the frame holds payloads it cannot take yet.</param>
/// <param name="Channel">Channel of a payload; 0 in other frames.</param>
/// <param name="From">Sender's incarnation.</param>
/// <param name="To">Receiver's incarnation.</param>
/// <param name="Sequence">Number of a payload, from 1; in other frames the last number sent so far.</param>
/// <param name="Acknowledged">All payloads up to this number have been received by the sender of the frame.</param>
/// <param name="Epoch">Epoch of a payload; 0 in other frames.</param>
internal readonly record struct LinkHead(FrameKind Kind, bool Waits, byte Channel, ulong From, ulong To, long Sequence, long Acknowledged, long Epoch)
{
    /// <summary>Bytes of a head.</summary>
    public const int Size = 48;

    private const byte WaitsFlag = 1;

    /// <summary>Writes all but what <see cref="Finish"/> writes.</summary>
    public void WriteTo(Span<byte> frame)
    {
        frame = frame[..Size];
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)Kind | (uint)Channel << 16);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], From);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], To);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame[40..], Epoch);
    }

    /// <summary>Writes what differs each time a frame goes out, and the checksum.</summary>
    public static void Finish(Span<byte> frame, bool waits, long acknowledged)
    {
        frame[5] = waits ? WaitsFlag : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], acknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Of(frame[4..]));
    }

    /// <summary>Whether a frame is as it was sent.</summary>
    public static bool HasRightChecksum(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame) == Crc32C.Of(frame[4..]);

    /// <summary>Reads a head.</summary>
    /// <returns>False when it is none of this version of the protocol.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out LinkHead head)
    {
        frame = frame[..Size];
        head = new LinkHead((FrameKind)frame[4], (frame[5] & WaitsFlag) != 0, frame[6], BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[16..]), BinaryPrimitives.ReadInt64LittleEndian(frame[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(frame[32..]), BinaryPrimitives.ReadInt64LittleEndian(frame[40..]));
        return head.Kind is >= FrameKind.Payload and <= FrameKind.Missing && (frame[5] & ~WaitsFlag) == 0 && frame[7] == 0 && head.Sequence >= 0 && head.Acknowledged >= 0
            && (head.Kind == FrameKind.Payload ? head.Sequence > 0 : head is { Channel: 0, Epoch: 0 });
    }
}
