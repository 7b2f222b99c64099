using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorSnn.Cli.Tests;

/// <summary>Small data sets in the IDX format, good and bad.</summary>
internal static class Idx
{
    public const int Count = 30;

    private const int Side = 28;

    /// <summary>Four files under their published names.</summary>
    public static void WriteSet(Cli cli, string directory)
    {
        foreach (string part in (string[])["train", "t10k"])
        {
            cli.Write($"{directory}/{part}-images-idx3-ubyte", Images());
            cli.Write($"{directory}/{part}-labels-idx1-ubyte", Labels());
        }
    }

    /// <summary>Images of caltech: 203 faces, dark above, and 203 motorbikes, dark below.</summary>
    public static void WriteCaltech(Cli cli)
    {
        const int Each = 203, Rows = 160, Columns = 250;
        var pixels = new byte[2 * Each * Rows * Columns];
        for (int n = 0; n < 2 * Each; n++) pixels.AsSpan((2 * n + n / Each) * (Rows / 2) * Columns, Rows / 2 * Columns).Fill((byte)(255 - n % 50));
        cli.Write("data/caltech/derived-gray-160x250-images-idx3-ubyte", [.. Header(2051, 2 * Each, Rows, Columns), .. pixels]);
        cli.Write("data/caltech/derived-gray-160x250-labels-idx1-ubyte", [.. Header(2049, 2 * Each), .. Enumerable.Range(0, 2 * Each).Select(n => (byte)(n / Each))]);
    }

    public static byte[] Images() => [.. Header(2051, Count, Side, Side), .. Enumerable.Range(0, Count * Side * Side).Select(i => (byte)(i * 2654435761u >> 24))];

    public static byte[] Labels() => [.. Header(2049, Count), .. Enumerable.Range(0, Count).Select(i => (byte)(i % 10))];

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Header(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }
}
