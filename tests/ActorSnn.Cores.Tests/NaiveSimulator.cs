using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>
/// What a network does, written down as plainly as possible: a list of synapses, sums of integers, every spike ever emitted. Shares no code
/// with the cores; random numbers come from the generator the network's description names.
/// </summary>
internal sealed class NaiveSimulator
{
    private readonly Network _network;
    private readonly Dictionary<(int Population, int Neuron), List<Synapse>> _outgoing = [];
    private readonly Dictionary<long, List<Synapse>> _arrivals = []; // by tick of arrival
    private bool[][] _before;

    public NaiveSimulator(Network network)
    {
        _network = network;
        Spikes = Silence();
        _before = Silence();
        Potentials = [.. network.Populations.Select(p => new long[p.Size])];
        foreach (var projection in network.Projections)
        {
            foreach (var synapse in Draw(network, projection))
            {
                var key = (projection.Source, synapse.Source);
                if (!_outgoing.TryGetValue(key, out var list)) _outgoing[key] = list = [];
                list.Add(synapse);
            }
        }
    }

    public long Tick { get; private set; } = -1;

    /// <summary>Of the last tick: [population][neuron].</summary>
    public bool[][] Spikes { get; private set; }

    /// <summary>Of the last tick: [population][neuron]; sources stay at zero.</summary>
    public long[][] Potentials { get; }

    public long SpikeCount { get; private set; }

    /// <summary>Weights [source, target] of a plastic projection, in half units.</summary>
    public sbyte[] Weights(Projection projection)
    {
        var weights = new sbyte[_network.Populations[projection.Source].Size * _network.Populations[projection.Target].Size];
        foreach (var synapse in _outgoing.Values.SelectMany(l => l).Where(s => ReferenceEquals(s.Projection, projection)))
            weights[synapse.Source * _network.Populations[projection.Target].Size + synapse.Target] = (sbyte)(synapse.Weight / 2);
        return weights;
    }

    public void Step()
    {
        long tick = ++Tick;
        foreach (var population in _network.Populations)
        {
            if (population.Model is GatedThresholdNeuron model) Array.Fill(Potentials[population.Index], model.Bias);
        }
        // Weights are those after what tick - 2 taught.
        if (_arrivals.Remove(tick, out var arriving))
        {
            foreach (var synapse in arriving) Potentials[synapse.Projection.Target][synapse.Target] += synapse.Weight;
        }
        var spikes = Silence();
        foreach (var population in _network.Populations)
        {
            for (int neuron = 0; neuron < population.Size; neuron++)
            {
                if (!Fires(population, neuron, tick)) continue;
                spikes[population.Index][neuron] = true;
                SpikeCount++;
                if (!_outgoing.TryGetValue((population.Index, neuron), out var synapses)) continue;
                foreach (var synapse in synapses)
                {
                    if (!_arrivals.TryGetValue(tick + synapse.Delay, out var list)) _arrivals[tick + synapse.Delay] = list = [];
                    list.Add(synapse);
                }
            }
        }
        _before = Spikes;
        Spikes = spikes;
        // Now what tick - 1 taught.
        foreach (var ((population, neuron), synapses) in _outgoing)
        {
            if (!_before[population][neuron]) continue;
            foreach (var synapse in synapses)
            {
                if (!synapse.Projection.IsPlastic || !_before[synapse.Projection.Target][synapse.Target]) continue;
                synapse.Weight = Math.Clamp(synapse.Weight + (IsOn(synapse.Projection, tick - 1) ? 2 : -2), -256, 254);
            }
        }
    }

    private static bool IsOn(Projection projection, long tick)
    {
        var clock = ((HebbianCoincidence)projection.Learning!).Clock;
        foreach (int phase in clock.OnPhases)
        {
            if (tick % clock.PeriodTicks == phase) return true;
        }
        return false;
    }

    private bool Fires(Population population, int neuron, long tick)
    {
        switch (population.Model)
        {
            case GatedThresholdNeuron model:
                return Potentials[population.Index][neuron] > model.Threshold;
            case SpikeArraySource source:
                return source.Spikes.Contains(new Spike(tick, neuron));
            case PoissonSource source:
                uint draw = new CounterRandom(_network.Seed, RandomPurpose.PoissonSpike, population.Index).Word(tick, neuron);
                return draw < Math.Round(4294967296 * (1 - PortableMath.Exp(-source.RateHz * _network.TimeStepMs / 1000)));
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

    private bool[][] Silence() => [.. _network.Populations.Select(p => new bool[p.Size])];

    private static IEnumerable<Synapse> Draw(Network network, Projection projection)
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

        foreach (var (source, target, number) in Pairs())
        {
            double weight = projection.Weight switch
            {
                Weight.ConstantWeight w => w.Value,
                Weight.ArrayWeight w => w.Values[(int)number],
                Weight.UniformWeight w => Math.Truncate((w.Low + weights.Uniform(number) * (w.High - w.Low)) / w.Step) * w.Step,
                Weight.NormalWeight w =>
                    Math.Truncate(Math.Clamp(w.Mean + weights.Normal(number) * w.StandardDeviation, w.Low, w.High) / w.Step) * w.Step,
                _ => throw new NotSupportedException(projection.Weight.Name),
            };
            int delay = projection.Delay is Delay.UniformDelay range
                ? range.Low + delays.Below(range.High - range.Low + 1, number)
                : projection.Delay.Min;
            yield return new Synapse { Projection = projection, Source = source, Target = target, Weight = (int)weight, Delay = delay };
        }
    }

    private sealed class Synapse
    {
        public required Projection Projection { get; init; }
        public required int Source { get; init; }
        public required int Target { get; init; }
        public required int Delay { get; init; }
        public required int Weight { get; set; }
    }
}
