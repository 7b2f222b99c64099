using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A <see cref="WinnerTakeAll"/> population, whole.</summary>
internal sealed class WinnerSlice : SteppedSlice
{
    private readonly WinnerTakeAll _model;
    private readonly (BitHistory Source, int Delay)[] _teachers;
    private readonly CounterRandom _random;
    private readonly double[] _scores;
    private readonly ulong[] _plusBits;
    private readonly ulong[] _minusBits;
    private readonly ulong[] _taught;

    public WinnerSlice(Network network, Slice slice, SliceHome home, WinnerTakeAll model, UnitAfferent[] forward, (BitHistory Source, int Delay)[] teachers)
        : base(slice, home, model, forward)
    {
        if (slice.Count != network.Populations[slice.Population].Size) throw new InvalidOperationException($"a part of the {model.Name} population {slice.Population}");
        _model = model;
        _teachers = teachers;
        _random = new CounterRandom(network.Seed, RandomPurpose.Winner, slice.Population);
        _scores = new double[slice.Count];
        int words = Bits.Words(slice.Count);
        _plusBits = new ulong[words];
        _minusBits = new ulong[words];
        _taught = new ulong[words];
    }

    public override StepClock BackwardClock => Clock;

    protected override IReadOnlyList<double[]> Variables => [Sum];

    protected override int Update(long tick, Span<ulong> spikes)
    {
        long step = Clock.StepAt(tick);
        if (step < 0) return 0;
        TakeForward(step, tick);
        int winner = WinnerDraws.Draw(_model.Draw, Potential, _random, step, _scores);
        spikes.Clear();
        spikes[winner >> 6] |= 1UL << (winner & 63);
        if (Ports is null) return 1;
        _taught.AsSpan().Clear();
        foreach (var (source, delay) in _teachers)
        {
            for (long seen = FirstSeen(Clock, step); seen <= tick; seen++)
            {
                var bits = source.At(seen - delay);
                for (int w = 0; w < bits.Length; w++) _taught[w] |= bits[w];
            }
        }
        for (int w = 0; w < spikes.Length; w++)
        {
            _plusBits[w] = spikes[w] & ~_taught[w];
            _minusBits[w] = _taught[w] & ~spikes[w];
        }
        Ports.Emit(tick, Interleave(_plusBits, _minusBits));
        CommitAfter(step);
        return 1;
    }
}

/// <summary>The realisations of the draw of one winner with probabilities exp(v_k) / sum exp(v).</summary>
internal static class WinnerDraws
{
    /// <summary>Draws a winner.</summary>
    /// <param name="draw">How.</param>
    /// <param name="potentials">v, one a neuron.</param>
    /// <param name="random">The numbers of the population.</param>
    /// <param name="step">The step.</param>
    /// <param name="scratch">Room for as many numbers.</param>
    public static int Draw(WinnerDraw draw, ReadOnlySpan<double> potentials, CounterRandom random, long step, Span<double> scratch)
    {
        double most = potentials[0];
        foreach (double v in potentials) most = Math.Max(most, v);
        return draw switch
        {
            WinnerDraw.Race => Race(potentials, most, random, step),
            WinnerDraw.Rounds => Rounds(potentials, most, random, step, scratch),
            _ => Categorical(potentials, most, random, step, scratch),
        };
    }

    private static int Categorical(ReadOnlySpan<double> potentials, double most, CounterRandom random, long step, Span<double> scratch)
    {
        double sum = Exponentials(potentials, most, scratch);
        double at = random.Uniform(0, step) * sum;
        double upTo = 0;
        for (int k = 0; k < potentials.Length; k++)
        {
            upTo += scratch[k];
            if (at < upTo) return k;
        }
        return potentials.Length - 1;
    }

    private static int Race(ReadOnlySpan<double> potentials, double most, CounterRandom random, long step)
    {
        int first = 0;
        double earliest = double.PositiveInfinity;
        for (int k = 0; k < potentials.Length; k++)
        {
            double time = -PortableMath.Log(1 - random.Uniform(k, step)) * PortableMath.Exp(most - potentials[k]);
            if (!(time < earliest)) continue;
            earliest = time;
            first = k;
        }
        return first;
    }

    private static int Rounds(ReadOnlySpan<double> potentials, double most, CounterRandom random, long step, Span<double> scratch)
    {
        // With this common offset about one neuron spikes in a round; it changes no probability of being the only one.
        double offset = most + PortableMath.Log(Exponentials(potentials, most, scratch));
        for (int k = 0; k < potentials.Length; k++) scratch[k] = PortableMath.Logistic(potentials[k] - offset);
        for (long round = 0; ; round++)
        {
            int count = 0;
            int winner = 0;
            for (int k = 0; k < potentials.Length; k++)
            {
                if (!(random.Uniform(round * potentials.Length + k, step) < scratch[k])) continue;
                winner = k;
                count++;
            }
            if (count == 1) return winner;
        }
    }

    private static double Exponentials(ReadOnlySpan<double> potentials, double most, Span<double> results)
    {
        double sum = 0;
        for (int k = 0; k < potentials.Length; k++)
        {
            results[k] = PortableMath.Exp(potentials[k] - most);
            sum += results[k];
        }
        return sum;
    }
}
