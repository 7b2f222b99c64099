namespace ActorSnn.Cores.Tests;

public class SpikeHistoryTests
{
    [Fact]
    public void Spikes_of_several_slices_make_up_the_population()
    {
        var history = new BitHistory(population: 3, size: 130, capacity: 8);
        history.Add(5, 0, new SpikeSet([1UL | (1UL << 59)], 2));
        history.Add(5, 60, new SpikeSet([1UL | (1UL << 4) | (1UL << 60)], 3));
        history.Add(5, 125, new SpikeSet([0b10001], 2));

        Assert.Equal((3, 130), (history.Population, history.Size));
        Assert.Equal(7, history.Count(5));
        Assert.Equal([0, 59, 60, 64, 120, 125, 129], history.Indices(5).ToArray());
        Assert.Equal([1UL | (1UL << 59) | (1UL << 60), 1UL | (1UL << 56) | (1UL << 61), 2UL], history.At(5).ToArray());
    }

    [Fact]
    public void A_tick_without_spikes_is_empty()
    {
        var history = new BitHistory(0, 70, 4);
        history.Add(2, 0, new SpikeSet([1UL, 0], 1));
        foreach (long tick in (long[])[0, 1, 3, 6, 4_000_000_002])
        {
            Assert.Equal(0, history.Count(tick));
            Assert.True(history.At(tick).IsEmpty);
            Assert.True(history.Indices(tick).IsEmpty);
        }
        Assert.Equal([0], history.Indices(2).ToArray());
    }

    [Fact]
    public void A_ring_keeps_as_many_ticks_as_its_capacity_and_no_trace_of_older_ones()
    {
        var history = new BitHistory(0, 10, 4);
        for (long tick = 0; tick < 100; tick++)
        {
            history.Add(tick, 0, new SpikeSet([1UL << (int)(tick % 10)], 1));
            for (long back = tick; back > Math.Max(-1, tick - 4); back--) Assert.Equal([(int)(back % 10)], history.Indices(back).ToArray());
            if (tick >= 4) Assert.Equal(0, history.Count(tick - 4));
        }
    }

    [Fact]
    public void Ticks_far_beyond_32_bits_do_not_mix()
    {
        var history = new BitHistory(0, 10, 4);
        const long Far = (1L << 32) + 1;
        history.Add(1, 0, new SpikeSet([1UL], 1));
        history.Add(Far, 0, new SpikeSet([2UL], 1));
        Assert.Equal(0, history.Count(1));
        Assert.Equal([1], history.Indices(Far).ToArray());
    }

    [Fact]
    public void Nothing_is_left_after_clearing()
    {
        var history = new BitHistory(0, 10, 4);
        history.Add(1, 0, new SpikeSet([1UL], 1));
        Assert.Equal([0], history.Indices(1).ToArray());
        history.Clear();
        Assert.Equal(0, history.Count(1));
        Assert.True(history.At(1).IsEmpty);
        history.Restore(1, 1, [4UL]);
        Assert.Equal([2], history.Indices(1).ToArray());
        history.Restore(2, 2, [0UL]);
        Assert.True(history.At(2).IsEmpty);
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
