using System.Numerics.Tensors;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Ann;

/// <summary>
/// Stochastic gradient descent on a plain network, one sample at a time: backpropagation of softmax and cross-entropy, no momentum. What the spiking
/// networks approach with long spike trains: they share sizes, initial weights, order of samples, rates and regularisation.
/// <para>
/// Vectors run over independent weights and sums have a fixed order, so that the result is the same on any machine, bit for bit.
/// </para>
/// </summary>
public sealed class AnnTrainer
{
    private readonly AnnOptions _options;
    private readonly float[][] _errors; // by layer: of the loss by the potential
    private readonly bool[][] _masked;

    /// <summary>Starts from random weights (<see cref="LayerWeights.Initialise"/>).</summary>
    /// <param name="sizes">Neurons of layers 0 (input) to L (output).</param>
    /// <param name="options">How it learns.</param>
    public AnnTrainer(ReadOnlySpan<int> sizes, AnnOptions options) : this(LayerWeights.Initialise(sizes, options.Seed), options)
    {
    }

    /// <summary>Starts from given weights.</summary>
    /// <param name="weights">The weights; not copied, and changed by learning.</param>
    /// <param name="options">How it learns.</param>
    public AnnTrainer(LayerWeights weights, AnnOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.L2);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Dropout, 1);
        (Weights, _options) = (weights, options);
        Network = new AnnNetwork(weights, options.Activation);
        _errors = [.. weights.Sizes.Select(size => new float[size])];
        _masked = [.. weights.Sizes.Select(size => new bool[size])];
    }

    /// <summary>The weights as they are now.</summary>
    public LayerWeights Weights { get; }

    /// <summary>The network as it classifies.</summary>
    public AnnNetwork Network { get; }

    /// <summary>Samples learned from.</summary>
    public long Samples { get; private set; }

    /// <summary>Learns from every sample of a set once, in the order of the pass, at the rate of the pass.</summary>
    /// <param name="samples">The training set.</param>
    /// <param name="pass">Number of the pass, from 0.</param>
    /// <param name="progress">Is told after every sample how many of the pass are done.</param>
    /// <param name="stop">Ends it before the next sample.</param>
    /// <returns>Mean loss of the samples, each before learning from it.</returns>
    /// <exception cref="ArgumentException">There are none, or they are of another size than the input layer or of more classes than outputs.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public double RunPass(AnnSamples samples, int pass, Action<int>? progress = null, CancellationToken stop = default)
    {
        Network.Require(samples);
        var order = new SamplePermutation(_options.Seed, pass, samples.Count);
        double rate = _options.Schedule.RateOf(pass);
        double loss = 0;
        for (int position = 0; position < samples.Count; position++)
        {
            stop.ThrowIfCancellationRequested();
            int sample = order[position];
            samples.Read(sample, Network.Input);
            loss += Learn(samples.Labels[sample], rate);
            progress?.Invoke(position + 1);
        }
        return loss / samples.Count;
    }

    /// <summary>Learns from one sample.</summary>
    /// <param name="inputs">[inputs], 0 to 1.</param>
    /// <param name="label">Its class.</param>
    /// <param name="rate">Learning rate.</param>
    /// <returns>The loss before: minus the logarithm of the class's probability.</returns>
    public double Learn(ReadOnlySpan<float> inputs, int label, double rate)
    {
        inputs.CopyTo(Network.Input);
        return Learn(label, rate);
    }

    private double Learn(int label, double rate)
    {
        for (int l = 1; l <= Weights.Layers; l++)
        {
            Network.Propagate(l);
            if (l < Weights.Layers && _options.Dropout > 0) LeaveOut(l);
        }
        double loss = OutputErrors(label);
        for (int l = Weights.Layers - 1; l >= 1; l--) HiddenErrors(l);
        for (int l = 1; l <= Weights.Layers; l++) Update(l, rate);
        Samples++;
        return loss;
    }

    private void LeaveOut(int layer)
    {
        var random = new CounterRandom(_options.Seed, RandomPurpose.Dropout, layer);
        float[] rates = Network.Rates(layer);
        bool[] masked = _masked[layer];
        for (int i = 0; i < rates.Length; i++)
        {
            masked[i] = random.Word(Samples, i) < _options.Dropout * 4294967296.0;
            rates[i] = masked[i] ? 0 : rates[i] * Enlarged;
        }
    }

    // By what dropout multiplies the outgoing weights of the neurons that stay.
    private float Enlarged => (float)(1 / (1 - _options.Dropout));

    private double OutputErrors(int label)
    {
        float[] potentials = Network.Rates(Weights.Layers);
        float[] errors = _errors[^1];
        double highest = TensorPrimitives.Max(potentials);
        double sum = 0;
        foreach (float z in potentials) sum += PortableMath.Exp(z - highest);
        for (int k = 0; k < errors.Length; k++) errors[k] = (float)(PortableMath.Exp(potentials[k] - highest) / sum - (k == label ? 1 : 0));
        return PortableMath.Log(sum) - (potentials[label] - highest);
    }

    private void HiddenErrors(int layer)
    {
        float[] rates = Network.Rates(layer);
        float[] errors = _errors[layer];
        float[] above = _errors[layer + 1];
        for (int j = 0; j < errors.Length; j++)
        {
            errors[j] = 0;
            if (_masked[layer][j]) continue;
            // The activation without dropout's enlargement.
            float rate = _options.Dropout > 0 ? rates[j] / Enlarged : rates[j];
            float derivative = _options.Activation == HiddenActivation.Logistic ? rate * (1 - rate) : rate > 0 && rate < 1 ? 1 : 0;
            if (derivative == 0) continue;
            var row = Weights.Row(layer + 1, j);
            float sum = 0;
            for (int k = 0; k < row.Length; k++) sum += row[k] * above[k];
            errors[j] = derivative * (_options.Dropout > 0 ? sum * Enlarged : sum);
        }
    }

    private void Update(int layer, double rate)
    {
        float[] errors = _errors[layer];
        float[] below = Network.Rates(layer - 1);
        if (_options.L2 > 0)
        {
            float[] weights = Weights.Weights(layer);
            TensorPrimitives.Multiply(weights, (float)(1 - rate * _options.L2), weights);
        }
        float step = (float)-rate;
        for (int j = 0; j < below.Length; j++)
        {
            if (below[j] == 0) continue;
            var row = Weights.ModifiableRow(layer, j);
            TensorPrimitives.MultiplyAdd(errors, step * below[j], row, row);
        }
        float[] biases = Weights.Biases(layer);
        TensorPrimitives.MultiplyAdd(errors, step, biases, biases);
    }
}
