using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// Tags for the frames of one connection: AES-256-GMAC (NIST SP 800-38D) with a key for each direction, whose nonce is the number of the frame in its direction.
/// So a frame that was changed, repeated, reordered, left out, put in or sent back does not open, and none after it. Costs about the same as HMAC-SHA-256 for short
/// frames and a fraction of it for long ones. One thread may seal while another opens.
/// </summary>
public sealed class FrameSeal : IDisposable
{
    /// <summary>Bytes of a tag.</summary>
    public const int TagSize = 16;

    /// <summary>Bytes of a key.</summary>
    internal const int KeySize = 32;

    private const int NonceSize = 12;

    private readonly AesGcm _sending;
    private readonly AesGcm _receiving;
    private readonly RefusalCounters _refusals;
    private ulong _sent;
    private ulong _opened;

    internal FrameSeal(ReadOnlySpan<byte> sendingKey, ReadOnlySpan<byte> receivingKey, RefusalCounters refusals)
    {
        _sending = new AesGcm(sendingKey, TagSize);
        _receiving = new AesGcm(receivingKey, TagSize);
        _refusals = refusals;
    }

    /// <summary>Whether a frame did not open. No other will; the connection is then to be closed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Makes the tag of the next frame; frames are sent in the order in which they are sealed.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="tag">Takes the tag: <see cref="TagSize"/> bytes, to be sent after the frame.</param>
    public void Seal(ReadOnlySpan<byte> frame, Span<byte> tag) => MakeTag(_sending, _sent++, frame, tag);

    /// <summary>Checks the next frame received.</summary>
    /// <param name="sealedFrame">The frame and its tag.</param>
    /// <param name="frame">The frame without tag; empty when it is refused.</param>
    /// <returns>Whether it is the peer's next frame.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedFrame, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (IsBroken) return false;
        if (sealedFrame.Length >= TagSize)
        {
            Span<byte> tag = stackalloc byte[TagSize];
            MakeTag(_receiving, _opened, sealedFrame[..^TagSize], tag);
            if (CryptographicOperations.FixedTimeEquals(tag, sealedFrame[^TagSize..]))
            {
                _opened++;
                frame = sealedFrame[..^TagSize];
                return true;
            }
        }
        IsBroken = true;
        _refusals.Count(Refusal.Seal);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    private static void MakeTag(AesGcm key, ulong number, ReadOnlySpan<byte> frame, Span<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, number);
        key.Encrypt(nonce, ReadOnlySpan<byte>.Empty, Span<byte>.Empty, tag[..TagSize], frame);
    }
}
