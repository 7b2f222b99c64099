using System.Collections.Immutable;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A run of consecutive neurons of one population, on one core.</summary>
/// <param name="Population">Index of the population.</param>
/// <param name="Start">First neuron.</param>
/// <param name="Count">Number of neurons.</param>
public readonly record struct Slice(int Population, int Start, int Count)
{
    /// <summary>The neuron after the last.</summary>
    public int End => Start + Count;
}

/// <summary>Limits of a core and, if wanted, the number of cores.</summary>
/// <param name="Cores">Number of cores; null lets the limits decide. An explicit number overrides the limits.</param>
/// <param name="MaxNeurons">Most integer neurons on a core, when it holds no others.</param>
/// <param name="MaxSynapseBytes">Most bytes of synapses on a core.</param>
/// <param name="MaxRealNeurons">Most real-valued neurons on a core, when it holds no others.</param>
/// <param name="MaxRealSynapseBytes">Most bytes of synapses onto real-valued neurons on a core.</param>
/// <param name="Workers">
/// Threads of all nodes together that will run the cores: where the limits decide, the number of cores is a multiple of it, as far as there is enough to put on
/// them, so that all have the same work.
/// </param>
public sealed record PlacementOptions(
    int? Cores = null, int MaxNeurons = 1024, long MaxSynapseBytes = 8 << 20, int MaxRealNeurons = 1 << 19, long MaxRealSynapseBytes = 128 << 20,
    int Workers = 1);

/// <summary>What one core holds.</summary>
/// <param name="Index">Number of the core.</param>
/// <param name="Slices">Its slices, by population, then start.</param>
/// <param name="Neurons">Neurons on it; sources do not count.</param>
/// <param name="SynapseBytes">Bytes of the synapses that end on it, as estimated from the network.</param>
public sealed record CorePlacement(int Index, ImmutableArray<Slice> Slices, int Neurons, long SynapseBytes);

/// <summary>Which core holds which neurons. Every neuron is on exactly one core; a synapse is where its target neuron is.</summary>
/// <param name="Network">The network placed.</param>
/// <param name="Cores">The cores, in order.</param>
public sealed record Placement(Network Network, ImmutableArray<CorePlacement> Cores)
{
    /// <summary>
    /// Pairs of cores between which spikes may travel, each with the shortest time a spike can take: core <c>From</c> holds neurons of a
    /// population that projects onto neurons of core <c>To</c>.
    /// </summary>
    public ImmutableArray<CoreLink> Links()
    {
        var links = new SortedDictionary<(int From, int To), (int Delay, SortedSet<Slice> Slices)>();
        var byPopulation = Cores.SelectMany(c => c.Slices.Select(s => (Core: c.Index, Slice: s))).ToLookup(p => p.Slice.Population);
        foreach (var projection in Network.Projections)
        {
            foreach (var (from, source) in byPopulation[projection.Source])
            {
                foreach (var (to, target) in byPopulation[projection.Target])
                {
                    if (from == to || !Reaches(projection, source, target)) continue;
                    int delay = DelayOf(projection);
                    if (links.TryGetValue((from, to), out var link))
                    {
                        link.Slices.Add(source);
                        if (delay < link.Delay) links[(from, to)] = (delay, link.Slices);
                    }
                    else
                    {
                        links[(from, to)] = (delay, new SortedSet<Slice>(Comparer<Slice>.Create(Compare)) { source });
                    }
                }
            }
        }
        return [.. links.Select(l => new CoreLink(l.Key.From, l.Key.To, l.Value.Delay, [.. l.Value.Slices]))];
    }

    /// <summary>Shortest time from a spike of a slice to its effect on a core, in ticks: its smallest delay, or one tick where synapses learn from it.</summary>
    /// <param name="source">The slice.</param>
    /// <param name="core">Number of a core that a link carries its spikes to.</param>
    public int ShortestDelay(Slice source, int core) => Network.Projections
        .Where(p => p.Source == source.Population && Cores[core].Slices.Any(target => target.Population == p.Target && Reaches(p, source, target)))
        .Min(DelayOf);

    // Some rules look at what happened one tick ago, whatever the delay.
    private static int DelayOf(Projection projection) => projection.Learning is { LooksAheadOfDelivery: true } ? 1 : projection.Delay.Min;

    private static bool Reaches(Projection projection, Slice source, Slice target) =>
        projection.Connectivity is not Connectivity.OneToOneConnectivity || (source.Start < target.End && target.Start < source.End);

    private static int Compare(Slice a, Slice b) =>
        a.Population != b.Population ? a.Population.CompareTo(b.Population) : a.Start.CompareTo(b.Start);
}

/// <summary>A way for spikes from one core to another.</summary>
/// <param name="From">Core the spikes come from.</param>
/// <param name="To">Core they go to.</param>
/// <param name="Delay">Shortest delay of any synapse it serves, in ticks: what the receiver may run ahead of what the sender has closed.</param>
/// <param name="Slices">Slices of the sender whose spikes it carries, by population, then start.</param>
public sealed record CoreLink(int From, int To, int Delay, ImmutableArray<Slice> Slices);
