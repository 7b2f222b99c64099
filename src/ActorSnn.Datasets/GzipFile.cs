using System.Buffers.Binary;

namespace ActorSnn.Datasets;

/// <summary>What gzip files say of themselves at their ends.</summary>
internal static class GzipFile
{
    /// <summary>Whether a file is packed, told by its first bytes. It is read from its beginning.</summary>
    public static bool IsPacked(Stream file)
    {
        file.Position = 0;
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
    }

    /// <summary>
    /// Whether a packed file ends with the length of what was packed (modulo 2^32), as gzip does. The unpacker itself does not mind a stream cut short, or bytes behind it.
    /// </summary>
    /// <param name="file">The packed file.</param>
    /// <param name="unpacked">How many bytes came out of it.</param>
    public static bool EndsWithLength(Stream file, long unpacked)
    {
        Span<byte> end = stackalloc byte[4];
        if (file.Length < end.Length)
            return false;
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        return BinaryPrimitives.ReadUInt32LittleEndian(end) == (uint)unpacked;
    }
}
