using ActorSnn.Networks;

namespace ActorSnn.Learning;

/// <summary>
/// Initial weights, uniform in ±sqrt(6 / (sources + targets)) (Glorot and Bengio, AISTATS 2010): the same for a plain network and for the spiking one that is
/// compared with it.
/// </summary>
internal static class GlorotUniform
{
    /// <summary>Weights of all layers of a network.</summary>
    /// <param name="sizes">Neurons of layers 0 (input) to L (output).</param>
    /// <param name="seed">Seed.</param>
    /// <returns>For layers 1 to L: [source, target], row-major.</returns>
    public static float[][] Draw(ReadOnlySpan<int> sizes, ulong seed)
    {
        var layers = new float[sizes.Length - 1][];
        for (int l = 1; l < sizes.Length; l++)
        {
            var random = new CounterRandom(seed, RandomPurpose.Weight, l - 1);
            double limit = Math.Sqrt(6.0 / ((double)sizes[l - 1] + sizes[l]));
            var weights = layers[l - 1] = new float[checked(sizes[l - 1] * sizes[l])];
            for (int i = 0; i < weights.Length; i++) weights[i] = (float)((2 * random.Uniform(i) - 1) * limit);
        }
        return layers;
    }
}
