using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice that is run just at the ticks it names, and not when something arrives: of a population that only emits, or that keeps a clock.</summary>
internal interface ISourceSlice
{
    /// <summary>The first tick from <paramref name="tick"/> on at which there may be spikes; <see cref="long.MaxValue"/> for none.</summary>
    long NextAt(long tick);
}

/// <summary>A slice of a <see cref="SpikeArraySource"/> whose spikes are not graded.</summary>
internal sealed class SpikeArraySlice(Slice slice, SliceHome home, SpikeArraySource source) : ListSlice(slice, home), ISourceSlice
{
    private readonly Spike[] _list = [.. source.Spikes.Where(s => s.Neuron >= slice.Start && s.Neuron < slice.End)];

    public long NextAt(long tick) => NextAt(_list, tick);

    /// <summary>Tick of the first spike of a sorted list that is not before a tick; <see cref="long.MaxValue"/> for none.</summary>
    public static long NextAt(Spike[] list, long tick) => FirstFrom(list, tick) is var next && next < list.Length ? list[next].Tick : long.MaxValue;

    /// <summary>Place of the first spike of a sorted list that is not before a tick.</summary>
    public static int FirstFrom(Spike[] list, long tick)
    {
        int place = list.AsSpan().BinarySearch(new Spike(tick, -1));
        return place < 0 ? ~place : place;
    }

    protected override int Update(long tick, Span<int> spikes)
    {
        int count = 0;
        for (int i = FirstFrom(_list, tick); i < _list.Length && _list[i].Tick == tick; i++) spikes[count++] = _list[i].Neuron - Slice.Start;
        return count;
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
    private readonly SampleOrder _samples = new(source.Presentation);
    private readonly StepClock _clock = source.Presentation.ClockFrom(source.FirstTick);

    public long NextAt(long tick) => _clock.NextAt(tick);

    protected override int Update(long tick, Span<ulong> spikes)
    {
        long presentation = _clock.StepAt(tick);
        if (presentation < 0) return 0;
        var (sample, step) = _samples.At(presentation);
        Bits.Extract(source.FrameOf(sample, step), Slice.Start, Slice.Count, spikes);
        return Bits.Count(spikes);
    }
}

/// <summary>A slice of an <see cref="IntensitySource"/>.</summary>
internal sealed class IntensitySlice(Slice slice, SliceHome home, IntensitySource source, Network network) : BitSlice(slice, home), ISourceSlice
{
    private const int FullIntensity = byte.MaxValue;

    /// <summary>Highest word, of 32 bits, at which a neuron of each intensity spikes; intensity 0 never does.</summary>
    private static readonly uint[] Bounds =
        [.. Enumerable.Range(0, FullIntensity + 1).Select(a => (uint)Math.Max(0, (((ulong)a << 32) + FullIntensity - 1) / FullIntensity - (a > 0 ? 1UL : 0)))];

    private readonly CounterRandom _random = new(network.Seed, RandomPurpose.SourceSpike, slice.Population);
    private readonly SampleOrder _samples = new(source.Presentation);
    private readonly StepClock _clock = source.Presentation.ClockFrom(source.FirstTick);
    private readonly int _firstGroup = slice.Start / CounterRandom.GroupSize;
    private readonly uint[] _bounds = new uint[(Bits.Words(slice.End) - slice.Start / CounterRandom.GroupSize) * CounterRandom.GroupSize];
    private readonly ulong[] _mayFire = new ulong[Bits.Words(slice.End) - slice.Start / CounterRandom.GroupSize];
    private readonly ulong[] _fired = new ulong[Bits.Words(slice.End) - slice.Start / CounterRandom.GroupSize];
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];
    private int _sample = -1;

    public long NextAt(long tick) => _clock.NextAt(tick);

    protected override int Update(long tick, Span<ulong> spikes)
    {
        long presentation = _clock.StepAt(tick);
        if (presentation < 0) return 0;
        var (sample, _) = _samples.At(presentation);
        if (sample != _sample) Show(sample);
        for (int w = 0; w < _mayFire.Length; w++)
        {
            _fired[w] = 0;
            if (_mayFire[w] == 0) continue;
            _random.Fill(presentation, _firstGroup + w, _words);
            _fired[w] = Kernels.StochasticKernels.AtMost(_words, _bounds.AsSpan(w * CounterRandom.GroupSize)) & _mayFire[w];
        }
        Bits.Extract(_fired, Slice.Start - _firstGroup * CounterRandom.GroupSize, Slice.Count, spikes);
        return Bits.Count(spikes);
    }

    private void Show(int sample)
    {
        _sample = sample;
        var frame = source.Frames[sample];
        int first = _firstGroup * CounterRandom.GroupSize;
        _mayFire.AsSpan().Clear();
        for (int neuron = Slice.Start; neuron < Slice.End; neuron++)
        {
            int at = neuron - first;
            _bounds[at] = Bounds[frame[neuron]];
            if (frame[neuron] > 0) _mayFire[at >> 6] |= 1UL << (at & 63);
        }
    }
}

/// <summary>Which sample is shown in which presentation.</summary>
internal sealed class SampleOrder(SamplePresentation presentation)
{
    private long _pass = -1;
    private SamplePermutation? _order;

    /// <summary>The sample of a presentation, and which of the sample's presentations it is.</summary>
    public (int Sample, int Step) At(long number)
    {
        var (shown, step) = Math.DivRem(number, presentation.Steps);
        var (pass, position) = Math.DivRem(shown, presentation.SampleCount);
        if (pass != _pass)
        {
            _order = presentation.OrderOf(pass);
            _pass = pass;
        }
        return (_order?[(int)position] ?? (int)position, (int)step);
    }
}
