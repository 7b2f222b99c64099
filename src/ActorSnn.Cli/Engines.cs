using System.Reflection;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;

namespace ActorSnn.Cli;

/// <summary>The engines of this build that run networks in this process.</summary>
internal static class Engines
{
    private static readonly IReadOnlyList<IEngine> All =
    [
        new EmbeddedEngine(),
#if AKKA_ENGINE
        new ActorSnn.Mesh.Akka.AkkaEngine(),
#endif
    ];

    /// <summary>Their names.</summary>
    public static string Names => string.Join(", ", All.Select(e => e.Name));

    /// <summary>What <c>--version</c> says.</summary>
    public static string Description
    {
        get
        {
            string program = typeof(Engines).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
#if AKKA_ENGINE
            return $"{program}\nengines: {Names} (Akka.NET {ActorSnn.Mesh.Akka.AkkaEngine.Version}); of clusters: tcp";
#else
            return $"{program}\nengines: {Names}; of clusters: tcp";
#endif
        }
    }

    /// <summary>The engine of a name; the default one for null.</summary>
    /// <exception cref="UsageException">This build has none of that name.</exception>
    public static IEngine Of(string? name) => All.FirstOrDefault(e => e.Name == (name ?? All[0].Name)) ?? throw new UsageException(name == "akka"
        ? "--engine akka: this build is without Akka.NET; where the package feed has it: dotnet build ActorSnn.sln -c Release -p:AkkaEngine=true"
        : $"--engine {name}: this build has {Names}");
}
