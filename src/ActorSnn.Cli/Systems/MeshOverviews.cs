using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems;

/// <summary>Placements and traffic as reports show them.</summary>
internal static class MeshOverviews
{
    /// <param name="placement">The placement.</param>
    /// <param name="traffic">What went over the links; null when nothing was run.</param>
    /// <param name="groupOf">Group of a population, by name; gives its colour.</param>
    public static MeshOverview Of(Placement placement, MeshTraffic? traffic, Func<string, string?> groupOf)
    {
        var sent = traffic?.PerLink.ToDictionary(l => (l.From, l.To)) ?? [];
        return new MeshOverview(
            [.. placement.Cores.Select(core => new CoreOverview(core.Index, core.Neurons, core.SynapseBytes, [.. core.Slices.Select(slice =>
            {
                var population = placement.Network.Populations[slice.Population];
                return new SliceOverview(population.Name, slice.Start, slice.Count, population.Size, groupOf(population.Name));
            })]))],
            [.. placement.Links().Select(link =>
            {
                var counted = sent.GetValueOrDefault((link.From, link.To));
                return new LinkOverview(link.From, link.To, link.Delay, counted.Packets, counted.EmptyPackets, counted.Bytes);
            })],
            traffic is not null,
            [.. placement.Network.Populations.Select(p => groupOf(p.Name)).OfType<string>().Distinct()]);
    }
}
