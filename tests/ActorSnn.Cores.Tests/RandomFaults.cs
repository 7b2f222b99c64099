using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>Faults drawn from a seed: neurons that are silent or stuck, weights that flip and stick, of all sorts of targets and times.</summary>
internal static class RandomFaults
{
    /// <summary>The network with a few faults.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">Decides what breaks.</param>
    /// <param name="learned">Whether weights of real-valued neurons that learn break, too.</param>
    public static Network Break(Network network, int seed, bool learned = true)
    {
        var random = new Random(seed + 77);
        var builder = new NetworkBuilder(network);
        var breakable = network.Projections.Where(p => WeightBits.Of(p, network.Populations[p.Target]) > 0 && (learned || p.Learning is not PairStdp)).ToArray();
        for (int i = random.Next(1, 7); i > 0; i--)
        {
            if (breakable.Length == 0 || random.Next(3) == 0) builder.AddFault(OfNeurons(network, random));
            else builder.AddFault(OfWeights(network, random, breakable[random.Next(breakable.Length)]));
        }
        return builder.Build();
    }

    private static NeuronFault OfNeurons(Network network, Random random)
    {
        var population = network.Populations[random.Next(network.Populations.Length)];
        var target = random.Next(3) switch
        {
            0 => new NeuronTarget(population.Name, Neurons: [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(population.Size))]),
            1 => new NeuronTarget($"{population.Name[..3]}*", random.NextDouble() * 0.4, (ulong)random.Next()),
            _ => new NeuronTarget(population.Name, random.NextDouble(), (ulong)random.Next()),
        };
        long first = random.Next(3) == 0 ? 0 : random.Next(50);
        long? last = random.Next(2) == 0 ? null : first + random.Next(40);
        return random.Next(2) == 0 ? new SilenceNeurons(target, first, last) : new StickNeurons(target, first, last, random.Next(1, 9));
    }

    private static WeightFault OfWeights(Network network, Random random, Projection projection)
    {
        int bits = WeightBits.Of(projection, network.Populations[projection.Target]);
        int? bit = random.Next(2) == 0 ? null : random.Next(bits);
        long tick = random.Next(50);
        if (random.Next(4) == 0)
        {
            double most = projection.Connectivity is Connectivity.RandomConnectivity { Probability: var p } ? 400 * p : 20;
            return new FlipWeightBitsAtRate(projection.Name, random.NextDouble() * Math.Min(20, most), bit, tick, random.Next(2) == 0 ? null : tick + random.Next(30), (ulong)random.Next());
        }
        var target = new SynapseTarget(projection.Name, random.NextDouble() * 0.2, (ulong)random.Next());
        if (random.Next(3) == 0)
        {
            bit ??= random.Next(bits);
            var (sources, targets) = (network.Populations[projection.Source].Size, network.Populations[projection.Target].Size);
            target = new SynapseTarget(projection.Name, Pairs: [.. Enumerable.Range(0, 20).Select(_ => (random.Next(sources), random.Next(targets)))]);
        }
        return random.Next(2) == 0 ? new FlipWeightBits(target, bit, tick) : new StickWeightBits(target, bit, random.Next(2) == 0, tick);
    }
}
