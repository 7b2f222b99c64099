using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Faults;

/// <summary>What came out of one run of an experiment, whatever the command was.</summary>
/// <param name="StateHash">State hash at the end.</param>
/// <param name="Seconds">Time the run was under way.</param>
/// <param name="Spikes">Its spikes.</param>
/// <param name="SynapticEvents">Spikes delivered, each counted once a synapse.</param>
/// <param name="Accuracy">Accuracies in the end; empty for a simulation.</param>
/// <param name="History">Scores after each epoch; empty for all but trainings.</param>
/// <param name="RatesHz">Mean rates of the populations; empty for all but simulations.</param>
/// <param name="Cluster">What it went through; null where nothing can happen to it.</param>
/// <param name="Json">All of the command's result.</param>
internal sealed record ExperimentOutcome(
    string StateHash, double Seconds, long Spikes, long SynapticEvents, IReadOnlyList<Measure> Accuracy, IReadOnlyList<EpochScores> History,
    IReadOnlyList<(string Population, double Hz)> RatesHz, ClusterFigures? Cluster, JsonObject Json)
{
    public static ExperimentOutcome Of(RunResult result) => new(
        result.StateHash, result.Seconds, result.Spikes, result.SynapticEvents, result.Accuracy ?? [], result.History, [], result.Cluster, result.ToJson());

    public static ExperimentOutcome Of(SimulationResult result) => new(
        result.StateHash, result.Seconds, result.Spikes, result.SynapticEvents, [], [],
        [.. result.Populations.Where(p => !p.IsSource).Select(p => (p.Name, result.RateHz(p)))], result.Cluster, result.ToJson());
}
