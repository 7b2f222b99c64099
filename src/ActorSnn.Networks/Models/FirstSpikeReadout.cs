namespace ActorSnn.Networks;

/// <summary>
/// Output layer whose earliest spike is the answer; see <see cref="FirstSpikeModel"/>. It lives whole on one core.
/// <para>
/// <b>Answer.</b> The neuron that spikes first; of several at once the one with the largest potential beyond its threshold, then the lowest. When none has spiked by the last step, the one whose potential is the
/// largest beyond its threshold, at t = <see cref="FirstSpikeModel.Steps"/>. Where outputs are broken it goes by what comes out of them; those that have crossed unheard come last. <see cref="AnswerPorts"/> tell it; where there is a <see cref="StartPort"/>, the layer ends the sample with the answer.
/// </para>
/// <para>
/// <b>Errors.</b> A one-to-one projection is the teacher: its spike says which class is right. With T = Steps, m the earliest time and g = <see cref="Margin"/>: the target of the class is m, that of another neuron
/// min(m + g, T) where its t - m is below g, and its own t elsewhere; when all are silent T - g for the class and T for the others. The <see cref="ErrorPorts"/> emit, after the last step, <c>(target - t)</c> divided by the norm of all of them;
/// nothing when all are 0.
/// </para>
/// <para>
/// <b>Teaching.</b> While a sample is taught, the threshold of the class is higher by <see cref="Shift"/>, and those of the others lower, but at least 1: what is learned under this handicap holds without it with something to spare.
/// </para>
/// </summary>
/// <param name="Steps">Steps of time in a sample: T.</param>
/// <param name="Layer">One more than that of the neurons below.</param>
/// <param name="Form">What of the weights acts on the membrane.</param>
/// <param name="Margin">Steps by which the right class is to be first.</param>
/// <param name="Shift">By which the teacher shifts thresholds.</param>
public sealed record FirstSpikeReadout(int Steps, int Layer = 2, SynapseForm Form = SynapseForm.Sign, int Margin = 1, double Shift = 0) : FirstSpikeModel(Steps, Layer, Form)
{
    /// <summary>Most neurons: all of them are looked at in every sample.</summary>
    public const int MaxSize = 4096;

    /// <inheritdoc/>
    public override string Name => "first-spike-readout";

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        if (size > MaxSize) throw new NetworkException($"{field}.size", $"{size}; a {Name} population has at most {MaxSize} neurons");
        if (Margin < 1 || Margin >= Steps) throw new NetworkException($"{field}.margin", $"{Margin}; give 1 to {Steps - 1}");
        if (!(Shift is >= 0 and <= SpikeTimingGradient.MostBound)) throw new NetworkException($"{field}.shift", $"{Shift}; give 0 to {SpikeTimingGradient.MostBound:0}");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(Margin).Write(Shift);
    }
}
