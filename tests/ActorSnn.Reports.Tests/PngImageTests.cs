using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ActorSnn.Reports.Tests;

public sealed class PngImageTests
{
    [Fact]
    public void The_file_is_a_PNG_with_the_pixels_that_were_set()
    {
        var image = new PngImage(3, 2);
        image.Set(0, 0, new Rgb(1, 2, 3), 1);
        image.Set(2, 1, new Rgb(200, 100, 50), 0.5);
        byte[] file = image.ToBytes();
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        var chunks = Chunks(file);
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(c => c.Type));
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 2, 8, 6, 0, 0, 0], chunks[0].Data);
        var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress)) zlib.CopyTo(pixels);
        Assert.Equal(
            [0, 1, 2, 3, 255, 0, 0, 0, 0, 0, 0, 0, 0, /* second row */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 100, 50, 128],
            pixels.ToArray());
        Assert.Empty(chunks[2].Data);
    }

    [Fact]
    public void The_end_chunk_has_the_checksum_the_standard_gives()
    {
        byte[] file = new PngImage(1, 1).ToBytes();
        Assert.Equal([0xAE, 0x42, 0x60, 0x82], file[^4..]);
    }

    private static List<(string Type, byte[] Data)> Chunks(byte[] file)
    {
        var chunks = new List<(string, byte[])>();
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }
        return chunks;
    }
}
