namespace ActorSnn.Networks;

/// <summary>How the winner of a step is drawn. All give neuron k with probability <c>exp(v_k) / sum exp(v)</c>.</summary>
public enum WinnerDraw
{
    /// <summary>One draw over the sums of the exponentials.</summary>
    Categorical,

    /// <summary>A race: neuron k spikes at a random time, with hazard exp(v_k); the first inhibits all others.</summary>
    Race,

    /// <summary>Logistic neurons that inhibit each other: short rounds in which each spikes with probability 1 / (1 + exp(theta - v_k)), until in one exactly one did.</summary>
    Rounds,
}

/// <summary>
/// A layer in which lateral inhibition lets exactly one neuron spike in each step, so that rates are the softmax of the potentials. It lives whole on one core.
/// <para>
/// <b>Forward.</b> Potential v as <see cref="SteppedNeuronModel"/> says; one neuron wins, with probability <c>exp(v_k) / sum exp(v)</c>.
/// </para>
/// <para>
/// <b>Backward.</b> One-to-one synapses onto it are its teacher: their spikes say which class is right. In the same step the lines of its <see cref="BackwardPorts"/> carry the
/// error: g+ of the winner, if it is not the class taught, and g- of the class taught, if it did not win. Their mean is the gradient of the cross-entropy with respect to v.
/// </para>
/// <para>
/// <b>Reference.</b> Reconstructed from the abstract of Biswas, Saraswat and Ganguly, Neuromorphic Computing and Engineering 3, 034009 (2023); the race after Nessler et al.,
/// PLoS Computational Biology 9, e1003037 (2013).
/// </para>
/// </summary>
/// <param name="FirstTick">Tick of step 0.</param>
/// <param name="PeriodTicks">Ticks from one window of steps to the next.</param>
/// <param name="WindowSteps">Steps in a window.</param>
/// <param name="SampleSteps">Steps a sample lasts.</param>
/// <param name="ForwardUnit">What one weight unit stands for.</param>
/// <param name="Membrane">What the potential is.</param>
/// <param name="Draw">How the winner is drawn.</param>
public sealed record WinnerTakeAll(
    int FirstTick, int PeriodTicks, int WindowSteps, int SampleSteps, double ForwardUnit, MembraneMode Membrane = MembraneMode.Integrate,
    WinnerDraw Draw = WinnerDraw.Categorical)
    : SteppedNeuronModel(FirstTick, PeriodTicks, WindowSteps, SampleSteps, ForwardUnit, Membrane)
{
    /// <summary>Most neurons: all of them are looked at in every step.</summary>
    public const int MaxSize = 4096;

    /// <inheritdoc/>
    public override string Name => "winner-take-all";

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        base.Validate(field, size, timeStepMs);
        if (size > MaxSize) throw new NetworkException($"{field}.size", $"{size}; a {Name} population has at most {MaxSize} neurons");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        base.WriteTo(writer);
        writer.Write((int)Draw);
    }
}
