namespace ActorSnn.Learning.Tests.Reference;

/// <summary>How the winner of the output layer is drawn: three ways to one distribution, the softmax.</summary>
public enum ReferenceWinner
{
    Categorical,
    Race,
    Sigmoid,
}

/// <summary>Sizes and choices of an SSNN-BP network.</summary>
public sealed record SsnnBpReferenceOptions
{
    /// <summary>Neurons of layer 0 (input) to L (output), at least three.</summary>
    public required int[] Sizes { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Steps a training sample is shown.</summary>
    public int TrainLength { get; init; } = 32;

    /// <summary>Steps after which updates are committed together.</summary>
    public int Window { get; init; } = 1;

    public double Rate { get; init; } = 0.1;

    /// <summary>Of each pass, by what the rate is multiplied; powers of 2 times the smallest. The last one stays.</summary>
    public double[] Factors { get; init; } = [1];

    /// <summary>Gradient gain of layers 1 to L - 1; all 1 if not given. That of the output is 1.</summary>
    public double[]? Gains { get; init; }

    public bool Memoryless { get; init; }

    public bool SpikeDerivative { get; init; }

    public bool SplitWeights { get; init; }

    public bool HardSigmoid { get; init; }

    public ReferenceWinner Winner { get; init; }

    /// <summary>Probability that a hidden neuron is left out of a sample.</summary>
    public double Dropout { get; init; }

    public double L2 { get; init; }

    /// <summary>L: the number of the output layer.</summary>
    public int Layers => Sizes.Length - 1;

    public double Gain(int layer) => layer == Layers || Gains is null ? 1 : Gains[layer - 1];

    public double Factor(long pass) => Factors[Math.Min(pass, Factors.Length - 1)];
}
