using ActorSnn.Cli.Clusters;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Faults;

/// <summary>
/// Nodes of this machine: their processes are killed, frozen and started again from here; what happens to links and cores is left to the nodes themselves. In
/// scenarios they are called node-1, node-2 and so on.
/// </summary>
/// <param name="cluster">The nodes.</param>
/// <param name="inner">What does the rest.</param>
internal sealed class LocalNodesFaultTarget(LocalCluster cluster, IFaultTarget inner) : IFaultTarget
{
    public IReadOnlyList<string> Nodes { get; } = [.. cluster.Names.Select((_, i) => NameOf(i))];

    public int Cores => inner.Cores;

    public FaultCounts Counts => inner.Counts;

    public void Apply(FaultOrder order)
    {
        if (order is not BreakNode node)
        {
            inner.Apply(order);
            return;
        }
        int index = Nodes.ToList().IndexOf(node.Node);
        try
        {
            if (node.What == NodeFaultKind.Freeze) cluster.Freeze(index, node.Seconds);
            else cluster.Kill(index, startsAgain: node.What == NodeFaultKind.Restart);
        }
        catch (PlatformNotSupportedException e)
        {
            throw new FaultRefusedException(e.Message);
        }
    }

    /// <summary>What a node is called in scenarios.</summary>
    private static string NameOf(int index) => $"node-{index + 1}";
}
