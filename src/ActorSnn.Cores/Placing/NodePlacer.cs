using System.Collections.Immutable;
using System.Globalization;

namespace ActorSnn.Cores;

/// <summary>
/// Places cores on nodes: each node gets its share of the work, as evenly as the cores allow or within a few percent where that saves much, and as little as possible goes between nodes. A
/// link that is cut costs what it is likely to carry, and an exchange every delay ticks, for that is how far its ends run without each other: short
/// delays are kept inside a node before all else. The result depends on what is given only, and the spikes of a run do not depend on the result.
/// </summary>
public static class NodePlacer
{
    /// <summary>How far above its share the work of a node may be for the sake of less traffic.</summary>
    public const double Slack = GraphParts.Slack;

    /// <summary>Bytes that could be sent in the time one exchange between nodes takes.</summary>
    private const double BytesPerExchange = 1024;

    /// <summary>Work and traffic are counted in parts of a neuron's and a byte's, so that sums are exact.</summary>
    private const double Parts = 64;

    /// <summary>Places on a number of equal nodes, named by their numbers from 0.</summary>
    /// <param name="placement">The cores.</param>
    /// <param name="nodes">Number of nodes, at least 1.</param>
    public static NodePlacement Place(Placement placement, int nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nodes);
        return Place(placement, [.. Enumerable.Range(0, nodes).Select(i => new NodeCapacity(i.ToString(CultureInfo.InvariantCulture)))]);
    }

    /// <summary>Places on given nodes.</summary>
    /// <param name="placement">The cores.</param>
    /// <param name="nodes">The nodes, at least one.</param>
    /// <exception cref="ArgumentException">There is no node, two have the same name, or a capacity is not above 0.</exception>
    public static NodePlacement Place(Placement placement, ImmutableArray<NodeCapacity> nodes)
    {
        Require(nodes);
        var partOf = GraphParts.Cutting(GraphOf(placement), Capacities(nodes)).PartOf.ToArray();
        // Of nodes that are alike the first gets the first core.
        var nodeOf = new int[nodes.Length];
        Array.Fill(nodeOf, -1);
        var isTaken = new bool[nodes.Length];
        foreach (int part in partOf)
        {
            if (nodeOf[part] >= 0) continue;
            int node = Enumerable.Range(0, nodes.Length).First(n => !isTaken[n] && nodes[n].Capacity == nodes[part].Capacity);
            (nodeOf[part], isTaken[node]) = (node, true);
        }
        return new NodePlacement(placement, nodes, [.. partOf.Select(part => nodeOf[part])]);
    }

    /// <summary>
    /// Places anew on the nodes there are now. When nodes were lost, their cores alone move, spread over those that remain; when nodes joined, so many
    /// cores move as balance needs. A node is the one it was when it has the same name.
    /// </summary>
    /// <param name="old">The placement up to now.</param>
    /// <param name="nodes">The nodes there are now, those that remain and those that joined, at least one.</param>
    /// <exception cref="ArgumentException">There is no node, two have the same name, or a capacity is not above 0.</exception>
    public static NodePlacement Replace(NodePlacement old, ImmutableArray<NodeCapacity> nodes)
    {
        Require(nodes);
        var graph = GraphOf(old.Placement);
        var parts = new GraphParts(graph, Capacities(nodes));
        var now = old.Nodes.Select(o => nodes.ToList().FindIndex(n => n.Name == o.Name)).ToArray();
        for (int core = 0; core < graph.Count; core++)
        {
            if (now[old.NodeOf[core]] is >= 0 and var node) parts.Put(core, node);
        }
        parts.PutEvenly(graph.Heaviest().Where(core => now[old.NodeOf[core]] < 0));
        if (nodes.Any(n => old.Nodes.All(o => o.Name != n.Name)))
        {
            var even = new GraphParts(graph, Capacities(nodes));
            even.PutEvenly(graph.Heaviest());
            parts.Allow(Math.Max(1 + Slack, even.Fullest));
            parts.Level();
        }
        parts.Allow(Math.Max(1 + Slack, parts.Fullest));
        var stays = new bool[graph.Count];
        for (int core = 0; core < graph.Count; core++) stays[core] = parts.PartOf[core] == now[old.NodeOf[core]];
        parts.Improve(core => !stays[core]);
        return new NodePlacement(old.Placement, nodes, [.. parts.PartOf]);
    }

    private static void Require(ImmutableArray<NodeCapacity> nodes)
    {
        if (nodes.IsEmpty) throw new ArgumentException("there is no node; give at least one", nameof(nodes));
        if (nodes.Any(n => !(n.Capacity > 0) || !double.IsFinite(n.Capacity))) throw new ArgumentException("the capacity of a node is not above 0", nameof(nodes));
        if (nodes.DistinctBy(n => n.Name).Count() < nodes.Length) throw new ArgumentException("two nodes have the same name", nameof(nodes));
    }

    private static double[] Capacities(ImmutableArray<NodeCapacity> nodes) => [.. nodes.Select(n => n.Capacity)];

    private static WeightedGraph GraphOf(Placement placement)
    {
        var traffic = new LinkTraffic(placement.Network);
        return new WeightedGraph(
            [.. placement.Cores.Select(c => (long)(CoreWork.Of(c) * Parts))],
            [.. placement.Links().Select(l => (l.From, l.To, (long)((traffic.Bytes(l) + BytesPerExchange / l.Delay) * Parts)))]);
    }
}
