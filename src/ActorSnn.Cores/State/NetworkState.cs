using System.Runtime.InteropServices;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// The state of a whole network after a tick, independent of placement: every weight that can change, and the spikes that may still act.
/// Together with the network it determines everything that follows.
/// </summary>
public sealed class NetworkState
{
    private readonly int[] _historyTicks;

    /// <summary>An empty state of a network: no spikes under way, all weights zero.</summary>
    /// <param name="network">The network.</param>
    /// <param name="tick">The tick the state is at: the last one run.</param>
    public NetworkState(Network network, long tick)
    {
        Network = network;
        Tick = tick;
        Weights = new sbyte[network.Projections.Length][];
        foreach (var projection in network.Projections.Where(p => p.Learning is HebbianCoincidence))
            Weights[projection.Index] = new sbyte[network.Populations[projection.Source].Size * network.Populations[projection.Target].Size];
        Units = new int[network.Projections.Length][];
        foreach (var projection in network.Projections.Where(p => p.Learning is SpikeCoincidence or SpikeTimingGradient))
            Units[projection.Index] = new int[network.Populations[projection.Source].Size * network.Populations[projection.Target].Size];
        Plastic = new PlasticState?[network.Projections.Length];
        foreach (var projection in network.Projections.Where(p => p.Learning is PairStdp))
        {
            Plastic[projection.Index] = new PlasticState(
                network.Populations[projection.Source].Size, network.Populations[projection.Target].Size);
        }
        Variables = new double[network.Populations.Length][][];
        foreach (var population in network.Populations)
        {
            var names = StateVariables.Of(population.Model);
            if (names.Count > 0) Variables[population.Index] = [.. names.Select(_ => new double[population.Size])];
        }
        _historyTicks = [.. network.Populations.Select(network.HistoryTicks)];
        Spikes = new ulong[network.Populations.Length][];
        foreach (var population in network.Populations)
            Spikes[population.Index] = new ulong[HistoryTicks(population.Index) * SpikeWords(population.Index)];
        Grades = new float[network.Populations.Length][];
        foreach (var population in network.Populations.Where(p => p.Model.IsGraded)) Grades[population.Index] = new float[HistoryTicks(population.Index) * population.Size];
        Merged = new SliceSet(network);
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The last tick run.</summary>
    public long Tick { get; }

    /// <summary>
    /// For each projection that learns by <see cref="HebbianCoincidence"/> its weights [source, target] in row-major order, in half weight units (a byte b stands for 2 b); null for
    /// others.
    /// </summary>
    public sbyte[]?[] Weights { get; }

    /// <summary>
    /// For each projection that learns by <see cref="SpikeCoincidence"/> its weights [source, target] in row-major order, in units of the target's model; for each that learns by
    /// <see cref="SpikeTimingGradient"/> the bits of its weights, 32-bit floats; null for others.
    /// </summary>
    public int[]?[] Units { get; }

    /// <summary>For each projection that learns by <see cref="PairStdp"/> its weights and traces; null for others.</summary>
    public PlasticState?[] Plastic { get; }

    /// <summary>
    /// For each population of real-valued neurons its state variables [variable][neuron], in the order of <see cref="StateVariables.Of"/>; null for others.
    /// </summary>
    public double[][]?[] Variables { get; }

    /// <summary>
    /// For each population the spikes of its last <see cref="HistoryTicks(int)"/> ticks, oldest first, <see cref="SpikeWords"/> words a
    /// tick: all that are emitted and not yet applied everywhere.
    /// </summary>
    public ulong[][] Spikes { get; }

    /// <summary>
    /// For each population whose spikes are graded the grades of <see cref="Spikes"/> [tick, neuron], 0 where there is no spike; null for others.
    /// </summary>
    public float[]?[] Grades { get; }

    /// <summary>Running digest of all spikes emitted since tick 0.</summary>
    public UInt128 SpikeDigest { get; set; }

    /// <summary>Number of spikes emitted since tick 0.</summary>
    public long SpikeCount { get; set; }

    /// <summary>Spikes delivered since tick 0, each counted once a synapse. Not part of the hash.</summary>
    public long SynapticEvents { get; set; }

    /// <summary>Counts of each <see cref="SpikeCountProbe"/> by phase since tick 0. Not part of the hash.</summary>
    public Dictionary<string, long[]> ProbeCounts { get; } = [];

    /// <summary>The neurons whose state was put in from parts of a checkpoint; none when the state was captured.</summary>
    public SliceSet Merged { get; }

    /// <summary>Ticks of a population's spikes that may still act, as <see cref="Network.HistoryTicks"/> says.</summary>
    public int HistoryTicks(int population) => _historyTicks[population];

    /// <summary>64-bit words of one tick of a population's spikes.</summary>
    public int SpikeWords(int population) => Bits.Words(Network.Populations[population].Size);

    /// <summary>A population's spikes at one of its last ticks.</summary>
    public Span<ulong> SpikesAt(int population, long tick)
    {
        int words = SpikeWords(population);
        return Spikes[population].AsSpan((int)(HistoryTicks(population) - 1 - (Tick - tick)) * words, words);
    }

    /// <summary>A population's grades at one of its last ticks, one a neuron.</summary>
    public Span<float> GradesAt(int population, long tick)
    {
        int size = Network.Populations[population].Size;
        return Grades[population].AsSpan((int)(HistoryTicks(population) - 1 - (Tick - tick)) * size, size);
    }

    /// <summary>Copies a slice's spikes at one of its population's last ticks.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="tick">The tick.</param>
    /// <param name="bits">Receives one bit a neuron, from the slice's start on.</param>
    public void CopySpikes(Slice slice, long tick, Span<ulong> bits) => Bits.Extract(SpikesAt(slice.Population, tick), slice.Start, slice.Count, bits);

    /// <summary>Adds a slice's spikes at one of its population's last ticks.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="tick">The tick.</param>
    /// <param name="bits">One bit a neuron, from the slice's start on; none beyond its end.</param>
    public void AddSpikes(Slice slice, long tick, ReadOnlySpan<ulong> bits) => Bits.Or(bits, SpikesAt(slice.Population, tick), slice.Start);

    /// <summary>Lists a slice's graded spikes at one of its population's last ticks.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Receives the neurons, from the slice's start on, ascending. Room for all.</param>
    /// <param name="grades">Receives their grades. Room for all.</param>
    /// <returns>Number of spikes.</returns>
    internal int CopyGraded(Slice slice, long tick, Span<int> spikes, Span<float> grades)
    {
        var bits = new ulong[Bits.Words(slice.Count)];
        CopySpikes(slice, tick, bits);
        int count = Bits.Indices(bits, spikes);
        var all = GradesAt(slice.Population, tick);
        for (int i = 0; i < count; i++) grades[i] = all[slice.Start + spikes[i]];
        return count;
    }

    /// <summary>
    /// The state hash: SHA-256 (hex) over the network's hash, the tick, every weight in projection order, every state variable and the spikes
    /// still under way, with their grades, in population order, and the digest of all spikes. Equal for equal runs, whatever the placement, threads or engine.
    /// </summary>
    public string Hash()
    {
        using var writer = new CanonicalWriter();
        writer.Write("actorsnn-state-1").Write(Network.Hash).Write(Tick);
        foreach (var weights in Weights)
        {
            if (weights is not null) writer.Write(MemoryMarshal.AsBytes<sbyte>(weights));
        }
        foreach (var units in Units)
        {
            if (units is not null) writer.Write(MemoryMarshal.AsBytes<int>(units));
        }
        foreach (var plastic in Plastic) plastic?.WriteTo(writer);
        foreach (var variables in Variables)
        {
            foreach (var variable in variables ?? []) StateVariables.WriteTo(writer, variable);
        }
        foreach (var spikes in Spikes) writer.Write(MemoryMarshal.AsBytes<ulong>(spikes));
        foreach (var grades in Grades)
        {
            if (grades is not null) writer.Write(MemoryMarshal.AsBytes<float>(grades));
        }
        writer.Write((long)(ulong)(SpikeDigest >> 64)).Write((long)(ulong)SpikeDigest);
        return Convert.ToHexStringLower(writer.Finish());
    }
}
