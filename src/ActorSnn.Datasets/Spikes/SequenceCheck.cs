using System.Buffers.Binary;
using ActorSnn.Datasets.Native;
using static ActorSnn.Datasets.Native.Hdf5Api;

namespace ActorSnn.Datasets.Spikes;

/// <summary>
/// Looks at what an HDF5 file says of the lengths of its sequences before libhdf5 does, which believes it: where the length of a sequence and that of its storage differ it
/// reads beyond its memory. (HDF5 File Format Specification 2.0: III.E "global heap", IV.A.2.d "variable-length datatype".) Sequences of items that are compressed are
/// left to the library.
/// </summary>
internal sealed unsafe class SequenceCheck(Stream file)
{
    // Length (4 bytes), address of the collection (8), index within it (4).
    private const int ReferenceSize = 16;

    // Signature and version (8 bytes), size of the collection (8); then for each object its index (2), references (2), reserved (4) and size (8), and its bytes up to a multiple of 8.
    private const int HeaderSize = 16;

    private const int ChunkedLayout = 2;

    private readonly Dictionary<long, Dictionary<ushort, long>?> _collections = [];

    /// <summary>Whether the sequences of an item are as long as their storage.</summary>
    /// <param name="dataset">The item, of one dimension.</param>
    /// <param name="space">Its space in the file.</param>
    /// <param name="length">Number of sequences.</param>
    /// <param name="elementSize">Bytes of an element in the file.</param>
    public bool Passes(long dataset, long space, int length, int elementSize)
    {
        long properties = H5Dget_create_plist(dataset);
        bool isCompressed = H5Pget_nfilters(properties) != 0;
        bool isChunked = H5Pget_layout(properties) == ChunkedLayout;
        _ = H5Idec_ref(properties);
        if (isCompressed)
            return true;
        if (!isChunked)
            return H5Dget_offset(dataset) is var address && (address == ulong.MaxValue || HasSequences(address, (ulong)length * ReferenceSize, elementSize)); // never written
        ulong chunks;
        if (H5Dget_num_chunks(dataset, space, &chunks) < 0)
            return false;
        for (ulong chunk = 0; chunk < chunks; chunk++)
        {
            ulong first, size, at;
            uint mask;
            if (H5Dget_chunk_info(dataset, space, chunk, &first, &mask, &at, &size) < 0 || !HasSequences(at, size, elementSize))
                return false;
        }
        return true;
    }

    private bool HasSequences(ulong address, ulong size, int elementSize)
    {
        if (ReadAt(address, size) is not { } references)
            return false;
        for (int at = 0; at + ReferenceSize <= references.Length; at += ReferenceSize)
        {
            var reference = references.AsSpan(at, ReferenceSize);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(reference);
            long collection = BinaryPrimitives.ReadInt64LittleEndian(reference[4..]);
            uint index = BinaryPrimitives.ReadUInt32LittleEndian(reference[12..]);
            if (length == 0 && collection == 0)
                continue; // never written
            if (index > ushort.MaxValue || ObjectsOf(collection) is not { } objects || !objects.TryGetValue((ushort)index, out long stored) || stored != length * elementSize)
                return false;
        }
        return true;
    }

    // Null if it is none.
    private Dictionary<ushort, long>? ObjectsOf(long collection)
    {
        if (!_collections.TryGetValue(collection, out var objects))
            _collections.Add(collection, objects = ReadCollection((ulong)collection));
        return objects;
    }

    private Dictionary<ushort, long>? ReadCollection(ulong address)
    {
        if (ReadAt(address, HeaderSize) is not { } header || !header.AsSpan().StartsWith("GCOL\x01"u8))
            return null;
        if (ReadAt(address, BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8))) is not { } bytes)
            return null;
        var objects = new Dictionary<ushort, long>();
        for (long at = HeaderSize; at + HeaderSize <= bytes.Length;)
        {
            var start = bytes.AsSpan((int)at, HeaderSize);
            ushort index = BinaryPrimitives.ReadUInt16LittleEndian(start);
            long size = BinaryPrimitives.ReadInt64LittleEndian(start[8..]);
            if (index == 0)
                return size == bytes.Length - at ? objects : null; // the free space at the end counts its own head
            if (size < 0 || size > bytes.Length - at - HeaderSize || !objects.TryAdd(index, size))
                return null;
            at += HeaderSize + (size + 7) / 8 * 8;
        }
        return objects;
    }

    // Null if the file does not reach so far.
    private byte[]? ReadAt(ulong address, ulong size)
    {
        if (size > (ulong)Array.MaxLength || address > (ulong)file.Length || size > (ulong)file.Length - address)
            return null;
        var bytes = new byte[size];
        file.Position = (long)address;
        file.ReadExactly(bytes);
        return bytes;
    }
}
