using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>Which node gets which cores of a run.</summary>
internal static class NodeShares
{
    /// <summary>Shares the cores out; cores stay where they are as far as that is fair.</summary>
    /// <param name="placement">The placement on cores.</param>
    /// <param name="nodes">The nodes there are.</param>
    /// <param name="before">Nodes that had cores before; empty for none.</param>
    /// <param name="nodeOfBefore">For each core the position of its node among them.</param>
    /// <returns>Nodes that get cores, and for each core the position of its node among them.</returns>
    public static (ImmutableArray<string> Nodes, ImmutableArray<int> NodeOf) Of(
        Placement placement, ImmutableArray<string> nodes, ImmutableArray<string> before, ImmutableArray<int> nodeOfBefore)
    {
        int[] nodeOf = [.. placement.Cores.Select(c => c.Index % nodes.Length)];
        var used = nodeOf.Distinct().Order().ToList();
        return ([.. used.Select(n => nodes[n])], [.. nodeOf.Select(n => used.IndexOf(n))]);
    }
}
