namespace ActorSnn.Networks.Tests;

/// <summary>What a builder builds, and that every mistake is answered with one line that starts with the field to change.</summary>
public class NetworkBuilderTests
{
    private static readonly GatedThresholdNeuron Neuron = new();
    private static readonly ReinforcementClock Clock = new(4, [1]);
    private static readonly HebbianCoincidence Rule = new(Clock);

    private static readonly Dictionary<string, (string Field, Action Mistake)> Mistakes = new()
    {
        ["a time step of zero"] = ("timeStepMs", () => new NetworkBuilder("n", 1, 0)),
        ["a negative time step"] = ("timeStepMs", () => new NetworkBuilder("n", 1, -0.1)),
        ["a time step that is no number"] = ("timeStepMs", () => new NetworkBuilder("n", 1, double.NaN)),
        ["an infinite time step"] = ("timeStepMs", () => new NetworkBuilder("n", 1, double.PositiveInfinity)),
        ["weights whose sum leaves 32 bits"] = ("projections[\"in->out\"].weight", () => new NetworkBuilder("n")
            .AddPopulation("in", 200, new PoissonSource(1)).AddPopulation("out", 1, Neuron)
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(GatedThresholdNeuron.MaxMagnitude)).Build()),
        ["no population at all"] = ("populations", () => new NetworkBuilder("n").Build()),
        ["a population without a name"] = ("populations[\"\"]", () => Start().AddPopulation("", 1, Neuron)),
        ["a population named by a blank"] = ("populations[\" \"]", () => Start().AddPopulation(" ", 1, Neuron)),
        ["two populations of one name"] = ("populations[\"a\"]", () => Start().AddPopulation("a", 1, Neuron)),
        ["a population of no neuron"] = ("populations[\"p\"].size", () => Start().AddPopulation("p", 0, Neuron)),
        ["a population too large"] =
            ("populations[\"p\"].size", () => Start().AddPopulation("p", NetworkBuilder.MaxPopulationSize + 1, Neuron)),
        ["a threshold too high"] = ("populations[\"p\"].threshold", () => AddModel(new GatedThresholdNeuron((1 << 24) + 1))),
        ["a threshold too low"] = ("populations[\"p\"].threshold", () => AddModel(new GatedThresholdNeuron(int.MinValue))),
        ["a bias too high"] = ("populations[\"p\"].bias", () => AddModel(new GatedThresholdNeuron(0, (1 << 24) + 1))),
        ["a bias too low"] = ("populations[\"p\"].bias", () => AddModel(new GatedThresholdNeuron(0, int.MinValue))),
        ["a negative rate"] = ("populations[\"p\"].rateHz", () => AddModel(new PoissonSource(-1))),
        ["a rate that is no number"] = ("populations[\"p\"].rateHz", () => AddModel(new PoissonSource(double.NaN))),
        ["a rate beyond a megahertz"] = ("populations[\"p\"].rateHz", () => AddModel(new PoissonSource(1e6 + 1))),
        ["a spike before tick 0"] = ("populations[\"p\"].spikes", () => AddModel(new SpikeArraySource((-1, 0)))),
        ["a spike of a neuron that is not there"] = ("populations[\"p\"].spikes", () => AddModel(new SpikeArraySource((0, 3)))),
        ["a spike of a negative neuron"] = ("populations[\"p\"].spikes", () => AddModel(new SpikeArraySource((0, -1)))),
        ["a grade that is no number"] = ("populations[\"p\"].grades", () => AddModel(SpikeArraySource.Graded((0, 1, float.NaN)))),
        ["an infinite grade"] = ("populations[\"p\"].grades", () => AddModel(SpikeArraySource.Graded((0, 1, float.NegativeInfinity)))),
        ["two grades of a neuron at one tick"] = ("populations[\"p\"].grades", () => AddModel(SpikeArraySource.Graded((0, 1, 0f), (0, 1, -0f)))),
        ["a normaliser too large"] =
            ("populations[\"p\"].size", () => Start().AddPopulation("p", DivisiveNormalisation.MaxSize + 1, new DivisiveNormalisation())),
        ["the potential of a normaliser"] = ("probes[\"v\"].population", () => Graded().AddProbe(new PotentialProbe("v", "norm", TickFilter.EveryTick))),
        ["grades for whom does not understand them"] = ("projections[\"errors->a\"].target", () => Grade("errors", "a")),
        ["no grades for whom needs them"] = ("projections[\"s->norm\"].source", () => Grade("s", "norm")),
        ["grades through sparse synapses"] = ("projections[\"errors->o\"].connectivity", () => Grade("errors", "o", connectivity: Connectivity.FixedInDegree(2))),
        ["grades for a normaliser through dense synapses"] = ("projections[\"errors->norm\"].connectivity", () => Grade("errors", "norm", connectivity: Connectivity.Dense)),
        ["grades through a weight of two"] = ("projections[\"errors->norm\"].weight", () => Grade("errors", "norm", Weight.Constant(2))),
        ["grades through given weights"] = ("projections[\"errors->norm\"].weight", () => Grade("errors", "norm", Given(1, 1, 1))),
        ["grades through several delays"] = ("projections[\"errors->norm\"].delay", () => Grade("errors", "norm", delay: Delay.Uniform(1, 2))),
        ["grades through synapses that learn"] = ("projections[\"errors->norm\"].learning", () => Grade("errors", "norm", learning: Rule)),

        ["frames of another size"] = ("populations[\"p\"].frames", () => AddModel(Samples(bits: 4))),
        ["a presentation of another number of samples"] = ("populations[\"p\"].presentation", () => AddModel(Samples(samples: 3))),
        ["a presentation without a period"] = ("populations[\"p\"].presentation.period", () => AddModel(Samples(period: 0))),
        ["a presentation before tick 0"] = ("populations[\"p\"].firstTick", () => AddModel(Samples(firstTick: -1))),

        ["a projection from nowhere"] = ("projections[\"z->a\"].source", () => Project("z", "a")),
        ["a projection to nowhere"] = ("projections[\"a->z\"].target", () => Project("a", "z")),
        ["a projection onto a source"] = ("projections[\"a->s\"].target", () => Project("a", "s")),
        ["two projections of one name"] = ("projections[\"p\"]", () => Project("a", "b", name: "p", onto: Named("p"))),
        ["one-to-one between different sizes"] =
            ("projections[\"a->b\"].connectivity", () => Project("a", "b", connectivity: Connectivity.OneToOne)),
        ["one-to-all from several neurons"] =
            ("projections[\"a->b\"].connectivity", () => Project("a", "b", connectivity: Connectivity.OneToAll)),
        ["a negative probability"] =
            ("projections[\"a->b\"].connectivity.probability", () => Project("a", "b", connectivity: Connectivity.Random(-0.1))),
        ["a probability above one"] =
            ("projections[\"a->b\"].connectivity.probability", () => Project("a", "b", connectivity: Connectivity.Random(1.1))),
        ["a probability that is no number"] =
            ("projections[\"a->b\"].connectivity.probability", () => Project("a", "b", connectivity: Connectivity.Random(double.NaN))),
        ["a negative in-degree"] =
            ("projections[\"a->b\"].connectivity.inDegree", () => Project("a", "b", connectivity: Connectivity.FixedInDegree(-1))),
        ["a pair whose source is not there"] =
            ("projections[\"a->b\"].connectivity.pairs[1]", () => Project("a", "b", connectivity: Connectivity.Pairs((0, 0), (3, 0)))),
        ["a pair whose target is not there"] =
            ("projections[\"a->b\"].connectivity.pairs[0]", () => Project("a", "b", connectivity: Connectivity.Pairs((0, -1)))),

        ["a delay of zero"] = ("projections[\"a->b\"].delay", () => Project("a", "b", delay: Delay.Ticks(0))),
        ["a delay too long"] = ("projections[\"a->b\"].delay", () => Project("a", "b", delay: Delay.Ticks(Delay.MaxTicks + 1))),
        ["delays from zero"] = ("projections[\"a->b\"].delay", () => Project("a", "b", delay: Delay.Uniform(0, 3))),
        ["delays too long"] = ("projections[\"a->b\"].delay", () => Project("a", "b", delay: Delay.Uniform(1, Delay.MaxTicks + 1))),
        ["delays whose ends are swapped"] = ("projections[\"a->b\"].delay", () => Project("a", "b", delay: Delay.Uniform(5, 3))),

        ["a fraction as weight"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Constant(0.5))),
        ["a weight that is no number"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Constant(double.NaN))),
        ["an infinite weight"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Constant(double.NegativeInfinity))),
        ["a weight too large"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Constant((1 << 24) + 1))),
        ["uniform weights from a fraction"] = ("projections[\"a->b\"].weight.low", () => Project("a", "b", Weight.Uniform(0.5, 2, 1))),
        ["uniform weights up to no number"] =
            ("projections[\"a->b\"].weight.high", () => Project("a", "b", Weight.Uniform(0, double.NaN, 1))),
        ["uniform weights whose ends are swapped"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Uniform(2, 1, 1))),
        ["uniform weights without a step"] = ("projections[\"a->b\"].weight.step", () => Project("a", "b", Weight.Uniform(0, 1))),
        ["uniform weights of a negative step"] = ("projections[\"a->b\"].weight.step", () => Project("a", "b", Weight.Uniform(0, 1, -1))),
        ["uniform weights of a fractional step"] =
            ("projections[\"a->b\"].weight.step", () => Project("a", "b", Weight.Uniform(0, 1, 1.5))),
        ["uniform weights of a step that is no number"] =
            ("projections[\"a->b\"].weight.step", () => Project("a", "b", Weight.Uniform(0, 1, double.NaN))),
        ["normal weights around no number"] =
            ("projections[\"a->b\"].weight.mean", () => Project("a", "b", Weight.Normal(double.NaN, 1, -9, 9, 1))),
        ["normal weights of no spread"] = (
            "projections[\"a->b\"].weight.standardDeviation",
            () => Project("a", "b", Weight.Normal(0, double.NaN, -9, 9, 1))),
        ["normal weights of a negative spread"] =
            ("projections[\"a->b\"].weight.standardDeviation", () => Project("a", "b", Weight.Normal(0, -1, -9, 9, 1))),
        ["normal weights whose clips are swapped"] =
            ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Normal(0, 1, 9, -9, 1))),
        ["normal weights without a step"] = ("projections[\"a->b\"].weight.step", () => Project("a", "b", Weight.Normal(0, 1, -9, 9))),
        ["normal weights without a lower clip"] =
            ("projections[\"a->b\"].weight.low", () => Project("a", "b", Weight.Normal(0, 1, high: 9, step: 1))),
        ["normal weights without an upper clip"] =
            ("projections[\"a->b\"].weight.high", () => Project("a", "b", Weight.Normal(0, 1, low: -9, step: 1))),
        ["too few weights"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Given(1f, 2f))),
        ["an array for random synapses"] = (
            "projections[\"a->b\"].weight",
            () => Project("a", "b", Weight.Array(new float[6]), connectivity: Connectivity.Random(1))),
        ["an array for a fixed in-degree"] = (
            "projections[\"a->b\"].weight",
            () => Project("a", "b", Weight.Array(new float[4]), connectivity: Connectivity.FixedInDegree(2))),
        ["a fraction in an array"] = ("projections[\"a->b\"].weight.values[4]", () => Project("a", "b", Given(0f, 1, 2, 3, 4.5f, 5))),

        ["learning of a model that cannot"] = (
            "projections[\"a->o\"].learning",
            () => Project("a", "o", learning: Rule, onto: Start().AddPopulation("o", 2, new OtherModel()))),
        ["learning of sparse synapses"] =
            ("projections[\"a->b\"].learning", () => Project("a", "b", connectivity: Connectivity.Random(0.5), learning: Rule)),
        ["learning over several delays"] =
            ("projections[\"a->b\"].learning", () => Project("a", "b", delay: Delay.Uniform(1, 2), learning: Rule)),
        ["a clock without a period"] = (
            "projections[\"a->b\"].learning.clock.period",
            () => Project("a", "b", learning: new HebbianCoincidence(new ReinforcementClock(0, [])))),
        ["a clock that is on outside its period"] = (
            "projections[\"a->b\"].learning.clock.onPhases",
            () => Project("a", "b", learning: new HebbianCoincidence(new ReinforcementClock(4, [4])))),
        ["an odd weight that learns"] = ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Constant(3), learning: Rule)),
        ["a weight above what can be learned"] =
            ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Constant(256), learning: Rule)),
        ["an odd weight in an array that learns"] =
            ("projections[\"a->b\"].weight.values[2]", () => Project("a", "b", Given(0f, 2, 3, 4, 6, 8), learning: Rule)),
        ["uniform weights that learn with an odd step"] =
            ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Uniform(0, 9, 3), learning: Rule)),
        ["uniform weights below what can be learned"] =
            ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Uniform(-300, 0, 2), learning: Rule)),
        ["normal weights above what can be learned"] =
            ("projections[\"a->b\"].weight", () => Project("a", "b", Weight.Normal(0, 1, -256, 256, 2), learning: Rule)),

        ["a probe of nobody"] = ("probes[\"q\"].population", () => Start().AddProbe(new SpikeProbe("q", "z", TickFilter.EveryTick))),
        ["a probe without a period"] = ("probes[\"q\"].period", () => Start().AddProbe(new SpikeProbe("q", "a", new TickFilter(0, 0)))),
        ["a probe of a negative phase"] = ("probes[\"q\"].phase", () => Start().AddProbe(new SpikeProbe("q", "a", new TickFilter(3, -1)))),
        ["a probe of a phase beyond its period"] =
            ("probes[\"q\"].phase", () => Start().AddProbe(new PotentialProbe("q", "a", new TickFilter(3, 3)))),
        ["a count over no phase"] = ("probes[\"q\"].period", () => Start().AddProbe(new SpikeCountProbe("q", "a", 0))),
        ["potentials of a source"] =
            ("probes[\"q\"].population", () => Start().AddProbe(new PotentialProbe("q", "s", TickFilter.EveryTick))),
        ["a second look at potentials"] = (
            "probes[\"r\"].population",
            () => Start().AddProbe(new PotentialProbe("q", "a", TickFilter.EveryTick))
                .AddProbe(new PotentialProbe("r", "a", TickFilter.EveryTick))),
        ["two probes of one name"] =
            ("probes[\"q\"]", () => Start().AddProbe(new SpikeCountProbe("q", "a", 1)).AddProbe(new SpikeCountProbe("q", "b", 1))),
    };

    public static TheoryData<string> NamesOfMistakes => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(NamesOfMistakes))]
    public void A_mistake_is_answered_with_its_field_in_one_line(string mistake)
    {
        var (field, make) = Mistakes[mistake];
        var error = Assert.Throws<NetworkException>(make);
        Assert.Equal(field, error.Field);
        Assert.StartsWith(field + ": ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_edges_of_every_range_are_inside()
    {
        Start()
            .AddPopulation("large", 1, new GatedThresholdNeuron(1 << 24, -(1 << 24)))
            .AddPopulation("silent", 1, new PoissonSource(0))
            .AddPopulation("loud", 1, new PoissonSource(1e6))
            .AddPopulation("spikes", 3, new SpikeArraySource((0, 0), (0, 2)))
            .AddProjection("a", "b", Connectivity.Random(0), Weight.Constant(1 << 24), Delay.Ticks(Delay.MaxTicks))
            .AddProjection("a", "b", Connectivity.Random(1), Weight.Constant(-(1 << 24)), Delay.Uniform(1, Delay.MaxTicks))
            .AddProjection("a", "b", Connectivity.FixedInDegree(0), Weight.Uniform(7, 7, 1))
            .AddProjection("a", "b", Connectivity.Pairs(), Given())
            .AddProjection("a", "b", Connectivity.Pairs((2, 1), (2, 1)), Given(1f, 2f))
            .AddProjection("a", "b", Connectivity.Dense, Given(-256f, 254, 0, 2, 4, 6), Delay.Ticks(3), Rule)
            .AddProjection("a", "b", Connectivity.Dense, Weight.Uniform(-256, 254, 2), learning: Rule)
            .AddProjection("a", "b", Connectivity.Dense, Weight.Normal(0, 99, -256, 254, 4), learning: Rule)
            .AddProbe(new SpikeProbe("q", "a", new TickFilter(3, 2)))
            .AddProbe(new SpikeCountProbe("r", "s", 1))
            .Build();
    }

    [Fact]
    public void Grades_go_one_to_one_dense_and_one_to_all_to_whom_understands_them_and_so_do_plain_spikes_unless_refused()
    {
        var network = Graded().AddPopulation("one", 1, SpikeArraySource.Graded((0, 0, 1)))
            .AddProjection("errors", "o", Connectivity.OneToOne, Weight.Constant(1))
            .AddProjection("norm", "o", Connectivity.Dense, Weight.Constant(1), Delay.Ticks(7))
            .AddProjection("one", "o", Connectivity.OneToAll, Weight.Constant(1))
            .AddProjection("s", "o", Connectivity.Random(0.5), Weight.Constant(3), Delay.Uniform(1, 2))
            .Build();
        Assert.Equal(4, network.Projections.Length);
    }

    [Fact]
    public void A_projection_that_was_refused_leaves_nothing_behind()
    {
        var builder = Start();
        Assert.Throws<NetworkException>(() => builder.AddProjection("a", "b", Connectivity.Dense, Weight.Constant(0.5)));
        var network = builder.AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1)).Build();
        Assert.Equal("a->b", Assert.Single(network.Projections).Name);
    }

    [Fact]
    public void Projections_without_a_name_are_named_by_their_ends_and_numbered()
    {
        var network = Start()
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1))
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(2))
            .AddProjection("s", "b", Connectivity.Dense, Weight.Constant(3), name: "a->b#3")
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(4))
            .Build();
        Assert.Equal(["a->b", "a->b#2", "a->b#3", "a->b#4"], network.Projections.Select(p => p.Name));
        Assert.Equal([0, 1, 2, 3], network.Projections.Select(p => p.Index));
        Assert.Equal(Weight.Constant(4), network.Projection("a->b#4").Weight);
    }

    [Fact]
    public void Sources_are_not_counted_as_neurons_and_the_longest_delay_counts()
    {
        var network = Start()
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1), Delay.Ticks(4))
            .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1), Delay.Uniform(2, 9))
            .Build();
        Assert.Equal(5, network.NeuronCount);
        Assert.Equal(9, network.MaxDelay);
        Assert.Equal(1, Start().Build().MaxDelay);
        Assert.Equal(2, network["s"].Index);
        Assert.Throws<KeyNotFoundException>(() => network["z"]);
        Assert.Throws<KeyNotFoundException>(() => network.Projection("a->z"));
    }

    /// <summary>Populations a (3 neurons), b (2 neurons) and a source s (3 neurons).</summary>
    private static NetworkBuilder Start() => new NetworkBuilder("n")
        .AddPopulation("a", 3, Neuron)
        .AddPopulation("b", 2, Neuron)
        .AddPopulation("s", 3, new SpikeArraySource());

    private static Weight Given(params float[] values) => Weight.Array(values);

    private static NetworkBuilder Named(string name) =>
        Start().AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1), name: name);

    private static void AddModel(NeuronModel model) => Start().AddPopulation("p", 3, model);

    private static SampleSource Samples(int bits = 3, int samples = 2, int period = 4, long firstTick = 0) =>
        new(new BitFrames(2, bits, new ulong[2]), new SamplePresentation(samples, period), firstTick);

    private static void Project(
        string source, string target, Weight? weight = null, Connectivity? connectivity = null, Delay? delay = null,
        LearningRule? learning = null, string? name = null, NetworkBuilder? onto = null) =>
        (onto ?? Start()).AddProjection(
            source, target, connectivity ?? Connectivity.Dense, weight ?? Weight.Constant(2), delay, learning, name);

    /// <summary>What <see cref="Start"/> gives, graded spikes, a normaliser and a model that understands grades, too; 3 neurons each.</summary>
    private static NetworkBuilder Graded() => Start()
        .AddPopulation("errors", 3, SpikeArraySource.Graded((0, 0, 1)))
        .AddPopulation("norm", 3, new DivisiveNormalisation())
        .AddPopulation("o", 3, new OtherModel(Graded: true));

    private static void Grade(
        string source, string target, Weight? weight = null, Connectivity? connectivity = null, Delay? delay = null, LearningRule? learning = null) =>
        Graded().AddProjection(source, target, connectivity ?? Connectivity.OneToOne, weight ?? Weight.Constant(1), delay, learning);

    private sealed record OtherModel(bool Graded = false) : NeuronModel
    {
        public override string Name => "other";

        public override bool TakesGrades => Graded;

        public override void Validate(string field, int size, double timeStepMs)
        {
        }

        public override void WriteTo(CanonicalWriter writer) => writer.Write(Name);
    }

    [Fact]
    public void Numbers_whose_sums_would_not_stay_finite_are_refused()
    {
        static NetworkBuilder Start() => new NetworkBuilder("n").AddPopulation("in", 2, new PoissonSource(1)).AddPopulation("out", 2, new LifExponential());
        foreach (var weight in new[] { Weight.Constant(1e300), Weight.Uniform(0, 1e10), Weight.Normal(0, 1e308), Weight.Array(new float[] { 1, 1, 1e20f, 1 }) })
            Assert.StartsWith("projections[\"in->out\"].weight", Assert.Throws<NetworkException>(() => Start().AddProjection("in", "out", Connectivity.Dense, weight)).Field);
        Assert.Equal("inputs[\"noise->out\"].weight", Assert.Throws<NetworkException>(() => Start().AddPoissonInput("out", 10, 1e300)).Field);
        Assert.Equal("populations[\"x\"].biasMv", Assert.Throws<NetworkException>(() => Start().AddPopulation("x", 1, new LifDelta(BiasMv: 1e308))).Field);
        Assert.EndsWith("maxWeight", Assert.Throws<NetworkException>(
            () => Start().AddProjection("in", "out", Connectivity.Dense, Weight.Constant(1), learning: new PairStdp(MaxWeight: 1e30))).Field);
    }

    [Fact]
    public void A_projection_without_a_name_may_join_populations_of_long_names()
    {
        string name = new('x', NetworkBuilder.MaxNameLength);
        var network = new NetworkBuilder("n").AddPopulation(name, 1, new LifDelta()).AddProjection(name, name, Connectivity.Dense, Weight.Constant(1)).Build();
        Assert.Equal($"{name}->{name}", network.Projections[0].Name);
    }
}
