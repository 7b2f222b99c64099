namespace ActorSnn.Cores;

/// <summary>A history of graded spikes: a list with grades, one a tick, by neuron.</summary>
internal sealed class GradedHistory : SpikeHistory
{
    private readonly int _mask;
    private readonly Entry[] _ring;
    private float[] _fresh = [];

    /// <param name="population">Index of the population.</param>
    /// <param name="size">Its neurons.</param>
    /// <param name="capacity">Ticks kept, a power of two.</param>
    public GradedHistory(int population, int size, int capacity)
        : base(population, size)
    {
        _mask = capacity - 1;
        _ring = new Entry[capacity];
        for (int i = 0; i < capacity; i++) _ring[i] = new Entry(NoTick, [], [], 0, true);
    }

    public override int Count(long tick)
    {
        ref readonly var entry = ref _ring[(int)tick & _mask];
        return entry.Tick == tick ? entry.Count : 0;
    }

    public override ReadOnlySpan<int> Indices(long tick)
    {
        ref var entry = ref _ring[(int)tick & _mask];
        if (entry.Tick != tick) return default;
        Sort(ref entry);
        return entry.Neurons.AsSpan(0, entry.Count);
    }

    /// <summary>The grades of a tick's spikes, in the order of <see cref="Indices"/>.</summary>
    public ReadOnlySpan<float> Grades(long tick)
    {
        ref var entry = ref _ring[(int)tick & _mask];
        if (entry.Tick != tick) return default;
        Sort(ref entry);
        return entry.Grades.AsSpan(0, entry.Count);
    }

    public override int AddOnce(long tick, int start, SpikeSet spikes, Span<int> scratch)
    {
        if (_fresh.Length < spikes.Count) _fresh = new float[Size];
        int fresh = 0;
        for (int i = 0; i < spikes.Count; i++)
        {
            if (Has(tick, start + spikes.Indices[i])) continue;
            scratch[fresh] = spikes.Indices[i];
            _fresh[fresh++] = spikes.Grades[i];
        }
        if (fresh > 0) Add(tick, start, new SpikeSet(scratch[..fresh], _fresh.AsSpan(0, fresh)));
        return spikes.Count - fresh;
    }

    public override void AddTo(long tick, Slice slice, Span<ulong> target)
    {
        foreach (int neuron in Indices(tick))
        {
            int at = neuron - slice.Start;
            if ((uint)at < (uint)slice.Count) target[at >> 6] |= 1UL << (at & 63);
        }
    }

    public override void AddTo(NetworkState state, long tick, Slice slice, Span<ulong> scratch)
    {
        base.AddTo(state, tick, slice, scratch);
        var neurons = Indices(tick);
        var grades = Grades(tick);
        var share = state.GradesAt(Population, tick);
        for (int i = 0; i < neurons.Length; i++)
        {
            if (neurons[i] >= slice.Start && neurons[i] < slice.End) share[neurons[i]] = grades[i];
        }
    }

    public override void Restore(NetworkState state, long tick)
    {
        var neurons = new int[Size];
        var grades = new float[Size];
        int count = state.CopyGraded(new Slice(Population, 0, Size), tick, neurons, grades);
        Restore(tick, state.Tick, new SpikeSet(neurons.AsSpan(0, count), grades.AsSpan(0, count)));
    }

    public override void Clear()
    {
        base.Clear();
        foreach (ref var entry in _ring.AsSpan()) entry.Tick = NoTick;
    }

    protected override void Store(long tick, int start, SpikeSet spikes)
    {
        ref var entry = ref Open(tick, spikes.Count);
        int count = entry.Count;
        var room = entry.Neurons.AsSpan(count, spikes.Count);
        spikes.Indices.CopyTo(room);
        foreach (ref int neuron in room) neuron += start;
        spikes.Grades.CopyTo(entry.Grades.AsSpan(count));
        if (count > 0 && entry.Neurons[count - 1] > room[0]) entry.IsSorted = false;
        entry.Count = count + spikes.Count;
    }

    protected override void StoreOnce(long tick, int neuron, float grade)
    {
        int place = Indices(tick).BinarySearch(neuron);
        if (place >= 0) return;
        place = ~place;
        ref var entry = ref Open(tick, 1);
        int after = entry.Count - place;
        entry.Neurons.AsSpan(place, after).CopyTo(entry.Neurons.AsSpan(place + 1));
        entry.Grades.AsSpan(place, after).CopyTo(entry.Grades.AsSpan(place + 1));
        entry.Neurons[place] = neuron;
        entry.Grades[place] = grade;
        entry.Count++;
    }

    protected override bool Has(long tick, int neuron) => Indices(tick).BinarySearch(neuron) >= 0;

    /// <summary>The list of a tick, with room for more spikes.</summary>
    private ref Entry Open(long tick, int more)
    {
        ref var entry = ref _ring[(int)tick & _mask];
        if (entry.Tick != tick)
        {
            entry.Tick = tick;
            entry.Count = 0;
            entry.IsSorted = true;
        }
        int needed = entry.Count + more;
        if (needed > entry.Neurons.Length)
        {
            int length = Math.Min(Size, Math.Max(16, 2 * needed));
            Array.Resize(ref entry.Neurons, length);
            Array.Resize(ref entry.Grades, length);
        }
        return ref entry;
    }

    private static void Sort(ref Entry entry)
    {
        if (entry.IsSorted) return;
        entry.Neurons.AsSpan(0, entry.Count).Sort(entry.Grades.AsSpan(0, entry.Count));
        entry.IsSorted = true;
    }

    private record struct Entry(long Tick, int[] Neurons, float[] Grades, int Count, bool IsSorted)
    {
        public int[] Neurons = Neurons;

        public float[] Grades = Grades;
    }
}
