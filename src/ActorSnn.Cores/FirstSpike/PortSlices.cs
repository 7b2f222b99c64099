using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Lines of which one spikes at a time: answers, or a start. The readout, which comes before on the same core, says which and when.</summary>
/// <param name="slice">The slice.</param>
/// <param name="home">Where it lives.</param>
/// <param name="spikesFirst">Whether line 0 spikes at tick 0.</param>
internal sealed class LinePortSlice(Slice slice, SliceHome home, bool spikesFirst) : ListSlice(slice, home)
{
    private long _tick = spikesFirst ? 0 : -1;
    private int _line;

    public override bool IsAlwaysActive => true;

    /// <summary>Lets a line spike in this tick.</summary>
    public void Emit(long tick, int line) => (_tick, _line) = (tick, line);

    protected override int Update(long tick, Span<int> spikes)
    {
        if (tick != _tick) return 0;
        spikes[0] = _line;
        return 1;
    }
}

/// <summary>Lines that carry errors as graded spikes. The neurons they belong to, which come before on the same core, say which.</summary>
internal sealed class ErrorPortSlice(Slice slice, SliceHome home) : GradedSlice(slice, home)
{
    private readonly float[] _next = new float[slice.Count];
    private long _tick = -1;

    public override bool IsAlwaysActive => true;

    /// <summary>Lets the lines spike in this tick whose error is not 0.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="errors">One a line.</param>
    public void Emit(long tick, ReadOnlySpan<float> errors)
    {
        errors.CopyTo(_next);
        _tick = tick;
    }

    protected override int Update(long tick, Span<int> spikes, Span<float> grades)
    {
        if (tick != _tick) return 0;
        int count = 0;
        for (int i = 0; i < _next.Length; i++)
        {
            if (_next[i] == 0) continue;
            spikes[count] = i;
            grades[count++] = _next[i];
        }
        return count;
    }
}
