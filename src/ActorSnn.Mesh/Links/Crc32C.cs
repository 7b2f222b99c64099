using System.Buffers.Binary;
using System.Numerics;

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
        while (bytes.Length >= 3 * LaneBytes)
        {
            uint second = 0, third = 0;
            for (int i = 0; i < LaneBytes; i += sizeof(ulong))
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
                second = BitOperations.Crc32C(second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(LaneBytes + i)..]));
                third = BitOperations.Crc32C(third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(2 * LaneBytes + i)..]));
            }
            crc = Shift(Shift(crc) ^ second) ^ third;
            bytes = bytes[(3 * LaneBytes)..];
        }
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

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
