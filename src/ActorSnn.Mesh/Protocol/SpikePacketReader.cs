using System.Numerics;
using ActorSnn.Cores;

namespace ActorSnn.Mesh;

/// <summary>Goes through the entries of a <see cref="SpikePacket"/>, each the spikes of one slice at one tick, by tick, then slice.</summary>
/// <param name="words">The packet.</param>
/// <param name="slices">The link's slices.</param>
/// <param name="scratch">A buffer of at least the neurons of the largest slice; <see cref="Spikes"/> may lie in it.</param>
internal ref struct SpikePacketReader(ReadOnlySpan<ulong> words, ReadOnlySpan<Slice> slices, Span<int> scratch)
{
    private readonly ReadOnlySpan<ulong> _words = words;
    private readonly ReadOnlySpan<Slice> _slices = slices;
    private readonly Span<int> _scratch = scratch;
    private int _next = SpikePacket.HeadWords;

    /// <summary>Which of the link's slices spiked.</summary>
    public int Slice { get; private set; }

    /// <summary>Tick of emission.</summary>
    public long Tick { get; private set; }

    /// <summary>Its spikes, until the next entry is read.</summary>
    public SpikeSet Spikes { get; private set; }

    /// <summary>Goes on to the next entry.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        if (_next >= _words.Length) return false;
        ulong head = _words[_next++];
        Tick = (long)_words[0] - 1 + (uint)head;
        Slice = (int)(head >> 32) & 0xFFFF;
        if (head >> 48 == GradedEntry.Flag >> 48)
        {
            Spikes = GradedEntry.Read(_words[_next..], out int length);
            _next += length;
            return true;
        }
        if ((head >> 48 & 1) == 0)
        {
            int sliceWords = (_slices[Slice].Count + 63) >> 6;
            var bits = _words.Slice(_next, sliceWords);
            int total = 0;
            foreach (ulong word in bits) total += BitOperations.PopCount(word);
            Spikes = new SpikeSet(bits, total);
            _next += sliceWords;
            return true;
        }
        int count = (int)(head >> 49);
        for (int n = 0; n < count; n++) _scratch[n] = (int)(_words[_next + (n >> 2)] >> ((n & 3) << 4)) & 0xFFFF;
        Spikes = new SpikeSet(_scratch[..count]);
        _next += (count + 3) / 4;
        return true;
    }
}
