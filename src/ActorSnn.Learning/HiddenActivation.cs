namespace ActorSnn.Learning;

/// <summary>What a hidden neuron makes of its input: an activation, or the probability of a spike.</summary>
public enum HiddenActivation
{
    /// <summary>1 / (1 + exp(-z)); its derivative is a (1 - a).</summary>
    Logistic,

    /// <summary>z between 0 and 1, and no further; its derivative is 1 strictly between them and 0 elsewhere.</summary>
    HardSigmoid,
}
