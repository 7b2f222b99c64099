namespace ActorSnn.Networks;

/// <summary>
/// Leaky integrate-and-fire neuron with delta synapses: a spike moves the potential at once.
/// <para>
/// <b>Equations.</b> Between spikes <c>tau_m dV/dt = -(V - E_L) + b</c>; a spike that arrives over a synapse of weight w adds w to V. At
/// <c>V &gt;= V_th</c> the neuron spikes, V becomes V_reset and stays there for t_ref; what arrives meanwhile is lost.
/// </para>
/// <para>
/// <b>Parameters.</b> tau_m (<c>TauMs</c>, 20 ms), E_L (<c>RestMv</c>, 0 mV), V_th (<c>ThresholdMv</c>, 20 mV), V_reset (<c>ResetMv</c>, 0 mV), t_ref
/// (<c>RefractoryMs</c>, 2 ms), b (<c>BiasMv</c>, 0 mV: a constant current times the membrane resistance), V(0) (<c>InitialMv</c>, E_L). Weights in mV.
/// </para>
/// <para><b>Integration.</b> Exact, in closed form.</para>
/// <para><b>Reference.</b> Brunel, Journal of Computational Neuroscience 8, 183 (2000).</para>
/// </summary>
/// <param name="TauMs">Membrane time constant, in ms.</param>
/// <param name="RestMv">Resting potential, in mV.</param>
/// <param name="ThresholdMv">Threshold, in mV.</param>
/// <param name="ResetMv">Reset potential, in mV.</param>
/// <param name="RefractoryMs">Refractory period, in ms.</param>
/// <param name="BiasMv">Constant drive, in mV.</param>
/// <param name="InitialMv">Potential before tick 0, in mV; the resting potential when null.</param>
public sealed record LifDelta(
    double TauMs = 20, double RestMv = 0, double ThresholdMv = 20, double ResetMv = 0, double RefractoryMs = 2, double BiasMv = 0,
    InitialValue? InitialMv = null)
    : RealNeuronModel(ThresholdMv, ResetMv, RefractoryMs, InitialMv ?? RestMv)
{
    /// <inheritdoc/>
    public override string Name => "lif-delta";

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        ModelChecks.TimeConstant($"{field}.tauMs", TauMs, timeStepMs);
        ModelChecks.Finite($"{field}.restMv", RestMv);
        ModelChecks.Finite($"{field}.biasMv", BiasMv);
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(TauMs).Write(RestMv).Write(BiasMv);
    }
}
