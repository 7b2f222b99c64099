using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// The synapses of one dense projection onto a slice of stepped neurons, in 32-bit units. Rows are source neurons; where the source are backward ports, rows are lines, of which the second of
/// a neuron holds the weights of the first, negated.
/// </summary>
internal sealed class UnitAfferent : IWeightMemory
{
    /// <summary>With more columns to change than this part of a row, whole rows are changed.</summary>
    private const int WholeRowFrom = 16;

    private readonly SpikeCoincidence? _rule;
    private readonly Slice _slice;
    private readonly int[] _weights;
    private readonly int[] _change;
    private readonly Devices? _devices;
    private readonly WeightDecay? _decay;
    private readonly bool _isTransposed;

    /// <param name="network">The network.</param>
    /// <param name="projection">A dense projection of one delay.</param>
    /// <param name="source">Spikes of the source population.</param>
    /// <param name="slice">The target slice.</param>
    /// <param name="unit">What a unit stands for.</param>
    public UnitAfferent(Network network, Projection projection, BitHistory source, Slice slice, double unit)
    {
        Projection = projection;
        Delay = projection.Delay.Min;
        Source = source;
        _rule = projection.Learning as SpikeCoincidence;
        _slice = slice;
        _isTransposed = network.Populations[projection.Source].Model is BackwardPorts;
        Stride = (slice.Count + 15) / 16 * 16;
        int targets = network.Populations[projection.Target].Size;
        int bound = _rule?.Bound ?? int.MaxValue;
        _weights = new int[checked(source.Size * Stride)];
        for (int row = 0; row < source.Size; row++)
        {
            for (int column = 0; column < slice.Count; column++)
            {
                double weight = Synapses.WeightOf(network, projection, (long)row * targets + slice.Start + column);
                _weights[row * Stride + column] = (int)Math.Clamp(Math.Round(weight / unit), -bound, bound);
            }
        }
        if (_rule is null)
        {
            _change = [];
            return;
        }
        _change = new int[Stride];
        var numbers = _isTransposed ? new SynapseNumbers(source.Size / 2, targets, 0, slice.Start) : new SynapseNumbers(targets, source.Size, slice.Start, 0);
        if (_rule.Device is { } device) _devices = new Devices(device, new CounterRandom(network.Seed, RandomPurpose.Device, _rule.Entity), _rule.Bound, unit, numbers);
        if (_rule.DecayRate > 0) _decay = new WeightDecay(_rule, new CounterRandom(network.Seed, RandomPurpose.WeightDecay, _rule.Entity), unit, numbers);
    }

    public Projection Projection { get; }

    public int Delay { get; }

    public BitHistory Source { get; }

    public WeightFaults? Faults { private get; set; }

    public bool IsPlastic => _rule is not null;

    public long Bytes => _weights.Length * (long)sizeof(int);

    private int Stride { get; }

    /// <summary>Adds the weights of the spikes emitted at a tick.</summary>
    /// <returns>How many source neurons spiked.</returns>
    public int Deliver(long emitted, Span<int> sums)
    {
        var rows = Source.Indices(emitted);
        UnitKernels.AddRows(_weights, Stride, rows, sums);
        return rows.Length;
    }

    /// <summary>As <see cref="Deliver"/>, positive and negative weights apart.</summary>
    public int DeliverApart(long emitted, Span<int> positive, Span<int> negative)
    {
        var rows = Source.Indices(emitted);
        foreach (int row in rows)
        {
            var weights = _weights.AsSpan(row * Stride, _slice.Count);
            for (int column = 0; column < weights.Length; column++)
            {
                if (weights[column] > 0) positive[column] += weights[column];
                else negative[column] -= weights[column];
            }
        }
        return rows.Length;
    }

    /// <summary>Forward synapses: applies the coincidences of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="firstEmitted">First tick of emission whose spikes were delivered in that step.</param>
    /// <param name="lastEmitted">Last such tick.</param>
    /// <param name="columns">Neurons of the slice with a backward spike, ascending.</param>
    /// <param name="signs">For each of them 1 for g+, -1 for g-.</param>
    public void Learn(long step, long firstEmitted, long lastEmitted, ReadOnlySpan<int> columns, ReadOnlySpan<sbyte> signs)
    {
        int quantum = _rule!.QuantumAt(step);
        if (columns.Length > 0)
        {
            bool wholeRows = _devices is null && columns.Length * WholeRowFrom > Stride;
            if (wholeRows)
            {
                _change.AsSpan().Clear();
                for (int i = 0; i < columns.Length; i++) _change[columns[i]] = -signs[i] * quantum;
            }
            for (long emitted = firstEmitted; emitted <= lastEmitted; emitted++)
            {
                foreach (int row in Source.Indices(emitted))
                {
                    var weights = _weights.AsSpan(row * Stride, Stride);
                    if (wholeRows) UnitKernels.AddWithin(weights, _change, _rule.Bound);
                    else if (_devices is null)
                    {
                        for (int i = 0; i < columns.Length; i++)
                            weights[columns[i]] = UnitKernels.Within(weights[columns[i]], -signs[i] * quantum, _rule.Bound);
                    }
                    else
                    {
                        for (int i = 0; i < columns.Length; i++)
                        {
                            ref int weight = ref weights[columns[i]];
                            weight = _devices.Step(weight, quantum, -signs[i], _devices.Numbers.Of(columns[i], row), step);
                        }
                    }
                }
            }
        }
        if (_decay is not null) Decay(step, quantum);
        Faults?.HoldStuck();
    }

    /// <summary>Transposed synapses: applies the coincidences of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="firstEmitted">First tick of emission whose backward spikes were delivered in that step.</param>
    /// <param name="lastEmitted">Last such tick.</param>
    /// <param name="columns">Neurons of the slice that spiked forward in that step, ascending.</param>
    public void LearnTransposed(long step, long firstEmitted, long lastEmitted, ReadOnlySpan<int> columns)
    {
        int quantum = _rule!.QuantumAt(step);
        if (columns.Length > 0)
        {
            for (long emitted = firstEmitted; emitted <= lastEmitted; emitted++)
            {
                var lines = Source.Indices(emitted);
                for (int i = 0; i < lines.Length; i++)
                {
                    // Both lines of a neuron cancel.
                    if ((lines[i] & 1) == 0 && i + 1 < lines.Length && lines[i + 1] == lines[i] + 1) i++;
                    else ChangePair(step, lines[i] >> 1, (lines[i] & 1) == 0 ? -1 : 1, quantum, columns);
                }
            }
        }
        if (_decay is not null) Decay(step, quantum);
        Faults?.HoldStuck();
    }

    public int PlaceOf(int order, int source, int target) => source * Stride + target;

    public uint Read(int place) => (uint)_weights[place];

    public void Write(int place, uint bits) => _weights[place] = (int)bits;

    /// <summary>Copies the slice's weights into the projection's matrix [source, target].</summary>
    public void ReadWeights(Span<int> matrix)
    {
        int targets = matrix.Length / Source.Size;
        for (int row = 0; row < Source.Size; row++) _weights.AsSpan(row * Stride, _slice.Count).CopyTo(matrix[(row * targets + _slice.Start)..]);
    }

    /// <summary>Takes the slice's weights from the projection's matrix [source, target].</summary>
    public void WriteWeights(ReadOnlySpan<int> matrix)
    {
        int targets = matrix.Length / Source.Size;
        for (int row = 0; row < Source.Size; row++) matrix.Slice(row * targets + _slice.Start, _slice.Count).CopyTo(_weights.AsSpan(row * Stride));
    }

    /// <summary>Changes what a neuron's two lines hold.</summary>
    private void ChangePair(long step, int neuron, int direction, int quantum, ReadOnlySpan<int> columns)
    {
        var first = _weights.AsSpan(2 * neuron * Stride, Stride);
        var second = _weights.AsSpan((2 * neuron + 1) * Stride, Stride);
        if (_devices is not null)
        {
            foreach (int column in columns)
            {
                first[column] = _devices.Step(first[column], quantum, direction, _devices.Numbers.Of(neuron, column), step);
                second[column] = -first[column];
            }
            return;
        }
        if (columns.Length * WholeRowFrom <= Stride)
        {
            foreach (int column in columns)
            {
                first[column] = UnitKernels.Within(first[column], direction * quantum, _rule!.Bound);
                second[column] = UnitKernels.Within(second[column], -direction * quantum, _rule.Bound);
            }
            return;
        }
        _change.AsSpan().Clear();
        foreach (int column in columns) _change[column] = direction * quantum;
        UnitKernels.AddWithin(first, _change, _rule!.Bound);
        foreach (int column in columns) _change[column] = -direction * quantum;
        UnitKernels.AddWithin(second, _change, _rule.Bound);
    }

    private void Decay(long step, int quantum)
    {
        foreach (var (target, source, share) in _decay!.CandidatesAt(step))
        {
            int column = (_isTransposed ? source : target) - _slice.Start;
            if ((uint)column >= (uint)_slice.Count) continue;
            ref int weight = ref _weights[(_isTransposed ? 2 * target : source) * Stride + column];
            if (!_decay.Happens(weight, share)) continue;
            weight = weight > 0 ? Math.Max(0, weight - quantum) : Math.Min(0, weight + quantum);
            if (_isTransposed) _weights[(2 * target + 1) * Stride + column] = -weight;
        }
    }
}

/// <summary>
/// Numbers of a layer's synapses, the same for the forward copy of its weights and the transposed one: target * sources + source, of the forward direction.
/// </summary>
/// <param name="Targets">Neurons the layer's synapses end on.</param>
/// <param name="Sources">Neurons they come from.</param>
/// <param name="FirstTarget">First target of the copy at hand.</param>
/// <param name="FirstSource">First source of the copy at hand.</param>
internal readonly record struct SynapseNumbers(int Targets, int Sources, int FirstTarget, int FirstSource)
{
    public long Count => (long)Targets * Sources;

    /// <summary>Number of a synapse of the copy at hand.</summary>
    public long Of(int target, int source) => (long)(FirstTarget + target) * Sources + FirstSource + source;
}
