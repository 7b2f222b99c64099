namespace ActorSnn.Cores;

/// <summary>
/// A running digest of spikes that adds up over slices: the 64-neuron words of a population at a tick, each times a key drawn from (population,
/// word), summed, times a key drawn from the tick, all modulo 2^128. To the sum of graded spikes the bits of each grade are added, times a key drawn from (population,
/// neuron). Because it is linear in the bits, cores may cut populations anywhere and the total stays the same.
/// </summary>
internal sealed class SpikeDigest
{
    private readonly int _shift;
    private readonly ulong[] _keys;
    private readonly ulong _tickSalt;
    private readonly ulong _gradeSalt;

    /// <param name="slice">The slice whose spikes are added.</param>
    public SpikeDigest(Slice slice)
    {
        ulong population = Mix((ulong)slice.Population);
        _tickSalt = Mix(~population);
        _gradeSalt = Mix(_tickSalt) + (ulong)slice.Start;
        _shift = slice.Start & 63;
        _keys = new ulong[Bits.Words(slice.Count) + 1];
        for (int i = 0; i < _keys.Length; i++) _keys[i] = Mix(population + (ulong)((slice.Start >> 6) + i));
    }

    /// <summary>What the slice's spikes at a tick add to the digest.</summary>
    public UInt128 Of(long tick, SpikeSet spikes)
    {
        UInt128 sum = 0;
        foreach (int neuron in spikes.Indices)
        {
            int bit = neuron + _shift;
            sum += Product(1UL << (bit & 63), _keys[bit >> 6]);
        }
        for (int i = 0; i < spikes.Grades.Length; i++)
            sum += Product(BitConverter.SingleToUInt32Bits(spikes.Grades[i]), Mix(_gradeSalt + (ulong)spikes.Indices[i]));
        for (int i = 0; i < spikes.Bits.Length; i++)
        {
            ulong bits = spikes.Bits[i];
            if (bits == 0) continue;
            sum += Product(bits << _shift, _keys[i]);
            if (_shift != 0) sum += Product(bits >> (64 - _shift), _keys[i + 1]);
        }
        ulong key = Mix(_tickSalt ^ Mix((ulong)tick));
        return sum * new UInt128(Mix(key), key | 1);
    }

    private static UInt128 Product(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return new UInt128(high, low);
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), from a constant on so that 0 does not stay 0.
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
