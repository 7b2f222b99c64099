namespace ActorSnn.Networks;

/// <summary>What of a stored weight acts.</summary>
public enum SynapseForm
{
    /// <summary>Its sign: +1, or -1 where the sign bit is set. The number itself is only learned on.</summary>
    Sign,

    /// <summary>The number.</summary>
    Real,
}

/// <summary>
/// Integrate-and-fire neurons without leak that spike at most once a sample, and tell by when: what <see cref="FirstSpikeNeuron"/> and <see cref="FirstSpikeReadout"/> share.
/// <para>
/// <b>Start.</b> A one-to-all projection from a single neuron starts samples: the tick in which its spike arrives is step s = 0 of the next one; without it nothing ever begins. Its weights are the thresholds, negated: the potential begins
/// at -threshold, and crosses at 0.
/// </para>
/// <para>
/// <b>Membrane.</b> <c>V(s)</c> is the sum of the weights of the spikes that arrived in steps 0 … s; nothing decays, and nothing is reset within a sample. With <see cref="SynapseForm.Sign"/> it is a whole number;
/// with <see cref="SynapseForm.Real"/> a 32-bit float, summed by step, then by source neuron.
/// </para>
/// <para>
/// <b>Spike.</b> At the first step with <c>V(s) >= threshold</c>, stamped <c>t = s + Layer</c>, and only if t is below <see cref="Steps"/>; a neuron without a spike counts as t = <see cref="Steps"/>.
/// </para>
/// <para>
/// <b>Late spikes.</b> In delayed timing a spike acts in the step in which it arrives, and only in the sample in which it was due: what should have arrived before a sample's start is not taken in it. Errors that come after the next start teach about its sample, by what has arrived by then; those that come more than <see cref="HoldTicks"/> after the last start teach nothing.
/// </para>
/// <para><b>Projections</b> onto these neurons are dense and of one delay, beside the start.</para>
/// </summary>
/// <param name="Steps">Steps of time in a sample: T.</param>
/// <param name="Layer">1 for neurons that see the input, one more for each layer above.</param>
/// <param name="Form">What of the weights acts on the membrane.</param>
public abstract record FirstSpikeModel(int Steps, int Layer, SynapseForm Form) : NeuronModel
{
    /// <summary>Most steps of a sample.</summary>
    public const int MaxSteps = 1024;

    /// <summary>Steps in which a neuron can cross its threshold.</summary>
    public int CrossingSteps => Steps - Layer;

    /// <summary>Ticks from a sample's start until its updates are done, at most: for so long spikes are kept after they have arrived.</summary>
    public int HoldTicks => Steps + 4;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (Layer < 1) throw new NetworkException($"{field}.layer", $"{Layer}; at least 1");
        if (Steps <= Layer || Steps > MaxSteps) throw new NetworkException($"{field}.steps", $"{Steps}; give {Layer + 1} to {MaxSteps} for layer {Layer}");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Steps).Write(Layer).Write((int)Form);
}
