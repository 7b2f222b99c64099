using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorSnn.Networks;

/// <summary>
/// One array in a file of its own, in numpy's NPY format, as <c>numpy.save</c> writes it: little-endian, row-major.
/// </summary>
internal static partial class NpyFile
{
    private const int BytesAtOnce = 1 << 20;
    private const int LongestHeader = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads all numbers of a file of f4, f8, i4 or i8, of any shape, in the file's order; doubles and integers become the nearest float.</summary>
    /// <exception cref="ArchiveException">The file is missing, unreadable, or of another format.</exception>
    public static float[] Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Read(path, file);
        }
        catch (EndOfStreamException e)
        {
            throw new ArchiveException(path, "is cut short", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArchiveException(path, "does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveException(path, Directory.Exists(path) ? "is a directory; give an NPY file" : $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes numbers as one dimension; a file that is there is replaced as a whole.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlyMemory<float> values) => AtomicFile.Write(path, stream =>
    {
        stream.Write(NpyHeader.Of(ArchiveType.Of<float>(), [values.Length]));
        const int Portion = BytesAtOnce / sizeof(float);
        for (int done = 0; done < values.Length; done += Portion)
            stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(done, Math.Min(Portion, values.Length - done))));
    });

    /// <summary>Writes a new file and flushes it to disk.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">Sizes of the dimensions; their product is the number of values.</param>
    public static void Create<T>(string path, T[] values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write(NpyHeader.Of(ArchiveType.Of<T>(), shape));
        stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads a file that must hold one type and shape.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <exception cref="ArchiveException">It is missing or holds something else.</exception>
    public static T[] ReadExactly<T>(string path, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var type = ArchiveType.Of<T>();
        var header = NpyHeader.Of(type, shape);
        long count = 1;
        foreach (int size in shape) count *= size;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var start = new byte[header.Length];
            if (stream.Length != header.Length + count * type.Size || stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length
                || !start.AsSpan().SequenceEqual(header))
                throw new ArchiveException(path, $"is no NPY file of {type.Name} [{string.Join(",", shape.ToArray())}] with all its values");
            var values = new T[count];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveException(path, File.Exists(path) ? "cannot be read" : "does not exist", e);
        }
    }

    private static float[] Read(string path, FileStream file)
    {
        if (!file.CanSeek) throw new ArchiveException(path, "is not a regular file");
        var start = new byte[Magic.Length + 2];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan().StartsWith(Magic))
            throw new ArchiveException(path, "is no NPY file; numpy.save writes one");
        var length = new byte[start[Magic.Length] == 1 ? sizeof(ushort) : sizeof(uint)];
        file.ReadExactly(length);
        uint headerLength = length.Length == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerLength > LongestHeader) throw new ArchiveException(path, $"has a header of {headerLength} bytes; an array of numbers needs less");
        var text = new byte[headerLength];
        file.ReadExactly(text);
        string header = Encoding.Latin1.GetString(text);
        var type = DescriptorPattern().Match(header);
        var shape = ShapePattern().Match(header);
        if (!type.Success || !shape.Success) throw new ArchiveException(path, "has a header without descr and shape; numpy.save writes a good one");
        string[] sizes = shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal) && sizes.Length > 1)
            throw new ArchiveException(path, "is in column-major order; save numpy.ascontiguousarray of it");
        double count = sizes.Select(s => double.Parse(s, CultureInfo.InvariantCulture)).Aggregate(1.0, (a, b) => a * b);
        string descriptor = type.Groups[1].Value;
        int size = descriptor switch
        {
            "<f4" or "<i4" => 4,
            "<f8" or "<i8" => 8,
            _ => throw new ArchiveException(path, $"holds {JsonFields.Quote(descriptor)}; give <f4, <f8, <i4 or <i8"),
        };
        if (count > Array.MaxLength || count * size != file.Length - file.Position)
            throw new ArchiveException(path, $"holds {file.Length - file.Position:#,0} bytes of data for {count:#,0} numbers of {size} bytes");
        var values = new float[(int)count];
        var buffer = new byte[BytesAtOnce];
        for (int done = 0; done < values.Length;)
        {
            int now = Math.Min(values.Length - done, BytesAtOnce / size);
            var bytes = buffer.AsSpan(0, now * size);
            file.ReadExactly(bytes);
            Convert(descriptor, bytes, values.AsSpan(done, now));
            done += now;
        }
        return values;
    }

    private static void Convert(string descriptor, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (descriptor)
        {
            case "<f4": MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values); break;
            case "<f8": Convert<double>(bytes, values, number => (float)number); break;
            case "<i4": Convert<int>(bytes, values, number => number); break;
            case "<i8": Convert<long>(bytes, values, number => number); break;
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, Span<float> values, Func<T, float> convert) where T : unmanaged
    {
        var numbers = MemoryMarshal.Cast<byte, T>(bytes);
        for (int i = 0; i < values.Length; i++) values[i] = convert(numbers[i]);
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex DescriptorPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9,\s]*)\)")]
    private static partial Regex ShapePattern();
}
