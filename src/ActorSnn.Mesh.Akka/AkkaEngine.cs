using ActorSnn.Cores;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka;

/// <summary>Runs a mesh on Akka.NET, in this process: every core is an actor. Packets and credit go through rings in memory; messages between actors say that there may be something to do.</summary>
public sealed class AkkaEngine : IEngine
{
    /// <summary>The version of Akka.NET in use.</summary>
    public static string Version => typeof(ActorSystem).Assembly.GetName().Version!.ToString(3);

    /// <inheritdoc/>
    public string Name => "akka";

    /// <inheritdoc/>
    public IMesh Build(Placement placement, MeshOptions? options = null) => options switch
    {
        { WithDisturbableLinks: true } => throw new ArgumentException("links of the akka engine cannot be disturbed; use the embedded one, or a cluster", nameof(options)),
        { Timing: not null } => throw new ArgumentException("the akka engine has no free timing; use the embedded one", nameof(options)),
        _ => new AkkaMesh(placement, options ?? new MeshOptions()),
    };
}
