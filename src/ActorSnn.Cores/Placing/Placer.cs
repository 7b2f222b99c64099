using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// Places a network onto cores.
/// <para>
/// Populations joined by one-to-one projections form a bundle and are cut at the same neurons, so that those projections stay inside a core; but not those of a normaliser, which
/// is always whole.
/// Bundles that are a small part of a core's work stay whole and share cores: their spikes then come from one place. The others
/// are cut over all cores in proportion to what work each still lacks, which balances them. The result depends on the network
/// and the options only.
/// </para>
/// </summary>
public static class Placer
{
    /// <summary>No part of a cut population is smaller.</summary>
    private const int SmallestPart = 16;

    /// <summary>Sums of fractions of a core's limits are off by no more.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Places a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Limits; an explicit number of cores overrides them.</param>
    /// <returns>The placement. It has fewer cores than asked for when there is not enough to put on them.</returns>
    public static Placement Place(Network network, PlacementOptions? options = null)
    {
        options ??= new PlacementOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxNeurons);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxSynapseBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxRealNeurons);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxRealSynapseBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Workers);
        var costs = Costs(network, options);
        if (options.Cores is { } fixedCores)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fixedCores);
            return Assign(network, costs, fixedCores, double.PositiveInfinity).Placement;
        }
        double byNeurons = network.Populations.Sum(p => costs[p.Index].Space * p.Size);
        double byBytes = network.Populations.Sum(p => costs[p.Index].ByteSpace * p.Size);
        long needed = Math.Max(1, (long)Math.Ceiling(Math.Max(byNeurons, byBytes) - Rounding));
        long cores = (needed + options.Workers - 1) / options.Workers * options.Workers;
        for (long ceiling = cores * 2 + 16; ; cores += options.Workers)
        {
            var (placement, fullest) = Assign(network, costs, (int)cores, 1);
            if (fullest <= 1 + Rounding || cores >= ceiling) return placement;
        }
    }

    private static Cost[] Costs(Network network, PlacementOptions options)
    {
        var bytes = new double[network.Populations.Length];
        foreach (var projection in network.Projections)
            bytes[projection.Target] += SynapseMemory.BytesOf(network, projection) / (double)network.Populations[projection.Target].Size;
        return [.. network.Populations.Select(p => p.Model switch
        {
            { IsSource: true } or LatencySource or DivisiveNormalisation => new Cost(bytes[p.Index], 0, 0),
            RealNeuronModel => new Cost(bytes[p.Index], 1.0 / options.MaxRealNeurons, bytes[p.Index] / options.MaxRealSynapseBytes),
            _ => new Cost(bytes[p.Index], 1.0 / options.MaxNeurons, bytes[p.Index] / options.MaxSynapseBytes),
        })];
    }

    /// <summary>Places on a number of cores.</summary>
    /// <returns>The placement, and how full its fullest core is: above 1 is more than a core's limits.</returns>
    private static (Placement Placement, double Fullest) Assign(Network network, Cost[] costs, int cores, double room)
    {
        var slices = new List<Slice>[cores];
        var neurons = new int[cores];
        var space = new double[cores];
        var byteSpace = new double[cores];
        var bytes = new double[cores];
        var work = new double[cores];
        for (int i = 0; i < cores; i++) slices[i] = [];

        void Put(int core, Bundle bundle, int start, int count)
        {
            foreach (var population in bundle.Populations)
            {
                int each = population.Size / bundle.Size;
                for (int at = start; at < start + count; at += bundle.MostInSlice)
                    slices[core].Add(new Slice(population.Index, at * each, Math.Min(bundle.MostInSlice, start + count - at) * each));
                bytes[core] += costs[population.Index].Bytes * count;
                byteSpace[core] += costs[population.Index].ByteSpace * count;
            }
            neurons[core] += bundle.NeuronsPerIndex * count;
            space[core] += bundle.SpacePerIndex * count;
            work[core] += bundle.Work(count);
        }

        var bundles = Bundles(network, costs);
        double target = bundles.Sum(b => b.Work(b.Size)) / cores;
        bool StaysWhole(Bundle b) =>
            cores == 1 || b.IsIndivisible || b.Size < 2 * SmallestPart || (b.Work(b.Size) < target / 2 && b.SpacePerIndex * b.Size <= room);

        foreach (var bundle in bundles.Where(StaysWhole).OrderByDescending(b => b.Work(b.Size)).ThenBy(b => b.Populations[0].Index))
        {
            int first = Enumerable.Range(0, cores).FirstOrDefault(
                c => work[c] + bundle.Work(bundle.Size) <= target && space[c] + bundle.SpacePerIndex * bundle.Size <= room + Rounding, -1);
            Put(first >= 0 ? first : Array.IndexOf(work, work.Min()), bundle, 0, bundle.Size);
        }
        foreach (var bundle in bundles.Where(b => !StaysWhole(b)))
        {
            int start = 0;
            foreach (var (core, count) in Shares(bundle.Size, [.. work.Select(w => Math.Max(0, target - w))]))
            {
                Put(core, bundle, start, count);
                start += count;
            }
        }

        var placed = new List<CorePlacement>();
        for (int i = 0; i < cores; i++)
        {
            if (slices[i].Count == 0) continue;
            placed.Add(new CorePlacement(placed.Count, [.. slices[i].OrderBy(s => s.Population).ThenBy(s => s.Start)], neurons[i], (long)bytes[i]));
        }
        return (new Placement(network, [.. placed]), Math.Max(space.Max(), byteSpace.Max()));
    }

    /// <summary>
    /// Cuts a number of neurons into parts in proportion to what cores lack, on multiples of 32 or 16 neurons where the parts are large enough for
    /// vectors; cores whose part would be too small get none.
    /// </summary>
    private static List<(int Core, int Count)> Shares(int size, double[] lacking)
    {
        var takers = Enumerable.Range(0, lacking.Length).Where(c => lacking[c] > 0).ToList();
        if (takers.Count == 0) takers = [.. Enumerable.Range(0, lacking.Length)];
        double Lack(int core) => lacking[core] > 0 ? lacking[core] : 1;
        while (takers.Count > 1)
        {
            int least = takers.MinBy(Lack);
            if (size * Lack(least) / takers.Sum(Lack) >= SmallestPart) break;
            takers.Remove(least);
        }
        int grain = size / takers.Count >= 256 ? 64 : size / takers.Count >= 64 ? 32 : size / takers.Count >= 32 ? 16 : 1;
        double total = takers.Sum(Lack);
        var shares = new List<(int, int)>();
        double upTo = 0;
        int start = 0;
        foreach (int core in takers)
        {
            upTo += size * Lack(core) / total;
            int end = core == takers[^1] ? size : Math.Min(size, (int)Math.Round(upTo / grain) * grain);
            if (end > start) shares.Add((core, end - start));
            start = Math.Max(start, end);
        }
        return shares;
    }

    private static List<Bundle> Bundles(Network network, Cost[] costs)
    {
        var parent = Enumerable.Range(0, network.Populations.Length).ToArray();
        int Root(int i)
        {
            while (parent[i] != i) i = parent[i] = parent[parent[i]];
            return i;
        }
        void Join(int one, int other)
        {
            var (a, b) = (Root(one), Root(other));
            parent[Math.Max(a, b)] = Math.Min(a, b);
        }
        foreach (var projection in network.Projections)
        {
            // What is normalised may be cut; were it joined to what cannot be, it could not.
            bool isNormalised = network.Populations[projection.Target].Model is DivisiveNormalisation || network.Populations[projection.Source].Model is DivisiveNormalisation;
            if (projection.Connectivity is Connectivity.OneToOneConnectivity && !isNormalised) Join(projection.Source, projection.Target);
        }
        foreach (var population in network.Populations)
        {
            if (population.Model is BackwardPorts ports) Join(population.Index, network[ports.Of].Index);
            if (population.Model is PortsOf lines) Join(population.Index, network[lines.Of].Index);
        }
        return [.. network.Populations.GroupBy(p => Root(p.Index)).OrderBy(g => g.Key)
            .Select(g => new Bundle([.. g], g.Sum(p => costs[p.Index].Bytes), g.Sum(p => costs[p.Index].Space)))];
    }

    /// <summary>Populations that are cut together: all of one size, but ports, which have two lines a neuron.</summary>
    private sealed record Bundle(Population[] Populations, double BytesPerIndex, double SpacePerIndex)
    {
        public int Size { get; } = Populations.Min(p => p.Size);

        /// <summary>Most indices of one slice.</summary>
        public int MostInSlice { get; } = SynapseRows.MaxTargets / (Populations.Max(p => p.Size) / Populations.Min(p => p.Size));

        /// <summary>Whether it must stay on one core: what concerns a whole population cannot be cut.</summary>
        public bool IsIndivisible { get; } = Populations.Any(p => p.Model is WinnerTakeAll or DivisiveNormalisation or FirstSpikeReadout);

        public int NeuronsPerIndex { get; } = Populations.Count(p => !p.Model.IsSource);

        /// <summary>Estimated work of some consecutive neurons of all its populations.</summary>
        public double Work(int count) => count * (NeuronsPerIndex + BytesPerIndex / CoreWork.BytesPerWork) + CoreWork.PerSlice * Populations.Length;
    }

    /// <summary>What a neuron of a population takes.</summary>
    /// <param name="Bytes">Bytes of the synapses that end on it.</param>
    /// <param name="Space">Part of the neurons a core may hold.</param>
    /// <param name="ByteSpace">Part of the synapse bytes a core may hold.</param>
    private readonly record struct Cost(double Bytes, double Space, double ByteSpace);
}
