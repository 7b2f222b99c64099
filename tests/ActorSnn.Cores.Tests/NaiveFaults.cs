using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>A synapse of a naive simulator whose weight has bits.</summary>
internal interface INaiveSynapse
{
    Projection Projection { get; }

    int Source { get; }

    int Target { get; }

    long Number { get; }

    uint Bits { get; set; }
}

/// <summary>What faults do, as the network's description says it, without code of the cores.</summary>
internal sealed class NaiveFaults(Network network, IReadOnlyCollection<INaiveSynapse> synapses)
{
    private readonly Dictionary<INaiveSynapse, (uint Mask, uint Value)> _stuck = [];
    private readonly Dictionary<int, Dictionary<long, INaiveSynapse>> _numbered = synapses.GroupBy(s => s.Projection.Index).ToDictionary(g => g.Key, g => g.ToDictionary(s => s.Number));

    /// <summary>The synapses whose weights some fault can break.</summary>
    public static IReadOnlyCollection<INaiveSynapse> Breakable(Network network, IEnumerable<INaiveSynapse> synapses)
    {
        bool[] canBreak = [.. network.Projections.Select(p => network.FaultsOf(p).Any())];
        return [.. synapses.Where(s => canBreak[s.Projection.Index])];
    }

    /// <summary>What comes out of a neuron that spikes, or not.</summary>
    public bool Emits(Population population, int neuron, long tick, bool fires)
    {
        foreach (var (place, fault) in network.Faults.Index())
        {
            if (fault is not NeuronFault f || tick < f.FirstTick || tick > (f.LastTick ?? long.MaxValue) || !NamePattern.Matches(f.Neurons.Populations, population.Name)) continue;
            bool hit = f.Neurons.Neurons is { } given
                ? given.Contains(neuron)
                : new CounterRandom(f.Neurons.Seed, RandomPurpose.NeuronFault, population.Index).Uniform(neuron, place) < f.Neurons.Share;
            if (hit) fires = f is StickNeurons s && (tick - s.FirstTick) % s.PeriodTicks == 0;
        }
        return fires;
    }

    /// <summary>Called before anything is delivered at a tick.</summary>
    public void BreakWeights(long tick)
    {
        var touched = new HashSet<INaiveSynapse>();
        foreach (var (place, fault) in network.Faults.Index())
        {
            if (fault is FlipWeightBits flip && flip.Tick == tick)
            {
                foreach (var (synapse, mask) in Hit(flip, flip.Synapses, place)) Flip(synapse, mask);
            }
            if (fault is FlipWeightBitsAtRate rate && tick >= rate.FirstTick && tick <= (rate.LastTick ?? long.MaxValue))
            {
                foreach (var projection in network.Projections.Where(p => rate.Concerns(p, network.Populations[p.Target]))) FlipAtRate(projection, rate, place);
            }
        }
        foreach (var (place, fault) in network.Faults.Index())
        {
            if (fault is not StickWeightBits stick || stick.FirstTick != tick) continue;
            foreach (var (synapse, mask) in Hit(stick, stick.Synapses, place))
            {
                var (before, value) = _stuck.GetValueOrDefault(synapse);
                _stuck[synapse] = (before | mask, stick.Value ? value | mask : value & ~mask);
                touched.Add(synapse);
            }
        }
        foreach (var synapse in touched) Hold(synapse);

        void Flip(INaiveSynapse synapse, uint mask)
        {
            synapse.Bits ^= mask;
            touched.Add(synapse);
        }

        void FlipAtRate(Projection projection, FlipWeightBitsAtRate rate, int place)
        {
            var random = new CounterRandom(rate.Seed, RandomPurpose.WeightFlip, projection.Index);
            double pairs = (double)network.Populations[projection.Source].Size * network.Populations[projection.Target].Size;
            bool isRandom = projection.Connectivity is Connectivity.RandomConnectivity;
            if (!_numbered.TryGetValue(projection.Index, out var own)) return;
            double mean = projection.Connectivity is Connectivity.RandomConnectivity { Probability: > 0 and < 1 and var p } ? rate.PerTick / p : rate.PerTick;
            ulong numbers = isRandom ? (ulong)pairs : (ulong)own.Count;
            if (numbers == 0) return;
            double probability = PortableMath.Exp(-mean);
            double sum = probability;
            for (long i = 0; sum <= random.Uniform(4294967296L * place, tick); i++)
            {
                long number = (long)(((UInt128)random.Bits(4294967296L * place + 2 * i + 1, tick) * numbers) >> 64);
                int bit = rate.Bit ?? random.Below(WeightBits.Of(projection, network.Populations[projection.Target]), 4294967296L * place + 2 * i + 2, tick);
                if (own.TryGetValue(number, out var synapse)) Flip(synapse, 1u << bit);
                probability *= mean / (i + 1);
                sum += probability;
            }
        }
    }

    /// <summary>Called after synapses have learned.</summary>
    public void HoldStuck()
    {
        foreach (var synapse in _stuck.Keys) Hold(synapse);
    }

    private IEnumerable<(INaiveSynapse, uint)> Hit(WeightFault fault, SynapseTarget target, int place)
    {
        var bits = network.Projections.Where(p => fault.Concerns(p, network.Populations[p.Target])).ToDictionary(p => p.Index, p => WeightBits.Of(p, network.Populations[p.Target]));
        foreach (var synapse in synapses.Where(s => bits.ContainsKey(s.Projection.Index)))
        {
            uint mask = 0;
            for (int bit = 0; bit < bits[synapse.Projection.Index]; bit++)
            {
                if (fault.Bit is { } only && only != bit) continue;
                bool hit = target.Pairs is { } pairs
                    ? pairs.Contains((synapse.Source, synapse.Target))
                    : new CounterRandom(target.Seed, RandomPurpose.WeightFault, synapse.Projection.Index).Uniform(32 * synapse.Number + bit, place) < target.Share;
                if (hit) mask |= 1u << bit;
            }
            if (mask != 0) yield return (synapse, mask);
        }
    }

    private void Hold(INaiveSynapse synapse)
    {
        if (_stuck.TryGetValue(synapse, out var stuck)) synapse.Bits = (synapse.Bits & ~stuck.Mask) | stuck.Value;
    }
}
