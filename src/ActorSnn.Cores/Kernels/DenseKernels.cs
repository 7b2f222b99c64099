using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Cores.Kernels;

/// <summary>
/// Kernels over dense matrices of one-byte synapses: one row a source neuron, rows <c>stride</c> bytes apart, a multiple of 16, padded with
/// zeros. Integer arithmetic throughout, so every width gives the same result; <see cref="Scalar"/> is the twin the tests compare against.
/// </summary>
internal static unsafe class DenseKernels
{
    /// <summary>Rows whose bytes can be summed in 16 bits: 256 * 128 = 2^15.</summary>
    private const int RowsPerSum = 256;

    /// <summary>Adds to drive[j] the sum over the given rows of (weight[row, j] &lt;&lt; shift), for j below stride.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="stride">Bytes from row to row; drive has at least as many elements.</param>
    /// <param name="rows">Indices of the rows to add.</param>
    /// <param name="shift">Power of two that a byte stands for.</param>
    /// <param name="drive">Sums, one a column.</param>
    public static void AddRows(ReadOnlySpan<sbyte> weights, int stride, ReadOnlySpan<int> rows, int shift, Span<int> drive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drive.Length, stride);
        fixed (sbyte* w = weights)
        fixed (int* d = drive)
        {
            for (; rows.Length > 0; rows = rows[Math.Min(rows.Length, RowsPerSum)..])
            {
                var chunk = rows[..Math.Min(rows.Length, RowsPerSum)];
                fixed (int* r = chunk)
                {
                    int column = 0;
                    if (Avx512BW.IsSupported) column = AddRows512(w, stride, r, chunk.Length, shift, d);
                    for (; column < stride; column += 16) AddRows16Columns(w + column, stride, r, chunk.Length, shift, d + column);
                }
            }
        }
    }

    /// <summary>
    /// Adds <paramref name="delta"/> to each of the given rows with saturation to [-128, 127] and notes each row's new maximum.
    /// </summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="rows">Indices of the rows to change.</param>
    /// <param name="delta">Change of each column; stride bytes, zero in the padding.</param>
    /// <param name="rowMax">Maximum of each row over all its columns, padding included.</param>
    public static void AddToRows(Span<sbyte> weights, int stride, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> delta, Span<sbyte> rowMax)
    {
        fixed (sbyte* w = weights, d = delta)
        {
            foreach (int row in rows)
            {
                sbyte* p = w + (long)row * stride;
                int column = 0;
                var max16 = Vector128.Create(sbyte.MinValue);
                if (Vector512.IsHardwareAccelerated && stride >= 64)
                {
                    var max = Vector512.Create(sbyte.MinValue);
                    for (; column + 64 <= stride; column += 64)
                    {
                        var sum = Vector512.AddSaturate(Vector512.Load(p + column), Vector512.Load(d + column));
                        sum.Store(p + column);
                        max = Vector512.Max(max, sum);
                    }
                    var max32 = Vector256.Max(max.GetLower(), max.GetUpper());
                    max16 = Vector128.Max(max32.GetLower(), max32.GetUpper());
                }
                for (; column < stride; column += 16)
                {
                    var sum = Vector128.AddSaturate(Vector128.Load(p + column), Vector128.Load(d + column));
                    sum.Store(p + column);
                    max16 = Vector128.Max(max16, sum);
                }
                max16 = Vector128.Max(max16, Vector128.Shuffle(max16, Vector128.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
                max16 = Vector128.Max(max16, Vector128.Shuffle(max16, Vector128.Create(4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)));
                max16 = Vector128.Max(max16, Vector128.Shuffle(max16, Vector128.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)));
                rowMax[row] = Math.Max(max16[0], max16[1]);
            }
        }
    }

    /// <summary>Adds <paramref name="delta"/> to single columns of the given rows, saturating. A row's noted maximum may stay too high, never too low.</summary>
    public static void AddToColumns(
        Span<sbyte> weights, int stride, ReadOnlySpan<int> rows, ReadOnlySpan<ulong> columns, int delta, Span<sbyte> rowMax)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            for (ulong word = columns[i]; word != 0; word &= word - 1)
            {
                int column = (i << 6) + BitOperations.TrailingZeroCount(word);
                foreach (int row in rows)
                {
                    ref sbyte weight = ref weights[row * stride + column];
                    weight = (sbyte)Math.Clamp(weight + delta, sbyte.MinValue, sbyte.MaxValue);
                    if (weight > rowMax[row]) rowMax[row] = weight;
                }
            }
        }
    }

    private static int AddRows512(sbyte* w, int stride, int* rows, int count, int shift, int* drive)
    {
        int column = 0;
        for (; column + 256 <= stride; column += 256)
        {
            Vector512<short> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (int i = 0; i < count; i++)
            {
                sbyte* p = w + (long)rows[i] * stride + column;
                s0 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p));
                s1 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 32));
                s2 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 64));
                s3 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 96));
                s4 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 128));
                s5 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 160));
                s6 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 192));
                s7 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 224));
            }
            Flush(s0, shift, drive + column);
            Flush(s1, shift, drive + column + 32);
            Flush(s2, shift, drive + column + 64);
            Flush(s3, shift, drive + column + 96);
            Flush(s4, shift, drive + column + 128);
            Flush(s5, shift, drive + column + 160);
            Flush(s6, shift, drive + column + 192);
            Flush(s7, shift, drive + column + 224);
        }
        for (; column + 64 <= stride; column += 64)
        {
            Vector512<short> s0 = default, s1 = default, s2 = default, s3 = default;
            int i = 0;
            for (; i + 2 <= count; i += 2)
            {
                sbyte* p = w + (long)rows[i] * stride + column;
                sbyte* q = w + (long)rows[i + 1] * stride + column;
                s0 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p));
                s1 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 32));
                s2 += Avx512BW.ConvertToVector512Int16(Vector256.Load(q));
                s3 += Avx512BW.ConvertToVector512Int16(Vector256.Load(q + 32));
            }
            if (i < count)
            {
                sbyte* p = w + (long)rows[i] * stride + column;
                s0 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p));
                s1 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 32));
            }
            Flush(s0 + s2, shift, drive + column);
            Flush(s1 + s3, shift, drive + column + 32);
        }
        for (; column + 32 <= stride; column += 32)
        {
            Vector512<short> sum = default;
            for (int i = 0; i < count; i++) sum += Avx512BW.ConvertToVector512Int16(Vector256.Load(w + (long)rows[i] * stride + column));
            Flush(sum, shift, drive + column);
        }
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Flush(Vector512<short> sum, int shift, int* drive)
    {
        var (low, high) = Vector512.Widen(sum);
        (Vector512.Load(drive) + (low << shift)).Store(drive);
        (Vector512.Load(drive + 16) + (high << shift)).Store(drive + 16);
    }

    private static void AddRows16Columns(sbyte* w, int stride, int* rows, int count, int shift, int* drive)
    {
        Vector256<short> sum = default;
        for (int i = 0; i < count; i++)
        {
            var bytes = Vector128.Load(w + (long)rows[i] * stride);
            sum += Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
        }
        var (low, high) = Vector256.Widen(sum);
        (Vector256.Load(drive) + (low << shift)).Store(drive);
        (Vector256.Load(drive + 8) + (high << shift)).Store(drive + 8);
    }

    /// <summary>Plain loops with the same results.</summary>
    public static class Scalar
    {
        /// <inheritdoc cref="DenseKernels.AddRows"/>
        public static void AddRows(ReadOnlySpan<sbyte> weights, int stride, ReadOnlySpan<int> rows, int shift, Span<int> drive)
        {
            foreach (int row in rows)
            {
                for (int column = 0; column < stride; column++) drive[column] += weights[row * stride + column] << shift;
            }
        }

        /// <inheritdoc cref="DenseKernels.AddToRows"/>
        public static void AddToRows(Span<sbyte> weights, int stride, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> delta, Span<sbyte> rowMax)
        {
            foreach (int row in rows)
            {
                int max = sbyte.MinValue;
                for (int column = 0; column < stride; column++)
                {
                    ref sbyte weight = ref weights[row * stride + column];
                    weight = (sbyte)Math.Clamp(weight + delta[column], sbyte.MinValue, sbyte.MaxValue);
                    max = Math.Max(max, weight);
                }
                rowMax[row] = (sbyte)max;
            }
        }
    }
}
