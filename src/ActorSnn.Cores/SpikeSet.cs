namespace ActorSnn.Cores;

/// <summary>
/// The spikes of some consecutive neurons at one tick: one bit a neuron, or, where few of many spike, a list of indices from the first neuron on,
/// ascending, where spikes are graded with a grade for each. Empty when there are none.
/// </summary>
public readonly ref struct SpikeSet
{
    /// <summary>Spikes as bits.</summary>
    /// <param name="bits">One bit a neuron, 64 to a word.</param>
    /// <param name="count">Number of set bits.</param>
    public SpikeSet(ReadOnlySpan<ulong> bits, int count)
    {
        Bits = bits;
        Count = count;
    }

    /// <summary>Spikes as a list.</summary>
    /// <param name="indices">Indices from the first neuron on, ascending.</param>
    public SpikeSet(ReadOnlySpan<int> indices)
    {
        Indices = indices;
        Count = indices.Length;
    }

    /// <summary>Graded spikes.</summary>
    /// <param name="indices">Indices from the first neuron on, ascending.</param>
    /// <param name="grades">The grade of each, finite.</param>
    public SpikeSet(ReadOnlySpan<int> indices, ReadOnlySpan<float> grades)
        : this(indices)
    {
        if (grades.Length != indices.Length) throw new ArgumentException($"{grades.Length} grades for {indices.Length} spikes", nameof(grades));
        Grades = grades;
    }

    /// <summary>The bits; empty for a list.</summary>
    public ReadOnlySpan<ulong> Bits { get; }

    /// <summary>The list; empty for bits.</summary>
    public ReadOnlySpan<int> Indices { get; }

    /// <summary>The grade of each spike of the list; empty where spikes are not graded.</summary>
    public ReadOnlySpan<float> Grades { get; }

    /// <summary>Number of spikes.</summary>
    public int Count { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Whether they are given as a list.</summary>
    public bool IsList => !Indices.IsEmpty;

    /// <summary>Whether they are a list with grades.</summary>
    public bool IsGraded => !Grades.IsEmpty;

    /// <summary>Sets one bit a spike, from a position on.</summary>
    /// <param name="target">The bits.</param>
    /// <param name="bit">Position of the first neuron.</param>
    internal void Or(Span<ulong> target, int bit)
    {
        if (!IsList)
        {
            ActorSnn.Cores.Bits.Or(Bits, target, bit);
            return;
        }
        foreach (int index in Indices)
        {
            int at = bit + index;
            target[at >> 6] |= 1UL << (at & 63);
        }
    }
}
