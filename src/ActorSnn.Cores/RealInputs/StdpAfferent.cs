using System.Numerics.Tensors;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Synapses that learn by <see cref="PairStdp"/>.</summary>
internal sealed class StdpAfferent : RealAfferent, IWeightMemory
{
    private readonly PairStdp _rule;
    private readonly Slice _slice;
    private readonly int _delay;
    private readonly int[] _offsets;
    private readonly int[] _targets;
    private readonly int[] _sources;
    private readonly float[] _weights;
    private readonly int[] _columns;
    private readonly int[] _places;
    private readonly DecayTable _plus;
    private readonly DecayTable _minus;
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly InputChannel _channel;

    public StdpAfferent(Network network, Projection projection, PairStdp rule, SpikeHistory source, Slice slice, bool isInhibitory)
        : base(projection, source)
    {
        _rule = rule;
        _slice = slice;
        _delay = projection.Delay.Min;
        _offsets = new int[source.Size + 1];
        _columns = new int[slice.Count + 1];
        var counter = new Counter(_offsets, _columns, slice.Start);
        Synapses.Draw(network, projection, slice, ref counter);
        for (int i = 0; i < source.Size; i++) _offsets[i + 1] += _offsets[i];
        for (int j = 0; j < slice.Count; j++) _columns[j + 1] += _columns[j];
        int count = _offsets[^1];
        _targets = new int[count];
        _sources = new int[count];
        _weights = new float[count];
        _places = new int[count];
        var filler = new Filler(this, network, projection, _offsets.ToArray());
        Synapses.Draw(network, projection, slice, ref filler);
        var next = _columns.ToArray();
        for (int s = 0; s < count; s++) _places[next[_targets[s]]++] = s;
        _plus = DecayTable.Of(rule.TauPlusMs, network.TimeStepMs);
        _minus = DecayTable.Of(rule.TauMinusMs, network.TimeStepMs);
        _x = new double[source.Size];
        _y = new double[slice.Count];
        MeanRow = (double)count / source.Size;
        // Weights are added up in units far below the precision they are kept with: whole numbers, so that order does not matter.
        Unit = Math.Max(Math.Abs(rule.MinWeight), Math.Abs(rule.MaxWeight)) / (1L << 40);
        _channel = new InputChannel(Unit, isInhibitory, slice.Count, counts: false);
        Channels = [_channel];
    }

    public override InputChannel[] Channels { get; }

    public WeightFaults? Faults { private get; set; }

    public override long Bytes => (long)_weights.Length * _rule.BytesPerSynapse + ((long)_offsets.Length + _columns.Length) * sizeof(int);

    protected override double MeanRow { get; }

    private double Unit { get; }

    public override long Deliver(long tick)
    {
        long events = 0;
        foreach (int source in Source.Indices(tick - _delay))
        {
            for (int s = _offsets[source]; s < _offsets[source + 1]; s++) _channel.Add(_targets[s], (long)Math.Round(_weights[s] / Unit));
            events += _offsets[source + 1] - _offsets[source];
        }
        return events;
    }

    /// <summary>Learns from what arrived at a tick and who spiked at it; called at every tick.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">The slice's neurons that spiked.</param>
    public void Learn(long tick, ReadOnlySpan<int> spikes)
    {
        int plus = _plus.PlaceOf(tick);
        int minus = _minus.PlaceOf(tick);
        if (plus == 0) Rescale(_x, _plus);
        if (minus == 0) Rescale(_y, _minus);
        var arrived = Source.Indices(tick - _delay);
        double yNow = _rule.AMinus * _minus.Decay[minus];
        foreach (int source in arrived)
        {
            for (int s = _offsets[source]; s < _offsets[source + 1]; s++)
            {
                double trace = _y[_targets[s]];
                if (trace != 0) _weights[s] = Clip(_weights[s] - yNow * trace * (Additive ? Range : _weights[s] - _rule.MinWeight));
            }
        }
        double xNow = _rule.APlus * _plus.Decay[plus];
        foreach (int target in spikes)
        {
            for (int c = _columns[target]; c < _columns[target + 1]; c++)
            {
                int s = _places[c];
                double trace = _x[_sources[s]];
                if (trace != 0) _weights[s] = Clip(_weights[s] + xNow * trace * (Additive ? Range : _rule.MaxWeight - _weights[s]));
            }
        }
        foreach (int source in arrived) _x[source] += _plus.Growth[plus];
        foreach (int target in spikes) _y[target] += _minus.Growth[minus];
        Faults?.HoldStuck();
    }

    public int PlaceOf(int order, int source, int target) => order;

    public uint Read(int place) => BitConverter.SingleToUInt32Bits(_weights[place]);

    public void Write(int place, uint bits)
    {
        float weight = BitConverter.UInt32BitsToSingle(bits);
        if (float.IsNaN(weight)) weight = float.IsNegative(weight) ? float.NegativeInfinity : float.PositiveInfinity;
        // A zero has no sign.
        _weights[place] = Clip(weight) + 0f;
    }

    public void AddTo(NetworkState state)
    {
        var plastic = state.Plastic[Projection.Index]!;
        for (int j = 0; j < _slice.Count; j++)
        {
            var column = new float[_columns[j + 1] - _columns[j]];
            for (int c = 0; c < column.Length; c++) column[c] = _weights[_places[_columns[j] + c]];
            plastic.Weights[_slice.Start + j] = column;
        }
        // Of one-to-one synapses a slice hears its own source neurons only: the largest of all slices' traces is the one that heard everything.
        TensorPrimitives.Max<double>(plastic.SourceTraces, _x, plastic.SourceTraces);
        _y.CopyTo(plastic.TargetTraces, _slice.Start);
    }

    public void Restore(NetworkState state)
    {
        var plastic = state.Plastic[Projection.Index]!;
        for (int j = 0; j < _slice.Count; j++)
        {
            var column = plastic.Weights[_slice.Start + j];
            // A state before tick 0 has no weights of its own: they are as drawn.
            for (int c = 0; c < column.Length; c++) _weights[_places[_columns[j] + c]] = column[c];
        }
        plastic.SourceTraces.CopyTo(_x, 0);
        plastic.TargetTraces.AsSpan(_slice.Start, _slice.Count).CopyTo(_y);
    }

    private bool Additive => _rule.Dependence == WeightDependence.Additive;

    private double Range => _rule.MaxWeight - _rule.MinWeight;

    private float Clip(double weight) => (float)Math.Clamp(weight, _rule.MinWeight, _rule.MaxWeight);

    private static void Rescale(double[] traces, DecayTable table) =>
        TensorPrimitives.Multiply<double>(traces, table.Rescale, traces);

    /// <summary>Counts synapses by source and by target, one place further on.</summary>
    private readonly struct Counter(int[] rows, int[] columns, int start) : ISynapseVisitor
    {
        public void Visit(int source, int target, long number)
        {
            rows[source + 1]++;
            columns[target - start + 1]++;
        }
    }

    /// <summary>Fills rows, each in the order of its synapses' numbers.</summary>
    private readonly struct Filler(StdpAfferent afferent, Network network, Projection projection, int[] next) : ISynapseVisitor
    {
        public void Visit(int source, int target, long number)
        {
            int at = next[source]++;
            afferent._sources[at] = source;
            afferent._targets[at] = target - afferent._slice.Start;
            afferent._weights[at] = (float)Math.Clamp(
                Synapses.WeightOf(network, projection, number), afferent._rule.MinWeight, afferent._rule.MaxWeight);
        }
    }
}
