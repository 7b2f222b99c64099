using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// What probes recorded of some slices of a network between two checkpoints, as bytes: spikes and potentials. Counts of spikes are part of the state.
/// <para>
/// <b>Bytes.</b> After the head that all parts have, for each spike probe of the network the number of ticks with spikes, four bytes, and for each the tick (8), the number of
/// spikes (4) and their neurons (4 each, ascending); for each potential probe the number of ticks, and for each the tick (8) and f4 [slice] for each slice of its population.
/// </para>
/// </summary>
public static class RecordsPart
{
    private const ushort Version = 1;

    /// <summary>Writes a part.</summary>
    /// <param name="recordings">What was recorded.</param>
    /// <param name="slices">The slices whose neurons belong into the part.</param>
    /// <returns>The bytes; none when nothing was recorded of them, which then is no part.</returns>
    /// <exception cref="ArgumentException">A slice does not fit the network, or two overlap.</exception>
    public static byte[] Write(Recordings recordings, IReadOnlyCollection<Slice> slices)
    {
        var network = recordings.Network;
        var own = new SliceSet(network, slices);
        var part = new PartWriter(PartKind.Records, Version, network, own);
        bool any = false;
        foreach (var probe in network.Probes)
        {
            var share = own.Of(network[probe.Population].Index);
            if (probe is SpikeProbe)
            {
                var ticks = ByTick(recordings.Spikes(probe.Name), share);
                part.Write(ticks.Count);
                foreach (var (tick, neurons) in ticks)
                {
                    part.Write(tick);
                    part.Write(neurons.Length);
                    part.Write<int>(neurons);
                }
                any |= ticks.Count > 0;
            }
            if (probe is PotentialProbe)
            {
                var rows = share.Count == 0 ? [] : recordings.Potentials(probe.Name).ToList();
                part.Write(rows.Count);
                foreach (var (tick, values) in rows)
                {
                    part.Write(tick);
                    foreach (var slice in share) part.Write<float>(values.AsSpan(slice.Start, slice.Count));
                }
                any |= rows.Count > 0;
            }
        }
        return any ? part.Finish() : [];
    }

    /// <summary>Adds what a part holds to recordings.</summary>
    /// <param name="recordings">The recordings; of no use after an error.</param>
    /// <param name="part">The bytes.</param>
    /// <param name="name">What to call the part in errors.</param>
    /// <exception cref="ArchiveException">The part is damaged or of another network.</exception>
    public static void AddTo(Recordings recordings, ReadOnlyMemory<byte> part, string name)
    {
        var network = recordings.Network;
        var reader = new PartReader(part.Span, name, PartKind.Records, Version);
        var slices = reader.ReadSlices(network);
        foreach (var probe in network.Probes)
        {
            var share = slices.Of(network[probe.Population].Index);
            if (probe is SpikeProbe spikes)
            {
                long before = -1;
                for (int left = ReadCount(ref reader); left > 0; left--)
                {
                    before = ReadTick(ref reader, before, probe);
                    int[] neurons = reader.ReadArray<int>(reader.Read<int>());
                    for (int i = 0; i < neurons.Length; i++)
                    {
                        if (!Contains(share, neurons[i]) || (i > 0 && neurons[i] <= neurons[i - 1]))
                            throw reader.Damaged($"a spike of neuron {neurons[i]} for \"{probe.Name}\" where none can be");
                    }
                    recordings.AddSpikes(spikes, before, neurons);
                }
            }
            if (probe is PotentialProbe potentials)
            {
                long before = -1;
                for (int left = ReadCount(ref reader); left > 0; left--)
                {
                    before = ReadTick(ref reader, before, probe);
                    foreach (var slice in share) recordings.AddPotentials(potentials, before, slice.Start, reader.ReadArray<float>(slice.Count));
                }
            }
        }
        reader.End();
    }

    private static List<(long Tick, int[] Neurons)> ByTick(IReadOnlyList<Spike> spikes, IReadOnlyList<Slice> share)
    {
        var ticks = new List<(long, int[])>();
        var neurons = new List<int>();
        for (int i = 0; i < spikes.Count; i++)
        {
            if (Contains(share, spikes[i].Neuron)) neurons.Add(spikes[i].Neuron);
            if ((i + 1 < spikes.Count && spikes[i + 1].Tick == spikes[i].Tick) || neurons.Count == 0) continue;
            ticks.Add((spikes[i].Tick, [.. neurons]));
            neurons.Clear();
        }
        return ticks;
    }

    private static bool Contains(IReadOnlyList<Slice> share, int neuron)
    {
        for (int i = 0; i < share.Count; i++)
        {
            if (neuron >= share[i].Start && neuron < share[i].End) return true;
        }
        return false;
    }

    private static int ReadCount(ref PartReader reader)
    {
        int count = reader.Read<int>();
        return count >= 0 ? count : throw reader.Damaged($"{count} ticks");
    }

    private static long ReadTick(ref PartReader reader, long before, Probe probe)
    {
        long tick = reader.Read<long>();
        return tick > before ? tick : throw reader.Damaged($"tick {tick} of \"{probe.Name}\" after tick {before}");
    }
}
