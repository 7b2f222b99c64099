namespace ActorSnn.Cores.Tests;

public class SpikeHistoryTests
{
    /// <summary>Whether the history keeps bits or lists, and whether spikes are handed in as bits or lists.</summary>
    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Spikes_of_several_slices_make_up_the_population(bool lists, bool asLists)
    {
        var history = New(lists, population: 3, size: 130, capacity: 8);
        history.Add(5, 60, Set(asLists, 0, 4, 60));
        history.Add(5, 0, Set(asLists, 0, 59));
        history.Add(5, 125, Set(asLists, 0, 4));

        Assert.Equal((3, 130), (history.Population, history.Size));
        Assert.Equal(7, history.Count(5));
        Assert.Equal([0, 59, 60, 64, 120, 125, 129], history.Indices(5).ToArray());
        Assert.Equal([1UL | (1UL << 59) | (1UL << 60), 1UL | (1UL << 56) | (1UL << 61), 2UL], All(history, 5));
        if (history is BitHistory bits) Assert.Equal(All(history, 5), bits.At(5).ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_run_of_neurons_can_be_asked_for(bool lists, bool asLists)
    {
        var history = New(lists, 0, 200, 4);
        history.Add(7, 0, Set(asLists, 3, 64, 70, 127, 128, 199));
        var words = new ulong[2];
        history.AddTo(7, new Slice(0, 64, 66), words);
        Assert.Equal([1UL | (1UL << 6) | (1UL << 63), 1UL], words);
        Array.Clear(words);
        history.AddTo(6, new Slice(0, 64, 66), words);
        history.AddTo(7, new Slice(0, 4, 60), words);
        Assert.Equal([0UL, 0UL], words);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Spikes_that_are_heard_late_are_listed_with_those_heard_before(bool lists, bool asLists)
    {
        var history = New(lists, 0, 100, 4);
        history.Add(2, 50, Set(asLists, 1, 7));
        Assert.Equal([51, 57], history.Indices(2).ToArray());
        history.Add(2, 0, Set(asLists, 9));
        Assert.Equal([9, 51, 57], history.Indices(2).ToArray());
        history.Add(2, 60, Set(asLists, 30));
        Assert.Equal([9, 51, 57, 90], history.Indices(2).ToArray());
        Assert.Equal(4, history.Count(2));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Added_once_a_spike_that_is_there_already_is_only_counted(bool lists, bool asLists)
    {
        var history = New(lists, 0, 130, 4);
        var scratch = new int[10];
        Assert.Equal(0, history.AddOnce(2, 60, Set(asLists, 0, 9, 69), scratch));
        Assert.Equal(2, history.AddOnce(2, 59, Set(asLists, 1, 3, 10), scratch));
        Assert.Equal(1, history.AddOnce(2, 0, Set(asLists, 62), scratch));
        Assert.Equal([60, 62, 69, 129], history.Indices(2).ToArray());
        Assert.Equal(4, history.Count(2));
        Assert.Equal(0, history.AddOnce(3, 0, Set(asLists, 62), scratch));
        Assert.Equal([62], history.Indices(3).ToArray());
    }

    [Fact]
    public void Late_spikes_can_be_told_by_when_they_were_emitted()
    {
        var history = new BitHistory(0, 130, 8, keepsLateness: true);
        history.AddLate(5, 1, 3, 0, now: 0);
        history.AddLate(5, 2, 129, 0, now: 0);
        history.AddLate(5, 4, 3, 0, now: 0); // the same neuron again: the later one counts
        history.AddLate(5, 5, 64, 0, now: 0);
        Assert.Equal([3, 64, 129], history.Indices(5, since: 2).ToArray());
        Assert.Equal([3, 64], history.Indices(5, since: 3).ToArray());
        Assert.Equal([0UL, 1UL, 0UL], history.At(5, since: 5).ToArray());
        Assert.Equal([3, 2, 1, 0], ((long[])[2, 4, 5, 6]).Select(since => history.Count(5, since)));
        Assert.True(history.At(5, since: 6).IsEmpty);
        Assert.Equal([3, 64, 129], history.Indices(5).ToArray());
        // Eight ticks later the place is used again.
        history.AddLate(13, 13, 129, 0, now: 12);
        Assert.Equal([129], history.Indices(13, since: 13).ToArray());
        Assert.Equal(0, history.Count(5, since: 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_tick_without_spikes_is_empty(bool lists, bool asLists)
    {
        var history = New(lists, 0, 70, 4);
        history.Add(2, 0, Set(asLists, 0));
        foreach (long tick in (long[])[-2, -1, 0, 1, 3, 6, 4_000_000_002])
        {
            Assert.Equal(0, history.Count(tick));
            Assert.True(history.Indices(tick).IsEmpty);
            Assert.Equal([0UL, 0UL], All(history, tick));
        }
        Assert.Equal([0], history.Indices(2).ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_ring_keeps_as_many_ticks_as_its_capacity_and_no_trace_of_older_ones(bool lists, bool asLists)
    {
        var history = New(lists, 0, 10, 4);
        for (long tick = 0; tick < 100; tick++)
        {
            history.Add(tick, 0, Set(asLists, (int)(tick % 10)));
            for (long back = tick; back > Math.Max(-1, tick - 4); back--) Assert.Equal([(int)(back % 10)], history.Indices(back).ToArray());
            if (tick >= 4) Assert.Equal(0, history.Count(tick - 4));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ticks_far_beyond_32_bits_do_not_mix(bool lists, bool asLists)
    {
        var history = New(lists, 0, 10, 4);
        const long Far = (1L << 32) + 1;
        history.Add(1, 0, Set(asLists, 0));
        history.Add(Far, 0, Set(asLists, 1));
        Assert.Equal(0, history.Count(1));
        Assert.Equal([1], history.Indices(Far).ToArray());
    }

    /// <summary>Not even at the ticks before 0, at which whoever looks back in the first ticks looks.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_is_left_after_clearing(bool lists, bool asLists)
    {
        var history = New(lists, 0, 10, 4);
        for (long tick = 0; tick < 4; tick++) history.Add(tick, 0, Set(asLists, (int)tick));
        Assert.Equal([1], history.Indices(1).ToArray());
        history.Clear();
        for (long tick = -4; tick < 8; tick++)
        {
            Assert.Equal(0, history.Count(tick));
            Assert.True(history.Indices(tick).IsEmpty);
            Assert.Equal([0UL], All(history, tick));
        }
        history.Restore(1, 1, new SpikeSet([4UL], 1));
        Assert.Equal([2], history.Indices(1).ToArray());
        history.Restore(2, 2, new SpikeSet([0UL], 0));
        Assert.Equal(0, history.Count(2));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_neurons_at_once_fit(bool lists, bool asLists)
    {
        var history = New(lists, 0, 300, 2);
        var all = Enumerable.Range(0, 100).ToArray();
        for (long tick = 0; tick < 5; tick++)
        {
            foreach (int start in (int[])[200, 0, 100]) history.Add(tick, start, Set(asLists, all));
            Assert.Equal(Enumerable.Range(0, 300), history.Indices(tick).ToArray());
        }
    }

    private static SpikeHistory New(bool lists, int population, int size, int capacity) =>
        lists ? new ListHistory(population, size, capacity) : new BitHistory(population, size, capacity);

    private static SpikeSet Set(bool asList, params int[] neurons)
    {
        if (asList) return new SpikeSet(neurons);
        var words = new ulong[Bits.Words(neurons[^1] + 1)];
        foreach (int neuron in neurons) words[neuron / 64] |= 1UL << (neuron % 64);
        return new SpikeSet(words, neurons.Length);
    }

    private static ulong[] All(SpikeHistory history, long tick)
    {
        var words = new ulong[Bits.Words(history.Size)];
        history.AddTo(tick, new Slice(history.Population, 0, history.Size), words);
        return words;
    }
}

public class DueRingTests
{
    [Fact]
    public void A_bit_is_due_at_its_tick_only_and_until_it_is_cleared()
    {
        var ring = new DueRing(bits: 70, capacity: 8);
        ring.Set(3, 0);
        ring.Set(3, 69);
        ring.Set(10, 5); // the last tick of the ring, seen from 3
        Assert.Equal([1UL, 1UL << 5], ring.At(3).ToArray());
        Assert.Equal([1UL << 5, 0UL], ring.At(10).ToArray());
        foreach (long tick in (long[])[4, 5, 6, 7, 8, 9]) Assert.Equal([0UL, 0UL], ring.At(tick).ToArray());
        ring.At(3).Clear();
        Assert.Equal([0UL, 0UL], ring.At(11).ToArray());
        ring.Set(11, 64);
        Assert.Equal([0UL, 1UL], ring.At(11).ToArray());
        ring.Clear();
        for (long tick = 0; tick < 8; tick++) Assert.Equal([0UL, 0UL], ring.At(tick).ToArray());
    }

    [Fact]
    public void A_ring_of_nothing_can_be_asked() => Assert.Equal([0UL], new DueRing(0, 2).At(77).ToArray());

    [Fact]
    public void Ticks_beyond_32_bits_find_their_place()
    {
        var ring = new DueRing(1, 4);
        const long Far = (1L << 31) - 1;
        for (long tick = Far; tick < Far + 6; tick++)
        {
            ring.Set(tick + 3, 0);
            Assert.Equal(1UL, ring.At(tick + 3)[0]);
            ring.At(tick + 3).Clear();
        }
    }
}
