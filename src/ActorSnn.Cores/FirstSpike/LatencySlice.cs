using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice of a <see cref="LatencySource"/>. The spikes of a sample are sorted into steps when it starts.</summary>
internal sealed class LatencySlice : BitSlice, ISourceSlice
{
    private readonly LatencySource _source;
    private readonly (BitHistory Source, int Delay)? _start;
    private readonly SampleOrder? _order;
    private readonly StepClock _clock;
    private readonly int _words;
    private readonly ulong[] _steps; // one row of bits a step
    private readonly int[] _counts;
    private long _onset = -1;
    private long _sample = -1;

    /// <param name="slice">The slice.</param>
    /// <param name="home">Where it lives.</param>
    /// <param name="source">The source.</param>
    /// <param name="start">What starts samples; null where a clock does, or nothing.</param>
    public LatencySlice(Slice slice, SliceHome home, LatencySource source, (BitHistory Source, int Delay)? start)
        : base(slice, home)
    {
        (_source, _start) = (source, start);
        _words = Bits.Words(slice.Count);
        _steps = new ulong[source.Steps * _words];
        _counts = new int[source.Steps];
        if (source.Presentation is { } presentation) (_order, _clock) = (new SampleOrder(presentation), presentation.ClockFrom(source.FirstTick));
        start?.Source.AddListener(this, 0, start.Value.Delay, learns: false);
    }

    public override void SetDue(long tick, int afferent) => Home.Due.Set(tick, Home.Index);

    public long NextAt(long tick)
    {
        long next = _order is null ? long.MaxValue : _clock.NextAt(tick);
        if (_onset < 0) return next;
        for (long step = Math.Max(0, tick - _onset); step < _source.Steps; step++)
        {
            if (_counts[step] > 0) return Math.Min(next, _onset + step);
        }
        return next;
    }

    public override void AddTo(NetworkState state)
    {
        var variables = state.Variables[Slice.Population]!;
        variables[0].AsSpan(Slice.Start, Slice.Count).Fill(_onset);
        variables[1].AsSpan(Slice.Start, Slice.Count).Fill(_sample);
    }

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        _onset = (long)state.Variables[Slice.Population]![0][Slice.Start];
        _sample = (long)state.Variables[Slice.Population]![1][Slice.Start];
        if (_onset >= 0) Sort();
    }

    protected override int Update(long tick, Span<ulong> spikes)
    {
        if (Starts(tick))
        {
            _onset = tick;
            Sort();
            // What wakes it knows of the sample before; from now on its own spikes do.
            for (int s = 1; s < _source.Steps; s++)
            {
                if (_counts[s] > 0) Home.Due.Set(tick + s, Home.Index);
            }
        }
        long step = tick - _onset;
        if (_onset < 0 || step >= _source.Steps || _counts[step] == 0) return 0;
        _steps.AsSpan((int)step * _words, _words).CopyTo(spikes);
        return _counts[step];
    }

    private bool Starts(long tick)
    {
        if (_start is { } start)
        {
            if (start.Source.Count(tick - start.Delay) == 0) return false;
            _sample++;
            return true;
        }
        long presentation = _order is null ? -1 : _clock.StepAt(tick);
        if (presentation < 0) return false;
        _sample = presentation;
        return true;
    }

    private void Sort()
    {
        int shown = _order?.At(_sample).Sample ?? (int)(_sample % _source.Frames.Count);
        var frame = _source.Frames[shown].Slice(Slice.Start, Slice.Count);
        Array.Clear(_steps);
        Array.Clear(_counts);
        for (int i = 0; i < frame.Length; i++)
        {
            int step = LatencySource.StepOf(frame[i], _source.Steps);
            if (step >= _source.Steps) continue;
            _steps[step * _words + (i >> 6)] |= 1UL << (i & 63);
            _counts[step]++;
        }
    }
}
