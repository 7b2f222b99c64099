using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>What --cores may say.</summary>
internal static class RequestedCores
{
    /// <exception cref="UsageException">More cores than neurons.</exception>
    public static void Require(Network network, int? cores)
    {
        long most = Math.Max(1, network.NeuronCount);
        if (cores < 1 || cores > most) throw new UsageException($"--cores {cores}: the network has {network.NeuronCount} neurons; give 1 to {most}");
    }
}
