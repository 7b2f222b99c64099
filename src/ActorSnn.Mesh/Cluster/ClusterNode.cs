using System.Collections.Immutable;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>
/// One node of a cluster: its links to the others, its claim to coordinate, the coordinator while it holds the lease, and its part in the present run. Pure: what happens is told to it, one thing at a time, with the
/// time of its own clock in milliseconds; what it wants done goes to its <see cref="INodeWorld"/>.
/// </summary>
internal sealed class ClusterNode : ILinkSink, ICoordinatorOutbox, IPayloadSink
{
    private const byte ControlChannel = 1;
    private const byte SpikeChannel = 2;

    private readonly ClusterOptions _options;
    private readonly INodeWorld _world;
    private readonly LeaseKeeper _lease;
    private readonly RunMember _member;
    private readonly NodeFaults _faults;
    private readonly bool _allowsFaults;
    private readonly bool _takesCores;
    private readonly SortedDictionary<string, NodePeer> _peers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, NodePeer> _byConnection = [];
    private readonly Dictionary<long, ClientSession> _clients = [];
    private readonly Queue<(string From, ControlMessage Message)> _toSelf = new();
    private Coordinator? _coordinator;
    private NodePeer? _receiving;
    private NodePeer?[] _assigned = [];
    private RunShare? _assignedShare;
    private string? _leader;
    private long _leaderTerm = -1;
    private long _reportAt = long.MinValue;
    private long _now;
    private bool _isDraining;
    private bool _isHandling;
    private long _frameEpoch;

    /// <param name="identity">How the node names itself; its name is where it listens.</param>
    /// <param name="options">Times.</param>
    /// <param name="store">The store, as people are shown it.</param>
    /// <param name="join">Nodes to connect to at first.</param>
    /// <param name="world">The world.</param>
    /// <param name="pump">Works on the links to other nodes; null where the world does that on its own.</param>
    /// <param name="allowsFaults">Whether it lets itself be broken on purpose.</param>
    /// <param name="takesCores">Whether it may have cores; otherwise it only coordinates, or is a door for clients.</param>
    public ClusterNode(
        PeerIdentity identity, ClusterOptions options, string store, IEnumerable<string> join, INodeWorld world, IPump? pump, bool allowsFaults = false, bool takesCores = true)
    {
        (_faults, _allowsFaults, _takesCores) = (new NodeFaults(identity.Name), allowsFaults, takesCores);
        (Identity, Store, _options, _world) = (identity, store, options, world);
        _lease = new LeaseKeeper($"{identity.Name}#{identity.Incarnation:x16}", identity.Address, options, world);
        _member = new RunMember(identity.Name, options, world, Report, pump);
        foreach (string node in join) Meet(node);
    }

    /// <summary>How the node names itself.</summary>
    public PeerIdentity Identity { get; }

    /// <summary>The store, as people are shown it.</summary>
    public string Store { get; }

    /// <summary>The node's name.</summary>
    public string Name => Identity.Name;

    /// <summary>Its cores, when it has any.</summary>
    public RunShare? Share => _member.Share;

    /// <summary>The coordinator, while this node is it.</summary>
    public Coordinator? Coordinator => _coordinator;

    /// <summary>Links to other nodes, by name.</summary>
    public IEnumerable<NodePeer> Peers => _peers.Values;

    /// <summary>Why the node shall end; null as long as it shall not.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Whether that end is what was asked for.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>What malformed payloads were refused.</summary>
    public long Malformed { get; private set; }

    /// <summary>What faults did here, and what was noticed of it.</summary>
    public FaultReport FaultReport => new(Identity.Incarnation, _faults.CountsWith(_peers.Values.Where(p => p.Link is not null).Select(p => p.Link!.Counters)));

    /// <summary>Breaks what it is told to, or mends it.</summary>
    /// <returns>Why not; null when it is done.</returns>
    public string? Obey(long now, FaultAction order)
    {
        _now = now;
        if (order is AskFaults) return null;
        if (!_allowsFaults) return $"{Name} does not let itself be broken on purpose; start it with --allow-faults, if nothing that matters runs there";
        switch (order)
        {
            case DisturbFrames disturb:
                _faults.Take(disturb);
                break;
            case MendFrames mend:
                _faults.Take(mend);
                break;
            case SlowDown slow:
                _faults.Take(slow);
                _member.SlowDown(_faults.SlowCores);
                break;
            case Kill kill:
                _faults.KilledCores += _member.Kill(kill.Cores);
                break;
            case CutOff cut:
                _faults.Take(cut);
                break;
            case BreakProcess broken:
                if (!_world.Break(broken.What, broken.Seconds)) return $"{Name} shares its process with others and cannot be killed or frozen; run it by actorsnn node";
                break;
        }
        _world.Log($"a fault on purpose: {order.Describe()}");
        foreach (var peer in _peers.Values) (peer.Disturber, peer.IsCutOff) = (_faults.DisturberOf(peer.Name), _faults.IsCutOff(peer.Name));
        Settle(now);
        return null;
    }

    /// <summary>Does what is due. To be called again a few milliseconds later.</summary>
    public void Advance(long now) => Handle(now, () =>
    {
        _lease.Advance(now);
        // Who coordinates may be a node that nobody has told of this one, nor this one of it: the store knows where it is.
        if (_lease.Coordinator is { } coordinating) Meet(coordinating);
        Lead(now);
        foreach (var peer in _peers.Values)
        {
            peer.Link?.Advance(now);
            NoteLoss(now, peer);
            if (peer.Connection is null && !peer.IsDialling && !peer.IsCutOff && now >= peer.DialAt)
            {
                peer.IsDialling = true;
                // Both would do; that both do it at once is made rare.
                peer.DialAt = now + _options.RetryMs * (string.CompareOrdinal(Name, peer.Name) < 0 ? 1 : 3);
                _world.Dial(peer.Name);
            }
        }
        _member.Advance(now);
        if (_coordinator is { } coordinator)
        {
            coordinator.SetNodes(now, _peers.Values.Where(p => p.IsUp(now)).Select(p => p.Name));
            coordinator.Advance(now);
            if (coordinator.IsDrained(Name) || _isDraining) HandOver(now, coordinator);
        }
        if (now >= _reportAt)
        {
            _reportAt = now + _options.ReportMs;
            Report(_member.Status([.. _peers.Values.Where(p => p.IsUp(now)).Select(p => p.Name)], _isDraining) with { TakesCores = _takesCores });
        }
        if (_lease.FailingFor(now) > _options.StoreTimeoutMs) EndReason ??= $"the store could not be reached for {_options.StoreTimeoutMs / 1000} s: {_lease.Trouble}";
    });

    /// <summary>What has been received from a peer, as <see cref="Handshake"/> asks it; null when it is refused.</summary>
    public long? Admit(PeerIdentity peer)
    {
        if (peer.Role == PeerRole.Client) return 0;
        if (_faults.IsCutOff(peer.Name)) return null;
        return _peers.TryGetValue(peer.Name, out var known) && known.Incarnation == peer.Incarnation ? known.Link!.Received : 0;
    }

    /// <summary>A connection is there, and its handshake is through.</summary>
    /// <param name="now">The time.</param>
    /// <param name="connection">Its number.</param>
    /// <param name="peer">Who is at the other end.</param>
    /// <param name="peerHasReceived">Up to which of our payloads the peer has everything.</param>
    /// <param name="isDialler">Whether this node has dialled.</param>
    public void Connected(long now, long connection, PeerIdentity peer, long peerHasReceived, bool isDialler) => Handle(now, () =>
    {
        if (peer.Role == PeerRole.Client)
        {
            _clients[connection] = new ClientSession(this, _world, connection);
            return;
        }
        var known = Meet(peer.Name);
        if (known is null)
        {
            _world.Close(connection);
            return;
        }
        known.IsDialling = false;
        // Both have dialled at once: both keep the connection of the one whose name comes first.
        bool isPreferred = isDialler == string.CompareOrdinal(Name, peer.Name) < 0;
        if (known.Connection is not null && known.Incarnation == peer.Incarnation && !isPreferred && now - known.ConnectedAt < _options.DetectionMs / 4)
        {
            _world.Close(connection);
            return;
        }
        if (known.Connection is { } old)
        {
            _byConnection.Remove(old);
            known.Link?.Disconnected(known);
            _world.Close(old);
        }
        if (known.Link is null || known.Incarnation != peer.Incarnation)
        {
            if (known.Link is not null) _faults.Keep(known.Link.Counters);
            // Another process under the same name: whatever was under way to the one before is lost.
            if (known.Link is not null && !known.IsLost) Lost(now, known);
            known.Begin(peer.Incarnation, new LinkMachine(Identity.Incarnation, peer.Incarnation, now, LinkOptions));
        }
        known.Connection = connection;
        known.ConnectedAt = now;
        known.Disturber?.Forget();
        _byConnection[connection] = known;
        known.Link!.Connected(now, peerHasReceived, known);
        known.IsLost = false;
        if (known.Link.Failure is { } failure) GiveUp(now, known, failure);
        SendTo(known, new Members([Name, .. _peers.Keys]));
        if (_coordinator is not null) SendTo(known, new Lead(_coordinator.Term));
        _reportAt = now;
    });

    /// <summary>A connection has ended.</summary>
    public void Disconnected(long now, long connection) => Handle(now, () =>
    {
        _clients.Remove(connection);
        if (!_byConnection.Remove(connection, out var peer) || peer.Connection != connection) return;
        peer.Connection = null;
        peer.Link!.Disconnected(peer);
        peer.DialAt = now;
    });

    /// <summary>An attempt to connect has come to nothing.</summary>
    public void DialFailed(long now, string node)
    {
        if (_peers.TryGetValue(node, out var peer)) peer.IsDialling = false;
        _now = now;
    }

    /// <summary>A frame has come in, its tag checked.</summary>
    public void Received(long now, long connection, ReadOnlySpan<byte> frame)
    {
        _now = now;
        if (_byConnection.TryGetValue(connection, out var peer))
        {
            if (peer.IsCutOff) return;
            _receiving = peer;
            peer.Link!.Receive(frame, now, this);
            _receiving = null;
            if (peer.Link.Failure is { } failure) GiveUp(now, peer, failure);
        }
        else if (_clients.TryGetValue(connection, out var client))
        {
            client.Receive(now, frame);
        }
        Settle(now);
    }

    /// <summary>Takes what the cores have sent to other nodes.</summary>
    /// <param name="now">The time.</param>
    /// <param name="idle">Whether the cores have nothing left to run.</param>
    public void Exchange(long now, bool idle)
    {
        if (_faults.DisturbsLinks)
        {
            foreach (var peer in _peers.Values) peer.SendLate(now);
        }
        if (_member.Share is not { } share) return;
        _now = now;
        if (_assignedShare != share)
        {
            _assignedShare = share;
            _assigned = [.. share.Assign.Nodes.Select(n => _member.HasLost(n) ? null : _peers.GetValueOrDefault(n))];
        }
        _frameEpoch = share.Assign.Epoch;
        share.Gateway.Collect(idle, this);
    }

    /// <summary>The node is about to end: others need not wait until they find out.</summary>
    public void Leave(long now) => Handle(now, () =>
    {
        foreach (var peer in _peers.Values.Where(p => p.IsUp(now))) SendTo(peer, new Leaving());
        _lease.GiveUp();
        _coordinator = null;
    });

    /// <summary>Notes that there is a node, or there may be one.</summary>
    public void Introduce(string node) => Meet(node);

    /// <summary>Whether it may ask for the lease; true unless something else says who may, in addition to the store.</summary>
    public bool MayCoordinate
    {
        get => _lease.IsAllowed;
        set => _lease.IsAllowed = value;
    }

    /// <summary>Asks for the node's cores to be placed elsewhere; it ends when that is done.</summary>
    public void Drain()
    {
        _isDraining = true;
        // Nothing is here that anybody waits for.
        if (_coordinator is null && !_member.IsAssigned) EndDrained();
    }

    /// <summary>The coordinator for a client, or where it is.</summary>
    internal (Coordinator? Here, string? Elsewhere) CoordinatorForClients => (_coordinator is { IsSettled: true } here ? here : null, _leader == Name ? null : _leader);

    /// <summary>Something that ends a connection's use by a client.</summary>
    internal void DropClient(long connection)
    {
        _clients.Remove(connection);
        _world.Close(connection);
    }

    Delivery ILinkSink.Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
    {
        var peer = _receiving!;
        if (channel == SpikeChannel)
        {
            // Cores that were let go never come back under this epoch: who waited for them would not hear what comes behind.
            if (epoch < _member.Epoch || (epoch == _member.Epoch && !_member.IsAssigned)) return Delivery.Refused;
            if (epoch > _member.Epoch || _member.Share is not { } share) return Delivery.NotYet;
            int position = share.Assign.Nodes.IndexOf(peer.Name);
            string? problem = position < 0 ? "spikes from a node without cores" : share.Gateway.Deliver(position, payload);
            if (problem is not null)
            {
                Malformed++;
                _world.Log($"{peer.Name} sent {problem}");
                // Its promise is gone with it: the run cannot go on over this link.
                _member.LinkLost(peer.Name);
            }
            else
            {
                share.Group.WakeParked();
            }
            return Delivery.Taken;
        }
        if (channel != ControlChannel || _world.Decode(payload) is not { } message)
        {
            Malformed++;
            _world.Log($"{peer.Name} sent a message that cannot be read");
            return Delivery.Taken;
        }
        _toSelf.Enqueue((peer.Name, message));
        return Delivery.Taken;
    }

    void ICoordinatorOutbox.Send(string node, ControlMessage message)
    {
        if (node == Name) _toSelf.Enqueue((Name, message));
        else if (_peers.TryGetValue(node, out var peer)) SendTo(peer, message);
    }

    void IPayloadSink.Send(int node, ReadOnlySpan<byte> payload)
    {
        if (_assigned[node] is { Link: { } link, IsLost: false }) link.Send(_now, SpikeChannel, _frameEpoch, payload);
        else _member.LinkLost(_assignedShare!.Assign.Nodes[node]);
    }

    // How often something is sent again does not matter: a peer that hears nothing is lost by its silence.
    private LinkOptions LinkOptions => new() { DetectionMs = _options.DetectionMs, HeartbeatMs = Math.Max(1, _options.DetectionMs / 8), MaxRetransmissions = int.MaxValue };

    private void Handle(long now, Action handle)
    {
        _now = now;
        handle();
        Settle(now);
    }

    /// <summary>Works off what the node has said to itself or heard, one message after the other.</summary>
    private void Settle(long now)
    {
        if (_isHandling) return;
        _isHandling = true;
        try
        {
            while (_toSelf.TryDequeue(out var next)) Take(now, next.From, next.Message);
        }
        finally
        {
            _isHandling = false;
        }
    }

    private void Take(long now, string from, ControlMessage message)
    {
        switch (message)
        {
            case Members members:
                foreach (string node in members.Nodes) Meet(node);
                break;
            case Lead lead when lead.Term >= _leaderTerm:
                (_leaderTerm, _leader) = (lead.Term, from);
                // Said on every new connection: what was reported while there was none, or to another, has not been heard.
                _member.Repeat();
                _reportAt = now;
                break;
            case Assign assign when assign.Term >= _leaderTerm:
                (_leaderTerm, _leader) = (assign.Term, from);
                _member.Take(assign);
                break;
            case Start start:
                _member.Take(start);
                RetryLinks(now);
                break;
            case Committed committed:
                _member.Take(committed);
                break;
            case Extended extended:
                _member.Take(extended);
                break;
            case Release release when from == _leader:
                _member.Take(release);
                break;
            case Drained when from == _leader:
                EndDrained();
                break;
            default:
                _coordinator?.Receive(now, from, message);
                break;
        }
    }

    private void EndDrained()
    {
        IsDrained = true;
        EndReason ??= "drained";
    }

    /// <summary>Payloads of the new epoch may have been waiting.</summary>
    private void RetryLinks(long now)
    {
        foreach (var peer in _peers.Values.Where(p => p.Link is not null))
        {
            _receiving = peer;
            peer.Link!.Retry(now, this);
            _receiving = null;
        }
    }

    /// <summary>Takes up the coordination when the lease has come, and lays it down when it is gone.</summary>
    private void Lead(long now)
    {
        bool isHeld = _lease.IsHeld(now);
        if (_coordinator is not null && (!isHeld || _coordinator.Term != _lease.Term || _coordinator.IsSuperseded))
        {
            if (_coordinator.IsSuperseded)
            {
                _lease.GiveUp();
                _lease.AskAgain(now + _options.LeaseMs);
            }
            else
            {
                _world.Log("no longer coordinating: the lease has run out");
            }
            _coordinator = null;
        }
        if (_coordinator is not null || !_lease.IsHeld(now)) return;
        _world.Log($"coordinating, term {_lease.Term}");
        _coordinator = new Coordinator(Name, _lease.Term, _options, _world, this, now);
        (_leaderTerm, _leader) = (_lease.Term, Name);
        _reportAt = now;
        foreach (var peer in _peers.Values.Where(p => p.IsUp(now))) SendTo(peer, new Lead(_lease.Term));
    }

    /// <summary>A coordinator that is to leave, and has no cores any more, lets somebody else coordinate.</summary>
    private void HandOver(long now, Coordinator coordinator)
    {
        if (_isDraining) coordinator.Drain(Name);
        // Cores that were to go elsewhere, where there is nobody, keep it no longer: the run goes on from its checkpoint when somebody is there.
        if (!coordinator.IsDrained(Name) || (_member.Share is not null && coordinator.CanPlace)) return;
        _lease.GiveUp();
        _coordinator = null;
        EndDrained();
    }

    private void NoteLoss(long now, NodePeer peer)
    {
        if (peer.Link is null || peer.IsLost || !peer.Link.IsLost(now)) return;
        if (peer.Connection is { } connection)
        {
            // Silent for too long: whoever is there has to begin with a handshake.
            _byConnection.Remove(connection);
            peer.Connection = null;
            peer.Link.Disconnected(peer);
            _world.Close(connection);
        }
        Lost(now, peer);
    }

    private void Lost(long now, NodePeer peer)
    {
        peer.IsLost = true;
        _world.Log($"{peer.Name} is lost");
        _member.LinkLost(peer.Name);
        // Nothing more goes there in this epoch, even if the peer comes back: what follows a gap is of no use, and to a new process of that name the epoch means nothing.
        for (int i = 0; i < _assigned.Length; i++)
        {
            if (_assigned[i] == peer) _assigned[i] = null;
        }
        _coordinator?.SetNodes(now, _peers.Values.Where(p => p.IsUp(now)).Select(p => p.Name));
    }

    /// <summary>A link fails only when a peer acknowledges nothing for so long that memory runs out. This process cannot begin it anew; another one can.</summary>
    private void GiveUp(long now, NodePeer peer, string failure)
    {
        if (!peer.IsLost) Lost(now, peer);
        EndReason ??= $"the link to {peer.Name} has failed: {failure}";
    }

    private NodePeer? Meet(string node)
    {
        if (node == Name || node.Length == 0) return null;
        if (_peers.TryGetValue(node, out var peer)) return peer;
        peer = new NodePeer(node, _world, () => _now) { Disturber = _faults.DisturberOf(node), IsCutOff = _faults.IsCutOff(node) };
        _peers.Add(node, peer);
        return peer;
    }

    private void Report(ControlMessage message)
    {
        if (_coordinator is not null) _toSelf.Enqueue((Name, message));
        else if (_leader is not null && _peers.TryGetValue(_leader, out var peer)) SendTo(peer, message);
    }

    private void SendTo(NodePeer peer, ControlMessage message)
    {
        if (peer.Link is not { } link || peer.IsLost) return;
        byte[] bytes = _world.Encode(message);
        if (bytes.Length <= Framing.MaxPayload) link.Send(_now, ControlChannel, 0, bytes);
        else _world.Log($"{message.GetType().Name} to {peer.Name} was not sent: it has {bytes.Length} bytes, and at most {Framing.MaxPayload} are possible");
    }
}

/// <summary>Another node, as a node sees it.</summary>
/// <param name="name">Its name.</param>
/// <param name="world">Sends frames.</param>
/// <param name="now">The time.</param>
internal sealed class NodePeer(string name, INodeWorld world, Func<long> now) : ILinkOutbox
{
    private Wire? _wire;

    public string Name { get; } = name;

    /// <summary>Its incarnation; 0 before the first connection.</summary>
    public ulong Incarnation { get; private set; }

    /// <summary>The link to this incarnation; null before the first connection.</summary>
    public LinkMachine? Link { get; private set; }

    /// <summary>The connection the link runs over; null for none.</summary>
    public long? Connection { get; set; }

    /// <summary>When that connection was made.</summary>
    public long ConnectedAt { get; set; }

    /// <summary>Whether it has been given up since it was last heard of.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whether a connection is being tried.</summary>
    public bool IsDialling { get; set; }

    /// <summary>When a connection is tried next.</summary>
    public long DialAt { get; set; } = long.MinValue;

    /// <summary>What happens to frames on their way there, on purpose; null for nothing.</summary>
    public LinkDisturber? Disturber { get; set; }

    /// <summary>Whether nothing goes there or comes from there, on purpose.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Whether it can be reached, or was a moment ago.</summary>
    public bool IsUp(long now) => Link is not null && !IsLost && !Link.IsLost(now);

    public void Begin(ulong incarnation, LinkMachine link) => (Incarnation, Link) = (incarnation, link);

    /// <summary>Sends frames that were delayed on purpose, and whose time has come.</summary>
    public void SendLate(long now) => Disturber?.Advance(now, _wire ??= new Wire(this));

    void ILinkOutbox.Transmit(ReadOnlySpan<byte> frame)
    {
        if (Disturber is { IsIdle: false } disturber) disturber.Send(now(), frame, _wire ??= new Wire(this));
        else Put(frame);
    }

    private void Put(ReadOnlySpan<byte> frame)
    {
        if (Connection is { } connection && !IsCutOff) world.Transmit(connection, frame);
    }

    /// <summary>What is behind the faults.</summary>
    private sealed class Wire(NodePeer peer) : ILinkOutbox
    {
        public void Transmit(ReadOnlySpan<byte> frame) => peer.Put(frame);
    }
}
