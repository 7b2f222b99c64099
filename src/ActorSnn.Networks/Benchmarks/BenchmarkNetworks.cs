namespace ActorSnn.Networks;

/// <summary>
/// Networks from the literature on which simulators are compared, at ticks of 0.1 ms. Their files are in docs/examples.
/// </summary>
public static class BenchmarkNetworks
{
    /// <summary>Fewest neurons a balanced network may have: both of its populations need some.</summary>
    public const int FewestNeurons = 10;

    /// <summary>Seed when none is given. Its rates lie inside the bands that other simulators give over several seeds.</summary>
    public const ulong DefaultSeed = 3;

    private const double TimeStepMs = 0.1;

    /// <summary>Number of neurons the weights of CUBA and COBA are published for; other sizes scale them to keep the drive.</summary>
    private const double PublishedNeurons = 4000;

    private const string Excitatory = "e";
    private const string Inhibitory = "i";

    private static readonly string[] Targets = [Excitatory, Inhibitory];

    /// <summary>
    /// CUBA: a balanced random network of current-based neurons that keeps itself going without input. 80 % excitatory, each pair connected with
    /// probability 0.02; weights +1.62 mV and -9 mV, times 4000 / N.
    /// <para><b>Reference.</b> Vogels and Abbott, Journal of Neuroscience 25, 10786 (2005); Brette et al., Journal of Computational Neuroscience 23, 349 (2007), benchmark 2.</para>
    /// </summary>
    /// <param name="neurons">Number of neurons.</param>
    /// <param name="delayMs">Delay of all synapses, in ms; a whole number of ticks.</param>
    /// <param name="seed">Seed of connectivity and initial potentials.</param>
    /// <exception cref="NetworkException">Too few or too many neurons, or an impossible delay.</exception>
    public static Network Cuba(int neurons = 4000, double delayMs = 0.1, ulong seed = DefaultSeed) => Balanced("cuba", neurons, delayMs, seed, 1.62, -9, new LifExponential(
        TauMs: 20, TauExcitatoryMs: 5, TauInhibitoryMs: 10, RestMv: -49, ThresholdMv: -50, ResetMv: -60, RefractoryMs: 5, InitialMv: InitialValue.Uniform(-60, -50)));

    /// <summary>
    /// COBA: the same with conductance-based synapses and a background current of 20 mV over the leak; weights 0.4 and 5.1 leak conductances, times 4000 / N.
    /// <para><b>Reference.</b> Vogels and Abbott, Journal of Neuroscience 25, 10786 (2005), as in Zenke and Gerstner, Frontiers in Neuroinformatics 8, 76 (2014).</para>
    /// </summary>
    /// <param name="neurons">Number of neurons.</param>
    /// <param name="delayMs">Delay of all synapses, in ms; a whole number of ticks.</param>
    /// <param name="seed">Seed of connectivity and initial potentials.</param>
    /// <exception cref="NetworkException">Too few or too many neurons, or an impossible delay.</exception>
    public static Network Coba(int neurons = 4000, double delayMs = 0.8, ulong seed = DefaultSeed) => Balanced("coba", neurons, delayMs, seed, 0.4, -5.1, new LifConductance(
        TauMs: 20, TauExcitatoryMs: 5, TauInhibitoryMs: 10, RestMv: -60, ExcitatoryReversalMv: 0, InhibitoryReversalMv: -80, ThresholdMv: -50, ResetMv: -60,
        RefractoryMs: 5, BiasMv: 20, InitialMv: InitialValue.Uniform(-60, -50)));

    /// <summary>
    /// Brunel's sparsely connected network, model A, with delta synapses: 10,000 excitatory and 2,500 inhibitory neurons, in-degree 1,000 + 250, J = 0.1 mV,
    /// g = 5. Noise from outside stands for 1,000 excitatory synapses at eta = 2 times the rate that brings a neuron to threshold
    /// (10 Hz = threshold / (J 1,000 tau)).
    /// <para><b>Reference.</b> Brunel, Journal of Computational Neuroscience 8, 183 (2000).</para>
    /// </summary>
    /// <param name="delayMs">Delay of all synapses, in ms; a whole number of ticks.</param>
    /// <param name="seed">Seed of connectivity and noise.</param>
    /// <exception cref="NetworkException">An impossible delay.</exception>
    public static Network Brunel(double delayMs = 1.5, ulong seed = DefaultSeed)
    {
        const int ExcitatoryDegree = 1000;
        const int InhibitoryDegree = 250;
        const double J = 0.1;
        const double G = 5;
        const double Eta = 2;
        var model = new LifDelta(TauMs: 20, RestMv: 0, ThresholdMv: 20, ResetMv: 10, RefractoryMs: 2);
        double thresholdHz = model.ThresholdMv / (J * ExcitatoryDegree * model.TauMs * 1e-3);
        var builder = new NetworkBuilder("brunel", seed, TimeStepMs)
            .AddPopulation(Excitatory, 10_000, model)
            .AddPopulation(Inhibitory, 2_500, model);
        var delay = DelayOf(delayMs);
        foreach (var (source, degree, weight) in new[] { (Excitatory, ExcitatoryDegree, J), (Inhibitory, InhibitoryDegree, -G * J) })
        {
            foreach (string target in Targets) builder.AddProjection(source, target, Connectivity.FixedInDegree(degree), Weight.Constant(weight), delay);
        }
        foreach (string target in Targets) builder.AddPoissonInput(target, Math.Round(Eta * thresholdHz * ExcitatoryDegree, 6), J);
        return builder.Build();
    }

    /// <summary>
    /// A large network in which little happens: every cell has the same number of weak synapses onto random cells, and one cell in a hundred is kicked over
    /// threshold by a Poisson train of 10 Hz of its own. What a simulator pays for silence shows here.
    /// </summary>
    /// <param name="neurons">Number of cells.</param>
    /// <param name="outDegree">Synapses of each.</param>
    /// <param name="delayMs">Delay of the synapses, in ms; a whole number of ticks.</param>
    /// <param name="seed">Seed of connectivity and kicks.</param>
    /// <exception cref="NetworkException">Too few or too many neurons or synapses, or an impossible delay.</exception>
    public static Network Sparse(int neurons = 1_000_000, int outDegree = 100, double delayMs = 1, ulong seed = DefaultSeed)
    {
        RequireNeurons(neurons);
        if (outDegree < 0) throw new NetworkException("outDegree", $"{outDegree}; at least 0");
        int kicked = Math.Max(1, neurons / 100);
        return new NetworkBuilder("sparse", seed, TimeStepMs)
            .AddPopulation("cells", neurons, new LifDelta(TauMs: 20, RestMv: 0, ThresholdMv: 20, ResetMv: 0, RefractoryMs: 2))
            .AddPopulation("kicks", kicked, new PoissonSource(RateHz: 10))
            .AddProjection("cells", "cells", Connectivity.FixedOutDegree(outDegree), Weight.Constant(0.05), DelayOf(delayMs))
            .AddProjection("kicks", "cells", Connectivity.Range(0, 0, kicked), Weight.Constant(25))
            .Build();
    }

    private static Network Balanced(string name, int neurons, double delayMs, ulong seed, double excitation, double inhibition, NeuronModel model)
    {
        RequireNeurons(neurons);
        int inhibitory = neurons / 5;
        var builder = new NetworkBuilder(name, seed, TimeStepMs)
            .AddPopulation(Excitatory, neurons - inhibitory, model)
            .AddPopulation(Inhibitory, inhibitory, model);
        var delay = DelayOf(delayMs);
        double scale = PublishedNeurons / neurons;
        foreach (var (source, weight) in new[] { (Excitatory, excitation), (Inhibitory, inhibition) })
        {
            foreach (string target in Targets) builder.AddProjection(source, target, Connectivity.Random(0.02), Weight.Constant(weight * scale), delay);
        }
        return builder.Build();
    }

    private static Delay DelayOf(double delayMs) => Delay.Ticks(Delay.TicksOf("delayMs", delayMs, TimeStepMs));

    private static void RequireNeurons(int neurons)
    {
        if (neurons is < FewestNeurons or > NetworkBuilder.MaxPopulationSize)
            throw new NetworkException("neurons", $"{neurons}; give {FewestNeurons} to {NetworkBuilder.MaxPopulationSize}");
    }
}
