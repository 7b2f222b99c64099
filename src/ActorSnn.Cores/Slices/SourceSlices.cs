using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice of a population that only emits. It is run just at the ticks it names.</summary>
internal interface ISourceSlice
{
    /// <summary>The first tick from <paramref name="tick"/> on at which there may be spikes; <see cref="long.MaxValue"/> for none.</summary>
    long NextAt(long tick);
}

/// <summary>A slice of a <see cref="SpikeArraySource"/>.</summary>
internal sealed class SpikeArraySlice(Slice slice, SliceHome home, SpikeArraySource source) : ListSlice(slice, home), ISourceSlice
{
    private readonly Spike[] _list = [.. source.Spikes.Where(s => s.Neuron >= slice.Start && s.Neuron < slice.End)];

    public long NextAt(long tick) => FirstFrom(tick) is var next && next < _list.Length ? _list[next].Tick : long.MaxValue;

    protected override int Update(long tick, Span<int> spikes)
    {
        int count = 0;
        for (int i = FirstFrom(tick); i < _list.Length && _list[i].Tick == tick; i++) spikes[count++] = _list[i].Neuron - Slice.Start;
        return count;
    }

    /// <summary>Place of the first spike that is not before a tick; the list is sorted.</summary>
    private int FirstFrom(long tick)
    {
        int place = _list.AsSpan().BinarySearch(new Spike(tick, -1));
        return place < 0 ? ~place : place;
    }
}

/// <summary>A slice of a <see cref="PoissonSource"/>.</summary>
internal sealed class PoissonSlice(Slice slice, SliceHome home, PoissonSource source, Network network) : ListSlice(slice, home), ISourceSlice
{
    private readonly CounterRandom _random = new(network.Seed, RandomPurpose.PoissonSpike, slice.Population);
    private readonly uint _bound = source.SpikeBound(network.TimeStepMs);
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];

    public long NextAt(long tick) => _bound == 0 ? long.MaxValue : tick;

    protected override int Update(long tick, Span<int> spikes)
    {
        int count = 0;
        for (int group = Slice.Start / CounterRandom.GroupSize; group * CounterRandom.GroupSize < Slice.End; group++)
        {
            int first = group * CounterRandom.GroupSize;
            _random.Fill(tick, group, _words);
            ulong below = Kernels.PoissonKernels.Below(_words, _bound);
            if (first < Slice.Start) below &= ulong.MaxValue << (Slice.Start - first);
            if (first + CounterRandom.GroupSize > Slice.End) below &= ulong.MaxValue >> (first + CounterRandom.GroupSize - Slice.End);
            for (; below != 0; below &= below - 1) spikes[count++] = first - Slice.Start + System.Numerics.BitOperations.TrailingZeroCount(below);
        }
        return count;
    }
}

/// <summary>A slice of a <see cref="SampleSource"/>.</summary>
internal sealed class SampleSlice(Slice slice, SliceHome home, SampleSource source) : BitSlice(slice, home), ISourceSlice
{
    private long _pass = -1;
    private SamplePermutation? _order;

    public long NextAt(long tick)
    {
        if (tick <= source.FirstTick) return source.FirstTick;
        long period = source.Presentation.PeriodTicks;
        return source.FirstTick + (tick - source.FirstTick + period - 1) / period * period;
    }

    protected override int Update(long tick, Span<ulong> spikes)
    {
        if (NextAt(tick) != tick) return 0;
        long presentation = (tick - source.FirstTick) / source.Presentation.PeriodTicks;
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
