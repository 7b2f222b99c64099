using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>
/// Networks of graded spikes drawn from a seed: sources of grades of all sizes, chains of normalisers to which several projections with delays lead, often a loop that keeps them busy, and
/// neurons beside them that know nothing of grades.
/// </summary>
internal static class RandomGradedNetworks
{
    private static readonly int[] Sizes = [1, 3, 8, 17, 64, 70, 130];

    /// <param name="seed">Decides everything.</param>
    /// <param name="probes">Whether spikes of all populations are recorded.</param>
    /// <param name="maxSize">Largest population.</param>
    public static Network Make(int seed, bool probes = false, int maxSize = int.MaxValue)
    {
        const int Ticks = 150;
        var random = new Random(seed);
        var sizes = Sizes.Where(s => s <= maxSize).ToArray();
        int size = sizes[random.Next(sizes.Length)];
        Delay Delays() => Delay.Ticks(random.Next(1, 7));

        var builder = new NetworkBuilder($"graded {seed}", (ulong)random.NextInt64());
        var senders = new List<string>();
        for (int i = random.Next(1, 3); i > 0; i--)
        {
            senders.Add($"errors{i}");
            double busy = random.NextDouble();
            var spikes = from tick in Enumerable.Range(0, Ticks) where random.NextDouble() < busy
                         from neuron in Enumerable.Range(0, size) where random.Next(3) > 0
                         select new GradedSpike(tick, neuron, Grade(random));
            builder.AddPopulation(senders[^1], size, SpikeArraySource.Graded(spikes.ToList()));
        }
        int normalisers = random.Next(1, 5);
        for (int i = 0; i < normalisers; i++)
        {
            string name = $"norm{i}";
            builder.AddPopulation(name, size, new DivisiveNormalisation());
            builder.AddProjection(senders[^1], name, Connectivity.OneToOne, Weight.Constant(1), Delays());
            for (int more = random.Next(3); more > 0; more--)
                builder.AddProjection(senders[random.Next(senders.Count)], name, Connectivity.OneToOne, Weight.Constant(1), Delays());
            senders.Add(name);
        }
        if (random.Next(3) > 0)
            builder.AddProjection(senders[^1], "norm0", Connectivity.OneToOne, Weight.Constant(1), Delays());
        builder
            .AddPopulation("noise", sizes[random.Next(sizes.Length)], new PoissonSource(100))
            .AddPopulation("plain", sizes[random.Next(sizes.Length)], random.Next(2) == 0 ? new GatedThresholdNeuron(1) : new LifDelta(ThresholdMv: 2))
            .AddProjection("noise", "plain", Connectivity.Random(0.5), Weight.Constant(1), Delays());
        if (!probes) return builder.Build();
        foreach (var population in builder.Build().Populations) builder.AddProbe(new SpikeProbe($"{population.Name} spikes", population.Name, TickFilter.EveryTick));
        return builder.AddProbe(new SpikeCountProbe("counts", "norm0", 5)).Build();
    }

    private static float Grade(Random random) => (random.Next(2) * 2 - 1) * random.Next(20) switch
    {
        0 => 0,
        1 => float.Epsilon,
        2 => float.MaxValue,
        3 => (float)Math.Pow(10, random.Next(-37, 38)),
        _ => random.NextSingle(),
    };
}
