using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Reference;

/// <summary>An SSNN-BP network that classifies, one sample after the other.</summary>
public sealed class SsnnBpReferenceInference
{
    private readonly SsnnBpReferenceOptions _options;
    private readonly int[][][] _weights;
    private readonly double[] _units;
    private readonly int _testLength;
    private readonly SsnnBpReferenceForward _forward;
    private readonly List<int>[] _spikes;
    private readonly double[][] _rates;
    private long _samples;

    /// <param name="options">The network.</param>
    /// <param name="weights">[layer][source][target]; the bias is the row after the last source.</param>
    /// <param name="units">[layer].</param>
    /// <param name="testLength">Steps a sample is shown.</param>
    /// <param name="seed">Seed.</param>
    public SsnnBpReferenceInference(SsnnBpReferenceOptions options, int[][][] weights, double[] units, int testLength, ulong seed)
    {
        (_options, _weights, _units, _testLength) = (options, weights, units, testLength);
        // Populations of the inference network: input, one, then the layers.
        _forward = new SsnnBpReferenceForward(options, weights, units, seed, [.. options.Sizes.Select((_, l) => l == 0 ? 0 : l + 1)]);
        _spikes = [.. Enumerable.Range(0, options.Layers).Select(_ => new List<int>())];
        _rates = [.. options.Sizes.Select(n => new double[n])];
        Wins = new int[options.Sizes[^1]];
    }

    /// <summary>How often each output won during the last sample.</summary>
    public int[] Wins { get; }

    /// <summary>The class by spikes: most wins; of equals that with the highest potential, then the lowest.</summary>
    public int Classify(ReadOnlySpan<byte> image)
    {
        Array.Clear(Wins);
        _forward.Present(image);
        for (int t = 1; t <= _testLength; t++)
        {
            _forward.Step(_samples * _testLength + t - 1, t, _spikes);
            Wins[_forward.Winner]++;
        }
        _samples++;
        long[] z = _forward.Z[^1];
        int best = 0;
        for (int k = 1; k < Wins.Length; k++)
        {
            if (Wins[k] > Wins[best] || Wins[k] == Wins[best] && z[k] > z[best]) best = k;
        }
        return best;
    }

    /// <summary>The class by rates: what a plain network of these weights answers.</summary>
    public int ClassifyByRate(ReadOnlySpan<byte> image)
    {
        for (int j = 0; j < image.Length; j++) _rates[0][j] = image[j] / 255.0;
        for (int l = 1; l <= _options.Layers; l++)
        {
            double[] sums = _rates[l];
            Array.Clear(sums);
            for (int j = 0; j <= _rates[l - 1].Length; j++)
            {
                double rate = j == _rates[l - 1].Length ? 1 : _rates[l - 1][j];
                if (rate == 0) continue;
                int[] row = _weights[l][j];
                for (int i = 0; i < sums.Length; i++) sums[i] += rate * (row[i] * _units[l]);
            }
            if (l == _options.Layers) break;
            for (int i = 0; i < sums.Length; i++) sums[i] = _options.HardSigmoid ? Math.Clamp(sums[i], 0, 1) : PortableMath.Logistic(sums[i]);
        }
        return Array.IndexOf(_rates[^1], _rates[^1].Max());
    }
}
