namespace ActorSnn.Networks;

/// <summary>Synapses from one population onto another.</summary>
/// <param name="Index">Position in the network; defines the canonical order of state and of delivery.</param>
/// <param name="Name">Unique name.</param>
/// <param name="Source">Index of the population the spikes come from.</param>
/// <param name="Target">Index of the population they act on.</param>
/// <param name="Connectivity">Which pairs have a synapse.</param>
/// <param name="Weight">Weights, in the unit of the target's model.</param>
/// <param name="Delay">Delays, at least one tick.</param>
/// <param name="Learning">The rule of a plastic projection; null for a fixed one.</param>
public sealed record Projection(
    int Index, string Name, int Source, int Target, Connectivity Connectivity, Weight Weight, Delay Delay, LearningRule? Learning)
{
    /// <summary>Whether the weights change during a run.</summary>
    public bool IsPlastic => Learning is not null;
}
