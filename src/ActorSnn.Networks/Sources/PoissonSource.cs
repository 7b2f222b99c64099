namespace ActorSnn.Networks;

/// <summary>
/// A source whose neurons emit independent Poisson trains, at most one spike a tick each: neuron n spikes at tick t with
/// probability <c>1 - exp(-RateHz * dt)</c> (a multiple of 2^-32), drawn from (network seed, population, n, t) and from nothing else:
/// <see cref="CounterRandom.Word"/> n of stream t is below the probability.
/// </summary>
/// <param name="RateHz">Mean rate of the underlying process, in spikes per second.</param>
public sealed record PoissonSource(double RateHz) : NeuronModel
{
    /// <inheritdoc/>
    public override string Name => "poisson";

    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <summary>Probability of a spike in one tick.</summary>
    /// <param name="timeStepMs">Length of a tick in milliseconds.</param>
    public double SpikeProbability(double timeStepMs) => 1 - PortableMath.Exp(-RateHz * timeStepMs * 1e-3);

    /// <summary>The probability in units of 2^-32: a word below it is a spike.</summary>
    /// <param name="timeStepMs">Length of a tick in milliseconds.</param>
    public uint SpikeBound(double timeStepMs) => (uint)Math.Min(uint.MaxValue, Math.Round(SpikeProbability(timeStepMs) * 4294967296.0));

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (!(RateHz >= 0) || RateHz > 1e6)
            throw new NetworkException($"{field}.rateHz", $"{RateHz} is not a rate; give 0 to 1,000,000 spikes per second");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(RateHz);
}
