using ActorSnn.Cores;

namespace ActorSnn.Mesh.Embedded;

/// <summary>The default engine: all cores in this process, run by a fixed number of threads.</summary>
public sealed class EmbeddedEngine : IEngine
{
    /// <inheritdoc/>
    public string Name => "embedded";

    /// <inheritdoc/>
    public IMesh Build(Placement placement, MeshOptions? options = null) =>
        options?.Timing is { } free ? new FreeMesh(placement, options, free) : new EmbeddedMesh(placement, options ?? new MeshOptions());
}
