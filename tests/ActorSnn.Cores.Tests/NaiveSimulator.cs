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
    private readonly Dictionary<long, HashSet<Synapse>> _arrivals = []; // by tick of arrival
    private readonly Dictionary<long, HashSet<(int, int)>> _seen = []; // by tick: which projection sees which neuron spike
    private readonly NaiveFaults _faults;
    private bool[][] _before;

    public NaiveSimulator(Network network)
    {
        _network = network;
        Spikes = Silence();
        _before = Silence();
        Potentials = [.. network.Populations.Select(p => new long[p.Size])];
        foreach (var projection in network.Projections)
        {
            foreach (var (source, target, weight, delay, number) in NaiveDraws.Synapses(network, projection))
            {
                var key = (projection.Source, source);
                if (!_outgoing.TryGetValue(key, out var list)) _outgoing[key] = list = [];
                list.Add(new Synapse { Projection = projection, Source = source, Target = target, Weight = (int)weight, Delay = delay, Number = number });
            }
        }
        _faults = new NaiveFaults(network, NaiveFaults.Breakable(network, _outgoing.Values.SelectMany(l => l)));
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
        _faults.BreakWeights(tick);
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
                if (!_faults.Emits(population, neuron, tick, Fires(population, neuron, tick))) continue;
                spikes[population.Index][neuron] = true;
                SpikeCount++;
                if (!_outgoing.TryGetValue((population.Index, neuron), out var synapses)) continue;
                foreach (var byProjection in synapses.GroupBy(s => s.Projection.Index))
                {
                    foreach (long at in NaiveDraws.SeenAt(_network, _network.Projections[byProjection.Key], neuron, tick))
                    {
                        Put(_seen, at, (byProjection.Key, neuron));
                        foreach (var synapse in byProjection) Put(_arrivals, at + synapse.Delay, synapse);
                    }
                }
            }
        }
        _before = Spikes;
        Spikes = spikes;
        // Now what tick - 1 taught.
        if (!_seen.Remove(tick - 1, out var seen)) return;
        foreach (var synapses in _outgoing.Values)
        {
            foreach (var synapse in synapses)
            {
                if (!synapse.Projection.IsPlastic || !seen.Contains((synapse.Projection.Index, synapse.Source))) continue;
                if (!_before[synapse.Projection.Target][synapse.Target]) continue;
                synapse.Weight = Math.Clamp(synapse.Weight + (IsOn(synapse.Projection, tick - 1) ? 2 : -2), -256, 254);
            }
        }
        _faults.HoldStuck();
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
            default:
                return NaiveDraws.SourceFires(_network, population, neuron, tick);
        }
    }

    private static void Put<T>(Dictionary<long, HashSet<T>> lists, long tick, T item)
    {
        if (!lists.TryGetValue(tick, out var list)) lists[tick] = list = [];
        list.Add(item);
    }

    private bool[][] Silence() => [.. _network.Populations.Select(p => new bool[p.Size])];

    private sealed class Synapse : INaiveSynapse
    {
        public required Projection Projection { get; init; }
        public required int Source { get; init; }
        public required int Target { get; init; }
        public required int Delay { get; init; }
        public required int Weight { get; set; }
        public required long Number { get; init; }

        /// <summary>What a byte is worth.</summary>
        private int Unit => Projection.IsPlastic ? 2 : 1 << DenseFormat.Of(Projection.Weight).Shift;

        public uint Bits
        {
            get => (byte)(Weight / Unit);
            set => Weight = (sbyte)value * Unit;
        }
    }
}
