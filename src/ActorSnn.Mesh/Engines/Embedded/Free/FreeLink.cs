using System.Collections.Concurrent;

namespace ActorSnn.Mesh.Embedded;

/// <summary>A link between cores in free timing: a queue of packets that never makes its writer wait, with one writer and one reader.</summary>
/// <param name="consumer">Who reads.</param>
internal sealed class FreeLink(LinkEnd consumer)
{
    private readonly ConcurrentQueue<SpikePacket> _underWay = new();
    private readonly ConcurrentQueue<SpikePacket> _unused = new();

    public LinkEnd Consumer { get; } = consumer;

    /// <summary>Writer: a packet to fill.</summary>
    public SpikePacket Rent() => _unused.TryDequeue(out var packet) ? packet : new SpikePacket();

    /// <summary>Writer: sends a packet that has been ended.</summary>
    public void Send(SpikePacket packet) => _underWay.Enqueue(packet);

    /// <summary>Reader: the packet that comes next; null when there is none.</summary>
    public SpikePacket? Peek() => _underWay.TryPeek(out var packet) ? packet : null;

    /// <summary>Reader: gives back the packet that <see cref="Peek"/> gave, for others to be sent in it.</summary>
    public void Return()
    {
        if (_underWay.TryDequeue(out var packet)) _unused.Enqueue(packet);
    }

    /// <summary>Forgets what is under way, while writer and reader stand still.</summary>
    public void Reset() => _underWay.Clear();
}
