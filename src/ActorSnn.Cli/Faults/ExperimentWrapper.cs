using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Commands;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Faults;

/// <summary>Puts the faults of a scenario into the networks of a command, lets others happen while they run, and keeps the result instead of showing it.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="disturbs">Whether the faults happen; otherwise it is only made sure that they could.</param>
/// <param name="nodes">The local nodes the command runs on; null for none.</param>
internal sealed class ExperimentWrapper(Scenario scenario, bool disturbs, LocalCluster? nodes) : ICommandWrapper
{
    /// <summary>What the machine was ordered to suffer.</summary>
    public FaultLog Log { get; } = new();

    /// <summary>What came out; null as long as there is nothing.</summary>
    public ExperimentOutcome? Outcome { get; private set; }

    public INetworkHost Wrap(INetworkHost host) => new FaultyHost(host, scenario, disturbs, nodes, Log);

    public RunReport Wrap(RunReport report) => new Keeper(report, this);

    /// <summary>Shows how a run is doing, and keeps what comes out.</summary>
    private sealed class Keeper(RunReport report, ExperimentWrapper wrapper) : RunReport
    {
        public override T While<T>(Func<IRunObserver, T> run) => report.While(run);

        public override void Trained(RunResult result) => wrapper.Outcome = ExperimentOutcome.Of(result);

        public override void Simulated(SimulationResult result) => wrapper.Outcome = ExperimentOutcome.Of(result);

        public override void Evaluated(RunResult result) => wrapper.Outcome = ExperimentOutcome.Of(result);

        public override void Drawn(Recording recording, string svg, string? page, bool ascii) => report.Drawn(recording, svg, page, ascii);

        public override void Described(Description description) => report.Described(description);
    }
}
