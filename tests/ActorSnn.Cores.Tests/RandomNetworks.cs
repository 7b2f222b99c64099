using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>
/// Networks drawn from a seed: some sources and threshold populations of all sorts of sizes, joined by projections of every kind,
/// recurrent, with all sorts of delays, some of them plastic. About half of them stay lively.
/// </summary>
internal static class RandomNetworks
{
    private static readonly int[] Sizes = [1, 2, 5, 15, 16, 17, 33, 63, 64, 65, 100, 128, 129, 200, 270];

    /// <param name="seed">Decides everything.</param>
    /// <param name="maxDelay">Longest delay drawn, in ticks.</param>
    /// <param name="probes">Whether probes of every kind look on.</param>
    /// <param name="maxSize">Largest population.</param>
    public static Network Make(int seed, int maxDelay = 9, bool probes = false, int maxSize = int.MaxValue)
    {
        var random = new Random(seed);
        var builder = new NetworkBuilder($"random {seed}", (ulong)random.NextInt64(), timeStepMs: random.Next(2) == 0 ? 1 : 0.5);
        var sizes = Sizes.Where(s => s <= maxSize).ToArray();
        int common = sizes[random.Next(sizes.Length)];
        var populations = new List<(string Name, int Size, bool IsSource)>();

        void Add(string name, int size, NeuronModel model)
        {
            builder.AddPopulation(name, size, model);
            populations.Add((name, size, model.IsSource));
        }

        int Size() => random.Next(10) < 5 ? common : sizes[random.Next(sizes.Length)];

        int sources = random.Next(1, 4);
        for (int i = 0; i < sources; i++)
        {
            int size = Size();
            Add($"source{i}", size, random.Next(3) switch
            {
                0 => new PoissonSource(random.Next(5, 200)),
                1 => new SpikeArraySource(Enumerable.Range(0, random.Next(200))
                    .Select(_ => new Spike(random.Next(120), random.Next(size))).ToList()),
                _ => Samples(random, size),
            });
        }
        int neurons = random.Next(1, 6);
        for (int i = 0; i < neurons; i++)
        {
            int bias = random.Next(10) switch
            {
                0 => -5000,
                1 => random.Next(-50, 500),
                _ => 0,
            };
            Add($"neurons{i}", Size(), new GatedThresholdNeuron(random.Next(0, 400), bias));
        }

        int projections = random.Next(3, 14);
        for (int i = 0; i < projections; i++)
        {
            var from = populations[random.Next(populations.Count)];
            var onto = populations[random.Next(sources, populations.Count)];
            var (connectivity, weight) = Synapses(random, from.Size, onto.Size);
            var delay = random.Next(10) switch
            {
                < 3 => Delay.One,
                < 8 => Delay.Ticks(random.Next(1, maxDelay + 1)),
                _ => Delay.Uniform(1, random.Next(1, maxDelay + 1)),
            };
            LearningRule? rule = null;
            if (connectivity is Connectivity.DenseConnectivity && delay is Delay.ConstantDelay && random.Next(2) == 0)
            {
                int period = random.Next(1, 8);
                rule = new HebbianCoincidence(new ReinforcementClock(
                    period, [.. Enumerable.Range(0, period).Where(_ => random.Next(3) > 0)]));
                weight = random.Next(3) switch
                {
                    0 => Weight.Constant(2 * random.Next(-20, 60)),
                    1 => Weight.Uniform(-256, 254, 2),
                    _ => Weight.Array(Enumerable.Range(0, from.Size * onto.Size).Select(_ => 2f * random.Next(-128, 128)).ToArray()),
                };
            }
            builder.AddProjection(from.Name, onto.Name, connectivity, weight, delay, rule);
        }
        if (!probes) return builder.Build();

        foreach (var (name, _, isSource) in populations)
        {
            builder.AddProbe(new SpikeProbe($"spikes of {name}", name, random.Next(2) == 0 ? TickFilter.EveryTick : new TickFilter(5, random.Next(5))));
            builder.AddProbe(new SpikeCountProbe($"counts of {name}", name, random.Next(1, 13)));
            if (!isSource && random.Next(2) == 0)
                builder.AddProbe(new PotentialProbe($"potentials of {name}", name, new TickFilter(7, random.Next(7))));
        }
        return builder.Build();
    }

    private static SampleSource Samples(Random random, int size)
    {
        int count = random.Next(1, 6);
        int words = (size + 63) / 64;
        var frames = new ulong[count * words];
        for (int frame = 0; frame < count; frame++)
        {
            for (int bit = 0; bit < size; bit++)
            {
                if (random.Next(4) == 0) frames[frame * words + bit / 64] |= 1UL << (bit % 64);
            }
        }
        return new SampleSource(
            new BitFrames(count, size, frames),
            new SamplePresentation(count, random.Next(1, 9), random.Next(2) == 0, (ulong)random.Next()),
            random.Next(6));
    }

    private static (Connectivity, Weight) Synapses(Random random, int from, int onto)
    {
        // A few dozen spikes at once bring a neuron somewhere near its threshold.
        int span = Math.Max(4, (int)(1500 / Math.Sqrt(from)));
        float[] Drawn(int count, int low, int high) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(low, high + 1))];

        if (from == onto && random.Next(2) == 0)
        {
            return (Connectivity.OneToOne, random.Next(2) == 0
                ? Weight.Constant(random.Next(-300, 700))
                : Weight.Array(Drawn(onto, -300, 700)));
        }
        if (from == 1 && random.Next(2) == 0)
        {
            return (Connectivity.OneToAll, random.Next(2) == 0
                ? Weight.Constant(random.Next(-400, 5500))
                : Weight.Array(Drawn(onto, -400, 5500)));
        }
        switch (random.Next(9))
        {
            case 0: return (Connectivity.Dense, Weight.Constant(random.Next(-span / 2, span)));
            case 1: return (Connectivity.Dense, Weight.Array(Drawn(from * onto, -128, 127)));
            case 2: return (Connectivity.Dense, Weight.Array(Array.ConvertAll(Drawn(from * onto, -128, 127), w => 2 * w)));
            case 3: return (Connectivity.Dense, Weight.Array(Drawn(from * onto, -300, 400)));
            case 4: return (Connectivity.Dense, Weight.Uniform(-span / 2, span, random.Next(1, 4)));
            case 5:
                return (Connectivity.Random(random.NextDouble()), Weight.Normal(span / 6.0, span, -2 * span, 2 * span, random.Next(1, 4)));
            case 6: return (Connectivity.FixedInDegree(random.Next(0, 20)), Weight.Uniform(-100, 300, 1));
            case 7: return (Connectivity.FixedOutDegree(random.Next(0, 20)), Weight.Uniform(-100, 300, 1));
            default:
                int count = random.Next(0, 200);
                var pairs = Enumerable.Range(0, count).Select(_ => (random.Next(from), random.Next(onto))).ToArray();
                if (count > 1) pairs[^1] = pairs[0];
                return (Connectivity.Pairs(pairs), random.Next(2) == 0 ? Weight.Constant(random.Next(-50, 400)) : Weight.Array(Drawn(count, -200, 500)));
        }
    }
}
