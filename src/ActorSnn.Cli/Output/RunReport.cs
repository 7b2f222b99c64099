using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Output;

/// <summary>How a run is shown.</summary>
internal abstract class RunReport
{
    /// <summary>Scripts get JSON lines, people text; the quiet of both get the result only.</summary>
    public static RunReport Create(bool json, bool quiet) => json ? new JsonReport(quiet) : new TextReport(quiet);

    /// <summary>Shows how a run is doing while it runs.</summary>
    public abstract T While<T>(Func<IRunObserver, T> run);

    /// <summary>Shows what came out of a training.</summary>
    public abstract void Trained(RunResult result);

    /// <summary>Shows what came out of a simulation.</summary>
    public abstract void Simulated(SimulationResult result);

    /// <summary>Shows what came out of an evaluation.</summary>
    public abstract void Evaluated(RunResult result);

    /// <summary>Shows a raster.</summary>
    /// <param name="recording">What was recorded.</param>
    /// <param name="svg">The picture written.</param>
    /// <param name="page">The report written; null for none.</param>
    /// <param name="ascii">Whether to draw with ASCII characters only.</param>
    public abstract void Drawn(Recording recording, string svg, string? page, bool ascii);

    /// <summary>Shows a network, or a model without one.</summary>
    public abstract void Described(Description description);
}
