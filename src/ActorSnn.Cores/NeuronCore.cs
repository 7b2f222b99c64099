using System.Numerics;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// What one core computes: its slices of populations and every synapse that ends on them, a tick at a time. A pure state machine without
/// clock, thread or I/O. The caller hands in the spikes of other cores with <see cref="Receive"/>, and runs tick t with
/// <see cref="Step"/> only when every spike that can act at t has been handed in.
/// </summary>
public sealed class NeuronCore
{
    private readonly Network _network;
    private readonly PopulationSlice[] _slices;
    private readonly SpikeHistory?[] _histories;
    private readonly SpikeDigest[] _digests;
    private readonly SpikeRecorder[][] _recorders;
    private readonly int[] _sources;
    private readonly ulong[] _alwaysDue;
    private readonly DueRing _due;
    private readonly DueRing _learningDue;
    private long _nextSource;
    private readonly WeightFaults[] _weightFaults;
    private long _nextWeightFault;
    private readonly int[] _emitted;
    private UInt128 _digest;
    private long _spikeCount;
    private long _eventsBefore;

    /// <summary>Builds a core: its share of the connectivity, with weights as the network gives them.</summary>
    /// <param name="placement">The placement.</param>
    /// <param name="index">Which of its cores.</param>
    /// <param name="runAhead">How many ticks other cores may be ahead of this one.</param>
    /// <param name="options">How to compute; changes no result.</param>
    public NeuronCore(Placement placement, int index, int runAhead, CoreOptions? options = null)
    {
        options ??= CoreOptions.Default;
        _network = placement.Network;
        Placed = placement.Cores[index];
        var own = Placed.Slices;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)(runAhead + _network.MaxDelay + 2));
        _histories = new SpikeHistory?[_network.Populations.Length];
        _slices = new PopulationSlice[own.Length];
        _due = new DueRing(own.Length, capacity);
        _learningDue = new DueRing(own.Length, capacity);

        SpikeHistory NewHistory(Population source, bool asBits) => source.Model.IsGraded ? new GradedHistory(source.Index, source.Size, capacity)
            : asBits ? new BitHistory(source.Index, source.Size, capacity) : new ListHistory(source.Index, source.Size, capacity);

        SpikeHistory History(int population) => _histories[population] ??= NewHistory(_network.Populations[population], WorksOnBits(population));

        var delayed = new DelayedSpikes?[_network.Projections.Length];
        SpikeHistory Seen(Projection projection)
        {
            var emitted = History(projection.Source);
            if (_network.Timing?.Concerns(projection.Name) is not true) return emitted;
            if (delayed[projection.Index] is null)
            {
                var source = _network.Populations[projection.Source];
                // Who tells by first spikes asks when a late spike was due.
                bool keepsLateness = !source.Model.IsGraded && _network.Populations[projection.Target].Model is FirstSpikeModel;
                var seen = keepsLateness ? new BitHistory(source.Index, source.Size, capacity, keepsLateness: true) : NewHistory(source, asBits: true);
                emitted.Feed(delayed[projection.Index] = new DelayedSpikes(_network, projection, seen));
            }
            return delayed[projection.Index]!.Seen;
        }

        for (int i = 0; i < own.Length; i++)
        {
            var slice = own[i];
            var home = new SliceHome(i, History(slice.Population), _due, _learningDue);
            _slices[i] = _network.Populations[slice.Population].Model switch
            {
                GatedThresholdNeuron model => BuildGated(slice, model, home, Seen, capacity, options),
                CompositeNeuron or WinnerTakeAll => BuildStepped(slice, home, Seen),
                BackwardPorts => new PortSlice(slice, home),
                FirstSpikeModel or LatencySource or PortsOf => FirstSpikeParts.Build(_network, slice, home, Seen),
                LifConductance model => Listen(new ConductanceSlice(_network, slice, home, model, RealInputs.Draw(_network, slice, model, Seen), capacity)),
                Izhikevich model => Listen(new IzhikevichSlice(_network, slice, home, model, RealInputs.Draw(_network, slice, model, Seen), capacity)),
                RealNeuronModel model =>
                    Listen(new LinearSlice(_network, slice, home, model, RealInputs.Draw(_network, slice, model, Seen), capacity, options.Update)),
                DivisiveNormalisation => BuildNormaliser(slice, home, Seen),
                SpikeArraySource { IsGraded: true } source => new GradedArraySlice(slice, home, source),
                SpikeArraySource source => new SpikeArraySlice(slice, home, source),
                PoissonSource source => new PoissonSlice(slice, home, source, _network),
                SampleSource source => new SampleSlice(slice, home, source),
                IntensitySource source => new IntensitySlice(slice, home, source, _network),
                var model => throw new NotSupportedException($"model {model.Name}"),
            };
        }
        foreach (var ports in _slices.OfType<PortSlice>()) ports.Join(OwnerOf(ports));
        FirstSpikeParts.Join(_network, _slices);
        _digests = [.. own.Select(slice => new SpikeDigest(slice))];
        _recorders = [.. _slices.Select(slice => _network.Probes
            .Where(p => p is SpikeProbe or SpikeCountProbe && _network[p.Population].Index == slice.Slice.Population)
            .Select(p => new SpikeRecorder(p, slice)).ToArray())];
        foreach (var slice in _slices)
        {
            var probe = _network.Probes.OfType<PotentialProbe>().FirstOrDefault(p => _network[p.Population].Index == slice.Slice.Population);
            if (probe is not null) slice.Potentials = new PotentialRecorder(probe, slice.Slice);
        }
        foreach (var slice in _slices) slice.Faults = OutputFaults.Of(_network, slice.Slice);
        _weightFaults = [.. _slices.SelectMany(s => s.WeightMemories.Select(m => WeightFaults.Of(_network, s.Slice, m))).OfType<WeightFaults>()];
        _sources = [.. Enumerable.Range(0, _slices.Length).Where(i => _slices[i] is ISourceSlice)];
        _alwaysDue = new ulong[Math.Max(1, Bits.Words(_slices.Length))];
        foreach (int i in Enumerable.Range(0, _slices.Length).Where(i => _slices[i].IsAlwaysActive)) _alwaysDue[i >> 6] |= 1UL << (i & 63);
        _emitted = new int[_slices.Length];
    }

    /// <summary>Number of the core.</summary>
    public int Index => Placed.Index;

    /// <summary>What was placed on it.</summary>
    public CorePlacement Placed { get; }

    /// <summary>The last tick run; -1 before the first.</summary>
    public long Tick { get; private set; } = -1;

    /// <summary>The core's slices, by population, then start.</summary>
    public IEnumerable<Slice> Slices => _slices.Select(s => s.Slice);

    /// <summary>Bytes of the synapses that end on the core.</summary>
    public long SynapseBytes => _slices.Sum(s => s.SynapseBytes);

    /// <summary>Indices (into <see cref="Slices"/>) of the slices that spiked in the last tick run, ascending.</summary>
    public ReadOnlySpan<int> Emitted => _emitted.AsSpan(0, EmittedCount);

    /// <summary>Number of slices that spiked in the last tick run.</summary>
    public int EmittedCount { get; private set; }

    /// <summary>Spikes of a slice in the last tick run.</summary>
    /// <param name="slice">Index into <see cref="Slices"/>.</param>
    public SpikeSet SpikesOf(int slice) => _slices[slice].SpikesAt(Tick);

    /// <summary>Takes spikes of a slice on another core.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="tick">Tick of emission; the delays of what listens to it must not have passed.</param>
    /// <param name="spikes">Its spikes.</param>
    public void Receive(Slice slice, long tick, SpikeSet spikes) => _histories[slice.Population]!.Add(tick, slice.Start, spikes);

    /// <summary>As <see cref="Receive"/>, for spikes of which some may be there already: two spikes of a neuron at one same tick count once, the one that came first.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="tick">Tick of emission; the delays of what listens to it must not have passed.</param>
    /// <param name="spikes">Its spikes.</param>
    /// <param name="scratch">A buffer of at least as many numbers as there are spikes; must not hold the spikes themselves.</param>
    /// <returns>How many were there already.</returns>
    public int ReceiveOnce(Slice slice, long tick, SpikeSet spikes, Span<int> scratch) => _histories[slice.Population]!.AddOnce(tick, slice.Start, spikes, scratch);

    /// <summary>
    /// Runs the next tick. Within it all slices take what is due and decide which neurons spike, then synapses learn from the tick before: what
    /// that tick taught is not yet seen by the spikes delivered now.
    /// </summary>
    public void Step()
    {
        long tick = Tick + 1;
        EmittedCount = 0;
        if (tick >= _nextWeightFault) BreakWeights(tick);
        var due = _due.At(tick);
        if (tick >= _nextSource) MarkSources(tick, due);
        for (int w = 0; w < due.Length; w++)
        {
            ulong word = due[w] | _alwaysDue[w];
            due[w] = 0;
            for (; word != 0; word &= word - 1) Run((w << 6) + BitOperations.TrailingZeroCount(word), tick);
        }
        var learning = _learningDue.At(tick);
        for (int w = 0; w < learning.Length; w++)
        {
            for (ulong word = learning[w]; word != 0; word &= word - 1) _slices[(w << 6) + BitOperations.TrailingZeroCount(word)].Learn(tick);
            learning[w] = 0;
        }
        Tick = tick;
    }

    /// <summary>Adds this core's share to a state at the core's tick. Cores write disjoint parts but for the sums.</summary>
    public void AddTo(NetworkState state)
    {
        if (state.Tick != Tick) throw new InvalidOperationException($"core {Index} is at tick {Tick}, the state at {state.Tick}");
        foreach (var slice in _slices)
        {
            slice.AddTo(state);
            state.SynapticEvents += slice.SynapticEvents;
            var words = new ulong[Bits.Words(slice.Slice.Count)];
            for (long tick = Math.Max(0, Tick - state.HistoryTicks(slice.Slice.Population) + 1); tick <= Tick; tick++)
                slice.History.AddTo(state, tick, slice.Slice, words);
        }
        foreach (var recorders in _recorders)
        {
            foreach (var recorder in recorders) recorder.AddTo(state);
        }
        state.SpikeDigest += _digest;
        state.SpikeCount += _spikeCount;
        state.SynapticEvents += _eventsBefore;
    }

    /// <summary>Continues from a state; the core goes on with the tick after it.</summary>
    /// <param name="state">State of the whole network.</param>
    /// <param name="carriesTotals">Whether this core carries the sums over all cores; exactly one does.</param>
    public void Restore(NetworkState state, bool carriesTotals)
    {
        foreach (var history in _histories) history?.Clear();
        _due.Clear();
        _learningDue.Clear();
        _nextSource = 0;
        foreach (var slice in _slices)
        {
            slice.Restore(state);
            slice.Potentials?.Clear();
        }
        foreach (var faults in _weightFaults) faults.Restore(state.Tick);
        _nextWeightFault = 0;
        foreach (var history in _histories)
        {
            if (history is null) continue;
            for (long tick = Math.Max(0, state.Tick - state.HistoryTicks(history.Population) + 1); tick <= state.Tick; tick++)
                history.Restore(state, tick);
        }
        foreach (var recorders in _recorders)
        {
            foreach (var recorder in recorders) recorder.Restore(state);
        }
        _digest = carriesTotals ? state.SpikeDigest : 0;
        _spikeCount = carriesTotals ? state.SpikeCount : 0;
        _eventsBefore = (carriesTotals ? state.SynapticEvents : 0) - _slices.Sum(s => s.SynapticEvents);
        EmittedCount = 0;
        Tick = state.Tick;
    }

    /// <summary>Moves what the probes recorded on this core into a recording; counts are copied and go on.</summary>
    public void MoveTo(Recordings recordings)
    {
        for (int i = 0; i < _slices.Length; i++)
        {
            foreach (var recorder in _recorders[i]) recorder.MoveTo(recordings);
            _slices[i].Potentials?.MoveTo(recordings, _network.Populations[_slices[i].Slice.Population].Size);
        }
    }

    private void Run(int index, long tick)
    {
        var slice = _slices[index];
        int count = slice.Run(tick);
        if (count == 0) return;
        _emitted[EmittedCount++] = index;
        var spikes = slice.SpikesAt(tick);
        slice.History.Add(tick, slice.Slice.Start, spikes);
        _digest += _digests[index].Of(tick, spikes);
        _spikeCount += count;
        foreach (var recorder in _recorders[index]) recorder.Record(tick, spikes);
    }

    private void BreakWeights(long tick)
    {
        _nextWeightFault = long.MaxValue;
        foreach (var faults in _weightFaults)
        {
            faults.HappenAt(tick);
            _nextWeightFault = Math.Min(_nextWeightFault, faults.NextAt(tick + 1));
        }
    }

    private void MarkSources(long tick, Span<ulong> due)
    {
        _nextSource = long.MaxValue;
        foreach (int index in _sources)
        {
            long next = ((ISourceSlice)_slices[index]).NextAt(tick);
            if (next == tick)
            {
                due[index >> 6] |= 1UL << (index & 63);
                next = ((ISourceSlice)_slices[index]).NextAt(tick + 1);
            }
            _nextSource = Math.Min(_nextSource, next);
        }
    }

    /// <summary>Whether a population's spikes are wanted as bits here: by its own neurons' model or by one it projects onto.</summary>
    private bool WorksOnBits(int population) =>
        _network.Populations[population].Model is GatedThresholdNeuron or SteppedNeuronModel or BackwardPorts or SampleSource or IntensitySource or FirstSpikeModel or LatencySource
        || _network.Projections.Any(p => p.Source == population && _network.Populations[p.Target].Model is GatedThresholdNeuron or SteppedNeuronModel or FirstSpikeModel or LatencySource);

    private SteppedSlice OwnerOf(PortSlice ports)
    {
        int population = _network[((BackwardPorts)_network.Populations[ports.Slice.Population].Model).Of].Index;
        return _slices.OfType<SteppedSlice>().FirstOrDefault(s => s.Slice.Population == population && 2 * s.Slice.Start == ports.Slice.Start && 2 * s.Slice.Count == ports.Slice.Count)
            ?? throw new InvalidOperationException($"core {Index} has ports of population {population} without the neurons they belong to");
    }

    private SteppedSlice BuildStepped(Slice slice, SliceHome home, Func<Projection, SpikeHistory> seen)
    {
        var target = _network.Populations[slice.Population];
        var onto = _network.Projections.Where(p => p.Target == slice.Population).ToLookup(p =>
            p.Connectivity is not Connectivity.DenseConnectivity ? 't' : _network.Populations[p.Source].Model is BackwardPorts ? 'b' : 'f');
        UnitAfferent[] Dense(char side, double unit) => [.. onto[side].Select(p => new UnitAfferent(_network, p, (BitHistory)seen(p), slice, unit))];
        var forward = Dense('f', ((SteppedNeuronModel)target.Model).ForwardUnit);
        if (target.Model is WinnerTakeAll winner)
            return new WinnerSlice(_network, slice, home, winner, forward, [.. onto['t'].Select(p => ((BitHistory)seen(p), p.Delay.Min))]);
        var composite = (CompositeNeuron)target.Model;
        int ports = _network.Populations.FirstOrDefault(p => p.Model is BackwardPorts { Of: var of } && of == target.Name)?.Index ?? 0;
        return new CompositeSlice(_network, slice, home, composite, forward, Dense('b', composite.BackwardUnit), ports);
    }

    private NormaliserSlice BuildNormaliser(Slice slice, SliceHome home, Func<Projection, SpikeHistory> seen) =>
        new(_network, slice, home, [.. _network.Projections.Where(p => p.Target == slice.Population).Select(p => ((GradedHistory)seen(p), p.Delay.Min))]);

    private static RealSlice Listen(RealSlice slice)
    {
        for (int bit = 0; bit < slice.Afferents.Length; bit++)
        {
            var delay = slice.Afferents[bit].Projection.Delay;
            for (int ticks = delay.Min; ticks <= delay.Max; ticks++) slice.Afferents[bit].Source.AddListener(slice, bit, ticks, learns: false);
        }
        return slice;
    }

    private GatedThresholdSlice BuildGated(
        Slice slice, GatedThresholdNeuron model, SliceHome home, Func<Projection, SpikeHistory> seen, int capacity, CoreOptions options)
    {
        var afferents = new List<Afferent>();
        foreach (var projection in _network.Projections)
        {
            if (projection.Target == slice.Population) afferents.AddRange(BuildAfferents(projection, slice, (BitHistory)seen(projection)));
        }
        var ordered = afferents.OrderByDescending(a => a.Delay).ThenBy(a => a.Projection.Index).ToArray();
        var result = new GatedThresholdSlice(slice, home, model, ordered, capacity, options.SkipClosedNeurons);
        for (int bit = 0; bit < ordered.Length; bit++)
            ordered[bit].Source.AddListener(result, bit, ordered[bit].Delay, ordered[bit] is IPlasticAfferent);
        return result;
    }

    private IEnumerable<Afferent> BuildAfferents(Projection projection, Slice slice, BitHistory source)
    {
        int targets = _network.Populations[projection.Target].Size;
        int WeightAt(int from, int to) => (int)Synapses.WeightOf(_network, projection, (long)from * targets + to);

        if (projection.Delay is Delay.ConstantDelay { Value: var delay })
        {
            switch (projection)
            {
                case { Learning: HebbianCoincidence }:
                    return [new HebbianAfferent(projection, delay, source, slice, WeightAt)];
                case { Connectivity: Connectivity.DenseConnectivity or Connectivity.OneToAllConnectivity, Weight: Weight.ConstantWeight constant }
                    when !_network.FaultsOf(projection).Any():
                    return [new UniformAfferent(projection, delay, source, (int)constant.Value)];
                case { Connectivity: Connectivity.OneToOneConnectivity }:
                    var weights = Enumerable.Range(slice.Start, slice.Count).Select(i => (int)Synapses.WeightOf(_network, projection, i)).ToArray();
                    return [new OneToOneAfferent(projection, delay, source, slice.Start, weights)];
                case { Connectivity: Connectivity.DenseConnectivity }:
                    var format = DenseFormat.Of(projection.Weight);
                    return format.BytesPerSynapse == 1
                        ? [new DenseByteAfferent(projection, delay, source, slice, format.Shift, WeightAt)]
                        : [new DenseWideAfferent(projection, delay, source, slice, WeightAt)];
            }
        }
        return Synapses.Onto(_network, projection, slice)
            .GroupBy(s => s.Delay)
            .Select(g => new SparseAfferent(projection, g.Key, source, slice, [.. g]));
    }
}

/// <summary>How cores compute. No choice changes a result.</summary>
/// <param name="SkipClosedNeurons">Whether sums are skipped where a bound on the drive proves that no neuron can spike.</param>
/// <param name="Update">When real-valued neurons with a closed form are looked at.</param>
public sealed record CoreOptions(bool SkipClosedNeurons = true, UpdateStrategy Update = UpdateStrategy.Auto)
{
    /// <summary>The usual choice.</summary>
    public static CoreOptions Default { get; } = new();
}

/// <summary>When real-valued neurons are looked at. Models without a closed form between spikes are always updated densely.</summary>
public enum UpdateStrategy
{
    /// <summary>Densely while many neurons may spike, lazily while few may.</summary>
    Auto,

    /// <summary>All of them in every tick.</summary>
    Dense,

    /// <summary>Only those that were reached or may reach the threshold on their own.</summary>
    Lazy,
}
