using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Reference;

/// <summary>
/// SSNN-BP in plain loops, straight from the specification: stochastic composite neurons that send activations forward and signed gradients backward as spikes in
/// the same step, and synapses that change where the two coincide (reconstructed from the abstract of Biswas, Saraswat and Ganguly, Neuromorphic Computing and
/// Engineering 3, 034009, 2023). Weights and their steps are integers, random numbers are drawn by counter.
/// The mesh must equal this, bit for bit. Arrays of layers begin with an unused one for the input.
/// </summary>
public sealed class SsnnBpReference
{
    private readonly SsnnBpReferenceOptions _options;
    private readonly int[][][] _weights; // [layer][source][target]; the last source is the bias
    private readonly int[] _bounds;
    private readonly double[] _boosts;
    private readonly double[] _quanta; // of the smallest factor, in units
    private readonly SsnnBpReferenceForward _forward;
    private readonly CounterRandom[] _dropout, _backwardSpikes, _backwardSpikesMinus, _decay;
    private readonly Step[] _window;
    private readonly int[] _net; // scratch, [largest layer], 0 between uses
    private readonly (int Target, int Change)[] _changes;
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];
    private readonly uint[] _wordsMinus = new uint[CounterRandom.GroupSize];

    /// <param name="options">The network.</param>
    /// <param name="weights">[L][source * targets + target]: initial weights of layers 1 to L.</param>
    /// <param name="biases">[L][target]; all 0 if not given.</param>
    public SsnnBpReference(SsnnBpReferenceOptions options, float[][] weights, float[][]? biases = null)
    {
        _options = options;
        int[] sizes = options.Sizes;
        int[] layers = [.. Enumerable.Range(0, sizes.Length)];
        _boosts = [.. layers.Select(l => l < 2 ? 1 : 1 / ((1 - options.Dropout) * (1 - options.Dropout)))];
        Units = new double[sizes.Length];
        _quanta = new double[sizes.Length];
        _bounds = new int[sizes.Length];
        _weights = new int[sizes.Length][][];
        for (int l = 1; l < sizes.Length; l++)
        {
            double quantum = options.Rate * _boosts[l] / (options.TrainLength * options.Gain(l));
            Units[l] = quantum * options.Factors.Min();
            _quanta[l] = 1;
            while (Units[l] > 1.0 / 65536)
            {
                Units[l] /= 2;
                _quanta[l] *= 2;
            }
            _bounds[l] = int.MaxValue / Math.Max(sizes[l - 1] + 1, l > 1 ? sizes[l] : 0);
            _weights[l] = new int[sizes[l - 1] + 1][];
            for (int j = 0; j <= sizes[l - 1]; j++)
            {
                _weights[l][j] = new int[sizes[l]];
                for (int i = 0; i < sizes[l]; i++)
                {
                    // Weights in effect: survivors of dropout have theirs over 1 - p.
                    double real = j == sizes[l - 1] ? biases?[l - 1][i] ?? 0
                        : l == 1 ? weights[0][j * sizes[1] + i] : weights[l - 1][j * sizes[l] + i] / (1 - options.Dropout);
                    _weights[l][j][i] = (int)Math.Clamp(Math.Round(real / Units[l]), -_bounds[l], _bounds[l]);
                }
            }
        }

        CounterRandom[] Random(RandomPurpose purpose, int offset) => [.. layers.Select(l => new CounterRandom(options.Seed, purpose, Population(l) + offset))];
        _dropout = Random(RandomPurpose.Dropout, 0);
        _decay = Random(RandomPurpose.WeightDecay, 0);
        _backwardSpikes = Random(RandomPurpose.BackwardSpike, 1);
        _backwardSpikesMinus = Random(RandomPurpose.BackwardSpikeMinus, 1);
        _forward = new SsnnBpReferenceForward(options, _weights, Units, options.Seed, [.. layers.Select(Population)]);
        _window = [.. Enumerable.Range(0, options.Window).Select(_ => new Step(options.Layers))];
        _net = new int[sizes.Max()];
        _changes = new (int, int)[sizes.Max()];
    }

    /// <summary>[layer]: what a weight of 1 stands for.</summary>
    public double[] Units { get; }

    /// <summary>Samples learned from.</summary>
    public long Samples { get; private set; }

    /// <summary>Backward spikes drawn: one wherever the error and the derivative are not 0.</summary>
    public long Draws { get; private set; }

    /// <summary>Those whose probability exceeded 1.</summary>
    public long Clipped { get; private set; }

    /// <summary>Spikes sent backward by hidden neurons.</summary>
    public long BackwardSpikes { get; private set; }

    /// <summary>Membranes, probabilities, masks and the winner of the last step.</summary>
    public SsnnBpReferenceForward Forward => _forward;

    /// <summary>Spikes of the last step.</summary>
    public Step Last { get; private set; } = new(0);

    /// <summary>Of a layer, [source * targets + target], in units; a copy.</summary>
    public int[] Weights(int layer) => [.. _weights[layer].SkipLast(1).SelectMany(row => row)];

    /// <summary>Of a layer, [target], in units; a copy.</summary>
    public int[] Biases(int layer) => [.. _weights[layer][^1]];

    /// <summary>By how many units a coincidence changes a weight.</summary>
    public int Quantum(int layer, long pass) => (int)(Math.Round(_options.Factor(pass) / _options.Factors.Min()) * _quanta[layer]);

    /// <summary>Goes on through the passes over a set.</summary>
    /// <param name="pixels">[labels.Length, inputs].</param>
    /// <param name="labels">Labels.</param>
    /// <param name="samples">How many samples to learn from.</param>
    /// <param name="shuffled">Whether each pass has an order of its own.</param>
    public void Train(byte[] pixels, byte[] labels, long samples, bool shuffled)
    {
        int size = _options.Sizes[0];
        long order = -1;
        SamplePermutation? permutation = null;
        for (long end = Samples + samples; Samples < end;)
        {
            long pass = Samples / labels.Length;
            int image = (int)(Samples % labels.Length);
            if (shuffled)
            {
                if (order != pass) (order, permutation) = (pass, new SamplePermutation(_options.Seed, pass, labels.Length));
                image = permutation![image];
            }
            Train(pixels.AsSpan(image * size, size), labels[image], pass);
        }
    }

    /// <summary>Shows one sample for N steps and learns from it.</summary>
    public void Train(ReadOnlySpan<byte> image, int label, long pass = 0)
    {
        _forward.Present(image);
        for (int l = 1; l < _options.Layers && _options.Dropout > 0; l++)
        {
            bool[] masked = _forward.Masked[l];
            for (int i = 0; i < masked.Length; i++) masked[i] = _dropout[l].Word(Samples, i) < _options.Dropout * 4294967296.0;
        }
        for (int t = 1; t <= _options.TrainLength; t++) TakeStep(Samples * _options.TrainLength + t - 1, t, label, pass);
        Samples++;
    }

    private void TakeStep(long s, int t, int label, long pass)
    {
        var step = Last = _window[s % _window.Length];
        step.Clear(pass);
        _forward.Step(s, t, step.Spikes);
        step.Winner = _forward.Winner;
        if (step.Winner != label)
        {
            step.Plus[^1].Add(step.Winner);
            step.Minus[^1].Add(label);
            for (int l = _options.Layers - 1; l >= 1; l--)
            {
                if (_options.SplitWeights) SendBackSplit(l, s, step);
                else SendBack(l, s, step);
            }
        }

        if ((s + 1) % _window.Length != 0) return;
        for (int n = 0; n < _window.Length; n++)
        {
            for (int l = 1; l <= _options.Layers; l++)
            {
                Coincide(l, _window[n]);
                if (_options.L2 > 0) Decay(l, s + 1 - _window.Length + n, _window[n].Pass);
            }
        }
    }

    /// <summary>Backward spikes of a hidden layer, from those of the layer above through its weights.</summary>
    private void SendBack(int l, long s, Step step)
    {
        int[][] weights = _weights[l + 1];
        double scale = Units[l + 1] / _options.Gain(l + 1);
        int group = -1;
        for (int i = 0; i < _options.Sizes[l]; i++)
        {
            int[] row = weights[i];
            int error = 0;
            foreach (int k in step.Plus[l + 1]) error += row[k];
            foreach (int k in step.Minus[l + 1]) error -= row[k];
            double derivative = Derivative(l, i);
            if (error == 0 || derivative == 0) continue;
            if (i / CounterRandom.GroupSize != group)
            {
                group = i / CounterRandom.GroupSize;
                _backwardSpikes[l].Fill(s, group, _words);
            }
            if (Draw(l, error * scale, derivative, _words[i % CounterRandom.GroupSize])) (error > 0 ? step.Plus : step.Minus)[l].Add(i);
        }
    }

    /// <summary>The same with two lines that do not cancel: both may spike.</summary>
    private void SendBackSplit(int l, long s, Step step)
    {
        int[][] weights = _weights[l + 1];
        double scale = Units[l + 1] / _options.Gain(l + 1);
        for (int i = 0; i < _options.Sizes[l]; i++)
        {
            if (i % CounterRandom.GroupSize == 0)
            {
                _backwardSpikes[l].Fill(s, i / CounterRandom.GroupSize, _words);
                _backwardSpikesMinus[l].Fill(s, i / CounterRandom.GroupSize, _wordsMinus);
            }
            int[] row = weights[i];
            int plus = 0, minus = 0;
            foreach (int k in step.Plus[l + 1])
            {
                plus += Math.Max(row[k], 0);
                minus += Math.Max(-row[k], 0);
            }
            foreach (int k in step.Minus[l + 1])
            {
                plus += Math.Max(-row[k], 0);
                minus += Math.Max(row[k], 0);
            }
            double derivative = Derivative(l, i);
            if (derivative == 0) continue;
            if (plus != 0 && Draw(l, plus * scale, derivative, _words[i % CounterRandom.GroupSize])) step.Plus[l].Add(i);
            if (minus != 0 && Draw(l, minus * scale, derivative, _wordsMinus[i % CounterRandom.GroupSize])) step.Minus[l].Add(i);
        }
    }

    private double Derivative(int l, int i)
    {
        if (_forward.Masked[l][i]) return 0;
        if (_options.SpikeDerivative) return _forward.Risen[l][i] ? 1 : 0;
        double p = _forward.P[l][i];
        return _options.HardSigmoid ? (p > 0 && p < 1 ? 1 : 0) : p * (1 - p);
    }

    private bool Draw(int l, double error, double derivative, uint word)
    {
        double probability = _options.Gain(l) * derivative * Math.Abs(error);
        Draws++;
        if (probability > 1) Clipped++;
        bool spikes = word < probability * 4294967296.0;
        if (spikes) BackwardSpikes++;
        return spikes;
    }

    /// <summary>Where a forward spike meets a backward spike, the weight moves by a quantum.</summary>
    private void Coincide(int l, Step step)
    {
        if (step.Plus[l].Count + step.Minus[l].Count == 0) return;
        int quantum = Quantum(l, step.Pass);
        foreach (int i in step.Plus[l]) _net[i]++;
        foreach (int i in step.Minus[l]) _net[i]--;
        int count = 0;
        foreach (var line in (ReadOnlySpan<List<int>>)[step.Plus[l], step.Minus[l]])
        {
            foreach (int i in line)
            {
                if (_net[i] != 0) _changes[count++] = (i, -quantum * _net[i]);
                _net[i] = 0;
            }
        }
        var changes = _changes.AsSpan(0, count);
        foreach (int j in step.Spikes[l - 1]) Change(_weights[l][j], changes, _bounds[l]);
        Change(_weights[l][^1], changes, _bounds[l]);
    }

    private static void Change(int[] row, ReadOnlySpan<(int Target, int Change)> changes, int bound)
    {
        foreach (var (i, change) in changes) row[i] = Math.Clamp(row[i] + change, -bound, bound);
    }

    /// <summary>Every weight w (biases apart) moves a quantum toward 0 with probability lambda s |w|, as long as |w| is below 4.</summary>
    private void Decay(int l, long s, long pass)
    {
        double most = Math.Min(1, _options.L2 * _options.Gain(l) * 4 / _boosts[l]);
        double logOfRest = PortableMath.Log(1 - most);
        int sources = _options.Sizes[l - 1];
        long synapses = (long)sources * _options.Sizes[l];
        int quantum = Quantum(l, pass);
        long number = -1;
        for (long r = 0; ; r++)
        {
            double u = (_decay[l].Word(s, 2 * r) + 0.5) / 4294967296.0;
            number += 1 + (long)Math.Floor(PortableMath.Log(u) / logOfRest);
            if (number >= synapses) return;
            ref int weight = ref _weights[l][number % sources][number / sources];
            if (_decay[l].Word(s, 2 * r + 1) / 4294967296.0 * 4 >= Math.Abs(weight) * Units[l]) continue;
            weight = Math.Sign(weight) * Math.Max(0, Math.Abs(weight) - quantum);
        }
    }

    /// <summary>The network as it classifies: the weights as they are now, times 1 - p where neurons were left out below.</summary>
    /// <param name="testLength">Steps a sample is shown.</param>
    /// <param name="seed">Seed.</param>
    public SsnnBpReferenceInference Inference(int testLength, ulong seed)
    {
        var weights = new int[_weights.Length][][];
        for (int l = 1; l < weights.Length; l++)
        {
            double keep = l == 1 ? 1 : 1 - _options.Dropout;
            weights[l] = [.. _weights[l].Select(row => (int[])[.. row.Select(w => (int)Math.Round(w * keep))])];
            weights[l][^1] = Biases(l);
        }
        return new SsnnBpReferenceInference(_options, weights, Units, testLength, seed);
    }

    /// <summary>Populations of the training network: input, one, label, then each layer's own and that of its backward spikes.</summary>
    private static int Population(int layer) => layer == 0 ? 0 : 2 * layer + 1;

    /// <summary>What happens in one step.</summary>
    public sealed class Step(int layers)
    {
        /// <summary>[layer]: forward spikes of layers 0 to L - 1.</summary>
        public List<int>[] Spikes { get; } = Lists(layers);

        /// <summary>[layer]: neurons of layers 1 to L whose positive line spikes.</summary>
        public List<int>[] Plus { get; } = Lists(layers + 1);

        /// <summary>[layer]: neurons of layers 1 to L whose negative line spikes.</summary>
        public List<int>[] Minus { get; } = Lists(layers + 1);

        public int Winner { get; set; }

        public long Pass { get; private set; }

        public void Clear(long pass)
        {
            Pass = pass;
            foreach (var list in Plus) list.Clear();
            foreach (var list in Minus) list.Clear();
        }

        private static List<int>[] Lists(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<int>())];
    }
}
