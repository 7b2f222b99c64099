using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>What comes back to a slice of <see cref="FirstSpikeNeuron"/>s.</summary>
/// <param name="Errors">Dense projections from error ports of the population above, whose weights are a copy of those that act.</param>
/// <param name="Times">Spikes of the population above, in the order of <paramref name="Errors"/>.</param>
/// <param name="Own">Graded one-to-one projections that bring the neurons' own errors.</param>
/// <param name="Layer">Graded dense projections that bring the errors of the whole layer, whose mean is taken.</param>
internal sealed record FirstSpikeBackward(
    (TimingAfferent Afferent, GradedHistory Source)[] Errors, (BitHistory Source, int Delay, FirstSpikeModel Model)[] Times, (GradedHistory Source, int Delay)[] Own, (GradedHistory Source, int Delay)[] Layer);

/// <summary>A slice of <see cref="FirstSpikeNeuron"/>s. At a tick in which the next sample starts, what comes back of the last one comes first.</summary>
internal sealed class FirstSpikeHiddenSlice : FirstSpikeSlice
{
    private readonly FirstSpikeNeuron _model;
    private readonly FirstSpikeBackward _backward;
    private readonly float[] _sums;
    private readonly float[] _own;

    public FirstSpikeHiddenSlice(Slice slice, SliceHome home, FirstSpikeNeuron model, FirstSpikeInputs inputs, FirstSpikeBackward backward)
        : base(slice, home, model, inputs)
    {
        _model = model;
        _backward = backward;
        _sums = new float[slice.Count];
        _own = new float[slice.Count];
        foreach (var (afferent, source) in backward.Errors) source.AddListener(this, 0, afferent.Delay, learns: false);
        foreach (var (source, delay) in backward.Own.Concat(backward.Layer)) source.AddListener(this, 0, delay, learns: false);
    }

    /// <summary>Where the neurons' errors go; null for nowhere.</summary>
    public ErrorPortSlice? Errors { private get; set; }

    protected override IEnumerable<TimingAfferent> Afferents => [.. base.Afferents, .. _backward.Errors.Select(e => e.Afferent)];

    protected override int Update(long tick, Span<ulong> spikes)
    {
        // Later than that nobody keeps what the errors are about.
        if (Onset >= 0 && tick - Onset <= _model.HoldTicks)
        {
            TakeErrors(tick);
            TakeOwn(tick);
        }
        TakeStart(tick);
        return Onset >= 0 && tick - Onset < _model.CrossingSteps ? TakeForward(tick, spikes) : 0;
    }

    /// <summary>Takes the errors of the population above back through the weights, and updates the copy of these.</summary>
    private void TakeErrors(long tick)
    {
        bool hasArrived = false;
        for (int p = 0; p < _backward.Errors.Length; p++)
        {
            var (afferent, source) = _backward.Errors[p];
            var neurons = source.Indices(tick - afferent.Delay);
            var grades = source.Grades(tick - afferent.Delay);
            if (neurons.IsEmpty) continue;
            if (!hasArrived) Array.Clear(_sums);
            hasArrived = true;
            var above = _backward.Times[p].Model;
            // Only what arrived above in a step in which it could still cross has contributed.
            int lastStamp = above.CrossingSteps + above.Layer - 2;
            float rate = afferent.IsPlastic ? afferent.RateOf(Sample) : 0;
            for (int n = 0; n < neurons.Length; n++)
            {
                int time = TimeOf(p, neurons[n], tick);
                var row = afferent.Row(neurons[n]);
                var change = afferent.Change;
                for (int i = 0; i < row.Length; i++)
                {
                    int stamp = Crossed[i] + _model.Layer;
                    bool isIn = stamp <= lastStamp;
                    if (isIn && stamp < time) _sums[i] += _model.BackwardForm == SynapseForm.Sign ? float.IsNegative(row[i]) ? -grades[n] : grades[n] : grades[n] * row[i];
                    if (afferent.IsPlastic) change[i] = isIn ? rate * grades[n] * afferent.WindowOf(time - stamp, _model.Steps) : 0;
                }
                if (afferent.IsPlastic) afferent.Subtract(neurons[n]);
            }
            if (afferent.IsPlastic) afferent.EndUpdates();
        }
        if (hasArrived) Errors?.Emit(tick, _sums);
    }

    private void TakeOwn(long tick)
    {
        bool hasArrived = false;
        foreach (var (source, delay) in _backward.Own)
        {
            var neurons = source.Indices(tick - delay);
            var grades = source.Grades(tick - delay);
            if (neurons.IsEmpty) continue;
            if (!hasArrived) Array.Clear(_own);
            hasArrived = true;
            for (int n = 0; n < neurons.Length; n++)
            {
                int at = neurons[n] - Slice.Start;
                if ((uint)at < (uint)Slice.Count) _own[at] += grades[n];
            }
        }
        double sum = 0;
        int size = 0;
        foreach (var (source, delay) in _backward.Layer)
        {
            var grades = source.Grades(tick - delay);
            if (!grades.IsEmpty && !hasArrived) Array.Clear(_own);
            hasArrived |= !grades.IsEmpty;
            foreach (float grade in grades) sum += grade;
            size = source.Size;
        }
        if (hasArrived) Learn(tick, _own, size > 0 ? (float)(sum / size) : 0);
    }

    /// <summary>When a neuron above spiked, as seen from here.</summary>
    private int TimeOf(int projection, int neuron, long now)
    {
        var (source, delay, model) = _backward.Times[projection];
        for (long tick = Math.Max(StartEmitted + 1, now - delay - _model.HoldTicks); tick <= now - delay; tick++)
        {
            var bits = source.At(tick, since: StartEmitted + 1);
            if (!bits.IsEmpty && (bits[neuron >> 6] >> (neuron & 63) & 1) != 0) return (int)(tick - StartEmitted - 1);
        }
        return model.Steps;
    }
}
