using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>The door by which clients come in on nodes that reach each other some other way.</summary>
public sealed class ClientDoorTests : IDisposable
{
    private const string Secret = "a secret for tests";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly ClientDoor _door;
    private readonly Echo _visitors;

    public ClientDoorTests()
    {
        _door = new ClientDoor("127.0.0.1:0", null, new ConnectionOptions(Secret), _log.Enqueue);
        _visitors = new Echo(_door);
        _door.Open(new PeerIdentity(PeerRole.Node, _door.Address, _door.Address, 5, "store"), _visitors);
    }

    public void Dispose() => _door.Dispose();

    [Fact]
    public void What_a_client_asks_goes_in_and_the_reply_comes_out()
    {
        using (var one = new ClientConnection(_door.Address, new ConnectionOptions(Secret)))
        using (var other = new ClientConnection(_door.Address, new ConnectionOptions(Secret)))
        {
            foreach (long number in (long[])[1, 2, 3])
            {
                Assert.Equal($"{number}", Ask(one, number).Problem);
                Assert.Equal($"{number + 10}", Ask(other, number + 10).Problem);
            }
        }
        Assert.True(SpinWait.SpinUntil(() => _visitors.Inside.IsEmpty, Patience), "both have left");
    }

    [Fact]
    public void A_client_that_is_sent_away_hears_so_and_others_do_not()
    {
        using var one = new ClientConnection(_door.Address, new ConnectionOptions(Secret));
        using var other = new ClientConnection(_door.Address, new ConnectionOptions(Secret));
        Assert.Equal("1", Ask(one, 1).Problem);
        _door.Close(_visitors.Inside.Keys.Min());
        Assert.ThrowsAny<IOException>(() => Ask(one, 2));
        Assert.Equal("3", Ask(other, 3).Problem);
    }

    [Fact]
    public void Who_does_not_know_the_secret_or_is_no_client_or_talks_nonsense_is_refused()
    {
        Assert.ThrowsAny<IOException>(() => new ClientConnection(_door.Address, new ConnectionOptions("another secret for tests")));
        Assert.ThrowsAny<IOException>(() => new ClientConnection(_door.Address, new ConnectionOptions()));
        using (var stranger = new TcpClient())
        {
            stranger.Connect(IPEndPoint.Parse(_door.Address));
            stranger.GetStream().Write([.. Enumerable.Repeat((byte)0xFF, 500)]);
            stranger.GetStream().ReadTimeout = (int)Patience.TotalMilliseconds;
            Assert.True(Ended(stranger.GetStream()));
        }
        using (var node = Node())
        {
            var connection = new NodeConnection(1, node.Transport, node.Handshake, new RefusalCounters(), 0, _door.Address);
            var buffer = new byte[1000];
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    connection.Flush();
                    connection.Receive(buffer, new Nobody());
                    return connection.Ended is not null;
                },
                Patience));
        }
        Assert.True(SpinWait.SpinUntil(() => _log.Any(l => l.Contains("only clients come in here")), Patience), string.Join('\n', _log));
        Assert.Empty(_visitors.Inside);
        using var client = new ClientConnection(_door.Address, new ConnectionOptions(Secret));
        Assert.Equal("7", Ask(client, 7).Problem);
    }

    [Fact]
    public void Many_who_say_nothing_keep_no_client_out()
    {
        var idle = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 120; i++)
            {
                idle.Add(new TcpClient());
                idle[^1].Connect(IPEndPoint.Parse(_door.Address));
            }
            using var client = new ClientConnection(_door.Address, new ConnectionOptions(Secret));
            Assert.Equal("1", Ask(client, 1).Problem);
            // The client came last: whoever was too many before it has been sent away.
            Assert.True(_log.Count(l => l.Contains("refused")) >= 120 - 64, string.Join('\n', _log));
        }
        finally
        {
            foreach (var stranger in idle) stranger.Dispose();
        }
    }

    [Fact]
    public void Beyond_loopback_a_secret_is_required() =>
        Assert.Contains("cluster secret", Assert.Throws<IOException>(() => new ClientDoor("0.0.0.0:0", "host:7400", new ConnectionOptions(), _ => { })).Message);

    private static ClientReply Ask(ClientConnection client, long number) => client.Ask(new ClientRequest(number, new AskStatus()), Environment.TickCount64 + (long)Patience.TotalMilliseconds);

    private Dialling Node()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPEndPoint.Parse(_door.Address));
        var identity = new PeerIdentity(PeerRole.Node, "127.0.0.1:1", "127.0.0.1:1", 9, "store");
        var handshake = new Handshake(ConnectionSide.Dialler, identity, new byte[Handshake.NonceSize], Encoding.UTF8.GetBytes(Secret), _ => 0, new RefusalCounters());
        return new Dialling(new SocketTransport(socket), handshake, socket);
    }

    private static bool Ended(NetworkStream stream)
    {
        try
        {
            while (stream.ReadByte() >= 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset is an end, too.
        }
        return true;
    }

    private sealed record Dialling(SocketTransport Transport, Handshake Handshake, IDisposable Socket) : IDisposable
    {
        public void Dispose() => Socket.Dispose();
    }

    /// <summary>Answers every request with its number.</summary>
    private sealed class Echo(ClientDoor door) : IDoorVisitors
    {
        public ConcurrentDictionary<long, PeerIdentity> Inside { get; } = new();

        public void Entered(long client, PeerIdentity identity) => Inside[client] = identity;

        public void Said(long client, byte[] frame)
        {
            var request = (ClientRequest)ControlMessage.TryRead(frame)!;
            door.Transmit(client, new ClientReply(request.Number, $"{request.Number}").ToBytes());
        }

        public void Left(long client) => Inside.TryRemove(client, out _);
    }

    private sealed class Nobody : IConnectionSink
    {
        public void Established(NodeConnection connection)
        {
        }

        public void Received(NodeConnection connection, ReadOnlySpan<byte> frame)
        {
        }
    }
}
