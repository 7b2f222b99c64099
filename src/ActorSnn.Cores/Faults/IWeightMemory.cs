using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>An afferent whose synapses each have a weight of their own in memory, so that its bits can break; see <see cref="WeightBits"/>.</summary>
internal interface IWeightMemory
{
    Projection Projection { get; }

    /// <summary>What breaks in it; null for nothing.</summary>
    WeightFaults? Faults { set; }

    /// <summary>Where a synapse's weight is.</summary>
    /// <param name="order">Its place among the afferent's synapses, by source neuron, then delay, then number.</param>
    /// <param name="source">Its source neuron.</param>
    /// <param name="target">Its target neuron, from the slice's start on.</param>
    int PlaceOf(int order, int source, int target);

    /// <summary>The bits of a weight; bits that it does not have are zero.</summary>
    uint Read(int place);

    /// <summary>Writes the bits of a weight.</summary>
    void Write(int place, uint bits);
}
