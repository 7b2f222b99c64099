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

    /// <summary>Writes a value where a bit is set and zero elsewhere.</summary>
    /// <param name="bits">The bits; those beyond the end of <paramref name="values"/> are zero.</param>
    /// <param name="value">The value.</param>
    /// <param name="values">One a bit; a multiple of 16.</param>
    public static void Expand(ReadOnlySpan<ulong> bits, sbyte value, Span<sbyte> values)
    {
        var lane = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        var replicate = Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
        fixed (sbyte* v = values)
        {
            for (int i = 0; i < values.Length; i += 16)
            {
                var sixteen = Vector128.Shuffle(Vector128.CreateScalar((ushort)(bits[i >> 6] >> (i & 63))).AsByte(), replicate) & lane;
                (Vector128.Equals(sixteen, lane).AsSByte() & Vector128.Create(value)).Store(v + i);
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

    /// <summary>Whole blocks of 32 columns. Sums stay in registers over all rows; not inlined, so that nothing else competes for these.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AddRows512(sbyte* w, int stride, int* rows, int count, int shift, int* drive)
    {
        short* sums = stackalloc short[256];
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
            s0.Store(sums);
            s1.Store(sums + 32);
            s2.Store(sums + 64);
            s3.Store(sums + 96);
            s4.Store(sums + 128);
            s5.Store(sums + 160);
            s6.Store(sums + 192);
            s7.Store(sums + 224);
            AddShifted(sums, 256, shift, drive + column);
        }
        for (; column + 128 <= stride; column += 128)
        {
            Vector512<short> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = 0; i < count; i++)
            {
                sbyte* p = w + (long)rows[i] * stride + column;
                s0 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p));
                s1 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 32));
                s2 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 64));
                s3 += Avx512BW.ConvertToVector512Int16(Vector256.Load(p + 96));
            }
            s0.Store(sums);
            s1.Store(sums + 32);
            s2.Store(sums + 64);
            s3.Store(sums + 96);
            AddShifted(sums, 128, shift, drive + column);
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
            (s0 + s2).Store(sums);
            (s1 + s3).Store(sums + 32);
            AddShifted(sums, 64, shift, drive + column);
        }
        for (; column + 32 <= stride; column += 32)
        {
            Vector512<short> sum = default;
            for (int i = 0; i < count; i++) sum += Avx512BW.ConvertToVector512Int16(Vector256.Load(w + (long)rows[i] * stride + column));
            sum.Store(sums);
            AddShifted(sums, 32, shift, drive + column);
        }
        return column;
    }

    private static void AddShifted(short* sums, int columns, int shift, int* drive)
    {
        for (int i = 0; i < columns; i += 16)
            (Vector512.Load(drive + i) + (Avx512F.ConvertToVector512Int32(Vector256.Load(sums + i)) << shift)).Store(drive + i);
    }

    private static void AddRows16Columns(sbyte* w, int stride, int* rows, int count, int shift, int* drive)
    {
        Vector256<short> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            s0 += Widen(w + (long)rows[i] * stride);
            s1 += Widen(w + (long)rows[i + 1] * stride);
            s2 += Widen(w + (long)rows[i + 2] * stride);
            s3 += Widen(w + (long)rows[i + 3] * stride);
        }
        for (; i < count; i++) s0 += Widen(w + (long)rows[i] * stride);
        var (low, high) = Vector256.Widen(s0 + s1 + (s2 + s3));
        (Vector256.Load(drive) + (low << shift)).Store(drive);
        (Vector256.Load(drive + 8) + (high << shift)).Store(drive + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Widen(sbyte* p)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int16(p);
        var bytes = Vector128.Load(p);
        return Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
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
