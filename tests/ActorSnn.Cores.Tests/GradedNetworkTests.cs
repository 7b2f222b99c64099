using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>Graded spikes: what a normaliser makes of them, what disturbs and breaks them, and what no choice of how to run a network may change.</summary>
public class GradedNetworkTests
{
    private const int Ticks = 90;

    [Fact]
    public void A_normaliser_does_what_a_plain_loop_does_however_placed()
    {
        long compared = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var network = RandomGradedNetworks.Make(seed);
            var expected = Reference(network);
            Lockstep[] meshes = [new(network), new(Placer.Place(network, new PlacementOptions(2))), new(RandomPlacements.Make(network, 5, seed))];
            for (int tick = 0; tick < Ticks; tick++)
            {
                foreach (var mesh in meshes)
                {
                    var state = mesh.Step().Capture();
                    foreach (var population in network.Populations.Where(p => p.Model.IsGraded))
                    {
                        Assert.True(expected[population.Index][tick].SequenceEqual(GradesOf(state, population.Index, tick)), $"\"{population.Name}\" at tick {tick} (seed {seed})");
                        if (population.Model is DivisiveNormalisation) compared += expected[population.Index][tick].Count;
                    }
                }
            }
        }
        Assert.True(compared > 100_000, $"only {compared} spikes");
    }

    [Fact]
    public void Grades_are_divided_by_their_norm_and_a_lone_one_becomes_its_sign()
    {
        var network = Normalised((0, 0, 3), (0, 2, -4), (1, 1, 0.1f), (2, 0, -1e-40f), (3, 0, float.MaxValue), (3, 1, 0));
        Assert.Equal([(2L, 0, 0.6f), (2, 2, -0.8f), (3, 1, 1), (4, 0, -1), (5, 0, 1), (5, 1, 0)], Emitted(network, 1));
    }

    [Fact]
    public void Nothing_comes_of_grades_whose_norm_is_zero() => Assert.Empty(Emitted(Normalised((0, 0, 0), (1, 0, 0), (1, 2, -0.0f)), 1));

    [Fact]
    public void Grades_of_several_projections_add_up_before_they_are_divided()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("errors", 2, SpikeArraySource.Graded((0, 0, 1), (1, 0, 2), (1, 1, 4)))
            .AddPopulation("norm", 2, new DivisiveNormalisation())
            .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(2))
            .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(1))
            .Build();
        Assert.Equal([(1L, 0, 1), (2, 0, 0.6f), (2, 1, 0.8f), (3, 0, (float)(2 / Math.Sqrt(20))), (3, 1, (float)(4 / Math.Sqrt(20)))], Emitted(network, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neither_placement_nor_a_restart_shows_in_the_state(bool isDisturbedAndBroken)
    {
        int underWay = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            var network = RandomGradedNetworks.Make(seed);
            if (isDisturbedAndBroken) network = RandomFaults.Break(RandomTimings.Disturb(network, seed), seed);
            var random = new Random(seed);
            var state = new Lockstep(network).RunTo(Ticks).Capture();
            string end = state.Hash();
            var runOn = new Lockstep(RandomPlacements.Make(network, random.Next(1, 6), seed)).RunTo(Ticks);
            Assert.True(end == runOn.Capture().Hash(), $"placed (seed {seed})");
            for (int tick = -1; tick < Ticks; tick += random.Next(1, 15))
            {
                var middle = new Lockstep(RandomPlacements.Make(network, random.Next(1, 6), random.Next())).RunTo(tick).Capture();
                underWay += middle.Grades.Count(g => g is not null && g.Any(grade => grade != 0));
                var after = new Lockstep(RandomPlacements.Make(network, random.Next(1, 6), random.Next())).Restore(middle, totals: random.Next(6));
                Assert.True(middle.Hash() == after.Capture().Hash(), $"at tick {tick} (seed {seed})");
                Assert.True(end == after.RunTo(Ticks).Capture().Hash(), $"from tick {tick} (seed {seed})");
                Assert.Equal((state.SpikeCount, state.SynapticEvents), (after.Capture().SpikeCount, after.Capture().SynapticEvents));
                Assert.True(end == runOn.Restore(middle).RunTo(Ticks).Capture().Hash(), $"from tick {tick}, back from the end (seed {seed})");
            }
        }
        Assert.True(underWay > 500, $"only {underWay} populations had graded spikes under way");
    }

    [Fact]
    public void Every_bit_of_a_grade_under_way_counts_in_the_hash()
    {
        int counted = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            var state = new Lockstep(RandomGradedNetworks.Make(seed, maxSize: 17)).RunTo(40).Capture();
            string hash = state.Hash();
            var random = new Random(seed);
            foreach (var grades in state.Grades.OfType<float[]>())
            {
                foreach (int at in Enumerable.Range(0, grades.Length).Where(i => grades[i] != 0).Take(5))
                {
                    float before = grades[at];
                    grades[at] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(before) ^ 1 << random.Next(32));
                    Assert.True(hash != state.Hash(), $"{grades[at]:R} instead of {before:R} (seed {seed})");
                    grades[at] = before;
                    counted++;
                }
            }
            Assert.Equal(hash, state.Hash());
        }
        Assert.True(counted > 100, $"only {counted} grades");
    }

    [Fact]
    public void A_grade_that_has_been_applied_still_counts_in_the_digest_of_all_spikes()
    {
        static NetworkState After(float grade) => new Lockstep(Normalised((0, 0, grade))).RunTo(50).Capture();
        Assert.All(After(1).Grades.OfType<float[]>(), grades => Assert.DoesNotContain(grades, g => g != 0));
        Assert.Equal(After(1).SpikeDigest, After(1).SpikeDigest);
        Assert.NotEqual(After(1).SpikeDigest, After(2).SpikeDigest);
        Assert.NotEqual(After(0.0f).SpikeDigest, After(-0.0f).SpikeDigest);
    }

    [Fact]
    public void A_grade_travels_with_its_spike_and_of_two_that_arrive_together_the_first_emitted_counts()
    {
        // The first is held up by just the time that the second is behind; the third overtakes nobody.
        var timing = new DelayedTiming(1, [new Disturbance(LatencyTicks: 4, LastTick: 3)]);
        var network = new NetworkBuilder(Normalised((3, 0, 3), (3, 1, 4), (7, 1, 100), (7, 2, 12), (20, 2, 2))).SetTiming(timing).Build();
        Assert.Equal([(9L, 0, 3 / 13f), (9, 1, 4 / 13f), (9, 2, 12 / 13f), (22, 2, 1)], Emitted(network, 1));
    }

    [Fact]
    public void What_happens_to_graded_spikes_on_their_way_is_what_happens_to_plain_ones()
    {
        var timing = new DelayedTiming(9, [new Disturbance("*", 1, 5, 0.2, 0.3, 0.7)]);
        var spikes = Enumerable.Range(0, 400).Select(t => new Spike(t * 10, t % 7)).ToList();
        NetworkBuilder New(string name) => new NetworkBuilder(name).SetTiming(timing);
        var plain = New("plain").AddPopulation("in", 7, new SpikeArraySource(spikes)).AddPopulation("out", 7, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1)).AddProbe(new SpikeProbe("spikes", "out", TickFilter.EveryTick)).Build();
        var graded = New("graded").AddPopulation("in", 7, SpikeArraySource.Graded(spikes.Select(s => new GradedSpike(s.Tick, s.Neuron, 5)))).AddPopulation("out", 7, new DivisiveNormalisation())
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1)).AddProbe(new SpikeProbe("spikes", "out", TickFilter.EveryTick)).Build();
        IReadOnlyList<Spike> SpikesOf(Network network) => new Lockstep(network).RunTo(4100).TakeRecordings().Spikes("spikes");
        Assert.Equal(SpikesOf(plain), SpikesOf(graded));
        Assert.InRange(SpikesOf(graded).Count, 300, 600);
    }

    [Fact]
    public void A_silenced_neuron_emits_nothing_and_a_stuck_one_the_grade_zero_unless_it_has_one_of_its_own()
    {
        var network = new NetworkBuilder(Normalised((0, 0, 3), (0, 1, 9), (0, 2, 4), (1, 0, 5), (3, 2, 5)))
            .AddFault(new SilenceNeurons(new NeuronTarget("errors", Neurons: [1])))
            .AddFault(new StickNeurons(new NeuronTarget("errors", Neurons: [2]), FirstTick: 1, LastTick: 3))
            .Build();
        Assert.Equal([(0L, 0, 3f), (0, 2, 4), (1, 0, 5), (1, 2, 0), (2, 2, 0), (3, 2, 5)], Emitted(network, 0));
        Assert.Equal([(2L, 0, 0.6f), (2, 2, 0.8f), (3, 0, 1), (3, 2, 0), (5, 2, 1)], Emitted(network, 1));
    }

    [Fact]
    public void A_normaliser_that_is_stuck_spikes_though_nothing_arrives()
    {
        var network = new NetworkBuilder(Normalised((4, 0, 3), (4, 1, 4)))
            .AddFault(new StickNeurons(new NeuronTarget("norm", Neurons: [1]), FirstTick: 3, LastTick: 10, PeriodTicks: 3))
            .Build();
        Assert.Equal([(3L, 1, 0f), (6, 0, 0.6f), (6, 1, 0.8f), (9, 1, 0)], Emitted(network, 1));
    }

    [Fact]
    public void The_placer_keeps_a_normaliser_whole_and_cuts_what_is_normalised()
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("errors", 5000, SpikeArraySource.Graded((0, 0, 1)))
            .AddPopulation("norm", 5000, new DivisiveNormalisation())
            .AddPopulation("again", 5000, new DivisiveNormalisation())
            .AddPopulation("plain", 5000, new GatedThresholdNeuron())
            .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1))
            .AddProjection("norm", "again", Connectivity.OneToOne, Weight.Constant(1))
            .Build();
        foreach (int? cores in (int?[])[null, 1, 2, 5])
        {
            var placement = Placer.Place(network, new PlacementOptions(cores));
            var slices = placement.Cores.SelectMany(c => c.Slices).ToLookup(s => s.Population);
            Assert.Equal(5000, Assert.Single(slices[1]).Count);
            Assert.Equal(5000, Assert.Single(slices[2]).Count);
            if (cores is null) Assert.All(slices[3], s => Assert.InRange(s.Count, 1, 1024));
            else Assert.Equal(cores, placement.Cores.Length);
            if (cores is 2 or 5) Assert.True(slices[3].Count() > 1);
        }
    }

    [Fact]
    public void A_tick_allocates_nothing()
    {
        var spikes = Enumerable.Range(0, 400).SelectMany(tick => Enumerable.Range(0, 50).Select(i => new GradedSpike(tick, (tick + i) % 100, i)));
        var network = new NetworkBuilder("n")
            .AddPopulation("errors", 100, SpikeArraySource.Graded(spikes))
            .AddPopulation("norm", 100, new DivisiveNormalisation())
            .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(3))
            .AddProjection("norm", "norm", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(2))
            .Build();
        var core = new Lockstep(network).RunTo(99).Cores[0];
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++) core.Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static Network Normalised(params (long, int, float)[] spikes) => new NetworkBuilder("n")
        .AddPopulation("errors", 3, SpikeArraySource.Graded(spikes))
        .AddPopulation("norm", 3, new DivisiveNormalisation())
        .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(2))
        .Build();

    private static List<(long Tick, int Neuron, float Grade)> Emitted(Network network, int population)
    {
        var mesh = new Lockstep(network);
        var emitted = new List<(long, int, float)>();
        while (mesh.Tick < 60) emitted.AddRange(GradesOf(mesh.Step().Capture(), population, mesh.Tick).Select(s => (mesh.Tick, s.Neuron, s.Grade)));
        return emitted;
    }

    private static List<(int Neuron, float Grade)> GradesOf(NetworkState state, int population, long tick)
    {
        var grades = state.GradesAt(population, tick).ToArray();
        var bits = state.SpikesAt(population, tick).ToArray();
        return [.. Enumerable.Range(0, grades.Length).Where(i => (bits[i / 64] >> (i % 64) & 1) != 0).Select(i => (i, grades[i]))];
    }

    /// <summary>The graded spikes of each population and tick, by neuron.</summary>
    private static List<(int Neuron, float Grade)>[][] Reference(Network network)
    {
        var emitted = network.Populations.Select(_ => new List<(int Neuron, float Grade)>[Ticks]).ToArray();
        for (int tick = 0; tick < Ticks; tick++)
        {
            foreach (var population in network.Populations)
            {
                emitted[population.Index][tick] = population.Model switch
                {
                    SpikeArraySource source => [.. source.Spikes.Zip(source.Grades!.Value).Where(s => s.First.Tick == tick).Select(s => (s.First.Neuron, s.Second))],
                    DivisiveNormalisation => Normalise(population, tick),
                    _ => [],
                };
            }
        }
        return emitted;

        List<(int, float)> Normalise(Population population, int tick)
        {
            var sums = new SortedDictionary<int, double>();
            foreach (var projection in network.Projections.Where(p => p.Target == population.Index && tick >= p.Delay.Min))
            {
                foreach (var (neuron, grade) in emitted[projection.Source][tick - projection.Delay.Min]) sums[neuron] = sums.GetValueOrDefault(neuron) + grade;
            }
            double squares = 0;
            foreach (double sum in sums.Values) squares += sum * sum;
            return squares == 0 ? [] : [.. sums.Select(s => (s.Key, (float)(s.Value / Math.Sqrt(squares))))];
        }
    }
}
