using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Where a slice lives: its number on the core, its population's history, and the core's rings of which slice is due when.</summary>
internal readonly record struct SliceHome(int Index, SpikeHistory History, DueRing Due, DueRing LearningDue);

/// <summary>Some neurons of one population, as they live on a core: state, what ends on them, and the spikes of the last two ticks.</summary>
internal abstract class PopulationSlice(Slice slice, SliceHome home)
{
    public Slice Slice { get; } = slice;

    public SpikeHistory History => Home.History;

    protected SliceHome Home { get; } = home;

    /// <summary>Whether the slice has to be updated in every tick, and not only when something arrives.</summary>
    public virtual bool IsAlwaysActive => Faults is { CanSpikeAlone: true };

    /// <summary>Bytes of the synapses that end here.</summary>
    public virtual long SynapseBytes => 0;

    /// <summary>Spikes delivered over synapses that end here, each counted once a synapse.</summary>
    public virtual long SynapticEvents => 0;

    /// <summary>Records potentials; null when nothing looks.</summary>
    public PotentialRecorder? Potentials { get; set; }

    /// <summary>What is wrong with what the neurons emit; null for nothing.</summary>
    public OutputFaults? Faults { get; set; }

    /// <summary>What ends here and has a weight of its own for every synapse.</summary>
    public virtual IEnumerable<IWeightMemory> WeightMemories => [];

    /// <summary>Runs one tick, takes what is due, decides which neurons spike, and remembers its spikes.</summary>
    /// <returns>Number of spikes.</returns>
    public abstract int Run(long tick);

    /// <summary>The spikes of this tick or the one before.</summary>
    public abstract SpikeSet SpikesAt(long tick);

    /// <summary>Number of spikes of this tick or the one before.</summary>
    public abstract int CountAt(long tick);

    /// <summary>Notes that an afferent delivers at a tick.</summary>
    public virtual void SetDue(long tick, int afferent) => throw new NotSupportedException("sources take no spikes");

    /// <summary>Notes that a plastic afferent learns at a tick from the tick before.</summary>
    public virtual void SetLearningDue(long tick, int afferent) => throw new NotSupportedException("sources do not learn");

    /// <summary>Applies what the tick before taught.</summary>
    public virtual void Learn(long tick) { }

    /// <summary>Writes the slice's share into a state at the tick it has run.</summary>
    public virtual void AddTo(NetworkState state) { }

    /// <summary>Takes the slice's share of a state, and forgets what was due.</summary>
    /// <param name="state">The state.</param>
    public abstract void Restore(NetworkState state);
}

/// <summary>A slice whose spikes are bits.</summary>
internal abstract class BitSlice : PopulationSlice
{
    private readonly ulong[][] _spikes = new ulong[2][];
    private readonly long[] _spikeTick = [-1, -1];
    private readonly int[] _spikeCount = new int[2];

    protected BitSlice(Slice slice, SliceHome home)
        : base(slice, home)
    {
        _spikes[0] = new ulong[Bits.Words(slice.Count)];
        _spikes[1] = new ulong[Bits.Words(slice.Count)];
    }

    public override int Run(long tick)
    {
        int slot = (int)tick & 1;
        int count = Update(tick, _spikes[slot]);
        if (Faults is not null) count = Faults.Apply(tick, _spikes[slot], count);
        _spikeTick[slot] = tick;
        _spikeCount[slot] = count;
        Emitted(tick, BitsAt(tick));
        return count;
    }

    /// <summary>Called in every tick that is run, with what came out.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">One bit a neuron; empty when none spiked.</param>
    protected virtual void Emitted(long tick, ReadOnlySpan<ulong> spikes) { }

    /// <summary>Whether a tick has been run: this one or the one before.</summary>
    protected bool HasRun(long tick) => _spikeTick[(int)tick & 1] == tick;

    /// <summary>The spikes of this tick or the one before; empty when there were none.</summary>
    public ReadOnlySpan<ulong> BitsAt(long tick)
    {
        int slot = (int)tick & 1;
        return _spikeTick[slot] == tick && _spikeCount[slot] > 0 ? _spikes[slot] : default;
    }

    public override SpikeSet SpikesAt(long tick) => new(BitsAt(tick), CountAt(tick));

    public override int CountAt(long tick) => _spikeTick[(int)tick & 1] == tick ? _spikeCount[(int)tick & 1] : 0;

    public override void Restore(NetworkState state)
    {
        Array.Fill(_spikeTick, -1);
        if (state.Tick < 0) return;
        int slot = (int)state.Tick & 1;
        Bits.Extract(state.SpikesAt(Slice.Population, state.Tick), Slice.Start, Slice.Count, _spikes[slot]);
        _spikeTick[slot] = state.Tick;
        _spikeCount[slot] = Bits.Count(_spikes[slot]);
    }

    /// <summary>Runs one tick.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Receives one bit a neuron; all words are written when the result is above zero.</param>
    /// <returns>Number of spikes.</returns>
    protected abstract int Update(long tick, Span<ulong> spikes);
}

/// <summary>A slice whose spikes are a list.</summary>
internal abstract class ListSlice(Slice slice, SliceHome home) : PopulationSlice(slice, home)
{
    private readonly int[] _spikes = new int[slice.Count];
    private long _spikeTick = -1;
    private int _spikeCount;

    public override int Run(long tick)
    {
        _spikeCount = Update(tick, _spikes);
        if (Faults is not null) _spikeCount = Faults.Apply(tick, _spikes, _spikeCount);
        _spikeTick = tick;
        Emitted(tick, _spikes.AsSpan(0, _spikeCount));
        return _spikeCount;
    }

    /// <summary>Called in every tick that is run, with what came out.</summary>
    protected virtual void Emitted(long tick, ReadOnlySpan<int> spikes) { }

    public override SpikeSet SpikesAt(long tick) => _spikeTick == tick ? new(_spikes.AsSpan(0, _spikeCount)) : default;

    public override int CountAt(long tick) => _spikeTick == tick ? _spikeCount : 0;

    public override void Restore(NetworkState state)
    {
        _spikeTick = -1;
        if (state.Tick < 0) return;
        var bits = new ulong[Bits.Words(Slice.Count)];
        Bits.Extract(state.SpikesAt(Slice.Population, state.Tick), Slice.Start, Slice.Count, bits);
        _spikeCount = Bits.Indices(bits, _spikes);
        _spikeTick = state.Tick;
    }

    /// <summary>Runs one tick.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Receives the indices of the neurons that spike, from the slice's start on, ascending. Room for all.</param>
    /// <returns>Number of spikes.</returns>
    protected abstract int Update(long tick, Span<int> spikes);
}
