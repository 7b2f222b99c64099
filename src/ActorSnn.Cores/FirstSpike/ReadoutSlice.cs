using System.Numerics;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>The whole of a <see cref="FirstSpikeReadout"/>. It answers by what comes out of its neurons, with their faults.</summary>
internal sealed class ReadoutSlice : FirstSpikeSlice
{
    private readonly FirstSpikeReadout _model;
    private readonly (BitHistory Source, int Delay)[] _teachers;
    private readonly double[] _taught;
    private readonly double[] _answered;
    private readonly float[] _errors;
    private readonly int[] _differences;
    private readonly ulong[] _silent;

    public ReadoutSlice(Slice slice, SliceHome home, FirstSpikeReadout model, FirstSpikeInputs inputs, (BitHistory Source, int Delay)[] teachers)
        : base(slice, home, model, inputs)
    {
        _model = model;
        _teachers = teachers;
        _taught = new double[slice.Count];
        _answered = new double[slice.Count];
        _errors = new float[slice.Count];
        _differences = new int[slice.Count];
        _silent = new ulong[Bits.Words(slice.Count)];
        foreach (var (source, delay) in teachers) source.AddListener(this, 0, delay, learns: false);
    }

    /// <summary>Where errors go; null for nowhere.</summary>
    public ErrorPortSlice? Errors { private get; set; }

    /// <summary>Where answers go; null for nowhere.</summary>
    public LinePortSlice? Answers { private get; set; }

    /// <summary>What starts the next sample with the answer; null where samples last all their steps.</summary>
    public LinePortSlice? Starts { private get; set; }

    protected override IReadOnlyList<double[]> Further => [_taught, _answered];

    private bool HasAnswered => _answered[0] != 0;

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        if (Onset < 0) return;
        SetLastSteps(state.Tick);
        if (!Array.TrueForAll(_taught, taught => taught == 0)) Handicap();
    }

    protected override int Update(long tick, Span<ulong> spikes)
    {
        if (TakeStart(tick))
        {
            Array.Clear(_taught);
            Array.Clear(_answered);
            SetLastSteps(tick);
        }
        foreach (var (source, delay) in _teachers)
        {
            foreach (int neuron in source.Indices(tick - delay)) _taught[neuron] = 1;
            if (source.Count(tick - delay) > 0) Handicap();
        }
        if (Onset < 0 || (HasAnswered && Starts is not null)) return 0;
        long step = tick - Onset;
        if (step >= _model.CrossingSteps) return 0;
        int count = TakeForward(tick, spikes);
        if (step == _model.CrossingSteps - 1) EmitErrors(tick);
        return count;
    }

    protected override void Emitted(long tick, ReadOnlySpan<ulong> spikes)
    {
        if (Onset < 0 || HasAnswered) return;
        long step = tick - Onset;
        if (step < _model.CrossingSteps)
        {
            if (!spikes.IsEmpty) Answer(tick, MostExcess(spikes));
        }
        else if (step == _model.CrossingSteps)
        {
            // Who has crossed and is not heard is broken, and does not answer either, unless all are.
            for (int w = 0; w < _silent.Length; w++) _silent[w] = ~Fired[w];
            int answer = MostExcess(_silent);
            Answer(tick, answer < 0 ? MostExcess([]) : answer);
        }
    }

    private void Handicap()
    {
        if (_model.Shift == 0) return;
        for (int i = 0; i < Slice.Count; i++) ShiftThreshold(i, _taught[i] != 0 ? (float)_model.Shift : (float)-_model.Shift);
    }

    /// <summary>The neuron furthest beyond its threshold, the lowest of several.</summary>
    /// <param name="among">One bit for each neuron to look at; empty for all.</param>
    private int MostExcess(ReadOnlySpan<ulong> among)
    {
        int best = -1;
        for (int i = 0; i < Slice.Count; i++)
        {
            if (!among.IsEmpty && (among[i >> 6] >> (i & 63) & 1) == 0) continue;
            if (best < 0 || Excess(i) > Excess(best)) best = i;
        }
        return best;
    }

    private void Answer(long tick, int neuron)
    {
        Array.Fill(_answered, 1);
        Answers?.Emit(tick, neuron);
        Starts?.Emit(tick, 0);
    }

    private void EmitErrors(long tick)
    {
        if (Array.TrueForAll(_taught, taught => taught == 0)) return;
        int steps = _model.Steps;
        int first = steps;
        for (int i = 0; i < Slice.Count; i++) first = Math.Min(first, Crossed[i] + _model.Layer);
        long squares = 0;
        for (int i = 0; i < Slice.Count; i++)
        {
            int time = Crossed[i] + _model.Layer;
            bool isClass = _taught[i] != 0;
            int target = first == steps ? isClass ? steps - _model.Margin : steps
                : isClass ? first
                : time - first < _model.Margin ? Math.Min(first + _model.Margin, steps) : time;
            _differences[i] = target - time;
            squares += (long)_differences[i] * _differences[i];
        }
        if (squares == 0) return;
        double norm = Math.Sqrt(squares);
        double sum = 0;
        for (int i = 0; i < Slice.Count; i++)
        {
            _errors[i] = (float)(_differences[i] / norm);
            sum += _errors[i];
        }
        Errors?.Emit(tick, _errors);
        Learn(tick, _errors, (float)(sum / Slice.Count));
    }

    /// <summary>The last step, and the tick after it, have something to do even if nothing arrives.</summary>
    private void SetLastSteps(long now)
    {
        for (long tick = Onset + _model.CrossingSteps - 1; tick <= Onset + _model.CrossingSteps; tick++)
        {
            if (tick > now) Home.Due.Set(tick, Home.Index);
        }
    }
}
