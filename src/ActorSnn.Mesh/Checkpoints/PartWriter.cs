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
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

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

    public byte[] Finish()
    {
        Write(Crc32C.Of(_bytes.WrittenSpan));
        return _bytes.WrittenSpan.ToArray();
    }

    private Span<byte> Reserve(int count)
    {
        var room = _bytes.GetSpan(count)[..count];
        _bytes.Advance(count);
        return room;
    }
}
