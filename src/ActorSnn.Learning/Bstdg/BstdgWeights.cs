using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>Weights to start from.</summary>
public static class BstdgWeights
{
    /// <summary>Uniform weights, cut to the bound, and thresholds, negated, in the place of biases.</summary>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputs">Classes.</param>
    /// <param name="options">What the network is like.</param>
    /// <param name="seed">Seed.</param>
    public static LayerWeights Initialise(int inputs, int outputs, BstdgOptions options, ulong seed)
    {
        options.Validate();
        int[] sizes = [inputs, options.Hidden, outputs];
        BstdgLayer[] layers = [options.First, options.Second];
        var weights = new float[2][];
        var biases = new float[2][];
        for (int l = 0; l < 2; l++)
        {
            var random = new CounterRandom(seed, RandomPurpose.Weight, l);
            var (layer, bound) = (layers[l], (float)options.Bound);
            weights[l] = new float[checked(sizes[l] * sizes[l + 1])];
            for (int i = 0; i < weights[l].Length; i++)
                weights[l][i] = Math.Clamp((float)(layer.InitialLow + random.Uniform(i) * (layer.InitialHigh - layer.InitialLow)), -bound, bound);
            biases[l] = new float[sizes[l + 1]];
            Array.Fill(biases[l], -(float)layer.Threshold);
        }
        return new LayerWeights(sizes, weights, biases);
    }
}
