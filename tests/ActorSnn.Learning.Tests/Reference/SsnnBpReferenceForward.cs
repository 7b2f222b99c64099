using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Reference;

/// <summary>
/// The forward part of an SSNN-BP network, a step at a time: inputs and hidden neurons spike at random, one output wins. Weights are integers; a layer's unit
/// says what 1 stands for. Arrays of layers begin with an unused one for the input.
/// </summary>
public sealed class SsnnBpReferenceForward
{
    private readonly SsnnBpReferenceOptions _options;
    private readonly int[][][] _weights;
    private readonly double[] _units;
    private readonly CounterRandom _inputSpikes;
    private readonly CounterRandom[] _hiddenSpikes;
    private readonly CounterRandom _winner;
    private readonly int[][] _currents;
    private readonly bool[][] _x;
    private readonly double[] _potentials;
    private readonly double[] _exponentials;
    private readonly int[] _inked;
    private readonly ulong[] _intensities; // of the inked pixels, shifted by 32 bits
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];
    private int _inkedCount;

    /// <param name="options">The network.</param>
    /// <param name="weights">[layer][source][target]; the bias is the row after the last source. Read at every step.</param>
    /// <param name="units">[layer].</param>
    /// <param name="seed">Seed.</param>
    /// <param name="populations">[layer]: index of the population whose random numbers it draws.</param>
    public SsnnBpReferenceForward(SsnnBpReferenceOptions options, int[][][] weights, double[] units, ulong seed, int[] populations)
    {
        (_options, _weights, _units) = (options, weights, units);
        int[] sizes = options.Sizes;
        _inputSpikes = new CounterRandom(seed, RandomPurpose.SourceSpike, populations[0]);
        _hiddenSpikes = [.. populations.Select(p => new CounterRandom(seed, RandomPurpose.NeuronSpike, p))];
        _winner = new CounterRandom(seed, RandomPurpose.Winner, populations[^1]);
        _currents = [.. sizes.Select(n => new int[n])];
        _x = [.. sizes.Select(n => new bool[n])];
        _potentials = new double[sizes[^1]];
        _exponentials = new double[sizes[^1]];
        _inked = new int[sizes[0]];
        _intensities = new ulong[sizes[0]];
        Z = [.. sizes.Select(n => new long[n])];
        P = [.. sizes.Select(n => new double[n])];
        Risen = [.. sizes.Select(n => new bool[n])];
        Masked = [.. sizes.Select(n => new bool[n])];
    }

    /// <summary>[layer][neuron]: what the membranes have accumulated since the sample's onset, in units.</summary>
    public long[][] Z { get; }

    /// <summary>[layer][neuron]: probability of a spike of hidden neurons in the last step.</summary>
    public double[][] P { get; }

    /// <summary>[layer][neuron]: whether a hidden neuron spiked in the last step and not in the one before.</summary>
    public bool[][] Risen { get; }

    /// <summary>[layer][neuron]: hidden neurons that are left out of this sample.</summary>
    public bool[][] Masked { get; }

    /// <summary>The output that won the last step.</summary>
    public int Winner { get; private set; }

    /// <summary>Begins a sample: everything a neuron knows of samples is forgotten.</summary>
    /// <param name="image">One byte an input, 0 to 255.</param>
    public void Present(ReadOnlySpan<byte> image)
    {
        if (image.Length != _inked.Length) throw new ArgumentException($"{image.Length} pixels for {_inked.Length} inputs");
        _inkedCount = 0;
        for (int j = 0; j < image.Length; j++)
        {
            if (image[j] == 0) continue;
            _inked[_inkedCount] = j;
            _intensities[_inkedCount++] = (ulong)image[j] << 32;
        }
        foreach (long[] z in Z) Array.Clear(z);
        foreach (bool[] x in _x) Array.Clear(x);
    }

    /// <summary>One step.</summary>
    /// <param name="s">Number of the step, over all samples: what random numbers are drawn by.</param>
    /// <param name="t">Number of the step within the sample, from 1.</param>
    /// <param name="spikes">[layer]: receives the spikes of layers 0 to L - 1, in ascending order.</param>
    public void Step(long s, int t, List<int>[] spikes)
    {
        DrawInput(s, spikes[0]);
        for (int l = 1; l < _options.Layers; l++)
        {
            Accumulate(l, spikes[l - 1]);
            DrawHidden(l, s, t, spikes[l]);
        }
        Accumulate(_options.Layers, spikes[^1]);
        Winner = DrawWinner(s, t);
    }

    private void DrawInput(long s, List<int> spikes)
    {
        spikes.Clear();
        long group = -1;
        for (int n = 0; n < _inkedCount; n++)
        {
            int j = _inked[n];
            if (j / CounterRandom.GroupSize != group)
            {
                group = j / CounterRandom.GroupSize;
                _inputSpikes.Fill(s, group, _words);
            }
            if ((ulong)_words[j % CounterRandom.GroupSize] * 255 < _intensities[n]) spikes.Add(j);
        }
    }

    private void Accumulate(int l, List<int> spikes)
    {
        int[][] weights = _weights[l];
        Span<int> currents = _currents[l];
        weights[^1].CopyTo(currents);
        foreach (int j in spikes)
        {
            var row = weights[j].AsSpan(0, currents.Length);
            for (int i = 0; i < currents.Length; i++) currents[i] += row[i];
        }
        long[] z = Z[l];
        for (int i = 0; i < z.Length; i++) z[i] += currents[i];
    }

    private double Potential(int l, int i, int t) => _options.Memoryless ? _currents[l][i] * _units[l] : Z[l][i] * (_units[l] / t);

    private void DrawHidden(int l, long s, int t, List<int> spikes)
    {
        spikes.Clear();
        double[] p = P[l];
        for (int i = 0; i < p.Length; i++)
        {
            if (i % CounterRandom.GroupSize == 0) _hiddenSpikes[l].Fill(s, i / CounterRandom.GroupSize, _words);
            double v = Potential(l, i, t);
            p[i] = _options.HardSigmoid ? Math.Clamp(v, 0, 1) : PortableMath.Logistic(v);
            bool x = !Masked[l][i] && _words[i % CounterRandom.GroupSize] < p[i] * 4294967296.0;
            Risen[l][i] = x && !_x[l][i];
            _x[l][i] = x;
            if (x) spikes.Add(i);
        }
    }

    private int DrawWinner(long s, int t)
    {
        for (int k = 0; k < _potentials.Length; k++) _potentials[k] = Potential(_options.Layers, k, t);
        return DrawWinner(_options.Winner, _potentials, _exponentials, _winner, s);
    }

    /// <summary>Draws one of K, k with probability exp(v_k) / sum exp(v).</summary>
    /// <param name="how">How.</param>
    /// <param name="v">[K].</param>
    /// <param name="e">[K], room to work in.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="s">Number of the step.</param>
    public static int DrawWinner(ReferenceWinner how, double[] v, double[] e, CounterRandom random, long s)
    {
        double m = v.Max();
        if (how == ReferenceWinner.Race)
        {
            int first = 0;
            double earliest = double.PositiveInfinity;
            for (int k = 0; k < v.Length; k++)
            {
                double time = -PortableMath.Log(1 - random.Uniform(k, s)) * PortableMath.Exp(m - v[k]);
                if (time < earliest) (first, earliest) = (k, time);
            }
            return first;
        }

        double sum = 0;
        for (int k = 0; k < v.Length; k++) sum += e[k] = PortableMath.Exp(v[k] - m);
        if (how == ReferenceWinner.Categorical)
        {
            double r = random.Uniform(0, s) * sum;
            double partial = 0;
            for (int k = 0; k < v.Length; k++)
            {
                partial += e[k];
                if (r < partial) return k;
            }
            return v.Length - 1;
        }

        double inhibition = m + PortableMath.Log(sum);
        for (long r = 0; ; r++)
        {
            int spikes = 0, only = 0;
            for (int k = 0; k < v.Length; k++)
            {
                if (random.Uniform(r * v.Length + k, s) >= PortableMath.Logistic(v[k] - inhibition)) continue;
                spikes++;
                only = k;
            }
            if (spikes == 1) return only;
        }
    }
}
