using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Any set of synapses of one delay, listed by source neuron, then in the order in which they were made.</summary>
internal sealed class SparseAfferent : Afferent
{
    /// <summary>Target and weight, 32 bits each.</summary>
    public const int BytesPerSynapse = 8;

    private readonly int[] _offsets;
    private readonly int[] _targets;
    private readonly int[] _weights;

    /// <param name="projection">The projection.</param>
    /// <param name="delay">Delay of these synapses, in ticks.</param>
    /// <param name="source">Spikes of the source population.</param>
    /// <param name="slice">The target slice.</param>
    /// <param name="synapses">The synapses onto the slice, sorted by source neuron.</param>
    public SparseAfferent(Projection projection, int delay, BitHistory source, Slice slice, IReadOnlyList<Synapse> synapses)
        : base(projection, delay, source)
    {
        _offsets = new int[source.Size + 1];
        _targets = new int[synapses.Count];
        _weights = new int[synapses.Count];
        for (int i = 0; i < synapses.Count; i++)
        {
            _offsets[synapses[i].Source + 1]++;
            _targets[i] = synapses[i].Target - slice.Start;
            _weights[i] = (int)synapses[i].Weight;
        }
        for (int i = 0; i < source.Size; i++) _offsets[i + 1] += _offsets[i];
    }

    public override long Bytes => (long)_targets.Length * BytesPerSynapse + _offsets.Length * sizeof(int);

    public override long CoarseBound(long emitted) => int.MaxValue;

    public override long EventsOf(long emitted, int neurons)
    {
        long events = 0;
        foreach (int neuron in Source.Indices(emitted)) events += _offsets[neuron + 1] - _offsets[neuron];
        return events;
    }

    public override int Deliver(long emitted, Span<int> drive)
    {
        foreach (int neuron in Source.Indices(emitted))
        {
            for (int i = _offsets[neuron]; i < _offsets[neuron + 1]; i++) drive[_targets[i]] += _weights[i];
        }
        return 0;
    }
}
