using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Embedded;

/// <summary>One core of a <see cref="DisturbableMesh"/>, with its links. Who holds its lock works on it; frames for it may be left at any time.</summary>
internal sealed class DisturbablePart : ILinkSink, IPayloadSink
{
    private readonly Placement _placement;
    private readonly ImmutableArray<CoreLink> _links;
    private readonly int _index;
    private readonly int _runAhead;
    private readonly AutoResetEvent _wake;
    private readonly Dictionary<int, PartLink> _peers = [];
    private readonly ConcurrentQueue<(PartLink Link, byte[] Frame)> _inbox = new();
    private readonly object _gate = new();
    private NodeGateway _gateway = null!;
    private PartLink? _receiving;
    private double _now;
    private long _epoch;

    public DisturbablePart(Placement placement, ImmutableArray<CoreLink> links, int index, CoreMachine machine, int runAhead, AutoResetEvent wake)
    {
        (_placement, _links, _index, _runAhead, _wake) = (placement, links, index, runAhead, wake);
        Begin(machine, epoch: 0);
    }

    // Nobody waits between two processes here, so all times can be short. A peer never is lost.
    private static LinkOptions LinkOptions { get; } = new()
    {
        AcknowledgeAfterMs = 2, RetransmitAfterMs = 10, RetransmitAtMostMs = 100, AskAgainAfterMs = 5, HeartbeatMs = 50, DetectionMs = int.MaxValue, MaxRetransmissions = int.MaxValue,
    };

    /// <summary>The core, in a group of its own.</summary>
    public CoreGroup Group { get; private set; } = null!;

    public EmbeddedCore Core => Group.Cores[0];

    /// <summary>What was done to what it sent, and noticed in what it got.</summary>
    public FaultCounts Counts
    {
        get
        {
            lock (_gate) return _peers.Values.Aggregate(new FaultCounts(), (sum, peer) => sum + peer.Disturber.Counts + FaultCounts.Noticed(peer.Machine.Counters));
        }
    }

    /// <summary>Connects two parts.</summary>
    public static void Connect(DisturbablePart a, DisturbablePart b)
    {
        var there = new PartLink(a, b);
        var back = new PartLink(b, a);
        (there.Other, back.Other) = (back, there);
        a._peers[b._index] = there;
        b._peers[a._index] = back;
        there.Machine.Connected(0, 0, there);
        back.Machine.Connected(0, 0, back);
    }

    /// <summary>Goes on with a machine at its core's tick, while everything stands still.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="epoch">What is under way from an older one is refused.</param>
    public void Begin(CoreMachine machine, long epoch)
    {
        lock (_gate)
        {
            machine.Reset();
            Group = new CoreGroup(_placement, [machine], _runAhead, threads: 1);
            _gateway = new NodeGateway(_placement, _links, [.. _placement.Cores.Select(c => c.Index)], _index, Group, _runAhead);
            _epoch = epoch;
        }
    }

    /// <summary>Takes what has come in, runs the core as far as possible, and sends what came of it and what is due.</summary>
    /// <param name="now">The time, in milliseconds.</param>
    /// <returns>Whether anything has come in or any tick was run.</returns>
    public bool Advance(double now)
    {
        lock (_gate)
        {
            _now = now;
            bool any = false;
            while (_inbox.TryDequeue(out var arrived))
            {
                _receiving = arrived.Link;
                arrived.Link.Machine.Receive(arrived.Frame, (long)now, this);
                any = true;
            }
            any |= Group.AdvanceHere();
            _gateway.Collect(idle: !any, this);
            foreach (var peer in _peers.Values) peer.Advance(now);
            return any;
        }
    }

    /// <summary>Begins to disturb the way to another core, if there is one.</summary>
    public void Disturb(int to, int fault, FrameFault what, ulong seed)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(to, out var peer)) peer.Disturber.Begin(fault, what, seed);
        }
    }

    /// <summary>Ends what a fault did to links.</summary>
    public void Mend(int fault)
    {
        lock (_gate)
        {
            foreach (var peer in _peers.Values) peer.Disturber.End(fault);
        }
    }

    Delivery ILinkSink.Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
    {
        if (epoch != _epoch) return epoch < _epoch ? Delivery.Refused : Delivery.NotYet;
        if (_gateway.Deliver(_receiving!.To._index, payload) is { } problem) throw new InvalidOperationException(problem);
        return Delivery.Taken;
    }

    void IPayloadSink.Send(int node, ReadOnlySpan<byte> payload) => _peers[node].Machine.Send((long)_now, 0, _epoch, payload);

    /// <summary>One end of a link: its machine, and the way to the other end.</summary>
    private sealed class PartLink(DisturbablePart from, DisturbablePart to) : ILinkOutbox
    {
        private readonly Wire _wire = new(from, to);

        public DisturbablePart To { get; } = to;

        public LinkMachine Machine { get; } = new((ulong)from._index + 1, (ulong)to._index + 1, 0, LinkOptions);

        public LinkDisturber Disturber { get; } = new($"{from._index}", $"{to._index}");

        /// <summary>The other end.</summary>
        public PartLink Other { set => _wire.End = value; }

        public void Advance(double now)
        {
            Disturber.Advance(now, _wire);
            Machine.Advance((long)now);
        }

        public void Transmit(ReadOnlySpan<byte> frame) => Disturber.Send(from._now, frame, _wire);
    }

    private sealed class Wire(DisturbablePart from, DisturbablePart to) : ILinkOutbox
    {
        public PartLink End { get; set; } = null!;

        public void Transmit(ReadOnlySpan<byte> frame)
        {
            to._inbox.Enqueue((End, frame.ToArray()));
            if (to._wake != from._wake) to._wake.Set();
        }
    }
}
