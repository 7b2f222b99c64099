using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorSnn.Networks;

/// <summary><see cref="Count"/> frames of <see cref="Size"/> intensities, a byte each: 0 for never, 255 for always. Immutable once built.</summary>
public sealed class IntensityFrames
{
    private readonly byte[] _bytes;
    private byte[]? _digest;

    /// <summary>Takes ownership of frames.</summary>
    /// <param name="count">Number of frames.</param>
    /// <param name="size">Intensities in a frame.</param>
    /// <param name="bytes">count * size bytes, one frame after another.</param>
    public IntensityFrames(int count, int size, byte[] bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (bytes.Length != (long)count * size)
            throw new ArgumentException($"{count} frames of {size} intensities are {(long)count * size} bytes, not {bytes.Length}", nameof(bytes));
        (Count, Size, _bytes) = (count, size, bytes);
    }

    /// <summary>Number of frames.</summary>
    public int Count { get; }

    /// <summary>Intensities in a frame.</summary>
    public int Size { get; }

    /// <summary>One frame.</summary>
    public ReadOnlySpan<byte> this[int frame] => _bytes.AsSpan(frame * Size, Size);

    /// <summary>SHA-256 over count, size and intensities.</summary>
    public ReadOnlySpan<byte> Digest => _digest ??= ComputeDigest();

    /// <summary>All frames, one after another.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    private byte[] ComputeDigest()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(MemoryMarshal.AsBytes<int>([Count, Size]));
        sha.AppendData(_bytes);
        return sha.GetHashAndReset();
    }
}
