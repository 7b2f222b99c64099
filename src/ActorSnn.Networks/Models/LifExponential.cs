namespace ActorSnn.Networks;

/// <summary>
/// Leaky integrate-and-fire neuron with exponential current synapses.
/// <para>
/// <b>Equations.</b> <c>tau_m dV/dt = -(V - E_L) + I_e + I_i + b</c>, <c>dI_e/dt = -I_e / tau_e</c>, <c>dI_i/dt = -I_i / tau_i</c>. A spike that arrives over a
/// synapse of weight w adds w to I_e where w is positive and to I_i where it is negative; it moves V from the next tick on. At <c>V &gt;= V_th</c> the neuron
/// spikes, V becomes V_reset and stays there for t_ref, while the currents go on.
/// </para>
/// <para>
/// <b>Parameters.</b> tau_m (<c>TauMs</c>, 20 ms), tau_e (<c>TauExcitatoryMs</c>, 5 ms), tau_i (<c>TauInhibitoryMs</c>, 10 ms), E_L (<c>RestMv</c>, 0 mV), V_th
/// (<c>ThresholdMv</c>, 20 mV), V_reset (<c>ResetMv</c>, 0 mV), t_ref (<c>RefractoryMs</c>, 2 ms), b (<c>BiasMv</c>, 0 mV), V(0) (<c>InitialMv</c>, E_L).
/// Currents, bias and weights in mV: a current times the membrane resistance. (With currents in pA and a capacitance C in pF, w = J tau_m / C.)
/// </para>
/// <para>
/// <b>Integration.</b> Exact, in closed form (Rotter and Diesmann, Biological Cybernetics 81, 381, 1999). A synaptic time constant closer than one
/// part in a million to tau_m is moved that far from it.
/// </para>
/// <para><b>Reference.</b> Vogels and Abbott, Journal of Neuroscience 25, 10786 (2005); Brette et al., Journal of Computational Neuroscience 23, 349 (2007).</para>
/// </summary>
/// <param name="TauMs">Membrane time constant, in ms.</param>
/// <param name="TauExcitatoryMs">Time constant of synapses with positive weight, in ms.</param>
/// <param name="TauInhibitoryMs">Time constant of synapses with negative weight, in ms.</param>
/// <param name="RestMv">Resting potential, in mV.</param>
/// <param name="ThresholdMv">Threshold, in mV.</param>
/// <param name="ResetMv">Reset potential, in mV.</param>
/// <param name="RefractoryMs">Refractory period, in ms.</param>
/// <param name="BiasMv">Constant drive, in mV.</param>
/// <param name="InitialMv">Potential before tick 0, in mV; the resting potential when null.</param>
public sealed record LifExponential(
    double TauMs = 20, double TauExcitatoryMs = 5, double TauInhibitoryMs = 10, double RestMv = 0, double ThresholdMv = 20, double ResetMv = 0,
    double RefractoryMs = 2, double BiasMv = 0, InitialValue? InitialMv = null)
    : RealNeuronModel(ThresholdMv, ResetMv, RefractoryMs, InitialMv ?? RestMv)
{
    /// <inheritdoc/>
    public override string Name => "lif-exp";

    /// <inheritdoc/>
    public override bool HasSynapsePerSign => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        ModelChecks.TimeConstant($"{field}.tauMs", TauMs, timeStepMs);
        ModelChecks.TimeConstant($"{field}.tauExcitatoryMs", TauExcitatoryMs, timeStepMs);
        ModelChecks.TimeConstant($"{field}.tauInhibitoryMs", TauInhibitoryMs, timeStepMs);
        ModelChecks.Finite($"{field}.restMv", RestMv);
        ModelChecks.Finite($"{field}.biasMv", BiasMv);
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(TauMs).Write(TauExcitatoryMs).Write(TauInhibitoryMs).Write(RestMv).Write(BiasMv);
    }
}
