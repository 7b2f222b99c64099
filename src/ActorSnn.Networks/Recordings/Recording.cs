using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>
/// What was recorded of a network over some ticks: plain data, whatever ran the network. <see cref="RecordingDirectory"/> keeps it on disk; pictures are drawn
/// from it.
/// </summary>
public sealed record Recording
{
    /// <summary>Name of the network.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The network's <see cref="Network.Hash"/>.</summary>
    public required string NetworkHash { get; init; }

    /// <summary>The network's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Length of a tick in milliseconds.</summary>
    public required double TimeStepMs { get; init; }

    /// <summary>The first tick recorded.</summary>
    public required long FirstTick { get; init; }

    /// <summary>Number of ticks recorded.</summary>
    public required long Ticks { get; init; }

    /// <summary>The populations, in the network's order: at least all that something was recorded of.</summary>
    public required ImmutableArray<RecordedPopulation> Populations { get; init; }

    /// <summary>Spikes, a list a probe.</summary>
    public ImmutableArray<RecordedSpikes> Spikes { get; init; } = [];

    /// <summary>Membrane potentials, a table a probe.</summary>
    public ImmutableArray<RecordedPotentials> Potentials { get; init; } = [];

    /// <summary>Weights of dense projections, a matrix each.</summary>
    public ImmutableArray<RecordedWeights> Weights { get; init; } = [];

    /// <summary>Weights of other projections that learn, a list of synapses each.</summary>
    public ImmutableArray<RecordedSynapses> Synapses { get; init; } = [];

    /// <summary>The weights are as they were before this tick.</summary>
    public long WeightsTick { get; init; }

    /// <summary>The phases the network's ticks go through; null when it has none.</summary>
    public RecordedPhases? Phases { get; init; }

    /// <summary>The samples that were shown, in order of time; empty when the input is not cut into samples.</summary>
    public ImmutableArray<RecordedSample> Samples { get; init; } = [];

    /// <summary>The population of that name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public RecordedPopulation Population(string name) => Populations.First(p => p.Name == name);

    /// <summary>A number for each population: its spikes over all ticks recorded. Populations without a probe of every tick are left out.</summary>
    public IEnumerable<(RecordedPopulation Population, long Spikes)> SpikeCounts() => Spikes
        .Where(s => s.Ticks == TickFilter.EveryTick)
        .DistinctBy(s => s.Population)
        .Select(s => (Population(s.Population), (long)s.Count));
}

/// <summary>A population of a recorded network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Number of neurons.</param>
/// <param name="Model">Name of its neuron model.</param>
/// <param name="Role">A few words on what it is for; null when nothing is known.</param>
/// <param name="Group">What it has in common with others, e.g. "error": pictures give each group a colour. Null for none.</param>
public sealed record RecordedPopulation(string Name, int Size, string Model, string? Role = null, string? Group = null);

/// <summary>The spikes of a population.</summary>
/// <param name="Probe">Name of the probe.</param>
/// <param name="Population">Name of the population.</param>
/// <param name="Ticks">Ticks the probe looked at.</param>
/// <param name="Events">[spikes, 2] row-major: tick and neuron of each spike, by tick, then neuron.</param>
public sealed record RecordedSpikes(string Probe, string Population, TickFilter Ticks, long[] Events)
{
    /// <summary>Number of spikes.</summary>
    public int Count => Events.Length / 2;

    /// <summary>Tick of a spike.</summary>
    /// <param name="spike">Which one, from 0.</param>
    public long TickOf(int spike) => Events[2 * spike];

    /// <summary>Neuron of a spike, in its population.</summary>
    /// <param name="spike">Which one, from 0.</param>
    public int NeuronOf(int spike) => (int)Events[2 * spike + 1];
}

/// <summary>Membrane potentials of a population.</summary>
/// <param name="Probe">Name of the probe.</param>
/// <param name="Population">Name of the population.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Ticks">The ticks looked at, ascending.</param>
/// <param name="Values">[ticks, neurons] row-major: the potential before the spike decision.</param>
public sealed record RecordedPotentials(string Probe, string Population, string Unit, long[] Ticks, float[] Values);

/// <summary>Weights of a dense projection.</summary>
/// <param name="Projection">Its name.</param>
/// <param name="Source">Population the spikes come from.</param>
/// <param name="Target">Population they act on.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Values">[source, target] row-major.</param>
public sealed record RecordedWeights(string Projection, string Source, string Target, string Unit, float[] Values);

/// <summary>Synapses of a projection, one by one.</summary>
/// <param name="Projection">Its name.</param>
/// <param name="Source">Population the spikes come from.</param>
/// <param name="Target">Population they act on.</param>
/// <param name="Unit">Unit of the weights.</param>
/// <param name="Pairs">[synapses, 2] row-major: source and target neuron of each, by source neuron.</param>
/// <param name="Values">[synapses]: their weights.</param>
public sealed record RecordedSynapses(string Projection, string Source, string Target, string Unit, long[] Pairs, float[] Values);

/// <summary>Named phases; the phase of a tick is tick mod their number.</summary>
/// <param name="List">The phases, in order.</param>
public sealed record RecordedPhases(ImmutableArray<RecordedPhase> List)
{
    /// <summary>Phases of a period, one a tick.</summary>
    public int PeriodTicks => List.Length;

    /// <summary>The phase of a tick.</summary>
    public RecordedPhase Of(long tick) => List[(int)(tick % List.Length)];
}

/// <summary>One phase.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Effect">What it does to weights.</param>
public sealed record RecordedPhase(string Name, PhaseEffect Effect = PhaseEffect.None);

/// <summary>What a phase does to the weights of the synapses whose neurons spike in it.</summary>
public enum PhaseEffect
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They grow.</summary>
    Strengthens,

    /// <summary>They shrink.</summary>
    Weakens,
}

/// <summary>A sample that was shown.</summary>
/// <param name="FirstTick">Its first tick.</param>
/// <param name="Ticks">Ticks it takes.</param>
/// <param name="Caption">What it is and what came of it, e.g. "7, answered 7".</param>
public sealed record RecordedSample(long FirstTick, int Ticks, string Caption);
