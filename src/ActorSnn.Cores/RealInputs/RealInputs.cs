using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>All that reaches a slice of real-valued neurons: afferents and noise, and the channels they add to, in the order in which these act.</summary>
internal sealed class RealInputs
{
    private RealInputs(RealAfferent[] afferents, PoissonNoise[] noises)
    {
        Afferents = afferents;
        Noises = noises;
        Channels = [.. afferents.SelectMany(a => a.Channels), .. noises.Select(n => n.Channel)];
    }

    public RealAfferent[] Afferents { get; }

    public PoissonNoise[] Noises { get; }

    public InputChannel[] Channels { get; }

    /// <summary>Draws what ends on a slice.</summary>
    /// <param name="network">The network.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="model">Its neurons' model.</param>
    /// <param name="seen">What a projection sees of its source population on the slice's core.</param>
    public static RealInputs Draw(Network network, Slice slice, RealNeuronModel model, Func<Projection, SpikeHistory> seen)
    {
        InputChannel Constant(double weight, bool counts = true) => new(weight, model.HasSynapsePerSign && weight < 0, slice.Count, counts);

        RealAfferent Afferent(Projection projection)
        {
            var source = seen(projection);
            if (projection.Learning is PairStdp rule) return new StdpAfferent(network, projection, rule, source, slice, model.HasSynapsePerSign && rule.MinWeight < 0);
            bool canBreak = network.FaultsOf(projection).Any();
            if (projection.Weight is Weight.ConstantWeight { Value: var weight } && !canBreak)
            {
                bool oneDelay = projection.Delay is Delay.ConstantDelay;
                switch (projection.Connectivity)
                {
                    case Connectivity.DenseConnectivity or Connectivity.OneToAllConnectivity when oneDelay:
                        return new CommonAfferent(projection, source, Constant(weight), slice.Count);
                    case Connectivity.OneToOneConnectivity when oneDelay:
                        return new MatchingAfferent(projection, source, Constant(weight), slice);
                }
            }
            var rows = new SynapseRows(network, projection, slice, withWeights: projection.Weight is not Weight.ConstantWeight || canBreak || MayOverflow(projection));
            if (rows.Weights is null) return new RowsAfferent(projection, source, rows, Constant(((Weight.ConstantWeight)projection.Weight).Value), null);
            var channel = Constant(rows.Quantum, counts: false);
            var negative = model.HasSynapsePerSign ? new InputChannel(rows.Quantum, isInhibitory: true, slice.Count, counts: false) : null;
            return new RowsAfferent(projection, source, rows, channel, negative);
        }

        // Spikes of a tick are counted in 16 bits; where random targets could get more, twenty standard deviations from the mean, weights are added up instead.
        bool MayOverflow(Projection projection)
        {
            int sources = network.Populations[projection.Source].Size;
            int targets = network.Populations[projection.Target].Size;
            double mean = projection.Connectivity.ExpectedSynapses(sources, targets) / targets;
            double most = projection.Connectivity is Connectivity.PairsConnectivity ? projection.Connectivity.MostSynapsesOntoOne(sources) : mean + 20 * Math.Sqrt(mean);
            return most > ushort.MaxValue;
        }

        var afferents = network.Projections.Where(p => p.Target == slice.Population).Select(Afferent).ToArray();
        var noises = network.Inputs.Where(i => i.Target == slice.Population)
            .Select(i => new PoissonNoise(network, i, slice, Constant(i.Weight))).ToArray();
        return new RealInputs(afferents, noises);
    }
}
