using System.Numerics;

namespace ActorSnn.Networks;

/// <summary>
/// A random order of n samples that can be asked for any position without storing it: a four-round Feistel network over the
/// smallest even number of bits that holds n, walked on until the value is below n (format-preserving encryption by cycle walking;
/// Black and Rogaway, CT-RSA 2002). The round keys come from (seed, pass). A Feistel network over a few bits is far from random, so a small
/// number of samples is shuffled outright (Fisher and Yates; Durstenfeld, CACM 1964).
/// </summary>
public sealed class SamplePermutation
{
    private const int FewSamples = 4096;

    private readonly ulong[] _keys = new ulong[4];
    private readonly uint _count;
    private readonly int _halfBits;
    private readonly int[]? _order;

    /// <summary>The order of one pass.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="pass">Number of the pass.</param>
    /// <param name="count">Samples in a pass, at least 1.</param>
    public SamplePermutation(ulong seed, long pass, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var random = new CounterRandom(seed, RandomPurpose.SampleOrder, 0);
        for (int round = 0; round < _keys.Length; round++) _keys[round] = random.Bits(pass, round);
        _count = (uint)count;
        _halfBits = Math.Max(1, (BitOperations.Log2((uint)Math.Max(1, count - 1)) + 2) / 2);
        if (count > FewSamples) return;
        _order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = random.Below(i + 1, pass, _keys.Length + i);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }
    }

    /// <summary>The sample at a position; a bijection of {0, …, count - 1}.</summary>
    public int this[int position]
    {
        get
        {
            if (_order is not null) return _order[position];
            uint halfMask = (1u << _halfBits) - 1;
            uint value = (uint)position;
            do
            {
                uint left = value >> _halfBits;
                uint right = value & halfMask;
                foreach (ulong key in _keys) (left, right) = (right, left ^ ((uint)Mix(key + right) & halfMask));
                value = (left << _halfBits) | right;
            }
            while (value >= _count);
            return (int)value;
        }
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
