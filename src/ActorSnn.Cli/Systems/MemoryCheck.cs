using System.Globalization;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>What a network will take, before it is built, and whether there is as much.</summary>
internal static class MemoryCheck
{
    /// <summary>Bytes the process may still take: what the runtime is allowed, and what the system has left.</summary>
    public static long AvailableBytes => Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, SystemBytes() ?? long.MaxValue);

    /// <summary>Estimated bytes of a run of a network.</summary>
    public static long BytesOf(Network network) => SynapseMemory.Estimate(Placer.Place(network, new PlacementOptions(Cores: 1)));

    /// <summary>Refuses a network that cannot fit.</summary>
    /// <exception cref="UsageException">It needs more memory than there is.</exception>
    public static void Require(Network network)
    {
        long needed = BytesOf(network);
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
