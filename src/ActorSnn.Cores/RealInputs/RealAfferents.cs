using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// The synapses of one projection that end on one slice of real-valued neurons. At tick t it adds to its channels what arrives then: the spikes its source
/// population emitted at t - delay.
/// </summary>
internal abstract class RealAfferent(Projection projection, SpikeHistory source)
{
    public Projection Projection { get; } = projection;

    public SpikeHistory Source { get; } = source;

    /// <summary>The channels it adds to, in order.</summary>
    public abstract InputChannel[] Channels { get; }

    /// <summary>Bytes its synapses take.</summary>
    public virtual long Bytes => 0;

    /// <summary>About how many synapses a spike has on the slice.</summary>
    protected abstract double MeanRow { get; }

    /// <summary>About how many events to expect at a tick.</summary>
    public double Expect(long tick)
    {
        int spikes = 0;
        for (int delay = Projection.Delay.Min; delay <= Projection.Delay.Max; delay++) spikes += Source.Count(tick - delay);
        return MeanRow * spikes / (Projection.Delay.Max - Projection.Delay.Min + 1);
    }

    /// <summary>Adds what arrives at a tick; the channels have begun.</summary>
    /// <returns>Spikes delivered, each counted once a synapse.</returns>
    public abstract long Deliver(long tick);
}

/// <summary>Every source neuron onto every target neuron with one weight: only the number of spikes matters.</summary>
internal sealed class CommonAfferent(Projection projection, SpikeHistory source, InputChannel channel, int neurons) : RealAfferent(projection, source)
{
    public override InputChannel[] Channels { get; } = [channel];

    protected override double MeanRow => neurons;

    public override long Deliver(long tick)
    {
        int spikes = Source.Count(tick - Projection.Delay.Min);
        channel.Common += spikes;
        return (long)spikes * neurons;
    }
}

/// <summary>Source neuron i onto target neuron i, with one weight.</summary>
internal sealed class MatchingAfferent(Projection projection, SpikeHistory source, InputChannel channel, Slice slice) : RealAfferent(projection, source)
{
    public override InputChannel[] Channels { get; } = [channel];

    protected override double MeanRow => 1;

    public override long Deliver(long tick)
    {
        int events = 0;
        foreach (int neuron in Source.Indices(tick - Projection.Delay.Min))
        {
            if ((uint)(neuron - slice.Start) >= (uint)slice.Count) continue;
            channel.Count(neuron - slice.Start);
            events++;
        }
        return events;
    }
}

/// <summary>Any set of synapses.</summary>
internal sealed class RowsAfferent : RealAfferent, IWeightMemory
{
    private readonly SynapseRows _rows;
    private readonly InputChannel _channel;
    private readonly InputChannel? _negative;

    /// <param name="projection">The projection.</param>
    /// <param name="source">Spikes of the source population.</param>
    /// <param name="rows">The synapses.</param>
    /// <param name="channel">Takes counts where the weights are all the same, else weight units.</param>
    /// <param name="negative">Takes negative weights where the model has a synapse for each sign; null when one channel takes all.</param>
    public RowsAfferent(Projection projection, SpikeHistory source, SynapseRows rows, InputChannel channel, InputChannel? negative)
        : base(projection, source)
    {
        _rows = rows;
        _channel = channel;
        _negative = negative;
        Channels = negative is null ? [channel] : [channel, negative];
        MeanRow = (double)rows.Count / source.Size;
    }

    public override InputChannel[] Channels { get; }

    public WeightFaults? Faults { private get; set; }

    public override long Bytes => _rows.Bytes;

    protected override double MeanRow { get; }

    public override long Deliver(long tick)
    {
        long events = 0;
        for (int delay = Projection.Delay.Min; delay <= Projection.Delay.Max; delay++)
        {
            var neurons = Source.Indices(tick - delay);
            if (neurons.Length > 1) _rows.Prefetch(neurons);
            foreach (int neuron in neurons)
            {
                var (first, end) = _rows.Delays is null ? (_rows.Offsets[neuron], _rows.Offsets[neuron + 1]) : _rows.WithDelay(neuron, delay);
                events += end - first;
                if (_rows.Weights is null) _channel.Count(_rows.Targets.AsSpan(first, end - first));
                else AddWeights(first, end);
            }
        }
        return events;
    }

    public int PlaceOf(int order, int source, int target) => order;

    public uint Read(int place) => (uint)_rows.UnitsAt(place) & (1u << WeightBits.FixedPoint) - 1;

    public void Write(int place, uint bits) => _rows.SetBits(place, bits);

    private void AddWeights(int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            int units = _rows.UnitsAt(i);
            (units < 0 && _negative is not null ? _negative : _channel).Add(_rows.Targets[i], units);
        }
    }
}
