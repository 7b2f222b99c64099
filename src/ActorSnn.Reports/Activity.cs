using System.Collections.Immutable;

namespace ActorSnn.Reports;

/// <summary>How often the populations of a network spike that goes through the same phases again and again.</summary>
/// <param name="Periods">Number of times it went through them.</param>
/// <param name="PeriodName">What one time is, e.g. "sample".</param>
/// <param name="Phases">Names of the phases.</param>
/// <param name="Populations">The populations.</param>
public sealed record Activity(long Periods, string PeriodName, ImmutableArray<string> Phases, ImmutableArray<PopulationActivity> Populations);

/// <summary>The spikes of one population.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Number of neurons.</param>
/// <param name="SpikesByPhase">Spikes in each phase, over all periods.</param>
/// <param name="Group">What it has in common with others; gives its colour. Null for none.</param>
public sealed record PopulationActivity(string Name, int Size, ImmutableArray<long> SpikesByPhase, string? Group = null);
