namespace ActorSnn.Cores;

/// <summary>Things with work, and what it costs to tear two of them apart. Integers, so that sums are exact in any order.</summary>
internal sealed class WeightedGraph
{
    private readonly long[] _work;
    private readonly int[] _first; // edges of thing i are those from _first[i] up to _first[i + 1]
    private readonly int[] _ends;
    private readonly long[] _weights;

    /// <param name="work">Work of each thing, at least 0.</param>
    /// <param name="edges">Pairs and what it costs to tear them apart; a pair may come more than once, in either order.</param>
    public WeightedGraph(long[] work, IReadOnlyCollection<(int A, int B, long Weight)> edges)
    {
        _work = work;
        _first = new int[work.Length + 1];
        foreach (var (a, b, _) in edges)
        {
            _first[a + 1]++;
            _first[b + 1]++;
        }
        for (int i = 0; i < work.Length; i++) _first[i + 1] += _first[i];
        _ends = new int[_first[^1]];
        _weights = new long[_ends.Length];
        var next = _first.AsSpan(0, work.Length).ToArray();
        foreach (var (a, b, weight) in edges)
        {
            (_ends[next[a]], _weights[next[a]++]) = (b, weight);
            (_ends[next[b]], _weights[next[b]++]) = (a, weight);
        }
    }

    /// <summary>Number of things.</summary>
    public int Count => _work.Length;

    /// <summary>Work of all.</summary>
    public long TotalWork => _work.Sum();

    /// <summary>Work of one.</summary>
    public long WorkOf(int thing) => _work[thing];

    /// <summary>The others a thing is joined to.</summary>
    public ReadOnlySpan<int> EndsOf(int thing) => _ends.AsSpan(_first[thing], _first[thing + 1] - _first[thing]);

    /// <summary>What it costs to tear it from each of them.</summary>
    public ReadOnlySpan<long> WeightsOf(int thing) => _weights.AsSpan(_first[thing], _first[thing + 1] - _first[thing]);

    /// <summary>The things by descending work, then number.</summary>
    public int[] Heaviest() => [.. Enumerable.Range(0, Count).OrderByDescending(i => _work[i])];
}
