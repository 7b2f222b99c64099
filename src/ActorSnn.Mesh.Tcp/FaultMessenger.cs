using System.Collections.Immutable;
using System.Net.Sockets;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Tcp;

/// <summary>Carries fault orders to nodes, each over a connection of its own: who is to be cut off, killed or frozen cannot be reached through others. For one thread at a time.</summary>
/// <param name="options">How connections are protected.</param>
internal sealed class FaultMessenger(ConnectionOptions options) : IDisposable
{
    private readonly SortedDictionary<string, NodeLine> _nodes = new(StringComparer.Ordinal);
    // By incarnation: a node may be known under several addresses.
    private readonly Dictionary<ulong, FaultCounts> _counts = [];

    /// <summary>Takes note of nodes.</summary>
    public void Meet(IEnumerable<string> nodes)
    {
        foreach (string node in nodes) LineTo(node);
    }

    /// <summary>Lets a fault happen now; see <see cref="ClusterClient.Apply"/>.</summary>
    public void Apply(FaultOrder order)
    {
        switch (order)
        {
            case DisturbLinks disturb:
                Order([.. disturb.Links.GroupBy(l => l.From)
                    .Select(g => (g.Key, (FaultAction)new DisturbFrames(disturb.Fault, FrameFault.Of(disturb.What), disturb.Seed, [.. g.Select(l => l.To)])))]);
                break;
            case MendLinks mend:
                TellAll(new MendFrames(mend.Fault));
                break;
            case SlowCores slow:
                TellAll(new SlowDown(slow.Fault, slow.Cores, slow.MicrosecondsPerTick));
                break;
            case KillCores kill:
                TellAll(new Kill(kill.Cores));
                break;
            case BreakNode broken:
                Break(LineTo(broken.Node), new BreakProcess(broken.What, broken.Seconds));
                break;
            case SeparateNodes separate:
                Order([
                    .. separate.One.Select(n => (n, (FaultAction)new CutOff(separate.Other, separate.Heals))),
                    .. separate.Other.Select(n => (n, (FaultAction)new CutOff(separate.One, separate.Heals))),
                ]);
                break;
            default:
                throw new ArgumentException($"a {order.GetType().Name} is no order to a cluster", nameof(order));
        }
    }

    /// <summary>The sum over all nodes, and over those before them under the same names; of who does not answer what was heard last.</summary>
    public FaultCounts Counts()
    {
        Tell([.. _nodes.Keys.Select(n => (n, (FaultAction)new AskFaults()))]);
        return _counts.Values.Aggregate(new FaultCounts(), (sum, counts) => sum + counts);
    }

    public void Dispose()
    {
        foreach (var line in _nodes.Values) line.Drop();
    }

    private NodeLine LineTo(string node)
    {
        if (!_nodes.TryGetValue(node, out var line)) _nodes[node] = line = new NodeLine(node, options);
        return line;
    }

    private void TellAll(FaultAction action) => Order([.. _nodes.Keys.Select(n => (n, action))]);

    private void Order(ImmutableArray<(string Node, FaultAction Action)> orders)
    {
        if (!Tell(orders)) throw new ClusterException($"no node answers: {LineTo(orders[0].Node).Problem}");
    }

    /// <summary>Tells nodes, all at the same time; one that is frozen keeps the others waiting no longer than itself.</summary>
    /// <returns>Whether any has answered.</returns>
    private bool Tell(ImmutableArray<(string Node, FaultAction Action)> orders)
    {
        var tasks = orders.GroupBy(o => o.Node, o => o.Action)
            .Select(g => (Line: LineTo(g.Key), Actions: g.ToArray())).ToArray()
            .Select(t => Task.Run(() => t.Line.Tell(t.Actions))).ToArray();
        Task.WaitAll(tasks);
        foreach (var task in tasks)
        {
            if (task.Result?.Faults is { } report) _counts[report.Incarnation] = report.Counts;
        }
        if (tasks.FirstOrDefault(t => t.Result?.Problem is not null) is { } refused) throw new FaultRefusedException(refused.Result!.Problem!);
        return tasks.Length == 0 || tasks.Any(t => t.Result is not null);
    }

    private static void Break(NodeLine line, BreakProcess action)
    {
        // Over a connection that was used before nobody could tell whether a node has ended because of this order, or had ended before.
        line.Drop();
        if (!line.TryConnect()) throw new FaultRefusedException($"{line.Node} cannot be broken: {line.Problem}");
        var reply = line.Ask(action);
        line.Drop();
        if (reply?.Problem is { } problem) throw new FaultRefusedException(problem);
    }

    /// <summary>The way to one node, and what it has to know.</summary>
    private sealed class NodeLine(string node, ConnectionOptions options)
    {
        /// <summary>A node that does not answer for so long is frozen, or gone.</summary>
        private const int PatienceMs = 2000;

        private readonly List<FaultAction> _lasting = [];
        private ClientConnection? _connection;
        private ulong _incarnation;
        private int _told;
        private long _number;

        public string Node { get; } = node;

        /// <summary>Why it was not reached the last time.</summary>
        public string Problem { get; private set; } = "";

        /// <summary>Tells a node what it has missed, or what the process before it was told, and then more.</summary>
        /// <returns>The first refusal, or else the last reply; null when it does not answer.</returns>
        public ClientReply? Tell(FaultAction[] actions)
        {
            _lasting.AddRange(actions.Where(a => a.Lasts));
            bool wasConnected = _connection is not null;
            // The connection may be one to a process that has ended since.
            return TryTell(actions) ?? (wasConnected ? TryTell(actions) : null);
        }

        public bool TryConnect()
        {
            try
            {
                _connection ??= new ClientConnection(Node, options, PatienceMs);
                return true;
            }
            catch (Exception e) when (e is IOException or SocketException or FormatException or System.Security.Authentication.AuthenticationException)
            {
                Problem = e.Message;
                return false;
            }
        }

        public ClientReply? Ask(FaultAction action)
        {
            try
            {
                return _connection!.Ask(new ClientRequest(++_number, action), Environment.TickCount64 + PatienceMs);
            }
            catch (IOException e)
            {
                Problem = e.Message;
                Drop();
                return null;
            }
        }

        public void Drop()
        {
            _connection?.Dispose();
            _connection = null;
        }

        private ClientReply? TryTell(FaultAction[] actions)
        {
            if (!TryConnect() || Ask(new AskFaults()) is not { Faults.Incarnation: var incarnation }) return null;
            if (incarnation != _incarnation) (_incarnation, _told) = (incarnation, 0);
            ClientReply? last = null;
            for (; _told < _lasting.Count; _told++)
            {
                if (Ask(_lasting[_told]) is not { } reply) return null;
                if (last?.Problem is null) last = reply;
            }
            foreach (var action in actions)
            {
                if (action.Lasts) continue;
                if (Ask(action) is not { } reply) return null;
                if (last?.Problem is null) last = reply;
            }
            return last;
        }
    }
}
