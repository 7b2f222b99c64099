namespace ActorSnn.Cores;

/// <summary>
/// A running digest of spikes that adds up over slices: 64 neurons of a population at a tick, read as an integer, times a key drawn
/// from (population, tick, word), summed modulo 2^128. Because the sum is linear in the bits, cores may cut populations anywhere and the total stays the same.
/// </summary>
internal struct SpikeDigest
{
    public UInt128 Value;

    public void Add(int population, long tick, int start, ReadOnlySpan<ulong> spikes)
    {
        ulong key = Mix(Mix((ulong)tick + 0x9E3779B97F4A7C15UL) + (ulong)population);
        int word = start >> 6;
        int shift = start & 63;
        for (int i = 0; i < spikes.Length; i++, word++)
        {
            ulong bits = spikes[i];
            if (bits == 0) continue;
            AddWord(key, word, bits << shift);
            if (shift != 0) AddWord(key, word + 1, bits >> (64 - shift));
        }
    }

    private void AddWord(ulong key, int word, ulong bits)
    {
        ulong high = Math.BigMul(bits, Mix(key + (ulong)word), out ulong low);
        Value += new UInt128(high, low);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
