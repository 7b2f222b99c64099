using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Reference;

/// <summary>
/// The published equations of learning from first spikes, as they are derived in docs/bstdg.md, in plain loops: no cores, no mesh, no packed bits. All numbers are 32-bit floats, and sums go by neuron.
/// </summary>
internal sealed class BstdgReference
{
    private readonly BstdgOptions _options;
    private readonly int[] _sizes;
    private readonly float[][][] _weights; // [layer][source][target]
    private readonly float[][] _thresholds;

    public BstdgReference(LayerWeights initial, BstdgOptions options)
    {
        _options = options;
        _sizes = [.. initial.Sizes];
        float bound = (float)options.Bound;
        _weights = [.. Enumerable.Range(1, 2).Select(l => Enumerable.Range(0, _sizes[l - 1])
            .Select(i => initial.Weights(l).AsSpan(i * _sizes[l], _sizes[l]).ToArray().Select(w => Math.Min(Math.Max(w, -bound), bound)).ToArray()).ToArray())];
        _thresholds = [.. Enumerable.Range(1, 2).Select(l => initial.Biases(l).Select(b => -b).ToArray())];
    }

    public IReadOnlyList<float> Weights(int layer) => [.. _weights[layer - 1].SelectMany(row => row)];

    public IReadOnlyList<float> Thresholds(int layer) => _thresholds[layer - 1];

    /// <summary>Step in which each input spikes; T for never.</summary>
    public int[] Encode(ReadOnlySpan<byte> intensities)
    {
        var times = new int[intensities.Length];
        for (int i = 0; i < times.Length; i++) times[i] = intensities[i] == 0 ? _options.Steps : (int)Math.Floor((255 - intensities[i]) * (double)_options.Steps / 255);
        return times;
    }

    /// <summary>Stamps of both layers, the class answered and its stamp.</summary>
    public (int[] Hidden, int[] Output, int Answer, int Decision) Answer(ReadOnlySpan<byte> intensities)
    {
        var inputs = Encode(intensities);
        var hidden = Layer(1, inputs, _thresholds[0], out _);
        var output = Layer(2, hidden, _thresholds[1], out var excess);
        int decision = output.Min();
        int answer = -1;
        for (int k = 0; k < output.Length; k++)
        {
            if (output[k] == decision && (answer < 0 || excess[k] > excess[answer])) answer = k;
        }
        return (hidden, output, answer, decision);
    }

    /// <summary>Learns from one sample.</summary>
    public void Train(ReadOnlySpan<byte> intensities, int label, long pass)
    {
        int steps = _options.Steps;
        var inputs = Encode(intensities);
        var hidden = Layer(1, inputs, _thresholds[0], out _);
        var shifted = _thresholds[1].Select((t, k) => _options.Shift == 0 ? t : Math.Max(1, t + (float)(k == label ? _options.Shift : -_options.Shift))).ToArray();
        var output = Layer(2, hidden, shifted, out _);

        int first = output.Min();
        var differences = output.Select((t, k) => (k == label, first) switch
        {
            (true, _) when first == steps => steps - _options.Margin - t,
            (false, _) when first == steps => 0,
            (true, _) => first - t,
            _ => t - first < _options.Margin ? Math.Min(first + _options.Margin, steps) - t : 0,
        }).ToArray();
        if (differences.All(d => d == 0)) return;
        double norm = Math.Sqrt(differences.Sum(d => (double)d * d));
        var errors = differences.Select(d => (float)(d / norm)).ToArray();

        // Back through the weights as they were in this sample.
        var back = new float[hidden.Length];
        for (int k = 0; k < errors.Length; k++)
        {
            if (errors[k] == 0) continue;
            for (int j = 0; j < hidden.Length; j++)
            {
                if (hidden[j] >= output[k] || hidden[j] > steps - 2) continue;
                float w = _weights[1][j][k];
                back[j] += _options.BackwardForm == SynapseForm.Real ? errors[k] * w : float.IsNegative(w) ? -errors[k] : errors[k];
            }
        }
        Update(2, hidden, output, errors, pass);
        double squares = 0;
        foreach (float b in back) squares += (double)b * b;
        if (squares == 0) return;
        double hiddenNorm = Math.Sqrt(squares);
        Update(1, inputs, hidden, [.. back.Select(b => (float)(b / hiddenNorm))], pass);
    }

    /// <summary>Stamps of a layer: one more than the step in which an input made it cross.</summary>
    private int[] Layer(int layer, int[] inputs, float[] thresholds, out double[] excess)
    {
        int steps = _options.Steps;
        int size = _sizes[layer];
        var times = Enumerable.Repeat(steps, size).ToArray();
        var potentials = new float[size];
        excess = new double[size];
        for (int s = 0; s <= steps - 2; s++)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i] != s) continue;
                var row = _weights[layer - 1][i];
                for (int j = 0; j < size; j++) potentials[j] += Acting(row[j]);
            }
            if (s + 1 < layer) continue;
            for (int j = 0; j < size; j++)
            {
                if (times[j] < steps || !(potentials[j] >= thresholds[j])) continue;
                times[j] = s + 1;
                excess[j] = (double)potentials[j] - thresholds[j];
            }
        }
        for (int j = 0; j < size; j++)
        {
            if (times[j] == steps) excess[j] = (double)potentials[j] - thresholds[j];
        }
        return times;
    }

    private float Acting(float weight) => _options.Form == SynapseForm.Real ? weight : float.IsNegative(weight) ? -1 : 1;

    private void Update(int layer, int[] inputs, int[] times, float[] errors, long pass)
    {
        int steps = _options.Steps;
        var settings = layer == 1 ? _options.First : _options.Second;
        float rate = RateOf(settings.Rate, pass);
        float bound = (float)_options.Bound;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] > steps - 2) continue; // what came too late for anybody is as if it had not come
            var row = _weights[layer - 1][i];
            for (int j = 0; j < times.Length; j++)
            {
                float change = errors[j] == 0 ? 0 : rate * errors[j] * Window(times[j] - inputs[i]);
                if (change != 0) row[j] = Math.Min(Math.Max(row[j] - change, -bound), bound);
            }
        }
        if (_options.Thresholds == ThresholdTraining.Fixed) return;
        float thresholdRate = RateOf(_options.ThresholdRateOf(settings), pass);
        double mean = 0;
        foreach (float e in errors) mean += e;
        mean /= errors.Length;
        for (int j = 0; j < times.Length; j++)
        {
            float change = thresholdRate * (_options.Thresholds == ThresholdTraining.Layer ? (float)mean : errors[j]);
            if (change != 0) _thresholds[layer - 1][j] = Math.Max(_thresholds[layer - 1][j] + change, (float)_options.LeastThreshold);
        }
    }

    /// <summary>G, by the time from input to spike.</summary>
    private float Window(int dt) => _options.Window switch
    {
        TimingWindow.Stdp => dt > 0 ? 1 : -(float)_options.Late,
        _ when dt <= 0 => 0,
        TimingWindow.Exp => (float)PortableMath.Exp(-dt / _options.WindowSteps),
        TimingWindow.Linear => (float)((double)dt / _options.Steps),
        _ => 1,
    };

    private float RateOf(double rate, long pass)
    {
        if (_options.Passes > 0) rate = rate * (_options.Passes - Math.Min(pass, _options.Passes - 1)) / _options.Passes;
        if (_options.RateFactor < 1)
        {
            for (; pass > 0; pass--) rate *= _options.RateFactor;
        }
        return (float)rate;
    }
}
