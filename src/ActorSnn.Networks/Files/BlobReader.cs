using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorSnn.Networks;

/// <summary>
/// Reads what <see cref="BlobWriter"/> wrote and believes none of it: nothing is read beyond the end, and memory is taken only for what is there.
/// </summary>
/// <param name="bytes">The bytes.</param>
/// <param name="part">What they are, for errors.</param>
internal sealed class BlobReader(ReadOnlyMemory<byte> bytes, string part)
{
    private int _at;

    public bool AtEnd => _at == bytes.Length;

    public byte Byte() => Take(1)[0];

    /// <summary>A yes or no, written as 1 or 0.</summary>
    public bool Flag() => Choice(2) == 1;

    /// <summary>A number below <paramref name="count"/>, written as a byte.</summary>
    public int Choice(int count)
    {
        byte value = Byte();
        return value < count ? value : throw Damaged($"{value} stands where a number below {count} belongs");
    }

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public double Double() => BitConverter.Int64BitsToDouble(Int64());

    public string Text()
    {
        int length = Count(sizeof(char));
        return new string(MemoryMarshal.Cast<byte, char>(Take(length * sizeof(char))));
    }

    /// <summary>The number of items that follow, as far as there are bytes for them.</summary>
    /// <param name="leastBytes">Fewest bytes an item takes.</param>
    public int Count(int leastBytes)
    {
        int count = Int32();
        return count >= 0 && count <= (bytes.Length - _at) / leastBytes ? count : throw Damaged($"{count} items do not fit into it");
    }

    /// <summary>The index of one of <paramref name="count"/> things.</summary>
    public int Index(int count)
    {
        int index = Int32();
        return (uint)index < (uint)count ? index : throw Damaged($"number {index} of {count}");
    }

    /// <summary>An array of plain numbers, length first.</summary>
    public T[] Array<T>() where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        var values = new T[Count(size)];
        Take(values.Length * size).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Bytes as they are.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - _at) throw Damaged("it ends early");
        var taken = bytes.Span.Slice(_at, count);
        _at += count;
        return taken;
    }

    /// <summary>A part whose length stands before it.</summary>
    public BlobReader Part(string name)
    {
        int length = Count(1);
        _at += length;
        return new BlobReader(bytes.Slice(_at - length, length), name);
    }

    /// <exception cref="NetworkException">There is more.</exception>
    public void RequireEnd()
    {
        if (!AtEnd) throw Damaged($"{bytes.Length - _at:#,0} bytes too many");
    }

    public NetworkException Damaged(string problem) => new("", $"is damaged: {part}: {problem}");
}
