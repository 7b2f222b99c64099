using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice of a <see cref="SpikeArraySource"/>.</summary>
internal sealed class SpikeArraySlice(Slice slice, SpikeArraySource source, int capacity) : PopulationSlice(slice, 0, false, capacity)
{
    private readonly Spike[] _list = [.. source.Spikes.Where(s => s.Neuron >= slice.Start && s.Neuron < slice.End)];
    private int _next;

    public override bool IsAlwaysActive => true;

    public override int Update(long tick, Span<ulong> spikes)
    {
        // A restored run starts in the middle; the list is sorted.
        if (_next > 0 && _list[_next - 1].Tick >= tick) _next = 0;
        while (_next < _list.Length && _list[_next].Tick < tick) _next++;
        if (_next == _list.Length || _list[_next].Tick > tick) return 0;
        spikes.Clear();
        int first = _next;
        for (; _next < _list.Length && _list[_next].Tick == tick; _next++)
        {
            int neuron = _list[_next].Neuron - Slice.Start;
            spikes[neuron >> 6] |= 1UL << (neuron & 63);
        }
        return _next - first;
    }
}

/// <summary>A slice of a <see cref="PoissonSource"/>.</summary>
internal sealed class PoissonSlice(Slice slice, PoissonSource source, Network network, int capacity) : PopulationSlice(slice, 0, false, capacity)
{
    private readonly CounterRandom _random = new(network.Seed, RandomPurpose.PoissonSpike, slice.Population);
    private readonly double _probability = source.SpikeProbability(network.TimeStepMs);

    public override bool IsAlwaysActive => true;

    public override int Update(long tick, Span<ulong> spikes)
    {
        spikes.Clear();
        int count = 0;
        for (int i = 0; i < Slice.Count; i++)
        {
            if (_random.Uniform(Slice.Start + i, tick) >= _probability) continue;
            spikes[i >> 6] |= 1UL << (i & 63);
            count++;
        }
        return count;
    }
}

/// <summary>A slice of a <see cref="SampleSource"/>.</summary>
internal sealed class SampleSlice(Slice slice, SampleSource source, int capacity) : PopulationSlice(slice, 0, false, capacity)
{
    private long _pass = -1;
    private SamplePermutation? _order;

    public override bool IsAlwaysActive => true;

    public override int Update(long tick, Span<ulong> spikes)
    {
        var (presentation, phase) = Math.DivRem(tick - source.FirstTick, source.Presentation.PeriodTicks);
        if (tick < source.FirstTick || phase != 0) return 0;
        var (pass, position) = Math.DivRem(presentation, source.Presentation.SampleCount);
        if (pass != _pass)
        {
            _order = source.Presentation.OrderOf(pass);
            _pass = pass;
        }
        int sample = _order?[(int)position] ?? (int)position;
        Bits.Extract(source.Frames[sample], Slice.Start, Slice.Count, spikes);
        return Bits.Count(spikes);
    }
}
