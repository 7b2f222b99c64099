using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>Delayed timing drawn from a seed: disturbances of all sorts, of all projections, some, or one, for ever or for a while.</summary>
internal static class RandomTimings
{
    /// <summary>The network with delayed timing.</summary>
    public static Network Disturb(Network network, int seed)
    {
        var random = new Random(~seed);
        var disturbances = Enumerable.Range(0, random.Next(1, 5)).Select(_ =>
        {
            string name = network.Projections[random.Next(network.Projections.Length)].Name;
            long? first = random.Next(2) == 0 ? random.Next(40) : null;
            return new Disturbance(
                random.Next(3) switch { 0 => "*", 1 => name, _ => $"{name[..random.Next(1, name.Length)]}*" },
                random.Next(3) == 0 ? random.Next(1, 9) : 0,
                random.Next(2) == 0 ? random.Next(1, 12) : 0,
                random.Next(3) == 0 ? random.NextDouble() * 0.3 : 0,
                random.Next(3) == 0 ? random.NextDouble() : 0,
                random.Next(2) == 0 ? random.NextDouble() : 1,
                first ?? 0,
                first is null || random.Next(2) == 0 ? null : first + random.Next(60));
        }).ToArray();
        return new NetworkBuilder(network).SetTiming(new DelayedTiming((ulong)random.NextInt64(), [.. disturbances])).Build();
    }
}
