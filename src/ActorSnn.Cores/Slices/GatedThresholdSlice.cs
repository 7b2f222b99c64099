using System.Numerics;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of <see cref="GatedThresholdNeuron"/>s. Afferents are sorted by (delay descending, projection), which is the order of
/// (emission tick, projection) of what they deliver at one tick; inside an afferent, by source neuron.
/// </summary>
internal sealed class GatedThresholdSlice : PopulationSlice
{
    private readonly int _threshold;
    private readonly int _bias;
    private readonly Afferent[] _afferents;
    private readonly int[] _drive;
    private readonly bool _boundFirst;

    /// <param name="slice">The neurons.</param>
    /// <param name="model">Their model.</param>
    /// <param name="afferents">What ends on them, in order of delivery.</param>
    /// <param name="capacity">Ticks a spike may lie ahead, a power of two.</param>
    /// <param name="boundFirst">
    /// Whether sums are skipped at ticks where a bound on the drive proves that no neuron can spike. Changes no result.
    /// </param>
    public GatedThresholdSlice(Slice slice, GatedThresholdNeuron model, Afferent[] afferents, int capacity, bool boundFirst)
        : base(slice, afferents.Length, afferents.Any(a => a is IPlasticAfferent), capacity)
    {
        _threshold = model.Threshold;
        _bias = model.Bias;
        _afferents = afferents;
        _drive = new int[(slice.Count + 15) / 16 * 16];
        _boundFirst = boundFirst;
    }

    public override bool IsAlwaysActive => _bias > _threshold || Potentials is not null;

    public override long SynapseBytes => _afferents.Sum(a => a.Bytes);

    public override IEnumerable<IPlasticAfferent> PlasticAfferents => _afferents.OfType<IPlasticAfferent>();

    public override int Update(long tick, Span<ulong> spikes)
    {
        var due = Due.At(tick);
        bool observed = Potentials is { } potentials && potentials.Includes(tick);
        if (_boundFirst && !observed && CannotSpike(tick, due))
        {
            due.Clear();
            return 0;
        }
        int common = 0;
        bool dense = false;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                common += afferent.Deliver(tick - afferent.Delay, _drive);
                dense |= afferent is not UniformAfferent;
            }
        }
        due.Clear();
        if (observed) Potentials!.Record(tick, _drive, common + _bias);
        if (dense || observed) return ThresholdKernels.Fire(_drive, Slice.Count, _threshold - _bias - common, spikes);
        if (_bias + common <= _threshold) return 0;
        FireAll(spikes);
        return Slice.Count;
    }

    public override void Learn(long tick)
    {
        var due = LearningDue!.At(tick);
        var targetSpikes = SpikesAt(tick - 1);
        if (!targetSpikes.IsEmpty)
        {
            for (int w = 0; w < due.Length; w++)
            {
                for (ulong word = due[w]; word != 0; word &= word - 1)
                    ((IPlasticAfferent)_afferents[(w << 6) + BitOperations.TrailingZeroCount(word)]).Learn(tick - 1, targetSpikes);
            }
        }
        due.Clear();
    }

    /// <summary>
    /// Whether a bound on the drive proves that no neuron reaches the threshold: gates and bias exactly, the rest by its largest possible sum,
    /// first by number of spikes alone, then by the rows' maxima.
    /// </summary>
    private bool CannotSpike(long tick, ReadOnlySpan<ulong> due)
    {
        long certain = _bias;
        long coarse = 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                long bound = afferent.CoarseBound(tick - afferent.Delay);
                if (afferent is DenseByteAfferent) coarse += bound;
                else certain += bound;
            }
        }
        if (certain + coarse <= _threshold) return true;
        if (certain > _threshold) return false;
        long tight = 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                if (_afferents[(w << 6) + BitOperations.TrailingZeroCount(word)] is DenseByteAfferent afferent)
                    tight += afferent.TightBound(tick - afferent.Delay);
            }
        }
        return certain + tight <= _threshold;
    }

    private void FireAll(Span<ulong> spikes)
    {
        spikes.Fill(ulong.MaxValue);
        if ((Slice.Count & 63) != 0) spikes[^1] = (1UL << (Slice.Count & 63)) - 1;
    }
}
