namespace ActorSnn.Networks;

/// <summary>
/// Neurons that divide what arrives by what arrives at all of them: a layer's graded spikes come out with the L2 norm 1. The population lives whole on one core.
/// <para>
/// <b>Equations.</b> With <c>x_i(t)</c> the sum of the grades that arrive at neuron i at tick t, in the order of the projections, and <c>n(t) = sqrt(sum x_i(t)^2)</c>, summed in
/// the order of the neurons: every neuron at which a spike arrived emits at t a spike of grade <c>x_i(t) / n(t)</c>; none does where n(t) is 0. Sums, root and quotient are taken in 64 bits, the
/// quotient is rounded to the grade's 32. Nothing is carried to the next tick.
/// </para>
/// <para>
/// <b>Synapses.</b> It takes graded spikes only, over one-to-one projections of weight 1 and one delay.
/// </para>
/// <para>
/// <b>Reference.</b> Carandini, Heeger, Nature Reviews Neuroscience 13, 51 (2012), with a semi-saturation of 0 and exponents of 2 and 1/2 in the pool.
/// </para>
/// </summary>
public sealed record DivisiveNormalisation : NeuronModel
{
    /// <summary>Most neurons: more do not fit into one slice of a core.</summary>
    public const int MaxSize = 1 << 16;

    /// <inheritdoc/>
    public override string Name => "divisive-normalisation";

    /// <inheritdoc/>
    public override bool IsGraded => true;

    /// <inheritdoc/>
    public override bool TakesGrades => true;

    /// <inheritdoc/>
    public override bool TakesOnlyGrades => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (size > MaxSize) throw new NetworkException($"{field}.size", $"{size}; a {Name} population has at most {MaxSize} neurons");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer.Write(Name);
}
