using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>Counts of spikes beside those that are recorded, in a network that is shown samples.</summary>
internal static class ShownCounts
{
    private const int MostParts = 8;

    /// <summary>Counts the spikes of the populations that are recorded.</summary>
    /// <param name="recorded">Their probes.</param>
    /// <param name="periodTicks">Ticks of a sample.</param>
    public static IEnumerable<Probe> Probes(IEnumerable<SpikeProbe> recorded, int periodTicks) => recorded.Select(p => new SpikeCountProbe(NameOf(p.Population), p.Population, periodTicks));

    /// <summary>The largest number of equal parts, of at most a few, that a number can be cut into.</summary>
    public static int PartsOf(int whole) => Enumerable.Range(1, MostParts).Last(p => whole % p == 0);

    /// <summary>A population's spikes in each of several parts of a sample.</summary>
    /// <param name="recordings">Where they were counted.</param>
    /// <param name="population">Its name.</param>
    /// <param name="parts">Number of parts.</param>
    public static long[] Of(Recordings recordings, string population, int parts)
    {
        var counts = recordings.Counts(NameOf(population));
        var sums = new long[parts];
        for (int i = 0; i < counts.Length; i++) sums[(int)((long)i * parts / counts.Length)] += counts[i];
        return sums;
    }

    private static string NameOf(string population) => $"{population} counts";
}
