using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorSnn.Cores.Kernels;

/// <summary>Spikes from groups of 64 uniform words.</summary>
internal static class PoissonKernels
{
    /// <summary>Bit i is set where word i is below a bound.</summary>
    public static ulong Below(ReadOnlySpan<uint> words, uint bound)
    {
        if (!Vector512.IsHardwareAccelerated) return Scalar.Below(words, bound);
        ref uint first = ref MemoryMarshal.GetReference(words[..64]);
        var limit = Vector512.Create(bound);
        ulong below = 0;
        for (int lane = 0; lane < 64; lane += 16)
            below |= Vector512.LessThan(Vector512.LoadUnsafe(ref first, (nuint)lane), limit).ExtractMostSignificantBits() << lane;
        return below;
    }

    /// <summary>Adds to each count the number of bounds that are at or below its word.</summary>
    /// <param name="words">64 uniform words.</param>
    /// <param name="bounds">Ascending.</param>
    /// <param name="counts">64 counts.</param>
    public static void AddCounts(ReadOnlySpan<uint> words, ReadOnlySpan<uint> bounds, Span<ushort> counts)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Scalar.AddCounts(words, bounds, counts);
            return;
        }
        ref uint first = ref MemoryMarshal.GetReference(words[..64]);
        ref ushort target = ref MemoryMarshal.GetReference(counts[..64]);
        for (int lane = 0; lane < 64; lane += 32)
        {
            var low = CountBounds(Vector512.LoadUnsafe(ref first, (nuint)lane), bounds);
            var high = CountBounds(Vector512.LoadUnsafe(ref first, (nuint)lane + 16), bounds);
            (Vector512.LoadUnsafe(ref target, (nuint)lane) + Vector512.Narrow(low, high)).StoreUnsafe(ref target, (nuint)lane);
        }
    }

    private static Vector512<uint> CountBounds(Vector512<uint> words, ReadOnlySpan<uint> bounds)
    {
        var count = Vector512<uint>.Zero;
        foreach (uint bound in bounds)
        {
            var reached = Vector512.GreaterThanOrEqual(words, Vector512.Create(bound));
            if (reached == Vector512<uint>.Zero) break;
            count -= reached;
        }
        return count;
    }

    /// <summary>Plain loops with the same results.</summary>
    public static class Scalar
    {
        /// <inheritdoc cref="PoissonKernels.Below"/>
        public static ulong Below(ReadOnlySpan<uint> words, uint bound)
        {
            ulong below = 0;
            for (int i = 0; i < 64; i++)
            {
                if (words[i] < bound) below |= 1UL << i;
            }
            return below;
        }

        /// <inheritdoc cref="PoissonKernels.AddCounts"/>
        public static void AddCounts(ReadOnlySpan<uint> words, ReadOnlySpan<uint> bounds, Span<ushort> counts)
        {
            for (int i = 0; i < 64; i++)
            {
                int count = 0;
                while (count < bounds.Length && words[i] >= bounds[count]) count++;
                counts[i] += (ushort)count;
            }
        }
    }
}
