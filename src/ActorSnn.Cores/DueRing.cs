namespace ActorSnn.Cores;

/// <summary>For each of the coming ticks, who has something to do then: one bit for each of a core's slices, or of a slice's afferents.</summary>
internal sealed class DueRing
{
    private readonly int _mask;
    private readonly int _words;
    private readonly ulong[] _due;

    /// <param name="bits">Number of slices or afferents.</param>
    /// <param name="capacity">Ticks ahead that can be due, a power of two.</param>
    public DueRing(int bits, int capacity)
    {
        _mask = capacity - 1;
        _words = Math.Max(1, Bits.Words(bits));
        _due = new ulong[capacity * _words];
    }

    public void Set(long tick, int bit) => _due[((int)tick & _mask) * _words + (bit >> 6)] |= 1UL << (bit & 63);

    /// <summary>The tick's bits; the caller clears them when done.</summary>
    public Span<ulong> At(long tick) => _due.AsSpan(((int)tick & _mask) * _words, _words);

    public void Clear() => Array.Clear(_due);
}
