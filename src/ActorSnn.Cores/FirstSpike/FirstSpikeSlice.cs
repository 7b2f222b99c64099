using System.Numerics;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>What ends on a slice of neurons that tell by their first spike.</summary>
/// <param name="Start">The projection that starts samples, with the history of its source; null where nothing does.</param>
/// <param name="Forward">Dense projections that act on the membrane.</param>
internal sealed record FirstSpikeInputs((TimingAfferent Afferent, BitHistory Source)? Start, (TimingAfferent Afferent, BitHistory Source)[] Forward);

/// <summary>
/// A slice of neurons that tell by their first spike. It is run when something arrives. Steps of a sample count from the tick in which its start arrived. A spike that should have arrived before that tick,
/// and is late, is not taken.
/// </summary>
internal abstract class FirstSpikeSlice : BitSlice
{
    private readonly FirstSpikeModel _model;
    private readonly FirstSpikeInputs _inputs;
    private readonly int[] _signSums;
    private readonly float[] _realSums;
    private readonly ulong[] _above;
    private readonly float[] _thresholds; // padded with what is never reached
    private long _events;

    protected FirstSpikeSlice(Slice slice, SliceHome home, FirstSpikeModel model, FirstSpikeInputs inputs)
        : base(slice, home)
    {
        _model = model;
        _inputs = inputs;
        int stride = (slice.Count + TimingKernels.Padding - 1) / TimingKernels.Padding * TimingKernels.Padding;
        _signSums = model.Form == SynapseForm.Sign ? new int[stride] : [];
        _realSums = model.Form == SynapseForm.Real ? new float[stride] : [];
        _thresholds = new float[stride];
        Array.Fill(_thresholds, float.PositiveInfinity);
        _above = new ulong[Bits.Words(stride)];
        Crossed = new int[slice.Count];
        Fired = new ulong[Bits.Words(slice.Count)];
        foreach (var (afferent, source) in inputs.Forward) source.AddListener(this, 0, afferent.Delay, learns: false);
        if (inputs.Start is { } start) start.Source.AddListener(this, 0, start.Afferent.Delay, learns: false);
        TakeThresholds();
    }

    public override long SynapseBytes => Afferents.Sum(a => a.Bytes);

    public override long SynapticEvents => _events;

    public override IEnumerable<IWeightMemory> WeightMemories => Afferents;

    /// <summary>The tick in which the sample's start arrived; -1 before the first.</summary>
    protected long Onset { get; private set; } = -1;

    /// <summary>Number of the sample, from 0; -1 before the first.</summary>
    protected long Sample { get; private set; } = -1;

    /// <summary>The step in which each neuron crossed its threshold; the number of crossing steps where it did not.</summary>
    protected int[] Crossed { get; }

    /// <summary>The neurons that have crossed, one bit each.</summary>
    protected ulong[] Fired { get; }

    /// <summary>Tick in which the sample's start was emitted.</summary>
    protected long StartEmitted => Onset - _inputs.Start!.Value.Afferent.Delay;

    protected virtual IEnumerable<TimingAfferent> Afferents => _inputs.Start is { } start ? _inputs.Forward.Select(f => f.Afferent).Prepend(start.Afferent) : _inputs.Forward.Select(f => f.Afferent);

    /// <summary>Variables beyond those of the base, in the order of <see cref="StateVariables.Of"/>.</summary>
    protected virtual IReadOnlyList<double[]> Further => [];

    public override void SetDue(long tick, int afferent) => Home.Due.Set(tick, Home.Index);

    public override void AddTo(NetworkState state)
    {
        var variables = state.Variables[Slice.Population]!;
        for (int i = 0; i < Slice.Count; i++)
        {
            variables[0][Slice.Start + i] = Onset;
            variables[1][Slice.Start + i] = Sample;
            variables[2][Slice.Start + i] = Crossed[i];
            variables[3][Slice.Start + i] = Potential(i);
        }
        foreach (var (place, values) in Further.Index()) values.CopyTo(variables[4 + place], Slice.Start);
        foreach (var afferent in Afferents.Where(a => a.IsPlastic)) afferent.ReadWeights(state.Units[afferent.Projection.Index]!);
    }

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        var variables = state.Variables[Slice.Population]!;
        Onset = (long)variables[0][Slice.Start];
        Sample = (long)variables[1][Slice.Start];
        Array.Clear(Fired);
        for (int i = 0; i < Slice.Count; i++)
        {
            Crossed[i] = (int)variables[2][Slice.Start + i];
            if (Crossed[i] < _model.CrossingSteps) Fired[i >> 6] |= 1UL << (i & 63);
            if (_signSums.Length > 0) _signSums[i] = (int)variables[3][Slice.Start + i];
            else _realSums[i] = (float)variables[3][Slice.Start + i];
        }
        foreach (var (place, values) in Further.Index()) variables[4 + place].AsSpan(Slice.Start, Slice.Count).CopyTo(values);
        foreach (var afferent in Afferents.Where(a => a.IsPlastic)) afferent.WriteWeights(state.Units[afferent.Projection.Index]!);
        TakeThresholds();
    }

    /// <summary>Begins a sample when its start arrives at a tick.</summary>
    /// <returns>Whether it did.</returns>
    protected bool TakeStart(long tick)
    {
        if (_inputs.Start is not var (afferent, source) || source.Count(tick - afferent.Delay) == 0) return false;
        Onset = tick;
        Sample++;
        Array.Fill(Crossed, _model.CrossingSteps);
        Array.Clear(Fired);
        Array.Clear(_signSums);
        Array.Clear(_realSums);
        TakeThresholds(); // faults may have changed them
        return true;
    }

    /// <summary>Takes what arrives in a step of the sample, and finds who crosses the threshold.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Receives one bit for each neuron that crosses now.</param>
    /// <returns>How many there are.</returns>
    protected int TakeForward(long tick, Span<ulong> spikes)
    {
        bool hasArrived = tick == Onset; // thresholds of 0 are crossed without
        foreach (var (afferent, source) in _inputs.Forward)
        {
            long emitted = tick - afferent.Delay;
            long since = Onset - afferent.Delay;
            int count = source.Count(emitted, since);
            if (count == 0) continue;
            hasArrived = true;
            _events += (long)count * Slice.Count;
            if (_signSums.Length > 0) afferent.DeliverSigns(source.At(emitted, since), _signSums);
            else afferent.DeliverReal(source.Indices(emitted, since), _realSums);
        }
        if (!hasArrived) return 0;
        if (_signSums.Length > 0) TimingKernels.AtOrAbove(_signSums, _thresholds, _above);
        else TimingKernels.AtOrAbove(_realSums, _thresholds, _above);
        int step = (int)(tick - Onset);
        int crossing = 0;
        for (int w = 0; w < Fired.Length; w++)
        {
            ulong now = _above[w] & ~Fired[w];
            spikes[w] = now;
            if (now == 0) continue;
            Fired[w] |= now;
            crossing += BitOperations.PopCount(now);
            for (; now != 0; now &= now - 1) Crossed[(w << 6) + BitOperations.TrailingZeroCount(now)] = step;
        }
        return crossing;
    }

    /// <summary>Potential beyond the threshold: of one that crosses, its overshoot.</summary>
    protected double Excess(int neuron) => (double)Potential(neuron) - _thresholds[neuron];

    /// <summary>Shifts a neuron's threshold for the rest of the sample; it stays at least 1.</summary>
    protected void ShiftThreshold(int neuron, float by) => _thresholds[neuron] = Math.Max(1, -_inputs.Start!.Value.Afferent.Row(0)[neuron] + by);

    /// <summary>Updates the weights onto the slice, after the sample's last step; or earlier, when errors of the sample before are so late.</summary>
    /// <param name="tick">The tick: what has arrived by then is learned from.</param>
    /// <param name="errors">One a neuron.</param>
    /// <param name="layerError">Mean error over the layer.</param>
    protected void Learn(long tick, ReadOnlySpan<float> errors, float layerError)
    {
        foreach (var (afferent, source) in _inputs.Forward)
        {
            if (!afferent.IsPlastic) continue;
            float rate = afferent.RateOf(Sample);
            long first = Onset - afferent.Delay;
            for (int step = 0; step < _model.CrossingSteps && Onset + step <= tick; step++)
            {
                var rows = source.Indices(first + step, since: first);
                if (rows.IsEmpty) continue;
                var change = afferent.Change;
                bool isAny = false;
                for (int i = 0; i < change.Length; i++)
                {
                    float error = afferent.LearnsFromLayer ? layerError : errors[i];
                    change[i] = error == 0 ? 0 : rate * error * afferent.WindowOf(Crossed[i] + 1 - step, _model.Steps);
                    isAny |= change[i] != 0;
                }
                if (!isAny) continue;
                foreach (int row in rows) afferent.Subtract(row);
            }
            afferent.EndUpdates();
        }
        var start = _inputs.Start!.Value.Afferent;
        if (!start.IsPlastic) return;
        float thresholdRate = start.RateOf(Sample);
        for (int i = 0; i < Slice.Count; i++) start.Change[i] = thresholdRate * (start.LearnsFromLayer ? layerError : errors[i]);
        start.Subtract(0);
        start.EndUpdates();
    }

    private float Potential(int neuron) => _signSums.Length > 0 ? _signSums[neuron] : _realSums[neuron];

    private void TakeThresholds()
    {
        if (_inputs.Start is not { } start) return;
        var weights = start.Afferent.Row(0);
        for (int i = 0; i < weights.Length; i++) _thresholds[i] = -weights[i];
    }
}
