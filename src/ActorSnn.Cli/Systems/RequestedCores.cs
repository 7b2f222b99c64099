using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>What --cores and --nodes may say.</summary>
internal static class RequestedCores
{
    private const int MostNodes = 1000;

    /// <exception cref="UsageException">More cores or nodes than neurons, or more nodes than anybody has.</exception>
    public static void Require(Network network, int? cores, int? nodes = null)
    {
        long most = Math.Max(1, network.NeuronCount);
        if (cores < 1 || cores > most) throw new UsageException($"--cores {cores}: the network has {network.NeuronCount} neurons; give 1 to {most}");
        if (nodes > MostNodes) throw new UsageException($"--nodes {nodes}: give 1 to {MostNodes}");
        if (nodes < 1 || nodes > most) throw new UsageException($"--nodes {nodes}: the network has {network.NeuronCount} neurons; give 1 to {most}");
    }
}
