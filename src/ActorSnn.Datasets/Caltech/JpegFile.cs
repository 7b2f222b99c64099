using System.Runtime.InteropServices;
using ActorSnn.Datasets.Native;
using static ActorSnn.Datasets.Native.TurboJpegApi;

namespace ActorSnn.Datasets.Caltech;

/// <summary>Decodes JPEG files, by libturbojpeg.</summary>
internal static unsafe class JpegFile
{
    // Photographs have some tens of millions; a header that promises more lies.
    private const long MostPixels = 100_000_000;

    /// <summary>
    /// Decodes an image to gray levels: to red, green and blue first, and from these with the weights of ITU-R BT.601, (19595 red + 38470 green + 7471 blue + 32768) / 65536, as
    /// common programs do. An image that is gray already stays as it is.
    /// </summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="DatasetException">libturbojpeg is missing; or the file is no JPEG, damaged or truncated.</exception>
    public static GrayImage ReadGray(ReadOnlySpan<byte> content, string name)
    {
        SystemLibrary.TurboJpeg.Require(name);
        if (content is not [0xFF, 0xD8, ..])
            throw new DatasetException($"{name} is no JPEG file; get it again");
        nint decoder = tjInitDecompress();
        if (decoder == 0)
            throw new OutOfMemoryException("libturbojpeg has no memory for a decoder");
        try
        {
            fixed (byte* bytes = content)
            {
                var length = new CULong((nuint)content.Length);
                if (tjDecompressHeader3(decoder, bytes, length, out int width, out int height, out _, out _) != 0 || width < 1 || height < 1)
                    throw Damaged(name, decoder);
                if ((long)width * height > MostPixels)
                    throw new DatasetException($"{name} is damaged: its header gives {width}x{height} pixels; get the file again");
                var colours = new byte[3 * width * height];
                fixed (byte* to = colours)
                {
                    if (tjDecompress2(decoder, bytes, length, to, width, 3 * width, height, Rgb, AccurateTransform) != 0)
                        throw Damaged(name, decoder);
                }

                var gray = new byte[width * height];
                for (int pixel = 0; pixel < gray.Length; pixel++)
                    gray[pixel] = (byte)((19595 * colours[3 * pixel] + 38470 * colours[3 * pixel + 1] + 7471 * colours[3 * pixel + 2] + 32768) >> 16);
                return new GrayImage(height, width, gray);
            }
        }
        finally
        {
            _ = tjDestroy(decoder);
        }
    }

    private static DatasetException Damaged(string name, nint decoder)
    {
        string reason = Marshal.PtrToStringUTF8((nint)tjGetErrorStr2(decoder))?.ReplaceLineEndings(" ").Trim() ?? "";
        return new DatasetException($"{name} is damaged or truncated ({reason}); get the file again");
    }
}
