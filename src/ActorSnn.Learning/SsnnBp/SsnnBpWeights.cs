using System.Collections.Immutable;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>Weights and biases of the layers of an SSNN-BP network, or of a plain network of the same sizes.</summary>
public sealed class SsnnBpWeights
{
    /// <summary>Takes ownership of weights.</summary>
    /// <param name="sizes">Neurons of layers 0 (input) to L (output), at least three layers.</param>
    /// <param name="weights">For layers 1 to L: [source, target], row-major.</param>
    /// <param name="biases">For layers 1 to L: one a neuron.</param>
    public SsnnBpWeights(ImmutableArray<int> sizes, float[][] weights, float[][] biases)
    {
        if (sizes.Length < 3 || weights.Length != sizes.Length - 1 || biases.Length != sizes.Length - 1)
            throw new ArgumentException($"{sizes.Length} layers, {weights.Length} weight matrices and {biases.Length} rows of biases", nameof(weights));
        for (int l = 1; l < sizes.Length; l++)
        {
            if (weights[l - 1].Length != (long)sizes[l - 1] * sizes[l] || biases[l - 1].Length != sizes[l])
                throw new ArgumentException($"layer {l} has {weights[l - 1].Length} weights and {biases[l - 1].Length} biases for {sizes[l - 1]} x {sizes[l]}", nameof(weights));
        }
        (Sizes, Weights, Biases) = (sizes, weights, biases);
    }

    /// <summary>Neurons of layers 0 (input) to L (output).</summary>
    public ImmutableArray<int> Sizes { get; }

    /// <summary>For layers 1 to L: [source, target], row-major.</summary>
    public float[][] Weights { get; }

    /// <summary>For layers 1 to L: one a neuron.</summary>
    public float[][] Biases { get; }

    /// <summary>Random initial weights (Glorot-uniform) and biases of zero: the same that a plain network of the same seed starts from.</summary>
    /// <param name="inputs">Neurons of the input.</param>
    /// <param name="hidden">Neurons of the hidden layers.</param>
    /// <param name="outputs">Neurons of the output.</param>
    /// <param name="seed">Seed.</param>
    public static SsnnBpWeights Initialise(int inputs, ImmutableArray<int> hidden, int outputs, ulong seed)
    {
        ImmutableArray<int> sizes = [inputs, .. hidden, outputs];
        return new SsnnBpWeights(sizes, GlorotUniform.Draw(sizes.AsSpan(), seed), [.. sizes.Skip(1).Select(n => new float[n])]);
    }
}
