using ActorSnn.Networks;
using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores;

/// <summary>
/// Every source neuron onto every target neuron, a byte a synapse. Rows are source neurons. The largest weight is kept, of all and of
/// each row, so that a bound on the drive costs one multiplication, or one addition a spike: closed neurons need no sums.
/// </summary>
internal class DenseByteAfferent : Afferent, IWeightMemory
{
    private readonly int _start;
    private int _max;

    /// <param name="projection">The projection.</param>
    /// <param name="delay">Its delay, in ticks.</param>
    /// <param name="source">Spikes of the source population.</param>
    /// <param name="slice">The target slice.</param>
    /// <param name="shift">A byte stands for byte * 2^shift.</param>
    /// <param name="weightAt">Weight of (source, target), as an integer in weight units.</param>
    public DenseByteAfferent(Projection projection, int delay, BitHistory source, Slice slice, int shift, Func<int, int, int> weightAt)
        : base(projection, delay, source)
    {
        _start = slice.Start;
        Columns = slice.Count;
        Shift = shift;
        Stride = StrideFor(slice.Count);
        Weights = new sbyte[source.Size * Stride];
        RowMax = new sbyte[source.Size];
        for (int row = 0; row < source.Size; row++)
        {
            for (int column = 0; column < Columns; column++) Weights[row * Stride + column] = (sbyte)(weightAt(row, _start + column) >> shift);
        }
        NoteRowMax();
    }

    public WeightFaults? Faults { protected get; set; }

    protected int Columns { get; }

    protected int Stride { get; }

    protected int Shift { get; }

    protected sbyte[] Weights { get; }

    protected sbyte[] RowMax { get; }

    public override long Bytes => Weights.Length;

    public override long CoarseBound(long emitted) => (long)Source.Count(emitted) * (_max << Shift);

    public override long TightBound(long emitted)
    {
        long sum = 0;
        foreach (int row in Source.Indices(emitted)) sum += RowMax[row];
        return sum << Shift;
    }

    public override int Deliver(long emitted, Span<int> drive)
    {
        DenseKernels.AddRows(Weights, Stride, Source.Indices(emitted), Shift, drive);
        return 0;
    }

    public int PlaceOf(int order, int source, int target) => source * Stride + target;

    public uint Read(int place) => (byte)Weights[place];

    public void Write(int place, uint bits)
    {
        Weights[place] = (sbyte)bits;
        int row = place / Stride;
        RowMax[row] = Math.Max(RowMax[row], Weights[place]);
        _max = Math.Max(_max, RowMax[row]);
    }

    /// <summary>Whole vectors of 16; and of 128 where few are missing to it, which saves the kernel several passes over the rows.</summary>
    private static int StrideFor(int columns) => columns % 128 > 96 ? (columns + 127) / 128 * 128 : (columns + 15) / 16 * 16;

    public void ReadWeights(Span<sbyte> matrix)
    {
        int targets = matrix.Length / Source.Size;
        for (int row = 0; row < Source.Size; row++)
            Weights.AsSpan(row * Stride, Columns).CopyTo(matrix[(row * targets + _start)..]);
    }

    public void WriteWeights(ReadOnlySpan<sbyte> matrix)
    {
        int targets = matrix.Length / Source.Size;
        for (int row = 0; row < Source.Size; row++)
            matrix.Slice(row * targets + _start, Columns).CopyTo(Weights.AsSpan(row * Stride));
        NoteRowMax();
    }

    /// <summary>Notes that some rows' maxima may have grown.</summary>
    protected void NoteMax(ReadOnlySpan<int> rows)
    {
        foreach (int row in rows) _max = Math.Max(_max, RowMax[row]);
    }

    private void NoteRowMax()
    {
        _max = 0;
        for (int row = 0; row < RowMax.Length; row++)
        {
            sbyte max = sbyte.MinValue;
            foreach (sbyte weight in Weights.AsSpan(row * Stride, Stride)) max = Math.Max(max, weight);
            RowMax[row] = max;
            _max = Math.Max(_max, max);
        }
    }
}

/// <summary>A dense afferent under <see cref="HebbianCoincidence"/>: a byte stands for an even weight, and saturating byte arithmetic is the rule's own.</summary>
internal sealed class HebbianAfferent : DenseByteAfferent, IPlasticAfferent
{
    /// <summary>With more target spikes than this whole rows are added; with fewer, single columns.</summary>
    private const int FewTargets = 4;

    private readonly ReinforcementClock _clock;
    private readonly sbyte[] _delta;

    public HebbianAfferent(Projection projection, int delay, BitHistory source, Slice slice, Func<int, int, int> weightAt)
        : base(projection, delay, source, slice, shift: 1, weightAt)
    {
        _clock = ((HebbianCoincidence)projection.Learning!).Clock;
        _delta = new sbyte[Stride];
    }

    public void Learn(long tick, ReadOnlySpan<ulong> targetSpikes)
    {
        int targets = Bits.Count(targetSpikes);
        if (targets == 0) return;
        int delta = _clock.IsOn(tick) ? 1 : -1;
        var rows = Source.Indices(tick);
        if (targets <= FewTargets)
        {
            DenseKernels.AddToColumns(Weights, Stride, rows, targetSpikes, delta, RowMax);
        }
        else
        {
            DenseKernels.Expand(targetSpikes, (sbyte)delta, _delta);
            DenseKernels.AddToRows(Weights, Stride, rows, _delta, RowMax);
        }
        NoteMax(rows);
        Faults?.HoldStuck();
    }
}

/// <summary>Every source neuron onto every target neuron, 32 bits a synapse: for fixed weights too large for a byte.</summary>
internal sealed class DenseWideAfferent : Afferent
{
    private readonly int _columns;
    private readonly int[] _weights;

    public DenseWideAfferent(Projection projection, int delay, BitHistory source, Slice slice, Func<int, int, int> weightAt)
        : base(projection, delay, source)
    {
        _columns = slice.Count;
        _weights = new int[source.Size * slice.Count];
        for (int row = 0; row < source.Size; row++)
        {
            for (int column = 0; column < _columns; column++) _weights[row * _columns + column] = weightAt(row, slice.Start + column);
        }
    }

    public override long Bytes => _weights.Length * sizeof(int);

    public override long CoarseBound(long emitted) => (long)Source.Count(emitted) * GatedThresholdNeuron.MaxMagnitude;

    public override int Deliver(long emitted, Span<int> drive)
    {
        var sums = drive[.._columns];
        foreach (int row in Source.Indices(emitted))
            System.Numerics.Tensors.TensorPrimitives.Add(sums, _weights.AsSpan(row * _columns, _columns), sums);
        return 0;
    }
}
