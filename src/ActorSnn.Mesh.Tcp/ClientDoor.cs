using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tcp;

/// <summary>Where clients come in, over TCP, with the cluster's secret and certificates as everywhere. One thread looks after all of them.</summary>
public sealed class ClientDoor : IClientDoor, IConnectionSink
{
    /// <summary>Connections that have not proved themselves; the oldest goes when there are more.</summary>
    private const int MostStrangers = 64;

    /// <summary>Connections taken in one go: clients have their turn in between.</summary>
    private const int MostAtOnce = 16;

    private const int HandshakeMs = 3000;
    private const int SleepMs = 20;

    private readonly ConnectionOptions _options;
    private readonly Action<string> _log;
    private readonly Socket _listener;
    private readonly Socket _waker;
    private readonly ConcurrentQueue<Action> _orders = new();
    private readonly ConcurrentQueue<(Socket Socket, ITransport? Transport)> _arrivals = new();
    private readonly Dictionary<long, NodeConnection> _clients = [];
    private readonly List<NodeConnection> _strangers = [];
    private readonly RefusalCounters _refusals = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly long _start = Stopwatch.GetTimestamp();
    private PeerIdentity? _identity;
    private IDoorVisitors? _visitors;
    private Thread? _thread;
    private long _number;
    private int _securing;
    private volatile bool _stopping;

    /// <summary>Takes an address; nobody is let in before <see cref="Open"/>.</summary>
    /// <param name="listen">HOST:PORT; port 0 takes a free one.</param>
    /// <param name="advertise">The same as clients see it; null for where it listens.</param>
    /// <param name="connections">How connections are protected.</param>
    /// <param name="log">Is told whom it has refused.</param>
    /// <exception cref="IOException">It cannot listen there, or may not. The message is one line.</exception>
    public ClientDoor(string listen, string? advertise, ConnectionOptions connections, Action<string> log)
    {
        (_options, _log) = (connections, log);
        var options = new TcpNodeOptions { Listen = listen, Advertise = advertise, Connections = connections };
        (_listener, Address) = options.OpenListener();
        _waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _waker.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _waker.Connect(_waker.LocalEndPoint!);
    }

    /// <inheritdoc/>
    public string Address { get; }

    private long Now => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    /// <inheritdoc/>
    public void Open(PeerIdentity identity, IDoorVisitors visitors)
    {
        (_identity, _visitors) = (identity, visitors);
        _thread = new Thread(Loop) { IsBackground = true, Name = "actorsnn clients" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Transmit(long client, ReadOnlySpan<byte> frame)
    {
        byte[] bytes = frame.ToArray();
        Order(() =>
        {
            if (_clients.TryGetValue(client, out var connection)) connection.Send(bytes);
        });
    }

    /// <inheritdoc/>
    public void Close(long client) => Order(() =>
    {
        if (!_clients.Remove(client, out var connection)) return;
        connection.Flush();
        connection.Dispose();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        if (_thread is not null && _thread != Thread.CurrentThread) _thread.Join();
        foreach (var connection in _clients.Values.Concat(_strangers)) connection.Dispose();
        _listener.Dispose();
        _waker.Dispose();
    }

    void IConnectionSink.Established(NodeConnection connection)
    {
        _strangers.Remove(connection);
        if (connection.Peer.Role != PeerRole.Client)
        {
            connection.End("only clients come in here; nodes of the akka engine find each other by Akka.NET's addresses");
            _log($"{connection.Transport.Remote} refused: {connection.Ended}");
            connection.Dispose();
            return;
        }
        _clients[connection.Number] = connection;
        _visitors!.Entered(connection.Number, connection.Peer);
    }

    void IConnectionSink.Received(NodeConnection connection, ReadOnlySpan<byte> frame) => _visitors!.Said(connection.Number, frame.ToArray());

    private void Loop()
    {
        while (!_stopping)
        {
            Accept();
            while (_arrivals.TryDequeue(out var arrival)) Begin(arrival.Socket, arrival.Transport);
            foreach (var stranger in _strangers.ToArray()) ReceiveFromStranger(stranger);
            while (_orders.TryDequeue(out var order)) order();
            foreach (var client in _clients.Values.ToArray()) Serve(client);
            Sleep();
        }
        // What was said last still goes out.
        while (_orders.TryDequeue(out var order)) order();
        foreach (var client in _clients.Values) client.Flush();
    }

    private void Accept()
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
            if (_options.Tls is not { } tls)
            {
                _arrivals.Enqueue((socket, null));
                continue;
            }
            if (Volatile.Read(ref _securing) >= MostStrangers)
            {
                socket.Dispose();
                continue;
            }
            Interlocked.Increment(ref _securing);
            var patience = new Timer(_ => socket.Dispose(), null, HandshakeMs, Timeout.Infinite);
            Task.Run(() =>
            {
                try
                {
                    _arrivals.Enqueue((socket, tls.Secure(socket, ConnectionSide.Listener, null, HandshakeMs, Wake)));
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
                {
                    socket.Dispose();
                }
                finally
                {
                    patience.Dispose();
                    Interlocked.Decrement(ref _securing);
                    Wake();
                }
            });
        }
    }

    private void Begin(Socket socket, ITransport? secured)
    {
        try
        {
            var handshake = new Handshake(
                ConnectionSide.Listener, _identity!, RandomNumberGenerator.GetBytes(Handshake.NonceSize), _options.SecretBytes, _ => 0, _refusals);
            var connection = new NodeConnection(++_number, secured ?? new SocketTransport(socket), handshake, _refusals, Now, null);
            if (_strangers.Count >= MostStrangers)
            {
                _strangers[0].End("too many connections that have not said who they are");
                Refuse(_strangers[0]);
            }
            _strangers.Add(connection);
            connection.Flush();
        }
        catch (SocketException)
        {
            socket.Dispose();
        }
    }

    private void ReceiveFromStranger(NodeConnection stranger)
    {
        stranger.Receive(_buffer, this);
        if (!stranger.IsEstablished && Now - stranger.Since > HandshakeMs) stranger.End("it took too long to say who it is");
        if (stranger.Ended is null)
        {
            stranger.Flush();
            return;
        }
        Refuse(stranger);
    }

    private void Refuse(NodeConnection stranger)
    {
        if (!_strangers.Remove(stranger)) return;
        _log($"{stranger.Transport.Remote} refused: {stranger.Ended}");
        stranger.Dispose();
    }

    private void Serve(NodeConnection client)
    {
        client.Receive(_buffer, this);
        client.Flush();
        if (client.Ended is null || !_clients.Remove(client.Number)) return;
        client.Dispose();
        _visitors!.Left(client.Number);
    }

    private void Order(Action order)
    {
        _orders.Enqueue(order);
        Wake();
    }

    private void Wake()
    {
        try
        {
            _waker.Send([1], SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            // Nobody is in any more.
        }
    }

    private void Sleep()
    {
        var readable = new List<Socket> { _waker, _listener };
        foreach (var connection in _clients.Values.Concat(_strangers))
        {
            if (connection.Transport.Readable is { } socket) readable.Add(socket);
        }
        try
        {
            Socket.Select(readable, null, null, SleepMs * 1000);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A connection was closed meanwhile.
        }
        while (_waker.Receive(_buffer, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
        {
        }
    }
}
