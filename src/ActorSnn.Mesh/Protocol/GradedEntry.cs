using System.Runtime.InteropServices;
using ActorSnn.Cores;

namespace ActorSnn.Mesh;

/// <summary>
/// What follows the head word of graded spikes in a <see cref="SpikePacket"/>: their number in a word; their neurons, ascending, 32 bits each, two to a word, the lower half first; their
/// grades, IEEE singles, likewise. A half that is left over is zero.
/// </summary>
internal static class GradedEntry
{
    /// <summary>The bit of a head word that says that spikes are graded.</summary>
    public const ulong Flag = 1UL << 49;

    /// <summary>Words of an entry after its head.</summary>
    /// <param name="spikes">Number of spikes.</param>
    public static int Words(int spikes) => 1 + 2 * WordsOf(spikes);

    public static void Write(Span<ulong> target, SpikeSet spikes)
    {
        int count = spikes.Count;
        target.Clear();
        target[0] = (uint)count;
        spikes.Indices.CopyTo(MemoryMarshal.Cast<ulong, int>(target[1..]));
        spikes.Grades.CopyTo(MemoryMarshal.Cast<ulong, float>(target[(1 + WordsOf(count))..]));
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="words">The packet from the word after the head on.</param>
    /// <param name="length">Words the entry takes.</param>
    public static SpikeSet Read(ReadOnlySpan<ulong> words, out int length)
    {
        int count = (int)words[0];
        length = Words(count);
        return new SpikeSet(
            MemoryMarshal.Cast<ulong, int>(words.Slice(1, WordsOf(count)))[..count], MemoryMarshal.Cast<ulong, float>(words.Slice(1 + WordsOf(count), WordsOf(count)))[..count]);
    }

    /// <summary>Whether words that came from elsewhere begin with an entry.</summary>
    /// <param name="words">The packet from the word after the head on.</param>
    /// <param name="neurons">Neurons of the slice.</param>
    /// <param name="length">Words the entry takes.</param>
    public static bool IsEntry(ReadOnlySpan<ulong> words, int neurons, out int length)
    {
        length = 0;
        if (words.IsEmpty || words[0] == 0 || words[0] > (ulong)neurons || words.Length < Words((int)words[0])) return false;
        var spikes = Read(words, out length);
        int before = -1;
        foreach (int neuron in spikes.Indices)
        {
            if (neuron <= before || neuron >= neurons) return false;
            before = neuron;
        }
        foreach (float grade in spikes.Grades)
        {
            if (!float.IsFinite(grade)) return false;
        }
        return true;
    }

    private static int WordsOf(int spikes) => (spikes + 1) / 2;
}
