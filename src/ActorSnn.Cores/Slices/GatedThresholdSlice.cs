using System.Numerics;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of <see cref="GatedThresholdNeuron"/>s. Afferents are sorted by (delay descending, projection), which is the order of
/// (emission tick, projection) of what they deliver at one tick; inside an afferent, by source neuron.
/// </summary>
internal sealed class GatedThresholdSlice : BitSlice
{
    private readonly int _threshold;
    private readonly int _bias;
    private readonly Afferent[] _afferents;
    private readonly ulong[] _uniform;
    private readonly ulong[] _relays;
    private readonly DueRing _due;
    private readonly DueRing _learningDue;
    private readonly int[] _drive;
    private readonly bool _boundFirst;
    private long _events;

    /// <param name="slice">The neurons.</param>
    /// <param name="home">Where they live.</param>
    /// <param name="model">Their model.</param>
    /// <param name="afferents">What ends on them, in order of delivery.</param>
    /// <param name="capacity">Ticks a spike may lie ahead, a power of two.</param>
    /// <param name="boundFirst">
    /// Whether sums are skipped at ticks where a bound on the drive proves that no neuron can spike. Changes no result.
    /// </param>
    public GatedThresholdSlice(Slice slice, SliceHome home, GatedThresholdNeuron model, Afferent[] afferents, int capacity, bool boundFirst)
        : base(slice, home)
    {
        _threshold = model.Threshold;
        _bias = model.Bias;
        _afferents = afferents;
        _uniform = new ulong[Math.Max(1, Bits.Words(afferents.Length))];
        _relays = new ulong[_uniform.Length];
        for (int i = 0; i < afferents.Length; i++)
        {
            if (afferents[i] is UniformAfferent) _uniform[i >> 6] |= 1UL << (i & 63);
            if (afferents[i] is OneToOneAfferent { IsConstant: true }) _relays[i >> 6] |= 1UL << (i & 63);
        }
        _due = new DueRing(afferents.Length, capacity);
        _learningDue = new DueRing(afferents.Length, capacity);
        _drive = new int[(slice.Count + 127) / 128 * 128];
        _boundFirst = boundFirst;
    }

    public override void SetDue(long tick, int afferent)
    {
        _due.Set(tick, afferent);
        Home.Due.Set(tick, Home.Index);
    }

    public override void SetLearningDue(long tick, int afferent)
    {
        _learningDue.Set(tick, afferent);
        Home.LearningDue.Set(tick, Home.Index);
    }

    public override void AddTo(NetworkState state)
    {
        foreach (var afferent in PlasticAfferents) afferent.ReadWeights(state.Weights[afferent.Projection.Index]);
    }

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        _due.Clear();
        _learningDue.Clear();
        foreach (var afferent in PlasticAfferents) afferent.WriteWeights(state.Weights[afferent.Projection.Index]);
    }

    public override bool IsAlwaysActive => _bias > _threshold || Potentials is not null || base.IsAlwaysActive;

    public override long SynapticEvents => _events;

    public override long SynapseBytes => _afferents.Sum(a => a.Bytes);

    public override IEnumerable<IWeightMemory> WeightMemories => _afferents.OfType<IWeightMemory>();

    private IEnumerable<IPlasticAfferent> PlasticAfferents => _afferents.OfType<IPlasticAfferent>();

    protected override int Update(long tick, Span<ulong> spikes)
    {
        var due = _due.At(tick);
        CountEvents(tick, due);
        bool observed = Potentials is { } potentials && potentials.Includes(tick);
        int common = _bias;
        ulong others = 0;
        ulong sums = 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w] & _uniform[w]; word != 0; word &= word - 1)
            {
                var gate = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                common += gate.Deliver(tick - gate.Delay, default);
            }
            due[w] &= ~_uniform[w];
            others |= due[w];
            sums |= due[w] & ~_relays[w];
        }
        if (others == 0 && !observed)
        {
            if (common <= _threshold) return 0;
            FireAll(spikes);
            return Slice.Count;
        }
        if (sums == 0 && !observed && TryRelay(tick, common, due, spikes) is >= 0 and var relayed) return relayed;
        if (_boundFirst && !observed && CannotSpike(tick, common, due))
        {
            due.Clear();
            return 0;
        }
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                afferent.Deliver(tick - afferent.Delay, _drive);
            }
            due[w] = 0;
        }
        if (observed) Potentials!.Record(tick, _drive, common);
        int limit = (int)Math.Clamp((long)_threshold - common, int.MinValue, int.MaxValue);
        return ThresholdKernels.Fire(_drive, Slice.Count, limit, spikes);
    }

    private void CountEvents(long tick, ReadOnlySpan<ulong> due)
    {
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                _events += afferent.EventsOf(tick - afferent.Delay, Slice.Count);
            }
        }
    }

    public override void Learn(long tick)
    {
        var due = _learningDue.At(tick);
        var targetSpikes = BitsAt(tick - 1);
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
    /// Decides by logic where only gates and a few one-to-one inputs arrive: a neuron's drive is then one of a few sums, and 64 neurons take
    /// a handful of operations.
    /// </summary>
    /// <param name="tick">The tick.</param>
    /// <param name="common">Bias and gates.</param>
    /// <param name="due">The one-to-one afferents that deliver; cleared when the result is not negative.</param>
    /// <param name="spikes">Receives the spikes.</param>
    /// <returns>Number of spikes; -1 when there are too many inputs.</returns>
    private int TryRelay(long tick, int common, Span<ulong> due, Span<ulong> spikes)
    {
        var relays = (Span<int>)stackalloc int[RelayKernel.MostInputs];
        int inputs = 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                if (inputs == RelayKernel.MostInputs) return -1;
                relays[inputs++] = (w << 6) + BitOperations.TrailingZeroCount(word);
            }
        }
        due.Clear();
        // Bit c of the table: whether a neuron spikes that is reached by just the inputs in c.
        uint table = 0;
        for (int c = 0; c < 1 << inputs; c++)
        {
            long drive = common;
            for (int i = 0; i < inputs; i++)
            {
                if ((c >> i & 1) != 0) drive += ((OneToOneAfferent)_afferents[relays[i]]).Weight;
            }
            if (drive > _threshold) table |= 1u << c;
        }
        if (table == 0) return 0;
        var a = Input(0, tick, relays[..inputs]);
        var b = Input(1, tick, relays[..inputs]);
        var d = Input(2, tick, relays[..inputs]);
        return RelayKernel.Fire(table, inputs, a, b, d, Slice.Start, Slice.Count, spikes);
    }

    private ReadOnlySpan<ulong> Input(int number, long tick, ReadOnlySpan<int> relays)
    {
        if (number >= relays.Length) return default;
        var afferent = _afferents[relays[number]];
        return afferent.Source.At(tick - afferent.Delay);
    }

    /// <summary>
    /// Whether a bound on the drive proves that no neuron reaches the threshold: first by the number of spikes and the largest weight, then,
    /// where that is close, by the largest weight of each spike's row.
    /// </summary>
    /// <param name="tick">The tick.</param>
    /// <param name="common">Bias and gates.</param>
    /// <param name="due">The afferents other than gates that deliver.</param>
    private bool CannotSpike(long tick, long common, ReadOnlySpan<ulong> due)
    {
        long coarse = 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                coarse += afferent.CoarseBound(tick - afferent.Delay);
            }
        }
        if (common + coarse <= _threshold) return true;
        if (common + coarse / 2 > _threshold) return false;
        long tight = 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = _afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                tight += afferent.TightBound(tick - afferent.Delay);
            }
        }
        return common + tight <= _threshold;
    }

    private void FireAll(Span<ulong> spikes)
    {
        spikes.Fill(ulong.MaxValue);
        if ((Slice.Count & 63) != 0) spikes[^1] = (1UL << (Slice.Count & 63)) - 1;
    }
}
