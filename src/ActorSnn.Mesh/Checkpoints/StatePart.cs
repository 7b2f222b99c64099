using System.Numerics.Tensors;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// The state of some slices of a network at one tick, as bytes: what one node writes of a checkpoint. Parts that together hold every neuron once give
/// the state of the whole network, however it was cut.
/// <para>
/// <b>Bytes.</b> After the head that all parts have: the tick, eight bytes. Sums over what the writer ran: digest of spikes (16), spikes (8), synaptic events (8), and for each spike count
/// probe of the network one byte, 1 when its counts follow, eight bytes a phase. Then, by projection: for one that learns by coincidence, for each slice of its target i1 [source, slice], or i4 where weights are units of 32 bits;
/// for one that learns by pairs of spikes, when there are slices of its target, the traces of all source neurons, f8, and for each slice its in-degrees, i4,
/// weights, f4, by target, source, then order of drawing, and traces, f8. Then, by population: f8 [variable][slice]. Then, by population and slice: the spikes of
/// the last ticks that may still act, oldest first, u8 [ticks, words], one bit a neuron from the slice's start on; of graded spikes, after the words of each
/// tick, the grades, f4, by neuron.
/// </para>
/// </summary>
public static class StatePart
{
    private const ushort Version = 1;

    /// <summary>Writes a part.</summary>
    /// <param name="state">A state that holds at least the slices, and the sums over what the writer ran.</param>
    /// <param name="slices">What belongs into the part.</param>
    /// <exception cref="ArgumentException">A slice does not fit the network, or two overlap.</exception>
    public static byte[] Write(NetworkState state, IReadOnlyCollection<Slice> slices)
    {
        var network = state.Network;
        var own = new SliceSet(network, slices);
        var part = new PartWriter(PartKind.State, Version, network, own);
        part.Write(state.Tick);
        part.Write(state.SpikeDigest);
        part.Write(state.SpikeCount);
        part.Write(state.SynapticEvents);
        foreach (var probe in network.Probes.OfType<SpikeCountProbe>())
        {
            bool counted = state.ProbeCounts.TryGetValue(probe.Name, out long[]? counts);
            part.Write(counted ? (byte)1 : (byte)0);
            part.Write<long>(counts);
        }
        foreach (var projection in network.Projections)
        {
            var targets = own.Of(projection.Target);
            if (state.Weights[projection.Index] is { } weights)
            {
                foreach (var slice in targets) WriteColumns(part, weights, network.Populations[projection.Target].Size, slice);
            }
            if (state.Units[projection.Index] is { } units)
            {
                foreach (var slice in targets) WriteColumns(part, units, network.Populations[projection.Target].Size, slice);
            }
            if (state.Plastic[projection.Index] is { } plastic && targets.Count > 0)
            {
                part.Write<double>(plastic.SourceTraces);
                foreach (var slice in targets)
                {
                    for (int target = slice.Start; target < slice.End; target++) part.Write(plastic.Weights[target].Length);
                    for (int target = slice.Start; target < slice.End; target++) part.Write<float>(plastic.Weights[target]);
                    part.Write<double>(plastic.TargetTraces.AsSpan(slice.Start, slice.Count));
                }
            }
        }
        foreach (var population in network.Populations)
        {
            foreach (var variable in state.Variables[population.Index] ?? [])
            {
                foreach (var slice in own.Of(population.Index)) part.Write<double>(variable.AsSpan(slice.Start, slice.Count));
            }
        }
        foreach (var population in network.Populations)
        {
            foreach (var slice in own.Of(population.Index))
            {
                var bits = new ulong[Words(slice)];
                for (long tick = state.Tick - state.HistoryTicks(population.Index) + 1; tick <= state.Tick; tick++)
                {
                    state.CopySpikes(slice, tick, bits);
                    part.Write<ulong>(bits);
                    if (population.Model.IsGraded) WriteGrades(part, state, slice, tick, bits);
                }
            }
        }
        return part.Finish();
    }

    /// <summary>Puts a part into a state, and adds its sums to those of the state.</summary>
    /// <param name="state">An empty state of the tick, or one that parts have been put into; of no use after an error.</param>
    /// <param name="part">The bytes.</param>
    /// <param name="name">What to call the part in errors.</param>
    /// <exception cref="ArchiveException">The part is damaged, of another network or tick, or has neurons that are in the state already.</exception>
    public static void MergeInto(NetworkState state, ReadOnlyMemory<byte> part, string name)
    {
        var network = state.Network;
        var reader = new PartReader(part.Span, name, PartKind.State, Version);
        var slices = reader.ReadSlices(network);
        long tick = reader.Read<long>();
        if (tick != state.Tick) throw new ArchiveException(name, $"is of tick {tick}; the state is of tick {state.Tick}");
        foreach (var slice in slices.All)
        {
            if (state.Merged.Problem(slice) is { } problem) throw new ArchiveException(name, $"does not go with the parts before it: {problem}");
            state.Merged.Add(slice);
        }
        ReadSums(ref reader, state);
        foreach (var projection in network.Projections)
        {
            var targets = slices.Of(projection.Target);
            if (state.Weights[projection.Index] is { } weights)
            {
                foreach (var slice in targets) ReadColumns(ref reader, weights, network.Populations[projection.Target].Size, slice);
            }
            if (state.Units[projection.Index] is { } units)
            {
                foreach (var slice in targets) ReadColumns(ref reader, units, network.Populations[projection.Target].Size, slice);
            }
            if (state.Plastic[projection.Index] is { } plastic && targets.Count > 0) ReadPlastic(ref reader, plastic, (PairStdp)projection.Learning!, targets);
        }
        foreach (var population in network.Populations)
        {
            foreach (var variable in state.Variables[population.Index] ?? [])
            {
                foreach (var slice in slices.Of(population.Index)) reader.Read(variable.AsSpan(slice.Start, slice.Count));
            }
        }
        foreach (var population in network.Populations)
        {
            foreach (var slice in slices.Of(population.Index)) ReadSpikes(ref reader, state, slice);
        }
        reader.End();
    }

    /// <summary>Requires that the parts put into a state hold every neuron.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">What to call the checkpoint in errors.</param>
    /// <exception cref="ArchiveException">Neurons are missing.</exception>
    public static void RequireWhole(NetworkState state, string name)
    {
        if (state.Merged.FirstGap() is { } gap)
            throw new ArchiveException(name, $"lacks {gap.Count} neurons from {gap.Start} on of \"{state.Network.Populations[gap.Population].Name}\"");
    }

    /// <summary>Hash of the network a part is of.</summary>
    /// <exception cref="ArchiveException">The part is damaged or of another version.</exception>
    internal static string NetworkHashOf(ReadOnlyMemory<byte> part, string name) => new PartReader(part.Span, name, PartKind.State, Version).NetworkHash;

    private static void ReadSums(ref PartReader reader, NetworkState state)
    {
        state.SpikeDigest += reader.Read<UInt128>();
        Span<long> sums = stackalloc long[2];
        reader.ReadCounts(sums, "a number of spikes");
        state.SpikeCount += sums[0];
        state.SynapticEvents += sums[1];
        foreach (var probe in state.Network.Probes.OfType<SpikeCountProbe>())
        {
            byte counted = reader.Read<byte>();
            if (counted > 1) throw reader.Damaged($"{counted} where 0 or 1 is due");
            if (counted == 0) continue;
            var counts = new long[probe.PeriodTicks];
            reader.ReadCounts(counts, $"a count of \"{probe.Name}\"");
            if (state.ProbeCounts.TryGetValue(probe.Name, out long[]? total)) TensorPrimitives.Add(total, counts, total);
            else state.ProbeCounts[probe.Name] = counts;
        }
    }

    private static void WriteColumns<T>(PartWriter part, T[] matrix, int columns, Slice slice) where T : unmanaged
    {
        if (slice.Count == columns) part.Write<T>(matrix);
        else
        {
            for (int row = slice.Start; row < matrix.Length; row += columns) part.Write<T>(matrix.AsSpan(row, slice.Count));
        }
    }

    private static void ReadColumns<T>(ref PartReader reader, T[] matrix, int columns, Slice slice) where T : unmanaged
    {
        if (slice.Count == columns) reader.Read<T>(matrix);
        else
        {
            for (int row = slice.Start; row < matrix.Length; row += columns) reader.Read(matrix.AsSpan(row, slice.Count));
        }
    }

    private static void ReadPlastic(ref PartReader reader, PlasticState plastic, PairStdp rule, IReadOnlyList<Slice> targets)
    {
        var heard = new double[plastic.SourceTraces.Length];
        ReadTraces(ref reader, heard);
        // Of one-to-one synapses a part knows what its own source neurons did; others it knows as they were earlier, or not at all. Traces only grow.
        TensorPrimitives.Max<double>(plastic.SourceTraces, heard, plastic.SourceTraces);
        foreach (var slice in targets)
        {
            int[] inDegrees = reader.ReadArray<int>(slice.Count);
            for (int i = 0; i < inDegrees.Length; i++)
            {
                float[] weights = reader.ReadArray<float>(inDegrees[i]);
                foreach (float weight in weights)
                {
                    if (!(weight >= (float)rule.MinWeight && weight <= (float)rule.MaxWeight))
                        throw reader.Damaged($"a weight of {weight}, outside [{rule.MinWeight}, {rule.MaxWeight}]");
                }
                plastic.Weights[slice.Start + i] = weights;
            }
            ReadTraces(ref reader, plastic.TargetTraces.AsSpan(slice.Start, slice.Count));
        }
    }

    private static void ReadTraces(ref PartReader reader, scoped Span<double> traces)
    {
        reader.Read(traces);
        foreach (double trace in traces)
        {
            if (!(trace >= 0)) throw reader.Damaged($"a trace of {trace}");
        }
    }

    private static void ReadSpikes(ref PartReader reader, NetworkState state, Slice slice)
    {
        var bits = new ulong[Words(slice)];
        for (long tick = state.Tick - state.HistoryTicks(slice.Population) + 1; tick <= state.Tick; tick++)
        {
            reader.Read<ulong>(bits);
            if ((slice.Count & 63) != 0 && bits[^1] >> (slice.Count & 63) != 0)
                throw reader.Damaged($"spikes of \"{state.Network.Populations[slice.Population].Name}\" beyond neuron {slice.End - 1}");
            state.AddSpikes(slice, tick, bits);
            if (state.Network.Populations[slice.Population].Model.IsGraded) ReadGrades(ref reader, state, slice, tick, bits);
        }
    }

    private static void WriteGrades(PartWriter part, NetworkState state, Slice slice, long tick, ReadOnlySpan<ulong> bits)
    {
        var grades = state.GradesAt(slice.Population, tick).Slice(slice.Start, slice.Count);
        for (int i = 0; i < slice.Count; i++)
        {
            if ((bits[i >> 6] >> (i & 63) & 1) != 0) part.Write(grades[i]);
        }
    }

    private static void ReadGrades(ref PartReader reader, NetworkState state, Slice slice, long tick, ReadOnlySpan<ulong> bits)
    {
        var grades = state.GradesAt(slice.Population, tick).Slice(slice.Start, slice.Count);
        for (int i = 0; i < slice.Count; i++)
        {
            if ((bits[i >> 6] >> (i & 63) & 1) == 0) continue;
            grades[i] = reader.Read<float>();
            if (!float.IsFinite(grades[i])) throw reader.Damaged($"a grade of {grades[i]}");
        }
    }

    private static int Words(Slice slice) => (slice.Count + 63) >> 6;
}
