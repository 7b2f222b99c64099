using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorSnn.Datasets.Tests;

/// <summary>Writes the IDX format, honestly or not.</summary>
internal static class Idx
{
    public static byte[] Images(int count, int rows, int columns, byte[] pixels) =>
        [.. Header(2051, (uint)count, (uint)rows, (uint)columns), .. pixels];

    public static byte[] Labels(params byte[] labels) => [.. Header(2049, (uint)labels.Length), .. labels];

    public static byte[] Header(params uint[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var n = 0; n < numbers.Length; n++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * n), numbers[n]);
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>The same bytes every time, of all values.</summary>
    public static byte[] Pixels(int count)
    {
        var pixels = new byte[count];
        for (var p = 0; p < count; p++)
            pixels[p] = (byte)(p * 2654435761u >> 24);
        return pixels;
    }
}
