using ActorSnn.Networks;

namespace ActorSnn.Learning.Sbp;

/// <summary>
/// The synfire-gated spiking backpropagation circuit (sBP) of Renner, Sheldon, Zlotnik, Tao and Sornborger, arXiv 2106.07030 (2021) and Nature
/// Communications 15, 9691 (2024): a two-layer network that classifies and learns by spikes alone. A ring of gate neurons passes one spike on, tick after tick, and
/// opens the populations in turn, so that one sample takes twelve ticks to learn from and four to classify.
/// <para>
/// Populations carry the paper's labels: x, h, o the layers; h&lt;, h&gt;, o&lt;, o&gt; the edges of the box in which a unit may learn; mx, mh relays that
/// remember; ch the hidden box; t the target; d+, d- the output error; hT the back-propagated error; oT- the source of the negative feedback; g0 … g11
/// the gates. Shut-offs are those of the 2021 circuit; there is no refractoriness.
/// </para>
/// </summary>
public static class SbpCircuit
{
    /// <summary>Ticks a training sample takes.</summary>
    public const int TrainingTicks = 12;

    /// <summary>Ticks an inference sample takes.</summary>
    public const int InferenceTicks = 4;

    /// <summary>Threshold of every neuron, in weight units: 1.0.</summary>
    public const int Threshold = 1024;

    /// <summary>Bias of every neuron that carries information: closed unless gated.</summary>
    public const int ClosedBias = -8192;

    // Weights of the fixed synapses, in weight units.
    private const int Excite = 520;             // copies a spike if the target is gated
    private const int Inhibit = -Excite;        // cancels one Excite
    private const int OpenHalf = 8192 + 512;    // cancels the bias and lifts to half the threshold: fires above 512
    private const int LiftMore = 512;           // with OpenHalf: fires above 0
    private const int OpenFull = 8192;          // cancels the bias: fires above 1024
    private const int ShutOff = -16256;
    private const int PassOn = 9280;            // one spike fires the next gate

    private static readonly string[] HiddenTriple = ["h", "h<", "h>"];
    private static readonly string[] OutputTriple = ["o", "o<", "o>"];

    /// <summary>The tick at which sample number n is presented, with n counted from 0 over all passes; the first period starts the ring.</summary>
    public static long TickOfSample(long sample) => TrainingTicks * (sample + 1);

    /// <summary>
    /// The tick to run through so that a number of samples have been learned from: their last coincidences are in the weights, and the next
    /// sample has just been emitted.
    /// </summary>
    public static long TickAfterSamples(long samples) => TickOfSample(samples);

    /// <summary>As <see cref="TickAfterSamples"/>, for the inference circuit.</summary>
    public static long InferenceTickAfterSamples(long samples) => InferenceTicks * (samples + 1);

    /// <summary>The training circuit: 2 n_in + 6 n_hid + 7 n_out + 12 neurons, eight plastic projections.</summary>
    /// <param name="initial">Initial weights; all copies start from them.</param>
    /// <param name="inputs">One frame of n_in bits a sample.</param>
    /// <param name="targets">One frame of n_out bits a sample.</param>
    /// <param name="seed">Seed of the sample order.</param>
    /// <param name="shuffled">Whether each pass has a random order of its own.</param>
    /// <param name="probes">What to record.</param>
    /// <exception cref="NetworkException">Sizes do not agree.</exception>
    public static Network Training(
        SbpWeights initial, BitFrames inputs, BitFrames targets, ulong seed, bool shuffled = true, IEnumerable<Probe>? probes = null)
    {
        var presentation = new SamplePresentation(inputs.Count, TrainingTicks, shuffled, seed);
        var builder = new NetworkBuilder("sbp", seed)
            .AddPopulation("input", initial.Inputs, new SampleSource(inputs, presentation, TickOfSample(0) + (int)SbpPhase.Present))
            .AddPopulation("target", initial.Outputs, new SampleSource(targets, presentation, TickOfSample(0) + (int)SbpPhase.Hidden))
            // The kick fires g0 in the last phase of the starting period.
            .AddPopulation("kick", 1, new SpikeArraySource((TrainingTicks - 2, 0)));
        var closed = new GatedThresholdNeuron(Threshold, ClosedBias);
        foreach (string name in (string[])["x", "mx"]) builder.AddPopulation(name, initial.Inputs, closed);
        foreach (string name in (string[])["h", "h<", "h>", "hT", "mh", "ch"]) builder.AddPopulation(name, initial.Hidden, closed);
        foreach (string name in (string[])["o", "o<", "o>", "oT-", "t", "d+", "d-"]) builder.AddPopulation(name, initial.Outputs, closed);
        for (int gate = 0; gate < TrainingTicks; gate++) builder.AddPopulation($"g{gate}", 1, new GatedThresholdNeuron(Threshold));

        void OneToOne(string source, string target, int weight, int delay = 1) =>
            builder.AddProjection(source, target, Connectivity.OneToOne, Weight.Constant(weight), Delay.Ticks(delay));
        void Gate(int gate, int weight, params ReadOnlySpan<string> targets)
        {
            foreach (string target in targets) builder.AddProjection($"g{gate}", target, Connectivity.OneToAll, Weight.Constant(weight));
        }

        // One clock tells all synapses what a coincidence means.
        var rule = new HebbianCoincidence(
            new ReinforcementClock(TrainingTicks, [(int)SbpPhase.StrengthenOutput, (int)SbpPhase.StrengthenHidden]));
        void Plastic(string source, string target, Weight weights) =>
            builder.AddProjection(source, target, Connectivity.Dense, weights, Delay.One, rule);

        OneToOne("input", "x", Excite);
        OneToOne("target", "t", Excite);
        OneToOne("kick", "g0", PassOn);
        for (int gate = 0; gate < TrainingTicks; gate++) OneToOne($"g{gate}", $"g{(gate + 1) % TrainingTicks}", PassOn);

        var inputToHidden = Weight.Array(initial.InputToHidden());
        var hiddenToOutput = Weight.Array(initial.HiddenToOutput());
        foreach (string target in HiddenTriple) Plastic("x", target, inputToHidden);
        foreach (string target in OutputTriple) Plastic("h", target, hiddenToOutput);
        Plastic("o", "hT", Weight.Array(initial.OutputToHidden(1)));
        Plastic("oT-", "hT", Weight.Array(initial.OutputToHidden(-1)));

        // Memories: x for the two phases in which the hidden weights learn, h for those of the output weights.
        OneToOne("x", "mx", Excite, delay: 5);
        OneToOne("mx", "x", Excite, delay: 1);
        OneToOne("mx", "x", Excite, delay: 5);
        OneToOne("h", "mh", Excite, delay: 1);
        foreach (string target in (string[])["h", "hT"])
        {
            OneToOne("mh", target, Excite, delay: 2);
            OneToOne("mh", target, Excite, delay: 6);
        }

        // d+ = t and not o and o<; d- = o and not t and not o>, within o<.
        OneToOne("o", "d-", Excite);
        OneToOne("o", "d+", Inhibit);
        OneToOne("t", "d-", Inhibit);
        OneToOne("t", "d+", Excite);
        OneToOne("o<", "d-", OpenHalf);
        OneToOne("o<", "d+", OpenHalf);
        OneToOne("o>", "d-", Inhibit);

        // The error replaces the output: d+ first, then d-; on the negative feedback the other way round.
        foreach (string target in OutputTriple)
        {
            OneToOne("d+", target, Excite, delay: 1);
            OneToOne("d-", target, Excite, delay: 5);
        }
        OneToOne("d-", "oT-", Excite, delay: 1);
        OneToOne("d+", "oT-", Excite, delay: 5);

        // ch = h< and not h>; it opens the hidden units that may learn, and hT says which of them do.
        OneToOne("h<", "ch", Excite, delay: 4);
        OneToOne("h>", "ch", Inhibit, delay: 4);
        foreach (string target in HiddenTriple)
        {
            OneToOne("ch", target, OpenHalf, delay: 1);
            OneToOne("ch", target, OpenHalf, delay: 5);
            OneToOne("hT", target, Excite, delay: 1);
        }

        Gate(1, OpenHalf, "x");
        Gate(2, OpenHalf, "h", "h<");
        Gate(2, LiftMore, "h<");
        Gate(2, OpenFull, "h>");
        Gate(3, OpenHalf, "o", "o<", "t", "mh");
        Gate(3, LiftMore, "o<");
        Gate(3, OpenFull, "o>");
        Gate(4, ShutOff, "hT");
        Gate(5, OpenHalf, "h", "hT", "o", "o<", "o>", "oT-");
        Gate(6, OpenHalf, "hT", "mx", "ch");
        Gate(6, LiftMore, "hT");
        Gate(6, ShutOff, [.. OutputTriple, .. HiddenTriple]);
        Gate(7, OpenHalf, "x");
        Gate(8, ShutOff, [.. HiddenTriple, .. OutputTriple]);
        Gate(9, OpenHalf, "h", "hT", "o", "o<", "o>", "oT-");
        Gate(10, OpenHalf, "hT");
        Gate(10, LiftMore, "hT");
        Gate(10, ShutOff, [.. OutputTriple, .. HiddenTriple]);
        Gate(11, OpenHalf, "x");
        Gate(0, ShutOff, [.. OutputTriple, .. HiddenTriple]);

        foreach (var probe in probes ?? []) builder.AddProbe(probe);
        return builder.Build();
    }

    /// <summary>Name of the probe of the output spikes in the inference circuit.</summary>
    public const string OutputSpikes = "output spikes";

    /// <summary>Name of the probe of the output potentials in the inference circuit.</summary>
    public const string OutputPotentials = "output potentials";

    /// <summary>
    /// The inference circuit: x, h, o and a ring of four gates; fixed weights.
    /// </summary>
    /// <param name="weights">Trained weights.</param>
    /// <param name="inputs">One frame of n_in bits a sample, shown in order.</param>
    /// <param name="probes">What to record; when omitted the output's spikes and potentials in the phase of the output.</param>
    public static Network Inference(SbpWeights weights, BitFrames inputs, IEnumerable<Probe>? probes = null)
    {
        var presentation = new SamplePresentation(inputs.Count, InferenceTicks);
        var closed = new GatedThresholdNeuron(Threshold, ClosedBias);
        var builder = new NetworkBuilder("sbp-inference")
            .AddPopulation("input", weights.Inputs, new SampleSource(inputs, presentation, InferenceTicks + (int)SbpInferencePhase.Present))
            .AddPopulation("kick", 1, new SpikeArraySource((InferenceTicks - 2, 0)))
            .AddPopulation("x", weights.Inputs, closed)
            .AddPopulation("h", weights.Hidden, closed)
            .AddPopulation("o", weights.Outputs, closed);
        for (int gate = 0; gate < InferenceTicks; gate++) builder.AddPopulation($"g{gate}", 1, new GatedThresholdNeuron(Threshold));

        builder
            .AddProjection("input", "x", Connectivity.OneToOne, Weight.Constant(Excite))
            .AddProjection("kick", "g0", Connectivity.OneToOne, Weight.Constant(PassOn))
            .AddProjection("x", "h", Connectivity.Dense, Weight.Array(weights.InputToHidden()))
            .AddProjection("h", "o", Connectivity.Dense, Weight.Array(weights.HiddenToOutput()))
            .AddProjection("g1", "x", Connectivity.OneToAll, Weight.Constant(OpenHalf))
            .AddProjection("g2", "h", Connectivity.OneToAll, Weight.Constant(OpenHalf))
            .AddProjection("g3", "o", Connectivity.OneToAll, Weight.Constant(OpenHalf));
        for (int gate = 0; gate < InferenceTicks; gate++)
            builder.AddProjection($"g{gate}", $"g{(gate + 1) % InferenceTicks}", Connectivity.OneToOne, Weight.Constant(PassOn));

        var outputPhase = new TickFilter(InferenceTicks, (int)SbpInferencePhase.Output);
        probes ??= [new SpikeProbe(OutputSpikes, "o", outputPhase), new PotentialProbe(OutputPotentials, "o", outputPhase)];
        foreach (var probe in probes) builder.AddProbe(probe);
        return builder.Build();
    }
}
