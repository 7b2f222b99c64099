using System.Collections.Immutable;

namespace ActorSnn.Learning;

/// <summary>Weights and biases of fully connected layers: of a plain network, or of the spiking one that is compared with it.</summary>
public sealed class LayerWeights
{
    private readonly float[][] _weights;
    private readonly float[][] _biases;

    /// <summary>Takes ownership of arrays.</summary>
    /// <param name="sizes">Neurons of layers 0 (input) to L (output), each at least 1.</param>
    /// <param name="weights">For layers 1 to L: [source, target], row-major.</param>
    /// <param name="biases">For layers 1 to L: [target].</param>
    /// <exception cref="ArgumentException">Fewer than two layers, an empty one, or arrays of other sizes.</exception>
    public LayerWeights(ReadOnlySpan<int> sizes, float[][] weights, float[][] biases)
    {
        if (sizes.Length < 2) throw new ArgumentException($"{sizes.Length} layers; at least an input and an output", nameof(sizes));
        foreach (int size in sizes) ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(sizes));
        if (weights.Length != sizes.Length - 1) throw new ArgumentException($"{weights.Length} weight arrays for {sizes.Length - 1} layers", nameof(weights));
        if (biases.Length != sizes.Length - 1) throw new ArgumentException($"{biases.Length} bias arrays for {sizes.Length - 1} layers", nameof(biases));
        for (int l = 1; l < sizes.Length; l++)
        {
            if (weights[l - 1].Length != (long)sizes[l - 1] * sizes[l])
                throw new ArgumentException($"{weights[l - 1].Length} weights for {sizes[l - 1]} x {sizes[l]}", nameof(weights));
            if (biases[l - 1].Length != sizes[l]) throw new ArgumentException($"{biases[l - 1].Length} biases for {sizes[l]}", nameof(biases));
        }
        (Sizes, _weights, _biases) = ([.. sizes], weights, biases);
    }

    /// <summary>Neurons of layers 0 (input) to L (output).</summary>
    public ImmutableArray<int> Sizes { get; }

    /// <summary>L: the number of the output layer.</summary>
    public int Layers => Sizes.Length - 1;

    /// <summary>Weights that end on a layer, [source, target] row-major; not copied.</summary>
    /// <param name="layer">1 to L.</param>
    public float[] Weights(int layer) => _weights[layer - 1];

    /// <summary>Biases of a layer, [target]; not copied.</summary>
    /// <param name="layer">1 to L.</param>
    public float[] Biases(int layer) => _biases[layer - 1];

    /// <summary>Random initial weights, uniform in ±sqrt(6 / (sources + targets)), and no biases.</summary>
    /// <param name="sizes">Neurons of layers 0 (input) to L (output).</param>
    /// <param name="seed">Seed.</param>
    public static LayerWeights Initialise(ReadOnlySpan<int> sizes, ulong seed)
    {
        var biases = new float[sizes.Length - 1][];
        for (int l = 1; l < sizes.Length; l++) biases[l - 1] = new float[sizes[l]];
        return new LayerWeights(sizes, GlorotUniform.Draw(sizes, seed), biases);
    }

    /// <summary>The same weights in arrays of their own.</summary>
    public LayerWeights Copy() => new(Sizes.AsSpan(), Array.ConvertAll(_weights, w => (float[])w.Clone()), Array.ConvertAll(_biases, b => (float[])b.Clone()));

    internal ReadOnlySpan<float> Row(int layer, int source) => ModifiableRow(layer, source);

    internal Span<float> ModifiableRow(int layer, int source) => _weights[layer - 1].AsSpan(source * Sizes[layer], Sizes[layer]);
}
