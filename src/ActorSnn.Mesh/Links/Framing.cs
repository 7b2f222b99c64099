using System.Buffers;
using System.Buffers.Binary;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// How frames follow each other in a stream of bytes: the length of the frame (32 bits, little-endian, without itself), the frame, and, where the peers share a
/// secret, its tag, which the length includes. <see cref="FrameReader"/> takes them apart.
/// </summary>
public static class Framing
{
    /// <summary>Bytes of the length that precedes a frame.</summary>
    public const int PrefixSize = 4;

    /// <summary>Bytes of the largest payload a frame of a link carries.</summary>
    public const int MaxPayload = 64 * 1024;

    /// <summary>Bytes of the largest frame of a link, without tag.</summary>
    public const int MaxFrame = LinkHead.Size + MaxPayload;

    /// <summary>Bytes of the largest frame of a link with its tag: the limit of a <see cref="FrameReader"/> once the handshake is through.</summary>
    public const int MaxSealedFrame = MaxFrame + FrameSeal.TagSize;

    /// <summary>Writes a frame as it goes over the wire.</summary>
    /// <param name="target">Where to; nothing is flushed.</param>
    /// <param name="frame">The frame, at least one byte.</param>
    /// <param name="seal">The connection's seal; null where there is no secret, and during the handshake.</param>
    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> frame, FrameSeal? seal)
    {
        int length = frame.Length + (seal is null ? 0 : FrameSeal.TagSize);
        var bytes = target.GetSpan(PrefixSize + length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        frame.CopyTo(bytes[PrefixSize..]);
        seal?.Seal(frame, bytes.Slice(PrefixSize + frame.Length, FrameSeal.TagSize));
        target.Advance(PrefixSize + length);
    }
}
