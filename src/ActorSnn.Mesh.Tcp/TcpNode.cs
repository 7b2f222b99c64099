using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tcp;

/// <summary>How a node is run.</summary>
public sealed record TcpNodeOptions
{
    /// <summary>Where it listens, HOST:PORT; port 0 takes a free one.</summary>
    public required string Listen { get; init; }

    /// <summary>Where others reach it, and its name; null for where it listens.</summary>
    public string? Advertise { get; init; }

    /// <summary>Nodes to connect to at first.</summary>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>How connections are protected.</summary>
    public ConnectionOptions Connections { get; init; } = new();

    /// <summary>Times of the cluster.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Whether the node obeys orders that break it on purpose; otherwise it refuses them.</summary>
    public bool AllowFaults { get; init; }

    /// <summary>
    /// Kills the process, or freezes it for some seconds: what orders to break the node come to. Null where the process is not the node's alone: such orders are refused.
    /// </summary>
    public Action<NodeFaultKind, double>? BreakProcess { get; init; }

    /// <summary>Finds out whether a node may be run like this; nothing listens yet.</summary>
    /// <exception cref="IOException">It may not, or a host or a file cannot be found. The message is one line.</exception>
    public void Check() => _ = EndpointToListenAt();

    internal IPEndPoint EndpointToListenAt()
    {
        Connections.Tls?.Load();
        var endpoint = Addresses.Resolve(Listen);
        if (Connections.Refuse(endpoint) is { } refused) throw new IOException(refused);
        return Advertise is null && (endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any))
            ? throw new IOException($"{Listen} stands for all addresses of this machine, which others cannot call; say where they reach this node (advertise), such as this-host:{endpoint.Port}")
            : endpoint;
    }

    /// <summary>Listens, and finds out under which address.</summary>
    internal (Socket Listener, string Address) OpenListener()
    {
        var endpoint = EndpointToListenAt();
        var listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            // A node that is started again takes its address back at once.
            if (!OperatingSystem.IsWindows()) listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(endpoint);
            listener.Listen(128);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"cannot listen at {Listen}: {e.Message}", e);
        }
        var (host, _) = Addresses.Parse(Listen);
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        return (listener, Advertise ?? (host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}"));
    }
}

/// <summary>
/// One node of a cluster, over TCP. The node itself is pure (<see cref="ClusterNode"/>); here are its sockets, its clock, the threads that run its cores, and those that talk to the store.
/// <para>
/// <b>Threads.</b> The first worker of the cores is also the one that reads and writes the sockets, so that what arrives is run by whoever has found it. While it is busy with a long tick, or while there are no cores, the node's
/// own thread does that. Whoever does it holds the gate; nobody else touches the node.
/// </para>
/// </summary>
public sealed class TcpNode : IDisposable
{
    private readonly TcpNodeWorld _world;

    /// <summary>Starts a node.</summary>
    /// <param name="options">How it is run.</param>
    /// <param name="store">Where runs live; the node disposes of it.</param>
    /// <param name="log">Is told what happens, a line at a time, on any thread.</param>
    /// <exception cref="IOException">It cannot listen there.</exception>
    public TcpNode(TcpNodeOptions options, IRunStore store, Action<string> log)
    {
        _world = new TcpNodeWorld(options, store, log);
    }

    /// <summary>Its name: where others reach it.</summary>
    public string Name => _world.Name;

    /// <summary>Completes when it has ended: with null when that was asked for, else with the reason.</summary>
    public Task<string?> Completion => _world.Completion;

    /// <summary>Hands its cores over at the next checkpoint and ends.</summary>
    public void Drain() => _world.Drain();

    /// <summary>Ends it at once; what it ran goes on elsewhere.</summary>
    public void Dispose() => _world.Dispose();
}

/// <summary>The world around a node.</summary>
internal sealed class TcpNodeWorld : INodeWorld, IPump, IConnectionSink, IDisposable
{
    /// <summary>Connections that have not proved themselves; the oldest goes when there are more.</summary>
    private const int MostStrangers = 64;

    /// <summary>Connections taken in one go: what runs and sends has its turn in between.</summary>
    private const int MostAtOnce = 16;

    private const int HandshakeMs = 3000;
    private const int SleepMs = 10;

    /// <summary>A worker that has cores to run looks at the sockets no more often than this.</summary>
    private static readonly long PollTicks = Stopwatch.Frequency / 50_000;

    private readonly TcpNodeOptions _options;
    private readonly IRunStore _store;
    private readonly Action<string> _log;
    private readonly object _gate = new();
    private readonly Socket _listener;
    private readonly Socket _waker;
    private readonly ClusterNode _node;
    private readonly PeerIdentity _identity;
    private readonly Dictionary<long, NodeConnection> _connections = [];
    private readonly List<NodeConnection> _strangers = [];
    // Connections that came in and are not under TLS yet, oldest first; each has a thread of its own that waits for it.
    private readonly List<(Socket Socket, long Since)> _securing = [];
    private readonly ConcurrentQueue<Action<long>> _happenings = new();
    private readonly StoreErrands _errands;
    private readonly TaskCompletionSource<string?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RefusalCounters _refusals = new();
    private readonly ConcurrentDictionary<string, string> _refusedToDial = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly byte[] _wakeBuffer = new byte[256];
    private readonly Thread _thread;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _connectionNumber;
    private long _lastPump;
    private long _advanceAt;
    private volatile bool _stopping;
    private string? _endReason;
    private NodeConnection[] _active = [];
    private readonly Sleeper _workerSleep = new();
    private readonly Sleeper _ownSleep = new();

    public TcpNodeWorld(TcpNodeOptions options, IRunStore store, Action<string> log)
    {
        (_options, _store, _log) = (options, store, log);
        _errands = new StoreErrands(store, ((INodeWorld)this).Post);
        (_listener, Name) = options.OpenListener();
        _waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _waker.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _waker.Connect(_waker.LocalEndPoint!);
        _identity = new PeerIdentity(PeerRole.Node, Name, Name, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1, store.Id);
        _node = new ClusterNode(_identity, options.Cluster, store.Address, options.Join, this, this, options.AllowFaults);
        _thread = new Thread(Loop) { IsBackground = true, Name = $"actorsnn node {Name}" };
        _thread.Start();
    }

    public string Name { get; }

    public Task<string?> Completion => _completion.Task;

    /// <summary>What was refused from strangers and on broken connections.</summary>
    public RefusalCounters Refusals => _refusals;

    private long Now => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    public void Drain() => ((INodeWorld)this).Post(_ => _node.Drain());

    public void Dispose()
    {
        if (!_stopping)
        {
            lock (_gate)
            {
                _node.Leave(Now);
                FlushAll();
            }
        }
        Stop(null);
        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    void INodeWorld.Ask<T>(Errand errand, Func<IRunStore, T> work, Action<long, T?, Exception?> answer) where T : default
    {
        _errands.Ask(errand, work, answer);
    }

    void INodeWorld.Run(CoreGroup group) => group.StartRunningOn();

    void INodeWorld.Halt(CoreGroup group) => group.Stop();

    void INodeWorld.Post(Action<long> happening)
    {
        _happenings.Enqueue(happening);
        Wake();
    }

    // On a thread of its own: in a process that keeps its thread pool busy, a call that waits for a turn there looks like a node that is gone.
    void INodeWorld.Dial(string node) => new Thread(() => Dial(node)) { IsBackground = true, Name = $"actorsnn dial {node}" }.Start();

    private void Dial(string node)
    {
        try
        {
            var socket = Addresses.Connect(node, _options.Connections, _options.Cluster.DetectionMs);
            Begin(socket, ConnectionSide.Dialler, node);
        }
        catch (Exception e) when (e is IOException or FormatException or SocketException or InvalidOperationException or System.Security.Authentication.AuthenticationException)
        {
            // Said once: it is tried again and again.
            if (e is ClusterException && _refusedToDial.TryAdd(node, e.Message)) _log($"{node} is not called: {e.Message}");
            ((INodeWorld)this).Post(now => _node.DialFailed(now, node));
        }
    }

    void INodeWorld.Transmit(long connection, ReadOnlySpan<byte> frame)
    {
        if (_connections.TryGetValue(connection, out var open)) open.Send(frame);
    }

    void INodeWorld.Close(long connection)
    {
        if (!_connections.Remove(connection, out var open)) return;
        _active = [];
        open.Dispose();
    }

    bool INodeWorld.Break(NodeFaultKind what, double seconds)
    {
        if (_options.BreakProcess is not { } breakProcess) return false;
        ((INodeWorld)this).Post(_ =>
        {
            // Whoever has ordered it gets to hear so.
            FlushAll();
            try
            {
                breakProcess(what, seconds);
            }
            catch (Exception e)
            {
                _log($"the process cannot be broken: {e.Message}");
            }
        });
        return true;
    }

    void INodeWorld.Log(string line) => _log(line);

    bool IPump.Advance(bool idle)
    {
        // Between two windows of busy cores the sockets are not worth a look each time.
        if (!idle && Stopwatch.GetTimestamp() - Volatile.Read(ref _lastPump) < PollTicks) return false;
        if (!Monitor.TryEnter(_gate)) return false;
        try
        {
            return Pump(idle);
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    void IPump.Sleep() => SleepUntilReadable(_workerSleep, withStrangers: false);

    public void Wake()
    {
        if (_workerSleep.Wake() | _ownSleep.Wake()) _waker.Send([1], SocketFlags.None, out _);
    }

    void IConnectionSink.Established(NodeConnection connection)
    {
        _strangers.Remove(connection);
        _connections[connection.Number] = connection;
        _active = [];
        _node.Connected(Now, connection.Number, connection.Peer, connection.PeerHasReceived, connection.Dialled is not null);
    }

    void IConnectionSink.Received(NodeConnection connection, ReadOnlySpan<byte> frame) => _node.Received(Now, connection.Number, frame);

    private void Loop()
    {
        while (!_stopping)
        {
            lock (_gate)
            {
                if (_stopping) break;
                AcceptAll();
                EndSlowSecuring();
                ReceiveFromStrangers();
                Pump(idle: true);
                if (_node.EndReason is { } reason)
                {
                    _node.Leave(Now);
                    FlushAll();
                    Stop(_node.IsDrained ? null : reason);
                    break;
                }
            }
            SleepUntilReadable(_ownSleep, withStrangers: true);
        }
        CleanUp();
    }

    /// <summary>Takes what has come in, does what is due, and sends what came of it. The caller holds the gate.</summary>
    private bool Pump(bool idle)
    {
        if (_stopping) return false;
        bool any = false;
        if (_active.Length != _connections.Count) _active = [.. _connections.Values];
        foreach (var connection in _active)
        {
            any |= ReceiveFrom(connection);
            if (connection.Ended is { } reason) Drop(connection, reason);
        }
        while (_happenings.TryDequeue(out var happening))
        {
            happening(Now);
            any = true;
        }
        long now = Now;
        if (now >= _advanceAt)
        {
            _advanceAt = now + 5;
            _node.Advance(now);
        }
        _node.Exchange(now, idle && !any);
        FlushAll();
        Volatile.Write(ref _lastPump, Stopwatch.GetTimestamp());
        return any;
    }

    /// <summary>Takes what has come in over a connection. Whatever that brings about ends this connection at most, never the node.</summary>
    private bool ReceiveFrom(NodeConnection connection)
    {
        try
        {
            return connection.Receive(_buffer, this);
        }
        catch (Exception e)
        {
            string sender = connection.IsEstablished ? connection.Peer.Name : connection.Transport.Remote;
            _log($"{sender} sent something that could not be dealt with: {e.GetType().Name}: {e.Message}");
            connection.End("what it brought could not be dealt with");
            return true;
        }
    }

    private void FlushAll()
    {
        foreach (var connection in _connections.Values)
        {
            if (connection.HasToSend) connection.Flush();
        }
    }

    private void Drop(NodeConnection connection, string reason)
    {
        if (!_connections.Remove(connection.Number)) return;
        _active = [];
        if (connection.Peer.Role == PeerRole.Node) _log($"the connection to {connection.Peer.Name} has ended: {reason}");
        connection.Dispose();
        _node.Disconnected(Now, connection.Number);
    }

    private void AcceptAll()
    {
        for (int i = 0; i < MostAtOnce && _listener.Poll(0, SelectMode.SelectRead); i++)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (SocketException)
            {
                return; // it has gone again
            }
            if (_options.Connections.Tls is null)
            {
                BeginAsListener(socket);
                continue;
            }
            if (_securing.Count >= MostStrangers) EndSecuring(_securing[0].Socket);
            _securing.Add((socket, Now));
            new Thread(() => BeginAsListener(socket)) { IsBackground = true, Name = "actorsnn tls handshake" }.Start();
        }
    }

    private void BeginAsListener(Socket socket)
    {
        try
        {
            Begin(socket, ConnectionSide.Listener, null);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException or System.Security.Authentication.AuthenticationException)
        {
            // It has gone again, or is nobody's who may come in.
            socket.Dispose();
        }
        lock (_gate) _securing.RemoveAll(s => s.Socket == socket);
    }

    /// <summary>Closes connections that take too long to come under TLS, however little they send at a time.</summary>
    private void EndSlowSecuring()
    {
        long now = Now;
        while (_securing is [(var oldest, var since), ..] && now - since > HandshakeMs) EndSecuring(oldest);
    }

    private void EndSecuring(Socket socket)
    {
        _securing.RemoveAt(0);
        socket.Dispose();
    }

    private void Begin(Socket socket, ConnectionSide side, string? dialled)
    {
        ITransport transport;
        if (_options.Connections.Tls is { } tls)
        {
            transport = tls.Secure(socket, side, dialled, HandshakeMs, Wake);
        }
        else
        {
            transport = new SocketTransport(socket);
        }
        lock (_gate)
        {
            if (_stopping)
            {
                transport.Dispose();
                return;
            }
            if (_strangers.Count >= MostStrangers) DropStranger(_strangers.Find(s => s.Dialled is null) ?? _strangers[0], "too many connections that have not said who they are");
            var handshake = new Handshake(side, _identity, RandomNumberGenerator.GetBytes(Handshake.NonceSize), _options.Connections.SecretBytes, _node.Admit, _refusals);
            var connection = new NodeConnection(++_connectionNumber, transport, handshake, _refusals, Now, dialled);
            _strangers.Add(connection);
            connection.Flush();
        }
        Wake();
    }

    private void ReceiveFromStrangers()
    {
        long now = Now;
        foreach (var stranger in _strangers.ToArray())
        {
            ReceiveFrom(stranger);
            if (stranger.IsEstablished)
            {
                stranger.Flush();
                continue;
            }
            if (now - stranger.Since > HandshakeMs) stranger.End("it took too long to say who it is");
            if (stranger.Ended is { } reason) DropStranger(stranger, reason);
            else stranger.Flush();
        }
    }

    private void DropStranger(NodeConnection stranger, string reason)
    {
        _strangers.Remove(stranger);
        stranger.End(reason);
        _log($"{stranger.Dialled ?? stranger.Transport.Remote} refused: {stranger.Ended}");
        stranger.Dispose();
        if (stranger.Dialled is { } node) _node.DialFailed(Now, node);
    }

    /// <summary>Sleeps until something arrives, somebody wakes the node, or a little time has passed.</summary>
    private void SleepUntilReadable(Sleeper sleeper, bool withStrangers)
    {
        var readable = new List<Socket>();
        bool workerPumps;
        lock (_gate)
        {
            if (_stopping) return;
            // A worker that pumps looks at the connections itself, and more often.
            workerPumps = withStrangers && _node.Share is { Group.RunsOn: true } && Stopwatch.GetTimestamp() - Volatile.Read(ref _lastPump) < SleepMs * Stopwatch.Frequency / 1000;
            if (!workerPumps)
            {
                foreach (var connection in _connections.Values)
                {
                    if (connection.Transport.Readable is { } socket) readable.Add(socket);
                }
            }
            if (withStrangers)
            {
                readable.Add(_listener);
                foreach (var stranger in _strangers)
                {
                    if (stranger.Transport.Readable is { } socket) readable.Add(socket);
                }
            }
        }
        readable.Add(_waker);
        if (!sleeper.FallAsleep()) return;
        try
        {
            Socket.Select(readable, null, null, SleepMs * 1000);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A connection was closed meanwhile.
        }
        sleeper.GetUp();
        if (readable.Contains(_waker))
        {
            while (_waker.Receive(_wakeBuffer, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
            {
            }
        }
    }

    private void Stop(string? reason)
    {
        _stopping = true;
        _node.Share?.Group.Stop();
        _endReason = reason;
        Wake();
    }

    private void CleanUp()
    {
        _node.Share?.Group.Dispose();
        lock (_gate)
        {
            foreach (var connection in _connections.Values) connection.Dispose();
            foreach (var stranger in _strangers) stranger.Dispose();
            foreach (var (socket, _) in _securing) socket.Dispose();
            _listener.Dispose();
            _errands.Close();
        }
        _errands.Join();
        _store.Dispose();
        _completion.TrySetResult(_endReason);
    }

    /// <summary>A thread that sleeps now and then. Who is woken before it has fallen asleep does not.</summary>
    private sealed class Sleeper
    {
        private const int Up = 0;
        private const int Called = 1;
        private const int Asleep = 2;
        private int _state;

        /// <returns>False when it has been called meanwhile.</returns>
        public bool FallAsleep()
        {
            if (Interlocked.CompareExchange(ref _state, Asleep, Up) == Up) return true;
            Volatile.Write(ref _state, Up);
            return false;
        }

        public void GetUp() => Volatile.Write(ref _state, Up);

        /// <returns>Whether it sleeps, and has to be woken.</returns>
        public bool Wake() => Interlocked.Exchange(ref _state, Called) == Asleep;
    }
}
