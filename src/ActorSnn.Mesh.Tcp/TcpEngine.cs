using ActorSnn.Cores;

namespace ActorSnn.Mesh.Tcp;

/// <summary>
/// Runs a mesh in this process, but as several nodes do: each thread has cores of its own, and what goes between them goes over sockets of loopback, through the same links, frames and gateways. For finding out what that costs, and that
/// it changes nothing; a cluster of processes is made of <see cref="TcpNode"/>.
/// </summary>
public sealed class TcpEngine : IEngine
{
    /// <inheritdoc/>
    public string Name => "tcp";

    /// <inheritdoc/>
    public IMesh Build(Placement placement, MeshOptions? options = null) => options switch
    {
        { WithDisturbableLinks: true } => throw new ArgumentException("links of the tcp engine cannot be disturbed; use the embedded one, or a cluster", nameof(options)),
        { Timing: not null } => throw new ArgumentException("the tcp engine has no free timing; use the embedded one", nameof(options)),
        _ => new TcpMesh(placement, options ?? new MeshOptions()),
    };
}
