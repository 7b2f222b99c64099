namespace ActorSnn.Networks;

/// <summary>The kinds of things a network file can name. Models and rules whose parameters are plain are written and read by <see cref="RecordFields"/>.</summary>
internal static class NetworkFormat
{
    /// <summary>A source whose spikes are a list.</summary>
    public const string SpikeArray = "spike-array";

    /// <summary>As <see cref="SpikeArray"/>, with a grade for each spike: a kind of its own in <see cref="NetworkBytes"/> only.</summary>
    public const string GradedSpikeArray = "graded-spike-array";

    /// <summary>A source that shows the samples of a data set; only <see cref="NetworkBytes"/> carry it.</summary>
    public const string Samples = "samples";

    /// <summary>A source that draws spikes from the intensities of a data set's samples; only <see cref="NetworkBytes"/> carry it.</summary>
    public const string Intensities = "intensities";

    /// <summary>A source that turns the intensities of a data set's samples into times; only <see cref="NetworkBytes"/> carry it.</summary>
    public const string Latencies = "latencies";

    /// <summary>A rule with quanta by step.</summary>
    public const string Coincidence = "spike-coincidence";

    /// <summary>A rule with a clock.</summary>
    public const string Hebbian = "hebbian-coincidence";

    public static IReadOnlyDictionary<string, RecordFields> Models { get; } = new Dictionary<string, RecordFields>
    {
        [new GatedThresholdNeuron().Name] = new(typeof(GatedThresholdNeuron)),
        [new IntegrateAndFire().Name] = new(typeof(IntegrateAndFire)),
        [new LifDelta().Name] = new(typeof(LifDelta)),
        [new LifExponential().Name] = new(typeof(LifExponential)),
        [new LifConductance().Name] = new(typeof(LifConductance)),
        [new Izhikevich().Name] = new(typeof(Izhikevich)),
        [new PoissonSource(0).Name] = new(typeof(PoissonSource)),
        [new CompositeNeuron(0, 1, 1, 1, 1).Name] = new(typeof(CompositeNeuron)),
        [new WinnerTakeAll(0, 1, 1, 1, 1).Name] = new(typeof(WinnerTakeAll)),
        [new DivisiveNormalisation().Name] = new(typeof(DivisiveNormalisation)),
        [new BackwardPorts("").Name] = new(typeof(BackwardPorts)),
        [new FirstSpikeNeuron(2).Name] = new(typeof(FirstSpikeNeuron)),
        [new FirstSpikeReadout(3).Name] = new(typeof(FirstSpikeReadout)),
        [new ErrorPorts("").Name] = new(typeof(ErrorPorts)),
        [new AnswerPorts("").Name] = new(typeof(AnswerPorts)),
        [new StartPort("").Name] = new(typeof(StartPort)),
    };

    public static IReadOnlyCollection<string> ModelKinds { get; } = [.. Models.Keys, SpikeArray];

    public static IReadOnlyDictionary<string, RecordFields> Rules { get; } = new Dictionary<string, RecordFields>
    {
        [new PairStdp().Name] = new(typeof(PairStdp)),
        [new SpikeTimingGradient(0, 1, 1).Name] = new(typeof(SpikeTimingGradient)),
    };

    public static RecordFields Device { get; } = new(typeof(DeviceModel));

    public static IReadOnlyCollection<string> RuleKinds { get; } = [.. Rules.Keys, Hebbian, Coincidence];

    public static IReadOnlyCollection<string> ConnectivityKinds { get; } =
        ["dense", "one-to-one", "one-to-all", "random", "fixed-in-degree", "fixed-out-degree", "pairs"];

    public static IReadOnlyCollection<string> WeightKinds { get; } = ["uniform", "normal", "array"];

    public static IReadOnlyCollection<string> ProbeKinds { get; } = ["spikes", "potential", "count"];
}
