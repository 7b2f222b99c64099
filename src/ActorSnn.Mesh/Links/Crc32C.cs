using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// CRC-32C (Castagnoli, reflected 0x82F63B78, as in iSCSI, RFC 3720), by the processor's instruction where it has one.
/// <para>
/// Long data is folded, where the processor multiplies without carries in wide registers: what stands in a register is congruent, modulo the polynomial, to the same
/// bytes <see cref="FoldBytes"/> further on times a constant, so a pass over the data leaves <see cref="FoldBytes"/> bytes with the checksum of all (Gopal et al., Fast
/// CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Intel 2009). Elsewhere it is cut in three lanes whose instructions overlap: each waits for the
/// one before it in its own lane only.
/// </para>
/// </summary>
internal static class Crc32C
{
    private const uint Polynomial = 0x82F63B78;
    private const int LaneBytes = 512;
    private const int FoldBytes = 4 * 64;

    /// <summary>For the lower and the upper half of 128 bits: the powers of x they are multiplied by when they move on by <see cref="FoldBytes"/>.</summary>
    private static readonly Vector512<ulong> FoldFactors =
        Vector512.Create(Vector256.Create(PowerOfX(8 * FoldBytes + 32), PowerOfX(8 * FoldBytes - 32), PowerOfX(8 * FoldBytes + 32), PowerOfX(8 * FoldBytes - 32)));

    /// <summary>[k * 256 + b]: what becomes of byte k = b of a register when <see cref="LaneBytes"/> zeros follow.</summary>
    private static readonly uint[] LaneShift = MakeLaneShift();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        if (Pclmulqdq.V512.IsSupported && bytes.Length >= 4 * FoldBytes) crc = Fold(crc, ref bytes);
        for (; bytes.Length >= 3 * LaneBytes; bytes = bytes[(3 * LaneBytes)..]) crc = AddLanes(crc, bytes);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = (uint)Add(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>Takes as many bytes as fill registers, and leaves the rest.</summary>
    private static uint Fold(uint crc, ref ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, Vector512<ulong>>(bytes);
        words = words[..(words.Length & ~3)];
        bytes = bytes[(words.Length * Vector512<byte>.Count)..];
        var factors = FoldFactors;
        var (a, b, c, d) = (words[0] ^ Vector512.CreateScalar((ulong)crc), words[1], words[2], words[3]);
        for (words = words[4..]; words.Length >= 4; words = words[4..])
        {
            a = Move(a, factors) ^ words[0];
            b = Move(b, factors) ^ words[1];
            c = Move(c, factors) ^ words[2];
            d = Move(d, factors) ^ words[3];
        }
        ReadOnlySpan<Vector512<ulong>> rest = [a, b, c, d];
        ulong sum = 0;
        foreach (ulong word in MemoryMarshal.Cast<Vector512<ulong>, ulong>(rest)) sum = Add(sum, word);
        return (uint)sum;
    }

    private static Vector512<ulong> Move(Vector512<ulong> bits, Vector512<ulong> factors) =>
        Pclmulqdq.V512.CarrylessMultiply(bits, factors, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(bits, factors, 0x11);

    /// <summary>x^n modulo the polynomial, its bits in the order of the reflected register, moved up by the one place that a product of reflected factors lacks.</summary>
    private static ulong PowerOfX(int n)
    {
        uint power = 1u << 31;
        for (int i = 0; i < n; i++) power = power >> 1 ^ ((power & 1) != 0 ? Polynomial : 0);
        return (ulong)power << 1;
    }

    private static uint AddLanes(uint crc, ReadOnlySpan<byte> bytes)
    {
        var one = MemoryMarshal.Cast<byte, ulong>(bytes[..LaneBytes]);
        var two = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(LaneBytes, LaneBytes));
        var three = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * LaneBytes, LaneBytes));
        ulong first = crc, second = 0, third = 0;
        for (int i = 0; i < one.Length && i < two.Length && i < three.Length; i++)
        {
            first = Add(first, Ordered(one[i]));
            second = Add(second, Ordered(two[i]));
            third = Add(third, Ordered(three[i]));
        }
        return Shift(Shift((uint)first) ^ (uint)second) ^ (uint)third;
    }

    /// <summary>Eight bytes more. Between 32 bits and 64 nothing is converted: that would take as long as the instruction itself.</summary>
    private static ulong Add(ulong crc, ulong bytes) => Sse42.X64.IsSupported ? Sse42.X64.Crc32(crc, bytes) : BitOperations.Crc32C((uint)crc, bytes);

    private static ulong Ordered(ulong bytes) => BitConverter.IsLittleEndian ? bytes : BinaryPrimitives.ReverseEndianness(bytes);

    private static uint Shift(uint crc) =>
        LaneShift[crc & 0xFF] ^ LaneShift[256 + (crc >> 8 & 0xFF)] ^ LaneShift[512 + (crc >> 16 & 0xFF)] ^ LaneShift[768 + (crc >> 24)];

    private static uint[] MakeLaneShift()
    {
        var table = new uint[4 * 256];
        for (int i = 0; i < table.Length; i++)
        {
            uint crc = (uint)(i & 0xFF) << (i >> 8) * 8;
            for (int n = 0; n < LaneBytes; n += sizeof(ulong)) crc = BitOperations.Crc32C(crc, 0UL);
            table[i] = crc;
        }
        return table;
    }
}
