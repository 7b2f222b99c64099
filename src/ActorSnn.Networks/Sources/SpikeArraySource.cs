using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>A spike of one neuron at one tick.</summary>
/// <param name="Tick">Tick of emission, from 0.</param>
/// <param name="Neuron">Index in the population, from 0.</param>
public readonly record struct Spike(long Tick, int Neuron) : IComparable<Spike>
{
    /// <summary>Orders by tick, then neuron.</summary>
    public int CompareTo(Spike other) => Tick != other.Tick ? Tick.CompareTo(other.Tick) : Neuron.CompareTo(other.Neuron);
}

/// <summary>A source that emits a given list of spikes. The list is kept sorted by tick, then neuron.</summary>
public sealed record SpikeArraySource : NeuronModel
{
    /// <summary>Creates the source; a neuron listed twice for one tick emits one spike.</summary>
    /// <param name="spikes">The spikes, in any order.</param>
    public SpikeArraySource(IEnumerable<Spike> spikes) => Spikes = [.. spikes.Distinct().Order()];

    /// <summary>Creates the source from (tick, neuron) pairs.</summary>
    public SpikeArraySource(params (long Tick, int Neuron)[] spikes)
        : this(spikes.Select(s => new Spike(s.Tick, s.Neuron))) { }

    private SpikeArraySource(ImmutableArray<Spike> sorted) => Spikes = sorted;

    /// <summary>Creates the source from spikes that ascend strictly by tick, then neuron.</summary>
    internal static SpikeArraySource OfSorted(ImmutableArray<Spike> spikes) => new(spikes);

    /// <summary>The spikes, sorted by tick, then neuron.</summary>
    public ImmutableArray<Spike> Spikes { get; }

    /// <inheritdoc/>
    public override string Name => "spike-array";

    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        foreach (var spike in Spikes)
        {
            if (spike.Tick < 0)
                throw new NetworkException($"{field}.spikes", $"a spike at tick {spike.Tick}; ticks count from 0");
            if ((uint)spike.Neuron >= (uint)size)
                throw new NetworkException($"{field}.spikes", $"a spike of neuron {spike.Neuron} in a population of {size}");
        }
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Spikes.Length);
        foreach (var spike in Spikes) writer.Write(spike.Tick).Write(spike.Neuron);
    }
}
