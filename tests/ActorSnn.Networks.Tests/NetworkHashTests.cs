using System.Collections.Immutable;

namespace ActorSnn.Networks.Tests;

/// <summary>The network hash changes with everything that can influence a spike, and with nothing else.</summary>
public class NetworkHashTests
{
    private static readonly Dictionary<string, Action<Recipe>> Changes = new()
    {
        ["seed"] = r => r.Seed = 8,
        ["high half of the seed"] = r => r.Seed = 7 | (1UL << 40),
        ["time step"] = r => r.TimeStepMs = 0.5,
        ["size"] = r => r.SizeOfFree = 6,
        ["threshold"] = r => r.Neuron = r.Neuron with { Threshold = 101 },
        ["bias"] = r => r.Neuron = r.Neuron with { Bias = -1 },
        ["model"] = r => r.Free = new PoissonSource(10),
        ["name of a population"] = r => r.NameOfFree = "alone!",
        ["rate"] = r => r.RateHz = 21,
        ["tick of a spike"] = r => r.Spikes = [new(3, 0), new(6, 1)],
        ["neuron of a spike"] = r => r.Spikes = [new(3, 0), new(5, 0)],
        ["one spike fewer"] = r => r.Spikes = [new(3, 0)],
        ["grades"] = r => r.Grades = [1, 2],
        ["a bit of a grade"] = r => r.Grades = [1, BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(2) ^ 1)],
        ["grades swapped"] = r => r.Grades = [2, 1],
        ["a bit of a frame"] = r => r.Frames = new BitFrames(2, 3, [5, 3]),
        ["number of frames"] = r => r.Frames = new BitFrames(3, 3, [5, 2, 0]),
        ["period of the samples"] = r => r.Presentation = r.Presentation with { PeriodTicks = 9 },
        ["order of the samples"] = r => r.Presentation = r.Presentation with { Shuffled = false },
        ["seed of the order"] = r => r.Presentation = r.Presentation with { Seed = 12 },
        ["first tick of the samples"] = r => r.FirstTick = 5,
        ["source of a projection"] = r => r.FromOfWeighted = "b",
        ["target of a projection"] = r => r.ToOfWeighted = "a",
        ["name of a projection"] = r => r.NameOfWeighted = "other",
        ["a projection more"] = r => r.Extra = true,
        ["order of projections"] = r => r.Swapped = true,
        ["kind of connectivity"] = r => r.Connectivity = Connectivity.Dense,
        ["probability"] = r => r.Connectivity = Connectivity.Random(0.25),
        ["in-degree"] = r => r.Connectivity = Connectivity.FixedInDegree(2),
        ["other in-degree"] = r => r.Connectivity = Connectivity.FixedInDegree(3),
        ["pairs"] = r => r.Connectivity = Connectivity.Pairs((0, 1)),
        ["other target of a pair"] = r => r.Connectivity = Connectivity.Pairs((0, 2)),
        ["other source of a pair"] = r => r.Connectivity = Connectivity.Pairs((1, 1)),
        ["a pair twice"] = r => r.Connectivity = Connectivity.Pairs((0, 1), (0, 1)),
        ["one-to-one"] = r => r.Connectivity = Connectivity.OneToOne,
        ["constant weight"] = r => r.Weight = Weight.Constant(3),
        ["uniform weights"] = r => r.Weight = Weight.Uniform(1, 9, 1),
        ["lower end of the weights"] = r => r.Weight = Weight.Uniform(2, 9, 1),
        ["upper end of the weights"] = r => r.Weight = Weight.Uniform(1, 8, 1),
        ["step of the weights"] = r => r.Weight = Weight.Uniform(1, 9, 2),
        ["normal weights"] = r => r.Weight = Weight.Normal(1, 2, -9, 9, 1),
        ["mean of the weights"] = r => r.Weight = Weight.Normal(2, 2, -9, 9, 1),
        ["spread of the weights"] = r => r.Weight = Weight.Normal(1, 3, -9, 9, 1),
        ["lower clip of the weights"] = r => r.Weight = Weight.Normal(1, 2, -8, 9, 1),
        ["upper clip of the weights"] = r => r.Weight = Weight.Normal(1, 2, -9, 8, 1),
        ["step of normal weights"] = r => r.Weight = Weight.Normal(1, 2, -9, 9, 2),
        ["one given weight"] = r => r.Given[8] = 20,
        ["two given weights swapped"] = r => (r.Given[0], r.Given[1]) = (r.Given[1], r.Given[0]),
        ["delay"] = r => r.Delay = Delay.Ticks(3),
        ["range of delays"] = r => r.Delay = Delay.Uniform(2, 3),
        ["other range of delays"] = r => r.Delay = Delay.Uniform(1, 2),
        ["no learning"] = r => r.Learning = null,
        ["period of the clock"] = r => r.Learning = new HebbianCoincidence(new ReinforcementClock(5, [1])),
        ["phase of the clock"] = r => r.Learning = new HebbianCoincidence(new ReinforcementClock(4, [2])),
        ["a phase more"] = r => r.Learning = new HebbianCoincidence(new ReinforcementClock(4, [1, 2])),
        ["no phase"] = r => r.Learning = new HebbianCoincidence(new ReinforcementClock(4, [])),
    };

    public static TheoryData<string> NamesOfChanges => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(NamesOfChanges))]
    public void The_hash_changes_with(string change) => Assert.NotEqual(new Recipe().Hash(), Changed(change));

    [Fact]
    public void No_two_changes_give_the_same_hash()
    {
        var hashes = Changes.Keys.ToLookup(Changed);
        foreach (var same in hashes) Assert.Equal([same.First()], same);
    }

    [Fact]
    public void Names_of_the_network_and_probes_do_not_count()
    {
        string hash = new Recipe().Hash();
        Assert.Equal(hash, new Recipe { Name = "another" }.Hash());
        Assert.Equal(hash, new Recipe { Probes = [new SpikeProbe("p", "a", TickFilter.EveryTick)] }.Hash());
        Assert.Equal(hash, new Recipe { Probes = [new PotentialProbe("q", "b", new TickFilter(4, 1)), new SpikeCountProbe("r", "a", 3)] }.Hash());
    }

    [Fact]
    public void The_seed_of_an_order_that_is_not_shuffled_does_not_count() => Assert.Equal(
        new Recipe { Presentation = new SamplePresentation(2, 8, Shuffled: false, Seed: 1) }.Hash(),
        new Recipe { Presentation = new SamplePresentation(2, 8, Shuffled: false, Seed: 2) }.Hash());

    [Fact]
    public void How_equal_things_were_written_does_not_count()
    {
        string hash = new Recipe().Hash();
        Assert.Equal(hash, new Recipe { Spikes = [new(5, 1), new(3, 0), new(5, 1)] }.Hash());
        Assert.Equal(hash, new Recipe { Frames = new BitFrames(2, 3, [5, 2]) }.Hash());
        var values = new Recipe().Given;
        Assert.Equal(Dense(Weight.Array(values)).Hash, Dense(Weight.Array(values.ToImmutableArray())).Hash);

        Network Dense(Weight weight) => new NetworkBuilder("n").AddPopulation("a", 3, new GatedThresholdNeuron())
            .AddProjection("a", "a", Connectivity.Dense, weight).Build();
    }

    [Fact]
    public void The_hash_is_the_same_on_every_machine() =>
        Assert.Equal("5d2a31bee059fdfa08aa05525157452f1c800f2df46cf741adf45d8a28543755", new Recipe().Hash());

    private static string Changed(string change)
    {
        var recipe = new Recipe();
        Changes[change](recipe);
        return recipe.Hash();
    }

    /// <summary>A network with one of everything, whose parts can be changed one at a time.</summary>
    private sealed class Recipe
    {
        public string Name { get; set; } = "recipe";
        public ulong Seed { get; set; } = 7;
        public double TimeStepMs { get; set; } = 1;
        public string NameOfFree { get; set; } = "alone";
        public int SizeOfFree { get; set; } = 5;
        public NeuronModel Free { get; set; } = new GatedThresholdNeuron();
        public GatedThresholdNeuron Neuron { get; set; } = new(100, 0);
        public double RateHz { get; set; } = 20;
        public ImmutableArray<Spike> Spikes { get; set; } = [new(3, 0), new(5, 1)];
        public float[]? Grades { get; set; }
        public BitFrames Frames { get; set; } = new(2, 3, [5, 2]);
        public SamplePresentation Presentation { get; set; } = new(2, 8, Shuffled: true, Seed: 11);
        public long FirstTick { get; set; } = 4;
        public string FromOfWeighted { get; set; } = "a";
        public string ToOfWeighted { get; set; } = "b";
        public string? NameOfWeighted { get; set; } = "weighted";
        public Connectivity Connectivity { get; set; } = Connectivity.Random(0.5);
        public Weight Weight { get; set; } = Weight.Constant(2);
        public Delay Delay { get; set; } = Delay.Ticks(2);
        public float[] Given { get; } = [0, 2, 4, 6, 8, 10, 12, 14, 16];
        public LearningRule? Learning { get; set; } = new HebbianCoincidence(new ReinforcementClock(4, [1]));
        public bool Extra { get; set; }
        public bool Swapped { get; set; }
        public Probe[] Probes { get; set; } = [];

        public string Hash()
        {
            var builder = new NetworkBuilder(Name, Seed, TimeStepMs)
                .AddPopulation("a", 3, Neuron)
                .AddPopulation("b", 3, new GatedThresholdNeuron())
                .AddPopulation(NameOfFree, SizeOfFree, Free)
                .AddPopulation("poisson", 2, new PoissonSource(RateHz))
                .AddPopulation("spikes", 2, Grades is { } grades ? SpikeArraySource.Graded(Spikes.Select((s, i) => new GradedSpike(s.Tick, s.Neuron, grades[i]))) : new SpikeArraySource(Spikes))
                .AddPopulation("samples", 3, new SampleSource(Frames, Presentation with { SampleCount = Frames.Count }, FirstTick));
            Action[] projections =
            [
                () => builder.AddProjection(FromOfWeighted, ToOfWeighted, Connectivity, Weight, Delay, name: NameOfWeighted),
                () => builder.AddProjection("a", "b", Connectivity.Dense, Weight.Array(Given), Delay.One, Learning, name: "given"),
            ];
            if (Swapped) Array.Reverse(projections);
            foreach (var add in projections) add();
            if (Extra) builder.AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1));
            foreach (var probe in Probes) builder.AddProbe(probe);
            return builder.Build().Hash;
        }
    }
}
