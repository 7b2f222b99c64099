using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>How much memory a network's synapses will take, told from its description.</summary>
public static class SynapseMemory
{
    /// <summary>Bytes of a projection's synapses, without the row index that each core with synapses of it keeps. Synapses that are all alike take none.</summary>
    public static long BytesOf(Network network, Projection projection)
    {
        var target = network.Populations[projection.Target];
        double synapses = projection.Connectivity.ExpectedSynapses(network.Populations[projection.Source].Size, target.Size);
        bool oneWeight = projection.Weight is Weight.ConstantWeight && !network.FaultsOf(projection).Any();
        bool oneDelay = projection.Delay is Delay.ConstantDelay;
        double each = (projection.Connectivity, target.Model) switch
        {
            _ when projection.Learning is { } rule => rule.BytesPerSynapse,
            (Connectivity.DenseConnectivity or Connectivity.OneToAllConnectivity, not SteppedNeuronModel) when oneWeight && oneDelay => 0,
            (Connectivity.OneToOneConnectivity, _) when oneWeight && oneDelay => 0,
            (Connectivity.DenseConnectivity, SteppedNeuronModel) => sizeof(int),
            (_, SteppedNeuronModel) => 0,
            (Connectivity.DenseConnectivity, FirstSpikeModel { Form: SynapseForm.Sign }) => 1.0 / 8,
            (_, FirstSpikeModel) => sizeof(float),
            (_, LatencySource) => 0,
            (_, RealNeuronModel) => SynapseRows.BytesPerSynapse(projection),
            (Connectivity.DenseConnectivity, _) when oneDelay => DenseFormat.Of(projection.Weight).BytesPerSynapse,
            (Connectivity.OneToOneConnectivity, _) when oneDelay => sizeof(int),
            _ => SparseAfferent.BytesPerSynapse,
        };
        return (long)(each * synapses);
    }

    /// <summary>Bytes of the row indices of a placement: four for each source neuron on each slice it has synapses on.</summary>
    private static double IndexBytes(Placement placement)
    {
        double bytes = 0;
        foreach (var slice in placement.Cores.SelectMany(c => c.Slices))
        {
            foreach (var projection in placement.Network.Projections.Where(p => p.Target == slice.Population))
            {
                if (BytesOf(placement.Network, projection) > 0 && projection.Connectivity is not Connectivity.DenseConnectivity)
                    bytes += sizeof(int) * (double)placement.Network.Populations[projection.Source].Size;
            }
        }
        return bytes;
    }

    /// <summary>
    /// Bytes that a placed network will take when it is built and run: synapses, row indices, neurons, spikes under way, and the run-ahead of its
    /// links. An estimate, for deciding whether to try.
    /// </summary>
    /// <param name="placement">The placed network.</param>
    public static long Estimate(Placement placement)
    {
        const double BytesPerNeuron = 64; // modes, input channels, lists of spikes
        const double BytesPerLink = 42_000; // packets under way
        const double Runtime = 60 << 20;
        var network = placement.Network;
        double bytes = network.Projections.Sum(p => (double)BytesOf(network, p)) + IndexBytes(placement);
        bytes += network.Populations.Sum(p => (double)p.Size) * BytesPerNeuron;
        long links = placement.Cores.Length > 1 ? placement.Links().Length : 0;
        return (long)Math.Min(long.MaxValue / 2, bytes + links * BytesPerLink + Runtime);
    }
}
