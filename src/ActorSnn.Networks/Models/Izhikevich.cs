namespace ActorSnn.Networks;

/// <summary>
/// Izhikevich's simple model of spiking neurons.
/// <para>
/// <b>Equations.</b> <c>dV/dt = 0.04 V² + 5 V + 140 - u + I</c>, <c>du/dt = a (b V - u)</c>, with V in mV and time in ms. I is the bias plus the sum of the
/// weights of the spikes that arrive at a tick, and lasts that tick. At <c>V &gt;= 30 mV</c> the neuron spikes: <c>V = c</c>, <c>u = u + d</c>.
/// </para>
/// <para>
/// <b>Parameters.</b> a (<c>A</c>, 0.02 per ms), b (<c>B</c>, 0.2), c (<c>ResetMv</c>, -65 mV), d (<c>D</c>, 8), <c>ThresholdMv</c> (30 mV), <c>Bias</c> (0 mV/ms),
/// V(0) (<c>InitialMv</c>, -65 mV), u(0) (<c>InitialRecovery</c>, b V(0)). Weights in mV/ms. There is no refractory period.
/// </para>
/// <para>
/// <b>Integration.</b> As published: forward Euler, V in two half ticks, then u in one. Made for ticks of 1 ms or less.
/// </para>
/// <para><b>Reference.</b> Izhikevich, IEEE Transactions on Neural Networks 14, 1569 (2003).</para>
/// </summary>
/// <param name="A">Rate of recovery, per ms.</param>
/// <param name="B">Sensitivity of recovery to the potential.</param>
/// <param name="ResetMv">Potential after a spike (c), in mV.</param>
/// <param name="D">What a spike adds to the recovery variable.</param>
/// <param name="ThresholdMv">Peak at which a spike is counted, in mV.</param>
/// <param name="Bias">Constant drive, in mV per ms.</param>
/// <param name="InitialMv">Potential before tick 0, in mV; -65 when null.</param>
/// <param name="InitialRecovery">Recovery variable before tick 0; b times the potential when null.</param>
public sealed record Izhikevich(
    double A = 0.02, double B = 0.2, double ResetMv = -65, double D = 8, double ThresholdMv = 30, double Bias = 0,
    InitialValue? InitialMv = null, InitialValue? InitialRecovery = null)
    : RealNeuronModel(ThresholdMv, ResetMv, 0, InitialMv ?? -65.0)
{
    /// <inheritdoc/>
    public override string Name => "izhikevich";

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        ModelChecks.Finite($"{field}.a", A);
        ModelChecks.Finite($"{field}.b", B);
        ModelChecks.Finite($"{field}.d", D);
        ModelChecks.Finite($"{field}.bias", Bias);
        InitialRecovery?.Validate($"{field}.initialRecovery");
        if (timeStepMs > 1)
            throw new NetworkException("timeStepMs", $"{timeStepMs} ms is too long for model {Name}; give at most 1 ms");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(A).Write(B).Write(D).Write(Bias);
        if (InitialRecovery is { } recovery) recovery.WriteTo(writer);
        else writer.Write("b v");
    }
}
