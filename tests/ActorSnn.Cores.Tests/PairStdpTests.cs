using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>
/// Pair STDP against sums over all pairs of spikes. The target neurons spike exactly where a teacher tells them to: its weight is far above their
/// threshold, and those of the plastic synapses far below.
/// </summary>
public class PairStdpTests
{
    private const double Dt = 0.5;

    private static readonly PairStdp Rule = new(TauPlusMs: 15, TauMinusMs: 30, APlus: 0.01, AMinus: 0.012, MinWeight: 0.1, MaxWeight: 0.9);

    [Theory]
    [InlineData(WeightDependence.Additive, 1)]
    [InlineData(WeightDependence.Additive, 7)]
    [InlineData(WeightDependence.Multiplicative, 1)]
    [InlineData(WeightDependence.Multiplicative, 4)]
    public void Weights_change_by_the_sum_over_all_pairs_of_spikes(WeightDependence dependence, int delay)
    {
        // Long enough to cross periods of the traces' decay, 831 and 1663 ticks; strong enough to be clipped at both bounds.
        const int Ticks = 4000;
        foreach (double size in (double[])[0.002, 0.2])
        {
            var rule = Rule with { APlus = size, AMinus = 1.1 * size, Dependence = dependence };
            var random = new Random(delay);
            var sources = Trains(random, 12, Ticks, 0.02);
            var targets = Trains(random, 5, Ticks, 0.03);
            var network = Build(rule, sources, targets, Connectivity.Dense, Weight.Uniform(0, 1), delay);
            var mesh = new Lockstep(network).RunTo(Ticks + 10); // until everything has arrived
            AssertSpikes(network, mesh, targets);
            var initial = new Lockstep(network).Capture().Plastic[0]!.Weights;
            var weights = mesh.Capture().Plastic[0]!.Weights;
            bool anyLow = false, anyHigh = false;
            for (int target = 0; target < targets.Length; target++)
            {
                for (int source = 0; source < sources.Length; source++)
                {
                    Assert.InRange(initial[target][source], (float)rule.MinWeight, (float)rule.MaxWeight);
                    double expected = AllPairs(rule, initial[target][source], sources[source], targets[target], delay);
                    AssertWeight(expected, weights[target][source], $"{source} to {target}, size {size}");
                    anyLow |= weights[target][source] == (float)rule.MinWeight;
                    anyHigh |= weights[target][source] == (float)rule.MaxWeight;
                }
            }
            if (size > 0.1 && dependence == WeightDependence.Additive) Assert.True(anyLow && anyHigh, "no weight is at a bound in the end");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void One_pair_gives_the_window_around_the_delay(int delay)
    {
        for (int lag = -60; lag <= 60; lag++)
        {
            // The spike arrives at 100; the target spikes a lag later.
            var network = Build(Rule, [[100 - delay]], [[100 + lag]], Connectivity.OneToOne, Weight.Constant(0.5), delay);
            float weight = new Lockstep(network).RunTo(200).Capture().Plastic[0]!.Weights[0][0];
            double range = Rule.MaxWeight - Rule.MinWeight;
            double change = lag switch
            {
                > 0 => Rule.APlus * range * Math.Exp(-lag * Dt / Rule.TauPlusMs),
                < 0 => -Rule.AMinus * range * Math.Exp(lag * Dt / Rule.TauMinusMs),
                _ => 0, // spikes that coincide do not pair
            };
            AssertWeight(0.5 + change, weight, $"lag {lag}");
        }
    }

    [Fact]
    public void Where_both_happen_at_once_the_weakening_is_applied_before_the_strengthening()
    {
        // Traces of both sides from tick 90; at 100 a spike arrives and the target spikes. Bounds make the order show.
        var rule = Rule with { APlus = 0.5, AMinus = 0.8, Dependence = WeightDependence.Additive };
        var network = Build(rule, [[89, 99]], [[90, 100]], Connectivity.OneToOne, Weight.Constant(0.2), delay: 1);
        float weight = new Lockstep(network).RunTo(150).Capture().Plastic[0]!.Weights[0][0];
        double strengthening = 0.5 * 0.8 * Math.Exp(-10 * Dt / 15);
        Assert.True(0.8 * 0.8 * Math.Exp(-10 * Dt / 30) > 0.1, "the weakening must reach the bound");
        AssertWeight(0.1 + strengthening, weight, "weakened to the bound, then strengthened");
    }

    /// <summary>The potential jumps by the weight from before the tick; what the tick taught is seen by the next spike.</summary>
    [Fact]
    public void What_a_tick_taught_is_seen_from_the_next_tick_on()
    {
        var rule = Rule with { AMinus = 0.1, MinWeight = 0, MaxWeight = 1 };
        // The target spikes at 10; spikes arrive at 20, 21 and 22.
        var network = new NetworkBuilder("n", timeStepMs: Dt)
            .AddPopulation("in", 1, new SpikeArraySource((19, 0), (20, 0), (21, 0)))
            .AddPopulation("teacher", 1, new SpikeArraySource((9, 0)))
            .AddPopulation("out", 1, new LifDelta(0.01, 0, 100, 0, 0)) // forgets a jump within a tick
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(0.9), learning: rule)
            .AddProjection("teacher", "out", Connectivity.OneToOne, Weight.Constant(1000))
            .AddProbe(new PotentialProbe("potentials", "out", TickFilter.EveryTick))
            .Build();
        var jumps = new Lockstep(network).RunTo(30).TakeRecordings().Potentials("potentials").ToDictionary(p => p.Tick, p => p.Values[0]);
        double Weakening(int since) => 0.1 * Math.Exp(-since * Dt / rule.TauMinusMs);
        AssertWeight(0.9, jumps[20], "first");
        AssertWeight(0.9 - Weakening(10), jumps[21], "second");
        AssertWeight(0.9 - Weakening(10) - Weakening(11), jumps[22], "third");
    }

    [Fact]
    public void Inhibitory_synapses_learn_within_bounds_below_zero()
    {
        var rule = Rule with { MinWeight = -0.9, MaxWeight = -0.1, Dependence = WeightDependence.Multiplicative, APlus = 0.1, AMinus = 0.3 };
        var random = new Random(3);
        var sources = Trains(random, 6, 600, 0.04);
        var targets = Trains(random, 3, 600, 0.03);
        var network = Build(rule, sources, targets, Connectivity.Dense, Weight.Uniform(-1, 0), delay: 2);
        var mesh = new Lockstep(network).RunTo(610);
        AssertSpikes(network, mesh, targets);
        var initial = new Lockstep(network).Capture().Plastic[0]!.Weights;
        var weights = mesh.Capture().Plastic[0]!.Weights;
        for (int target = 0; target < 3; target++)
        {
            for (int source = 0; source < 6; source++)
                AssertWeight(AllPairs(rule, initial[target][source], sources[source], targets[target], 2), weights[target][source], $"{source} to {target}");
        }
    }

    [Fact]
    public void Synapses_between_the_same_two_neurons_learn_each_from_its_own_weight()
    {
        var rule = Rule with { Dependence = WeightDependence.Multiplicative };
        var network = Build(rule, [[4, 30, 60]], [[20, 33]], Connectivity.Pairs((0, 0), (0, 0), (0, 0)), Weight.Array(new float[] { 0.2f, 0.5f, 0.8f }), delay: 3);
        var weights = new Lockstep(network).RunTo(99).Capture().Plastic[0]!.Weights[0];
        foreach (var (initial, weight) in ((float[])[0.2f, 0.5f, 0.8f]).Zip(weights))
            AssertWeight(AllPairs(rule, initial, [4, 30, 60], [20, 33], 3), weight, $"from {initial}");
    }

    /// <summary>Over one-to-one synapses a core hears just its own source neurons.</summary>
    [Fact]
    public void Weights_and_traces_are_the_same_under_any_placement_and_after_any_restore()
    {
        const int Ticks = 300;
        var random = new Random(5);
        var sources = Trains(random, 40, Ticks, 0.05);
        var targets = Trains(random, 40, Ticks, 0.05);
        foreach (var connectivity in (Connectivity[])[Connectivity.OneToOne, Connectivity.FixedInDegree(7), Connectivity.FixedOutDegree(7), Connectivity.Random(0.3)])
        {
            var network = Build(Rule, sources, targets, connectivity, Weight.Uniform(0, 1), delay: 2);
            string expected = new Lockstep(network).RunTo(Ticks).Capture().Hash();
            for (int seed = 0; seed < 8; seed++)
            {
                var half = new Lockstep(RandomPlacements.Make(network, 1 + seed, seed)).RunTo(Ticks / 2).Capture();
                var whole = new Lockstep(RandomPlacements.Make(network, 1 + (seed + 3) % 8, seed + 100)).Restore(half).RunTo(Ticks).Capture();
                Assert.True(expected == whole.Hash(), $"{connectivity.Name} (seed {seed})");
            }
        }
    }

    private static Network Build(PairStdp rule, long[][] sources, long[][] targets, Connectivity connectivity, Weight weight, int delay) =>
        new NetworkBuilder("n", seed: 4, Dt)
            .AddPopulation("in", sources.Length, Spikes(sources, 0))
            .AddPopulation("teacher", targets.Length, Spikes(targets, -1))
            .AddPopulation("out", targets.Length, new LifDelta(1, 0, 500, 0, 0))
            .AddProjection("in", "out", connectivity, weight, Delay.Ticks(delay), rule)
            .AddProjection("teacher", "out", Connectivity.OneToOne, Weight.Constant(1000))
            .AddProbe(new SpikeProbe("spikes", "out", TickFilter.EveryTick))
            .Build();

    private static SpikeArraySource Spikes(long[][] trains, int shift) => new(trains.SelectMany((train, n) => train.Select(t => new Spike(t + shift, n))));

    private static long[][] Trains(Random random, int neurons, int ticks, double perTick) =>
        [.. Enumerable.Range(0, neurons).Select(_ => Enumerable.Range(1, ticks - 2).Where(_ => random.NextDouble() < perTick).Select(t => (long)t).ToArray())];

    private static void AssertSpikes(Network network, Lockstep mesh, long[][] targets) =>
        Assert.Equal(
            targets.SelectMany((train, n) => train.Select(t => new Spike(t, n))).Order(),
            mesh.TakeRecordings().Spikes(network.Probes[0].Name));

    /// <summary>Tick by tick: the weakening by all earlier spikes of the target, then the strengthening by all earlier arrivals.</summary>
    private static double AllPairs(PairStdp rule, double weight, long[] source, long[] target, int delay)
    {
        bool additive = rule.Dependence == WeightDependence.Additive;
        double range = rule.MaxWeight - rule.MinWeight;
        var arrivals = source.Select(t => t + delay).ToArray();
        weight = Math.Clamp(weight, rule.MinWeight, rule.MaxWeight);
        foreach (long tick in arrivals.Concat(target).Distinct().Order())
        {
            if (arrivals.Contains(tick))
            {
                double pairs = target.Where(t => t < tick).Sum(t => Math.Exp((t - tick) * Dt / rule.TauMinusMs));
                weight = Math.Max(rule.MinWeight, weight - rule.AMinus * (additive ? range : weight - rule.MinWeight) * pairs);
            }
            if (target.Contains(tick))
            {
                double pairs = arrivals.Where(t => t < tick).Sum(t => Math.Exp((t - tick) * Dt / rule.TauPlusMs));
                weight = Math.Min(rule.MaxWeight, weight + rule.APlus * (additive ? range : rule.MaxWeight - weight) * pairs);
            }
        }
        return weight;
    }

    private static void AssertWeight(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) < 2e-6, $"{what}: {actual:R}, expected {expected:R}"); // some dozens of float32 roundings
}
