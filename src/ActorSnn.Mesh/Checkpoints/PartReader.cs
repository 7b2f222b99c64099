using ActorSnn.Mesh.Links;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>Reads what <see cref="PartWriter"/> wrote, and believes nothing: everything it finds wrong is an <see cref="ArchiveException"/>.</summary>
internal ref struct PartReader
{
    private readonly string _name;
    private ReadOnlySpan<byte> _rest;

    /// <param name="part">The bytes.</param>
    /// <param name="name">What to call the part in errors.</param>
    /// <param name="kind">What it must hold.</param>
    /// <param name="version">The version it must have.</param>
    public PartReader(ReadOnlySpan<byte> part, string name, PartKind kind, ushort version)
    {
        _name = name;
        if (!part.StartsWith(PartWriter.Magic)) throw new ArchiveException(name, "is no part of a checkpoint: it does not begin as one does");
        _rest = part[PartWriter.Magic.Length..];
        ushort found = Read<ushort>();
        if (found != (ushort)kind)
            throw new ArchiveException(name, $"is a part of kind {(Enum.IsDefined((PartKind)found) ? (PartKind)found : found)}; one of kind {kind} is needed");
        if (Read<ushort>() is var other && other != version) throw new ArchiveException(name, $"format version {other}; this build reads version {version}");
        if (_rest.Length < sizeof(uint) || Crc32C.Of(part[..^sizeof(uint)]) != MemoryMarshal.Read<uint>(part[^sizeof(uint)..]))
            throw Damaged("it does not match its checksum");
        _rest = _rest[..^sizeof(uint)];
        NetworkHash = Convert.ToHexStringLower(Take(32));
    }

    /// <summary>Hash of the network the part is of.</summary>
    public string NetworkHash { get; }

    /// <summary>The rest of the head: the neurons the part is about.</summary>
    /// <param name="network">The network the part must be of.</param>
    public SliceSet ReadSlices(Network network)
    {
        if (NetworkHash != network.Hash) throw new ArchiveException(_name, $"is of network {NetworkHash[..12]}; this one is {network.Hash[..12]}");
        var slices = new SliceSet(network);
        for (int left = Read<int>(); left > 0; left--)
        {
            var slice = new Slice(Read<int>(), Read<int>(), Read<int>());
            if (slices.Problem(slice) is { } problem) throw Damaged(problem);
            slices.Add(slice);
        }
        return slices;
    }

    public T Read<T>() where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    public void Read<T>(scoped Span<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Take(bytes.Length).CopyTo(bytes);
    }

    /// <summary>A list whose length the part gives; memory is taken only when all of it is there.</summary>
    public T[] ReadArray<T>(int count) where T : unmanaged
    {
        if (count < 0 || count > _rest.Length / Unsafe.SizeOf<T>()) throw Damaged($"a list of {count} in {_rest.Length} bytes");
        var values = new T[count];
        Read<T>(values);
        return values;
    }

    /// <summary>Numbers of at least 0.</summary>
    public void ReadCounts(scoped Span<long> counts, string what)
    {
        Read(counts);
        foreach (long count in counts)
        {
            if (count < 0) throw Damaged($"{what} of {count}");
        }
    }

    /// <summary>Requires that nothing is left.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty) throw Damaged($"{_rest.Length} bytes too many");
    }

    public readonly ArchiveException Damaged(string how) => new(_name, $"is damaged: {how}; use another copy");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Damaged("it is cut short");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
