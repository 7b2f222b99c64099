using System.ComponentModel;
using ActorSnn.Cli.Clusters;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Faults;

/// <summary>
/// Nodes of this machine: their processes are killed, frozen and started again from here; what happens to links and cores is left to the nodes themselves. In
/// scenarios they are called node-1, node-2 and so on.
/// </summary>
/// <param name="cluster">The nodes.</param>
/// <param name="inner">What does the rest, by what the nodes are called.</param>
internal sealed class LocalNodesFaultTarget(LocalCluster cluster, Func<IReadOnlyList<(string Alias, string Name)>, IFaultTarget> inner) : IFaultTarget
{
    private readonly IFaultTarget _inner = inner([.. AliasesOf(cluster).Zip(cluster.Names)]);

    public IReadOnlyList<string> Nodes => _inner.Nodes;

    public int Cores => _inner.Cores;

    public FaultCounts Counts => _inner.Counts;

    /// <summary>What the nodes are called in scenarios.</summary>
    public static IReadOnlyList<string> AliasesOf(LocalCluster cluster) => [.. cluster.Names.Select((_, i) => $"node-{i + 1}")];

    public void Apply(FaultOrder order)
    {
        if (order is not BreakNode node)
        {
            _inner.Apply(order);
            return;
        }
        int index = Nodes.Index().First(n => n.Item == node.Node).Index;
        try
        {
            if (node.What == NodeFaultKind.Freeze) cluster.Freeze(index, node.Seconds);
            else cluster.Kill(index, startsAgain: node.What == NodeFaultKind.Restart);
        }
        catch (Exception e) when (e is PlatformNotSupportedException or Win32Exception or InvalidOperationException)
        {
            throw new FaultRefusedException($"{node.Node} cannot be broken: {e.Message}");
        }
    }
}
