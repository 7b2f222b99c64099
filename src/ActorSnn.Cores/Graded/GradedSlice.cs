using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice whose spikes are graded.</summary>
internal abstract class GradedSlice(Slice slice, SliceHome home) : PopulationSlice(slice, home)
{
    private readonly int[] _spikes = new int[slice.Count];
    private readonly float[] _grades = new float[slice.Count];
    private long _spikeTick = -1;
    private int _spikeCount;

    public override int Run(long tick)
    {
        _spikeCount = Update(tick, _spikes, _grades);
        if (Faults is not null) _spikeCount = Faults.Apply(tick, _spikes, _grades, _spikeCount);
        _spikeTick = tick;
        return _spikeCount;
    }

    public override SpikeSet SpikesAt(long tick) => _spikeTick == tick ? new(_spikes.AsSpan(0, _spikeCount), _grades.AsSpan(0, _spikeCount)) : default;

    public override int CountAt(long tick) => _spikeTick == tick ? _spikeCount : 0;

    public override void Restore(NetworkState state)
    {
        _spikeTick = -1;
        if (state.Tick < 0) return;
        _spikeCount = state.CopyGraded(Slice, state.Tick, _spikes, _grades);
        _spikeTick = state.Tick;
    }

    /// <summary>Runs one tick.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Receives the indices of the neurons that spike, from the slice's start on, ascending. Room for all.</param>
    /// <param name="grades">Receives the grade of each, finite.</param>
    /// <returns>Number of spikes.</returns>
    protected abstract int Update(long tick, Span<int> spikes, Span<float> grades);
}
