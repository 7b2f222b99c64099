using ActorSnn.Networks;
using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores;

/// <summary>Source neuron i onto target neuron i, one weight for all or one each.</summary>
internal sealed class OneToOneAfferent : Afferent
{
    private readonly int _start;
    private readonly int _count;
    private readonly int _weight;
    private readonly int[]? _weights;
    private readonly int _bound;

    /// <param name="projection">The projection.</param>
    /// <param name="delay">Its delay, in ticks.</param>
    /// <param name="source">Spikes of the source population.</param>
    /// <param name="start">First neuron of the target slice.</param>
    /// <param name="weights">One weight a neuron of the slice.</param>
    public OneToOneAfferent(Projection projection, int delay, BitHistory source, int start, int[] weights)
        : base(projection, delay, source)
    {
        _start = start;
        _count = weights.Length;
        _weight = weights[0];
        if (weights.AsSpan().ContainsAnyExcept(_weight)) _weights = weights;
        _bound = Math.Max(0, weights.Max());
    }

    /// <summary>Whether all synapses have the same weight.</summary>
    public bool IsConstant => _weights is null;

    /// <summary>The weight of every synapse, when it is constant.</summary>
    public int Weight => _weight;

    public override long Bytes => _weights is null ? 0 : _weights.Length * sizeof(int);

    public override long CoarseBound(long emitted) => _bound;

    public override long EventsOf(long emitted, int neurons)
    {
        var spikes = Source.At(emitted);
        int count = 0;
        for (int first = 0; first < _count; first += 64)
        {
            ulong word = Bits.Read(spikes, _start + first);
            if (_count - first < 64) word &= (1UL << (_count - first)) - 1;
            count += System.Numerics.BitOperations.PopCount(word);
        }
        return count;
    }

    public override int Deliver(long emitted, Span<int> drive)
    {
        var spikes = Source.At(emitted);
        for (int first = 0; first < _count; first += 64)
        {
            ulong word = Bits.Read(spikes, _start + first);
            int lanes = Math.Min(64, _count - first);
            if (lanes < 64) word &= (1UL << lanes) - 1;
            if (word == 0) continue;
            if (_weights is null) ThresholdKernels.AddWhereSet(word, _weight, drive[first..]);
            else AddEach(word, _weights.AsSpan(first), drive[first..]);
        }
        return 0;
    }

    private static void AddEach(ulong word, ReadOnlySpan<int> weights, Span<int> drive)
    {
        for (; word != 0; word &= word - 1)
        {
            int i = System.Numerics.BitOperations.TrailingZeroCount(word);
            drive[i] += weights[i];
        }
    }
}
