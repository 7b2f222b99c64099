using System.Numerics;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// The spikes of one core for another over a window of ticks, and the promise that there are no others in it. A packet without a single
/// spike is that promise alone.
/// <para>
/// Layout in 64-bit words: [0] first tick + 1; [1] ticks in the window (low half), words in the packet (high half); then one entry for each
/// slice and tick with spikes, by tick, then slice: a head word (tick within the window in bits 0..31, slice on the link in bits 32..47,
/// bit 48 set for a list, number of spikes of a list in bits 49..63), then either one bit a neuron, or the neurons' indices, four to a word,
/// whichever is shorter; a slice of more than 65,536 neurons is always sent as bits. In the head word of graded spikes bit 49 is set and bit 48 is not; what follows is said with
/// <see cref="GradedEntry"/>.
/// </para>
/// </summary>
public sealed class SpikePacket
{
    internal const int HeadWords = 2;

    /// <summary>Words of the largest slice whose neurons a 16-bit index reaches.</summary>
    private const int MostWordsOfList = (1 << 16) / 64;

    private ulong[] _words = new ulong[30];
    private int _length;

    /// <summary>First tick of the window.</summary>
    public long FirstTick { get; private set; }

    /// <summary>Last tick of the window.</summary>
    public long LastTick => FirstTick + (uint)_words[1] - 1;

    /// <summary>Words in the packet, head included.</summary>
    public int Length => (int)(_words[1] >> 32);

    /// <summary>Whether it carries no spike.</summary>
    public bool IsEmpty => Length == HeadWords;

    /// <summary>Begins a packet whose window starts at a tick.</summary>
    public void Begin(long firstTick)
    {
        FirstTick = firstTick;
        _length = HeadWords;
    }

    /// <summary>Adds the spikes of one slice at one tick; calls come by tick, then slice.</summary>
    /// <param name="tick">Tick of emission, in the window.</param>
    /// <param name="slice">Which of the link's slices.</param>
    /// <param name="neurons">Number of neurons of the slice.</param>
    /// <param name="spikes">Its spikes, at least one.</param>
    public void Add(long tick, int slice, int neurons, SpikeSet spikes)
    {
        ulong head = (ulong)(uint)(tick - FirstTick) | ((ulong)(uint)slice << 32);
        if (spikes.IsGraded)
        {
            GradedEntry.Write(Append(head | GradedEntry.Flag, GradedEntry.Words(spikes.Count)), spikes);
            return;
        }
        int bitWords = (neurons + 63) >> 6;
        int listWords = (spikes.Count + 3) / 4;
        bool list = listWords < bitWords && spikes.Count < 1 << 15 && bitWords <= MostWordsOfList;
        var target = list ? Append(head | (1UL << 48) | ((ulong)(uint)spikes.Count << 49), listWords) : Append(head, bitWords);
        if (!list && !spikes.IsList)
        {
            spikes.Bits.CopyTo(target);
            return;
        }
        target.Clear();
        int n = 0;
        foreach (int neuron in spikes.Indices)
        {
            if (list) PutInList(target, n++, neuron);
            else target[neuron >> 6] |= 1UL << (neuron & 63);
        }
        for (int w = 0; w < spikes.Bits.Length; w++)
        {
            for (ulong word = spikes.Bits[w]; word != 0; word &= word - 1) PutInList(target, n++, (w << 6) + BitOperations.TrailingZeroCount(word));
        }
    }

    /// <summary>Appends a head and makes room for what follows it.</summary>
    private Span<ulong> Append(ulong head, int words)
    {
        int needed = _length + 1 + words;
        if (needed > _words.Length) Array.Resize(ref _words, (int)BitOperations.RoundUpToPowerOf2((uint)needed));
        _words[_length] = head;
        var room = _words.AsSpan(_length + 1, words);
        _length = needed;
        return room;
    }

    /// <summary>Ends the window at a tick. From here on another thread may read the packet through <see cref="IsPublished"/>.</summary>
    public void End(long lastTick)
    {
        _words[1] = ((ulong)(uint)_length << 32) | (uint)(lastTick - FirstTick + 1);
        Volatile.Write(ref _words[0], (ulong)FirstTick + 1);
    }

    /// <summary>Whether the packet has been ended with this first tick; what was written before is then visible.</summary>
    public bool IsPublished(long firstTick) => Volatile.Read(ref Volatile.Read(ref _words)[0]) == (ulong)firstTick + 1;

    /// <summary>Makes the packet one that no window matches.</summary>
    public void Retract() => Volatile.Write(ref _words[0], 0);

    /// <summary>The packet as it travels, once it has been ended.</summary>
    public ReadOnlySpan<ulong> Words => _words.AsSpan(0, Length);

    /// <summary>
    /// Takes a packet that came from elsewhere, of which nothing is believed, and ends it. Nothing is changed when it is refused.
    /// </summary>
    /// <param name="words">The packet.</param>
    /// <param name="network">The network, which says whose spikes are graded.</param>
    /// <param name="slices">The link's slices.</param>
    /// <param name="firstTick">First tick its window must have.</param>
    /// <param name="latest">Tick beyond which its window must not reach.</param>
    /// <returns>Whether it is a packet of that link and window.</returns>
    public bool TryLoad(ReadOnlySpan<ulong> words, Network network, ReadOnlySpan<Slice> slices, long firstTick, long latest)
    {
        if (words.Length < HeadWords || words[0] != (ulong)firstTick + 1 || words[1] >> 32 != (uint)words.Length) return false;
        uint ticks = (uint)words[1];
        if (ticks == 0 || firstTick + ticks - 1 > latest || !AreEntries(words, network, slices, ticks)) return false;
        if (words.Length > _words.Length) _words = new ulong[BitOperations.RoundUpToPowerOf2((uint)words.Length)];
        words[1..].CopyTo(_words.AsSpan(1));
        FirstTick = firstTick;
        _length = words.Length;
        Volatile.Write(ref _words[0], words[0]);
        return true;
    }

    /// <summary>Most words of an entry, head included.</summary>
    /// <param name="network">The network.</param>
    /// <param name="slice">The slice whose spikes it carries.</param>
    internal static int MostWordsOfEntry(Network network, Slice slice) =>
        1 + (network.Populations[slice.Population].Model.IsGraded ? GradedEntry.Words(slice.Count) : (slice.Count + 63) >> 6);

    private static bool AreEntries(ReadOnlySpan<ulong> words, Network network, ReadOnlySpan<Slice> slices, uint ticks)
    {
        long placeBefore = -1;
        for (int i = HeadWords; i < words.Length;)
        {
            ulong head = words[i++];
            int slice = (int)(head >> 32) & 0xFFFF;
            long place = (long)(uint)head << 16 | (uint)slice;
            if ((uint)head >= ticks || slice >= slices.Length || place <= placeBefore) return false;
            placeBefore = place;
            int neurons = slices[slice].Count;
            if (network.Populations[slices[slice].Population].Model.IsGraded)
            {
                if (head >> 48 != GradedEntry.Flag >> 48 || !GradedEntry.IsEntry(words[i..], neurons, out int length)) return false;
                i += length;
                continue;
            }
            if ((head >> 48 & 1) == 0)
            {
                int bitWords = (neurons + 63) >> 6;
                if (head >> 48 != 0 || bitWords > words.Length - i || words.Slice(i, bitWords).IndexOfAnyExcept(0UL) < 0) return false;
                i += bitWords;
                if ((neurons & 63) != 0 && words[i - 1] >> (neurons & 63) != 0) return false;
                continue;
            }
            int count = (int)(head >> 49);
            if (count == 0 || (count + 3) / 4 > words.Length - i) return false;
            int before = -1;
            for (int n = 0; n < count; n++)
            {
                int neuron = (int)(words[i + (n >> 2)] >> ((n & 3) << 4)) & 0xFFFF;
                if (neuron <= before || neuron >= neurons) return false;
                before = neuron;
            }
            i += (count + 3) / 4;
        }
        return true;
    }

    /// <summary>Hands the packet's spikes to a core.</summary>
    /// <param name="core">The core.</param>
    /// <param name="slices">The link's slices.</param>
    /// <param name="scratch">A buffer of at least the neurons of the largest slice.</param>
    public void DeliverTo(NeuronCore core, ReadOnlySpan<Slice> slices, Span<int> scratch)
    {
        var entries = Read(slices, scratch);
        while (entries.MoveNext()) core.Receive(slices[entries.Slice], entries.Tick, entries.Spikes);
    }

    /// <summary>Goes through the packet, once it has been ended.</summary>
    /// <param name="slices">The link's slices.</param>
    /// <param name="scratch">A buffer of at least the neurons of the largest slice.</param>
    internal SpikePacketReader Read(ReadOnlySpan<Slice> slices, Span<int> scratch) => new(_words.AsSpan(0, Length), slices, scratch);

    private static void PutInList(Span<ulong> list, int place, int neuron) => list[place >> 2] |= (ulong)(uint)neuron << ((place & 3) << 4);
}
