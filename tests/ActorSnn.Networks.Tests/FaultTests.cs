namespace ActorSnn.Networks.Tests;

public class FaultTests
{
    public static TheoryData<Fault, string, string> Wrong => new()
    {
        { new SilenceNeurons(new("a", 1.5)), "faults[0].share", "give 0 to 1" },
        { new SilenceNeurons(new("")), "faults[0].populations", "is empty" },
        { new SilenceNeurons(new("c")), "faults[0].populations", "there is no population \"c\"" },
        { new SilenceNeurons(new("hiden")), "faults[0].populations", "did you mean \"hidden\"?" },
        { new SilenceNeurons(new("x*")), "faults[0].populations", "stands for no population" },
        { new SilenceNeurons(new("a", Neurons: [2])), "faults[0].neurons", "it has 2" },
        { new SilenceNeurons(new("a", 0.5, Neurons: [1])), "faults[0].share", "give one of them" },
        { new SilenceNeurons(new("a", Neurons: [])), "faults[0].neurons", "at least one" },
        { new SilenceNeurons(new("a"), -1), "faults[0].firstTick", "ticks count from 0" },
        { new SilenceNeurons(new("a"), 5, 4), "faults[0].lastTick", "before the first tick 5" },
        { new StickNeurons(new("a"), PeriodTicks: 0), "faults[0].periodTicks", "give 1 to" },
        { new FlipWeightBits(new("learned"), 8, 1), "faults[0].projections", "have bits 0 to 7, not 8" },
        { new FlipWeightBits(new("learned"), 32, 1), "faults[0].bit", "give 0 to 31" },
        { new FlipWeightBits(new("wide"), 0, 1), "faults[0].projections", "have no bits to break" },
        { new FlipWeightBits(new("w*"), 0, 1), "faults[0].projections", "have no bits to break" },
        { new FlipWeightBits(new("learned"), 1, -1), "faults[0].tick", "ticks count from 0" },
        { new FlipWeightBits(new("learned", Pairs: [(0, 3)]), 1, 1), "faults[0].synapses", "goes from 2 neurons onto 3" },
        { new FlipWeightBits(new("learned", Pairs: [(0, 0)]), null, 1), "faults[0].bit", "is missing" },
        { new FlipWeightBitsAtRate("learned", 1e6), "faults[0].perTick", "give 0 to 500" },
        { new FlipWeightBitsAtRate("sparse", 100), "faults[0].perTick", "at most 5" },
        { new StickWeightBits(new("nothing"), 1, true), "faults[0].projections", "there is no projection \"nothing\"" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_fault_that_cannot_be_is_refused(Fault fault, string field, string problem)
    {
        var refusal = Assert.Throws<NetworkException>(() => Start().AddFault(fault).Build());
        Assert.Equal(field, refusal.Field);
        Assert.Contains(problem, refusal.Problem);
    }

    [Fact]
    public void A_pattern_stands_for_the_projections_whose_weights_have_such_bits()
    {
        var network = Start().AddFault(new FlipWeightBits(new("*"), 7, 1)).AddFault(new FlipWeightBits(new("*"), 23, 1)).AddFault(new StickWeightBits(new("*"), 31, true)).Build();
        IEnumerable<int> Places(string projection) => network.FaultsOf(network.Projection(projection)).Select(f => f.Place);
        Assert.Equal([0], Places("learned"));
        Assert.Equal([], Places("wide"));
        Assert.Equal([0, 1], Places("sparse"));
        Assert.Equal([0, 1, 2], Places("stdp"));
    }

    [Fact]
    public void A_network_with_faults_is_no_network_file() =>
        Assert.Equal("faults", Assert.Throws<NetworkException>(() => NetworkFile.ToJson(Start().AddFault(new SilenceNeurons(new("a"))).Build())).Field);

    private static NetworkBuilder Start() => new NetworkBuilder("n")
        .AddPopulation("a", 2, new PoissonSource(10)).AddPopulation("hidden", 3, new GatedThresholdNeuron()).AddPopulation("real", 3, new LifDelta())
        .AddProjection("a", "hidden", Connectivity.Dense, Weight.Constant(2), learning: new HebbianCoincidence(new ReinforcementClock(1, [0])), name: "learned")
        .AddProjection("a", "hidden", Connectivity.Dense, Weight.Constant(2000), name: "wide")
        .AddProjection("a", "real", Connectivity.Random(0.01), Weight.Constant(2000), name: "sparse")
        .AddProjection("a", "real", Connectivity.Dense, Weight.Constant(0.5), learning: new PairStdp(), name: "stdp");
}
