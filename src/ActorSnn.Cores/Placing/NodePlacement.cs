using System.Collections.Immutable;

namespace ActorSnn.Cores;

/// <summary>A node that may hold cores.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Capacity">How much work it can do compared with others, above 0: its threads, say.</param>
public readonly record struct NodeCapacity(string Name, double Capacity = 1);

/// <summary>What one node holds, and what is likely to go between it and the others.</summary>
/// <param name="Node">The node.</param>
/// <param name="Cores">Its cores, ascending.</param>
/// <param name="Neurons">Neurons on them; sources do not count.</param>
/// <param name="SynapseBytes">Bytes of the synapses that end on them.</param>
/// <param name="Work">Its part of all estimated work, 0 to 1.</param>
/// <param name="LinksOut">Links from its cores to those of other nodes.</param>
/// <param name="LinksIn">Links from cores of other nodes to its own.</param>
/// <param name="SpikesOut">Estimated spikes a tick over the links out; a spike counts on each.</param>
/// <param name="SpikesIn">Estimated spikes a tick over the links in.</param>
/// <param name="BytesOut">Estimated bytes a tick over the links out.</param>
/// <param name="BytesIn">Estimated bytes a tick over the links in.</param>
/// <param name="ShortestDelay">Shortest delay of a link out or in, in ticks: how far the node runs without hearing from others. Null when it has none.</param>
public sealed record NodeShare(
    NodeCapacity Node, ImmutableArray<int> Cores, long Neurons, long SynapseBytes, double Work, int LinksOut, int LinksIn, double SpikesOut, double SpikesIn,
    double BytesOut, double BytesIn, int? ShortestDelay);

/// <summary>Which node holds which core. Every core is on exactly one node; a node may hold none.</summary>
/// <param name="Placement">The cores.</param>
/// <param name="Nodes">The nodes, in the order given.</param>
/// <param name="NodeOf">By core, the index of its node.</param>
public sealed record NodePlacement(Placement Placement, ImmutableArray<NodeCapacity> Nodes, ImmutableArray<int> NodeOf)
{
    /// <summary>The cores of a node, ascending.</summary>
    /// <param name="node">Index of the node.</param>
    public ImmutableArray<int> CoresOf(int node) => [.. Enumerable.Range(0, NodeOf.Length).Where(core => NodeOf[core] == node)];

    /// <summary>What each node holds and what goes between them, in the order of the nodes.</summary>
    public ImmutableArray<NodeShare> Shares()
    {
        var network = Placement.Network;
        var traffic = new LinkTraffic(network);
        double allWork = Placement.Cores.Sum(CoreWork.Of);
        var shares = Nodes.Select((node, index) =>
        {
            var cores = CoresOf(index);
            return new NodeShare(
                node, cores, cores.Sum(c => (long)Placement.Cores[c].Neurons), cores.Sum(c => Placement.Cores[c].SynapseBytes),
                cores.Sum(c => CoreWork.Of(Placement.Cores[c])) / allWork, 0, 0, 0, 0, 0, 0, null);
        }).ToArray();
        foreach (var link in Placement.Links())
        {
            var (from, to) = (NodeOf[link.From], NodeOf[link.To]);
            if (from == to) continue;
            var (spikes, bytes) = (traffic.Spikes(link), traffic.Bytes(link));
            int Shortest(int node) => Math.Min(link.Delay, shares[node].ShortestDelay ?? int.MaxValue);
            shares[from] = shares[from] with
            {
                LinksOut = shares[from].LinksOut + 1,
                SpikesOut = shares[from].SpikesOut + spikes,
                BytesOut = shares[from].BytesOut + bytes,
                ShortestDelay = Shortest(from),
            };
            shares[to] = shares[to] with
            {
                LinksIn = shares[to].LinksIn + 1,
                SpikesIn = shares[to].SpikesIn + spikes,
                BytesIn = shares[to].BytesIn + bytes,
                ShortestDelay = Shortest(to),
            };
        }
        return [.. shares];
    }
}
