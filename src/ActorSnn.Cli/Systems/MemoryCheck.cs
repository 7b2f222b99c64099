using System.Collections.Immutable;
using System.Globalization;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>What a network will take, before it is built, and whether there is as much.</summary>
internal static class MemoryCheck
{
    /// <summary>Bytes the process may still take: what the runtime is allowed, and what the system has left.</summary>
    public static long AvailableBytes => Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, SystemBytes() ?? long.MaxValue);

    /// <summary>Estimated bytes of a run of a placed network, without what it records.</summary>
    public static long BytesOf(Placement placement) => SynapseMemory.Estimate(placement);

    /// <summary>Estimated bytes of what the probes of a network record.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ticks">Ticks recorded.</param>
    public static long RecordedBytes(Network network, long ticks)
    {
        const double BytesPerPotential = 12; // the value, its copy by tick, and room to grow
        return (long)network.Probes.OfType<PotentialProbe>().Sum(p => BytesPerPotential * network[p.Population].Size * (ticks / p.Ticks.PeriodTicks));
    }

    /// <summary>Refuses a network that cannot fit.</summary>
    /// <exception cref="UsageException">It needs more memory than there is.</exception>
    public static void Require(Network network, long recordedTicks = 0)
    {
        // On one core first: to place what cannot fit takes long.
        RequireBytes(network, BytesOf(Placer.Place(network, new PlacementOptions(Cores: 1))) + RecordedBytes(network, recordedTicks));
    }

    /// <summary>Refuses a placed network that cannot fit.</summary>
    /// <exception cref="UsageException">It needs more memory than there is.</exception>
    public static void Require(Placement placement, long recordedTicks = 0) =>
        RequireBytes(placement.Network, BytesOf(placement) + RecordedBytes(placement.Network, recordedTicks));

    /// <summary>Refuses layers whose matrices no array, or not this machine, can hold.</summary>
    /// <exception cref="UsageException">Too many neurons.</exception>
    public static void RequireLayers(int inputs, ImmutableArray<int> hidden, int outputs)
    {
        int[] sizes = [inputs, .. hidden, outputs];
        long synapses = 0;
        for (int l = 1; l < sizes.Length; l++)
        {
            long pair = 2L * sizes[l - 1] * sizes[l];
            if (pair > Array.MaxLength) throw new UsageException($"--hidden {string.Join(',', hidden)}: layers of {sizes[l - 1]} and {sizes[l]} neurons are more than an array can hold; give fewer");
            synapses += pair;
        }
        // Forward and transposed; as numbers, as units on the cores, and in states that are captured.
        const int BytesPerSynapse = 5 * sizeof(float);
        if (synapses * BytesPerSynapse > AvailableBytes)
            throw new UsageException($"--hidden {string.Join(',', hidden)}: that takes about {Gigabytes(synapses * BytesPerSynapse)}, and {Gigabytes(AvailableBytes)} is all that is left; give fewer");
    }

    private static void RequireBytes(Network network, long needed)
    {
        long available = AvailableBytes;
        if (needed > available)
        {
            throw new UsageException($"{network.Name} would need about {Gigabytes(needed)} of memory, and this machine has {Gigabytes(available)} left; "
                + "give fewer neurons or synapses, or a larger machine");
        }
    }

    public static string Gigabytes(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1 << 30):0.0} GB" : $"{bytes >> 20} MB";

    // Linux only; elsewhere the runtime's figure stands alone.
    private static long? SystemBytes()
    {
        const string Meminfo = "/proc/meminfo";
        const string Field = "MemAvailable:";
        if (!File.Exists(Meminfo)) return null;
        string? line = File.ReadLines(Meminfo).FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        string? kilobytes = line?[Field.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number << 10 : null;
    }
}
