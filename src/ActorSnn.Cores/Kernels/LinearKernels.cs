using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Cores.Kernels;

/// <summary>
/// Kernels over the modes of linear neurons. Buffers are padded to a multiple of 64 elements. Products and sums are rounded one by one, as
/// by the plain loops: there is no fused multiply-add.
/// </summary>
internal static class LinearKernels
{
    /// <summary>Adds a channel's sums times a factor to a mode, and clears the sums.</summary>
    public static void Add(Span<double> mode, InputChannel channel, double scale)
    {
        if (channel.IsTracked)
        {
            AddTouched(mode, default, channel, scale, 0);
            return;
        }
        if (channel.Counts is { } counts) AddCounts(mode, counts, channel.Common, scale);
        else AddSums(mode, channel.Sums, scale);
        channel.Clear();
    }

    /// <summary>Adds a channel's sums times a factor each to two modes, and clears the sums.</summary>
    public static void Add(Span<double> first, Span<double> second, InputChannel channel, double scaleFirst, double scaleSecond)
    {
        if (channel.IsTracked)
        {
            AddTouched(first, second, channel, scaleFirst, scaleSecond);
            return;
        }
        if (channel.Counts is { } counts)
        {
            AddCounts(first, counts, channel.Common, scaleFirst);
            AddCounts(second, counts, channel.Common, scaleSecond);
        }
        else
        {
            AddSums(first, channel.Sums, scaleFirst);
            AddSums(second, channel.Sums, scaleSecond);
        }
        channel.Clear();
    }

    /// <summary>The same for the neurons a channel lists; the second mode may be empty.</summary>
    private static void AddTouched(Span<double> first, Span<double> second, InputChannel channel, double scaleFirst, double scaleSecond)
    {
        // The listed neurons are below the length of every buffer.
        ref double one = ref MemoryMarshal.GetReference(first);
        ref double two = ref MemoryMarshal.GetReference(second);
        ref ushort count = ref MemoryMarshal.GetReference(channel.Counts.AsSpan());
        ref long sum = ref MemoryMarshal.GetReference(channel.Sums.AsSpan());
        bool counts = channel.Counts is not null;
        bool both = !second.IsEmpty;
        foreach (int n in channel.Touched)
        {
            double arrived;
            if (counts)
            {
                arrived = Unsafe.Add(ref count, n);
                Unsafe.Add(ref count, n) = 0;
            }
            else
            {
                arrived = Unsafe.Add(ref sum, n);
                Unsafe.Add(ref sum, n) = 0;
            }
            Unsafe.Add(ref one, n) += arrived * scaleFirst;
            if (both) Unsafe.Add(ref two, n) += arrived * scaleSecond;
        }
    }

    /// <summary>mode[n] += (counts[n] + common) * scale, where that is not zero.</summary>
    public static void AddCounts(Span<double> mode, ReadOnlySpan<ushort> counts, int common, double scale)
    {
        if (!Avx512F.IsSupported || !Avx2.IsSupported)
        {
            Scalar.AddCounts(mode, counts, common, scale);
            return;
        }
        ref ushort count = ref MemoryMarshal.GetReference(counts);
        ref double target = ref MemoryMarshal.GetReference(mode);
        var shared = Vector256.Create(common);
        var factor = Vector512.Create(scale);
        for (nuint n = 0; n < (nuint)mode.Length; n += 32)
        {
            if (common == 0 && Vector512.LoadUnsafe(ref count, n) == Vector512<ushort>.Zero) continue;
            for (nuint lane = n; lane < n + 32; lane += 8)
            {
                var whole = Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref count, lane)) + shared;
                (Vector512.LoadUnsafe(ref target, lane) + Avx512F.ConvertToVector512Double(whole) * factor).StoreUnsafe(ref target, lane);
            }
        }
    }

    private static void AddSums(Span<double> mode, ReadOnlySpan<long> sums, double scale)
    {
        ref long sum = ref MemoryMarshal.GetReference(sums);
        ref double target = ref MemoryMarshal.GetReference(mode);
        var factor = Vector512.Create(scale);
        for (nuint n = 0; n < (nuint)mode.Length; n += 8)
        {
            var whole = Vector512.LoadUnsafe(ref sum, n);
            if (whole == Vector512<long>.Zero) continue;
            (Vector512.LoadUnsafe(ref target, n) + Vector512.ConvertToDouble(whole) * factor).StoreUnsafe(ref target, n);
        }
    }

    /// <summary>Lists the neurons with q[n] &gt;= limit.</summary>
    /// <returns>Their number.</returns>
    public static int Fire(ReadOnlySpan<double> q, int neurons, double limit, Span<int> spikes)
    {
        ref double first = ref MemoryMarshal.GetReference(q);
        var least = Vector512.Create(limit);
        int count = 0;
        for (int n = 0; n < neurons; n += 16)
        {
            var low = Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref first, (nuint)n), least);
            var high = Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref first, (nuint)n + 8), least);
            if ((low | high) == Vector512<double>.Zero) continue;
            count = List(low.ExtractMostSignificantBits() | high.ExtractMostSignificantBits() << 8, n, neurons, spikes, count);
        }
        return count;
    }

    /// <summary>Lists the neurons with q[n] + e[n] * factorE + i[n] * factorI &gt;= limit.</summary>
    /// <returns>Their number.</returns>
    public static int Fire(
        ReadOnlySpan<double> q, ReadOnlySpan<double> e, ReadOnlySpan<double> i, int neurons, double factorE, double factorI, double limit, Span<int> spikes)
    {
        ref double firstQ = ref MemoryMarshal.GetReference(q);
        ref double firstE = ref MemoryMarshal.GetReference(e);
        ref double firstI = ref MemoryMarshal.GetReference(i);
        var least = Vector512.Create(limit);
        var timesE = Vector512.Create(factorE);
        var timesI = Vector512.Create(factorI);
        int count = 0;
        for (int n = 0; n < neurons; n += 16)
        {
            var low = Reached(ref firstQ, ref firstE, ref firstI, (nuint)n, timesE, timesI, least);
            var high = Reached(ref firstQ, ref firstE, ref firstI, (nuint)n + 8, timesE, timesI, least);
            if ((low | high) == Vector512<double>.Zero) continue;
            count = List(low.ExtractMostSignificantBits() | high.ExtractMostSignificantBits() << 8, n, neurons, spikes, count);
        }
        return count;
    }

    /// <summary>As <see cref="Fire(ReadOnlySpan{double}, ReadOnlySpan{double}, ReadOnlySpan{double}, int, double, double, double, Span{int})"/>, in some blocks of eight.</summary>
    /// <param name="blocks">One bit a block.</param>
    /// <param name="q">Membrane modes.</param>
    /// <param name="e">Excitatory currents.</param>
    /// <param name="i">Inhibitory currents.</param>
    /// <param name="neurons">Number of neurons.</param>
    /// <param name="factorE">Factor of the excitatory current.</param>
    /// <param name="factorI">Factor of the inhibitory current.</param>
    /// <param name="limit">Compared with.</param>
    /// <param name="spikes">Receives the neurons.</param>
    public static int FireInBlocks(
        ReadOnlySpan<ulong> blocks, ReadOnlySpan<double> q, ReadOnlySpan<double> e, ReadOnlySpan<double> i, int neurons, double factorE, double factorI,
        double limit, Span<int> spikes)
    {
        ref double firstQ = ref MemoryMarshal.GetReference(q);
        ref double firstE = ref MemoryMarshal.GetReference(e);
        ref double firstI = ref MemoryMarshal.GetReference(i);
        var least = Vector512.Create(limit);
        var timesE = Vector512.Create(factorE);
        var timesI = Vector512.Create(factorI);
        int count = 0;
        for (int w = 0; w < blocks.Length; w++)
        {
            for (ulong word = blocks[w]; word != 0; word &= word - 1)
            {
                int n = ((w << 6) + BitOperations.TrailingZeroCount(word)) * 8;
                if (n >= neurons) return count;
                var reached = Reached(ref firstQ, ref firstE, ref firstI, (nuint)n, timesE, timesI, least);
                if (reached != Vector512<double>.Zero) count = List(reached.ExtractMostSignificantBits(), n, neurons, spikes, count);
            }
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Reached(
        ref double q, ref double e, ref double i, nuint n, Vector512<double> timesE, Vector512<double> timesI, Vector512<double> least)
    {
        var sum = Vector512.LoadUnsafe(ref e, n) * timesE + Vector512.LoadUnsafe(ref i, n) * timesI;
        return Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref q, n) + sum, least);
    }

    private static int List(ulong bits, int start, int neurons, Span<int> spikes, int count)
    {
        if (neurons - start < 16) bits &= (1UL << (neurons - start)) - 1; // the rest is padding
        for (; bits != 0; bits &= bits - 1) spikes[count++] = start + BitOperations.TrailingZeroCount(bits);
        return count;
    }

    /// <summary>Plain loops with the same results.</summary>
    public static class Scalar
    {
        /// <inheritdoc cref="LinearKernels.AddCounts"/>
        public static void AddCounts(Span<double> mode, ReadOnlySpan<ushort> counts, int common, double scale)
        {
            for (int n = 0; n < mode.Length; n++)
            {
                if (counts[n] + common != 0) mode[n] += (counts[n] + common) * scale;
            }
        }
    }
}
