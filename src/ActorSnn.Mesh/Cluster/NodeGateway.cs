using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Cluster;

/// <summary>Takes what is to be sent to other nodes.</summary>
internal interface IPayloadSink
{
    /// <summary>Sends a payload; it is copied.</summary>
    /// <param name="node">Position of the receiver in the assignment.</param>
    /// <param name="payload">The payload, of at most <see cref="NodeGateway.MaxPayload"/> bytes.</param>
    void Send(int node, ReadOnlySpan<byte> payload);
}

/// <summary>
/// The links between a node's cores and those of other nodes: packets and credit that go to one node share payloads, and come out of them in its cores' rings. Called by one thread at a time.
/// <para>
/// <b>Payload.</b> Little-endian 64-bit words: records, each with a head word (kind in bits 56..63, number of link or core in bits 32..55, words that follow in bits 0..31). Kind 1: a packet, or the last piece of one;
/// kind 2: a piece of a packet with more to come; kind 3: credit, one word, the last tick the core has run.
/// </para>
/// </summary>
internal sealed class NodeGateway
{
    /// <summary>Longest payload, in bytes.</summary>
    public const int MaxPayload = 65_472;

    private const int MaxWords = MaxPayload / sizeof(ulong);
    private const ulong WholePacket = 1;
    private const ulong PieceOfPacket = 2;
    private const ulong CreditRecord = 3;

    private readonly Network _network;
    private readonly CoreGroup _group;
    private readonly int _runAhead;
    private readonly Peer[] _peers;
    private readonly InwardLink?[] _inward;
    private readonly int[] _nodeOf;

    /// <param name="placement">The placement.</param>
    /// <param name="links">Its links.</param>
    /// <param name="assignment">Which node has which core.</param>
    /// <param name="self">This node's position in the assignment.</param>
    /// <param name="group">This node's cores.</param>
    /// <param name="runAhead">Ticks a core may be ahead of a consumer.</param>
    public NodeGateway(Placement placement, ImmutableArray<CoreLink> links, ImmutableArray<int> assignment, int self, CoreGroup group, int runAhead)
    {
        _network = placement.Network;
        _group = group;
        _runAhead = runAhead;
        _nodeOf = [.. assignment];
        _inward = new InwardLink?[links.Length];
        int nodes = assignment.DefaultIfEmpty(0).Max() + 1;
        _peers = [.. Enumerable.Range(0, Math.Max(nodes, self + 1)).Select(_ => new Peer())];
        var told = new HashSet<(int, int)>();
        for (int i = 0; i < links.Length; i++)
        {
            var link = links[i];
            int from = assignment[link.From];
            int to = assignment[link.To];
            if (from == to || (from != self && to != self)) continue;
            var ring = group.Wires[(link.From, link.To)];
            long tick = group.Ends[from == self ? link.From : link.To].Consumed;
            if (from == self)
            {
                _peers[to].Outward.Add(new OutwardLink(i, ring, tick + 1));
            }
            else
            {
                _inward[i] = new InwardLink(ring, link.Slices, from, tick + 1);
                if (told.Add((from, link.To))) _peers[from].Credits.Add(new Credit(link.To, group.Ends[link.To], tick));
            }
        }
    }

    /// <summary>Takes what the cores have sent since this was last called, and hands it on; what goes to the same node, together.</summary>
    /// <param name="idle">Whether nothing is left to run: credit goes out even alone.</param>
    /// <param name="sink">Takes the payloads.</param>
    public void Collect(bool idle, IPayloadSink sink)
    {
        for (int node = 0; node < _peers.Length; node++)
        {
            var peer = _peers[node];
            foreach (var link in peer.Outward)
            {
                while (link.Ring.TryTake(link.NextTick) is { } packet)
                {
                    link.NextTick = packet.LastTick + 1;
                    Append(node, peer, link.Number, packet.Words, sink);
                }
            }
            // At once, though more may follow soon: a peer that gets it late runs while we wait, and we while it does.
            if (idle || peer.Used > 0) AddCredits(node, peer, sink);
            if (peer.Used > 0) Flush(node, peer, sink);
        }
    }

    /// <summary>Takes a payload from another node. Nothing in it is believed.</summary>
    /// <param name="node">Position of the sender in the assignment.</param>
    /// <param name="payload">The payload.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public string? Deliver(int node, ReadOnlySpan<byte> payload)
    {
        if (payload.Length % sizeof(ulong) != 0) return "a payload that is no whole number of words";
        var words = MemoryMarshal.Cast<byte, ulong>(payload);
        for (int i = 0; i < words.Length;)
        {
            ulong head = words[i++];
            int number = (int)(head >> 32) & 0xFFFFFF;
            uint length = (uint)head;
            if (length > words.Length - i) return "a record longer than its payload";
            var record = words.Slice(i, (int)length);
            i += (int)length;
            string? problem = (head >> 56) switch
            {
                WholePacket => TakePacket(node, number, record, isWhole: true),
                PieceOfPacket => TakePacket(node, number, record, isWhole: false),
                CreditRecord => TakeCredit(node, number, record),
                _ => "a record of an unknown kind",
            };
            if (problem is not null) return problem;
        }
        return null;
    }

    private string? TakePacket(int node, int number, ReadOnlySpan<ulong> words, bool isWhole)
    {
        if (number >= _inward.Length || _inward[number] is not { } link || link.Node != node) return "a packet of a link that does not come from there";
        long latest = link.Ring.Consumer.Consumed + _runAhead;
        if (!isWhole || link.PieceWords > 0)
        {
            if (link.PieceWords + (long)words.Length > MostWords(link)) return "a packet longer than its link can send";
            link.Add(words);
            if (!isWhole) return null;
            words = link.Pieces.AsSpan(0, link.PieceWords);
            link.PieceWords = 0;
        }
        var packet = link.Ring.Peek();
        if (!packet.TryLoad(words, _network, link.Slices.AsSpan(), link.NextTick, latest)) return "a packet that is damaged, or not the next one of its link";
        link.Ring.Next();
        link.NextTick = packet.LastTick + 1;
        return null;
    }

    /// <summary>Words of the longest packet a link may carry: all neurons of its slices in every tick of the run-ahead.</summary>
    private long MostWords(InwardLink link)
    {
        long words = 0;
        foreach (var slice in link.Slices) words += SpikePacket.MostWordsOfEntry(_network, slice);
        return 2 + words * _runAhead;
    }

    private string? TakeCredit(int node, int core, ReadOnlySpan<ulong> words)
    {
        if (words.Length != 1 || core >= _nodeOf.Length || _nodeOf[core] != node) return "credit for a core that is not there";
        var end = _group.Ends[core];
        long tick = (long)words[0];
        if (tick < end.Consumed) return "credit that has been given before";
        end.Consumed = tick;
        return null;
    }

    private static void Append(int node, Peer peer, int link, ReadOnlySpan<ulong> packet, IPayloadSink sink)
    {
        while (true)
        {
            int room = MaxWords - peer.Used - 1;
            if (room < Math.Min(packet.Length, MaxWords / 8))
            {
                Flush(node, peer, sink);
                continue;
            }
            int piece = Math.Min(room, packet.Length);
            peer.Add(piece == packet.Length ? WholePacket : PieceOfPacket, link, packet[..piece]);
            packet = packet[piece..];
            if (packet.IsEmpty) return;
        }
    }

    /// <summary>Credit rides with packets; alone it goes only when a quarter of the run-ahead is due, so that no one ever waits for it for good.</summary>
    private void AddCredits(int node, Peer peer, IPayloadSink sink)
    {
        int alone = Math.Max(1, _runAhead / 4);
        bool rides = peer.Used > 0;
        foreach (var credit in peer.Credits)
        {
            long tick = credit.Core.Consumed;
            if (tick - credit.Told < (rides ? 1 : alone)) continue;
            if (peer.Used + 2 > MaxWords) Flush(node, peer, sink);
            peer.Add(CreditRecord, credit.Number, [(ulong)tick]);
            credit.Told = tick;
        }
    }

    private static void Flush(int node, Peer peer, IPayloadSink sink)
    {
        sink.Send(node, MemoryMarshal.AsBytes(peer.Words.AsSpan(0, peer.Used)));
        peer.Used = 0;
    }

    private sealed class Peer
    {
        public ulong[] Words { get; private set; } = new ulong[64];

        public int Used { get; set; }

        public List<OutwardLink> Outward { get; } = [];

        public List<Credit> Credits { get; } = [];

        public void Add(ulong kind, int number, ReadOnlySpan<ulong> content)
        {
            int needed = Used + 1 + content.Length;
            if (needed > Words.Length)
            {
                var words = Words;
                Array.Resize(ref words, Math.Min(MaxWords, Math.Max(needed, 2 * Words.Length)));
                Words = words;
            }
            Words[Used] = kind << 56 | (ulong)(uint)number << 32 | (uint)content.Length;
            content.CopyTo(Words.AsSpan(Used + 1));
            Used = needed;
        }
    }

    private sealed class OutwardLink(int number, EmbeddedLink ring, long nextTick)
    {
        public int Number { get; } = number;

        public EmbeddedLink Ring { get; } = ring;

        public long NextTick { get; set; } = nextTick;
    }

    private sealed class InwardLink(EmbeddedLink ring, ImmutableArray<Slice> slices, int node, long nextTick)
    {
        public EmbeddedLink Ring { get; } = ring;

        public ImmutableArray<Slice> Slices { get; } = slices;

        public int Node { get; } = node;

        public long NextTick { get; set; } = nextTick;

        public ulong[] Pieces { get; private set; } = [];

        public int PieceWords { get; set; }

        public void Add(ReadOnlySpan<ulong> piece)
        {
            if (PieceWords + piece.Length > Pieces.Length)
            {
                var pieces = Pieces;
                Array.Resize(ref pieces, Math.Max(PieceWords + piece.Length, 2 * pieces.Length));
                Pieces = pieces;
            }
            piece.CopyTo(Pieces.AsSpan(PieceWords));
            PieceWords += piece.Length;
        }
    }

    private sealed class Credit(int number, LinkEnd core, long told)
    {
        public int Number { get; } = number;

        public LinkEnd Core { get; } = core;

        public long Told { get; set; } = told;
    }
}
