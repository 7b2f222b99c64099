using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>What faults make of the spikes of one slice. Where spikes are graded, one that a neuron would not have emitted by itself has the grade 0.</summary>
internal sealed class OutputFaults
{
    private readonly (NeuronFault Fault, ulong[] Neurons)[] _faults;
    private readonly ulong[] _words;
    private readonly float[] _gradeOf; // of each neuron that spikes by itself; all 0 between ticks

    private OutputFaults((NeuronFault, ulong[])[] faults, int neurons, bool isGraded)
    {
        _faults = faults;
        _words = new ulong[Bits.Words(neurons)];
        _gradeOf = isGraded ? new float[neurons] : [];
    }

    /// <summary>Whether neurons may spike where nothing arrives.</summary>
    public bool CanSpikeAlone => _faults.Any(f => f.Fault is StickNeurons);

    /// <summary>The faults of a slice; null when it has none.</summary>
    public static OutputFaults? Of(Network network, Slice slice)
    {
        var population = network.Populations[slice.Population];
        var faults = network.FaultsOf(population).Select(f => (f.Fault, Neurons: Hit(f.Fault.Neurons, population, f.Place, slice)))
            .Where(f => f.Neurons.AsSpan().ContainsAnyExcept(0UL)).ToArray();
        return faults.Length > 0 ? new OutputFaults(faults, slice.Count, population.Model.IsGraded) : null;
    }

    /// <summary>Changes spikes given as bits.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">One bit a neuron; unless there is a spike they may hold anything before, and after.</param>
    /// <param name="count">Number of spikes.</param>
    /// <returns>Number of spikes after.</returns>
    public int Apply(long tick, Span<ulong> spikes, int count)
    {
        bool any = false;
        foreach (var (fault, neurons) in _faults)
        {
            if (!fault.IsInEffect(tick)) continue;
            if (!any && count == 0) spikes.Clear();
            any = true;
            if (fault.SpikesAt(tick)) for (int w = 0; w < neurons.Length; w++) spikes[w] |= neurons[w];
            else for (int w = 0; w < neurons.Length; w++) spikes[w] &= ~neurons[w];
        }
        return any ? Bits.Count(spikes) : count;
    }

    /// <summary>Changes spikes given as a list.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Indices of neurons, ascending; room for all.</param>
    /// <param name="count">Number of spikes.</param>
    /// <returns>Number of spikes after.</returns>
    public int Apply(long tick, Span<int> spikes, int count)
    {
        Array.Clear(_words);
        foreach (int neuron in spikes[..count]) _words[neuron >> 6] |= 1UL << (neuron & 63);
        return Apply(tick, _words, count) is > 0 ? Bits.Indices(_words, spikes) : 0;
    }

    /// <summary>Changes graded spikes.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="spikes">Indices of neurons, ascending; room for all.</param>
    /// <param name="grades">Their grades; room for all.</param>
    /// <param name="count">Number of spikes.</param>
    /// <returns>Number of spikes after.</returns>
    public int Apply(long tick, Span<int> spikes, Span<float> grades, int count)
    {
        for (int i = 0; i < count; i++) _gradeOf[spikes[i]] = grades[i];
        int after = Apply(tick, spikes, count);
        for (int i = 0; i < after; i++) grades[i] = _gradeOf[spikes[i]];
        _gradeOf.AsSpan().Clear();
        return after;
    }

    private static ulong[] Hit(NeuronTarget target, Population population, int place, Slice slice)
    {
        var hit = new ulong[Bits.Words(slice.Count)];
        var random = new CounterRandom(target.Seed, RandomPurpose.NeuronFault, population.Index);
        var neurons = target.Neurons is { } given
            ? given.Where(n => n >= slice.Start && n < slice.End)
            : Enumerable.Range(slice.Start, slice.Count).Where(n => random.Uniform(n, place) < target.Share);
        foreach (int neuron in neurons) hit[neuron - slice.Start >> 6] |= 1UL << (neuron - slice.Start & 63);
        return hit;
    }
}
