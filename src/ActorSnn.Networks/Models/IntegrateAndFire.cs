namespace ActorSnn.Networks;

/// <summary>
/// Integrate-and-fire neuron without leak (perfect integrator).
/// <para>
/// <b>Equations.</b> Between spikes <c>dV/dt = b</c>; a spike that arrives over a synapse of weight w adds w to V at once. At <c>V &gt;= V_th</c> the neuron
/// spikes, V becomes V_reset and stays there for t_ref; what arrives meanwhile is lost.
/// </para>
/// <para>
/// <b>Parameters.</b> V_th (<c>ThresholdMv</c>, 15 mV), V_reset (<c>ResetMv</c>, 0 mV), t_ref (<c>RefractoryMs</c>, 0 ms), b (<c>BiasMvPerMs</c>, 0 mV/ms),
/// V(0) (<c>InitialMv</c>, 0 mV). Weights in mV.
/// </para>
/// <para><b>Integration.</b> Exact, in closed form.</para>
/// <para><b>Reference.</b> Lapicque, Journal de Physiologie et de Pathologie Générale 9, 620 (1907); Abbott, Brain Research Bulletin 50, 303 (1999).</para>
/// </summary>
/// <param name="ThresholdMv">Threshold, in mV.</param>
/// <param name="ResetMv">Reset potential, in mV.</param>
/// <param name="RefractoryMs">Refractory period, in ms.</param>
/// <param name="BiasMvPerMs">Constant drive, in mV per ms.</param>
/// <param name="InitialMv">Potential before tick 0, in mV; 0 when null.</param>
public sealed record IntegrateAndFire(
    double ThresholdMv = 15, double ResetMv = 0, double RefractoryMs = 0, double BiasMvPerMs = 0, InitialValue? InitialMv = null)
    : RealNeuronModel(ThresholdMv, ResetMv, RefractoryMs, InitialMv ?? 0.0)
{
    /// <inheritdoc/>
    public override string Name => "if";

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        ModelChecks.Finite($"{field}.biasMvPerMs", BiasMvPerMs);
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(BiasMvPerMs);
    }
}
