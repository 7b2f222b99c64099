using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice of a population that only emits. It is run just at the ticks it names.</summary>
internal abstract class SourceSlice(Slice slice, SliceHome home) : PopulationSlice(slice, home)
{
    /// <summary>The first tick from <paramref name="tick"/> on at which there may be spikes; <see cref="long.MaxValue"/> for none.</summary>
    public abstract long NextAt(long tick);
}

/// <summary>A slice of a <see cref="SpikeArraySource"/>.</summary>
internal sealed class SpikeArraySlice(Slice slice, SliceHome home, SpikeArraySource source) : SourceSlice(slice, home)
{
    private readonly Spike[] _list = [.. source.Spikes.Where(s => s.Neuron >= slice.Start && s.Neuron < slice.End)];

    public override long NextAt(long tick) => FirstFrom(tick) is var next && next < _list.Length ? _list[next].Tick : long.MaxValue;

    public override int Update(long tick, Span<ulong> spikes)
    {
        spikes.Clear();
        int count = 0;
        for (int i = FirstFrom(tick); i < _list.Length && _list[i].Tick == tick; i++, count++)
        {
            int neuron = _list[i].Neuron - Slice.Start;
            spikes[neuron >> 6] |= 1UL << (neuron & 63);
        }
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
internal sealed class PoissonSlice(Slice slice, SliceHome home, PoissonSource source, Network network) : SourceSlice(slice, home)
{
    private readonly CounterRandom _random = new(network.Seed, RandomPurpose.PoissonSpike, slice.Population);
    private readonly double _probability = source.SpikeProbability(network.TimeStepMs);

    public override long NextAt(long tick) => tick;

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
internal sealed class SampleSlice(Slice slice, SliceHome home, SampleSource source) : SourceSlice(slice, home)
{
    private long _pass = -1;
    private SamplePermutation? _order;

    public override long NextAt(long tick)
    {
        if (tick <= source.FirstTick) return source.FirstTick;
        long period = source.Presentation.PeriodTicks;
        return source.FirstTick + (tick - source.FirstTick + period - 1) / period * period;
    }

    public override int Update(long tick, Span<ulong> spikes)
    {
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
