namespace ActorSnn.Networks;

/// <summary>
/// Integer threshold neuron without memory, opened and closed by gate spikes.
/// <para>
/// <b>Equations.</b> With drive(t) the sum of the weights of all spikes that arrive at tick t:
/// <c>potential(t) = drive(t) + Bias</c>; the neuron spikes at t if and only if <c>potential(t) &gt; Threshold</c> (strict).
/// Nothing is carried to the next tick: it is a current-based leaky integrate-and-fire neuron whose time constants are one tick.
/// </para>
/// <para>
/// <b>Gating.</b> With a bias far below zero the neuron is closed. A gate spike whose weight cancels the bias opens it for the one
/// tick at which it arrives, and what the gate weight adds beyond that lowers the threshold the other inputs have to pass.
/// </para>
/// <para>
/// <b>Parameters</b> (weight units; 1024 units stand for 1.0): Threshold (1024), Bias (0).
/// </para>
/// <para>
/// <b>Reference.</b> Renner, Sheldon, Zlotnik, Tao, Sornborger, Nature Communications 15, 9691 (2024).
/// </para>
/// </summary>
/// <param name="Threshold">Potential above which the neuron spikes, in weight units.</param>
/// <param name="Bias">Constant part of the potential, in weight units.</param>
public sealed record GatedThresholdNeuron(int Threshold = 1024, int Bias = 0) : NeuronModel
{
    /// <summary>Largest magnitude of a threshold, bias or weight, so that sums stay within 32 bits.</summary>
    public const int MaxMagnitude = 1 << 24;

    /// <inheritdoc/>
    public override string Name => "gated-threshold";

    /// <inheritdoc/>
    public override bool HasIntegerWeights => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (Math.Abs((long)Threshold) > MaxMagnitude)
            throw new NetworkException($"{field}.threshold", $"{Threshold} is outside -{MaxMagnitude}..{MaxMagnitude}");
        if (Math.Abs((long)Bias) > MaxMagnitude)
            throw new NetworkException($"{field}.bias", $"{Bias} is outside -{MaxMagnitude}..{MaxMagnitude}");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Threshold).Write(Bias);
}
