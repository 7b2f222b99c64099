using ActorSnn.Cores;

namespace ActorSnn.Mesh.Embedded;

/// <summary>The default engine: all cores in this process, run by a fixed number of threads.</summary>
public sealed class EmbeddedEngine : IEngine
{
    /// <inheritdoc/>
    public string Name => "embedded";

    /// <inheritdoc/>
    public IMesh Build(Placement placement, MeshOptions? options = null)
    {
        options ??= new MeshOptions();
        if (options.WithDisturbableLinks && options.Timing is not null)
            throw new ArgumentException("links between cores can be disturbed in exact and delayed timing only: in free timing nobody waits for a repair", nameof(options));
        return options switch
        {
            { Timing: { } free } => new FreeMesh(placement, options, free),
            { WithDisturbableLinks: true } => new DisturbableMesh(placement, options),
            _ => new EmbeddedMesh(placement, options),
        };
    }
}
