using System.Runtime.InteropServices;
using System.Text;

namespace ActorSnn.Networks;

/// <summary>What an array in a file of ours is made of: little-endian numbers of one of numpy's types.</summary>
internal sealed record ArchiveType(string Name, string Descriptor, int Size, Type Element, Func<int, Array> Allocate)
{
    public static IReadOnlyList<ArchiveType> All { get; } =
    [
        new("i1", "|i1", 1, typeof(sbyte), n => new sbyte[n]),
        new("i2", "<i2", 2, typeof(short), n => new short[n]),
        new("i8", "<i8", 8, typeof(long), n => new long[n]),
        new("u8", "<u8", 8, typeof(ulong), n => new ulong[n]),
        new("f4", "<f4", 4, typeof(float), n => new float[n]),
        new("f8", "<f8", 8, typeof(double), n => new double[n]),
    ];

    public static ArchiveType Of<T>() =>
        All.FirstOrDefault(t => t.Element == typeof(T)) ?? throw new NotSupportedException($"arrays of {typeof(T).Name}");
}

/// <summary>The head of numpy's NPY format, version 1.0, for arrays in row-major order.</summary>
internal static class NpyHeader
{
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Magic, version, length, and the dictionary padded with blanks so that the data starts on a multiple of 64 bytes.</summary>
    public static byte[] Of(ArchiveType type, ReadOnlySpan<int> shape)
    {
        string sizes = shape.Length == 1 ? $"{shape[0]}," : string.Join(", ", shape.ToArray());
        string dictionary = $"{{'descr': '{type.Descriptor}', 'fortran_order': False, 'shape': ({sizes}), }}";
        int start = Magic.Length + sizeof(ushort);
        int length = (start + dictionary.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        header.AsSpan(start).Fill((byte)' ');
        Magic.CopyTo(header);
        MemoryMarshal.Write(header.AsSpan(Magic.Length), (ushort)(length - start));
        Encoding.ASCII.GetBytes(dictionary, header.AsSpan(start));
        header[^1] = (byte)'\n';
        return header;
    }
}
