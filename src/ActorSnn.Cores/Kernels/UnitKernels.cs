using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorSnn.Cores.Kernels;

/// <summary>Kernels over dense matrices of 32-bit synapses: one row a source neuron, rows <c>stride</c> weights apart, a multiple of 16.</summary>
internal static class UnitKernels
{
    /// <summary>Adds to each column the sum of its weights in the given rows.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="stride">Weights from row to row.</param>
    /// <param name="rows">Indices of the rows.</param>
    /// <param name="sums">One a column, <paramref name="stride"/> of them.</param>
    public static void AddRows(ReadOnlySpan<int> weights, int stride, ReadOnlySpan<int> rows, Span<int> sums)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            foreach (int row in rows) TensorPrimitives.Add(sums[..stride], weights.Slice(row * stride, stride), sums);
            return;
        }
        ref int sum = ref MemoryMarshal.GetReference(sums[..stride]);
        ref int weight = ref MemoryMarshal.GetReference(weights);
        // Four sums at a time stay in registers while the rows go by.
        int column = 0;
        for (; column + 64 <= stride; column += 64)
        {
            var s0 = Vector512.LoadUnsafe(ref sum, (nuint)column);
            var s1 = Vector512.LoadUnsafe(ref sum, (nuint)column + 16);
            var s2 = Vector512.LoadUnsafe(ref sum, (nuint)column + 32);
            var s3 = Vector512.LoadUnsafe(ref sum, (nuint)column + 48);
            foreach (int row in rows)
            {
                nuint at = (nuint)row * (nuint)stride + (nuint)column;
                s0 += Vector512.LoadUnsafe(ref weight, at);
                s1 += Vector512.LoadUnsafe(ref weight, at + 16);
                s2 += Vector512.LoadUnsafe(ref weight, at + 32);
                s3 += Vector512.LoadUnsafe(ref weight, at + 48);
            }
            s0.StoreUnsafe(ref sum, (nuint)column);
            s1.StoreUnsafe(ref sum, (nuint)column + 16);
            s2.StoreUnsafe(ref sum, (nuint)column + 32);
            s3.StoreUnsafe(ref sum, (nuint)column + 48);
        }
        for (; column < stride; column += 16)
        {
            var s = Vector512.LoadUnsafe(ref sum, (nuint)column);
            foreach (int row in rows) s += Vector512.LoadUnsafe(ref weight, (nuint)row * (nuint)stride + (nuint)column);
            s.StoreUnsafe(ref sum, (nuint)column);
        }
    }

    /// <summary>Adds a change to each weight of a row, within ±bound. Where there is no change, a weight stays what it is, even beyond the bound, where only broken bits bring it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="change">One a column; magnitudes at most 2^30.</param>
    /// <param name="bound">At most 2^30.</param>
    public static void AddWithin(Span<int> row, ReadOnlySpan<int> change, int bound)
    {
        int column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref int weight = ref MemoryMarshal.GetReference(row);
            ref int delta = ref MemoryMarshal.GetReference(change[..row.Length]);
            var most = Vector512.Create(bound);
            for (; column + 16 <= row.Length; column += 16)
            {
                var old = Vector512.LoadUnsafe(ref weight, (nuint)column);
                var by = Vector512.LoadUnsafe(ref delta, (nuint)column);
                // It is cut first, so that the sum fits.
                var changed = Vector512.Max(Vector512.Min(Vector512.Max(Vector512.Min(old, most), -most) + by, most), -most);
                Vector512.ConditionalSelect(Vector512.Equals(by, Vector512<int>.Zero), old, changed).StoreUnsafe(ref weight, (nuint)column);
            }
        }
        for (; column < row.Length; column++) row[column] = change[column] == 0 ? row[column] : Within(row[column], change[column], bound);
    }

    /// <summary>A weight after a change, within ±bound.</summary>
    public static int Within(int weight, int change, int bound) => Math.Clamp(Math.Clamp(weight, -bound, bound) + change, -bound, bound);
}
