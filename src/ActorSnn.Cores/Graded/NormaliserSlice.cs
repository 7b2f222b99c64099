using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A <see cref="DivisiveNormalisation"/> population, whole.</summary>
internal sealed class NormaliserSlice : GradedSlice
{
    private readonly (GradedHistory Source, int Delay)[] _inputs;
    private readonly double[] _values;
    private readonly ulong[] _reached;
    private long _events;

    /// <param name="network">The network.</param>
    /// <param name="slice">All of the population.</param>
    /// <param name="home">Where it lives.</param>
    /// <param name="inputs">What its projections see, in their order, each with its delay.</param>
    public NormaliserSlice(Network network, Slice slice, SliceHome home, (GradedHistory Source, int Delay)[] inputs)
        : base(slice, home)
    {
        var population = network.Populations[slice.Population];
        if (slice.Count != population.Size) throw new InvalidOperationException($"a part of the {population.Model.Name} population {slice.Population}");
        _inputs = inputs;
        _values = new double[slice.Count];
        _reached = new ulong[Bits.Words(slice.Count)];
        for (int i = 0; i < inputs.Length; i++) inputs[i].Source.AddListener(this, i, inputs[i].Delay, learns: false);
    }

    public override long SynapticEvents => _events;

    public override void SetDue(long tick, int afferent) => Home.Due.Set(tick, Home.Index);

    protected override int Update(long tick, Span<int> spikes, Span<float> grades)
    {
        int count = Collect(tick, spikes);
        double squares = 0;
        foreach (int neuron in spikes[..count]) squares += _values[neuron] * _values[neuron];
        if (squares == 0) return 0;
        double norm = Math.Sqrt(squares);
        for (int i = 0; i < count; i++) grades[i] = (float)(_values[spikes[i]] / norm);
        return count;
    }

    /// <summary>Sums up what arrives at each neuron.</summary>
    /// <returns>How many neurons it arrives at; they are listed, ascending.</returns>
    private int Collect(long tick, Span<int> neurons)
    {
        _reached.AsSpan().Clear();
        foreach (var (source, delay) in _inputs)
        {
            var from = source.Indices(tick - delay);
            var arriving = source.Grades(tick - delay);
            for (int i = 0; i < from.Length; i++)
            {
                int neuron = from[i];
                ulong bit = 1UL << (neuron & 63);
                double before = (_reached[neuron >> 6] & bit) != 0 ? _values[neuron] : 0;
                _values[neuron] = before + arriving[i];
                _reached[neuron >> 6] |= bit;
            }
            _events += from.Length;
        }
        return Bits.Indices(_reached, neurons);
    }
}
