using System.Security.Cryptography;
using System.Runtime.InteropServices;

namespace ActorSnn.Networks;

/// <summary>
/// Binary input patterns, packed: <see cref="Count"/> frames of <see cref="Size"/> bits, 64 to a word, bit i of a frame in word
/// i / 64 at position i % 64. Immutable once built.
/// </summary>
public sealed class BitFrames
{
    private readonly ulong[] _words;
    private byte[]? _digest;

    /// <summary>Takes ownership of packed frames.</summary>
    /// <param name="count">Number of frames.</param>
    /// <param name="size">Bits in a frame.</param>
    /// <param name="words">count * ceil(size / 64) words; bits beyond <paramref name="size"/> are zero.</param>
    public BitFrames(int count, int size, ulong[] words)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        WordsPerFrame = (size + 63) / 64;
        if (words.Length != (long)count * WordsPerFrame)
            throw new ArgumentException($"{count} frames of {size} bits are {(long)count * WordsPerFrame} words, not {words.Length}", nameof(words));
        Count = count;
        Size = size;
        _words = words;
        ulong beyond = size % 64 == 0 ? 0 : ulong.MaxValue << (size % 64);
        for (int last = WordsPerFrame - 1; last < words.Length; last += WordsPerFrame)
        {
            if ((words[last] & beyond) != 0)
                throw new ArgumentException($"frame {last / WordsPerFrame} has bits beyond its {size}", nameof(words));
        }
    }

    /// <summary>Number of frames.</summary>
    public int Count { get; }

    /// <summary>Bits in a frame.</summary>
    public int Size { get; }

    /// <summary>64-bit words in a frame.</summary>
    public int WordsPerFrame { get; }

    /// <summary>The words of all frames, one frame after another.</summary>
    internal ReadOnlySpan<ulong> Words => _words;

    /// <summary>The words of one frame.</summary>
    public ReadOnlySpan<ulong> this[int frame] => _words.AsSpan(frame * WordsPerFrame, WordsPerFrame);

    /// <summary>SHA-256 over count, size and bits.</summary>
    public ReadOnlySpan<byte> Digest => _digest ??= ComputeDigest();

    /// <summary>Frames with exactly one set bit: the one-hot code of labels.</summary>
    /// <param name="labels">One label a frame, each below <paramref name="size"/>.</param>
    /// <param name="size">Number of classes.</param>
    public static BitFrames OneHot(ReadOnlySpan<byte> labels, int size)
    {
        int perFrame = (size + 63) / 64;
        var words = new ulong[labels.Length * perFrame];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= size) throw new ArgumentException($"label {labels[i]} of sample {i} is not below {size}", nameof(labels));
            words[i * perFrame + labels[i] / 64] = 1UL << (labels[i] % 64);
        }
        return new BitFrames(labels.Length, size, words);
    }

    private byte[] ComputeDigest()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(MemoryMarshal.AsBytes<int>([Count, Size]));
        sha.AppendData(MemoryMarshal.AsBytes<ulong>(_words));
        return sha.GetHashAndReset();
    }
}
