using ActorSnn.Mesh.Links;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// Writes the bytes of a part of a checkpoint, little-endian: eight letters "actorsnn"; what it holds and the version of the format, two bytes each; the 32 bytes of the
/// network's hash; the number of slices, and for each population, start and count, four bytes each; then what the kind of part says; at the end
/// the CRC-32C of all before it.
/// </summary>
internal sealed class PartWriter
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int _length;

    public PartWriter(PartKind kind, ushort version, Network network, SliceSet slices)
    {
        Write(Magic);
        Write((ushort)kind);
        Write(version);
        Write<byte>(Convert.FromHexString(network.Hash));
        Write(slices.All.Count());
        foreach (var slice in slices.All)
        {
            Write(slice.Population);
            Write(slice.Start);
            Write(slice.Count);
        }
    }

    public static ReadOnlySpan<byte> Magic => "actorsnn"u8;

    public void Write<T>(T value) where T : unmanaged => MemoryMarshal.Write(Reserve(Unsafe.SizeOf<T>()), value);

    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(Reserve(bytes.Length));
    }

    /// <summary>The bytes; the writer is of no more use.</summary>
    public byte[] Finish()
    {
        Write(Crc32C.Of(_buffer.AsSpan(0, _length)));
        byte[] part = GC.AllocateUninitializedArray<byte>(_length);
        _buffer.AsSpan(0, _length).CopyTo(part);
        ArrayPool<byte>.Shared.Return(_buffer);
        return part;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            if (count > Array.MaxLength - _length) throw new IOException($"a part of a checkpoint takes more than {Array.MaxLength:#,0} bytes; run the network on more nodes");
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)_length + count)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        var room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }
}
