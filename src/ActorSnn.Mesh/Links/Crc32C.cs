using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Mesh.Links;

/// <summary>
/// CRC-32C (Castagnoli, reflected 0x82F63B78, as in iSCSI, RFC 3720), by the processor's instruction where it has one. Long data is cut in three lanes whose
/// instructions overlap: each waits for the one before it in its own lane only.
/// </summary>
internal static class Crc32C
{
    private const int LaneBytes = 512;

    /// <summary>[k * 256 + b]: what becomes of byte k = b of a register when <see cref="LaneBytes"/> zeros follow.</summary>
    private static readonly uint[] LaneShift = MakeLaneShift();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 3 * LaneBytes; bytes = bytes[(3 * LaneBytes)..]) crc = AddLanes(crc, bytes);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = (uint)Add(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
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
