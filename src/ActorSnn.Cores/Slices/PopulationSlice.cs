using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Where a slice lives: its number on the core, its population's history, and the core's rings of which slice is due when.</summary>
internal readonly record struct SliceHome(int Index, SpikeHistory History, DueRing Due, DueRing LearningDue);

/// <summary>Some neurons of one population, as they live on a core: state, what ends on them, and the spikes of the last two ticks.</summary>
internal abstract class PopulationSlice
{
    private readonly ulong[][] _spikes = new ulong[2][];
    private readonly long[] _spikeTick = [-1, -1];
    private readonly int[] _spikeCount = new int[2];

    protected PopulationSlice(Slice slice, SliceHome home)
    {
        Slice = slice;
        Home = home;
        _spikes[0] = new ulong[Bits.Words(slice.Count)];
        _spikes[1] = new ulong[Bits.Words(slice.Count)];
    }

    public Slice Slice { get; }

    public SpikeHistory History => Home.History;

    protected SliceHome Home { get; }

    /// <summary>Whether the slice has to be updated in every tick, and not only when something arrives.</summary>
    public virtual bool IsAlwaysActive => false;

    /// <summary>Bytes of the synapses that end here.</summary>
    public virtual long SynapseBytes => 0;

    /// <summary>The slice's plastic afferents.</summary>
    public virtual IEnumerable<IPlasticAfferent> PlasticAfferents => [];

    /// <summary>Records potentials; null when nothing looks.</summary>
    public PotentialRecorder? Potentials { get; set; }

    /// <summary>Runs one tick: takes what is due, decides which neurons spike.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Receives one bit a neuron; all words are written when the result is above zero.</param>
    /// <returns>Number of spikes.</returns>
    public abstract int Update(long tick, Span<ulong> spikes);

    /// <summary>Applies what the tick before taught.</summary>
    public virtual void Learn(long tick) { }

    /// <summary>Forgets what was due.</summary>
    public virtual void ForgetDue() { }

    /// <summary>Runs one tick and remembers its spikes.</summary>
    public int Run(long tick)
    {
        int slot = (int)tick & 1;
        int count = Update(tick, _spikes[slot]);
        _spikeTick[slot] = tick;
        _spikeCount[slot] = count;
        return count;
    }

    /// <summary>The spikes of this tick or the one before; empty when there were none.</summary>
    public ReadOnlySpan<ulong> SpikesAt(long tick)
    {
        int slot = (int)tick & 1;
        return _spikeTick[slot] == tick && _spikeCount[slot] > 0 ? _spikes[slot] : default;
    }

    /// <summary>Number of spikes of this tick or the one before.</summary>
    public int CountAt(long tick) => _spikeTick[(int)tick & 1] == tick ? _spikeCount[(int)tick & 1] : 0;

    /// <summary>Takes the spikes of the tick a state was captured at.</summary>
    public void RestoreSpikes(long tick, ReadOnlySpan<ulong> population)
    {
        int slot = (int)tick & 1;
        Array.Fill(_spikeTick, -1);
        Bits.Extract(population, Slice.Start, Slice.Count, _spikes[slot]);
        _spikeTick[slot] = tick;
        _spikeCount[slot] = Bits.Count(_spikes[slot]);
    }
}
