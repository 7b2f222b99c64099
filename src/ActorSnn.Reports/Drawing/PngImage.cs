using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorSnn.Reports;

/// <summary>A bitmap of colours with opacity, as a PNG file (ISO/IEC 15948): eight bits a channel, RGBA, one IDAT, no filter.</summary>
internal sealed class PngImage(int width, int height)
{
    private const int Channels = 4;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c >> 1) ^ (0xEDB88320u & (0 - (c & 1)))))];

    private readonly byte[] _pixels = new byte[width * height * Channels];

    public int Width => width;

    public int Height => height;

    /// <summary>Sets a pixel.</summary>
    /// <param name="x">Column, from the left.</param>
    /// <param name="y">Row, from the top.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="opacity">0 to 1.</param>
    public void Set(int x, int y, Rgb colour, double opacity)
    {
        var pixel = _pixels.AsSpan((y * width + x) * Channels, Channels);
        pixel[0] = colour.Red;
        pixel[1] = colour.Green;
        pixel[2] = colour.Blue;
        pixel[3] = (byte)Math.Round(255 * Math.Clamp(opacity, 0, 1));
    }

    public string ToDataUri() => $"data:image/png;base64,{Convert.ToBase64String(ToBytes())}";

    public byte[] ToBytes()
    {
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits a channel
        header[9] = 6; // red, green, blue, alpha
        WriteChunk(file, "IHDR"u8, header);
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(_pixels, row * width * Channels, width * Channels);
            }
        }
        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(data, Crc(type, ~0u)));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes, uint crc)
    {
        foreach (byte b in bytes) crc = (crc >> 8) ^ CrcTable[(byte)crc ^ b];
        return crc;
    }
}
