using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ActorSnn.Networks;

namespace ActorSnn.Cores.Kernels;

/// <summary>Spikes with probabilities. Element by element the same steps as in <see cref="PortableMath"/>, so that every width gives the same bits.</summary>
internal static class StochasticKernels
{
    private const double TwoTo32 = 4294967296.0;
    private const double Log2E = 1.4426950408889634;

    /// <summary>The logistic function of each number, as <see cref="PortableMath.Logistic"/>.</summary>
    /// <param name="values">Replaced by the results.</param>
    public static void Logistic(Span<double> values)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref double first = ref MemoryMarshal.GetReference(values);
            var series = PortableMath.LogisticSeries;
            var one = Vector512.Create(1.0);
            for (; i + 8 <= values.Length; i += 8)
            {
                var x = Vector512.LoadUnsafe(ref first, (nuint)i);
                var y = Vector512.Max(-Vector512.Abs(x), Vector512.Create(-700.0));
                var k = Vector512.Round(y * Log2E);
                var r = y - k * PortableMath.Ln2High - k * PortableMath.Ln2Low;
                var e = Vector512.Create(series[^1]);
                for (int n = series.Length - 2; n >= 0; n--) e = e * r + Vector512.Create(series[n]);
                e *= (Vector512.ConvertToInt64(k) + Vector512.Create(1023L) << 52).AsDouble();
                var top = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, Vector512<double>.Zero), one, e);
                (top / (one + e)).StoreUnsafe(ref first, (nuint)i);
            }
        }
        for (; i < values.Length; i++) values[i] = PortableMath.Logistic(values[i]);
    }

    /// <summary>Bit i is set where word i, over 2^32, is below probability i.</summary>
    /// <param name="words">Uniform words, at least as many.</param>
    /// <param name="probabilities">At most 64.</param>
    public static ulong Below(ReadOnlySpan<uint> words, ReadOnlySpan<double> probabilities)
    {
        ulong below = 0;
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref uint word = ref MemoryMarshal.GetReference(words[..probabilities.Length]);
            ref double probability = ref MemoryMarshal.GetReference(probabilities);
            for (; i + 8 <= probabilities.Length; i += 8)
            {
                var limit = Vector512.LoadUnsafe(ref probability, (nuint)i) * TwoTo32;
                below |= Vector512.LessThan(ToDouble(ref word, i), limit).ExtractMostSignificantBits() << i;
            }
        }
        for (; i < probabilities.Length; i++)
        {
            if (words[i] < probabilities[i] * TwoTo32) below |= 1UL << i;
        }
        return below;
    }

    /// <summary>Bit i is set where word i is at most bound i.</summary>
    /// <param name="words">64 uniform words.</param>
    /// <param name="bounds">64 bounds.</param>
    public static ulong AtMost(ReadOnlySpan<uint> words, ReadOnlySpan<uint> bounds)
    {
        ulong within = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref uint word = ref MemoryMarshal.GetReference(words[..64]);
            ref uint bound = ref MemoryMarshal.GetReference(bounds[..64]);
            for (int lane = 0; lane < 64; lane += 16)
            {
                var low = Vector512.LoadUnsafe(ref word, (nuint)lane);
                within |= Vector512.LessThanOrEqual(low, Vector512.LoadUnsafe(ref bound, (nuint)lane)).ExtractMostSignificantBits() << lane;
            }
            return within;
        }
        for (int i = 0; i < 64; i++)
        {
            if (words[i] <= bounds[i]) within |= 1UL << i;
        }
        return within;
    }

    /// <summary>Spikes of one line of backward ports, and where the probability they were drawn with was above 1.</summary>
    /// <param name="words">Uniform words, at least as many as currents.</param>
    /// <param name="drive">At most 64 currents, in units; their magnitude counts.</param>
    /// <param name="derivative">As many derivatives, times the gain.</param>
    /// <param name="unit">What a unit of the current stands for.</param>
    /// <param name="clipped">Bits of the neurons whose probability is above 1.</param>
    /// <param name="drawn">Bits of the neurons whose probability is above 0.</param>
    /// <returns>Bits of the neurons that spike.</returns>
    public static ulong Backward(
        ReadOnlySpan<uint> words, ReadOnlySpan<int> drive, ReadOnlySpan<double> derivative, double unit, out ulong clipped, out ulong drawn)
    {
        ulong spikes = 0;
        (clipped, drawn) = (0, 0);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref uint word = ref MemoryMarshal.GetReference(words[..drive.Length]);
            ref int current = ref MemoryMarshal.GetReference(drive);
            ref double slope = ref MemoryMarshal.GetReference(derivative[..drive.Length]);
            for (; i + 8 <= drive.Length; i += 8)
            {
                var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref current, (nuint)i));
                var e = Vector512.Abs(Vector512.ConvertToDouble(Vector512.Create(low, high)) * unit);
                var q = Vector512.LoadUnsafe(ref slope, (nuint)i) * e;
                spikes |= Vector512.LessThan(ToDouble(ref word, i), q * TwoTo32).ExtractMostSignificantBits() << i;
                clipped |= Vector512.GreaterThan(q, Vector512.Create(1.0)).ExtractMostSignificantBits() << i;
                drawn |= Vector512.GreaterThan(q, Vector512<double>.Zero).ExtractMostSignificantBits() << i;
            }
        }
        for (; i < drive.Length; i++)
        {
            double q = derivative[i] * Math.Abs(drive[i] * unit);
            if (words[i] < q * TwoTo32) spikes |= 1UL << i;
            if (q > 1) clipped |= 1UL << i;
            if (q > 0) drawn |= 1UL << i;
        }
        return spikes;
    }

    /// <summary>Bits of a word pulled apart: bit i goes to bit 2 i.</summary>
    /// <param name="half">32 bits.</param>
    public static ulong Spread(uint half)
    {
        ulong x = half;
        x = (x | x << 16) & 0x0000FFFF0000FFFF;
        x = (x | x << 8) & 0x00FF00FF00FF00FF;
        x = (x | x << 4) & 0x0F0F0F0F0F0F0F0F;
        x = (x | x << 2) & 0x3333333333333333;
        return (x | x << 1) & 0x5555555555555555;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ToDouble(ref uint word, int i)
    {
        var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref word, (nuint)i));
        return Vector512.ConvertToDouble(Vector512.Create(low, high));
    }
}
