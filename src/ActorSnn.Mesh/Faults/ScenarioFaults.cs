using ActorSnn.Networks;

namespace ActorSnn.Mesh.Faults;

/// <summary>One fault of a scenario. Plain data.</summary>
/// <param name="Place">Its place in the scenario's list.</param>
/// <param name="Line">Its line in the file.</param>
/// <param name="Kind">Its kind, as it stands in the file.</param>
/// <param name="At">When it begins.</param>
/// <param name="Until">When it is over: the first moment at which it is no longer; null for good.</param>
public abstract record ScenarioFault(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until);

/// <summary>A fault inside the simulation: it becomes part of the network by <see cref="Scenario.ApplyTo"/>. Its times are ticks or samples.</summary>
/// <inheritdoc cref="ScenarioFault"/>
public abstract record SimulatedFault(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until) : ScenarioFault(Place, Line, Kind, At, Until);

/// <summary><c>silence</c>, and <c>stick</c>, which spikes every so many ticks.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="Neurons">The neurons.</param>
/// <param name="EveryTicks">Ticks from spike to spike; null for silence.</param>
public sealed record BrokenNeurons(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, NeuronTarget Neurons, int? EveryTicks)
    : SimulatedFault(Place, Line, Kind, At, Until);

/// <summary><c>flip</c>, once or at a rate.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="Synapses">The synapses; of a rate only the projections count.</param>
/// <param name="Bit">The bit; null for any.</param>
/// <param name="PerTick">Mean number of flips a tick in each projection; null for once.</param>
public sealed record FlippedBits(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, SynapseTarget Synapses, int? Bit, double? PerTick)
    : SimulatedFault(Place, Line, Kind, At, Until);

/// <summary><c>stick-bit</c>.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/>
/// <param name="Synapses">The synapses.</param>
/// <param name="Bit">The bit; null for any.</param>
/// <param name="Value">What it reads as.</param>
public sealed record StuckBits(int Place, int Line, string Kind, ScenarioTime At, SynapseTarget Synapses, int? Bit, bool Value) : SimulatedFault(Place, Line, Kind, At, null);

/// <summary><c>lose</c>, <c>duplicate</c>, <c>delay</c>, <c>reorder</c> and <c>corrupt</c> of spikes on their way to neurons.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="Disturbance">What happens to them; its window is still open.</param>
public sealed record DisturbedSpikes(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, Disturbance Disturbance)
    : SimulatedFault(Place, Line, Kind, At, Until);

/// <summary>A fault of the machine that simulates: what runs it lets it happen. It changes no spike.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="PerSecond">How often it happens while it lasts, on average in a second of wall time; null for once. See <see cref="Scenario.GapBefore"/>.</param>
public abstract record MachineFault(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, double? PerSecond)
    : ScenarioFault(Place, Line, Kind, At, Until);

/// <summary>What a link does to packets.</summary>
public enum LinkFaultKind
{
    /// <summary>Loses them.</summary>
    Lose,

    /// <summary>Delivers them twice.</summary>
    Duplicate,

    /// <summary>Delivers them late.</summary>
    Delay,

    /// <summary>Delivers them after the next one.</summary>
    Reorder,

    /// <summary>Changes bits in them.</summary>
    Corrupt,
}

/// <summary><c>lose</c>, <c>duplicate</c>, <c>delay</c>, <c>reorder</c> and <c>corrupt</c> of packets on links between nodes, or between cores in one process, which the link protocol repairs.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="What">What happens.</param>
/// <param name="From">Name or pattern of the sender: a node, or in one process the number of a core.</param>
/// <param name="To">Name or pattern of the receiver.</param>
/// <param name="Rate">Probability with which it happens to a packet.</param>
/// <param name="DelayMs">Of a delay: ms of wall time.</param>
/// <param name="JitterMs">Of a delay: most ms beyond that.</param>
public sealed record LinkFault(
    int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, LinkFaultKind What, string From, string To, double Rate, double DelayMs, double JitterMs)
    : MachineFault(Place, Line, Kind, At, Until, null);

/// <summary><c>slow-core</c>: every tick takes longer.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="Cores">Number of the core, or a pattern.</param>
/// <param name="MicrosecondsPerTick">How much longer.</param>
public sealed record SlowCore(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, string Cores, double MicrosecondsPerTick)
    : MachineFault(Place, Line, Kind, At, Until, null);

/// <summary><c>kill-core</c>: the actor of a core is gone, its node goes on.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/><param name="PerSecond"/>
/// <param name="Cores">Number of the core, or a pattern.</param>
/// <param name="ChoosesOne">Whether one of those that match is hit, drawn by <see cref="Scenario.Choose"/>; otherwise all are.</param>
public sealed record KilledCore(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, double? PerSecond, string Cores, bool ChoosesOne)
    : MachineFault(Place, Line, Kind, At, Until, PerSecond);

/// <summary>What happens to a node.</summary>
public enum NodeFaultKind
{
    /// <summary>Its process is killed, as by <c>kill -9</c>.</summary>
    Kill,

    /// <summary>Its process is stopped for a while.</summary>
    Freeze,

    /// <summary>Its process is killed and started again.</summary>
    Restart,
}

/// <summary><c>kill-node</c>, <c>freeze-node</c> and <c>restart-node</c>.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/><param name="PerSecond"/>
/// <param name="What">What happens.</param>
/// <param name="Nodes">Name or pattern of the node.</param>
/// <param name="ChoosesOne">Whether one of those that match is hit, drawn by <see cref="Scenario.Choose"/>; otherwise all are.</param>
/// <param name="Seconds">Of a freeze: how long it lasts.</param>
public sealed record NodeFault(
    int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, double? PerSecond, NodeFaultKind What, string Nodes, bool ChoosesOne, double Seconds)
    : MachineFault(Place, Line, Kind, At, Until, PerSecond);

/// <summary><c>cut</c> and <c>heal</c> of the network between nodes.</summary>
/// <inheritdoc cref="ScenarioFault"/>
/// <param name="Place"/><param name="Line"/><param name="Kind"/><param name="At"/><param name="Until"/>
/// <param name="One">Names or pattern of the nodes on one side.</param>
/// <param name="Other">Names or pattern of the nodes on the other side.</param>
/// <param name="Heals">Whether an earlier cut between them ends.</param>
public sealed record CutNodes(int Place, int Line, string Kind, ScenarioTime At, ScenarioTime? Until, string One, string Other, bool Heals)
    : MachineFault(Place, Line, Kind, At, Until, null);
