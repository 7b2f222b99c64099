using System.Runtime.InteropServices;

namespace ActorSnn.Datasets.Native;

/// <summary>What is used of the TurboJPEG interface of libjpeg-turbo, 2.0 or newer, under its own names. A result of -1 is a failure or a warning.</summary>
internal static unsafe partial class TurboJpegApi
{
    /// <summary>Red, green and blue, a byte each (TJPF_RGB).</summary>
    public const int Rgb = 0;

    /// <summary>The accurate inverse transform, which gives the same pixels on every machine (TJFLAG_ACCURATEDCT).</summary>
    public const int AccurateTransform = 4096;

    private const string Library = SystemLibrary.TurboJpegName;

    [LibraryImport(Library)]
    public static partial nint tjInitDecompress();

    [LibraryImport(Library)]
    public static partial int tjDestroy(nint decoder);

    [LibraryImport(Library)]
    public static partial int tjDecompressHeader3(nint decoder, byte* bytes, CULong length, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(Library)]
    public static partial int tjDecompress2(nint decoder, byte* bytes, CULong length, byte* pixels, int width, int bytesPerRow, int height, int pixelFormat, int flags);

    [LibraryImport(Library)]
    public static partial byte* tjGetErrorStr2(nint decoder);
}
