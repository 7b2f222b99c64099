using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorSnn.Cores;

/// <summary>Runs of bits packed 64 to a word, bit i in word i / 64 at position i % 64.</summary>
internal static class Bits
{
    public static int Words(int bits) => (bits + 63) >> 6;

    public static int Count(ReadOnlySpan<ulong> words)
    {
        int count = 0;
        foreach (ulong word in words) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Writes the positions of the set bits, ascending, and returns how many there are.</summary>
    /// <param name="words">The bits.</param>
    /// <param name="indices">Room for one position a bit.</param>
    public static int Indices(ReadOnlySpan<ulong> words, Span<int> indices)
    {
        ref int first = ref MemoryMarshal.GetReference(indices);
        int n = 0;
        for (int w = 0; w < words.Length; w++)
        {
            // There is room for every bit there is, so the inner loop need not check.
            int left = indices.Length - n;
            if (BitOperations.PopCount(words[w]) > left) throw new ArgumentException($"more bits than the {indices.Length} positions", nameof(indices));
            for (ulong word = words[w]; word != 0; word &= word - 1)
                Unsafe.Add(ref first, n++) = (w << 6) + BitOperations.TrailingZeroCount(word);
        }
        return n;
    }

    /// <summary>64 bits from any position; bits beyond the end read as zero.</summary>
    public static ulong Read(ReadOnlySpan<ulong> words, int bit)
    {
        int index = bit >> 6;
        int shift = bit & 63;
        ulong low = index < words.Length ? words[index] >> shift : 0;
        return shift == 0 || index + 1 >= words.Length ? low : low | (words[index + 1] << (64 - shift));
    }

    /// <summary>Sets in <paramref name="target"/>, from position <paramref name="bit"/> on, the bits that are set in <paramref name="source"/>.</summary>
    public static void Or(ReadOnlySpan<ulong> source, Span<ulong> target, int bit)
    {
        int index = bit >> 6;
        int shift = bit & 63;
        for (int i = 0; i < source.Length; i++)
        {
            ulong word = source[i];
            if (word == 0) continue;
            target[index + i] |= word << shift;
            if (shift != 0 && word >> (64 - shift) is var high and not 0) target[index + i + 1] |= high;
        }
    }

    /// <summary>Copies <paramref name="count"/> bits from position <paramref name="bit"/> on to the start of <paramref name="target"/>.</summary>
    public static void Extract(ReadOnlySpan<ulong> source, int bit, int count, Span<ulong> target)
    {
        int words = Words(count);
        for (int i = 0; i < words; i++) target[i] = Read(source, bit + (i << 6));
        if ((count & 63) != 0) target[words - 1] &= (1UL << (count & 63)) - 1;
    }
}
