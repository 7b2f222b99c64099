namespace ActorSnn.Networks;

/// <summary>What turns a potential into the probability of a spike.</summary>
public enum SpikeActivation
{
    /// <summary><c>p = 1 / (1 + exp(-v))</c>.</summary>
    Logistic,

    /// <summary><c>p = v</c>, cut to [0, 1].</summary>
    Hard,
}

/// <summary>What stands for the derivative of the activation on the way back.</summary>
public enum BackwardDerivative
{
    /// <summary>Its value: <c>p (1 - p)</c>, or 1 inside the ramp of the hard activation.</summary>
    Numeric,

    /// <summary>A gate of spikes: open in a step in which the neuron spiked and in the step before, of the same sample, did not; open with probability <c>p (1 - p)</c> on average.</summary>
    Spike,
}

/// <summary>How a composite neuron makes two lines of backward spikes from what arrives.</summary>
public enum BackwardSplit
{
    /// <summary>By the sign of the sum: at most one line spikes in a step.</summary>
    BySign,

    /// <summary>Two sums without cancelling, over two physical lines: positive weights of a line keep it, negative weights cross over. Both lines may spike.</summary>
    ByWeight,
}

/// <summary>
/// Composite neuron: forward activation and backward gradient at the same time, both as stochastic spikes, over three ports. The forward port is the population
/// itself; the two backward ports are the lines of the <see cref="BackwardPorts"/> population that names it.
/// <para>
/// <b>Forward</b>, in every step: potential v as <see cref="SteppedNeuronModel"/> says; the neuron spikes with probability <c>p = f(v)</c>.
/// </para>
/// <para>
/// <b>Backward</b>, <see cref="LagTicks"/> ticks after the forward step it belongs to: with <c>E</c> the sum of the weights of the backward spikes that arrived since the backward step
/// before, and <c>e = E / UpstreamGain</c>, the line g+ spikes with probability <c>min(1, Gain f'(v) max(e, 0))</c> and g- with <c>min(1, Gain f'(v) max(-e, 0))</c>, where v
/// is the potential of that forward step. So <c>E[g+ - g-] = Gain f'(v) e</c>: an unbiased estimate of the gradient, times the gain, as long as no probability exceeds 1.
/// </para>
/// <para>
/// <b>Ports.</b> Dense projections from a <see cref="BackwardPorts"/> population arrive on the backward side, all others on the forward side.
/// </para>
/// <para>
/// <b>Reference.</b> Reconstructed from the abstract of Biswas, Saraswat and Ganguly, Neuromorphic Computing and Engineering 3, 034009 (2023).
/// </para>
/// </summary>
/// <param name="FirstTick">Tick of forward step 0.</param>
/// <param name="PeriodTicks">Ticks from one window of steps to the next.</param>
/// <param name="WindowSteps">Steps in a window.</param>
/// <param name="SampleSteps">Steps a sample lasts.</param>
/// <param name="ForwardUnit">What one weight unit of forward projections stands for.</param>
/// <param name="Membrane">What the potential is.</param>
/// <param name="Activation">From the potential to the probability of a spike.</param>
/// <param name="LagTicks">Ticks from a forward step to its backward step, at most one period; 0 where nothing comes back.</param>
/// <param name="BackwardUnit">What one weight unit of backward projections stands for.</param>
/// <param name="Gain">Gain of this population's backward spikes: a probability of 1 stands for a gradient of 1 / Gain.</param>
/// <param name="UpstreamGain">Gain of the backward spikes that arrive.</param>
/// <param name="Derivative">What stands for f'.</param>
/// <param name="Split">How the two lines are made.</param>
/// <param name="Dropout">Part of the neurons that is left out of a sample, drawn anew for every sample: they emit nothing.</param>
public sealed record CompositeNeuron(
    int FirstTick, int PeriodTicks, int WindowSteps, int SampleSteps, double ForwardUnit, MembraneMode Membrane = MembraneMode.Integrate,
    SpikeActivation Activation = SpikeActivation.Logistic, int LagTicks = 0, double BackwardUnit = 1, double Gain = 1, double UpstreamGain = 1,
    BackwardDerivative Derivative = BackwardDerivative.Numeric, BackwardSplit Split = BackwardSplit.BySign, double Dropout = 0)
    : SteppedNeuronModel(FirstTick, PeriodTicks, WindowSteps, SampleSteps, ForwardUnit, Membrane)
{
    /// <inheritdoc/>
    public override string Name => "composite";

    /// <summary>Whether anything comes back to these neurons.</summary>
    public bool HasBackward => LagTicks > 0;

    /// <inheritdoc/>
    public override int BackwardLagTicks => LagTicks;

    /// <summary>When the neurons emit the backward spikes of their steps.</summary>
    public StepClock BackwardClock => ForwardClock.Later(LagTicks);

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        if (LagTicks < 0 || LagTicks > PeriodTicks)
            throw new NetworkException($"{field}.lagTicks", $"{LagTicks}; backward spikes come within one period of {PeriodTicks} ticks, 0 stands for none");
        Unit($"{field}.backwardUnit", BackwardUnit);
        if (!(Gain > 0) || !double.IsFinite(Gain)) throw new NetworkException($"{field}.gain", $"{Gain}; give a positive number");
        if (!(UpstreamGain > 0) || !double.IsFinite(UpstreamGain)) throw new NetworkException($"{field}.upstreamGain", $"{UpstreamGain}; give a positive number");
        if (!(Dropout is >= 0 and < 1)) throw new NetworkException($"{field}.dropout", $"{Dropout}; give a part from 0 to below 1");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write((int)Activation).Write(LagTicks).Write(BackwardUnit).Write(Gain).Write(UpstreamGain).Write((int)Derivative).Write((int)Split).Write(Dropout);
    }
}

/// <summary>
/// The backward ports of a population of composite neurons or of a winner-take-all: two lines a neuron, line 2 i for g+ and 2 i + 1 for g- of neuron i. It only emits; what its lines say is
/// decided by the neurons they belong to, with which they share their core.
/// </summary>
/// <param name="Of">Name of the population, which comes before it and is half as large.</param>
public sealed record BackwardPorts(string Of) : NeuronModel
{
    /// <inheritdoc/>
    public override string Name => "backward-ports";

    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs) { }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Of);
}
