using ActorSnn.Datasets.Events;
using static ActorSnn.Datasets.Tests.Events;

namespace ActorSnn.Datasets.Tests;

public sealed class EventFramesTests : IDisposable
{
    private const int OnEvents = 34 * 34;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_event_sets_the_bit_of_its_pixel_and_polarity()
    {
        var frames = Bin(1, [.. Record(2, 1, isOn: false, 0), .. Record(2, 1, isOn: true, 0), .. Record(33, 33, isOn: true, 0)]);
        Assert.Equal([34 + 2, OnEvents + 34 + 2, 2 * OnEvents - 1], BitsOf(frames.Frame(0, 0)));
    }

    [Fact]
    public void Bins_are_equal_parts_of_336_ms()
    {
        // 5 bins of 67.2 ms: the first and last microsecond of some.
        (int TimeUs, int Bin)[] known = [(0, 0), (67_199, 0), (67_200, 1), (134_399, 1), (134_400, 2), (268_800, 4), (335_999, 4), (336_000, 4), (336_040, 4), (8_000_000, 4)];
        foreach (var (time, expected) in known)
        {
            var frames = Bin(5, Record(0, 0, isOn: false, time));
            for (var bin = 0; bin < 5; bin++)
                Assert.Equal(bin == expected ? [0] : [], BitsOf(frames.Frame(0, bin)));
        }
    }

    [Fact]
    public void Many_events_in_one_bin_count_once_and_the_mean_is_that_over_the_bins()
    {
        var frames = Bin(4, [.. Record(5, 0, isOn: false, 0), .. Record(5, 0, isOn: false, 1), .. Record(5, 0, isOn: false, 200_000), .. Record(6, 0, isOn: true, 335_000)]);
        var means = new float[frames.Inputs];
        frames.Means(0, means);

        Assert.Equal(0.5f, means[5]);
        Assert.Equal(0.25f, means[OnEvents + 6]);
        Assert.Equal(0.75f, means.Sum());
        frames.Means(0, means); // what was there before is gone
        Assert.Equal(0.75f, means.Sum());
        Assert.Throws<ArgumentException>(() => frames.Means(0, new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => frames.Means(1, means));
        Assert.Throws<ArgumentOutOfRangeException>(() => frames.Frame(0, 4).Length);
    }

    [Fact]
    public void Sets_can_be_joined_and_picked_from()
    {
        var all = Bin(3, Numbered(1), Numbered(2)).Concat(Bin(3, Numbered(3)));
        Assert.Equal([0, 1, 0], all.Labels);
        var some = all.Select([2, 0]);
        Assert.Equal(2, some.Count);
        Assert.Equal(BitsOf(all.Frame(2, 0)), BitsOf(some.Frame(0, 0)));
        Assert.Equal([OnEvents + 1], BitsOf(some.Frame(1, 0)));
        Assert.Equal(all.Digest, all.Select([0, 1, 2]).Digest);
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Select([3]));
        Assert.Throws<ArgumentException>(() => all.Concat(Bin(4, Numbered(1))));
    }

    [Fact]
    public void The_digest_depends_on_bins_bits_and_labels()
    {
        EventFrames[] sets = [Bin(1, Numbered(1)), Bin(2, Numbered(1)), Bin(1, Numbered(2)), Bin(1, Numbered(1), Numbered(1)), Bin(1, Numbered(1), Numbered(1)).Select([1])];
        Assert.Distinct(sets.Select(set => set.Digest));
        Assert.Equal(Bin(2, Numbered(1)).Digest, Bin(2, Numbered(1)).Digest);
        Assert.Equal("23524f06cd8f4b38842c4cff947ac19f3688ab59152c389d4dc664d752d6dd9c", sets[0].Digest); // as any other program computes it
    }

    /// <summary>Recording n has label n.</summary>
    private EventFrames Bin(int bins, params byte[][] recordings)
    {
        var archive = _directory.Write("n.zip", Zip(recordings.Select((bytes, n) => ($"Train/{n}/{n}.bin", bytes))));
        return EventDataset.Nmnist(archive, archive).Train(bins);
    }

    private static IEnumerable<int> BitsOf(ReadOnlySpan<ulong> words)
    {
        var bits = new List<int>();
        for (var bit = 0; bit < 64 * words.Length; bit++)
        {
            if ((words[bit / 64] >> (bit % 64) & 1) != 0)
                bits.Add(bit);
        }
        return bits;
    }
}
