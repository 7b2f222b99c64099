using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Some neurons of a network, as slices that do not overlap. Slices that touch become one.</summary>
/// <param name="network">The network.</param>
public sealed class SliceSet(Network network)
{
    private readonly List<Slice>[] _slices = [.. network.Populations.Select(_ => new List<Slice>(1))];

    /// <summary>The neurons of some slices.</summary>
    /// <param name="network">The network.</param>
    /// <param name="slices">The slices, in any order.</param>
    /// <exception cref="ArgumentException">A slice does not fit the network, or two overlap.</exception>
    public SliceSet(Network network, IEnumerable<Slice> slices)
        : this(network)
    {
        foreach (var slice in slices)
        {
            if (Problem(slice) is { } problem) throw new ArgumentException(problem, nameof(slices));
            Add(slice);
        }
    }

    /// <summary>The slices, by population, then start.</summary>
    public IEnumerable<Slice> All => _slices.SelectMany(s => s);

    /// <summary>The neurons of a population, in order.</summary>
    public IReadOnlyList<Slice> Of(int population) => _slices[population];

    /// <summary>Why a slice cannot be added, for people: it does not fit the network, or some of its neurons are there already. Null when it can.</summary>
    public string? Problem(Slice slice)
    {
        if ((uint)slice.Population >= (uint)_slices.Length) return $"population {slice.Population} of {_slices.Length}";
        var population = network.Populations[slice.Population];
        if (slice.Start < 0 || slice.Count < 1 || slice.Count > population.Size - slice.Start)
            return $"{slice.Count} neurons from {slice.Start} on of \"{population.Name}\", which has {population.Size}";
        foreach (var other in _slices[slice.Population])
        {
            if (slice.Start < other.End && other.Start < slice.End)
                return $"neuron {Math.Max(slice.Start, other.Start)} of \"{population.Name}\" is there twice";
        }
        return null;
    }

    /// <summary>Adds a slice that has no <see cref="Problem"/>.</summary>
    public void Add(Slice slice)
    {
        var slices = _slices[slice.Population];
        int at = slices.FindIndex(s => s.Start > slice.Start);
        if (at < 0) at = slices.Count;
        slices.Insert(at, slice);
        if (at + 1 < slices.Count && slices[at + 1].Start == slice.End) Join(slices, at);
        if (at > 0 && slices[at - 1].End == slice.Start) Join(slices, at - 1);
    }

    /// <summary>The first neurons of the network that are missing; null when all are there.</summary>
    public Slice? FirstGap()
    {
        foreach (var population in network.Populations)
        {
            int start = _slices[population.Index] is [{ Start: 0 } first, ..] ? first.End : 0;
            if (start == population.Size) continue;
            int end = _slices[population.Index].FirstOrDefault(s => s.Start > start) is { Count: > 0 } next ? next.Start : population.Size;
            return new Slice(population.Index, start, end - start);
        }
        return null;
    }

    private static void Join(List<Slice> slices, int at)
    {
        slices[at] = slices[at] with { Count = slices[at].Count + slices[at + 1].Count };
        slices.RemoveAt(at + 1);
    }
}
