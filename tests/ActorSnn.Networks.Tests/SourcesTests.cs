namespace ActorSnn.Networks.Tests;

public class SourcesTests
{
    [Fact]
    public void One_hot_frames_have_the_bit_of_their_label_and_no_other()
    {
        byte[] labels = [0, 9, 63, 64, 129, 64];
        var frames = BitFrames.OneHot(labels, 130);
        Assert.Equal((6, 130, 3), (frames.Count, frames.Size, frames.WordsPerFrame));
        for (int i = 0; i < labels.Length; i++)
        {
            for (int bit = 0; bit < 192; bit++)
                Assert.Equal(bit == labels[i], (frames[i][bit / 64] >> (bit % 64) & 1) == 1);
        }
    }

    [Fact]
    public void A_label_beyond_the_classes_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => BitFrames.OneHot([3, 10], 10));
        Assert.Contains("label 10 of sample 1", error.Message);
    }

    [Fact]
    public void Frames_of_the_wrong_number_of_words_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new BitFrames(2, 65, new ulong[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BitFrames(0, 65, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BitFrames(2, 0, []));
    }

    [Fact]
    public void The_digest_of_frames_changes_with_count_size_and_every_bit()
    {
        var digests = new HashSet<string>
        {
            Digest(2, 3, [1, 2]), Digest(2, 3, [2, 1]), Digest(2, 3, [1, 6]), Digest(2, 4, [1, 2]), Digest(1, 3, [1]), Digest(1, 100, [1, 2]),
        };
        Assert.Equal(6, digests.Count);
        Assert.Equal(Digest(2, 3, [1, 2]), Digest(2, 3, [1, 2]));

        static string Digest(int count, int size, ulong[] words) => Convert.ToHexString(new BitFrames(count, size, words).Digest);
    }

    [Fact]
    public void A_spike_array_is_sorted_and_holds_every_spike_once() => Assert.Equal(
        [new Spike(1, 4), new Spike(2, 0), new Spike(2, 3), new Spike(7, 1)],
        new SpikeArraySource((7, 1), (2, 3), (1, 4), (2, 0), (2, 3)).Spikes.AsEnumerable());

    [Fact]
    public void A_graded_spike_array_is_sorted_with_its_grades_and_holds_every_spike_once()
    {
        var source = SpikeArraySource.Graded((7, 1, -1), (2, 3, 0.5f), (1, 4, 3), (2, 0, 0), (2, 3, 0.5f));
        Assert.Equal([new Spike(1, 4), new Spike(2, 0), new Spike(2, 3), new Spike(7, 1)], source.Spikes.AsEnumerable());
        Assert.Equal([3, 0, 0.5f, -1], source.Grades!.Value.AsEnumerable());
        Assert.True(source.IsGraded);
        Assert.False(new SpikeArraySource((7, 1)).IsGraded);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1000, 1, 0.63212055882855768)]
    [InlineData(10, 0.1, 0.00099950016662500845)]
    public void A_poisson_source_spikes_with_the_probability_of_at_least_one_event(double rateHz, double timeStepMs, double probability) =>
        Assert.Equal(probability, new PoissonSource(rateHz).SpikeProbability(timeStepMs), 15);

    [Fact]
    public void A_presentation_has_an_order_only_when_shuffled()
    {
        Assert.Null(new SamplePresentation(10, 4).OrderOf(0));
        var order = new SamplePresentation(10, 4, Shuffled: true, Seed: 5).OrderOf(3)!;
        var same = new SamplePermutation(5, 3, 10);
        for (int i = 0; i < 10; i++) Assert.Equal(same[i], order[i]);
    }

    [Theory]
    [InlineData(1, 0, new[] { 0L, 1, 2, 100 }, new long[0])]
    [InlineData(5, 2, new[] { 2L, 7, 100_000_000_002 }, new[] { 0L, 1, 3, 6, 100_000_000_000 })]
    public void A_tick_filter_takes_the_ticks_of_its_phase(int period, int phase, long[] inside, long[] outside)
    {
        var filter = new TickFilter(period, phase);
        Assert.All(inside, tick => Assert.True(filter.Includes(tick)));
        Assert.All(outside, tick => Assert.False(filter.Includes(tick)));
    }

    [Fact]
    public void A_reinforcement_clock_is_on_in_its_phases_of_every_period()
    {
        var clock = new ReinforcementClock(12, [5, 7]);
        Assert.Equal([5L, 7, 17, 19, 29, 31], Enumerable.Range(0, 36).Select(t => (long)t).Where(clock.IsOn));
        Assert.True(clock.IsOn(12_000_000_000_005));
    }
}
