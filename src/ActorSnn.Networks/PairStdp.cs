namespace ActorSnn.Networks;

/// <summary>How strongly a change by <see cref="PairStdp"/> depends on the weight.</summary>
public enum WeightDependence
{
    /// <summary>Not at all; weights are clipped at their bounds.</summary>
    Additive,

    /// <summary>In proportion to the distance from the bound.</summary>
    Multiplicative,
}

/// <summary>
/// Spike-timing-dependent plasticity by pairs of spikes, all with all.
/// <para>
/// <b>Equations.</b> Every synapse sees a trace x of the spikes that arrive over it and a trace y of its target neuron's spikes: each spike adds 1, between
/// spikes <c>dx/dt = -x / tau_plus</c>, <c>dy/dt = -y / tau_minus</c>. A spike that arrives changes the weight by <c>-A_minus f_minus(w) y</c>, a spike of the target neuron by
/// <c>+A_plus f_plus(w) x</c>, with the traces of all earlier ticks: spikes that coincide do not pair. Additive: <c>f_plus = f_minus = w_max - w_min</c>;
/// multiplicative: <c>f_plus = w_max - w</c>, <c>f_minus = w - w_min</c>. Weights are kept in [w_min, w_max]; initial weights beyond are moved to the
/// nearer bound.
/// </para>
/// <para>
/// <b>Order.</b> A spike that arrives at t acts with the weight from before t; what t taught is seen from t + 1 on. Where a spike arrives and the
/// target spikes at the same tick, the weakening is applied first.
/// </para>
/// <para>
/// <b>Parameters.</b> <c>TauPlusMs</c> (20 ms), <c>TauMinusMs</c> (20 ms), <c>APlus</c> (0.005), <c>AMinus</c> (0.00525), <c>MinWeight</c> (0), <c>MaxWeight</c> (1),
/// <c>Dependence</c> (additive). Delays count as the axon's.
/// </para>
/// <para>
/// <b>Reference.</b> Song, Miller, Abbott, Nature Neuroscience 3, 919 (2000); Morrison, Diesmann, Gerstner, Biological Cybernetics 98, 459 (2008).
/// </para>
/// </summary>
/// <param name="TauPlusMs">Time constant of strengthening, in ms.</param>
/// <param name="TauMinusMs">Time constant of weakening, in ms.</param>
/// <param name="APlus">Size of a strengthening.</param>
/// <param name="AMinus">Size of a weakening.</param>
/// <param name="MinWeight">Smallest weight, in the unit of the target's model.</param>
/// <param name="MaxWeight">Largest weight, in the unit of the target's model.</param>
/// <param name="Dependence">How changes depend on the weight.</param>
public sealed record PairStdp(
    double TauPlusMs = 20, double TauMinusMs = 20, double APlus = 0.005, double AMinus = 0.00525, double MinWeight = 0, double MaxWeight = 1,
    WeightDependence Dependence = WeightDependence.Additive) : LearningRule
{
    /// <inheritdoc/>
    public override string Name => "pair-stdp";

    /// <summary>Weight, target, source, and the places that find it from either side.</summary>
    public override int BytesPerSynapse => 16;

    internal override double LargestMagnitude => Math.Max(Math.Abs(MinWeight), Math.Abs(MaxWeight));

    internal override void Validate(string field, Projection projection, Population target)
    {
        field += ".learning";
        if (target.Model is not RealNeuronModel model)
            throw new NetworkException(field, $"{Name} onto model {target.Model.Name}; it works on neurons with real-valued weights");
        if (projection.Delay is not Delay.ConstantDelay)
            throw new NetworkException(field, $"{Name} works on projections of one delay");
        foreach (var (name, tau) in new[] { ("tauPlusMs", TauPlusMs), ("tauMinusMs", TauMinusMs) })
        {
            if (!(tau > 0) || !double.IsFinite(tau)) throw new NetworkException($"{field}.{name}", $"{tau}; give a positive number of milliseconds");
        }
        foreach (var (name, size) in new[] { ("aPlus", APlus), ("aMinus", AMinus) })
        {
            if (!(size >= 0) || !double.IsFinite(size)) throw new NetworkException($"{field}.{name}", $"{size}; give a number of at least 0");
        }
        ModelChecks.Finite($"{field}.minWeight", MinWeight);
        ModelChecks.Finite($"{field}.maxWeight", MaxWeight);
        if (MinWeight >= MaxWeight) throw new NetworkException($"{field}.minWeight", $"{MinWeight} is not below the largest weight {MaxWeight}");
        if (model.HasSynapsePerSign && MinWeight < 0 && MaxWeight > 0)
            throw new NetworkException($"{field}.minWeight",
                $"weights in [{MinWeight}, {MaxWeight}] onto model {model.Name}, where positive and negative weights are different synapses; give bounds of one sign");
    }

    internal override void WriteTo(CanonicalWriter writer) =>
        writer.Write(Name).Write(TauPlusMs).Write(TauMinusMs).Write(APlus).Write(AMinus).Write(MinWeight).Write(MaxWeight).Write((int)Dependence);
}
