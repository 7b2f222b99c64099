using ActorSnn.Datasets.Spikes;

namespace ActorSnn.Datasets.Tests;

public class LatenciesTests
{
    private static readonly SpikeSamples Spikes = new(
        "tiny", 3, ["a", "b"], [[0.5f, 0.3f, 0, 0.75f, 1], [], [1.5f, 0.999f]], [[0, 0, 1, 1, 2], [], [0, 2]], [1, 0, 1]);

    [Fact]
    public void The_first_spike_of_each_channel_remains_whatever_the_order()
    {
        var latencies = Latencies.OfFirstSpikes(Spikes, bins: 10);
        Assert.Equal([3, 0, 9, 10, 10, 10, 10, 10, 9], latencies.SpikeBins); // 10: silent
        Assert.Equal(("tiny", 3, 3, 10, 2), (latencies.Name, latencies.Count, latencies.Inputs, latencies.Bins, latencies.Classes));
        Assert.Equal([1, 0, 1], latencies.Labels);
    }

    [Fact]
    public void The_first_spike_in_each_window_remains_in_the_bins_of_the_whole()
    {
        var sample = Latencies.OfFirstSpikes(Spikes, bins: 4, windows: 2).Sample(0);
        Assert.Equal([1, 0, 4, 2, 3, 3], sample.ToArray()); // window 0 has the bins 0 and 1, window 1 the bins 2 and 3
        Assert.Equal([0, 4, 4, 4, 4, 4], Latencies.OfFirstSpikes(new("x", 3, ["a"], [[0.24f]], [[0]], [0]), 4, windows: 2).Sample(0).ToArray());
    }

    [Fact]
    public void Windows_need_not_divide_the_bins()
    {
        float[] times = [.. Enumerable.Range(0, 7).Select(bin => (bin + 0.5f) / 7)];
        var spikes = new SpikeSamples("x", 1, ["a"], [times], [new ushort[7]], [0]);
        for (int windows = 1; windows <= 7; windows++)
        {
            int Window(int bin) => bin * windows / 7;
            var expected = Enumerable.Range(0, windows).Select(window => (ushort)Enumerable.Range(0, 7).First(bin => Window(bin) == window));
            Assert.Equal(expected, Latencies.OfFirstSpikes(spikes, 7, 1, windows).SpikeBins);
        }
    }

    [Fact]
    public void Spikes_at_the_end_count_and_later_ones_do_not()
    {
        var latencies = Latencies.OfFirstSpikes(Spikes, bins: 100, durationSeconds: 0.75);
        Assert.Equal([40, 0, 100], latencies.Sample(0).ToArray());
        Assert.Equal([100, 100, 100], latencies.Sample(2).ToArray());
        Assert.Equal(99, Latencies.OfFirstSpikes(Spikes, 100, 0.75, 100).Sample(0)[99 * 3 + 1]);
        Assert.Equal(99, Latencies.OfFirstSpikes(Spikes, 100, 1.5).Sample(2)[0]);
    }

    [Fact]
    public void The_digest_tells_sets_apart()
    {
        string Digest(int bins, int windows = 1, float moved = 0) => Latencies.OfFirstSpikes(
            new("x", 3, ["a", "b"], [[0.5f + moved, 0.3f], []], [[0, 1], []], [1, 0]), bins, 1, windows).Digest;
        Assert.Equal(Digest(10), Digest(10));
        Assert.Equal(Digest(10), Digest(10, moved: 0.01f)); // in the same bin
        Assert.Distinct([Digest(10), Digest(11), Digest(10, windows: 2), Digest(10, moved: 0.1f)]);
    }

    [Theory]
    [InlineData(0, 1.0, 1)]
    [InlineData(65_536, 1.0, 1)]
    [InlineData(10, 0.0, 1)]
    [InlineData(10, double.NaN, 1)]
    [InlineData(10, 1.0, 0)]
    [InlineData(10, 1.0, 11)]
    public void Impossible_bins_durations_and_windows_are_refused(int bins, double seconds, int windows) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Latencies.OfFirstSpikes(Spikes, bins, seconds, windows));

    [Fact]
    public void More_than_memory_can_hold_is_refused() => Assert.Contains(
        "more than memory can hold",
        Assert.Throws<DatasetException>(() => Latencies.OfFirstSpikes(new("x", 65_536, ["a"], [[]], [[]], [0]), 65_535, 1, 65_535)).Message);
}
