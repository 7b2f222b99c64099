using System.Numerics;
using System.Runtime.InteropServices;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// A link inside one process: a ring of packets with one writer and one reader and no lock. A packet becomes visible by its own first word, so
/// that what the reader polls is what it reads next. Credit keeps the writer from overtaking the reader.
/// </summary>
internal sealed class EmbeddedLink
{
    // Packets are made when they are first used: most rings never fill.
    private readonly SpikePacket?[] _ring;
    private int _written;
    private int _read;

    /// <param name="producer">Who writes.</param>
    /// <param name="consumer">Who reads.</param>
    /// <param name="capacity">Most packets under way: one a tick of run-ahead and delay.</param>
    public EmbeddedLink(LinkEnd producer, LinkEnd consumer, int capacity)
    {
        Producer = producer;
        Consumer = consumer;
        _ring = new SpikePacket?[BitOperations.RoundUpToPowerOf2((uint)capacity)];
    }

    public LinkEnd Producer { get; }

    public LinkEnd Consumer { get; }

    /// <summary>Writer: the next packet to fill.</summary>
    public SpikePacket Next() => _ring[_written++ & (_ring.Length - 1)] ??= new SpikePacket();

    /// <summary>Writer: the packet that <see cref="Next"/> gives next.</summary>
    public SpikePacket Peek() => _ring[_written & (_ring.Length - 1)] ??= new SpikePacket();

    /// <summary>Reader: the packet whose window starts at a tick, once it has been sent.</summary>
    public SpikePacket? TryTake(long firstTick)
    {
        var packet = _ring[_read & (_ring.Length - 1)];
        if (packet is null || !packet.IsPublished(firstTick)) return null;
        _read++;
        return packet;
    }

    /// <summary>Forgets all packets, while writer and reader stand still.</summary>
    public void Reset()
    {
        foreach (var packet in _ring) packet?.Retract();
        _written = _read = 0;
    }
}
