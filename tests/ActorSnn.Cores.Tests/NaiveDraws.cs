using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>What the description of a network says is drawn at random, written down as plainly as possible, without code of the cores.</summary>
internal static class NaiveDraws
{
    /// <summary>Whether a neuron of a source spikes at a tick.</summary>
    public static bool SourceFires(Network network, Population population, int neuron, long tick)
    {
        switch (population.Model)
        {
            case SpikeArraySource source:
                return source.Spikes.AsSpan().BinarySearch(new Spike(tick, neuron)) >= 0;
            case PoissonSource source:
                uint draw = new CounterRandom(network.Seed, RandomPurpose.PoissonSpike, population.Index).Word(tick, neuron);
                return draw < Math.Round(4294967296 * (1 - PortableMath.Exp(-source.RateHz * network.TimeStepMs / 1000)));
            case SampleSource source:
                long since = tick - source.FirstTick;
                if (since < 0 || since % source.Presentation.PeriodTicks != 0) return false;
                long shown = since / source.Presentation.PeriodTicks;
                int sample = (int)(shown % source.Frames.Count);
                if (source.Presentation.OrderOf(shown / source.Frames.Count) is { } order) sample = order[sample];
                return (source.Frames[sample][neuron / 64] >> (neuron % 64) & 1) == 1;
            default:
                throw new NotSupportedException(population.Model.Name);
        }
    }

    /// <summary>Spikes a neuron gets from an input at a tick: the first number whose distribution function, in units of 2^-32, is above the word.</summary>
    public static int InputSpikes(Network network, PoissonInput input, int neuron, long tick)
    {
        uint word = new CounterRandom(network.Seed, RandomPurpose.PoissonInput, input.Index).Word(tick, neuron);
        double mean = input.RateHz * network.TimeStepMs / 1000;
        double probability = PortableMath.Exp(-mean);
        double below = probability;
        int number = 0;
        while (word >= Math.Round(below * 4294967296) && Math.Round(below * 4294967296) < uint.MaxValue)
        {
            probability *= mean / ++number;
            below += probability;
        }
        return number;
    }

    /// <summary>The ticks at which a projection sees a spike of a neuron: that of its emission where timing is exact; later, several or none where it is not.</summary>
    public static HashSet<long> SeenAt(Network network, Projection projection, int neuron, long tick)
    {
        if (network.Timing is not { } timing) return [tick];
        var random = new CounterRandom(timing.Seed, RandomPurpose.Travel, projection.Index);
        long Element(int copy, int disturbance, int kind) => neuron + 4294967296L * (kind + 4 * (disturbance + 1024L * copy));
        var active = timing.Disturbances.Index()
            .Where(d => NamePattern.Matches(d.Item.Projections, projection.Name) && tick >= d.Item.FirstTick && tick <= (d.Item.LastTick ?? long.MaxValue)).ToArray();
        List<int> copies = [0, .. active.Where(d => random.Uniform(Element(0, d.Index, 0), tick) < d.Item.Duplication).Select(d => d.Index + 1)];
        var seen = new HashSet<long>();
        foreach (int copy in copies)
        {
            if (active.Any(d => random.Uniform(Element(copy, d.Index, 1), tick) < d.Item.Loss)) continue;
            seen.Add(tick + active.Where(d => random.Uniform(Element(copy, d.Index, 2), tick) < d.Item.Delayed)
                .Sum(d => d.Item.LatencyTicks + random.Below(d.Item.JitterTicks + 1, Element(copy, d.Index, 3), tick)));
        }
        return seen;
    }

    public static IEnumerable<(int Source, int Target, double Weight, int Delay, long Number)> Synapses(Network network, Projection projection)
    {
        int sources = network.Populations[projection.Source].Size;
        int targets = network.Populations[projection.Target].Size;
        var chance = new CounterRandom(network.Seed, RandomPurpose.Connectivity, projection.Index);
        var weights = new CounterRandom(network.Seed, RandomPurpose.Weight, projection.Index);
        var delays = new CounterRandom(network.Seed, RandomPurpose.Delay, projection.Index);

        IEnumerable<(int Source, int Target, long Number)> Pairs()
        {
            switch (projection.Connectivity)
            {
                case Connectivity.DenseConnectivity:
                    return from i in Enumerable.Range(0, sources) from j in Enumerable.Range(0, targets) select (i, j, (long)i * targets + j);
                case Connectivity.RandomConnectivity { Probability: var p }:
                    return from j in Enumerable.Range(0, targets) from i in Sources(j, p) select (i, j, (long)i * targets + j);
                case Connectivity.FixedInDegreeConnectivity { InDegree: var k }:
                    return from j in Enumerable.Range(0, targets) from n in Enumerable.Range(0, k)
                           select ((int)(chance.Word(0, (long)j * k + n) * (double)sources / 4294967296), j, (long)j * k + n);
                case Connectivity.FixedOutDegreeConnectivity { OutDegree: var k }:
                    return from i in Enumerable.Range(0, sources) from n in Enumerable.Range(0, k)
                           select (i, (int)(chance.Word(0, (long)i * k + n) * (double)targets / 4294967296), (long)i * k + n);
                case Connectivity.PairsConnectivity { List: var list }:
                    return list.Select((pair, n) => (pair.Source, pair.Target, (long)n));
                case Connectivity.OneToOneConnectivity:
                    return Enumerable.Range(0, targets).Select(i => (i, i, (long)i));
                case Connectivity.OneToAllConnectivity:
                    return Enumerable.Range(0, targets).Select(j => (0, j, (long)j));
                default:
                    throw new NotSupportedException(projection.Connectivity.Name);
            }
        }

        IEnumerable<int> Sources(int target, double p)
        {
            int source = -1;
            for (int n = 0; p > 0; n++)
            {
                double u = (chance.Word(target, n) + 0.5) / 4294967296;
                double gap = p >= 1 ? 0 : Math.Floor(PortableMath.Log(u) / PortableMath.Log(1 - p));
                if (source + 1 + gap >= sources) yield break;
                yield return source += 1 + (int)gap;
            }
        }

        double Stepped(double value, double step) => step == 0 ? value : Math.Truncate(value / step) * step;

        foreach (var (source, target, number) in Pairs())
        {
            double weight = projection.Weight switch
            {
                Weight.ConstantWeight w => w.Value,
                Weight.ArrayWeight w => w.Values[(int)number],
                Weight.UniformWeight w => Stepped(w.Low + weights.Uniform(number) * (w.High - w.Low), w.Step),
                Weight.NormalWeight w => Stepped(Math.Clamp(w.Mean + weights.Normal(number) * w.StandardDeviation, w.Low, w.High), w.Step),
                _ => throw new NotSupportedException(projection.Weight.Name),
            };
            int delay = projection.Delay is Delay.UniformDelay range
                ? range.Low + delays.Below(range.High - range.Low + 1, number)
                : projection.Delay.Min;
            yield return (source, target, weight, delay, number);
        }
    }
}
