using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>
/// Networks of real-valued neurons drawn from seeds: cores against the naive simulator. The two round differently, so a potential within rounding of the
/// threshold may be judged differently; from there on runs differ and are not compared. Such networks are counted, and there must be next to none.
/// </summary>
public class RealNetworkTests
{
    private const int Networks = 50;
    private const int Ticks = 150;


    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_core_does_what_the_naive_simulator_does(bool plastic)
    {
        int borderline = 0;
        int lively = 0;
        int learned = 0;
        var models = new Dictionary<string, long>();
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomRealNetworks.Make(seed, probes: true, plastic: plastic);
            if (plastic && !network.Projections.Any(p => p.IsPlastic)) continue;
            var naive = new NaiveRealSimulator(network);
            var mesh = new Lockstep(network);
            var potentials = new List<double[][]>();
            bool same = true;
            for (int tick = 0; tick < Ticks && same; tick++)
            {
                naive.Step();
                mesh.Step();
                same = Compare(network, naive, mesh, seed);
                potentials.Add(naive.Potentials());
                foreach (var population in network.Populations)
                    models[population.Model.Name] = models.GetValueOrDefault(population.Model.Name) + naive.Spikes[population.Index].Count(s => s);
            }
            if (!same)
            {
                borderline++;
                continue;
            }
            ComparePotentials(network, potentials, mesh.TakeRecordings(), seed);
            var state = mesh.Capture();
            Assert.Equal(naive.SpikeCount, state.SpikeCount);
            learned += CompareWeights(network, naive, state, seed);
            long most = network.NeuronCount * Ticks;
            if (state.SpikeCount > most / 100 && state.SpikeCount < most * 9 / 10) lively++;
        }
        Assert.True(borderline <= 1, $"{borderline} networks differ by rounding");
        Assert.True(lively > (plastic ? Networks / 3 : Networks / 2), $"only {lively} of {Networks} networks are neither silent nor saturated");
        if (plastic) Assert.True(learned > Networks / 2, $"only {learned} projections learn anything");
        Assert.All((string[])["if", "lif-delta", "lif-exp", "lif-cond", "izhikevich", "gated-threshold", "poisson", "spike-array"],
            m => Assert.True(models.GetValueOrDefault(m) > 500, $"{m}: {models.GetValueOrDefault(m)} spikes"));
    }

    /// <summary>States are the same bit for bit, whatever computes them.</summary>
    [Fact]
    public void Neither_cores_nor_placement_nor_update_show_in_the_state()
    {
        for (int seed = 0; seed < Networks; seed++)
        {
            var network = RandomRealNetworks.Make(seed);
            string expected = new Lockstep(network, new CoreOptions(Update: UpdateStrategy.Dense)).RunTo(Ticks).Capture().Hash();
            foreach (var update in (UpdateStrategy[])[UpdateStrategy.Auto, UpdateStrategy.Lazy])
                AssertSame(expected, new Lockstep(network, new CoreOptions(Update: update)), $"{update} (seed {seed})");
            foreach (int cores in (int[])[2, 3, 7])
            {
                var update = (UpdateStrategy)((seed + cores) % 3);
                var options = new CoreOptions(Update: update);
                AssertSame(expected, new Lockstep(Placer.Place(network, new PlacementOptions(cores)), options), $"{cores} cores, {update} (seed {seed})");
                AssertSame(expected, new Lockstep(RandomPlacements.Make(network, cores, seed), options), $"{cores} cores cut anywhere, {update} (seed {seed})");
            }
        }
    }

    [Fact]
    public void Probes_record_the_same_under_any_placement_and_update()
    {
        for (int seed = 0; seed < 15; seed++)
        {
            var network = RandomRealNetworks.Make(seed, probes: true);
            var expected = new Lockstep(network).RunTo(60).TakeRecordings();
            foreach (var update in (UpdateStrategy[])[UpdateStrategy.Dense, UpdateStrategy.Lazy])
            {
                var actual = new Lockstep(RandomPlacements.Make(network, 3, seed), new CoreOptions(Update: update)).RunTo(60).TakeRecordings();
                foreach (var probe in network.Probes)
                {
                    string what = $"\"{probe.Name}\", {update} (seed {seed})";
                    if (probe is SpikeProbe) Assert.True(expected.Spikes(probe.Name).SequenceEqual(actual.Spikes(probe.Name)), what);
                    if (probe is SpikeCountProbe) Assert.True(expected.Counts(probe.Name).SequenceEqual(actual.Counts(probe.Name)), what);
                    if (probe is not PotentialProbe) continue;
                    foreach (var (row, other) in expected.Potentials(probe.Name).Zip(actual.Potentials(probe.Name)))
                        Assert.True(row.Tick == other.Tick && row.Values.AsSpan().SequenceEqual(other.Values), what);
                }
            }
        }
    }

    private static void AssertSame(string expected, Lockstep mesh, string what) => Assert.True(expected == mesh.RunTo(Ticks).Capture().Hash(), what);

    /// <summary>Whether the spikes of a tick are the same; fails unless what differs lies within rounding of the threshold.</summary>
    internal static bool Compare(Network network, NaiveRealSimulator naive, Lockstep mesh, int seed)
    {
        bool same = true;
        foreach (var population in network.Populations)
        {
            var spikes = mesh.Spikes(population.Index);
            for (int n = 0; n < spikes.Length; n++)
            {
                if (spikes[n] == naive.Spikes[population.Index][n]) continue;
                double distance = population.Model is RealNeuronModel model
                    ? Math.Abs(naive.Potential(population.Index, n) - model.ThresholdMv)
                    : double.PositiveInfinity;
                if (!(distance < Rounding(network, population)))
                {
                    Assert.Fail($"neuron {n} of \"{population.Name}\" ({population.Model}) spikes {(spikes[n] ? "" : "not ")}at tick {naive.Tick}, "
                        + $"at {naive.Potential(population.Index, n):R} mV (seed {seed})");
                }
                same = false;
            }
        }
        return same;
    }

    /// <summary>
    /// How far the two may be apart, in mV: Izhikevich's neurons blow rounding up on their way to the peak, and learned weights are kept as float32, which
    /// may round differently.
    /// </summary>
    private static double Rounding(Network network, Population population) =>
        population.Model is Izhikevich ? 1e-6 : network.Projections.Any(p => p.IsPlastic) ? 1e-7 : 1e-9;

    private static void ComparePotentials(Network network, List<double[][]> naive, Recordings recordings, int seed)
    {
        foreach (var probe in network.Probes.OfType<PotentialProbe>())
        {
            var population = network[probe.Population];
            double tolerance = 1e3 * Rounding(network, population);
            double relative = population.Model is Izhikevich ? 1e-4 : 2e-7; // the records are float32
            foreach (var (tick, values) in recordings.Potentials(probe.Name))
            {
                // Every peak blows rounding up further.
                if (population.Model is Izhikevich && tick > 60) break;
                for (int n = 0; n < values.Length; n++)
                {
                    double expected = naive[(int)tick][population.Index][n];
                    if (!(Math.Abs(values[n] - expected) <= tolerance + relative * Math.Abs(expected)))
                    {
                        Assert.Fail($"neuron {n} of \"{population.Name}\" ({population.Model}) is at {values[n]:R} mV, "
                            + $"not at {expected:R}, at tick {tick} (seed {seed})");
                    }
                }
            }
        }
    }

    private static int CompareWeights(Network network, NaiveRealSimulator naive, NetworkState state, int seed)
    {
        int learned = 0;
        var before = new Lockstep(network).Capture();
        foreach (var projection in network.Projections.Where(p => p.IsPlastic))
        {
            bool any = false;
            var rule = (PairStdp)projection.Learning!;
            for (int target = 0; target < network.Populations[projection.Target].Size; target++)
            {
                var expected = naive.Weights(projection, target);
                var actual = state.Plastic[projection.Index]!.Weights[target];
                Assert.Equal(expected.Length, actual.Length);
                for (int i = 0; i < expected.Length; i++)
                {
                    if (!(Math.Abs(expected[i] - actual[i]) <= 1e-5 * (rule.MaxWeight - rule.MinWeight)))
                        Assert.Fail($"weight {i} of neuron {target} in \"{projection.Name}\" is {actual[i]:R}, not {expected[i]:R} (seed {seed})");
                }
                any |= !actual.SequenceEqual(before.Plastic[projection.Index]!.Weights[target]);
            }
            if (any) learned++;
        }
        return learned;
    }
}
