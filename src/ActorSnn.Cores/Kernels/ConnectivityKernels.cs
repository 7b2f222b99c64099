using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Cores.Kernels;

/// <summary>What connectivity is drawn with, in groups of 64 uniform words.</summary>
internal static class ConnectivityKernels
{
    /// <summary>Turns words into uniform indices, <c>floor(word * bound / 2^32)</c>, in place.</summary>
    /// <param name="words">64 words.</param>
    /// <param name="bound">Number of indices.</param>
    /// <param name="start">First index of a range.</param>
    /// <param name="count">Indices in the range.</param>
    /// <returns>Bit i is set where index i lies in the range.</returns>
    public static ulong Scale(Span<uint> words, uint bound, uint start, uint count)
    {
        ulong within = 0;
        if (!Avx512F.IsSupported)
        {
            for (int i = 0; i < 64; i++)
            {
                words[i] = (uint)((ulong)words[i] * bound >> 32);
                if (words[i] - start < count) within |= 1UL << i;
            }
            return within;
        }
        ref uint first = ref MemoryMarshal.GetReference(words[..64]);
        var factor = Vector512.Create((ulong)bound).AsUInt32();
        var odd = Vector512.Create(0xFFFFFFFF_00000000UL);
        var low = Vector512.Create(start);
        var size = Vector512.Create(count);
        for (int lane = 0; lane < 64; lane += 16)
        {
            var word = Vector512.LoadUnsafe(ref first, (nuint)lane);
            var even = Avx512F.Multiply(word, factor) >>> 32;
            var uneven = Avx512F.Multiply((word.AsUInt64() >>> 32).AsUInt32(), factor);
            var index = Vector512.ConditionalSelect(odd, uneven, even).AsUInt32();
            index.StoreUnsafe(ref first, (nuint)lane);
            within |= Vector512.LessThan(index - low, size).ExtractMostSignificantBits() << lane;
        }
        return within;
    }

    /// <summary>
    /// Geometric numbers: <c>floor(ln u * scale)</c> with u = (word + 1/2) / 2^32. The logarithm is taken step by step as
    /// <see cref="Networks.PortableMath.Log"/> does, so that the bits are the same.
    /// </summary>
    /// <param name="words">64 words.</param>
    /// <param name="scale">1 / ln(1 - p).</param>
    /// <param name="gaps">Receives 64 numbers.</param>
    public static void Gaps(ReadOnlySpan<uint> words, double scale, Span<double> gaps)
    {
        ref uint word = ref MemoryMarshal.GetReference(words[..64]);
        ref double gap = ref MemoryMarshal.GetReference(gaps[..64]);
        var one = Vector512<double>.One;
        for (nuint lane = 0; lane < 64; lane += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref word, lane));
            var u = (Vector512.ConvertToDouble(Vector512.Create(low, high)) + Vector512.Create(0.5)) * (1.0 / 4294967296.0);
            // u = 2^exponent m with m in (0.707, 1.414].
            var bits = u.AsInt64();
            var exponent = (bits >>> 52) - Vector512.Create(1023L);
            var m = ((bits & Vector512.Create(0xFFFFFFFFFFFFFL)) | Vector512.Create(0x3FF0000000000000L)).AsDouble();
            var large = Vector512.GreaterThan(m, Vector512.Create(1.4142135623730951));
            m = Vector512.ConditionalSelect(large, m * 0.5, m);
            var power = Vector512.ConvertToDouble(exponent - large.AsInt64());
            var s = (m - one) / (m + one);
            var z = s * s;
            var series = Vector512<double>.Zero;
            for (int k = 21; k >= 3; k -= 2) series = series * z + Vector512.Create(1.0 / k);
            var two = s * 2.0;
            var log = power * 6.93147180369123816490e-01 + (two + (two * z * series + power * 1.90821492927058770002e-10));
            Vector512.Floor(log * scale).StoreUnsafe(ref gap, lane);
        }
    }
}
