using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// Any set of synapses of one projection onto one slice, a row a source neuron. A synapse takes two bytes for its target, three for its weight and two
/// for its delay; what all synapses share is not stored.
/// <para>
/// <b>Weights</b> are whole multiples of <see cref="Quantum"/>, the projection's largest magnitude over 2^23 - 1, so that sums of them are exact
/// in any order.
/// </para>
/// </summary>
internal sealed class SynapseRows
{
    /// <summary>Largest magnitude of a stored weight.</summary>
    public const int MaxUnits = (1 << 23) - 1;

    /// <summary>Neurons of the largest slice: a target takes 16 bits.</summary>
    public const int MaxTargets = 1 << 16;

    private const int BytesPerWeight = 3;

    private static readonly int MaxCount = Array.MaxLength / BytesPerWeight - 1;

    /// <summary>Draws the rows.</summary>
    /// <param name="network">The network.</param>
    /// <param name="projection">The projection.</param>
    /// <param name="slice">The target slice, at most <see cref="MaxTargets"/> neurons.</param>
    /// <param name="withWeights">Whether to store weights; not needed where they are all the same.</param>
    public SynapseRows(Network network, Projection projection, Slice slice, bool withWeights)
    {
        int sources = network.Populations[projection.Source].Size;
        Offsets = GC.AllocateUninitializedArray<int>(sources + 1);
        Array.Clear(Offsets);
        if (withWeights) Quantum = Math.Max(projection.Weight.LargestMagnitude, double.Epsilon * MaxUnits) / MaxUnits;
        if (projection.Connectivity is Connectivity.FixedOutDegreeConnectivity)
        {
            // Drawn row by row: one pass is enough, into arrays that are a little too large.
            double mean = projection.Connectivity.ExpectedSynapses(sources, 1) * slice.Count / network.Populations[projection.Target].Size;
            Allocate(projection, (long)(mean + 10 * Math.Sqrt(mean)) + 64, withWeights);
            var appender = new Appender(this, network, projection, slice);
            Synapses.Draw(network, projection, slice, ref appender);
            appender.Finish();
        }
        else
        {
            var counter = new Counter(Offsets);
            Synapses.Draw(network, projection, slice, ref counter);
            long total = 0;
            for (int i = 0; i <= sources; i++)
            {
                int count = Offsets[i];
                Offsets[i] = (int)total;
                total += count;
            }
            Allocate(projection, total, withWeights);
            var filler = new Filler(this, network, projection, slice);
            Synapses.Draw(network, projection, slice, ref filler);
            // Each offset has moved on to the end of its row, which is the start of the next one.
            Array.Copy(Offsets, 0, Offsets, 1, sources);
            Offsets[0] = 0;
        }
        if (Delays is not null) SortByDelay();
    }

    /// <summary>Start of each source neuron's row, and the end of the last.</summary>
    public int[] Offsets { get; }

    /// <summary>Number of synapses.</summary>
    public int Count => Offsets[^1];

    /// <summary>Targets from the slice's start on.</summary>
    public ushort[] Targets { get; private set; } = [];

    /// <summary>24-bit weights from byte 1 on, little-endian, so that the four bytes before each one's end hold it in their upper 24 bits; null when they are all the same.</summary>
    public byte[]? Weights { get; private set; }

    /// <summary>Delays in ticks, ascending within a row; null when they are all the same.</summary>
    public ushort[]? Delays { get; private set; }

    /// <summary>Unit of the stored weights; 0 when there are none.</summary>
    public double Quantum { get; }

    public long Bytes => (long)Offsets.Length * sizeof(int) + (long)Targets.Length * sizeof(ushort) + (Weights?.Length ?? 0) + (Delays?.LongLength ?? 0) * sizeof(ushort);

    /// <summary>Bytes of one synapse of a projection, without its share of the row index.</summary>
    public static int BytesPerSynapse(Projection projection) =>
        sizeof(ushort) + (projection.Weight is Weight.ConstantWeight ? 0 : BytesPerWeight) + (projection.Delay is Delay.ConstantDelay ? 0 : sizeof(ushort));

    /// <summary>A stored weight, in units.</summary>
    public int UnitsAt(int synapse) => MemoryMarshal.Read<int>(Weights.AsSpan(BytesPerWeight * synapse, sizeof(int))) >> 8;

    /// <summary>Writes the 24 bits of a stored weight.</summary>
    public void SetBits(int synapse, uint bits)
    {
        int at = BytesPerWeight * synapse + 1;
        Weights![at] = (byte)bits;
        Weights[at + 1] = (byte)(bits >> 8);
        Weights[at + 2] = (byte)(bits >> 16);
    }

    /// <summary>First and end of the part of a row that has a delay.</summary>
    public (int First, int End) WithDelay(int source, int delay)
    {
        int first = Offsets[source];
        int end = Offsets[source + 1];
        var row = Delays.AsSpan(first, end - first);
        int low = FirstFrom(row, delay);
        return (first + low, first + low + FirstFrom(row[low..], delay + 1));
    }

    /// <summary>Asks for the rows of some neurons: in a large network each is far from the next, and they can be fetched at the same time.</summary>
    public unsafe void Prefetch(ReadOnlySpan<int> neurons)
    {
        if (!Sse.IsSupported) return;
        ref int offset = ref MemoryMarshal.GetArrayDataReference(Offsets);
        ref ushort target = ref MemoryMarshal.GetArrayDataReference(Targets);
        foreach (int neuron in neurons) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref offset, neuron)));
        foreach (int neuron in neurons) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref target, Unsafe.Add(ref offset, neuron))));
    }

    private static int FirstFrom(ReadOnlySpan<ushort> row, int delay)
    {
        int low = 0;
        int high = row.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (row[middle] < delay) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Allocate(Projection projection, long synapses, bool withWeights)
    {
        if (synapses > MaxCount)
        {
            throw new NetworkException($"projections[\"{projection.Name}\"].connectivity",
                $"{synapses:#,0} synapses onto one slice of a core; a slice takes {MaxCount:#,0}, so use more cores");
        }
        Targets = GC.AllocateUninitializedArray<ushort>((int)synapses);
        if (withWeights) Weights = GC.AllocateUninitializedArray<byte>((int)synapses * BytesPerWeight + 1);
        if (projection.Delay is not Delay.ConstantDelay) Delays = GC.AllocateUninitializedArray<ushort>((int)synapses);
    }

    private void Set(int at, Network network, Projection projection, int target, long number)
    {
        Targets[at] = (ushort)target;
        if (Weights is not null) SetUnits(at, (int)Math.Round(Synapses.WeightOf(network, projection, number) / Quantum));
        if (Delays is not null) Delays[at] = (ushort)Synapses.DelayOf(network, projection, number);
    }

    private void SetUnits(int synapse, int units)
    {
        if (Math.Abs((long)units) > MaxUnits) throw new OverflowException($"a weight of {units * Quantum} is beyond the projection's largest");
        SetBits(synapse, (uint)units);
    }

    private void SortByDelay()
    {
        int longest = 0;
        for (int row = 0; row < Offsets.Length - 1; row++) longest = Math.Max(longest, Offsets[row + 1] - Offsets[row]);
        var targets = new ushort[longest];
        var units = new int[Weights is null ? 0 : longest];
        var order = new long[longest];
        for (int row = 0; row < Offsets.Length - 1; row++)
        {
            var (first, end) = (Offsets[row], Offsets[row + 1]);
            int count = end - first;
            if (count < 2) continue;
            for (int i = 0; i < count; i++)
            {
                order[i] = (long)Delays![first + i] << 32 | (uint)i;
                targets[i] = Targets[first + i];
                if (Weights is not null) units[i] = UnitsAt(first + i);
            }
            order.AsSpan(0, count).Sort();
            for (int i = 0; i < count; i++)
            {
                int from = (int)order[i];
                Delays![first + i] = (ushort)(order[i] >> 32);
                Targets[first + i] = targets[from];
                if (Weights is not null) SetUnits(first + i, units[from]);
            }
        }
    }

    private readonly struct Counter(int[] counts) : ISynapseVisitor
    {
        public void Visit(int source, int target, long number) => counts[source]++;
    }

    /// <summary>Fills rows; each offset moves from the start of its row to the end.</summary>
    private readonly struct Filler(SynapseRows rows, Network network, Projection projection, Slice slice) : ISynapseVisitor
    {
        private readonly int[] _next = rows.Offsets;

        public void Visit(int source, int target, long number) => rows.Set(_next[source]++, network, projection, target - slice.Start, number);
    }

    /// <summary>Appends synapses that come by source neuron.</summary>
    private struct Appender(SynapseRows rows, Network network, Projection projection, Slice slice) : ISynapseVisitor
    {
        private int _source;
        private int _count;

        public void Visit(int source, int target, long number)
        {
            while (_source < source) rows.Offsets[++_source] = _count;
            rows.Set(_count++, network, projection, target - slice.Start, number);
        }

        public void Finish()
        {
            while (_source < rows.Offsets.Length - 1) rows.Offsets[++_source] = _count;
        }
    }
}
