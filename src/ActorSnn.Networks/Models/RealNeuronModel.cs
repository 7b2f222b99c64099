namespace ActorSnn.Networks;

/// <summary>
/// A neuron model with real-valued state: it has a membrane potential in mV, a threshold, a reset and a refractory period.
/// <para>
/// <b>Order within tick t.</b> Spikes that arrive at t are added up; the potential at t is compared with the threshold (<c>V &gt;= V_th</c> spikes);
/// a neuron that spiked at t is held at its reset potential through tick <c>t + t_ref / dt</c> and goes on from there.
/// </para>
/// </summary>
/// <param name="ThresholdMv">Potential at which the neuron spikes, in mV.</param>
/// <param name="ResetMv">Potential after a spike, in mV.</param>
/// <param name="RefractoryMs">Time it is held there, in ms; a whole number of ticks.</param>
/// <param name="InitialMv">Potential before tick 0, in mV.</param>
public abstract record RealNeuronModel(double ThresholdMv, double ResetMv, double RefractoryMs, InitialValue InitialMv) : NeuronModel
{
    /// <summary>Largest magnitude of a weight or of a parameter in mV: sums of them stay far from what doubles can hold.</summary>
    public const double MaxMagnitude = 1e9;

    /// <summary>The refractory period in ticks.</summary>
    /// <param name="timeStepMs">Length of a tick in milliseconds.</param>
    public int RefractoryTicks(double timeStepMs) => ModelChecks.Ticks(RefractoryMs, timeStepMs);

    /// <summary>Whether positive and negative weights act through different synapses, so that a plastic weight must keep its sign.</summary>
    public virtual bool HasSynapsePerSign => false;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        ModelChecks.ResetBelowThreshold(field, ResetMv, ThresholdMv);
        ModelChecks.Refractory($"{field}.refractoryMs", RefractoryMs, timeStepMs);
        InitialMv.Validate($"{field}.initialMv");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(ThresholdMv).Write(ResetMv).Write(RefractoryMs);
        InitialMv.WriteTo(writer);
    }
}
