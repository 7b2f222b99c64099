using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice of a <see cref="SpikeArraySource"/> whose spikes are graded.</summary>
internal sealed class GradedArraySlice : GradedSlice, ISourceSlice
{
    private readonly Spike[] _list;
    private readonly float[] _grades;

    public GradedArraySlice(Slice slice, SliceHome home, SpikeArraySource source)
        : base(slice, home)
    {
        var own = source.Spikes.Zip(source.Grades!.Value).Where(s => s.First.Neuron >= slice.Start && s.First.Neuron < slice.End).ToList();
        _list = [.. own.Select(s => s.First)];
        _grades = [.. own.Select(s => s.Second)];
    }

    public long NextAt(long tick) => SpikeArraySlice.NextAt(_list, tick);

    protected override int Update(long tick, Span<int> spikes, Span<float> grades)
    {
        int count = 0;
        for (int i = SpikeArraySlice.FirstFrom(_list, tick); i < _list.Length && _list[i].Tick == tick; i++)
        {
            spikes[count] = _list[i].Neuron - Slice.Start;
            grades[count++] = _grades[i];
        }
        return count;
    }
}
