using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>
/// A whole cluster in one thread, under a scheduler that is nothing but a seed: nodes, their cores, connections between them, a store, and what goes wrong with each. Time is
/// virtual, in milliseconds. The same seed gives the same history.
/// </summary>
internal sealed class SimulatedCluster
{
    private readonly PriorityQueue<Action, (long, long)> _events = new();
    private readonly Dictionary<long, SimulatedConnection> _connections = [];
    private readonly Random _random;
    private readonly SimulatedFaults _faults;
    private long _order;
    private long _connectionNumber;
    private ulong _incarnation;
    private long _clientConnection;

    /// <param name="seed">Decides everything.</param>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="late">How many of them come late.</param>
    /// <param name="faults">What goes wrong.</param>
    public SimulatedCluster(int seed, int nodes, int late, SimulatedFaults faults)
    {
        Seed = seed;
        _random = new Random(seed);
        _faults = faults;
        Store = new MemoryStore(() => Now);
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new SimulatedNode(this, $"n{i}:1"))];
        for (int i = 0; i < nodes; i++) At(_random.Next(i < nodes - late ? 20 : 1000), Nodes[i].Start);
    }

    public int Seed { get; }

    public long Now { get; private set; }

    public MemoryStore Store { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public Random Random => _random;

    public SimulatedFaults Faults => _faults;

    public static ClusterOptions Options { get; } = new() { DetectionMs = 200, LeaseMs = 200, StoreTimeoutMs = 1_000_000 };

    /// <summary>What happened, for who looks into a failure.</summary>
    public List<string> History { get; } = [];

    public ulong NextIncarnation() => ++_incarnation;

    /// <summary>Number for a client's connection. Nobody listens at its other end: clients of this simulation look in the store for what has become of their wishes.</summary>
    public long NextClientConnection() => --_clientConnection;

    public void At(long delay, Action happening) => _events.Enqueue(happening, (Now + delay, _order++));

    public void Note(string line)
    {
        if (History.Count < 5000) History.Add($"{Now,6} {line}");
    }

    /// <summary>Lets time pass until something is so.</summary>
    /// <returns>Whether it came to be within the time.</returns>
    public bool RunUntil(Func<bool> reached, long within)
    {
        long end = Now + within;
        while (_events.TryDequeue(out var happening, out var time))
        {
            if (time.Item1 > end) return false;
            Now = time.Item1;
            happening();
            if (reached()) return true;
        }
        return false;
    }

    /// <summary>Opens a connection between two nodes, if they can reach each other.</summary>
    public void Connect(SimulatedNode from, string to)
    {
        var target = Nodes.FirstOrDefault(n => n.Name == to);
        At(1 + _random.Next(3), () =>
        {
            if (!from.IsUp) return;
            if (target is not { IsUp: true } || _faults.IsCut(from, target))
            {
                from.Later(() => from.Node!.DialFailed(Now, to));
                return;
            }
            var a = new SimulatedConnection(++_connectionNumber, from, target.Name);
            var b = new SimulatedConnection(++_connectionNumber, target, from.Name);
            (a.Other, b.Other) = (b, a);
            _connections[a.Number] = a;
            _connections[b.Number] = b;
            // The handshake: the listener answers when it is awake, then the dialler knows.
            var fromIdentity = from.Node!.Identity;
            long life = from.Life;
            target.Later(() =>
            {
                var targetIdentity = target.Node!.Identity;
                long? received = target.Node.Admit(fromIdentity);
                from.Later(() =>
                {
                    if (from.Life != life) return;
                    if (received is null || from.Node!.Admit(targetIdentity) is not { } sent)
                    {
                        a.IsClosed = b.IsClosed = true;
                        _connections.Remove(a.Number);
                        _connections.Remove(b.Number);
                        from.Node!.DialFailed(Now, to);
                        return;
                    }
                    target.Later(() => target.Connected(b, fromIdentity, sent, isDialler: false));
                    a.IsThrough = true;
                    from.Connected(a, targetIdentity, received.Value, isDialler: true);
                });
            });
        });
    }

    public void Transmit(long connection, ReadOnlySpan<byte> frame)
    {
        if (!_connections.TryGetValue(connection, out var from) || from.IsClosed) return;
        byte[] bytes = frame.ToArray();
        var fate = _faults.Of(from.Owner, from.Other!.Owner, _random);
        if (fate.IsLost) return;
        if (fate.IsCorrupt) bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        // A connection keeps its order, unless the fault is that it does not.
        long at = Math.Max(Now + 1 + _random.Next(3), fate.IsLate ? Now : from.Other.LastArrival);
        if (fate.IsLate) at += 1 + _random.Next(20);
        else from.Other.LastArrival = at;
        for (int i = 0; i < (fate.IsDoubled ? 2 : 1); i++) At(at - Now + i * _random.Next(5), () => Arrive(from.Other, bytes));
    }

    public void Close(long connection)
    {
        if (!_connections.TryGetValue(connection, out var from) || from.IsClosed) return;
        Break(from);
    }

    /// <summary>Ends a connection for both ends, each of which notices in its own time.</summary>
    public void Break(SimulatedConnection connection)
    {
        foreach (var end in new[] { connection, connection.Other! })
        {
            if (end.IsClosed) continue;
            end.IsClosed = true;
            _connections.Remove(end.Number);
            At(1 + _random.Next(5), () => end.Owner.Later(() =>
            {
                if (!end.IsThrough) end.Owner.Node!.DialFailed(Now, end.Peer);
                end.Owner.Node!.Disconnected(Now, end.Number);
            }));
        }
    }

    /// <summary>The connections there are.</summary>
    public IEnumerable<SimulatedConnection> Connections => _connections.Values;

    private void Arrive(SimulatedConnection at, byte[] frame)
    {
        if (at.IsClosed || _faults.IsCut(at.Owner, at.Other!.Owner)) return;
        // A frozen process finds on waking what came before the connection ended.
        at.Owner.Later(() =>
        {
            at.Owner.Node!.Received(Now, at.Number, frame);
            at.Owner.ComputeSoon();
        });
    }
}

/// <summary>One end of a connection.</summary>
internal sealed class SimulatedConnection(long number, SimulatedNode owner, string peer)
{
    public long Number { get; } = number;

    public SimulatedNode Owner { get; } = owner;

    /// <summary>Name of the node at the other end.</summary>
    public string Peer { get; } = peer;

    public SimulatedConnection? Other { get; set; }

    /// <summary>Whether the handshake is through.</summary>
    public bool IsThrough { get; set; }

    public bool IsClosed { get; set; }

    public long LastArrival { get; set; }
}

/// <summary>A process of the cluster: the node inside is the real one, the world around it is not.</summary>
internal sealed class SimulatedNode(SimulatedCluster cluster, string name) : INodeWorld
{
    /// <summary>What cores throw.</summary>
    public const string Misfortune = "a bit has flipped";

    private readonly Dictionary<Errand, long> _errandsDoneAt = [];
    private readonly Queue<Action> _whilePaused = new();
    private readonly HashSet<CoreGroup> _running = [];
    private long _life;
    private bool _computing;

    public string Name { get; } = name;

    public ClusterNode? Node { get; private set; }

    public bool IsUp => Node is not null;

    public bool IsPaused { get; private set; }

    /// <summary>Counts starts and ends.</summary>
    public long Life => _life;

    /// <summary>How it stands, in a line.</summary>
    public override string ToString() => Node is null ? $"{Name} is down" :
        $"{Name}{(IsPaused ? " frozen" : "")}: epoch {Node.Share?.Assign.Epoch}, cores {Node.Share?.Group.Cores.Count} at {Node.Share?.Group.Tick} limit {Node.Share?.Group.Limit}; "
        + string.Join(", ", Node.Peers.Select(p => $"{p.Name} {(p.IsUp(cluster.Now) ? "up" : "lost")} by {p.Connection} dialling {p.IsDialling}"))
        + (Node.Coordinator is { } c ? $"; coordinates {c.Active?.Phase} epoch {c.Active?.Epoch} committed {c.Active?.CommittedTick} parts {string.Join(' ', c.Active?.Parts.Select(p => $"{p.Key}:{p.Value.Count}") ?? [])} ready {c.Active?.Ready.Count} of {c.Active?.Nodes.Length} {c.Active?.Trouble}" : "");

    public void Start()
    {
        if (IsUp) return;
        _life++;
        _errandsDoneAt.Clear();
        _computing = false;
        cluster.Note($"{Name} starts");
        var identity = new PeerIdentity(PeerRole.Node, Name, Name, cluster.NextIncarnation(), "memory");
        Node = new ClusterNode(identity, SimulatedCluster.Options, "memory:", cluster.Nodes.Select(n => n.Name).Take(1), this, pump: null, allowsFaults: true);
        Tick(_life);
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (!IsUp) return;
        cluster.Note($"{Name} is killed");
        Node = null;
        _life++;
        _running.Clear();
        _whilePaused.Clear();
        IsPaused = false;
        foreach (var connection in cluster.Connections.Where(c => c.Owner == this).ToList()) cluster.Break(connection);
    }

    /// <summary>SIGSTOP and, some time later, SIGCONT.</summary>
    public void Pause(long time)
    {
        if (!IsUp || IsPaused) return;
        cluster.Note($"{Name} freezes for {time}");
        IsPaused = true;
        long life = _life;
        cluster.At(time, () =>
        {
            if (life != _life) return;
            cluster.Note($"{Name} wakes");
            IsPaused = false;
            while (life == _life && !IsPaused && _whilePaused.TryDequeue(out var waiting)) waiting();
        });
    }

    /// <summary>Does something as this process: not when it has been killed since, and not before it wakes.</summary>
    public void Later(Action happening)
    {
        if (!IsUp) return;
        if (IsPaused) _whilePaused.Enqueue(happening);
        else happening();
    }

    public void Connected(SimulatedConnection connection, PeerIdentity peer, long received, bool isDialler)
    {
        if (connection.IsClosed) Node!.DialFailed(cluster.Now, peer.Name);
        else Node!.Connected(cluster.Now, connection.Number, peer, received, isDialler);
    }

    /// <summary>What a client asks of it, on a connection of its own.</summary>
    public void Ask(IReadOnlyList<ClientAction> actions)
    {
        long connection = cluster.NextClientConnection();
        Node!.Connected(cluster.Now, connection, new PeerIdentity(PeerRole.Client, "client", "", 1, "memory"), 0, isDialler: false);
        for (int i = 0; i < actions.Count; i++) Node.Received(cluster.Now, connection, new ClientRequest(i, actions[i]).ToBytes());
        Node.Disconnected(cluster.Now, connection);
    }

    /// <summary>One of its cores throws, as if by itself.</summary>
    /// <returns>False when none runs.</returns>
    public bool FailCore(Random random)
    {
        if (IsPaused || Node?.Share is not { Group: { Cores.Count: > 0, IsStopping: false } group } || !_running.Contains(group)) return false;
        var core = group.Cores[random.Next(group.Cores.Count)];
        cluster.Note($"core {core.Machine.Core.Index} of {Name} throws");
        group.Fail(core.Failed(new InvalidOperationException(Misfortune)));
        return true;
    }

    public void ComputeSoon()
    {
        if (_computing || !IsUp) return;
        _computing = true;
        InLife(2 + cluster.Random.Next(8), () =>
        {
            _computing = false;
            Compute();
        }, () => _computing = false);
    }

    void INodeWorld.Ask<T>(Errand errand, Func<IRunStore, T> work, Action<long, T?, Exception?> answer) where T : default
    {
        long done = Math.Max(_errandsDoneAt.GetValueOrDefault(errand), cluster.Now + 1 + cluster.Faults.StoreDelay(this, errand, cluster.Random));
        _errandsDoneAt[errand] = done;
        long life = _life;
        cluster.At(done - cluster.Now, () =>
        {
            if (life != _life) return;
            // A frozen process has its errand done: the store is not frozen.
            if (cluster.Faults.CrashesBefore(this, errand, cluster.Random)) return;
            T? result = default;
            Exception? failure = null;
            try
            {
                cluster.Faults.BeforeErrand(this, errand, cluster.Random);
                result = work(cluster.Store);
                cluster.Faults.AfterErrand(this, errand, cluster.Random);
            }
            catch (Exception e)
            {
                (result, failure) = (default, e);
            }
            if (cluster.Store.Violation is { } violation) throw new InvalidOperationException(violation);
            if (cluster.Faults.CrashesAfter(this, errand, cluster.Random)) return;
            InLife(1, () =>
            {
                answer(cluster.Now, result, failure);
                cluster.Faults.Answered(this, errand, failure, cluster.Random);
            });
        });
    }

    void INodeWorld.Run(CoreGroup group)
    {
        _running.Add(group);
        ComputeSoon();
    }

    void INodeWorld.Halt(CoreGroup group)
    {
        group.Stop();
        _running.Remove(group);
    }

    void INodeWorld.Post(Action<long> happening) => InLife(0, () => happening(cluster.Now));

    void INodeWorld.Dial(string node) => cluster.Connect(this, node);

    void INodeWorld.Transmit(long connection, ReadOnlySpan<byte> frame) => cluster.Transmit(connection, frame);

    void INodeWorld.Close(long connection) => cluster.Close(connection);

    bool INodeWorld.Break(NodeFaultKind what, double seconds)
    {
        InLife(1, () =>
        {
            if (what == NodeFaultKind.Freeze) Pause((long)(1000 * seconds));
            else Kill();
        });
        return true;
    }

    void INodeWorld.Log(string line) => cluster.Note($"{Name}: {line}");

    private void Tick(long life) => InLife(5, () =>
    {
        Node!.Advance(cluster.Now);
        if (Node.EndReason is { } reason)
        {
            if (!Node.IsDrained) throw new InvalidOperationException($"{Name} ends: {reason}");
            cluster.Note($"{Name} has left");
            Node.Leave(cluster.Now);
            Kill();
            cluster.Faults.HasLeft(this);
            return;
        }
        CheckRules();
        ComputeSoon();
        Tick(life);
    });

    /// <summary>What has to be so at any moment, whatever goes wrong.</summary>
    private void CheckRules()
    {
        if (Node!.Coordinator is { IsSuperseded: false } coordinator && !cluster.Store.IsHeldBy(Name, coordinator.Term))
            throw new InvalidOperationException($"{Name} coordinates under term {coordinator.Term} without holding the lease");
        if (Node.Malformed > 0) throw new InvalidOperationException($"{Name} got what cannot be understood");
    }

    private void Compute()
    {
        if (Node!.Share is not { } share) return;
        bool advanced = _running.Contains(share.Group) && share.Group.AdvanceHere();
        if (share.Group.FurthestTick > share.LimitAfter(cluster.Store.LatestTick(share.Assign.Run)) && !cluster.Store.WasDamaged(share.Assign.Run))
            throw new InvalidOperationException($"{Name} has run {share.Assign.Run} to tick {share.Group.FurthestTick}, with tick {cluster.Store.LatestTick(share.Assign.Run)} committed");
        Node.Exchange(cluster.Now, idle: !advanced || cluster.Random.Next(3) == 0);
        if (advanced) ComputeSoon();
    }

    private void InLife(long delay, Action happening, Action? otherwise = null)
    {
        long life = _life;
        cluster.At(delay, () =>
        {
            if (life == _life) Later(happening);
            else otherwise?.Invoke();
        });
    }
}
