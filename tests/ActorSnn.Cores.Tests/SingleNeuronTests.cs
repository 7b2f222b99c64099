using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>
/// Single neurons against the solutions of their equations. The state before tick 0 is at time 0, so what is recorded at tick t is the solution at
/// (t + 1) dt, with what arrives at t.
/// </summary>
public class SingleNeuronTests
{
    private const double Tolerance = 1e-5;
    private const double Far = 1e6; // a threshold nothing here reaches

    public static TheoryData<UpdateStrategy> Strategies => SingleNeuron.Strategies;

    [Theory]
    [InlineData(20, 0.1, -65, 0, -50)]
    [InlineData(3, 0.1, 0, 0, 10)]
    [InlineData(0.7, 1, 0, 5, -3)]
    [InlineData(0.02, 1, 2, 0, 9)]
    [InlineData(5000, 1, -70, 12, 10)]
    public void A_leaky_potential_decays_from_its_initial_value_to_rest_plus_bias(double tau, double dt, double rest, double bias, double initial)
    {
        var model = new LifDelta(tau, rest, Far, rest, 0, bias, initial);
        var current = new LifExponential(tau, 5, 5, rest, Far, rest, 0, bias, initial);
        var conductance = new LifConductance(tau, 5, 5, rest, 0, -80, Far, rest, 0, bias, initial);
        foreach (var neuron in (NeuronModel[])[model, current, conductance])
        {
            var trace = SingleNeuron.Run(neuron, dt, 3000, []);
            for (long tick = 0; tick < 3000; tick++)
            {
                double deviation = (initial - rest - bias) * Math.Exp(-(tick + 1) * dt / tau);
                AssertClose(rest + bias + deviation, deviation, trace, tick, neuron.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Jumps_of_a_leaky_potential_add_up(UpdateStrategy update)
    {
        // Periods of 55 to 5545 ticks, in which modes are scaled.
        foreach (var (tau, dt) in ((double, double)[])[(2, 1), (0.3, 1), (10, 0.5), (20, 0.1)])
        {
            const int Ticks = 6000;
            var inputs = Inputs(seed: 7, Ticks, 0.05, 3.7, -1.3, 0.25);
            var trace = SingleNeuron.Run(new LifDelta(tau, -5, Far, -5, 0, 2, 1), dt, Ticks, inputs, update: update);
            var parts = new Parts(dt, Ticks, inputs, s => Math.Exp(-s / tau));
            for (long tick = 0; tick < Ticks; tick++)
            {
                double start = 4 * Math.Exp(-(tick + 1) * dt / tau);
                AssertClose(-3 + start + parts.Sum[tick], start + parts.Magnitude[tick], trace, tick, $"tau {tau}, tick {dt}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_potential_without_leak_keeps_every_jump_and_drifts(UpdateStrategy update)
    {
        foreach (double bias in (double[])[0, 0.01, -0.02])
        {
            const int Ticks = 35_000; // two periods
            var inputs = Inputs(seed: 8, Ticks, 0.01, 0.5, -0.75);
            var trace = SingleNeuron.Run(new IntegrateAndFire(Far, -1, 0, bias, 3), 0.5, Ticks, inputs, update: update);
            var parts = new Parts(0.5, Ticks, inputs, _ => 1);
            for (long tick = 0; tick < Ticks; tick++)
            {
                double drift = bias * 0.5 * (tick + 1);
                AssertClose(3 + drift + parts.Sum[tick], 3 + Math.Abs(drift) + parts.Magnitude[tick], trace, tick, $"bias {bias}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_spike_acts_a_delay_after_its_emission_and_on_the_potential_of_current_synapses_a_tick_later(int delay)
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 1, new SpikeArraySource((3, 0)))
            .AddPopulation("delta", 1, new LifDelta())
            .AddPopulation("exp", 1, new LifExponential())
            .AddPopulation("cond", 1, new LifConductance())
            .AddPopulation("izhikevich", 1, new Izhikevich(InitialMv: -70, InitialRecovery: -14))
            .AddProjection("in", "delta", Connectivity.OneToOne, Weight.Constant(2), Delay.Ticks(delay))
            .AddProjection("in", "exp", Connectivity.OneToOne, Weight.Constant(2), Delay.Ticks(delay))
            .AddProjection("in", "cond", Connectivity.OneToOne, Weight.Constant(2), Delay.Ticks(delay))
            .AddProjection("in", "izhikevich", Connectivity.OneToOne, Weight.Constant(2), Delay.Ticks(delay))
            .AddProbe(new PotentialProbe("delta", "delta", TickFilter.EveryTick))
            .AddProbe(new PotentialProbe("exp", "exp", TickFilter.EveryTick))
            .AddProbe(new PotentialProbe("cond", "cond", TickFilter.EveryTick))
            .AddProbe(new PotentialProbe("izhikevich", "izhikevich", TickFilter.EveryTick))
            .Build();
        var recordings = new Lockstep(network).RunTo(20).TakeRecordings();
        long First(string probe, float rest) => recordings.Potentials(probe).First(p => Math.Abs(p.Values[0] - rest) > 1e-4).Tick;
        Assert.Equal(3 + delay, First("delta", 0));
        Assert.Equal(4 + delay, First("exp", 0));
        Assert.Equal(4 + delay, First("cond", -60));
        Assert.Equal(3 + delay, First("izhikevich", -70)); // -70 and -14 are a fixed point
    }

    /// <summary>A current that decays with tau_s brings the potential by w tau_s / (tau_s - tau_m) (exp(-t / tau_s) - exp(-t / tau_m)) from rest.</summary>
    [Theory]
    [InlineData(20, 5, 0.1)]
    [InlineData(5, 20, 0.1)]
    [InlineData(10, 10, 0.5)] // the limit: w t / tau exp(-t / tau)
    [InlineData(10, 10.000001, 0.5)]
    [InlineData(10, 9.99, 0.5)]
    [InlineData(2, 2, 1)]
    [InlineData(20, 0.05, 1)]
    [InlineData(0.1, 50, 1)]
    [InlineData(1000, 0.5, 0.1)]
    public void One_spike_over_a_current_synapse_gives_the_closed_form(double tau, double tauSynapse, double dt)
    {
        const int Ticks = 3000;
        foreach (double weight in (double[])[8, -8])
        {
            foreach (long arrival in (long[])[1, 50, 777])
            {
                (double, long[])[] inputs = [(weight, [arrival])];
                var model = weight > 0
                    ? new LifExponential(tau, tauSynapse, 7, -65, Far, -65)
                    : new LifExponential(tau, 7, tauSynapse, -65, Far, -65);
                var trace = SingleNeuron.Run(model, dt, Ticks, inputs);
                var parts = new Parts(dt, Ticks, inputs, s => PostsynapticPotential(s, tau, tauSynapse));
                for (long tick = 0; tick < Ticks; tick++)
                    AssertClose(-65 + parts.Sum[tick], parts.Magnitude[tick], trace, tick, $"tau {tau}, synapse {tauSynapse}, weight {weight}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Many_excitatory_and_inhibitory_spikes_over_current_synapses_superpose(UpdateStrategy update)
    {
        foreach (var (tau, tauE, tauI, dt) in ((double, double, double, double)[])
            [(20, 5, 10, 0.5), (2, 2, 1, 1), (3, 0.3, 30, 1), (0.4, 0.2, 0.4, 1), (1, 6, 6, 0.5)])
        {
            const int Ticks = 10_000;
            (double, long[])[] excitatory = Inputs(seed: 9, Ticks, 0.04, 3.5, 0.7);
            (double, long[])[] inhibitory = Inputs(seed: 10, Ticks, 0.03, -2.5, -1.1);
            var trace = SingleNeuron.Run(
                new LifExponential(tau, tauE, tauI, 1, Far, 0, 0, -3, 4), dt, Ticks, [.. excitatory, .. inhibitory], update: update);
            var e = new Parts(dt, Ticks, excitatory, s => PostsynapticPotential(s, tau, tauE));
            var i = new Parts(dt, Ticks, inhibitory, s => PostsynapticPotential(s, tau, tauI));
            for (long tick = 0; tick < Ticks; tick++)
            {
                double start = 6 * Math.Exp(-(tick + 1) * dt / tau);
                AssertClose(-2 + start + e.Sum[tick] + i.Sum[tick], start + e.Magnitude[tick] + i.Magnitude[tick], trace, tick,
                    $"taus {tau}, {tauE}, {tauI}");
            }
        }
    }

    /// <summary>The interval is the refractory period plus the first whole tick after tau ln((goal - reset) / (goal - threshold)).</summary>
    [Theory]
    [InlineData(20, 0.1, 2)]
    [InlineData(20, 0.1, 0)]
    [InlineData(7, 0.5, 3.5)]
    [InlineData(3, 1, 0)]
    [InlineData(2, 1, 100)] // longer than the period of the decay
    public void A_constant_bias_gives_spikes_in_regular_closed_form_intervals(double tau, double dt, double refractory)
    {
        const double Rest = -64, Bias = 17.3, Threshold = -50.123, Reset = -61.7, Initial = -58.9;
        const int Ticks = 8000;
        NeuronModel[] models =
        [
            new LifDelta(tau, Rest, Threshold, Reset, refractory, Bias, Initial),
            new LifExponential(tau, 5, 10, Rest, Threshold, Reset, refractory, Bias, Initial),
            new LifConductance(tau, 5, 10, Rest, 0, -80, Threshold, Reset, refractory, Bias, Initial),
        ];
        long Crossing(double from) => (long)Math.Ceiling(tau / dt * Math.Log((Rest + Bias - from) / (Rest + Bias - Threshold)));
        long interval = Crossing(Reset) + (long)Math.Round(refractory / dt);
        long first = Crossing(Initial) - 1;
        var expected = Enumerable.Range(0, Ticks).Select(k => first + k * interval).TakeWhile(t => t < Ticks).ToArray();
        Assert.True(expected.Length > 20);
        foreach (var model in models)
        {
            foreach (var update in (UpdateStrategy[])[UpdateStrategy.Auto, UpdateStrategy.Dense, UpdateStrategy.Lazy])
            {
                var trace = SingleNeuron.Run(model, dt, Ticks, [], update: update);
                Assert.True(expected.SequenceEqual(trace.Spikes),
                    $"{model.Name}, {update}: {string.Join(' ', trace.Spikes.Take(5))}, expected {string.Join(' ', expected.Take(5))}");
                for (long tick = first + 1; tick < Ticks; tick++)
                {
                    long since = Math.Max(0, (tick - first - 1) % interval + 1 - (long)Math.Round(refractory / dt));
                    double deviation = (Reset - Rest - Bias) * Math.Exp(-since * dt / tau);
                    AssertClose(Rest + Bias + deviation, deviation, trace, tick, $"{model.Name}, {update}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_drift_without_leak_gives_spikes_in_regular_intervals(double refractory)
    {
        // 0.35 mV a tick from -2 to 10 mV: 35 ticks; from 1.1: 26.
        var trace = SingleNeuron.Run(new IntegrateAndFire(10, -2, refractory, 0.7, 1.1), 0.5, 20_000, []);
        long interval = 35 + (long)(2 * refractory);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(k => 25 + k * interval).TakeWhile(t => t < 20_000), trace.Spikes);
        for (long tick = 26; tick < 20_000; tick++)
        {
            long since = Math.Max(0, (tick - 26) % interval + 1 - (long)(2 * refractory));
            AssertClose(-2 + 0.35 * since, 2 + 0.35 * since, trace, tick, "drift");
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void What_arrives_in_the_refractory_period_is_lost(UpdateStrategy update)
    {
        const int Refractory = 4;
        NeuronModel[] models =
        [
            new IntegrateAndFire(10, -3, Refractory, InitialMv: -3),
            new LifDelta(8, -3, 10, -3, Refractory),
        ];
        foreach (var model in models)
        {
            // A spike at tick 5; inputs through tick 9 are lost, the one of tick 10 is not; that of the spike itself is used up.
            foreach (long arrival in (long[])[6, 7, 8, 9, 10])
            {
                var trace = SingleNeuron.Run(model, 1, 30, [(14, [5]), (1.5, [arrival])], update: update);
                Assert.Equal([5L], trace.Spikes);
                Assert.Equal(11, trace.Potentials[5]); // before the decision
                for (long tick = 6; tick <= 9; tick++) Assert.Equal(-3, trace.Potentials[tick]);
                for (long tick = 10; tick < 30; tick++)
                {
                    double left = arrival < 10 ? 0 : 1.5 * (model is LifDelta ? Math.Exp((arrival - tick) / 8.0) : 1);
                    AssertClose(-3 + left, left, trace, tick, $"{model.Name}, arrival at {arrival}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_neuron_without_refractory_period_starts_from_reset_in_the_next_tick(UpdateStrategy update)
    {
        // Every input alone is above the threshold.
        var trace = SingleNeuron.Run(new LifDelta(10, 0, 5, -1, 0), 1, 20, [(7, [3, 4, 5, 9])], update: update);
        Assert.Equal([3L, 4, 5, 9], trace.Spikes);
        AssertClose(7 - Math.Exp(-0.1), 7, trace, 4, "one tick after reset");
        AssertClose(-Math.Exp(-0.3), 1, trace, 8, "three ticks after reset");
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Currents_go_on_in_the_refractory_period(UpdateStrategy update)
    {
        const double Tau = 6, TauE = 9, TauI = 3, Reset = -4;
        // The spike of tick 2 makes it spike at 3. Further spikes arrive before, during and after the period, which ends at 3 + 7.
        (double, long[])[] excitatory = [(200, [2]), (5, [6, 10, 11])];
        (double, long[])[] inhibitory = [(-300, [3]), (-30, [9])];
        var model = new LifExponential(Tau, TauE, TauI, 0, 20, Reset, 7);
        var trace = SingleNeuron.Run(model, 1, 400, [.. excitatory, .. inhibitory], update: update);
        Assert.Equal(3, trace.Spikes[0]);
        for (long tick = 4; tick <= 10; tick++) Assert.Equal(Reset, trace.Potentials[tick]);
        double Current((double, long[])[] inputs, double tau, long at) =>
            inputs.Sum(i => i.Item2.Where(t => t <= at).Sum(t => i.Item1 * Math.Exp((t - at) / tau)));
        long end = trace.Spikes.Length > 1 ? trace.Spikes[1] : 400;
        Assert.True(end > 13);
        for (long tick = 11; tick < end; tick++)
        {
            double s = tick - 10;
            double later = tick > 11 ? 5 * PostsynapticPotential(tick - 11, Tau, TauE) : 0;
            double e = Current(excitatory, TauE, 10) * PostsynapticPotential(s, Tau, TauE) + later;
            double i = Current(inhibitory, TauI, 10) * PostsynapticPotential(s, Tau, TauI);
            AssertClose(Reset * Math.Exp(-s / Tau) + e + i, 4 + e - i, trace, tick, "after the period");
        }
    }

    /// <summary>
    /// From its reset potential, above where it would settle, the neuron needs less current than from there. The period ends at tick 64, when 90 mV of
    /// current are left: from 15 mV that brings 135 x - 90 x² - 30 mV with x = exp(-t / 20 ms), which passes 20 mV where x = 5 / 6.
    /// </summary>
    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_neuron_may_spike_from_the_current_left_when_its_refractory_period_ends(UpdateStrategy update)
    {
        var model = new LifExponential(20, 10, 10, 0, 20, 15, 40, -30, -30);
        var trace = SingleNeuron.Run(model, 1, 200, [(90 * Math.Exp(4.1), [23])], update: update);
        Assert.Equal([24, 64 + (long)Math.Ceiling(20 * Math.Log(6 / 5.0))], trace.Spikes);
    }

    [Fact]
    public void Conductances_follow_their_equation_to_second_order_in_the_tick()
    {
        const double End = 40;
        double[] excitatory = [2.4, 4, 4.8, 10.4, 12, 12.8, 20, 31.2];
        double[] inhibitory = [3.2, 8, 16, 16.8, 24];
        var model = new LifConductance(10, 2, 4, -60, 0, -80, Far, -60, 0, 1.5, -70);
        var reference = Reference(model, End, 0.8, excitatory, 0.35, inhibitory, 0.6);
        var errors = new List<double>();
        foreach (double dt in (double[])[0.8, 0.4, 0.2, 0.1])
        {
            long[] Ticks(double[] times) => [.. times.Select(t => (long)Math.Round(t / dt) - 1)];
            var trace = SingleNeuron.Run(model, dt, (long)Math.Round(End / dt), [(0.35, Ticks(excitatory)), (-0.6, Ticks(inhibitory))]);
            errors.Add(Enumerable.Range(1, reference.Length - 1).Max(k => Math.Abs(trace.Potentials[(long)Math.Round(k * 0.8 / dt) - 1] - reference[k])));
        }
        Assert.InRange(errors[0], 1e-3, 0.1);
        for (int k = 1; k < errors.Count; k++) Assert.InRange(errors[k - 1] / errors[k], 3.6, 4.4);
    }

    [Fact]
    public void Conductances_go_on_in_the_refractory_period_while_the_potential_rests()
    {
        // The spike of tick 1 makes it spike at 2; through tick 7 it rests, and what arrives at 5 adds to the conductance.
        var model = new LifConductance(10, 8, 8, -60, 0, -80, -50, -65, 5);
        var trace = SingleNeuron.Run(model, 1, 12, [(6, [1]), (0.5, [5])]);
        Assert.Equal(2, trace.Spikes[0]);
        for (long tick = 3; tick <= 7; tick++) Assert.Equal(-65, trace.Potentials[tick]);
        double middle = (6 * Math.Exp(-6 / 8.0) + 0.5 * Math.Exp(-2 / 8.0)) * Math.Exp(-0.5 / 8);
        double goal = -60 / (1 + middle);
        AssertClose(goal + (-65 - goal) * Math.Exp(-(1 + middle) / 10), 5, trace, 8, "first tick after the period");
    }

    [Fact]
    public void Any_conductance_keeps_the_potential_between_its_reversal_potentials()
    {
        var model = new LifConductance(1, 1, 1, -60, 0, -80, Far, -60, 0);
        var trace = SingleNeuron.Run(model, 1, 200, [(1e5, [3, 4, 5, 60]), (-1e5, [30, 31, 60])]);
        Assert.All(trace.Potentials.Values, v => Assert.InRange(v, -80, 0));
        Assert.InRange(trace.Potentials[5], -1e-3f, 0);
        Assert.InRange(trace.Potentials[32], -80, -79.99f);
        Assert.Equal(-60, trace.Potentials[199], 3);
    }

    [Theory]
    [InlineData(1, 0.02, 0.2, -65, 8, 10)] // regular spiking
    [InlineData(0.5, 0.1, 0.2, -65, 2, 10)] // fast spiking
    [InlineData(0.1, 0.02, 0.25, -55, 0.05, 1)]
    [InlineData(1, 0.02, 0.2, -50, 2, 10)] // chattering
    public void Izhikevich_neurons_do_the_published_euler_steps_bit_for_bit(double dt, double a, double b, double c, double d, double bias)
    {
        const int Ticks = 3000;
        var inputs = Inputs(seed: 11, Ticks, 0.02, 12.5, -7.25);
        var trace = SingleNeuron.Run(new Izhikevich(a, b, c, d, 30, bias, -63, -10), dt, Ticks, inputs);
        double v = -63;
        double u = -10;
        var spikes = new List<long>();
        var arrivals = inputs.Select(i => i.Arrivals.ToHashSet()).ToArray();
        for (long tick = 0; tick < Ticks; tick++)
        {
            double drive = bias;
            for (int k = 0; k < inputs.Length; k++)
            {
                if (arrivals[k].Contains(tick)) drive += inputs[k].Weight;
            }
            double constant = 140 - u + drive;
            v += ((v * 0.04 + 5) * v + constant) * (0.5 * dt);
            v += ((v * 0.04 + 5) * v + constant) * (0.5 * dt);
            u += (v * b - u) * (a * dt);
            Assert.Equal((float)v, trace.Potentials[tick]);
            if (v < 30) continue;
            spikes.Add(tick);
            v = c;
            u += d;
        }
        Assert.Equal(spikes, trace.Spikes);
        Assert.True(spikes.Count > 10);
    }

    [Fact]
    public void Initial_recovery_is_b_times_the_potential_unless_given()
    {
        var byRule = SingleNeuron.Run(new Izhikevich(B: 0.25, Bias: 4, InitialMv: -62), 1, 100, []);
        var given = SingleNeuron.Run(new Izhikevich(B: 0.25, Bias: 4, InitialMv: -62, InitialRecovery: -15.5), 1, 100, []);
        Assert.Equal(byRule.Potentials, given.Potentials);
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_neuron_answers_after_a_long_silence_as_if_it_were_new(UpdateStrategy update)
    {
        const long Late = 300_000; // and as many time constants, or fifty times as many
        NeuronModel[] models =
        [
            new LifDelta(1, 0, 20, 0, 3),
            new LifDelta(0.02, 0, 20, 0, 3),
            new LifExponential(1, 0.5, 2, 0, 20, 0, 3),
            new LifExponential(0.02, 0.02, 0.02, 0, 20, 0, 3),
            new LifConductance(1, 0.5, 2, 0, 70, -20, 20, 0, 3),
        ];
        foreach (var model in models)
        {
            // Refractory when the silence begins; then one input of each sign, below the threshold.
            long[] Late3(long[] arrivals) => [.. arrivals.Select(t => t + Late)];
            (double, long[])[] late = [(12, Late3([5, 8, 13])), (-7, Late3([9, 30]))];
            (double, long[])[] early = [(12, [5, 8, 13]), (-7, [9, 30])];
            var after = SingleNeuron.Run(model, 1, Late + 60, [(1e4, [2]), .. late], new TickFilter((int)Late, 40), update);
            var fresh = SingleNeuron.Run(model, 1, 60, [(1e4, []), .. early]);
            if (model is not LifExponential { TauExcitatoryMs: < 0.5 }) Assert.Equal(model is LifDelta ? 2 : 3, after.Spikes[0]);
            Assert.True(float.IsFinite(after.Potentials[40]));
            Assert.Equal(fresh.Potentials[40], after.Potentials[Late + 40], 1e-5f);
            Assert.Equal(fresh.Spikes, after.Spikes.Where(t => t >= Late).Select(t => t - Late));
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_neuron_spikes_as_often_as_many_strong_inputs_arrive_one_after_the_other(UpdateStrategy update)
    {
        long[] arrivals = [.. Enumerable.Range(0, 500).Select(k => 3L + 3 * k)];
        Assert.Equal(arrivals, SingleNeuron.Run(new LifDelta(0.5, 0, 20, 0, 2), 1, 1600, [(25, arrivals)], update: update).Spikes);
        Assert.Equal(arrivals, SingleNeuron.Run(new IntegrateAndFire(20, 0, 2), 1, 1600, [(25, arrivals)], update: update).Spikes);
        Assert.Equal(arrivals.Select(t => t + 1), SingleNeuron.Run(new LifExponential(20, 0.1, 1, 0, 20, 0, 2), 1, 1600, [(1e5, arrivals)], update: update).Spikes);
    }

    /// <summary>Rounding within a period of the decay must not decide: the answer would depend on the tick.</summary>
    [Theory]
    [InlineData(1, 7, -60, -53)]
    [InlineData(3, 5, 0, 15)]
    [InlineData(3, 5, -65, -50)]
    [InlineData(200, 0.1, 0, 20)]
    [InlineData(6, 2.5, -65, -50)]
    [InlineData(7, 0.3, 0, 2.1)]
    public void Spikes_that_together_just_reach_the_threshold_from_rest_do_so_at_any_tick(int count, double weight, double rest, double threshold)
    {
        long[] ticks = [.. Enumerable.Range(0, 100).Select(k => 53L * k)];
        var sources = Enumerable.Range(0, count).ToArray();
        foreach (var update in (UpdateStrategy[])[UpdateStrategy.Dense, UpdateStrategy.Lazy])
        {
            var network = new NetworkBuilder("n", timeStepMs: 0.1)
                .AddPopulation("in", count, new SpikeArraySource(ticks.SelectMany(t => sources.Select(i => new Spike(t, i)))))
                .AddPopulation("pairs", 1, new LifDelta(20, rest, threshold, rest, 0))
                .AddPopulation("dense", 1, new LifDelta(20, rest, threshold, rest, 0))
                .AddProjection("in", "pairs", Connectivity.Pairs([.. sources.Select(i => (i, 0))]), Weight.Constant(weight))
                .AddProjection("in", "dense", Connectivity.Dense, Weight.Constant(weight))
                .AddProbe(new SpikeProbe("pairs", "pairs", TickFilter.EveryTick))
                .AddProbe(new SpikeProbe("dense", "dense", TickFilter.EveryTick))
                .Build();
            var recordings = new Lockstep(network, new CoreOptions(Update: update)).RunTo(5400).TakeRecordings();
            Assert.Equal(ticks.Select(t => t + 1), recordings.Spikes("pairs").Select(s => s.Tick));
            Assert.Equal(ticks.Select(t => t + 1), recordings.Spikes("dense").Select(s => s.Tick));
        }
    }

    private static double PostsynapticPotential(double s, double tau, double tauSynapse)
    {
        double x = s * (1 / tauSynapse - 1 / tau);
        if (Math.Abs(x) > 0.1) return tauSynapse / (tauSynapse - tau) * (Math.Exp(-s / tauSynapse) - Math.Exp(-s / tau));
        // Where the time constants are close, by the series of (1 - exp(-x)) / x.
        return Math.Exp(-s / tau) * s / tau * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6)))));
    }

    /// <summary>Spikes at random: for each weight one train.</summary>
    private static (double Weight, long[] Arrivals)[] Inputs(int seed, int ticks, double perTick, params double[] weights)
    {
        var random = new Random(seed);
        return [.. weights.Select(w => (w, Enumerable.Range(1, ticks - 1).Where(_ => random.NextDouble() < perTick).Select(t => (long)t).ToArray()))];
    }

    private static void AssertClose(double expected, double deviation, SingleNeuron.Trace trace, long tick, string what)
    {
        double tolerance = Tolerance * Math.Abs(deviation) + Math.Abs(expected) * 1.2e-7 + 1e-30; // what a float32 resolves
        if (!(Math.Abs(trace.Potentials[tick] - expected) <= tolerance)) Assert.Fail($"{what}: {trace.Potentials[tick]:R} at tick {tick}, expected {expected:R}");
    }

    /// <summary>The equation by Runge's and Kutta's method in steps of 1/1000 of a spacing, at multiples of the spacing.</summary>
    private static double[] Reference(
        LifConductance m, double end, double spacing, double[] excitatory, double weightE, double[] inhibitory, double weightI)
    {
        const int Steps = 1000;
        double h = spacing / Steps;
        int count = (int)Math.Round(end / spacing);
        int Index(double time) => (int)Math.Round(time / h);
        var (atE, atI) = (excitatory.Select(Index).ToHashSet(), inhibitory.Select(Index).ToHashSet());
        double v = ((InitialValue.ConstantValue)m.InitialMv).Value;
        double e = 0;
        double i = 0;
        var result = new double[count + 1];
        result[0] = v;
        double Slope(double x, double ge, double gi) =>
            (m.RestMv - x + m.BiasMv + ge * (m.ExcitatoryReversalMv - x) + gi * (m.InhibitoryReversalMv - x)) / m.TauMs;
        for (int k = 1; k <= count * Steps; k++)
        {
            double halfE = e * Math.Exp(-h / 2 / m.TauExcitatoryMs), halfI = i * Math.Exp(-h / 2 / m.TauInhibitoryMs);
            double fullE = e * Math.Exp(-h / m.TauExcitatoryMs), fullI = i * Math.Exp(-h / m.TauInhibitoryMs);
            double a = Slope(v, e, i);
            double b = Slope(v + h / 2 * a, halfE, halfI);
            double c = Slope(v + h / 2 * b, halfE, halfI);
            double d = Slope(v + h * c, fullE, fullI);
            v += h / 6 * (a + 2 * b + 2 * c + d);
            (e, i) = (fullE + (atE.Contains(k) ? weightE : 0), fullI + (atI.Contains(k) ? weightI : 0));
            if (k % Steps == 0) result[k / Steps] = v;
        }
        return result;
    }

    /// <summary>The sum over all spikes of weight times kernel at each tick, and the sum of the magnitudes.</summary>
    private sealed class Parts
    {
        private const double Least = 1e-12; // of a kernel's largest value so far: where it has died out

        public Parts(double dt, int ticks, (double Weight, long[] Arrivals)[] inputs, Func<double, double> kernel)
        {
            Sum = new double[ticks];
            Magnitude = new double[ticks];
            var values = Enumerable.Range(0, ticks).Select(s => kernel(s * dt)).ToArray();
            int length = ticks;
            while (length > 1 && values[length - 1] < Least * values.Max()) length = Math.Min(length - 1, length * 7 / 8);
            length = Math.Min(ticks, Math.Max(64, length * 8 / 7 + 1));
            foreach (var (weight, arrivals) in inputs)
            {
                foreach (long arrival in arrivals)
                {
                    for (long tick = arrival; tick < Math.Min(ticks, arrival + length); tick++)
                    {
                        Sum[tick] += weight * values[tick - arrival];
                        Magnitude[tick] += Math.Abs(weight) * values[tick - arrival];
                    }
                }
            }
        }

        public double[] Sum { get; }

        public double[] Magnitude { get; }
    }
}
