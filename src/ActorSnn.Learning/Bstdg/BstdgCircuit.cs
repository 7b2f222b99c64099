using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>
/// Networks that learn from the times of first spikes: every neuron spikes at most once a sample, weights are binary or real, thresholds are trained, gradients come from spike times.
/// <b>Derived from the published abstract</b> of Cai et al., IEEE JETCAS 13(4), 2023, and its lineage; docs/bstdg.md says what is whose.
/// <para>
/// <b>Populations.</b> <c>start</c>, whose spike begins a sample and whose synapses are the thresholds, negated; <c>input</c>; <c>label</c>; <c>h</c>, the hidden layer, and <c>h.error</c>, its errors as graded spikes; <c>h.norm</c>, which
/// divides them by their norm; <c>o</c>, the readout, with <c>o.error</c> and <c>o.answer</c>. The weights onto the readout are held twice: where they act, and, transposed, on the hidden layer's cores, where errors come back. Both copies
/// learn from the same spikes and stay the same.
/// </para>
/// <para>
/// <b>Ticks of a sample</b> of T steps that starts at tick σ: the input spikes at σ + 1 + t, hidden layer and readout at σ + 1 + t by their own stamps t; errors leave the readout at σ + T, the hidden layer at σ + T + 1, its normaliser at
/// σ + T + 2, and are learned from at σ + T + 3, in which the next sample's first spikes reach the hidden layer: after it has learned. So a sample takes T + 1 ticks.
/// </para>
/// </summary>
public static class BstdgCircuit
{
    /// <summary>Name of the input.</summary>
    public const string Input = "input";

    /// <summary>Name of the hidden layer.</summary>
    public const string Hidden = "h";

    /// <summary>Name of the readout.</summary>
    public const string Output = "o";

    /// <summary>Name of the population that tells the answers.</summary>
    public const string Answer = "o.answer";

    /// <summary>Name of the probe of the answers.</summary>
    public const string Answers = "answers";

    /// <summary>Name of the probe of the readout's spikes.</summary>
    public const string OutputSpikes = "output spikes";

    /// <summary>Name of the probe of the hidden layer's spikes.</summary>
    public const string HiddenSpikes = "hidden spikes";

    /// <summary>Name of the probe of the input's spikes.</summary>
    public const string InputSpikes = "input spikes";

    /// <summary>Fewest ticks from one sample to the next where samples end with their answers: no output spikes before step 2.</summary>
    public const int LeastPeriodTicks = 3;

    private const string Start = "start";
    private const string HiddenError = "h.error";
    private const string HiddenNorm = "h.norm";
    private const string OutputError = "o.error";
    private const string Label = "label";

    /// <summary>Ticks from one sample to the next, where samples last all their steps.</summary>
    public static int PeriodTicks(BstdgOptions options) => options.Steps + 1;

    /// <summary>The tick to run through so that what a number of samples taught is in all weights.</summary>
    /// <param name="options">The network.</param>
    /// <param name="samples">Number of samples.</param>
    public static long TickAfterSamples(BstdgOptions options, long samples) => samples == 0 ? 0 : (samples - 1) * PeriodTicks(options) + options.Steps + 3;

    /// <summary>The tick to run a full inference network through so that a number of samples are answered.</summary>
    /// <param name="options">The network.</param>
    /// <param name="samples">Number of samples.</param>
    public static long InferenceTickAfterSamples(BstdgOptions options, long samples) => samples == 0 ? 0 : (samples - 1) * PeriodTicks(options) + options.Steps + 1;

    /// <summary>The training network.</summary>
    /// <param name="initial">Weights to start from; biases are thresholds, negated.</param>
    /// <param name="inputs">The samples.</param>
    /// <param name="labels">One label a sample.</param>
    /// <param name="options">What it is like.</param>
    /// <param name="seed">Seed of the order of samples.</param>
    /// <param name="shuffled">Whether each pass has a random order of its own.</param>
    /// <param name="probes">What to record.</param>
    /// <exception cref="NetworkException">Sizes do not agree.</exception>
    /// <exception cref="ArgumentException">Options do not make sense.</exception>
    public static Network Training(
        LayerWeights initial, IntensityFrames inputs, ReadOnlySpan<byte> labels, BstdgOptions options, ulong seed, bool shuffled = true, IEnumerable<Probe>? probes = null)
    {
        options.Validate();
        var presentation = new SamplePresentation(inputs.Count, PeriodTicks(options), shuffled, seed);
        var (sizes, steps) = (initial.Sizes, options.Steps);
        SpikeTimingGradient Rule(BstdgLayer layer) => new(
            layer.Rate, options.RateFactor, inputs.Count, options.Passes, -options.Bound, options.Bound, options.Window, options.WindowSteps, options.Late);
        SpikeTimingGradient? ThresholdRule(BstdgLayer layer) => options.Thresholds == ThresholdTraining.Fixed ? null : new SpikeTimingGradient(
            options.ThresholdRateOf(layer), options.RateFactor, inputs.Count, options.Passes, -SpikeTimingGradient.MostBound, -options.LeastThreshold,
            Share: options.Thresholds == ThresholdTraining.Layer ? ErrorShare.Layer : ErrorShare.Own);
        var (first, second) = (Rule(options.First), Rule(options.Second));

        var builder = new NetworkBuilder("bstdg", seed)
            .AddPopulation(Start, 1, new SampleSource(new BitFrames(1, 1, [1]), new SamplePresentation(1, PeriodTicks(options)), 0))
            .AddPopulation(Input, sizes[0], new LatencySource(inputs, steps, presentation, 1))
            .AddPopulation(Label, sizes[2], new SampleSource(BitFrames.OneHot(labels, sizes[2]), presentation, 0))
            .AddPopulation(Hidden, sizes[1], new FirstSpikeNeuron(steps, 1, options.Form, options.BackwardForm))
            .AddPopulation(HiddenError, sizes[1], new ErrorPorts(Hidden))
            .AddPopulation(HiddenNorm, sizes[1], new DivisiveNormalisation())
            .AddPopulation(Output, sizes[2], new FirstSpikeReadout(steps, 2, options.Form, options.Margin, options.Shift))
            .AddPopulation(OutputError, sizes[2], new ErrorPorts(Output))
            .AddPopulation(Answer, sizes[2], new AnswerPorts(Output))
            .AddProjection(Start, Hidden, Connectivity.OneToAll, Weight.Array(initial.Biases(1)), Delay.Ticks(2), ThresholdRule(options.First))
            .AddProjection(Start, Output, Connectivity.OneToAll, Weight.Array(initial.Biases(2)), Delay.Ticks(3), ThresholdRule(options.Second))
            .AddProjection(Input, Hidden, Connectivity.Dense, Weight.Array(initial.Weights(1)), learning: first)
            .AddProjection(Hidden, Output, Connectivity.Dense, Weight.Array(initial.Weights(2)), learning: second)
            .AddProjection(Label, Output, Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(3))
            .AddProjection(Output, Hidden, Connectivity.Dense, Weight.Constant(1))
            .AddProjection(OutputError, Hidden, Connectivity.Dense, Weight.Array(Transposed(initial)), learning: second)
            .AddProjection(HiddenError, HiddenNorm, Connectivity.OneToOne, Weight.Constant(1))
            .AddProjection(HiddenNorm, Hidden, Connectivity.OneToOne, Weight.Constant(1));
        if (options.Thresholds == ThresholdTraining.Layer) builder.AddProjection(HiddenNorm, Hidden, Connectivity.Dense, Weight.Constant(1));
        foreach (var probe in probes ?? []) builder.AddProbe(probe);
        return builder.Build();
    }

    /// <summary>The inference network: samples in order. A sample lasts all its steps, or ends with its answer, which starts the next one.</summary>
    /// <param name="weights">Trained weights; biases are thresholds, negated.</param>
    /// <param name="inputs">The samples.</param>
    /// <param name="options">What the network is like.</param>
    /// <param name="exitsEarly">Whether a sample ends with its answer.</param>
    /// <param name="probes">What to record; when omitted the answers, and where samples last all their steps the spikes of readout, hidden layer and input.</param>
    public static Network Inference(LayerWeights weights, IntensityFrames inputs, BstdgOptions options, bool exitsEarly, IEnumerable<Probe>? probes = null)
    {
        var (sizes, steps) = (weights.Sizes, options.Steps);
        int period = PeriodTicks(options);
        var builder = new NetworkBuilder("bstdg-inference", 1);
        // With early exit the readout starts the next sample: it comes first, and all others listen to it.
        if (!exitsEarly) builder.AddPopulation(Start, 1, new SampleSource(new BitFrames(1, 1, [1]), new SamplePresentation(1, period), 0));
        builder
            .AddPopulation(Input, sizes[0], exitsEarly ? new LatencySource(inputs, steps) : new LatencySource(inputs, steps, new SamplePresentation(inputs.Count, period), 1))
            .AddPopulation(Hidden, sizes[1], new FirstSpikeNeuron(steps, 1, options.Form, options.BackwardForm))
            .AddPopulation(Output, sizes[2], new FirstSpikeReadout(steps, 2, options.Form, options.Margin))
            .AddPopulation(Answer, sizes[2], new AnswerPorts(Output));
        if (exitsEarly)
        {
            builder.AddPopulation(Start, 1, new StartPort(Output)).AddProjection(Start, Input, Connectivity.OneToAll, Weight.Constant(1));
        }
        builder
            .AddProjection(Start, Hidden, Connectivity.OneToAll, Weight.Array(weights.Biases(1)), Delay.Ticks(2))
            .AddProjection(Start, Output, Connectivity.OneToAll, Weight.Array(weights.Biases(2)), Delay.Ticks(3))
            .AddProjection(Input, Hidden, Connectivity.Dense, Weight.Array(weights.Weights(1)))
            .AddProjection(Hidden, Output, Connectivity.Dense, Weight.Array(weights.Weights(2)));
        probes ??= exitsEarly
            ? [new SpikeProbe(Answers, Answer, TickFilter.EveryTick)]
            :
            [
                new SpikeProbe(Answers, Answer, TickFilter.EveryTick), new SpikeProbe(OutputSpikes, Output, TickFilter.EveryTick), new SpikeProbe(HiddenSpikes, Hidden, TickFilter.EveryTick),
                new SpikeProbe(InputSpikes, Input, TickFilter.EveryTick),
            ];
        foreach (var probe in probes) builder.AddProbe(probe);
        return builder.Build();
    }

    /// <summary>The weights that a training network has learned.</summary>
    /// <param name="training">The training network.</param>
    /// <param name="bitsOf">Weights of a projection that learns, by their bits; see <c>NetworkState.Units</c>.</param>
    public static LayerWeights Learned(Network training, Func<Projection, int[]> bitsOf)
    {
        float[] Of(string source, string target)
        {
            var projection = training.Projection($"{source}->{target}");
            return projection.Learning is not null ? Array.ConvertAll(bitsOf(projection), BitConverter.Int32BitsToSingle) : [.. ((Weight.ArrayWeight)projection.Weight).Values];
        }
        return new LayerWeights(
            [training[Input].Size, training[Hidden].Size, training[Output].Size], [Of(Input, Hidden), Of(Hidden, Output)], [Of(Start, Hidden), Of(Start, Output)]);
    }

    private static float[] Transposed(LayerWeights weights)
    {
        int hidden = weights.Sizes[1];
        int outputs = weights.Sizes[2];
        var transposed = new float[hidden * outputs];
        for (int j = 0; j < hidden; j++)
        {
            for (int k = 0; k < outputs; k++) transposed[k * hidden + j] = weights.Weights(2)[j * outputs + k];
        }
        return transposed;
    }
}
