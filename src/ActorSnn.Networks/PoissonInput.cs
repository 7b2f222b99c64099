namespace ActorSnn.Networks;

/// <summary>
/// Noise from outside: every neuron of a population gets a Poisson train of its own, any number of spikes a tick. The number for neuron n at tick t has
/// mean <c>RateHz * dt</c> and is drawn from (network seed, input, n, t) and from nothing else. The spikes act at the tick they are drawn for.
/// A <see cref="PoissonSource"/>, in contrast, is a population whose spikes travel over projections and can be shared.
/// </summary>
/// <param name="Index">Position in the network.</param>
/// <param name="Name">Unique name.</param>
/// <param name="Target">Index of the population.</param>
/// <param name="RateHz">Mean rate of each train, in spikes per second.</param>
/// <param name="Weight">Weight of each spike, in the unit of the target's model.</param>
public sealed record PoissonInput(int Index, string Name, int Target, double RateHz, double Weight)
{
    /// <summary>Largest mean number of spikes a tick.</summary>
    public const double MostSpikesPerTick = 100;

    /// <summary>Mean number of spikes of one neuron in one tick.</summary>
    /// <param name="timeStepMs">Length of a tick in milliseconds.</param>
    public double MeanPerTick(double timeStepMs) => RateHz * timeStepMs * 1e-3;

    internal void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Target).Write(RateHz).Write(Weight);
}
