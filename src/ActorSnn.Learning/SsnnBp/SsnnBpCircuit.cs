using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>
/// Backpropagation by stochastic spikes as a network: composite neurons that compute activation and gradient at the same time, synapses that learn by coincidence, and softmax cross-entropy
/// by winner-take-all. <b>Reconstructed from the published abstract</b> of Biswas, Saraswat and Ganguly, Neuromorphic Computing and Engineering 3, 034009 (2023), arXiv 2207.09755; what the
/// abstract fixes and what is derived stands in docs/ssnn-bp.md.
/// <para>
/// <b>Populations.</b> <c>input</c>; <c>one</c>, which always spikes and whose synapses are the biases; <c>label</c>; for each hidden layer its composite neurons, <c>h</c>, or <c>h1</c>, <c>h2</c> … where there
/// are several, and their backward ports <c>h.backward</c>; <c>o</c>, the winner-take-all, and <c>o.backward</c>. Each layer's weights are held twice: on the forward projection, and,
/// transposed, on the projection from the layer's backward ports to the layer before. Both copies see the same spikes and stay the same.
/// </para>
/// <para>
/// <b>Ticks of a step.</b> Learning in place (<see cref="SsnnBpOptions.Window"/> 1), every layer is one tick after the one before, forward and backward. With one hidden layer a step takes two
/// ticks: hidden layer, output; and in the tick of the hidden layer's next step its backward spikes of the step before come first, and what they teach is in its weights already.
/// With windows of W steps every layer is W ticks after the one before, and the next window begins when the updates of the one before are committed.
/// </para>
/// </summary>
public static class SsnnBpCircuit
{
    /// <summary>Name of the output layer.</summary>
    public const string Output = "o";

    /// <summary>Name of the probe of the output spikes in the inference network.</summary>
    public const string OutputSpikes = "output spikes";

    /// <summary>Name of the probe of the output potentials in the inference network: those of each sample's last step.</summary>
    public const string OutputPotentials = "output potentials";

    /// <summary>Name of a hidden layer's population.</summary>
    /// <param name="layer">1 for the first hidden layer.</param>
    /// <param name="hiddenLayers">Number of hidden layers.</param>
    public static string HiddenName(int layer, int hiddenLayers) => hiddenLayers == 1 ? "h" : $"h{layer}";

    /// <summary>Name of the backward ports of a population.</summary>
    public static string BackwardOf(string population) => $"{population}.backward";

    /// <summary>Ticks from one window of steps to the next in the training network.</summary>
    public static int PeriodTicks(SsnnBpOptions options) => options.Window == 1 ? 2 * options.Hidden.Length : (2 * options.Hidden.Length + 1) * options.Window;

    /// <summary>Tick at which the first step of a sample is presented.</summary>
    /// <param name="options">The network.</param>
    /// <param name="sample">Number of the sample, from 0 over all passes.</param>
    public static long TickOfSample(SsnnBpOptions options, long sample) => new StepClock(0, PeriodTicks(options), options.Window).TickOf(sample * options.TrainLength);

    /// <summary>The tick to run through so that what a number of samples taught is in the weights of all layers.</summary>
    /// <param name="options">The network.</param>
    /// <param name="samples">Number of samples.</param>
    public static long TickAfterSamples(SsnnBpOptions options, long samples) => samples == 0
        ? 0
        : new StepClock(0, PeriodTicks(options), options.Window).TickOf(samples * options.TrainLength - 1) + (2L * options.Hidden.Length + 1) * options.Window;

    /// <summary>The tick to run the inference network through so that a number of samples are answered.</summary>
    /// <param name="hiddenLayers">Number of hidden layers.</param>
    /// <param name="testLength">Steps of a sample.</param>
    /// <param name="samples">Number of samples.</param>
    public static long InferenceTickAfterSamples(int hiddenLayers, int testLength, long samples) => samples * testLength + hiddenLayers;

    /// <summary>The training network.</summary>
    /// <param name="initial">Weights to start from.</param>
    /// <param name="inputs">The samples; see <see cref="SsnnBpInputs"/>.</param>
    /// <param name="labels">One label a sample.</param>
    /// <param name="options">What it is like.</param>
    /// <param name="seed">Seed of all that is drawn.</param>
    /// <param name="shuffled">Whether each pass has a random order of its own.</param>
    /// <param name="probes">What to record.</param>
    /// <exception cref="NetworkException">Sizes do not agree.</exception>
    /// <exception cref="ArgumentException">Options do not make sense.</exception>
    public static Network Training(
        LayerWeights initial, SsnnBpInputs inputs, ReadOnlySpan<byte> labels, SsnnBpOptions options, ulong seed, bool shuffled = true, IEnumerable<Probe>? probes = null)
    {
        options.Validate();
        int layers = options.Hidden.Length + 1;
        int window = options.Window;
        int period = PeriodTicks(options);
        var presentation = new SamplePresentation(inputs.Count, period, shuffled, seed, options.TrainLength, window);
        var units = Enumerable.Range(1, layers)
            .Select(l => SsnnBpUnits.Of(options, l, initial.Sizes[l - 1], initial.Sizes[l], (long)inputs.Count * options.TrainLength)).Prepend(null!).ToArray();
        string[] names = ["input", .. Enumerable.Range(1, options.Hidden.Length).Select(l => HiddenName(l, options.Hidden.Length)), Output];

        var builder = new NetworkBuilder("ssnn-bp", seed)
            .AddPopulation("input", inputs.Size, inputs.Source(presentation))
            .AddPopulation("one", 1, AlwaysOn(period, window))
            .AddPopulation("label", initial.Sizes[layers], new SampleSource(BitFrames.OneHot(labels, initial.Sizes[layers]), presentation, 0));
        for (int l = 1; l <= layers; l++)
        {
            NeuronModel model = l == layers
                ? new WinnerTakeAll(l * window, period, window, options.TrainLength, units[l].Unit, options.Membrane, options.Winner)
                : new CompositeNeuron(
                    l * window, period, window, options.TrainLength, units[l].Unit, options.Membrane, options.Activation, LagTicks: 2 * (layers - l) * window,
                    units[l + 1].Unit, options.Gain, UpstreamGain: l + 1 == layers ? 1 : options.Gain, options.Derivative, options.Split, options.Dropout);
            builder.AddPopulation(names[l], initial.Sizes[l], model).AddPopulation(BackwardOf(names[l]), 2 * initial.Sizes[l], new BackwardPorts(names[l]));
        }

        double keep = 1 - options.Dropout;
        for (int l = 1; l <= layers; l++)
        {
            var rule = new SpikeCoincidence(units[l].Quanta, units[l].Bound, Entity: 2 * l + 1, units[l].DecayRate, options.Device);
            // Weights as they act: over what dropout leaves of the layer before.
            float[] weights = l == 1 || options.Dropout == 0 ? initial.Weights(l) : OnUnits(initial.Weights(l), w => w / keep, units[l].Unit);
            builder
                .AddProjection(names[l - 1], names[l], Connectivity.Dense, Weight.Array(weights), Delay.Ticks(window), rule)
                .AddProjection("one", names[l], Connectivity.Dense, Weight.Array(initial.Biases(l)), Delay.Ticks(l * window), rule with { Entity = BiasEntity + l, DecayRate = 0 });
            if (l > 1)
            {
                builder.AddProjection(
                    BackwardOf(names[l]), names[l - 1], Connectivity.Dense, Weight.Array(Lines(weights, initial.Sizes[l - 1], initial.Sizes[l])), Delay.Ticks(window), rule);
            }
        }
        builder.AddProjection("label", Output, Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(layers * window));
        foreach (var probe in probes ?? []) builder.AddProbe(probe);
        return builder.Build();
    }

    /// <summary>The inference network: forward spikes alone, one step a tick, samples in order.</summary>
    /// <param name="weights">Trained weights.</param>
    /// <param name="inputs">The samples.</param>
    /// <param name="options">What the network is like; how it learned does not matter, but for its weight units.</param>
    /// <param name="testLength">Steps of a sample.</param>
    /// <param name="seed">Seed of all that is drawn.</param>
    /// <param name="probes">What to record; when omitted the output's spikes, and its potentials at each sample's last step.</param>
    public static Network Inference(
        LayerWeights weights, SsnnBpInputs inputs, SsnnBpOptions options, int testLength, ulong seed, IEnumerable<Probe>? probes = null)
    {
        int layers = weights.Sizes.Length - 1;
        var presentation = new SamplePresentation(inputs.Count, 1, Steps: testLength);
        string[] names = ["input", .. Enumerable.Range(1, layers - 1).Select(l => HiddenName(l, layers - 1)), Output];
        var builder = new NetworkBuilder("ssnn-bp-inference", seed)
            .AddPopulation("input", inputs.Size, inputs.Source(presentation))
            .AddPopulation("one", 1, AlwaysOn(1, 1));
        for (int l = 1; l <= layers; l++)
        {
            double unit = SsnnBpUnits.Of(options, l, weights.Sizes[l - 1], weights.Sizes[l], 1).Unit;
            builder.AddPopulation(names[l], weights.Sizes[l], l == layers
                ? new WinnerTakeAll(l, 1, 1, testLength, unit, options.Membrane, options.Winner)
                : new CompositeNeuron(l, 1, 1, testLength, unit, options.Membrane, options.Activation));
        }
        for (int l = 1; l <= layers; l++)
        {
            builder
                .AddProjection(names[l - 1], names[l], Connectivity.Dense, Weight.Array(weights.Weights(l)))
                .AddProjection("one", names[l], Connectivity.Dense, Weight.Array(weights.Biases(l)), Delay.Ticks(l));
        }
        probes ??=
        [
            new SpikeProbe(OutputSpikes, Output, TickFilter.EveryTick),
            new PotentialProbe(OutputPotentials, Output, new TickFilter(testLength, (testLength - 1 + layers) % testLength)),
        ];
        foreach (var probe in probes) builder.AddProbe(probe);
        return builder.Build();
    }

    /// <summary>The weights that a training network has learned, as they are without dropout.</summary>
    /// <param name="unitsOf">Weights of a projection of the training network by name, in units; see <c>NetworkState.Units</c>.</param>
    /// <param name="training">The training network.</param>
    /// <param name="options">What it is like.</param>
    public static LayerWeights Learned(Network training, SsnnBpOptions options, Func<Projection, int[]> unitsOf)
    {
        int layers = options.Hidden.Length + 1;
        string[] names = ["input", .. Enumerable.Range(1, options.Hidden.Length).Select(l => HiddenName(l, options.Hidden.Length)), Output];
        double keep = 1 - options.Dropout;
        var weights = new float[layers][];
        var biases = new float[layers][];
        for (int l = 1; l <= layers; l++)
        {
            double unit = ((SteppedNeuronModel)training[names[l]].Model).ForwardUnit;
            double scale = l == 1 ? 1 : keep;
            weights[l - 1] = Array.ConvertAll(unitsOf(training.Projection($"{names[l - 1]}->{names[l]}")), w => (float)(Math.Round(w * scale) * unit));
            biases[l - 1] = Array.ConvertAll(unitsOf(training.Projection($"one->{names[l]}")), w => (float)(w * unit));
        }
        return new LayerWeights([training["input"].Size, .. options.Hidden, training[Output].Size], weights, biases);
    }

    /// <summary>Numbers from here on are those of biases, which are drawn for apart from weights.</summary>
    private const int BiasEntity = 1000;

    private static SampleSource AlwaysOn(int period, int window) =>
        new(new BitFrames(1, 1, [1]), new SamplePresentation(1, period, WindowSteps: window), 0);

    /// <summary>Weights changed and put on whole units, so that a float carries them exactly.</summary>
    private static float[] OnUnits(float[] weights, Func<double, double> change, double unit) => Array.ConvertAll(weights, w => (float)(Math.Round(change(w) / unit) * unit));

    /// <summary>Weights [source, target] of a layer as those of its backward lines [2 target + line, source]: as they are on the first line, negated on the second.</summary>
    private static float[] Lines(float[] weights, int sources, int targets)
    {
        var lines = new float[2 * weights.Length];
        for (int j = 0; j < sources; j++)
        {
            for (int i = 0; i < targets; i++)
            {
                lines[2 * i * sources + j] = weights[j * targets + i];
                lines[(2 * i + 1) * sources + j] = -weights[j * targets + i];
            }
        }
        return lines;
    }
}
