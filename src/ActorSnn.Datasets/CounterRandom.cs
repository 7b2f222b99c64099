namespace ActorSnn.Datasets;

/// <summary>
/// Random numbers that are a function of (seed, stream, index, draw): the finaliser of SplitMix64 (Steele, Lea and Flood,
/// OOPSLA 2014) over a counter. Streams with different keys have nothing in common.
/// </summary>
internal struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _counter;

    public CounterRandom(ulong seed, ulong stream, ulong index) => _counter = Mix(Mix(Mix(seed + Golden) + stream) + index);

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_counter += Golden);

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [-1, 1).</summary>
    public double Signed() => 2 * Unit() - 1;

    /// <summary>Humped around 0, in [-1, 1): the mean of two uniform numbers.</summary>
    public double Hump() => Unit() + Unit() - 1;

    /// <summary>Uniform in 0..<paramref name="limit"/>-1; a number may be likelier than another by one part in 2^32 / limit.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    /// <summary>Puts items into an order drawn at random (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
