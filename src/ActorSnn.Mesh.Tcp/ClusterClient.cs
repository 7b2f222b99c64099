using System.Net.Sockets;
using System.Net.Security;
using System.Security.Cryptography;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tcp;

/// <summary>
/// Talks to a cluster from outside: submits runs, asks how they stand, and fetches what came of them. Finds the coordinator by itself, and again when another node has become it. For one thread at a time.
/// </summary>
public sealed class ClusterClient : IDisposable
{
    private const int MostRefusals = 5;

    private readonly List<string> _nodes;
    private readonly ConnectionOptions _options;
    private readonly int _patienceMs;
    private ClientConnection? _connection;
    private string? _coordinator;
    private long _number;
    private FaultMessenger? _faults;

    /// <summary>Prepares a client; nothing is connected yet.</summary>
    /// <param name="nodes">Some nodes of the cluster, HOST:PORT; the first that answers will do.</param>
    /// <param name="options">How connections are protected.</param>
    /// <param name="patienceMs">How long it goes on trying when no node answers; four times as long when some do, and none coordinates.</param>
    public ClusterClient(IEnumerable<string> nodes, ConnectionOptions? options = null, int patienceMs = 15_000) =>
        (_nodes, _options, _patienceMs) = ([.. nodes], options ?? new(), patienceMs);

    /// <summary>How the cluster and its runs stand.</summary>
    /// <exception cref="ClusterException">No node answers.</exception>
    public ClusterStatus Status()
    {
        var status = Request(new AskStatus()).Cluster!;
        // All that were named at first may be replaced, one after the other.
        foreach (var node in status.Nodes)
        {
            if (!_nodes.Contains(node.Name)) _nodes.Add(node.Name);
        }
        _faults?.Meet(status.Nodes.Select(n => n.Name));
        return status;
    }

    /// <summary>How a run stands, and its plan.</summary>
    /// <exception cref="ClusterException">There is no such run, or no node answers.</exception>
    public (RunProgressReport Progress, RunPlan Plan) Run(string run)
    {
        var reply = Request(new AskRun(run));
        return (reply.Run!, RunPlan.FromJson(reply.Plan!));
    }

    /// <summary>Submits a run.</summary>
    /// <param name="name">Beginning of its name; the cluster adds a number.</param>
    /// <param name="plan">What is to be run.</param>
    /// <param name="network">The network, as <see cref="Networks.NetworkBytes"/> writes it.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="ClusterException">It was refused, or no node answers.</exception>
    public string Submit(string name, RunPlan plan, ReadOnlyMemory<byte> network)
    {
        long until = Environment.TickCount64 + _patienceMs;
        int redirects = 0;
        while (true)
        {
            // The pieces stay with the connection: when it breaks, or the coordinator changes, all is sent again.
            var connection = Connect(until);
            try
            {
                for (int offset = 0; offset < network.Length; offset += ClientSession.PieceBytes)
                {
                    var piece = network.Slice(offset, Math.Min(ClientSession.PieceBytes, network.Length - offset));
                    Check(connection.Ask(new ClientRequest(++_number, new Upload(offset, piece.ToArray())), Lasting(until)));
                }
                var reply = connection.Ask(new ClientRequest(++_number, new Submit(name, plan.ToJson(), Convert.ToHexStringLower(SHA256.HashData(network.Span)))), Lasting(until));
                if (reply.Coordinator is null) return Check(reply).Run!.Name;
                Follow(reply.Coordinator, ref redirects, until);
            }
            catch (IOException) when (Environment.TickCount64 < until)
            {
                Drop();
            }
        }
    }

    /// <summary>Stops a run at its next checkpoint.</summary>
    /// <exception cref="ClusterException">It was refused, or no node answers.</exception>
    public void Stop(string run) => Request(new StopRun(run));

    /// <summary>Goes on with a run that was stopped or has failed.</summary>
    /// <exception cref="ClusterException">It was refused, or no node answers.</exception>
    public void Continue(string run) => Request(new ContinueRun(run));

    /// <summary>Lets an open run go on to a later tick.</summary>
    /// <exception cref="ClusterException">It was refused, or no node answers.</exception>
    public void Extend(string run, long lastTick) => Request(new Extend(run, lastTick));

    /// <summary>Takes the cores from a node at the next checkpoint, and lets it leave.</summary>
    /// <exception cref="ClusterException">It was refused, or no node answers.</exception>
    public void Drain(string node) => Request(new DrainNode(node));

    /// <summary>Removes a run that is over, with all that belongs to it.</summary>
    /// <exception cref="ClusterException">It was refused, or no node answers.</exception>
    public void Remove(string run) => Request(new RemoveRun(run));

    /// <summary>
    /// Lets a fault happen now. Each node it concerns is told directly, so that nodes which are cut off from each other are told as well; those that do not answer, and those that are started again, are told of what lasts when this
    /// client asks or orders something next. A core is killed only where it is at this moment; while a run begins or recovers it is nowhere.
    /// </summary>
    /// <param name="order">The fault; nodes go by their names.</param>
    /// <exception cref="FaultRefusedException">A node does not allow it, or the node to be broken does not answer.</exception>
    /// <exception cref="ClusterException">No node answers.</exception>
    public void Apply(FaultOrder order) => Faults().Apply(order);

    /// <summary>What faults did, and what was noticed of it: the sum over all nodes since they were started. Of those that have ended, or do not answer, that counts which they said last, to this client.</summary>
    /// <exception cref="ClusterException">No node has ever answered.</exception>
    public FaultCounts FaultCounts() => Faults().Counts();

    /// <summary>The checkpoints of a run from a tick on, earliest first.</summary>
    /// <exception cref="ClusterException">No node answers.</exception>
    public IReadOnlyList<CheckpointManifest> Checkpoints(string run, long fromTick)
    {
        var all = new List<CheckpointManifest>();
        while (Request(new ListCheckpoints(run, fromTick)).Checkpoints is { Length: > 0 } some)
        {
            all.AddRange(some);
            fromTick = some[^1].Tick + 1;
        }
        return all;
    }

    /// <summary>A part of a checkpoint.</summary>
    /// <exception cref="ClusterException">It is not there any more, or no node answers.</exception>
    public byte[] Part(string run, StoredPart part)
    {
        byte[] bytes = Fetch(offset => new FetchPart(run, part, offset), part.Length);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == part.Sha256
            ? bytes
            : throw new ClusterException($"part {part.Key.Number} of tick {part.Key.Tick} of {run} did not arrive as it was written");
    }

    /// <summary>The network of a run, as <see cref="Networks.NetworkBytes"/> reads it.</summary>
    /// <exception cref="ClusterException">There is no such run, or no node answers.</exception>
    public byte[] Network(string run) => Fetch(offset => new FetchNetwork(run, offset), null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Drop();
        _faults?.Dispose();
    }

    private FaultMessenger Faults()
    {
        if (_faults is not null) return _faults;
        var messenger = new FaultMessenger(_options);
        // Those that cannot be reached at present may be so later.
        messenger.Meet([.. Status().Nodes.Select(n => n.Name), .. _nodes]);
        return _faults = messenger;
    }

    private byte[] Fetch(Func<long, ClientAction> action, long? length)
    {
        var bytes = new MemoryStream();
        while (length is null || bytes.Length < length)
        {
            byte[] piece = Request(action(bytes.Length)).Bytes ?? [];
            bytes.Write(piece);
            if (piece.Length < ClientSession.PieceBytes) break;
        }
        return bytes.ToArray();
    }

    private ClientReply Request(ClientAction action)
    {
        long began = Environment.TickCount64;
        long until = began + _patienceMs;
        long mostUntil = began + 4L * _patienceMs;
        int redirects = 0;
        while (true)
        {
            try
            {
                // Asking twice does no harm, and a node that stands still is not the only one.
                var reply = Connect(until).Ask(new ClientRequest(++_number, action), Environment.TickCount64 + ClientConnection.PieceMs);
                if (reply.Coordinator is null && !(reply.Problem == ClientSession.NoCoordinator && Environment.TickCount64 < mostUntil)) return Check(reply);
                // Somebody is there: another coordinator will be, if enough of them are.
                until = Environment.TickCount64 + _patienceMs;
                if (reply.Coordinator is not null) Follow(reply.Coordinator, ref redirects, mostUntil);
                else
                {
                    Thread.Sleep(50);
                    Drop();
                }
            }
            catch (IOException e) when (e is not ClusterException && Environment.TickCount64 < until)
            {
                Avoid();
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>Until when to wait for an answer to what must not be asked twice.</summary>
    private static long Lasting(long until) => Math.Max(until, Environment.TickCount64 + ClientConnection.PieceMs);

    private static ClientReply Check(ClientReply reply) => reply.Problem is null ? reply : throw new ClusterException(reply.Problem);

    private ClientConnection Connect(long until)
    {
        if (_connection is not null) return _connection;
        string problem = "";
        int refusals = 0;
        do
        {
            bool allRefuse = true;
            // The coordinator when it is known, else whoever answers.
            foreach (string node in _nodes.Prepend(_coordinator).OfType<string>().Distinct().ToArray())
            {
                try
                {
                    return _connection = new ClientConnection(node, _options);
                }
                catch (Exception e) when (e is (IOException and not ClusterException) or SocketException or FormatException or System.Security.Authentication.AuthenticationException)
                {
                    problem = e.Message;
                    allRefuse &= e is HandshakeRefusedException;
                    if (node == _coordinator) _coordinator = null;
                }
            }
            // A connection may end in the middle of its handshake because the node ends. That all do so again and again has another reason.
            refusals = allRefuse ? refusals + 1 : 0;
            if (refusals == MostRefusals) throw new ClusterException($"no node of the cluster lets this process in: {problem}");
            Thread.Sleep(100);
        }
        while (Environment.TickCount64 < until);
        throw new ClusterException($"no node of the cluster answers: {problem}");
    }

    /// <summary>Turns to who is said to coordinate. Right after a change of coordinators nodes may name one that is gone.</summary>
    /// <param name="coordinator">Its name.</param>
    /// <param name="redirects">How often this has happened for one request.</param>
    /// <param name="until">Until when it may.</param>
    /// <exception cref="ClusterException">It has gone on for too long.</exception>
    private void Follow(string coordinator, ref int redirects, long until)
    {
        if (Environment.TickCount64 >= until) throw new ClusterException($"{_connection!.Node} says that {coordinator} coordinates, which does not answer");
        if (redirects++ > 0) Thread.Sleep(50);
        _coordinator = coordinator;
        Drop();
    }

    /// <summary>Leaves a node that does not answer; the others come first from now on.</summary>
    private void Avoid()
    {
        if (_connection is { } silent)
        {
            if (_coordinator == silent.Node) _coordinator = null;
            if (_nodes.Remove(silent.Node)) _nodes.Add(silent.Node);
        }
        Drop();
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }
}

/// <summary>A cluster did not do what was asked of it. The message is one line.</summary>
/// <param name="message">Why.</param>
public sealed class ClusterException(string message) : IOException(message);

/// <summary>A connection ended before each side knew the other.</summary>
/// <param name="message">Why.</param>
internal sealed class HandshakeRefusedException(string message) : IOException(message);

/// <summary>A client's connection to one node.</summary>
internal sealed class ClientConnection : IConnectionSink, IDisposable
{
    /// <summary>How long an answer may take, in milliseconds.</summary>
    public const int PieceMs = 5000;

    private readonly NodeConnection _connection;
    private readonly AutoResetEvent _arrived = new(false);
    private readonly byte[] _buffer = new byte[128 * 1024];
    private ClientReply? _reply;

    /// <param name="node">The node.</param>
    /// <param name="options">How the connection is protected.</param>
    /// <param name="patienceMs">How long the node may take to say who it is.</param>
    public ClientConnection(string node, ConnectionOptions options, int patienceMs = PieceMs)
    {
        Node = node;
        var refusals = new RefusalCounters();
        var socket = Addresses.Connect(node, options, patienceMs);
        ITransport transport;
        if (options.Tls is { } tls)
        {
            tls.Load();
            transport = tls.Secure(socket, ConnectionSide.Dialler, node, patienceMs, () => _arrived.Set());
        }
        else
        {
            transport = new SocketTransport(socket);
        }
        var identity = new PeerIdentity(PeerRole.Client, $"client-{Environment.ProcessId}", "", BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1, "");
        var handshake = new Handshake(ConnectionSide.Dialler, identity, RandomNumberGenerator.GetBytes(Handshake.NonceSize), options.SecretBytes, _ => 0, refusals);
        _connection = new NodeConnection(1, transport, handshake, refusals, 0, node);
        Await(() => _connection.IsEstablished, Environment.TickCount64 + patienceMs);
    }

    /// <summary>Where it leads.</summary>
    public string Node { get; }

    /// <summary>Asks and waits for the reply.</summary>
    /// <exception cref="IOException">The connection has ended, or nobody has answered in time.</exception>
    public ClientReply Ask(ClientRequest request, long until)
    {
        byte[] bytes = request.ToBytes();
        if (bytes.Length > Framing.MaxPayload) throw new ClusterException($"a request of {bytes.Length} bytes; at most {Framing.MaxPayload} are possible");
        _reply = null;
        _connection.Send(bytes);
        Await(() => _reply?.Number == request.Number, until);
        return _reply!;
    }

    void IConnectionSink.Established(NodeConnection connection)
    {
    }

    void IConnectionSink.Received(NodeConnection connection, ReadOnlySpan<byte> frame) => _reply = ControlMessage.TryRead(frame) as ClientReply;

    public void Dispose() => _connection.Dispose();

    private void Await(Func<bool> reached, long until)
    {
        while (true)
        {
            _connection.Flush();
            _connection.Receive(_buffer, this);
            if (reached())
            {
                _connection.Flush();
                return;
            }
            if (_connection.Ended is { } reason)
                throw _connection.IsEstablished ? new IOException($"{_connection.Dialled}: {reason}") : new HandshakeRefusedException($"{_connection.Dialled}: {reason}");
            if (Environment.TickCount64 > until) throw new IOException($"{_connection.Dialled} does not answer");
            if (_connection.Transport.Readable is not { } socket) _arrived.WaitOne(50);
            else socket.Poll(50_000, _connection.HasToSend ? SelectMode.SelectWrite : SelectMode.SelectRead);
        }
    }
}
