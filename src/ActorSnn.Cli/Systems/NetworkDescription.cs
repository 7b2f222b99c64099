using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>A network and where its cores would be, with some facts that are the system's own.</summary>
/// <param name="System">Name of the system.</param>
/// <param name="Facts">Name and value of what else is to be said.</param>
/// <param name="Placement">The placed network.</param>
/// <param name="NodeCount">Number of nodes the cores are placed on; null for none.</param>
internal sealed record NetworkDescription(string System, JsonObject Facts, Placement Placement, int? NodeCount) : Description(System, Facts)
{
    private const int MostLinksListed = 10_000;

    /// <summary>What a population has in common with others; null for nothing.</summary>
    public Func<string, string?> GroupOf { get; init; } = _ => null;

    public Network Network => Placement.Network;

    /// <summary>Ways for spikes between cores.</summary>
    public ImmutableArray<CoreLink> Links { get; } = Placement.Links();

    /// <summary>What each node would hold; empty when no nodes were asked for.</summary>
    public ImmutableArray<NodeShare> Nodes { get; } = NodeCount is { } count ? NodePlacer.Place(Placement, count).Shares() : [];

    public long Synapses => Network.Projections.Sum(SynapsesOf);

    public long PlasticSynapses => Network.Projections.Where(p => p.IsPlastic).Sum(SynapsesOf);

    public long SynapseBytes => Network.Projections.Sum(BytesOf);

    /// <summary>Estimated bytes of a run.</summary>
    public long MemoryBytes => MemoryCheck.BytesOf(Placement);

    /// <summary>Synapses of a projection: exact where its kind fixes the number, otherwise as many as are to be expected.</summary>
    public static long SynapsesOf(Network network, Projection projection) => (long)projection.Connectivity.ExpectedSynapses(
        network.Populations[projection.Source].Size, network.Populations[projection.Target].Size);

    public long SynapsesOf(Projection projection) => SynapsesOf(Network, projection);

    /// <summary>Estimated bytes of a projection's synapses. Those of a regular projection that are all alike are not stored one by one.</summary>
    public long BytesOf(Projection projection) => SynapseMemory.BytesOf(Network, projection);

    public override JsonObject ToJson() => new()
    {
        ["event"] = "description",
        ["system"] = System,
        ["facts"] = Facts.DeepClone(),
        ["neurons"] = Network.NeuronCount,
        ["synapses"] = Synapses,
        ["plasticSynapses"] = PlasticSynapses,
        ["synapseBytes"] = SynapseBytes,
        ["memoryBytes"] = MemoryBytes,
        ["populations"] = new JsonArray([.. Network.Populations.Select(p => new JsonObject
        {
            ["name"] = p.Name,
            ["size"] = p.Size,
            ["model"] = p.Model.Name,
            ["source"] = p.Model.IsSource,
        })]),
        ["projections"] = new JsonArray([.. Network.Projections.Select(p => new JsonObject
        {
            ["name"] = p.Name,
            ["from"] = Network.Populations[p.Source].Name,
            ["to"] = Network.Populations[p.Target].Name,
            ["kind"] = p.Connectivity.Name,
            ["synapses"] = SynapsesOf(p),
            ["plastic"] = p.IsPlastic,
            ["rule"] = p.Learning?.Name,
            ["delay"] = p.Delay.Min,
            ["maxDelay"] = p.Delay.Max,
            ["bytes"] = BytesOf(p),
        })]),
        ["cores"] = new JsonArray([.. Placement.Cores.Select(c => new JsonObject
        {
            ["core"] = c.Index,
            ["neurons"] = c.Neurons,
            ["synapseBytes"] = c.SynapseBytes,
            ["slices"] = new JsonArray([.. c.Slices.Select(s => new JsonObject
            {
                ["population"] = Network.Populations[s.Population].Name,
                ["start"] = s.Start,
                ["count"] = s.Count,
            })]),
        })]),
        ["linkCount"] = Links.Length,
        ["links"] = Links.Length > MostLinksListed ? null : new JsonArray([.. Links.Select(l => new JsonObject
        {
            ["from"] = l.From,
            ["to"] = l.To,
            ["delay"] = l.Delay,
        })]),
        ["nodes"] = NodeCount is null ? null : new JsonArray([.. Nodes.Select(n => new JsonObject
        {
            ["node"] = n.Node.Name,
            ["cores"] = new JsonArray([.. n.Cores.Select(c => (JsonNode)c)]),
            ["neurons"] = n.Neurons,
            ["synapseBytes"] = n.SynapseBytes,
            ["work"] = n.Work,
            ["linksOut"] = n.LinksOut,
            ["linksIn"] = n.LinksIn,
            ["spikesOutPerTick"] = n.SpikesOut,
            ["spikesInPerTick"] = n.SpikesIn,
            ["bytesOutPerTick"] = n.BytesOut,
            ["bytesInPerTick"] = n.BytesIn,
            ["shortestDelay"] = n.ShortestDelay,
        })]),
    };

    /// <summary>The table of nodes. Headings that start with &gt; are those of right-aligned columns.</summary>
    public static ImmutableArray<string> NodeColumns { get; } =
        [">node", ">cores", ">neurons", ">synapse bytes", ">work", ">links out", ">in", ">spikes out/tick", ">in", ">bytes out/tick", ">in", ">shortest delay"];

    /// <summary>What its figures are worth.</summary>
    public const string NodeNote = "Spikes and bytes between nodes are estimates: neurons are taken to spike at 10 Hz, those with integer weights in a tenth of the ticks.";

    /// <summary>Its rows.</summary>
    public IEnumerable<IReadOnlyList<string>> NodeRows => Nodes.Select(n => (IReadOnlyList<string>)
    [
        n.Node.Name, $"{n.Cores.Length:#,0}", $"{n.Neurons:#,0}", $"{n.SynapseBytes:#,0}", $"{n.Work:0.0 %}", $"{n.LinksOut:#,0}", $"{n.LinksIn:#,0}",
        Estimate(n.SpikesOut), Estimate(n.SpikesIn), Estimate(n.BytesOut), Estimate(n.BytesIn), n.ShortestDelay is { } delay ? $"{delay:#,0}" : "",
    ]);

    private static string Estimate(double value) => value < 100 ? $"{value:0.##}" : $"{value:#,0}";
}
