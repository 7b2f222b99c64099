using System.Buffers.Binary;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// Takes frames out of a stream of bytes that arrives in any pieces. Frames that lie whole in one piece are not copied. A length out of bounds breaks the stream for good:
/// nothing after it can be told apart. Memory grows with what has arrived, never with what a length promises.
/// </summary>
/// <param name="limit">Bytes of the largest frame that is let through, tag included.</param>
/// <param name="refusals">Counts the stream when it breaks.</param>
public sealed class FrameReader(int limit, RefusalCounters refusals)
{
    private byte[] _part = [];
    private int _have;

    /// <summary>
    /// Bytes of the largest frame that is let through: <see cref="Handshake.MaxFrame"/> at first, <see cref="Framing.MaxSealedFrame"/> after the handshake. May be raised
    /// between two frames.
    /// </summary>
    public int Limit { get; set; } = limit;

    /// <summary>Why the stream cannot be read any further, in one line; null as long as it can. The connection is then to be closed.</summary>
    public string? Broken { get; private set; }

    /// <summary>Takes the next frame, or all bytes there are when they do not complete one.</summary>
    /// <param name="bytes">What has arrived; what is left of it afterwards. Empty whenever the answer is false.</param>
    /// <param name="frame">The frame, at least one byte; valid until the next call, and as long as <paramref name="bytes"/> are.</param>
    /// <returns>Whether there is a frame; call again then.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (Broken is not null)
        {
            bytes = default;
            return false;
        }
        if (_have == 0 && bytes.Length >= Framing.PrefixSize)
        {
            if (!TryReadLength(bytes, out int length))
            {
                bytes = default;
                return false;
            }
            if (bytes.Length >= Framing.PrefixSize + length)
            {
                frame = bytes.Slice(Framing.PrefixSize, length);
                bytes = bytes[(Framing.PrefixSize + length)..];
                return true;
            }
        }
        while (true)
        {
            int length = 0;
            if (_have >= Framing.PrefixSize && !TryReadLength(_part, out length))
            {
                bytes = default;
                return false;
            }
            int wanted = Framing.PrefixSize + length;
            int taken = Math.Min(wanted - _have, bytes.Length);
            if (_have + taken > _part.Length) Array.Resize(ref _part, Math.Min(Framing.PrefixSize + Limit, Math.Max(64, 2 * (_have + taken))));
            bytes[..taken].CopyTo(_part.AsSpan(_have));
            bytes = bytes[taken..];
            _have += taken;
            if (_have < wanted) return false;
            if (length == 0) continue;
            _have = 0;
            frame = _part.AsSpan(Framing.PrefixSize, length);
            return true;
        }
    }

    private bool TryReadLength(ReadOnlySpan<byte> prefix, out int length)
    {
        uint read = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        length = (int)read;
        if (read >= 1 && read <= (uint)Limit) return true;
        Broken = $"a frame of {read} bytes: between 1 and {Limit} are possible";
        refusals.Count(Refusal.Length);
        return false;
    }
}
