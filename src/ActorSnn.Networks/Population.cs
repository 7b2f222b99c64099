namespace ActorSnn.Networks;

/// <summary>Neurons of one model.</summary>
/// <param name="Index">Position in the network; defines the canonical order of state.</param>
/// <param name="Name">Unique name.</param>
/// <param name="Size">Number of neurons.</param>
/// <param name="Model">What the neurons do.</param>
public sealed record Population(int Index, string Name, int Size, NeuronModel Model);
