using ActorSnn.Networks;
using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores;

/// <summary>Draws the spikes of a <see cref="PoissonInput"/> for one slice: a number for each neuron and tick, by inversion of the distribution function.</summary>
internal sealed class PoissonNoise
{
    private readonly CounterRandom _random;
    private readonly Slice _slice;
    private readonly InputChannel _channel;
    private readonly uint[] _bounds;
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];
    private readonly ushort[] _counts = new ushort[CounterRandom.GroupSize];

    public PoissonNoise(Network network, PoissonInput input, Slice slice, InputChannel channel)
    {
        _random = new CounterRandom(network.Seed, RandomPurpose.PoissonInput, input.Index);
        _slice = slice;
        _channel = channel;
        _bounds = Bounds(input.MeanPerTick(network.TimeStepMs));
    }

    public InputChannel Channel => _channel;

    /// <summary>Whether there is ever a spike.</summary>
    public bool IsSilent => _bounds.Length == 0;

    /// <summary>
    /// Bound k is P(number &lt;= k) in units of 2^-32: a uniform word gives as many spikes as there are bounds at or below it. It ends where the rest is
    /// less than 2^-32.
    /// </summary>
    public static uint[] Bounds(double mean)
    {
        var bounds = new List<uint>();
        double term = PortableMath.Exp(-mean);
        double sum = 0;
        for (int k = 1; ; k++)
        {
            sum += term;
            double bound = Math.Round(sum * 4294967296.0);
            if (bound >= 4294967295.0) return [.. bounds];
            bounds.Add((uint)bound);
            term *= mean / k;
            if (k > mean && term < 1e-12) return [.. bounds];
        }
    }

    /// <summary>Adds a tick's spikes to the channel.</summary>
    public void Deliver(long tick)
    {
        var counts = _channel.Counts.AsSpan();
        int size = CounterRandom.GroupSize;
        for (int group = _slice.Start / size; group * size < _slice.End; group++)
        {
            int first = Math.Max(group * size, _slice.Start);
            int end = Math.Min(group * size + size, _slice.End);
            _random.Fill(tick, group, _words);
            if (end - first == size)
            {
                PoissonKernels.AddCounts(_words, _bounds, counts.Slice(first - _slice.Start, size));
                continue;
            }
            Array.Clear(_counts);
            PoissonKernels.AddCounts(_words, _bounds, _counts);
            for (int i = first; i < end; i++) counts[i - _slice.Start] += _counts[i - group * size];
        }
    }
}
