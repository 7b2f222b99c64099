namespace ActorSnn.Cores;

/// <summary>Which neurons' refractory period ends at which of the coming ticks.</summary>
internal sealed class RefractoryRing
{
    private readonly int[][] _ring;
    private readonly int[] _counts;

    /// <param name="ticks">Length of the period.</param>
    public RefractoryRing(int ticks)
    {
        Ticks = ticks;
        _ring = new int[ticks + 1][];
        Array.Fill(_ring, []);
        _counts = new int[ticks + 1];
    }

    public int Ticks { get; }

    /// <summary>Notes that a neuron's period ends at a tick, at most <see cref="Ticks"/> ahead.</summary>
    public void Add(long end, int neuron)
    {
        int slot = (int)(end % _ring.Length);
        if (_counts[slot] == _ring[slot].Length) Array.Resize(ref _ring[slot], Math.Max(8, 2 * _counts[slot]));
        _ring[slot][_counts[slot]++] = neuron;
    }

    /// <summary>The neurons whose period ends at a tick.</summary>
    public ReadOnlySpan<int> EndingAt(long tick) => _ring[tick % _ring.Length].AsSpan(0, _counts[tick % _ring.Length]);

    /// <summary>Forgets those of a tick.</summary>
    public void Remove(long tick) => _counts[tick % _ring.Length] = 0;

    /// <summary>Writes for each resting neuron how many ticks its period still lasts after a tick.</summary>
    public void AddTo(long tick, Span<double> remaining)
    {
        for (int ahead = 1; ahead <= Ticks; ahead++)
        {
            foreach (int neuron in EndingAt(tick + ahead)) remaining[neuron] = ahead;
        }
    }

    /// <summary>Takes what <see cref="AddTo"/> wrote.</summary>
    public void Restore(long tick, ReadOnlySpan<double> remaining)
    {
        Array.Clear(_counts);
        for (int neuron = 0; neuron < remaining.Length; neuron++)
        {
            if (remaining[neuron] > 0) Add(tick + (int)remaining[neuron], neuron);
        }
    }
}
