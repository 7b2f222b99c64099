using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// The synapses of one projection and one delay that end on one slice of integer neurons. At tick t it delivers the spikes its
/// source population emitted at t - delay.
/// </summary>
internal abstract class Afferent(Projection projection, int delay, BitHistory source)
{
    public Projection Projection { get; } = projection;

    /// <summary>In ticks.</summary>
    public int Delay { get; } = delay;

    public BitHistory Source { get; } = source;

    /// <summary>Bytes its synapses take.</summary>
    public virtual long Bytes => 0;

    /// <summary>An upper bound, cheap to get, of what the spikes emitted at a tick add to the drive of any one neuron.</summary>
    public abstract long CoarseBound(long emitted);

    /// <summary>An upper bound as <see cref="CoarseBound"/>, tighter where that takes a look at the weights.</summary>
    public virtual long TightBound(long emitted) => CoarseBound(emitted);

    /// <summary>Spikes emitted at a tick, each counted once a synapse on the slice.</summary>
    /// <param name="emitted">Tick of emission.</param>
    /// <param name="neurons">Neurons of the slice: a source neuron has as many synapses.</param>
    public virtual long EventsOf(long emitted, int neurons) => (long)Source.Count(emitted) * neurons;

    /// <summary>Adds what the spikes emitted at a tick contribute.</summary>
    /// <param name="emitted">Tick of emission.</param>
    /// <param name="drive">Drive of each neuron of the slice, padded.</param>
    /// <returns>What they add to every neuron alike.</returns>
    public abstract int Deliver(long emitted, Span<int> drive);
}

/// <summary>An afferent whose synapses learn.</summary>
internal interface IPlasticAfferent
{
    Projection Projection { get; }

    /// <summary>Applies what a tick taught, once both sides' spikes of that tick are known.</summary>
    /// <param name="tick">The tick of the coincidences.</param>
    /// <param name="targetSpikes">The slice's spikes at that tick.</param>
    void Learn(long tick, ReadOnlySpan<ulong> targetSpikes);

    /// <summary>Writes the slice's weights into the projection's matrix [source, target].</summary>
    void ReadWeights(Span<sbyte> matrix);

    /// <summary>Takes the slice's weights from the projection's matrix [source, target].</summary>
    void WriteWeights(ReadOnlySpan<sbyte> matrix);
}
