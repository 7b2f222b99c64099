using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// Places a network onto cores.
/// <para>
/// Populations joined by one-to-one projections form a bundle and are cut at the same neurons, so that those projections stay inside a
/// core. A bundle large enough is cut evenly over all cores, which balances them; smaller ones stay whole and go where they are
/// connected, else to the emptiest core. The result depends on the network and the options only.
/// </para>
/// </summary>
public static class Placer
{
    /// <summary>Bundles of fewer neurons stay whole.</summary>
    private const int SmallestDivided = 64;

    /// <summary>No part of a cut population is smaller, but for the last.</summary>
    private const int SmallestPart = 16;

    /// <summary>Places a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Limits; an explicit number of cores overrides them.</param>
    /// <returns>The placement. It has fewer cores than asked for when there is not enough to put on them.</returns>
    public static Placement Place(Network network, PlacementOptions? options = null)
    {
        options ??= new PlacementOptions();
        var bytesPerNeuron = SynapseBytesPerNeuron(network);
        if (options.Cores is { } fixedCores)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fixedCores);
            return Assign(network, bytesPerNeuron, fixedCores);
        }
        double bytes = network.Populations.Sum(p => bytesPerNeuron[p.Index] * p.Size);
        long byNeurons = (network.NeuronCount + options.MaxNeurons - 1) / options.MaxNeurons;
        long cores = Math.Max(1, Math.Max(byNeurons, (long)Math.Ceiling(bytes / options.MaxSynapseBytes)));
        for (long ceiling = cores * 2 + 16; ; cores++)
        {
            var placement = Assign(network, bytesPerNeuron, (int)cores);
            bool fits = placement.Cores.All(c => c.Neurons <= options.MaxNeurons && c.SynapseBytes <= options.MaxSynapseBytes);
            if (fits || cores >= ceiling) return placement;
        }
    }

    private static double[] SynapseBytesPerNeuron(Network network)
    {
        var bytes = new double[network.Populations.Length];
        foreach (var projection in network.Projections)
        {
            int sources = network.Populations[projection.Source].Size;
            int targets = network.Populations[projection.Target].Size;
            double perSynapse = projection switch
            {
                { Learning: { } rule } => rule.BytesPerSynapse,
                { Connectivity: Connectivity.DenseConnectivity, Weight: Weight.ConstantWeight, Delay: Delay.ConstantDelay } => 0,
                { Connectivity: Connectivity.OneToOneConnectivity or Connectivity.OneToAllConnectivity, Weight: Weight.ConstantWeight } => 0,
                { Connectivity: Connectivity.DenseConnectivity, Delay: Delay.ConstantDelay } => DenseFormat.Of(projection.Weight).BytesPerSynapse,
                _ => SparseAfferent.BytesPerSynapse,
            };
            bytes[projection.Target] += perSynapse * projection.Connectivity.ExpectedSynapses(sources, targets) / targets;
        }
        return bytes;
    }

    private static Placement Assign(Network network, double[] bytesPerNeuron, int cores)
    {
        var slices = new List<Slice>[cores];
        var neurons = new int[cores];
        var bytes = new double[cores];
        for (int i = 0; i < cores; i++) slices[i] = [];

        void Put(int core, Population population, int start, int count)
        {
            slices[core].Add(new Slice(population.Index, start, count));
            if (!population.Model.IsSource) neurons[core] += count;
            bytes[core] += bytesPerNeuron[population.Index] * count;
        }

        var whole = new List<List<Population>>();
        foreach (var bundle in Bundles(network))
        {
            int size = bundle[0].Size;
            if (cores > 1 && size < SmallestDivided)
            {
                whole.Add(bundle);
                continue;
            }
            int parts = Math.Min(cores, Math.Max(1, size / SmallestPart));
            int start = 0;
            for (int part = 0; part < parts; part++)
            {
                int end = part == parts - 1 ? size : Cut(size, part + 1, parts);
                foreach (var population in bundle) Put(part, population, start, end - start);
                start = end;
            }
        }

        var home = new Dictionary<int, int>();
        foreach (var bundle in whole.OrderByDescending(b => b.Count * b[0].Size).ThenBy(b => b[0].Index))
        {
            int lightest = Enumerable.Range(0, cores).MinBy(c => (neurons[c], c));
            int core = Partners(network, bundle).Where(home.ContainsKey).Select(p => home[p]).DefaultIfEmpty(lightest).First();
            int added = bundle.Where(p => !p.Model.IsSource).Sum(p => p.Size);
            if (neurons[core] + added > neurons.Max() && neurons[core] > neurons[lightest]) core = lightest;
            foreach (var population in bundle)
            {
                Put(core, population, 0, population.Size);
                home[population.Index] = core;
            }
        }

        var placed = new List<CorePlacement>();
        for (int i = 0; i < cores; i++)
        {
            if (slices[i].Count == 0) continue;
            placed.Add(new CorePlacement(placed.Count, [.. slices[i].OrderBy(s => s.Population).ThenBy(s => s.Start)], neurons[i], (long)bytes[i]));
        }
        return new Placement(network, [.. placed]);
    }

    /// <summary>Position of cut <paramref name="part"/>, on a multiple of 32 or 16 neurons where the parts are large enough for vectors.</summary>
    private static int Cut(int size, int part, int parts)
    {
        int grain = size / parts >= 64 ? 32 : size / parts >= 32 ? 16 : 1;
        long ideal = (long)size * part / parts;
        return (int)((ideal + grain / 2) / grain * grain);
    }

    private static List<List<Population>> Bundles(Network network)
    {
        var parent = Enumerable.Range(0, network.Populations.Length).ToArray();
        int Root(int i)
        {
            while (parent[i] != i) i = parent[i] = parent[parent[i]];
            return i;
        }
        foreach (var projection in network.Projections)
        {
            if (projection.Connectivity is Connectivity.OneToOneConnectivity)
            {
                var (a, b) = (Root(projection.Source), Root(projection.Target));
                parent[Math.Max(a, b)] = Math.Min(a, b);
            }
        }
        return [.. network.Populations.GroupBy(p => Root(p.Index)).OrderBy(g => g.Key).Select(g => g.ToList())];
    }

    private static IEnumerable<int> Partners(Network network, List<Population> bundle)
    {
        var members = bundle.Select(p => p.Index).ToHashSet();
        foreach (var projection in network.Projections)
        {
            if (members.Contains(projection.Source)) yield return projection.Target;
            if (members.Contains(projection.Target)) yield return projection.Source;
        }
    }
}
