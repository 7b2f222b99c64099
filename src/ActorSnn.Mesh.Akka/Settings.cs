using Akka.Configuration;
using Akka.Persistence.Sqlite;

namespace ActorSnn.Mesh.Akka;

/// <summary>Where settings come from: <c>reference.conf</c> of this assembly, and what is laid over it.</summary>
internal static class Settings
{
    /// <summary>Path of the dispatcher that runs the cores.</summary>
    public const string CoreDispatcher = "actorsnn.core-dispatcher";

    /// <summary>Path of the dispatcher of a node's actor.</summary>
    public const string NodeDispatcher = "actorsnn.node-dispatcher";

    /// <summary>What ActorSnn sets when nobody says otherwise.</summary>
    public static Config Reference { get; } = Resource("reference.conf");

    /// <summary>Settings of a mesh in this process.</summary>
    /// <param name="threads">Threads that run its cores.</param>
    public static Config ForMesh(int threads) =>
        ConfigurationFactory.ParseString($"{CoreDispatcher}.dedicated-thread-pool.thread-count = {threads}").WithFallback(Reference);

    /// <summary>Settings of a node of a cluster.</summary>
    /// <param name="own">What its operator has set.</param>
    public static Config ForNode(Config own) =>
        own.WithFallback(Resource("node.reference.conf")).WithFallback(Reference).WithFallback(SqlitePersistence.DefaultConfiguration());

    /// <summary>Threads of the dispatcher that runs the cores. One without threads of its own has those of the process, as many as there are processors.</summary>
    public static int CoreThreads(Config config)
    {
        var dispatcher = config.GetConfig(CoreDispatcher);
        return dispatcher.GetString("type") == "ForkJoinDispatcher" ? dispatcher.GetInt("dedicated-thread-pool.thread-count") : Environment.ProcessorCount;
    }

    private static Config Resource(string name) => ConfigurationFactory.FromResource($"ActorSnn.Mesh.Akka.{name}", typeof(Settings).Assembly);
}
