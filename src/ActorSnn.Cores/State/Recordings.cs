using System.Numerics.Tensors;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>What the probes of a run have recorded since it was last taken, merged over all cores.</summary>
public sealed class Recordings
{
    private readonly Dictionary<string, List<Spike>> _spikes = [];
    private readonly Dictionary<string, long[]> _counts = [];
    private readonly Dictionary<string, SortedDictionary<long, float[]>> _potentials = [];

    /// <summary>Prepares an empty recording for every probe of a network.</summary>
    public Recordings(Network network)
    {
        Network = network;
        foreach (var probe in network.Probes)
        {
            switch (probe)
            {
                case SpikeProbe: _spikes[probe.Name] = []; break;
                case SpikeCountProbe count: _counts[probe.Name] = new long[count.PeriodTicks]; break;
                case PotentialProbe: _potentials[probe.Name] = []; break;
            }
        }
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The spikes a <see cref="SpikeProbe"/> saw, by tick, then neuron.</summary>
    public IReadOnlyList<Spike> Spikes(string probe)
    {
        var list = _spikes[probe];
        list.Sort();
        return list;
    }

    /// <summary>Spikes by phase that a <see cref="SpikeCountProbe"/> counted since the start of the run.</summary>
    public ReadOnlySpan<long> Counts(string probe) => _counts[probe];

    /// <summary>Potentials a <see cref="PotentialProbe"/> saw: for each tick in order, one value a neuron in the model's unit.</summary>
    public IEnumerable<(long Tick, float[] Values)> Potentials(string probe) => _potentials[probe].Select(p => (p.Key, p.Value));

    /// <summary>What was recorded between two ticks, as plain data that can be saved and drawn.</summary>
    /// <param name="firstTick">First tick of the recording.</param>
    /// <param name="lastTick">Last tick of the recording.</param>
    /// <param name="weights">A state whose plastic weights go into the recording; null for none. Fixed dense weights are added where the network lists them.</param>
    public Recording Between(long firstTick, long lastTick, NetworkState? weights = null) => new()
    {
        NetworkName = Network.Name,
        NetworkHash = Network.Hash,
        Seed = Network.Seed,
        TimeStepMs = Network.TimeStepMs,
        FirstTick = firstTick,
        Ticks = lastTick - firstTick + 1,
        Populations = [.. Network.Populations.Select(p => new RecordedPopulation(p.Name, p.Size, p.Model.Name))],
        Spikes = [.. Network.Probes.OfType<SpikeProbe>().Select(probe => new RecordedSpikes(
            probe.Name, probe.Population, probe.Ticks,
            [.. Spikes(probe.Name).Where(s => s.Tick >= firstTick && s.Tick <= lastTick).SelectMany(s => (long[])[s.Tick, s.Neuron])]))],
        Potentials = [.. Network.Probes.OfType<PotentialProbe>().Select(probe =>
        {
            var rows = Potentials(probe.Name).Where(p => p.Tick >= firstTick && p.Tick <= lastTick).ToList();
            return new RecordedPotentials(
                probe.Name, probe.Population, Network[probe.Population].Model switch { { HasIntegerWeights: true } => "weight units", SteppedNeuronModel => "1", _ => "mV" }, [.. rows.Select(r => r.Tick)], [.. rows.SelectMany(r => r.Values)]);
        })],
        Weights = weights is null ? [] : [.. Network.Projections
            .Select(p => (Projection: p, Values: WeightsOf(p, weights)))
            .Where(p => p.Values is not null)
            .Select(p => new RecordedWeights(
                p.Projection.Name, Network.Populations[p.Projection.Source].Name, Network.Populations[p.Projection.Target].Name,
                UnitOf(Network.Populations[p.Projection.Target]), p.Values!))],
        Synapses = weights is null ? [] : [.. Network.Projections.Where(p => p.Learning is PairStdp).Select(p => SynapsesOf(p, weights))],
        WeightsTick = weights is null ? firstTick : weights.Tick + 1,
    };

    /// <summary>Adds what was recorded later.</summary>
    /// <param name="later">Of the same network, from a later <see cref="Spike.Tick"/> on.</param>
    public void Add(Recordings later)
    {
        foreach (var (probe, spikes) in later._spikes) _spikes[probe].AddRange(spikes);
        foreach (var (probe, counts) in later._counts) counts.CopyTo(_counts[probe], 0);
        foreach (var (probe, rows) in later._potentials)
        {
            foreach (var (tick, values) in rows) _potentials[probe][tick] = values;
        }
    }

    /// <summary>Adds spikes a <see cref="SpikeProbe"/> saw.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="tick">Their tick.</param>
    /// <param name="neurons">The neurons.</param>
    public void AddSpikes(SpikeProbe probe, long tick, ReadOnlySpan<int> neurons)
    {
        var list = _spikes[probe.Name];
        foreach (int neuron in neurons) list.Add(new Spike(tick, neuron));
    }

    /// <summary>Adds potentials a <see cref="PotentialProbe"/> saw.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="tick">Their tick.</param>
    /// <param name="start">First neuron.</param>
    /// <param name="values">One value a neuron.</param>
    public void AddPotentials(PotentialProbe probe, long tick, int start, ReadOnlySpan<float> values) =>
        values.CopyTo(PotentialRow(probe.Name, tick, Network[probe.Population].Size).AsSpan(start));

    private RecordedSynapses SynapsesOf(Projection projection, NetworkState state)
    {
        var target = Network.Populations[projection.Target];
        var synapses = Cores.Synapses.Onto(Network, projection, new Slice(target.Index, 0, target.Size));
        // The state lists weights by target, then in this order.
        var next = new int[target.Size];
        var plastic = state.Plastic[projection.Index]!;
        return new RecordedSynapses(
            projection.Name, Network.Populations[projection.Source].Name, target.Name, UnitOf(target),
            [.. synapses.SelectMany(s => (long[])[s.Source, s.Target])],
            [.. synapses.Select(s => plastic.Weights[s.Target][next[s.Target]++])]);
    }

    private float[]? WeightsOf(Projection projection, NetworkState state) => projection switch
    {
        { Learning: SpikeCoincidence } => InReal(projection, state),
        { Learning: SpikeTimingGradient } => Array.ConvertAll(state.Units[projection.Index]!, BitConverter.Int32BitsToSingle),
        { Learning: HebbianCoincidence } => Array.ConvertAll(state.Weights[projection.Index]!, w => (float)(HebbianCoincidence.Step * w)),
        { Connectivity: Connectivity.DenseConnectivity, Weight: Weight.ArrayWeight array } => [.. array.Values],
        _ => null,
    };

    private float[] InReal(Projection projection, NetworkState state)
    {
        var model = (SteppedNeuronModel)Network.Populations[projection.Target].Model;
        double unit = Network.Populations[projection.Source].Model is BackwardPorts ? ((CompositeNeuron)model).BackwardUnit : model.ForwardUnit;
        return Array.ConvertAll(state.Units[projection.Index]!, w => (float)(w * unit));
    }

    private static string UnitOf(Population population) => population.Model switch
    {
        SteppedNeuronModel => "1",
        { HasIntegerWeights: true } => "weight units",
        LifConductance => "leak conductances",
        Izhikevich => "mV/ms",
        _ => "mV",
    };

    internal List<Spike> SpikeList(string probe) => _spikes[probe];

    internal long[] CountArray(string probe) => _counts[probe];

    internal float[] PotentialRow(string probe, long tick, int size)
    {
        var rows = _potentials[probe];
        if (!rows.TryGetValue(tick, out var row)) rows[tick] = row = new float[size];
        return row;
    }
}

/// <summary>A probe's eye on one slice.</summary>
internal sealed class SpikeRecorder(Probe probe, PopulationSlice slice)
{
    private readonly List<Spike> _spikes = [];
    private readonly long[]? _counts = probe is SpikeCountProbe count ? new long[count.PeriodTicks] : null;

    public PopulationSlice Slice { get; } = slice;

    public void Record(long tick, SpikeSet spikes)
    {
        if (_counts is not null)
        {
            _counts[tick % _counts.Length] += spikes.Count;
            return;
        }
        if (!((SpikeProbe)probe).Ticks.Includes(tick)) return;
        foreach (int neuron in spikes.Indices) _spikes.Add(new Spike(tick, Slice.Slice.Start + neuron));
        for (int w = 0; w < spikes.Bits.Length; w++)
        {
            for (ulong word = spikes.Bits[w]; word != 0; word &= word - 1)
                _spikes.Add(new Spike(tick, Slice.Slice.Start + (w << 6) + System.Numerics.BitOperations.TrailingZeroCount(word)));
        }
    }

    public void AddTo(NetworkState state)
    {
        if (_counts is null) return;
        if (!state.ProbeCounts.TryGetValue(probe.Name, out var total)) state.ProbeCounts[probe.Name] = total = new long[_counts.Length];
        TensorPrimitives.Add(total, _counts, total);
    }

    /// <summary>Forgets what was recorded; the slice that begins the population takes over the counts of all.</summary>
    public void Restore(NetworkState state)
    {
        _spikes.Clear();
        if (_counts is null) return;
        Array.Clear(_counts);
        if (Slice.Slice.Start == 0 && state.ProbeCounts.TryGetValue(probe.Name, out var total)) total.CopyTo(_counts, 0);
    }

    public void MoveTo(Recordings recordings)
    {
        if (_counts is not null)
        {
            var total = recordings.CountArray(probe.Name);
            TensorPrimitives.Add(total, _counts, total);
        }
        else
        {
            recordings.SpikeList(probe.Name).AddRange(_spikes);
            _spikes.Clear();
        }
    }
}

/// <summary>Records the potentials of one slice.</summary>
internal sealed class PotentialRecorder(PotentialProbe probe, Slice slice)
{
    private readonly List<long> _ticks = [];
    private readonly List<float> _values = [];

    public bool Includes(long tick) => probe.Ticks.Includes(tick);

    public void Record(long tick, ReadOnlySpan<int> drive, int common)
    {
        _ticks.Add(tick);
        for (int i = 0; i < slice.Count; i++) _values.Add(drive[i] + common);
    }

    public void Record(long tick, ReadOnlySpan<double> potentials)
    {
        _ticks.Add(tick);
        foreach (double potential in potentials) _values.Add((float)potential);
    }

    public void MoveTo(Recordings recordings, int populationSize)
    {
        for (int i = 0; i < _ticks.Count; i++)
        {
            var row = recordings.PotentialRow(probe.Name, _ticks[i], populationSize);
            _values.CopyTo(i * slice.Count, row, slice.Start, slice.Count);
        }
        Clear();
    }

    public void Clear()
    {
        _ticks.Clear();
        _values.Clear();
    }
}
