using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorSnn.Datasets;

/// <summary>
/// Reads the IDX format of MNIST and its relatives, plain or gzip (told apart by content, not by name): big-endian 32-bit
/// magic number and sizes, then one byte a pixel or label.
/// <para>
/// A header is believed only after the bytes it promises have been counted, so a file that lies costs no memory. Reading takes
/// the memory of the result and some small buffers; a packed file is unpacked twice for that.
/// </para>
/// </summary>
public static class IdxFile
{
    private const uint ImagesMagic = 0x00000803;
    private const uint LabelsMagic = 0x00000801;

    /// <summary>Reads a file of images and the file of their labels.</summary>
    /// <param name="name">What the set will be called.</param>
    /// <param name="imagesPath">Magic number 2051: count, rows, columns, then count*rows*columns pixels.</param>
    /// <param name="labelsPath">Magic number 2049: count, then count labels.</param>
    /// <param name="classes">Number of classes, 1 to 256.</param>
    /// <param name="firstLabel">The label that stands for class 0 in the file; the others follow.</param>
    /// <exception cref="DatasetException">
    /// A file is missing, unreadable, empty, truncated, too long, not IDX or corrupt gzip; or the two do not belong together.
    /// </exception>
    public static LabelledImages Read(string name, string imagesPath, string labelsPath, int classes, int firstLabel = 0) =>
        Read(name, new DataFile(imagesPath), new DataFile(labelsPath), classes, firstLabel);

    /// <inheritdoc cref="Read(string, string, string, int, int)"/>
    internal static LabelledImages Read(string name, DataFile imagesFile, DataFile labelsFile, int classes, int firstLabel = 0)
    {
        var (labels, _) = ReadArray(labelsFile, LabelsMagic);
        var lastLabel = firstLabel + classes - 1;
        var outside = labels.AsSpan().IndexOfAnyExceptInRange((byte)firstLabel, (byte)lastLabel);
        if (outside >= 0)
            throw new DatasetException(
                $"{labelsFile}: label {labels[outside]} at index {outside}; {name} has {classes} classes, labels {firstLabel} to {lastLabel}");
        if (firstLabel > 0)
        {
            for (var n = 0; n < labels.Length; n++)
                labels[n] -= (byte)firstLabel;
        }

        var (pixels, shape) = ReadArray(imagesFile, ImagesMagic);
        if (shape[0] != labels.Length)
            throw new DatasetException(
                $"{imagesFile} holds {shape[0]} images, but {labelsFile} holds {labels.Length} labels; "
                + "they must be a pair of equal counts");
        return new LabelledImages(name, shape[1], shape[2], pixels, labels, classes);
    }

    private static (byte[] Bytes, int[] Shape) ReadArray(DataFile source, uint magic)
    {
        string path = source.ToString();
        try
        {
            using var file = source.Open();
            var packed = GzipFile.IsPacked(file);
            int[] shape;
            using (var unpacked = Unpack(file, packed))
            {
                Stream content = unpacked ?? file;
                shape = ReadHeader(content, path, magic);
                var promised = Length(shape);
                var present = packed ? CountUpTo(content, promised + 1L) : file.Length - file.Position;
                if (present < promised)
                    throw new DatasetException(
                        $"{path} is truncated: its header promises {Describe(shape)} = {promised} bytes, "
                        + $"but {present} follow; get the whole file again");
                if (present > promised)
                    throw new DatasetException(
                        $"{path} goes on after its end: its header promises {Describe(shape)} = {promised} bytes, "
                        + "and more follow; get the file again");
                if (packed && !GzipFile.EndsWithLength(file, HeaderLength(shape.Length) + promised))
                    throw new DatasetException(
                        $"{path} is corrupt gzip: it does not end with the {HeaderLength(shape.Length) + promised} bytes' own length, "
                        + "so it is cut short or something follows; get the file again");
            }

            using (var unpacked = Unpack(file, packed))
            {
                Stream content = unpacked ?? file;
                content.ReadExactly(stackalloc byte[HeaderLength(shape.Length)]);
                var bytes = new byte[Length(shape)];
                content.ReadExactly(bytes);
                return (bytes, shape);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"{path} does not exist; an IDX {Kind(magic)} file, plain or gzip, belongs there", e);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{path} is corrupt gzip; get the file again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} cannot be read as an IDX {Kind(magic)} file: {e.Message}", e);
        }
    }

    // Null for a plain file, which is its own content.
    private static GZipStream? Unpack(Stream file, bool packed)
    {
        file.Position = 0;
        return packed ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
    }

    private static int HeaderLength(int dimensions) => 4 + 4 * dimensions;

    private static int[] ReadHeader(Stream content, string path, uint magic)
    {
        var header = new byte[HeaderLength(magic == ImagesMagic ? 3 : 1)];
        var read = content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read == 0)
            throw new DatasetException($"{path} is empty; an IDX {Kind(magic)} file starts with the number {magic}");
        if (read >= 4 && BinaryPrimitives.ReadUInt32BigEndian(header) is var found && found != magic)
        {
            var what = found switch { ImagesMagic => ", an IDX image file", LabelsMagic => ", an IDX label file", _ => "" };
            throw new DatasetException(
                $"{path} starts with the number {found} (0x{found:x8}){what}; "
                + $"an IDX {Kind(magic)} file starts with {magic} (0x{magic:x8})");
        }

        if (read < header.Length)
            throw new DatasetException(
                $"{path} is truncated: {read} bytes, less than the {header.Length} of the header of an IDX {Kind(magic)} file; "
                + "get the whole file again");

        var shape = new int[(header.Length - 4) / 4];
        var length = 1.0;
        for (var d = 0; d < shape.Length; d++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + 4 * d));
            shape[d] = unchecked((int)size);
            length *= size;
        }

        if (length < 1 || length > Array.MaxLength)
        {
            var sizes = string.Join("x", shape.Select(size => unchecked((uint)size)));
            throw new DatasetException(
                $"{path}: its header gives the sizes {sizes}; "
                + $"they must be at least 1 and make no more than {Array.MaxLength} bytes together");
        }

        return shape;
    }

    private static int Length(int[] shape) => shape.Aggregate(1, (length, size) => length * size);

    private static long CountUpTo(Stream content, long limit)
    {
        var buffer = new byte[1 << 16];
        long count = 0;
        while (count < limit && content.Read(buffer) is > 0 and var read)
            count += read;
        return Math.Min(count, limit);
    }

    private static string Kind(uint magic) => magic == ImagesMagic ? "image" : "label";

    private static string Describe(int[] shape) => shape.Length == 3 ? $"{shape[0]} images of {shape[1]}x{shape[2]}" : $"{shape[0]} labels";
}
