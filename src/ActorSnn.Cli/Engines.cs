using System.Reflection;
using ActorSnn.Cli.Clusters;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;

namespace ActorSnn.Cli;

/// <summary>The engines of this build: those that run networks in this process, and those of a cluster's nodes. What depends on whether Akka.NET is there, is here.</summary>
internal static class Engines
{
    private static readonly IReadOnlyList<IEngine> All =
    [
        new EmbeddedEngine(),
#if AKKA_ENGINE
        new ActorSnn.Mesh.Akka.AkkaEngine(),
#endif
    ];

    private static readonly IReadOnlyList<INodeEngine> OfNodes =
    [
        new TcpNodeEngine(),
#if AKKA_ENGINE
        new AkkaNodeEngine(),
#endif
    ];

    /// <summary>Names of the engines of nodes.</summary>
    public static string NodeNames => string.Join(", ", OfNodes.Select(e => e.Name));

    /// <summary>Names of the engines of this process.</summary>
    public static string Names => string.Join(", ", All.Select(e => e.Name));

    /// <summary>What <c>--version</c> says.</summary>
    public static string Description
    {
        get
        {
            string program = typeof(Engines).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
#if AKKA_ENGINE
            return $"{program}\nengines: {Names} (Akka.NET {ActorSnn.Mesh.Akka.AkkaEngine.Version}); of clusters: {NodeNames}";
#else
            return $"{program}\nengines: {Names}; of clusters: {NodeNames}";
#endif
        }
    }

    /// <summary>The engine of a name; the default one for null.</summary>
    /// <exception cref="UsageException">This build has none of that name.</exception>
    public static IEngine Of(string? name) => All.FirstOrDefault(e => e.Name == (name ?? All[0].Name)) ?? throw Unknown(name!, Names);

    /// <summary>The engine of nodes of a name; the default one for null.</summary>
    /// <exception cref="UsageException">This build has none of that name.</exception>
    public static INodeEngine OfNode(string? name) => OfNodes.FirstOrDefault(e => e.Name == (name ?? OfNodes[0].Name)) ?? throw Unknown(name!, NodeNames);

    private static UsageException Unknown(string name, string names) => new(name == "akka"
        ? "--engine akka: this build is without Akka.NET; where the package feed has it: dotnet build ActorSnn.sln -c Release -p:AkkaEngine=true"
        : $"--engine {name}: this build has {names}");
}
