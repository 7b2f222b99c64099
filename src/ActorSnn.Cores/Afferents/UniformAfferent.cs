using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Every source neuron onto every target neuron with one weight: only the number of spikes matters. Gates are of this kind.</summary>
internal sealed class UniformAfferent(Projection projection, int delay, BitHistory source, int weight) : Afferent(projection, delay, source)
{
    public override long CoarseBound(long emitted) => (long)weight * Source.Count(emitted);

    public override int Deliver(long emitted, Span<int> drive) => weight * Source.Count(emitted);
}
