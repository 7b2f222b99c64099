namespace ActorSnn.Networks;

/// <summary>What a stochastic neuron takes for its membrane.</summary>
public enum MembraneMode
{
    /// <summary>The running mean of the current since the sample's onset: it settles as a sample goes on.</summary>
    Integrate,

    /// <summary>The current of the step alone.</summary>
    Memoryless,
}

/// <summary>
/// Neurons without leak that are driven step by step, in samples of a fixed number of steps: what <see cref="CompositeNeuron"/> and <see cref="WinnerTakeAll"/> share.
/// <para>
/// <b>Membrane.</b> With <c>I(t)</c> the sum of the weights of the spikes that arrived since the step before, and t = 1 … <see cref="SampleSteps"/> the step in its sample:
/// <c>Z = 0</c> at the sample's onset, <c>Z += I(t)</c>, and the potential is <c>v = Z / t</c>, or <c>v = I(t)</c> where <see cref="MembraneMode.Memoryless"/>.
/// </para>
/// <para>
/// <b>Weights</b> are whole multiples of <see cref="ForwardUnit"/>, in 32 bits, so that sums are exact in any order; given weights are rounded to the nearest (to even).
/// Projections onto these neurons are dense and of one delay.
/// </para>
/// </summary>
/// <param name="FirstTick">Tick of step 0.</param>
/// <param name="PeriodTicks">Ticks from one window of steps to the next.</param>
/// <param name="WindowSteps">Steps in a window.</param>
/// <param name="SampleSteps">Steps a sample lasts: the length of its spike trains.</param>
/// <param name="ForwardUnit">What one weight unit of forward projections stands for.</param>
/// <param name="Membrane">What the potential is.</param>
public abstract record SteppedNeuronModel(
    int FirstTick, int PeriodTicks, int WindowSteps, int SampleSteps, double ForwardUnit, MembraneMode Membrane) : NeuronModel
{
    /// <summary>Most steps of a sample.</summary>
    public const int MaxSampleSteps = 1 << 16;

    /// <summary>When the neurons take a step forward.</summary>
    public StepClock ForwardClock => new(FirstTick, PeriodTicks, WindowSteps);

    /// <summary>Ticks from a forward step to the backward spikes of the same step.</summary>
    public virtual int BackwardLagTicks => 0;

    /// <summary>
    /// Ticks for which spikes must be kept after they have arrived: until the next step, from there until the updates of that step's window are committed.
    /// </summary>
    public int HoldTicks => PeriodTicks + BackwardLagTicks + WindowSteps;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        ForwardClock.Validate(field);
        if (SampleSteps is < 1 or > MaxSampleSteps) throw new NetworkException($"{field}.sampleSteps", $"{SampleSteps}; give 1 to {MaxSampleSteps}");
        Unit($"{field}.forwardUnit", ForwardUnit);
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer
        .Write(Name).Write(FirstTick).Write(PeriodTicks).Write(WindowSteps).Write(SampleSteps).Write(ForwardUnit).Write((int)Membrane);

    private protected static void Unit(string field, double unit)
    {
        if (!(unit is > 0 and <= 1)) throw new NetworkException(field, $"{unit}; a weight unit is above 0 and at most 1");
    }
}
