namespace ActorSnn.Cores;

/// <summary>
/// The spikes of one population over the last ticks, as one core sees them: those of its own slices as they are emitted, those of
/// other cores as their packets arrive. What an afferent reads of a tick is complete for its own synapses; spikes that matter to others may still come.
/// </summary>
internal sealed class SpikeHistory
{
    private readonly int _words;
    private readonly int _mask;
    private readonly long[] _tick;
    private readonly int[] _count;
    private readonly ulong[] _bits;
    private readonly int[] _indices;
    private long _indicesTick = -1;
    private int _indicesCount;
    private Listener[] _listeners = [];

    /// <param name="population">Index of the population.</param>
    /// <param name="size">Its neurons.</param>
    /// <param name="capacity">Ticks kept, a power of two.</param>
    public SpikeHistory(int population, int size, int capacity)
    {
        Population = population;
        Size = size;
        _words = Bits.Words(size);
        _mask = capacity - 1;
        _tick = new long[capacity];
        Array.Fill(_tick, -1);
        _count = new int[capacity];
        _bits = new ulong[(long)capacity * _words];
        _indices = new int[size];
    }

    public int Population { get; }

    public int Size { get; }

    public void AddListener(GatedThresholdSlice target, int bit, int delay, bool plastic) =>
        _listeners = [.. _listeners, new Listener(target, bit, delay, plastic)];

    /// <summary>Adds spikes of a slice that starts at a neuron, and makes what listens to them due at its tick.</summary>
    public void Add(long tick, int start, ReadOnlySpan<ulong> spikes, int count)
    {
        Store(tick, start, spikes, count);
        foreach (ref readonly var listener in _listeners.AsSpan())
        {
            listener.Target.SetDue(tick + listener.Delay, listener.Bit);
            if (listener.Plastic) listener.Target.SetLearningDue(tick + 1, listener.Bit);
        }
    }

    /// <summary>As <see cref="Add"/>, for spikes of the past: only what is still to come after <paramref name="now"/> becomes due.</summary>
    public void Restore(long tick, long now, ReadOnlySpan<ulong> spikes)
    {
        int count = Bits.Count(spikes);
        if (count == 0) return;
        Store(tick, 0, spikes, count);
        foreach (ref readonly var listener in _listeners.AsSpan())
        {
            if (tick + listener.Delay > now) listener.Target.SetDue(tick + listener.Delay, listener.Bit);
            if (listener.Plastic && tick + 1 > now) listener.Target.SetLearningDue(tick + 1, listener.Bit);
        }
    }

    public int Count(long tick)
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

    /// <summary>The neurons that spiked at a tick, ascending.</summary>
    public ReadOnlySpan<int> Indices(long tick)
    {
        if (_indicesTick != tick)
        {
            _indicesCount = Bits.Indices(At(tick), _indices);
            _indicesTick = tick;
        }
        return _indices.AsSpan(0, _indicesCount);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Fill(_tick, -1);
        _indicesTick = -1;
    }

    private void Store(long tick, int start, ReadOnlySpan<ulong> spikes, int count)
    {
        int slot = (int)tick & _mask;
        var words = _bits.AsSpan(slot * _words, _words);
        // Part of the population may have been heard before, where another delay or link asked for it earlier.
        if (_indicesTick == tick) _indicesTick = -1;
        if (_tick[slot] != tick)
        {
            words.Clear();
            _tick[slot] = tick;
            _count[slot] = 0;
        }
        Bits.Or(spikes, words, start);
        _count[slot] += count;
    }

    private readonly record struct Listener(GatedThresholdSlice Target, int Bit, int Delay, bool Plastic);
}
