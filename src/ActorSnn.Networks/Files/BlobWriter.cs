using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorSnn.Networks;

/// <summary>Numbers, texts and arrays one after another in a growing run of bytes: integers and IEEE numbers little-endian, lengths first.</summary>
internal sealed class BlobWriter
{
    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    /// <summary>A number by its bits.</summary>
    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>A text by its UTF-16 units, so that even one that is no proper Unicode comes back as it was.</summary>
    public void Text(string value)
    {
        Int32(value.Length);
        Raw(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    /// <summary>Bytes as they are, without their length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Begins a part whose length in bytes stands before it.</summary>
    /// <returns>What <see cref="EndPart"/> needs.</returns>
    public int BeginPart()
    {
        Int32(0);
        return Length;
    }

    public void EndPart(int start) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start - sizeof(int)), Length - start);

    private Span<byte> Take(int count)
    {
        long needed = (long)Length + count;
        if (needed > Array.MaxLength) throw new NetworkException("", $"takes more than {Array.MaxLength:#,0} bytes; give fewer weights, spikes, pairs or frames");
        if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length)));
        var taken = _bytes.AsSpan(Length, count);
        Length = (int)needed;
        return taken;
    }
}
