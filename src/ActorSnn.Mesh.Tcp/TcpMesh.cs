using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tcp;

/// <summary>The cores of a mesh on several nodes within one process, each with one thread, connected by sockets.</summary>
internal sealed class TcpMesh : IMesh
{
    private readonly TcpPart[] _parts;
    private readonly object _gate = new();
    private readonly int _runAhead;
    private bool _isDisposed;

    public TcpMesh(Placement placement, MeshOptions options)
    {
        Placement = placement;
        _runAhead = options.RunAheadFor(placement.Network.MaxDelay);
        var links = placement.Links();
        int count = options.ThreadsFor(placement);
        ImmutableArray<int> nodeOf = [.. placement.Cores.Select(c => c.Index % count)];
        var windows = count > 1 ? LoopWindows.Of(placement.Cores.Length, links) : [.. placement.Cores.Select(_ => _runAhead)];
        var machines = new CoreMachine[placement.Cores.Length];
        Parallel.For(0, machines.Length, i =>
            machines[i] = new CoreMachine(new NeuronCore(placement, i, _runAhead, options.Core), links, _runAhead, windows[i]));
        _parts = [.. Enumerable.Range(0, count).Select(n => new TcpPart(this, placement, links, nodeOf, n, [.. machines.Where(m => nodeOf[m.Core.Index] == n)], _runAhead))];
        TcpPart.Connect(_parts);
        foreach (var part in _parts) part.Group.StartRunningOn();
    }

    public Placement Placement { get; }

    public int Threads => _parts.Length;

    public long Tick => _parts.Min(p => p.Group.Tick);

    public MeshTraffic Traffic =>
        new([.. _parts.SelectMany(p => p.Group.Cores).SelectMany(c => c.Machine.Sent.ToArray()).OrderBy(l => l.From).ThenBy(l => l.To)]);

    private CoreFailedException? Failure => _parts.Select(p => p.Group.Failure).FirstOrDefault(f => f is not null);

    private long FurthestTick => _parts.Max(p => p.Group.FurthestTick);

    public long RunTo(long tick, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Failure is { } earlier) throw earlier;
        if (tick <= Tick || cancellation.IsCancellationRequested) return Tick;
        SetLimit(tick);
        using (cancellation.Register(() => SetLimit(Math.Min(_parts[0].Group.Limit, FurthestTick + _runAhead)))) Await();
        // Stopped early, a core may already have been past the lowered limit: the others catch up with it.
        while (Failure is null && FurthestTick is var furthest && furthest > Tick)
        {
            SetLimit(furthest);
            Await();
        }
        if (Failure is { } failure) throw failure;
        return Tick;
    }

    public NetworkState Capture()
    {
        var state = new NetworkState(Placement.Network, Tick);
        foreach (var core in _parts.SelectMany(p => p.Group.Cores)) core.Machine.Core.AddTo(state);
        return state;
    }

    public void Restore(NetworkState state)
    {
        if (state.Network.Hash != Placement.Network.Hash)
            throw new ArgumentException($"the state is of network {state.Network.Hash[..12]}, this is {Placement.Network.Hash[..12]}", nameof(state));
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Failure is { } failure) throw failure;
        SetLimit(-1);
        foreach (var part in _parts) part.Restore(state);
        SetLimit(state.Tick);
    }

    public Recordings TakeRecordings()
    {
        var recordings = new Recordings(Placement.Network);
        foreach (var core in _parts.SelectMany(p => p.Group.Cores)) core.Machine.Core.MoveTo(recordings);
        return recordings;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        foreach (var part in _parts) part.Dispose();
        Signal();
    }

    /// <summary>Called by a part that stands at its limit, or that cannot go on.</summary>
    internal void Signal()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private void SetLimit(long tick)
    {
        foreach (var part in _parts) part.Group.Limit = tick;
    }

    private void Await()
    {
        lock (_gate)
        {
            while (!_isDisposed && Failure is null && _parts.Any(p => p.Group.Tick < p.Group.Limit)) Monitor.Wait(_gate);
        }
        // One part that has failed leaves the others waiting.
        if (Failure is null) return;
        foreach (var part in _parts) part.Group.Stop();
    }
}

/// <summary>One node of a <see cref="TcpMesh"/>.</summary>
internal sealed class TcpPart : IPump, ILinkSink, IPayloadSink, IConnectionSink, IDisposable
{
    private const int SleepMs = 50;

    private readonly TcpMesh _mesh;
    private readonly Placement _placement;
    private readonly ImmutableArray<CoreLink> _links;
    private readonly ImmutableArray<int> _nodeOf;
    private readonly int _index;
    private readonly int _runAhead;
    private readonly Socket _waker;
    private readonly object _gate = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly byte[] _wakeBuffer = new byte[256];
    private readonly PartLink?[] _peers;
    private readonly long _start = Stopwatch.GetTimestamp();
    private NodeGateway _gateway;
    private PartLink? _receiving;
    private Action? _betweenPasses;
    private long _epoch;
    private int _isCalled;

    public TcpPart(TcpMesh mesh, Placement placement, ImmutableArray<CoreLink> links, ImmutableArray<int> nodeOf, int index, IReadOnlyList<CoreMachine> machines, int runAhead)
    {
        (_mesh, _placement, _links, _nodeOf, _index, _runAhead) = (mesh, placement, links, nodeOf, index, runAhead);
        _waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _waker.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _waker.Connect(_waker.LocalEndPoint!);
        Group = new CoreGroup(placement, machines, runAhead, threads: 1, captures: null, pump: this);
        _gateway = new NodeGateway(placement, links, nodeOf, index, Group, runAhead);
        _peers = new PartLink?[nodeOf.Max() + 1];
    }

    public CoreGroup Group { get; }

    private long Now => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Connects all parts to each other, and waits until all know who is who.</summary>
    public static void Connect(TcpPart[] parts)
    {
        for (int a = 0; a < parts.Length; a++)
        {
            for (int b = a + 1; b < parts.Length; b++)
            {
                using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                listener.Listen(1);
                var from = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                from.Connect(listener.LocalEndPoint!);
                parts[a].Begin(b, from, ConnectionSide.Dialler);
                parts[b].Begin(a, listener.Accept(), ConnectionSide.Listener);
            }
        }
        while (!parts.All(p => p._peers.All(peer => peer is null || peer.Link is not null)))
        {
            foreach (var part in parts) part.Advance(idle: true);
        }
    }

    /// <summary>Goes on from a state, while all cores stand at the limit. The worker does it itself, between two passes: even then it looks for packets.</summary>
    public void Restore(NetworkState state)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _betweenPasses, () =>
        {
            try
            {
                foreach (var core in Group.Cores)
                {
                    core.Machine.Core.Restore(state, carriesTotals: core.Machine.Core.Index == 0);
                    core.Reset();
                }
                foreach (var end in Group.Ends) end.Consumed = state.Tick;
                foreach (var wire in Group.Wires.Values) wire.Reset();
                // What is still under way belongs to the time before.
                _epoch++;
                _gateway = new NodeGateway(_placement, _links, _nodeOf, _index, Group, _runAhead);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        Group.WakeAll();
        done.Task.GetAwaiter().GetResult();
    }

    public bool Advance(bool idle)
    {
        if (!Monitor.TryEnter(_gate)) return false;
        try
        {
            Interlocked.Exchange(ref _betweenPasses, null)?.Invoke();
            bool any = false;
            foreach (var peer in _peers)
            {
                if (peer is null) continue;
                any |= peer.Connection.Receive(_buffer, this);
                peer.Link?.Advance(Now);
            }
            _gateway.Collect(idle && !any, this);
            foreach (var peer in _peers) peer?.Connection.Flush();
            if (idle && !any && (Group.Failure is not null || Group.Tick >= Group.Limit)) _mesh.Signal();
            return any;
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    public void Sleep()
    {
        if (Interlocked.Exchange(ref _isCalled, 0) == 1) return;
        var readable = new List<Socket>(_peers.OfType<PartLink>().Select(p => p.Connection.Transport.Readable!)) { _waker };
        Socket.Select(readable, null, null, SleepMs * 1000);
        while (_waker.Receive(_wakeBuffer, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
        {
        }
        Volatile.Write(ref _isCalled, 0);
    }

    public void Wake()
    {
        // Whoever waits for this part will not hear of it from a worker that has failed.
        if (Group.Failure is not null) _mesh.Signal();
        if (Interlocked.Exchange(ref _isCalled, 1) == 0) _waker.Send([1], SocketFlags.None, out _);
    }

    void IConnectionSink.Established(NodeConnection connection)
    {
        var peer = _peers[connection.Number]!;
        peer.Link = new LinkMachine((ulong)_index + 1, (ulong)connection.Number + 1, Now);
        peer.Link.Connected(Now, connection.PeerHasReceived, peer);
    }

    void IConnectionSink.Received(NodeConnection connection, ReadOnlySpan<byte> frame)
    {
        _receiving = _peers[connection.Number]!;
        _receiving.Link!.Receive(frame, Now, this);
    }

    Delivery ILinkSink.Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
    {
        if (epoch != _epoch) return epoch < _epoch ? Delivery.Refused : Delivery.NotYet;
        if (_gateway.Deliver(_receiving!.Node, payload) is { } problem) throw new InvalidOperationException(problem);
        return Delivery.Taken;
    }

    void IPayloadSink.Send(int node, ReadOnlySpan<byte> payload) => _peers[node]!.Link!.Send(Now, 0, _epoch, payload);

    public void Dispose()
    {
        Group.Dispose();
        foreach (var peer in _peers) peer?.Connection.Dispose();
        _waker.Dispose();
    }

    private void Begin(int node, Socket socket, ConnectionSide side)
    {
        var refusals = new RefusalCounters();
        var identity = new PeerIdentity(PeerRole.Node, $"part-{_index}", "", (ulong)_index + 1, "");
        var handshake = new Handshake(side, identity, RandomNumberGenerator.GetBytes(Handshake.NonceSize), [], _ => 0, refusals);
        _peers[node] = new PartLink(node, new NodeConnection(node, new SocketTransport(socket), handshake, refusals, 0, null));
    }

    /// <summary>The way to another part.</summary>
    private sealed class PartLink(int node, NodeConnection connection) : ILinkOutbox
    {
        public int Node { get; } = node;

        public NodeConnection Connection { get; } = connection;

        public LinkMachine? Link { get; set; }

        public void Transmit(ReadOnlySpan<byte> frame) => Connection.Send(frame);
    }
}
