using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>
/// What a network with real-valued neurons does, as plainly as possible: a list of synapses, potentials and currents that are all advanced by a tick with
/// doubles, every spike ever emitted. Shares no code with the cores.
/// </summary>
internal sealed class NaiveRealSimulator
{
    private readonly Network _network;
    private readonly List<Synapse>[][] _outgoing; // [population][neuron]
    private readonly Dictionary<long, HashSet<Synapse>> _arrivals = []; // by tick of arrival
    private readonly Neuron[][] _neurons; // [population][neuron]
    private readonly List<Synapse> _plastic = [];
    private readonly NaiveFaults _faults;

    public NaiveRealSimulator(Network network)
    {
        _network = network;
        _neurons = [.. network.Populations.Select(p => Enumerable.Range(0, p.Size).Select(n => NewNeuron(p, n)).ToArray())];
        _outgoing = [.. network.Populations.Select(p => Enumerable.Range(0, p.Size).Select(_ => new List<Synapse>()).ToArray())];
        Spikes = Silence();
        foreach (var projection in network.Projections)
        {
            foreach (var (source, target, weight, delay, number) in NaiveDraws.Synapses(network, projection))
            {
                var synapse = new Synapse
                {
                    Projection = projection,
                    Source = source,
                    Target = target,
                    Number = number,
                    Delay = delay,
                    Neuron = _neurons[projection.Target][target],
                    Weight = projection.Learning is PairStdp rule ? (float)Math.Clamp(weight, rule.MinWeight, rule.MaxWeight) : Rounded(projection, weight),
                };
                _outgoing[projection.Source][source].Add(synapse);
                if (projection.IsPlastic) _plastic.Add(synapse);
            }
        }
        _faults = new NaiveFaults(network, NaiveFaults.Breakable(network, _outgoing.SelectMany(p => p).SelectMany(l => l)));
    }

    public long Tick { get; private set; } = -1;

    /// <summary>Of the last tick: [population][neuron].</summary>
    public bool[][] Spikes { get; private set; }

    public long SpikeCount { get; private set; }

    /// <summary>Potential of a neuron at the last tick, before the spike decision.</summary>
    public double Potential(int population, int neuron) => _neurons[population][neuron].Observed;

    /// <summary>Potentials of all neurons at the last tick: [population][neuron].</summary>
    public double[][] Potentials() => [.. _neurons.Select(p => p.Select(n => n.Observed).ToArray())];

    /// <summary>Weights of a plastic projection's synapses onto a neuron, by source neuron, then in the order of drawing.</summary>
    public float[] Weights(Projection projection, int target) =>
        [.. _plastic.Where(s => s.Projection == projection && s.Neuron == _neurons[projection.Target][target]).OrderBy(s => s.Source).Select(s => (float)s.Weight)];

    public void Step()
    {
        long tick = ++Tick;
        _faults.BreakWeights(tick);
        _arrivals.Remove(tick, out var arriving);
        arriving ??= [];
        foreach (var population in _network.Populations)
        {
            foreach (var neuron in _neurons[population.Index]) Advance(population.Model, neuron);
        }
        foreach (var synapse in arriving) Arrive(_network.Populations[synapse.Projection.Target].Model, synapse.Neuron, synapse.Weight);
        foreach (var input in _network.Inputs)
        {
            for (int n = 0; n < _neurons[input.Target].Length; n++)
                Arrive(_network.Populations[input.Target].Model, _neurons[input.Target][n], NaiveDraws.InputSpikes(_network, input, n, tick) * input.Weight);
        }
        var spikes = Silence();
        foreach (var population in _network.Populations)
        {
            for (int n = 0; n < population.Size; n++)
            {
                var neuron = _neurons[population.Index][n];
                bool fires = population.Model.IsSource ? NaiveDraws.SourceFires(_network, population, n, tick) : Decide(population.Model, neuron);
                fires = _faults.Emits(population, n, tick, fires);
                neuron.Spiked = fires;
                if (!fires) continue;
                spikes[population.Index][n] = true;
                SpikeCount++;
                foreach (var byProjection in _outgoing[population.Index][n].GroupBy(s => s.Projection.Index))
                {
                    foreach (long at in NaiveDraws.SeenAt(_network, _network.Projections[byProjection.Key], n, tick))
                    {
                        foreach (var synapse in byProjection)
                        {
                            if (!_arrivals.TryGetValue(at + synapse.Delay, out var list)) _arrivals[at + synapse.Delay] = list = [];
                            list.Add(synapse);
                        }
                    }
                }
            }
        }
        Spikes = spikes;
        Learn([.. arriving.Where(s => s.Projection.IsPlastic)]);
        _faults.HoldStuck();
    }

    /// <summary>Weights that differ between synapses are kept in 24 bits: whole multiples of the projection's largest magnitude over 2^23 - 1.</summary>
    private double Rounded(Projection projection, double weight)
    {
        if (projection.Weight is Weight.ConstantWeight || _network.Populations[projection.Target].Model is not RealNeuronModel) return weight;
        double unit = projection.Weight.LargestMagnitude / ((1 << 23) - 1);
        return unit == 0 ? 0 : Math.Round(weight / unit) * unit;
    }

    private Neuron NewNeuron(Population population, int index)
    {
        if (population.Model is not RealNeuronModel model) return new Neuron();
        double v = model.InitialMv.Of(new CounterRandom(_network.Seed, RandomPurpose.InitialValue, population.Index), index);
        double u = model is not Izhikevich m ? 0
            : m.InitialRecovery is { } recovery ? recovery.Of(new CounterRandom(_network.Seed, RandomPurpose.InitialValue, ~population.Index), index)
            : m.B * v;
        return new Neuron { V = v, U = u };
    }

    /// <summary>From the last tick to this one, without what arrives now.</summary>
    private void Advance(NeuronModel model, Neuron n)
    {
        double dt = _network.TimeStepMs;
        bool rests = n.Rest > 0;
        switch (model)
        {
            case GatedThresholdNeuron m:
                n.V = m.Bias;
                break;
            case IntegrateAndFire m:
                if (!rests) n.V += m.BiasMvPerMs * dt;
                break;
            case LifDelta m:
                if (!rests) n.V = m.RestMv + m.BiasMv + (n.V - m.RestMv - m.BiasMv) * Math.Exp(-dt / m.TauMs);
                break;
            case LifExponential m:
                double tauE = Apart(m.TauExcitatoryMs, m.TauMs);
                double tauI = Apart(m.TauInhibitoryMs, m.TauMs);
                if (!rests)
                {
                    double goal = m.RestMv + m.BiasMv;
                    n.V = goal + (n.V - goal) * Math.Exp(-dt / m.TauMs) + n.E * Propagator(m.TauMs, tauE, dt) + n.I * Propagator(m.TauMs, tauI, dt);
                }
                n.E *= Math.Exp(-dt / tauE);
                n.I *= Math.Exp(-dt / tauI);
                break;
            case LifConductance m:
                double e = n.E * Math.Exp(-dt / 2 / m.TauExcitatoryMs);
                double i = n.I * Math.Exp(-dt / 2 / m.TauInhibitoryMs);
                if (!rests)
                {
                    double goal = (m.RestMv + m.BiasMv + e * m.ExcitatoryReversalMv + i * m.InhibitoryReversalMv) / (1 + e + i);
                    n.V = goal + (n.V - goal) * Math.Exp(-dt / m.TauMs * (1 + e + i));
                }
                n.E *= Math.Exp(-dt / m.TauExcitatoryMs);
                n.I *= Math.Exp(-dt / m.TauInhibitoryMs);
                break;
            case Izhikevich m:
                n.Drive = m.Bias;
                break;
        }
    }

    /// <summary>Time constants that agree to one in a million are told apart as documented.</summary>
    private static double Apart(double tauSynapse, double tau) => Math.Abs(tauSynapse / tau - 1) < 1e-6 ? tau * (1 + 1e-6) : tauSynapse;

    /// <summary>What a current of 1 brings to the potential in a tick.</summary>
    private static double Propagator(double tau, double tauSynapse, double dt) =>
        tauSynapse / (tauSynapse - tau) * (Math.Exp(-dt / tauSynapse) - Math.Exp(-dt / tau));

    private static void Arrive(NeuronModel model, Neuron n, double weight)
    {
        switch (model)
        {
            case LifExponential when weight > 0:
                n.E += weight;
                break;
            case LifExponential:
                n.I += weight;
                break;
            case LifConductance when weight > 0:
                n.E += weight;
                break;
            case LifConductance:
                n.I -= weight;
                break;
            case Izhikevich:
                n.Drive += weight;
                break;
            default:
                if (n.Rest == 0) n.V += weight;
                break;
        }
    }

    private bool Decide(NeuronModel model, Neuron n)
    {
        if (model is Izhikevich z)
        {
            double dt = _network.TimeStepMs;
            for (int half = 0; half < 2; half++) n.V += ((n.V * 0.04 + 5) * n.V + (140 - n.U + n.Drive)) * (0.5 * dt);
            n.U += (n.V * z.B - n.U) * (z.A * dt);
        }
        n.Observed = n.V;
        if (model is GatedThresholdNeuron gated) return n.V > gated.Threshold;
        var real = (RealNeuronModel)model;
        if (n.Rest > 0)
        {
            n.Rest--;
            return false;
        }
        if (n.V < real.ThresholdMv) return false;
        n.V = real.ResetMv;
        n.Rest = (int)Math.Round(real.RefractoryMs / _network.TimeStepMs);
        if (model is Izhikevich m) n.U += m.D;
        return true;
    }

    private void Learn(HashSet<Synapse> arrived)
    {
        double dt = _network.TimeStepMs;
        foreach (var s in _plastic)
        {
            var rule = (PairStdp)s.Projection.Learning!;
            s.X *= Math.Exp(-dt / rule.TauPlusMs);
            s.Y *= Math.Exp(-dt / rule.TauMinusMs);
            bool additive = rule.Dependence == WeightDependence.Additive;
            double range = rule.MaxWeight - rule.MinWeight;
            if (arrived.Contains(s))
                s.Weight = (float)Math.Clamp(s.Weight - rule.AMinus * (additive ? range : s.Weight - rule.MinWeight) * s.Y, rule.MinWeight, rule.MaxWeight);
            if (s.Neuron.Spiked)
                s.Weight = (float)Math.Clamp(s.Weight + rule.APlus * (additive ? range : rule.MaxWeight - s.Weight) * s.X, rule.MinWeight, rule.MaxWeight);
            if (arrived.Contains(s)) s.X++;
            if (s.Neuron.Spiked) s.Y++;
        }
    }

    private bool[][] Silence() => [.. _network.Populations.Select(p => new bool[p.Size])];

    private sealed class Neuron
    {
        public double V { get; set; }

        public double U { get; set; }

        public double E { get; set; }

        public double I { get; set; }

        public double Drive { get; set; }

        public double Observed { get; set; }

        /// <summary>Ticks for which it is still held.</summary>
        public int Rest { get; set; }

        public bool Spiked { get; set; }
    }

    private sealed class Synapse : INaiveSynapse
    {
        public required Projection Projection { get; init; }

        public required int Source { get; init; }

        public required int Target { get; init; }

        public required long Number { get; init; }

        public required Neuron Neuron { get; init; }

        public required int Delay { get; init; }

        public required double Weight { get; set; }

        public double X { get; set; }

        public double Y { get; set; }

        public uint Bits
        {
            get => Projection.IsPlastic ? BitConverter.SingleToUInt32Bits((float)Weight) : Unit == 0 ? 0 : (uint)(int)Math.Round(Weight / Unit) & 0xFFFFFF;
            set => Weight = Projection.Learning is PairStdp rule ? Bounded(value, rule) : ((int)(value << 8) >> 8) * Unit;
        }

        private double Unit => Projection.Weight.LargestMagnitude / ((1 << 23) - 1);

        private static double Bounded(uint bits, PairStdp rule)
        {
            float weight = BitConverter.UInt32BitsToSingle(bits);
            if (float.IsNaN(weight)) return (float)((bits >> 31) == 1 ? rule.MinWeight : rule.MaxWeight);
            return (float)Math.Clamp(weight, rule.MinWeight, rule.MaxWeight) + 0f;
        }
    }
}
