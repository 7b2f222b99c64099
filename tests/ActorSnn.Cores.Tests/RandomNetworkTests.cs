using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>Cores against the naive simulator, on networks drawn from seeds: every spike of every tick, every weight at the end.</summary>
public class RandomNetworkTests
{
    private const int Networks = 40;
    private const int Ticks = 60;

    private static readonly Lazy<Trace[]> Traces = new(() => [.. Enumerable.Range(0, Networks).Select(seed => new Trace(seed))]);

    /// <summary>The comparisons mean something only where there is something to compare.</summary>
    [Fact]
    public void The_networks_are_worth_comparing()
    {
        int lively = Traces.Value.Count(t => t.IsLively);
        Assert.True(lively > Networks / 3, $"only {lively} of {Networks} networks are neither silent nor saturated");
        int learned = Traces.Value.Sum(t => t.Learned);
        Assert.True(learned > Networks / 3, $"only {learned} projections learn anything in {Networks} networks");
    }

    [Fact]
    public void One_core_does_what_the_naive_simulator_does() => CompareAll(n => new Lockstep(n), probes: false);

    [Fact]
    public void One_core_that_never_skips_does_the_same() => CompareAll(n => new Lockstep(n, new CoreOptions(SkipClosedNeurons: false)), probes: false);

    [Fact]
    public void One_core_under_probes_does_the_same() => CompareAll(n => new Lockstep(n), probes: true);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Placed_cores_do_the_same(int cores) =>
        CompareAll(n => new Lockstep(Placer.Place(n, new PlacementOptions(Cores: cores))), probes: false);

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Cores_cut_anywhere_do_the_same(int cores) =>
        CompareAll((n, seed) => new Lockstep(RandomPlacements.Make(n, cores, seed)), probes: true);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Probes_record_what_the_naive_simulator_did(int cores)
    {
        int potentials = 0;
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomNetworks.Make(seed, probes: true);
            var trace = Traces.Value[seed];
            var recordings = new Lockstep(RandomPlacements.Make(network, cores, seed)).RunTo(Ticks - 1).TakeRecordings();
            foreach (var probe in network.Probes)
            {
                int population = network[probe.Population].Index;
                var ticks = Enumerable.Range(0, Ticks);
                string what = $"\"{probe.Name}\" (seed {seed})";
                switch (probe)
                {
                    case SpikeProbe spikes:
                        var expected = ticks.Where(t => spikes.Ticks.Includes(t)).SelectMany(t => trace.Spikes[t][population]
                            .Index().Where(s => s.Item).Select(s => new Spike(t, s.Index)));
                        Assert.True(expected.SequenceEqual(recordings.Spikes(probe.Name)), what);
                        break;
                    case SpikeCountProbe counts:
                        var byPhase = new long[counts.PeriodTicks];
                        foreach (int tick in ticks) byPhase[tick % counts.PeriodTicks] += trace.Spikes[tick][population].Count(s => s);
                        Assert.True(byPhase.AsSpan().SequenceEqual(recordings.Counts(probe.Name)), what);
                        break;
                    case PotentialProbe look:
                        var rows = recordings.Potentials(probe.Name).ToArray();
                        Assert.Equal(ticks.Where(t => look.Ticks.Includes(t)).Select(t => (long)t), rows.Select(r => r.Tick));
                        foreach (var (tick, values) in rows)
                            Assert.True(trace.Potentials[tick][population].Select(v => (float)v).SequenceEqual(values), $"{what} at tick {tick}");
                        potentials += rows.Length;
                        break;
                }
            }
        }
        Assert.True(potentials > Networks, $"only {potentials} rows of potentials");
    }

    private static void CompareAll(Func<Network, Lockstep> build, bool probes) => CompareAll((network, _) => build(network), probes);

    private static void CompareAll(Func<Network, int, Lockstep> build, bool probes)
    {
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomNetworks.Make(seed, probes: probes);
            var trace = Traces.Value[seed];
            var mesh = build(network, seed);
            for (int tick = 0; tick < Ticks; tick++)
            {
                mesh.Step();
                foreach (var population in network.Populations)
                {
                    if (!trace.Spikes[tick][population.Index].AsSpan().SequenceEqual(mesh.Spikes(population.Index)))
                        Assert.Fail($"\"{population.Name}\" spikes differently at tick {tick} (seed {seed})");
                }
            }
            var state = mesh.Capture();
            Assert.Equal(trace.SpikeCount, state.SpikeCount);
            foreach (var projection in network.Projections.Where(p => p.IsPlastic))
            {
                if (!trace.Weights[projection.Index].AsSpan().SequenceEqual(state.Weights[projection.Index]))
                    Assert.Fail($"the weights of \"{projection.Name}\" differ after tick {Ticks - 1} (seed {seed})");
            }
        }
    }

    /// <summary>What the naive simulator did with one network.</summary>
    private sealed class Trace
    {
        public Trace(int seed)
        {
            var network = RandomNetworks.Make(seed);
            var naive = new NaiveSimulator(network);
            var plastic = network.Projections.Where(p => p.IsPlastic).ToArray();
            var initial = plastic.ToDictionary(p => p.Index, naive.Weights);
            for (int tick = 0; tick < Ticks; tick++)
            {
                naive.Step();
                Spikes[tick] = naive.Spikes;
                Potentials[tick] = [.. naive.Potentials.Select(p => p.ToArray())];
            }
            Weights = plastic.ToDictionary(p => p.Index, naive.Weights);
            SpikeCount = naive.SpikeCount;
            Learned = Weights.Count(w => !w.Value.AsSpan().SequenceEqual(initial[w.Key]));
            long most = network.NeuronCount * Ticks;
            IsLively = SpikeCount > most / 100 && SpikeCount < most * 9 / 10;
        }

        public bool[][][] Spikes { get; } = new bool[Ticks][][];

        public long[][][] Potentials { get; } = new long[Ticks][][];

        public Dictionary<int, sbyte[]> Weights { get; }

        public long SpikeCount { get; }

        public bool IsLively { get; }

        public int Learned { get; }
    }
}
