using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Cores.Kernels;

/// <summary>
/// Kernels over dense matrices of synapses of which the sign acts. Signs are packed by source neuron: word w of column c, at <c>w stride + c</c>, has bit i set where the weight from source neuron 64 w + i is
/// negative.
/// </summary>
internal static class TimingKernels
{
    /// <summary>Columns are padded to a multiple of this.</summary>
    public const int Padding = 16;

    /// <summary>Adds to each column the signs of its weights from the source neurons that spiked: +1 or -1 each.</summary>
    /// <param name="signs">The signs.</param>
    /// <param name="stride">Columns, padded.</param>
    /// <param name="spikes">One bit a source neuron.</param>
    /// <param name="sums">One a column, <paramref name="stride"/> of them.</param>
    public static void AddSigns(ReadOnlySpan<ulong> signs, int stride, ReadOnlySpan<ulong> spikes, Span<int> sums)
    {
        int total = 0;
        for (int w = 0; w < spikes.Length; w++)
        {
            if (spikes[w] == 0) continue;
            total += BitOperations.PopCount(spikes[w]);
            var column = signs.Slice(w * stride, stride);
            if (Avx512BW.IsSupported) SubtractTwiceAvx512(column, spikes[w], sums);
            else SubtractTwice(column, spikes[w], sums);
        }
        if (total > 0) TensorPrimitives.Add(sums, total, sums);
    }

    /// <summary>Subtracts twice the number of negative weights among those that spiked, of one word.</summary>
    internal static void SubtractTwice(ReadOnlySpan<ulong> signs, ulong spikes, Span<int> sums)
    {
        for (int c = 0; c < signs.Length; c++) sums[c] -= 2 * BitOperations.PopCount(signs[c] & spikes);
    }

    /// <summary>The same, eight columns at a time: bits are counted by a table of nibbles.</summary>
    internal static void SubtractTwiceAvx512(ReadOnlySpan<ulong> signs, ulong spikes, Span<int> sums)
    {
        ref ulong sign = ref MemoryMarshal.GetReference(signs);
        ref int sum = ref MemoryMarshal.GetReference(sums[..signs.Length]);
        var mask = Vector512.Create(spikes);
        // Twice the number of set bits of a nibble.
        var table = Vector512.Create(Vector256.Create((byte)0, 2, 2, 4, 2, 4, 4, 6, 2, 4, 4, 6, 4, 6, 6, 8, 0, 2, 2, 4, 2, 4, 4, 6, 2, 4, 4, 6, 4, 6, 6, 8), Vector256.Create((byte)0, 2, 2, 4, 2, 4, 4, 6, 2, 4, 4, 6, 4, 6, 6, 8, 0, 2, 2, 4, 2, 4, 4, 6, 2, 4, 4, 6, 4, 6, 6, 8));
        var low = Vector512.Create((byte)0x0F);
        for (int c = 0; c < signs.Length; c += 16)
        {
            var first = Count(Vector512.LoadUnsafe(ref sign, (nuint)c) & mask);
            var second = Count(Vector512.LoadUnsafe(ref sign, (nuint)c + 8) & mask);
            var counts = Vector512.Narrow(first, second).AsInt32();
            (Vector512.LoadUnsafe(ref sum, (nuint)c) - counts).StoreUnsafe(ref sum, (nuint)c);
        }

        Vector512<ulong> Count(Vector512<ulong> bits)
        {
            var bytes = bits.AsByte();
            var counts = Avx512BW.Shuffle(table, bytes & low) + Avx512BW.Shuffle(table, (bytes.AsUInt16() >> 4).AsByte() & low);
            return Avx512BW.SumAbsoluteDifferences(counts, Vector512<byte>.Zero).AsUInt64();
        }
    }

    /// <summary>Adds rows of real weights, one after the other.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="stride">Weights from row to row.</param>
    /// <param name="rows">Indices of the rows, in the order in which they are added.</param>
    /// <param name="sums">One a column, <paramref name="stride"/> of them.</param>
    public static void AddRows(ReadOnlySpan<float> weights, int stride, ReadOnlySpan<int> rows, Span<float> sums)
    {
        foreach (int row in rows) TensorPrimitives.Add(sums[..stride], weights.Slice(row * stride, stride), sums);
    }

    /// <summary>Subtracts a change from each weight of a row and cuts it to bounds; a weight that does not change stays what it is.</summary>
    /// <param name="row">Weights of one source neuron.</param>
    /// <param name="change">One a column.</param>
    /// <param name="low">Smallest weight.</param>
    /// <param name="high">Largest weight.</param>
    /// <param name="signs">The signs' word of this source neuron for each column; empty where none are kept.</param>
    /// <param name="bit">Its bit there.</param>
    public static void Subtract(Span<float> row, ReadOnlySpan<float> change, float low, float high, Span<ulong> signs, int bit)
    {
        int c = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref float weight = ref MemoryMarshal.GetReference(row);
            ref float by = ref MemoryMarshal.GetReference(change[..row.Length]);
            var least = Vector512.Create(low);
            var most = Vector512.Create(high);
            for (; c + 16 <= row.Length; c += 16)
            {
                var delta = Vector512.LoadUnsafe(ref by, (nuint)c);
                if (Vector512.EqualsAll(delta, Vector512<float>.Zero)) continue;
                var old = Vector512.LoadUnsafe(ref weight, (nuint)c);
                var changed = Vector512.MinNative(Vector512.MaxNative(old - delta, least), most);
                changed = Vector512.ConditionalSelect(Vector512.Equals(delta, Vector512<float>.Zero), old, changed);
                changed.StoreUnsafe(ref weight, (nuint)c);
                if (signs.IsEmpty) continue;
                for (ulong turned = Vector512.ExtractMostSignificantBits(old.AsUInt32() ^ changed.AsUInt32()); turned != 0; turned &= turned - 1)
                    signs[c + BitOperations.TrailingZeroCount(turned)] ^= 1UL << bit;
            }
        }
        for (; c < row.Length; c++)
        {
            if (change[c] == 0) continue;
            float old = row[c];
            row[c] = Math.Min(Math.Max(old - change[c], low), high);
            if (!signs.IsEmpty && float.IsNegative(old) != float.IsNegative(row[c])) signs[c] ^= 1UL << bit;
        }
    }

    /// <summary>Finds the columns whose potential has reached its threshold.</summary>
    /// <param name="potentials">One a column.</param>
    /// <param name="thresholds">One a column.</param>
    /// <param name="bits">Receives one bit a column.</param>
    public static void AtOrAbove(ReadOnlySpan<int> potentials, ReadOnlySpan<float> thresholds, Span<ulong> bits)
    {
        bits.Clear();
        int c = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref int potential = ref MemoryMarshal.GetReference(potentials);
            ref float threshold = ref MemoryMarshal.GetReference(thresholds[..potentials.Length]);
            for (; c + 16 <= potentials.Length; c += 16)
            {
                var above = Vector512.GreaterThanOrEqual(Vector512.ConvertToSingle(Vector512.LoadUnsafe(ref potential, (nuint)c)), Vector512.LoadUnsafe(ref threshold, (nuint)c));
                bits[c >> 6] |= above.ExtractMostSignificantBits() << (c & 63);
            }
        }
        for (; c < potentials.Length; c++)
        {
            if (potentials[c] >= thresholds[c]) bits[c >> 6] |= 1UL << (c & 63);
        }
    }

    /// <summary>As <see cref="AtOrAbove(ReadOnlySpan{int}, ReadOnlySpan{float}, Span{ulong})"/>, for real potentials.</summary>
    public static void AtOrAbove(ReadOnlySpan<float> potentials, ReadOnlySpan<float> thresholds, Span<ulong> bits)
    {
        bits.Clear();
        for (int c = 0; c < potentials.Length; c++)
        {
            if (potentials[c] >= thresholds[c]) bits[c >> 6] |= 1UL << (c & 63);
        }
    }
}
