using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>Whoever does not know the secret may do what he wants: nodes simulate on.</summary>
public sealed class HammeredNodeTests
{
    private const int IdleConnections = 1000;
    private const int Attempts = 40;
    private const long Ticks = 5000;
    private static readonly ConnectionOptions Protected = new("a secret of more than sixteen bytes");

    [Fact]
    public async Task A_node_hammered_by_strangers_simulates_on()
    {
        using var cluster = new LocalCluster(2, Protected, detectionMs: 60_000);
        byte[] overheard = Overhear(cluster.Nodes[0].Name);
        var network = RandomNetworks.Make(12, maxDelay: 3);
        string expected = OneCore.HashAt(network, Ticks);
        using var over = new CancellationTokenSource();
        var attacks = cluster.Nodes.SelectMany(n => Attacks(n.Name, overheard, over.Token)).ToArray();
        using (var client = cluster.Client())
        {
            do
            {
                string run = cluster.Submit(client, network, Ticks, every: 1000, cores: 4);
                var end = cluster.Await(client, run, p => p.Status == RunStatus.Done);
                Assert.Equal((2, 0), (end.Nodes, end.History.Recoveries));
                Assert.Equal(expected, LocalCluster.StateOf(client, run, network, Ticks).Hash());
            }
            while (attacks.Any(a => !a.HasDoneEnough));
        }
        over.Cancel();
        await Task.WhenAll(attacks.Select(a => a.Task));
        Assert.DoesNotContain(cluster.Log, line => line.Contains("is lost", StringComparison.Ordinal));
    }

    [Fact]
    public void A_frame_that_is_sent_again_ends_its_connection_and_nothing_else()
    {
        using var cluster = new LocalCluster(1, Protected);
        using var wire = new Wire(cluster.Nodes[0].Name) { Repeats = true };
        using var client = new ClusterClient([wire.Address], Protected);
        // The client goes on over another connection, on the wire or beside it.
        Assert.True(SpinWait.SpinUntil(() => client.Status().Nodes.Length == 1 && wire.EndedByNode > 0, LocalCluster.Patience));
        wire.Repeats = false;
        Assert.Single(client.Status().Nodes);
    }

    /// <summary>All that a client who knows the secret says in one conversation.</summary>
    private static byte[] Overhear(string node)
    {
        using var wire = new Wire(node);
        using (var client = new ClusterClient([wire.Address], Protected)) client.Status();
        byte[] said = wire.Said;
        Assert.InRange(said.Length, Handshake.NonceSize, 1 << 20);
        return said;
    }

    private static IEnumerable<Attack> Attacks(string node, byte[] overheard, CancellationToken over)
    {
        yield return new Attack(node, over, Attempts, (stream, random) =>
        {
            byte[] noise = new byte[random.Next(1, 20_000)];
            random.NextBytes(noise);
            stream.Write(noise);
        });
        yield return new Attack(node, over, Attempts, (stream, random) =>
        {
            // A frame that announces more than comes.
            byte[] half = new byte[random.Next(4, 200)];
            random.NextBytes(half);
            BinaryPrimitives.WriteInt32LittleEndian(half, random.Next(half.Length, 2 * half.Length));
            stream.Write(half);
        });
        yield return new Attack(node, over, Attempts, (stream, random) => stream.Write(overheard.AsSpan(0, random.Next(2) == 0 ? overheard.Length : random.Next(1, overheard.Length))));
        yield return new Attack(node, over, IdleConnections, null);
    }

    /// <summary>Connects again and again, and does something each time; or connects, and keeps the connections without a word.</summary>
    private sealed class Attack
    {
        private readonly int _enough;
        private int _done;

        public Attack(string node, CancellationToken over, int enough, Action<NetworkStream, Random>? act)
        {
            _enough = enough;
            Task = Task.Factory.StartNew(() => Run(IPEndPoint.Parse(node), act, over), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public Task Task { get; }

        public bool HasDoneEnough => Task.IsFaulted || Volatile.Read(ref _done) >= _enough;

        private void Run(IPEndPoint node, Action<NetworkStream, Random>? act, CancellationToken over)
        {
            var random = new Random(1);
            var kept = new List<TcpClient>();
            byte[] answer = new byte[4096];
            while (!over.IsCancellationRequested && (act is not null || kept.Count < IdleConnections))
            {
                var stranger = new TcpClient { SendTimeout = 1000, ReceiveTimeout = 50 };
                try
                {
                    stranger.Connect(node);
                    if (act is null)
                    {
                        kept.Add(stranger);
                    }
                    else
                    {
                        act(stranger.GetStream(), random);
                        while (stranger.GetStream().Read(answer) > 0)
                        {
                        }
                    }
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    // Refused, or not answered.
                }
                if (act is not null) stranger.Dispose();
                Interlocked.Increment(ref _done);
            }
            over.WaitHandle.WaitOne();
            foreach (var stranger in kept) stranger.Dispose();
        }
    }

    /// <summary>Carries what a client and a node say to each other, and hears it all.</summary>
    private sealed class Wire : IDisposable
    {
        /// <summary>Bytes a client says before it has proved itself; a frame after that can be repeated.</summary>
        private const int UntilProved = 400;

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly IPEndPoint _node;
        private readonly MemoryStream _said = new();
        private int _endedByNode;

        public Wire(string node)
        {
            _node = IPEndPoint.Parse(node);
            _listener.Start();
            _ = Task.Run(Accept);
        }

        public string Address => _listener.LocalEndpoint.ToString()!;

        /// <summary>Whether what the client says later on reaches the node twice.</summary>
        public volatile bool Repeats;

        /// <summary>Connections that the node has ended, and not the client.</summary>
        public int EndedByNode => Volatile.Read(ref _endedByNode);

        public byte[] Said
        {
            get
            {
                lock (_said) return _said.ToArray();
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task Accept()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    var node = new TcpClient();
                    await node.ConnectAsync(_node);
                    int ended = 0;
                    void Ended(TcpClient who)
                    {
                        if (Interlocked.Exchange(ref ended, 1) == 0 && who == node) Interlocked.Increment(ref _endedByNode);
                    }
                    _ = Carry(client, node, heard: true, Ended);
                    _ = Carry(node, client, heard: false, Ended);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Nobody listens any more.
            }
        }

        private async Task Carry(TcpClient from, TcpClient to, bool heard, Action<TcpClient> ended)
        {
            byte[] buffer = new byte[64 * 1024];
            int total = 0;
            // Whom the last word depends on: a node that ends a connection may be noticed when it is written to.
            var waitedFor = from;
            try
            {
                while (await from.GetStream().ReadAsync(buffer) is > 0 and var count)
                {
                    if (heard)
                    {
                        lock (_said) _said.Write(buffer, 0, count);
                    }
                    waitedFor = to;
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
                    total += count;
                    if (heard && Repeats && total > UntilProved) await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
                    waitedFor = from;
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One of them has gone.
            }
            ended(waitedFor);
            from.Dispose();
            to.Dispose();
        }
    }
}
