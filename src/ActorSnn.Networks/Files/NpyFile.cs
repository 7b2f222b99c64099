using System.Runtime.InteropServices;

namespace ActorSnn.Networks;

/// <summary>One array in a file of its own, in numpy's NPY format 1.0: little-endian, row-major.</summary>
internal static class NpyFile
{
    /// <summary>Writes a new file and flushes it to disk.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">Sizes of the dimensions; their product is the number of values.</param>
    public static void Write<T>(string path, T[] values, params ReadOnlySpan<int> shape) where T : unmanaged
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
    public static T[] Read<T>(string path, params ReadOnlySpan<int> shape) where T : unmanaged
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
}
