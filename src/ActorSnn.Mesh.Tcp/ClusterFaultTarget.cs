using System.Collections.Immutable;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Tcp;

/// <summary>A cluster whose nodes let themselves be broken on purpose (<see cref="TcpNodeOptions.AllowFaults"/>), as what a scenario's faults happen to. For one thread at a time.</summary>
public sealed class ClusterFaultTarget : IFaultTarget
{
    private readonly ClusterClient _client;
    private readonly ImmutableDictionary<string, string> _names;

    /// <summary>Asks the cluster for its nodes, unless they are given.</summary>
    /// <param name="client">A client of the cluster, for this target alone.</param>
    /// <param name="cores">Number of cores of the run.</param>
    /// <param name="nodes">What the nodes are called in the scenario, with their names in the cluster, such as <c>node-1</c> and <c>127.0.0.1:7400</c>, in this order; null for the names in the cluster.</param>
    /// <exception cref="ClusterException">No node answers.</exception>
    public ClusterFaultTarget(ClusterClient client, int cores, IReadOnlyList<(string Alias, string Name)>? nodes = null)
    {
        (_client, Cores) = (client, cores);
        nodes ??= [.. client.Status().Nodes.Select(n => (n.Name, n.Name))];
        Nodes = [.. nodes.Select(n => n.Alias)];
        _names = nodes.ToImmutableDictionary(n => n.Alias, n => n.Name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Nodes { get; }

    /// <inheritdoc/>
    public int Cores { get; }

    /// <inheritdoc/>
    public FaultCounts Counts => _client.FaultCounts();

    /// <inheritdoc/>
    public void Apply(FaultOrder order)
    {
        FaultOrder named = order switch
        {
            DisturbLinks disturb => disturb with { Links = [.. disturb.Links.Select(l => (NameOf(l.From), NameOf(l.To)))] },
            BreakNode broken => broken with { Node = NameOf(broken.Node) },
            SeparateNodes separate => separate with { One = [.. separate.One.Select(NameOf)], Other = [.. separate.Other.Select(NameOf)] },
            _ => order,
        };
        try
        {
            _client.Apply(named);
        }
        catch (ClusterException e)
        {
            throw new FaultRefusedException(e.Message);
        }
    }

    private string NameOf(string alias) => _names.TryGetValue(alias, out string? name)
        ? name
        : throw new FaultRefusedException($"there is no node {alias}; there are {string.Join(", ", Nodes)}");
}
