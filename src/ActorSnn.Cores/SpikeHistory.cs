using System.Numerics;

namespace ActorSnn.Cores;

/// <summary>
/// The spikes of one population over the last ticks, as one core sees them: those of its own slices as they are emitted, those of
/// other cores as their packets arrive. What an afferent reads of a tick is complete for its own synapses; spikes that matter to others may still come.
/// </summary>
internal abstract class SpikeHistory(int population, int size)
{
    /// <summary>Marks what belongs to no tick. Not -1: who looks back a delay in the first ticks asks for ticks below 0.</summary>
    protected internal const long NoTick = long.MinValue;

    private Listener[] _listeners = [];
    private DelayedSpikes[] _delayed = [];

    public int Population { get; } = population;

    public int Size { get; } = size;

    public void AddListener(PopulationSlice target, int bit, int delay, bool learns) =>
        _listeners = [.. _listeners, new Listener(target, bit, delay, learns)];

    /// <summary>Passes every spike on to what a projection sees of them.</summary>
    public void Feed(DelayedSpikes delayed) => _delayed = [.. _delayed, delayed];

    /// <summary>Adds spikes of a slice that starts at a neuron, and makes what listens to them due at its tick.</summary>
    public void Add(long tick, int start, SpikeSet spikes)
    {
        Store(tick, start, spikes);
        MakeDue(tick, NoTick);
        foreach (var delayed in _delayed) delayed.Take(tick, start, spikes, NoTick);
    }

    /// <summary>As <see cref="Add"/>, for spikes of which some may be there already, and then stay as they are.</summary>
    /// <returns>How many were.</returns>
    public virtual int AddOnce(long tick, int start, SpikeSet spikes, Span<int> scratch)
    {
        int fresh = 0;
        foreach (int neuron in spikes.Indices)
        {
            if (!Has(tick, start + neuron)) scratch[fresh++] = neuron;
        }
        for (int w = 0; w < spikes.Bits.Length; w++)
        {
            for (ulong word = spikes.Bits[w]; word != 0; word &= word - 1)
            {
                int neuron = (w << 6) + BitOperations.TrailingZeroCount(word);
                if (!Has(tick, start + neuron)) scratch[fresh++] = neuron;
            }
        }
        if (fresh > 0) Add(tick, start, new SpikeSet(scratch[..fresh]));
        return spikes.Count - fresh;
    }

    /// <summary>Adds one spike that is late, unless its neuron has one at that tick: then the one that is there stays as it is. Nothing is passed on.</summary>
    /// <param name="tick">The tick as whoever listens sees it.</param>
    /// <param name="emitted">The tick at which it was emitted; of the spikes of a neuron the earlier ones come first.</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="grade">Its grade; 0 where spikes are not graded.</param>
    /// <param name="now">The last tick run: what would have acted by then does not become due.</param>
    public virtual void AddLate(long tick, long emitted, int neuron, float grade, long now)
    {
        StoreOnce(tick, neuron, grade);
        MakeDue(tick, now);
    }

    /// <summary>As <see cref="Add"/>, for spikes of the past: only what is still to come after <paramref name="now"/> becomes due.</summary>
    public void Restore(long tick, long now, SpikeSet spikes)
    {
        if (spikes.IsEmpty) return;
        Store(tick, 0, spikes);
        MakeDue(tick, now);
        foreach (var delayed in _delayed) delayed.Take(tick, 0, spikes, now);
    }

    /// <summary>Takes the population's spikes of a tick from a state.</summary>
    public virtual void Restore(NetworkState state, long tick)
    {
        var bits = state.SpikesAt(Population, tick);
        Restore(tick, state.Tick, new SpikeSet(bits, Bits.Count(bits)));
    }

    /// <summary>Adds a slice's spikes of a tick to a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="tick">The tick.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="scratch">Room for one bit a neuron.</param>
    public virtual void AddTo(NetworkState state, long tick, Slice slice, Span<ulong> scratch)
    {
        scratch.Clear();
        AddTo(tick, slice, scratch);
        state.AddSpikes(slice, tick, scratch);
    }

    /// <summary>Number of spikes at a tick.</summary>
    public abstract int Count(long tick);

    /// <summary>The neurons that spiked at a tick, ascending.</summary>
    public abstract ReadOnlySpan<int> Indices(long tick);

    /// <summary>Sets the bits of a run of neurons that spiked at a tick, from the start of <paramref name="target"/> on.</summary>
    public abstract void AddTo(long tick, Slice slice, Span<ulong> target);

    /// <summary>Forgets everything, also what projections see of it.</summary>
    public virtual void Clear()
    {
        foreach (var delayed in _delayed) delayed.Seen.Clear();
    }

    /// <summary>Makes what listens to spikes of a tick due, as far as that is still to come after <paramref name="now"/>.</summary>
    private void MakeDue(long tick, long now)
    {
        foreach (ref readonly var listener in _listeners.AsSpan())
        {
            if (tick + listener.Delay > now) listener.Target.SetDue(tick + listener.Delay, listener.Bit);
            if (listener.Learns && tick + 1 > now) listener.Target.SetLearningDue(tick + 1, listener.Bit);
        }
    }

    protected abstract void Store(long tick, int start, SpikeSet spikes);

    /// <summary>Stores a spike of one neuron, unless there is one.</summary>
    protected abstract void StoreOnce(long tick, int neuron, float grade);

    /// <summary>Whether a neuron spiked at a tick.</summary>
    protected abstract bool Has(long tick, int neuron);

    private readonly record struct Listener(PopulationSlice Target, int Bit, int Delay, bool Learns);
}

/// <summary>A history of bits, one a neuron: for populations of which many neurons spike at once, and for what works on bits.</summary>
internal sealed class BitHistory : SpikeHistory
{
    private readonly int _words;
    private readonly int _mask;
    private readonly long[] _tick;
    private readonly int[] _count;
    private readonly ulong[] _bits;
    private readonly int[] _indices;
    private readonly ushort[] _lateness; // ticks, of the neurons that spiked, one row a slot
    private readonly ulong[] _since;
    private readonly int[] _sinceIndices;
    private long _indicesTick = NoTick;
    private int _indicesCount;

    /// <param name="population">Index of the population.</param>
    /// <param name="size">Its neurons.</param>
    /// <param name="capacity">Ticks kept, a power of two.</param>
    /// <param name="keepsLateness">Whether it can be asked for spikes by when they were emitted, where they are late; else none is taken to be.</param>
    public BitHistory(int population, int size, int capacity, bool keepsLateness = false)
        : base(population, size)
    {
        _words = Bits.Words(size);
        _mask = capacity - 1;
        _tick = new long[capacity];
        Array.Fill(_tick, NoTick);
        _count = new int[capacity];
        _bits = new ulong[(long)capacity * _words];
        _indices = new int[size];
        _lateness = keepsLateness ? new ushort[(long)capacity * size] : [];
        _since = keepsLateness ? new ulong[_words] : [];
        _sinceIndices = keepsLateness ? new int[size] : [];
    }

    public override int Count(long tick)
    {
        int slot = (int)tick & _mask;
        return _tick[slot] == tick ? _count[slot] : 0;
    }

    /// <summary>The tick's spikes, one bit a neuron. Empty when there are none.</summary>
    public ReadOnlySpan<ulong> At(long tick)
    {
        int slot = (int)tick & _mask;
        return _tick[slot] == tick ? _bits.AsSpan(slot * _words, _words) : default;
    }

    /// <summary>As <see cref="Count(long)"/>, but only of spikes that were emitted no earlier than at another tick.</summary>
    public int Count(long tick, long since) => _lateness.Length == 0 ? Count(tick) : Bits.Count(At(tick, since));

    /// <summary>As <see cref="At(long)"/>, but only spikes that were emitted no earlier than at another tick; to be used before the next such question.</summary>
    public ReadOnlySpan<ulong> At(long tick, long since)
    {
        var bits = At(tick);
        if (_lateness.Length == 0 || bits.IsEmpty) return bits;
        long row = ((int)tick & _mask) * (long)Size;
        ulong any = 0;
        for (int w = 0; w < bits.Length; w++)
        {
            ulong kept = bits[w];
            for (ulong word = kept; word != 0; word &= word - 1)
            {
                int bit = BitOperations.TrailingZeroCount(word);
                if (tick - _lateness[row + (w << 6) + bit] < since) kept &= ~(1UL << bit);
            }
            _since[w] = kept;
            any |= kept;
        }
        return any != 0 ? _since : default;
    }

    /// <summary>As <see cref="Indices(long)"/>, but only of spikes that were emitted no earlier than at another tick; to be used before the next such question.</summary>
    public ReadOnlySpan<int> Indices(long tick, long since) =>
        _lateness.Length == 0 ? Indices(tick) : _sinceIndices.AsSpan(0, Bits.Indices(At(tick, since), _sinceIndices));

    public override void AddLate(long tick, long emitted, int neuron, float grade, long now)
    {
        base.AddLate(tick, emitted, neuron, grade, now);
        // Of several at one tick the one that is least late.
        if (_lateness.Length > 0) _lateness[((int)tick & _mask) * (long)Size + neuron] = (ushort)(tick - emitted);
    }

    public override ReadOnlySpan<int> Indices(long tick)
    {
        if (_indicesTick != tick)
        {
            _indicesCount = Bits.Indices(At(tick), _indices);
            _indicesTick = tick;
        }
        return _indices.AsSpan(0, _indicesCount);
    }

    public override void AddTo(long tick, Slice slice, Span<ulong> target)
    {
        var bits = At(tick);
        if (!bits.IsEmpty) Bits.Extract(bits, slice.Start, slice.Count, target);
    }

    public override void Clear()
    {
        base.Clear();
        Array.Fill(_tick, NoTick);
        _indicesTick = NoTick;
    }

    protected override void Store(long tick, int start, SpikeSet spikes)
    {
        var words = Slot(tick, out int slot);
        spikes.Or(words, start);
        _count[slot] += spikes.Count;
    }

    protected override bool Has(long tick, int neuron)
    {
        var bits = At(tick);
        return !bits.IsEmpty && (bits[neuron >> 6] >> (neuron & 63) & 1) != 0;
    }

    protected override void StoreOnce(long tick, int neuron, float grade)
    {
        var words = Slot(tick, out int slot);
        ulong bit = 1UL << (neuron & 63);
        if ((words[neuron >> 6] & bit) != 0) return;
        words[neuron >> 6] |= bit;
        _count[slot]++;
    }

    private Span<ulong> Slot(long tick, out int slot)
    {
        slot = (int)tick & _mask;
        var words = _bits.AsSpan(slot * _words, _words);
        // Part of the population may have been heard before, where another delay or link asked for it earlier.
        if (_indicesTick == tick) _indicesTick = NoTick;
        if (_tick[slot] != tick)
        {
            words.Clear();
            _tick[slot] = tick;
            _count[slot] = 0;
        }
        return words;
    }
}

/// <summary>A history of lists, one a tick: costs what its spikes cost, however large the population.</summary>
internal sealed class ListHistory : SpikeHistory
{
    private readonly int _mask;
    private readonly Entry[] _ring;

    /// <param name="population">Index of the population.</param>
    /// <param name="size">Its neurons.</param>
    /// <param name="capacity">Ticks kept, a power of two.</param>
    public ListHistory(int population, int size, int capacity)
        : base(population, size)
    {
        _mask = capacity - 1;
        _ring = new Entry[capacity];
        for (int i = 0; i < capacity; i++) _ring[i] = new Entry(NoTick, [], 0, true);
    }

    public override int Count(long tick)
    {
        ref readonly var entry = ref _ring[(int)tick & _mask];
        return entry.Tick == tick ? entry.Count : 0;
    }

    public override ReadOnlySpan<int> Indices(long tick)
    {
        ref var entry = ref _ring[(int)tick & _mask];
        if (entry.Tick != tick) return default;
        var list = entry.Neurons.AsSpan(0, entry.Count);
        if (!entry.IsSorted)
        {
            list.Sort();
            entry.IsSorted = true;
        }
        return list;
    }

    public override void AddTo(long tick, Slice slice, Span<ulong> target)
    {
        foreach (int neuron in Indices(tick))
        {
            int at = neuron - slice.Start;
            if ((uint)at < (uint)slice.Count) target[at >> 6] |= 1UL << (at & 63);
        }
    }

    public override void Clear()
    {
        base.Clear();
        foreach (ref var entry in _ring.AsSpan()) entry.Tick = NoTick;
    }

    protected override void Store(long tick, int start, SpikeSet spikes)
    {
        ref var entry = ref _ring[(int)tick & _mask];
        if (entry.Tick != tick)
        {
            entry.Tick = tick;
            entry.Count = 0;
            entry.IsSorted = true;
        }
        int count = entry.Count;
        if (count + spikes.Count > entry.Neurons.Length) Array.Resize(ref entry.Neurons, Math.Min(Size, Math.Max(16, 2 * (count + spikes.Count))));
        var room = entry.Neurons.AsSpan(count, spikes.Count);
        if (spikes.IsList) spikes.Indices.CopyTo(room);
        else Bits.Indices(spikes.Bits, room);
        if (start != 0)
        {
            foreach (ref int neuron in room) neuron += start;
        }
        if (count > 0 && entry.Neurons[count - 1] > room[0]) entry.IsSorted = false;
        entry.Count = count + spikes.Count;
    }

    protected override void StoreOnce(long tick, int neuron, float grade)
    {
        if (!Has(tick, neuron)) Store(tick, neuron, new SpikeSet([0]));
    }

    protected override bool Has(long tick, int neuron) => Indices(tick).BinarySearch(neuron) >= 0;

    private record struct Entry(long Tick, int[] Neurons, int Count, bool IsSorted)
    {
        public int[] Neurons = Neurons;
    }
}
