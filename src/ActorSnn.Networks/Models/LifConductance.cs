namespace ActorSnn.Networks;

/// <summary>
/// Leaky integrate-and-fire neuron with exponential conductance synapses.
/// <para>
/// <b>Equations.</b> <c>tau_m dV/dt = -(V - E_L) - g_e (V - E_e) - g_i (V - E_i) + b</c>, <c>dg_e/dt = -g_e / tau_e</c>, <c>dg_i/dt = -g_i / tau_i</c>, with
/// conductances in units of the leak's. A spike that arrives over a synapse of weight w adds w to g_e where w is positive and -w to g_i where it is
/// negative; it moves V from the next tick on. At <c>V &gt;= V_th</c> the neuron spikes, V becomes V_reset and stays there for t_ref, while the conductances
/// go on.
/// </para>
/// <para>
/// <b>Parameters.</b> tau_m (<c>TauMs</c>, 20 ms), tau_e (<c>TauExcitatoryMs</c>, 5 ms), tau_i (<c>TauInhibitoryMs</c>, 10 ms), E_L (<c>RestMv</c>, -60 mV), E_e
/// (<c>ExcitatoryReversalMv</c>, 0 mV), E_i (<c>InhibitoryReversalMv</c>, -80 mV), V_th (<c>ThresholdMv</c>, -50 mV), V_reset (<c>ResetMv</c>, -60 mV), t_ref
/// (<c>RefractoryMs</c>, 5 ms), b (<c>BiasMv</c>, 0 mV: a constant current over the leak conductance), V(0) (<c>InitialMv</c>, E_L). Weights in leak conductances.
/// </para>
/// <para>
/// <b>Integration.</b> Conductances exactly; the potential exactly for the conductances at the middle of the tick (exponential midpoint rule, error of second
/// order in the tick).
/// </para>
/// <para><b>Reference.</b> Vogels and Abbott, Journal of Neuroscience 25, 10786 (2005); Zenke and Gerstner, Frontiers in Neuroinformatics 8, 76 (2014).</para>
/// </summary>
/// <param name="TauMs">Membrane time constant, in ms.</param>
/// <param name="TauExcitatoryMs">Time constant of synapses with positive weight, in ms.</param>
/// <param name="TauInhibitoryMs">Time constant of synapses with negative weight, in ms.</param>
/// <param name="RestMv">Resting potential, in mV.</param>
/// <param name="ExcitatoryReversalMv">Reversal potential of synapses with positive weight, in mV.</param>
/// <param name="InhibitoryReversalMv">Reversal potential of synapses with negative weight, in mV.</param>
/// <param name="ThresholdMv">Threshold, in mV.</param>
/// <param name="ResetMv">Reset potential, in mV.</param>
/// <param name="RefractoryMs">Refractory period, in ms.</param>
/// <param name="BiasMv">Constant drive, in mV.</param>
/// <param name="InitialMv">Potential before tick 0, in mV; the resting potential when null.</param>
public sealed record LifConductance(
    double TauMs = 20, double TauExcitatoryMs = 5, double TauInhibitoryMs = 10, double RestMv = -60, double ExcitatoryReversalMv = 0,
    double InhibitoryReversalMv = -80, double ThresholdMv = -50, double ResetMv = -60, double RefractoryMs = 5, double BiasMv = 0,
    InitialValue? InitialMv = null)
    : RealNeuronModel(ThresholdMv, ResetMv, RefractoryMs, InitialMv ?? RestMv)
{
    /// <inheritdoc/>
    public override string Name => "lif-cond";

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
        ModelChecks.Finite($"{field}.excitatoryReversalMv", ExcitatoryReversalMv);
        ModelChecks.Finite($"{field}.inhibitoryReversalMv", InhibitoryReversalMv);
        ModelChecks.Finite($"{field}.biasMv", BiasMv);
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(TauMs).Write(TauExcitatoryMs).Write(TauInhibitoryMs).Write(RestMv).Write(ExcitatoryReversalMv).Write(InhibitoryReversalMv).Write(BiasMv);
    }
}
