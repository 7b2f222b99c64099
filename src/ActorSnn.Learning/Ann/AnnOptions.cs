namespace ActorSnn.Learning.Ann;

/// <summary>How a plain network learns.</summary>
public sealed record AnnOptions
{
    /// <summary>Seed of the initial weights, the order of samples, and dropout.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Learning rate by pass.</summary>
    public required RateSchedule Schedule { get; init; }

    /// <summary>Activation of hidden neurons.</summary>
    public HiddenActivation Activation { get; init; }

    /// <summary>Decay λ: every sample takes weights, not biases, times 1 - rate λ; at least 0.</summary>
    public double L2 { get; init; }

    /// <summary>Probability that a hidden neuron is left out of a sample, 0 to below 1; the weights of those that stay count over 1 - p.</summary>
    public double Dropout { get; init; }
}
