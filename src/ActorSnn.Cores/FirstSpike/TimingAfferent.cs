using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// Synapses of one projection onto a slice of neurons that tell by their first spike, with weights in 32-bit floats, one row a source neuron. Where only signs act and nothing is learned, the signs are all
/// there is: a bit a synapse.
/// </summary>
internal sealed class TimingAfferent : IWeightMemory
{
    private readonly SpikeTimingGradient? _rule;
    private readonly float[] _weights;
    private readonly ulong[] _signs;
    private readonly float[] _change;
    private readonly int _columns;
    private readonly int _stride;
    private readonly int _firstTarget;
    private long _rateOf = -1;
    private float _rate;

    /// <param name="network">The network.</param>
    /// <param name="projection">A dense projection of one delay.</param>
    /// <param name="slice">The target slice.</param>
    /// <param name="form">What of the weights acts.</param>
    /// <param name="keepsSigns">Whether signs are packed, for <see cref="DeliverSigns"/>.</param>
    public TimingAfferent(Network network, Projection projection, Slice slice, SynapseForm form, bool keepsSigns)
    {
        Projection = projection;
        Delay = projection.Delay.Min;
        _rule = projection.Learning as SpikeTimingGradient;
        _columns = slice.Count;
        _firstTarget = slice.Start;
        _stride = (slice.Count + TimingKernels.Padding - 1) / TimingKernels.Padding * TimingKernels.Padding;
        int sources = network.Populations[projection.Source].Size;
        int targets = network.Populations[projection.Target].Size;
        bool isAllSigns = keepsSigns && form == SynapseForm.Sign && _rule is null;
        _weights = isAllSigns ? [] : new float[checked(sources * _stride)];
        _signs = keepsSigns && form == SynapseForm.Sign ? new ulong[Bits.Words(sources) * _stride] : [];
        _change = _rule is null ? [] : new float[_stride];
        for (int row = 0; row < sources; row++)
        {
            for (int column = 0; column < _columns; column++)
            {
                float weight = (float)Synapses.WeightOf(network, projection, (long)row * targets + slice.Start + column);
                if (_rule is not null) weight = Math.Min(Math.Max(weight, (float)_rule.Low), (float)_rule.High);
                if (!isAllSigns) _weights[row * _stride + column] = weight;
                if (_signs.Length > 0 && float.IsNegative(weight)) _signs[(row >> 6) * _stride + column] |= 1UL << (row & 63);
            }
        }
    }

    public Projection Projection { get; }

    /// <summary>In ticks.</summary>
    public int Delay { get; }

    public WeightFaults? Faults { private get; set; }

    public bool IsPlastic => _rule is not null;

    public bool LearnsFromLayer => _rule is { Share: ErrorShare.Layer };

    public long Bytes => _weights.Length * (long)sizeof(float) + _signs.Length * (long)sizeof(ulong);

    /// <summary>Adds the signs of the weights from the neurons that spiked.</summary>
    /// <param name="spikes">One bit a source neuron.</param>
    /// <param name="sums">One a neuron of the slice, padded.</param>
    public void DeliverSigns(ReadOnlySpan<ulong> spikes, Span<int> sums) => TimingKernels.AddSigns(_signs, _stride, spikes, sums);

    /// <summary>Adds the weights from the neurons that spiked, in their order.</summary>
    /// <param name="rows">Source neurons, ascending.</param>
    /// <param name="sums">One a neuron of the slice, padded.</param>
    public void DeliverReal(ReadOnlySpan<int> rows, Span<float> sums) => TimingKernels.AddRows(_weights, _stride, rows, sums);

    /// <summary>Weights from one source neuron onto the slice.</summary>
    public ReadOnlySpan<float> Row(int source) => _weights.AsSpan(source * _stride, _columns);

    /// <summary>G of the rule by the time between two spikes.</summary>
    public float WindowOf(int dt, int steps) => _rule!.WeightOf(dt, steps);

    /// <summary>The rule's learning rate for a sample.</summary>
    public float RateOf(long sample)
    {
        if (_rateOf != sample) (_rateOf, _rate) = (sample, _rule!.RateAt(sample));
        return _rate;
    }

    /// <summary>The change a slice's neurons ask of the rows that are updated next; cleared by who fills it.</summary>
    public Span<float> Change => _change.AsSpan(0, _columns);

    /// <summary>Subtracts <see cref="Change"/> from the weights of one source neuron.</summary>
    public void Subtract(int source) => TimingKernels.Subtract(
        _weights.AsSpan(source * _stride, _stride), _change, (float)_rule!.Low, (float)_rule.High, _signs.Length > 0 ? _signs.AsSpan((source >> 6) * _stride, _stride) : default, source & 63);

    /// <summary>To be called when a sample's updates are done.</summary>
    public void EndUpdates() => Faults?.HoldStuck();

    public int PlaceOf(int order, int source, int target) => source * _stride + target;

    public uint Read(int place)
    {
        if (_weights.Length > 0) return BitConverter.SingleToUInt32Bits(_weights[place]);
        var (source, column) = Math.DivRem(place, _stride);
        return (uint)(_signs[(source >> 6) * _stride + column] >> (source & 63) & 1);
    }

    public void Write(int place, uint bits)
    {
        bool isNegative = (bits & 1) != 0;
        if (_weights.Length > 0)
        {
            float weight = BitConverter.UInt32BitsToSingle(bits);
            // What is no number becomes the largest of its sign.
            if (!float.IsFinite(weight)) weight = float.IsNegative(weight) ? -float.MaxValue : float.MaxValue;
            _weights[place] = weight;
            isNegative = float.IsNegative(weight);
        }
        if (_signs.Length == 0) return;
        var (source, column) = Math.DivRem(place, _stride);
        ref ulong word = ref _signs[(source >> 6) * _stride + column];
        ulong bit = 1UL << (source & 63);
        word = isNegative ? word | bit : word & ~bit;
    }

    /// <summary>Copies the slice's weights, by their bits, into the projection's matrix [source, target].</summary>
    public void ReadWeights(Span<int> matrix)
    {
        int sources = _weights.Length / _stride;
        int targets = matrix.Length / sources;
        for (int row = 0; row < sources; row++)
        {
            for (int column = 0; column < _columns; column++) matrix[row * targets + _firstTarget + column] = BitConverter.SingleToInt32Bits(_weights[row * _stride + column]);
        }
    }

    /// <summary>Takes the slice's weights from the projection's matrix [source, target].</summary>
    public void WriteWeights(ReadOnlySpan<int> matrix)
    {
        int sources = _weights.Length / _stride;
        int targets = matrix.Length / sources;
        for (int row = 0; row < sources; row++)
        {
            for (int column = 0; column < _columns; column++) Write(row * _stride + column, (uint)matrix[row * targets + _firstTarget + column]);
        }
    }
}
