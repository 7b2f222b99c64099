using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>
/// Networks of real-valued neurons drawn from a seed: sources, inputs of noise, populations of every model, now and then one of integer neurons among
/// them, joined by projections of every kind, recurrent, with all sorts of weights and delays, some of them plastic.
/// </summary>
internal static class RandomRealNetworks
{
    private static readonly int[] Sizes = [1, 2, 7, 16, 17, 40, 63, 64, 65, 90, 130];

    /// <param name="seed">Decides everything.</param>
    /// <param name="probes">Whether spikes and potentials of all populations are recorded.</param>
    /// <param name="maxSize">Largest population.</param>
    /// <param name="plastic">Whether projections may be plastic.</param>
    public static Network Make(int seed, bool probes = false, int maxSize = int.MaxValue, bool plastic = true)
    {
        var random = new Random(seed);
        double dt = random.Next(3) switch { 0 => 1, 1 => 0.5, _ => 0.1 };
        var builder = new NetworkBuilder($"random {seed}", (ulong)random.NextInt64(), dt);
        var sizes = Sizes.Where(s => s <= maxSize).ToArray();
        int common = sizes[random.Next(sizes.Length)];
        var populations = new List<(string Name, int Size, NeuronModel Model)>();

        void Add(string name, int size, NeuronModel model)
        {
            builder.AddPopulation(name, size, model);
            populations.Add((name, size, model));
        }

        int Size() => random.Next(2) == 0 ? common : sizes[random.Next(sizes.Length)];

        int sources = random.Next(1, 4);
        for (int i = 0; i < sources; i++)
        {
            int size = Size();
            Add($"source{i}", size, random.Next(3) switch
            {
                0 => new SpikeArraySource(Enumerable.Range(0, random.Next(30 * size)).Select(_ => new Spike(random.Next(200), random.Next(size)))),
                _ => new PoissonSource(Between(random, 0.01, 0.1) / dt * 1000),
            });
        }
        int neurons = random.Next(2, 6);
        for (int i = 0; i < neurons; i++) Add($"neurons{i}", Size(), random.Next(8) == 0 ? new GatedThresholdNeuron(random.Next(0, 300)) : Model(random, dt));
        if (populations.All(p => p.Model is not RealNeuronModel)) Add("real", Size(), Model(random, dt));

        int projections = random.Next(4, 14);
        for (int i = 0; i < projections; i++)
        {
            var from = populations[random.Next(populations.Count)];
            var onto = populations[random.Next(sources, populations.Count)];
            Connect(builder, random, from.Name, from.Size, onto.Name, onto.Size, onto.Model, plastic);
        }
        foreach (var (name, _, model) in populations.Where(p => p.Model is RealNeuronModel))
        {
            for (int i = random.Next(3); i > 0; i--)
                builder.AddPoissonInput(name, Between(random, 0.02, 3) / dt * 1000, Strength(model) * Between(random, -0.1, 0.25));
        }
        if (!probes) return builder.Build();
        foreach (var (name, _, model) in populations)
        {
            builder.AddProbe(new SpikeProbe($"spikes of {name}", name, TickFilter.EveryTick));
            builder.AddProbe(new SpikeCountProbe($"counts of {name}", name, 7));
            if (!model.IsSource) builder.AddProbe(new PotentialProbe($"potentials of {name}", name, TickFilter.EveryTick));
        }
        return builder.Build();
    }

    private static double Between(Random random, double low, double high) => low + random.NextDouble() * (high - low);

    private static RealNeuronModel Model(Random random, double dt)
    {
        // Time constants of a fifth of a tick to fifty ticks, so that a run crosses many periods of the decay tables; some equal.
        double Tau() => dt * Math.Exp(Between(random, -1.6, 3.9));
        double rest = random.Next(2) == 0 ? 0 : Between(random, -70, -50);
        double threshold = rest + Between(random, 5, 20);
        double reset = rest - (random.Next(2) == 0 ? 0 : Between(random, 0, 8));
        double refractory = random.Next(3) == 0 ? 0 : random.Next(1, 25) * dt;
        // Some populations spike on their own.
        double bias = random.Next(3) switch { 0 => 0, 1 => Between(random, -6, 4), _ => (threshold - rest) * Between(random, 0.8, 1.4) };
        var initial = random.Next(4) switch
        {
            0 => null,
            1 => rest - 3.5,
            2 => InitialValue.Uniform(rest - 10, threshold + 2),
            _ => InitialValue.Normal(rest, 4),
        };
        double tau = Tau();
        switch (random.Next(6))
        {
            case 0:
                return new IntegrateAndFire(threshold, reset, refractory, (random.Next(2) == 0 ? 0 : Between(random, -0.3, 1)) / dt, initial ?? rest);
            case 1:
                return new LifDelta(tau, rest, threshold, reset, refractory, bias, initial);
            case 2 or 3:
                return new LifExponential(tau, random.Next(4) == 0 ? tau : Tau(), random.Next(4) == 0 ? tau : Tau(), rest, threshold, reset, refractory, bias, initial);
            case 4:
                return new LifConductance(tau, Tau(), Tau(), rest, rest + 60, rest - 20, threshold, reset, refractory, bias, initial);
            default:
                return new Izhikevich(
                    Between(random, 0.02, 0.1), Between(random, 0.2, 0.25), Between(random, -65, -50), Between(random, 0.05, 8), 30,
                    random.Next(2) == 0 ? 0 : Between(random, 0, 12),
                    random.Next(2) == 0 ? null : InitialValue.Uniform(-75, -55),
                    random.Next(2) == 0 ? null : InitialValue.Normal(-13, 2));
        }
    }

    /// <summary>About the weight that alone brings a neuron from rest to its threshold.</summary>
    private static double Strength(NeuronModel model) => model switch
    {
        LifExponential m => (m.ThresholdMv - m.RestMv) * (1 + m.TauMs / m.TauExcitatoryMs) * 1.5,
        LifConductance m => (1 + m.TauMs / m.TauExcitatoryMs) * 0.5,
        LifDelta m => m.ThresholdMv - m.RestMv,
        RealNeuronModel m => Math.Min(40, m.ThresholdMv - m.ResetMv),
        _ => 400,
    };

    private static void Connect(NetworkBuilder builder, Random random, string source, int from, string target, int onto, NeuronModel model, bool plastic)
    {
        var connectivity = random.Next(8) switch
        {
            0 when from == onto => Connectivity.OneToOne,
            1 when from == onto => Connectivity.OneToOne,
            2 when from == 1 => Connectivity.OneToAll,
            0 or 3 => Connectivity.Dense,
            1 => Connectivity.Random(Math.Exp(Between(random, -4, 0))),
            2 or 4 => Connectivity.Random(Between(random, 0, 1)),
            5 => Connectivity.FixedInDegree(random.Next(0, 20)),
            6 => Connectivity.FixedOutDegree(random.Next(0, 20)),
            _ => Pairs(random, from, onto),
        };
        double synapses = connectivity.ExpectedSynapses(from, onto);
        double scale = Strength(model) / Math.Sqrt(Math.Max(1, synapses / onto)) * Between(random, 0.2, 1.2);
        bool mixed = random.Next(3) == 0; // of both signs
        bool negative = !mixed && random.Next(3) == 0;
        bool hasArray = connectivity is Connectivity.DenseConnectivity or Connectivity.OneToOneConnectivity or Connectivity.OneToAllConnectivity
            or Connectivity.PairsConnectivity;
        bool isInteger = model.HasIntegerWeights;
        int step = isInteger ? 1 : 0;
        double low = mixed || negative ? -scale : 0;
        double high = mixed || !negative ? scale : 0;
        if (isInteger) (scale, low, high) = (Math.Ceiling(scale), Math.Floor(low), Math.Ceiling(high));
        var weight = random.Next(hasArray ? 4 : 3) switch
        {
            0 => Weight.Constant(negative ? -scale : scale),
            1 => Weight.Uniform(low, high, step),
            2 => Weight.Normal(negative ? -scale / 2 : Math.Floor(scale / 2), scale, isInteger ? -1000 : double.MinValue, isInteger ? 1000 : double.MaxValue, step),
            _ => Weight.Array(Enumerable.Range(0, (int)synapses)
                .Select(_ => (float)(isInteger ? Math.Round(Between(random, low, high)) : Between(random, low, high))).ToArray()),
        };
        var delay = random.Next(10) switch
        {
            < 3 => Delay.One,
            < 6 => Delay.Ticks(random.Next(1, 12)),
            _ => Delay.Uniform(random.Next(1, 4), random.Next(4, 12)),
        };
        PairStdp? rule = null;
        if (plastic && model is RealNeuronModel real && delay is Delay.ConstantDelay && random.Next(2) == 0)
        {
            // Bounds within which some weights lie and some do not; of one sign where the model has a synapse for each.
            double bound = scale * Between(random, 0.5, 1.5);
            var (least, most) = (mixed && !real.HasSynapsePerSign, negative) switch
            {
                (true, _) => (-bound, bound),
                (_, true) => (-bound, 0),
                _ => (0, bound),
            };
            rule = new PairStdp(
                Between(random, 1, 30) * (random.Next(2) == 0 ? 1 : 0.1), Between(random, 1, 30), Between(random, 0, 0.1), Between(random, 0, 0.1), least, most,
                random.Next(2) == 0 ? WeightDependence.Additive : WeightDependence.Multiplicative);
        }
        builder.AddProjection(source, target, connectivity, weight, delay, rule);
    }

    private static Connectivity Pairs(Random random, int from, int onto)
    {
        var pairs = Enumerable.Range(0, random.Next(0, 200)).Select(_ => (random.Next(from), random.Next(onto))).ToArray();
        if (pairs.Length > 1) pairs[^1] = pairs[0];
        return Connectivity.Pairs(pairs);
    }
}
