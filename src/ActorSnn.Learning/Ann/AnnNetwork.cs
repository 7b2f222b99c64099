using System.Numerics.Tensors;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Ann;

/// <summary>
/// The plain network that a spiking one is compared with: fully connected layers, sigmoid hidden neurons, linear outputs whose softmax are the probabilities
/// of the classes. Also what rates make of the weights of a spiking network.
/// <para>
/// Single precision; a neuron's inputs are added in their order, and inputs of 0 are skipped, so that every machine gets the same bits. Not for two threads at once.
/// </para>
/// </summary>
public sealed class AnnNetwork
{
    private readonly LayerWeights _weights;
    private readonly HiddenActivation _activation;
    private readonly float[][] _rates; // by layer; of the output layer potentials

    /// <summary>A network of given weights, which it reads whenever it runs.</summary>
    /// <param name="weights">The weights; not copied.</param>
    /// <param name="activation">Activation of hidden neurons.</param>
    public AnnNetwork(LayerWeights weights, HiddenActivation activation)
    {
        (_weights, _activation) = (weights, activation);
        _rates = [.. weights.Sizes.Select(size => new float[size])];
    }

    /// <summary>The class of a sample: that of the highest potential, the lowest-numbered of equals.</summary>
    /// <param name="inputs">[inputs], 0 to 1.</param>
    public int Classify(ReadOnlySpan<float> inputs)
    {
        inputs.CopyTo(Input);
        return Classify();
    }

    /// <summary>Fraction of samples classified correctly.</summary>
    /// <param name="samples">The samples.</param>
    /// <exception cref="ArgumentException">They are of another size than the input layer or of more classes than outputs.</exception>
    public double Accuracy(AnnSamples samples)
    {
        Require(samples);
        int right = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            samples.Read(i, Input);
            if (Classify() == samples.Labels[i]) right++;
        }
        return (double)right / Math.Max(1, samples.Count);
    }

    /// <summary>Values of the input layer, to be set before <see cref="Propagate"/>.</summary>
    internal Span<float> Input => _rates[0];

    /// <summary>Activations of a layer; potentials where it is the output.</summary>
    internal float[] Rates(int layer) => _rates[layer];

    /// <summary>Activates a layer from the one below.</summary>
    internal void Propagate(int layer)
    {
        float[] sums = _rates[layer];
        _weights.Biases(layer).CopyTo(sums, 0);
        float[] below = _rates[layer - 1];
        for (int j = 0; j < below.Length; j++)
        {
            if (below[j] != 0) TensorPrimitives.MultiplyAdd(_weights.Row(layer, j), below[j], sums, sums);
        }
        if (layer == _weights.Layers) return;
        for (int i = 0; i < sums.Length; i++)
            sums[i] = _activation == HiddenActivation.Logistic ? (float)PortableMath.Logistic(sums[i]) : Math.Clamp(sums[i], 0, 1);
    }

    internal void Require(AnnSamples samples)
    {
        if (samples.Inputs != _weights.Sizes[0]) throw new ArgumentException($"samples of {samples.Inputs} values for {_weights.Sizes[0]} inputs", nameof(samples));
        int highest = samples.Count == 0 ? 0 : TensorPrimitives.Max<byte>(samples.Labels);
        if (highest >= _weights.Sizes[^1]) throw new ArgumentException($"class {highest} for {_weights.Sizes[^1]} outputs", nameof(samples));
    }

    private int Classify()
    {
        for (int l = 1; l <= _weights.Layers; l++) Propagate(l);
        float[] potentials = _rates[^1];
        int best = 0;
        for (int k = 1; k < potentials.Length; k++)
        {
            if (potentials[k] > potentials[best]) best = k;
        }
        return best;
    }
}
