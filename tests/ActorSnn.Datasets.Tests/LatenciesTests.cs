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
    public void Images_are_the_earlier_the_more_ink_they_have()
    {
        var images = new LabelledImages("x", 1, 5, [255, 254, 128, 1, 0], [0], 1);
        Assert.Equal([0, 1, 127, 254, 255], Latencies.OfImages(images, 255).SpikeBins);
        Assert.Equal([0, 1, 127, 254, 256], Latencies.OfImages(images, 256).SpikeBins);
        Assert.Equal([0, 0, 3, 7, 8], Latencies.OfImages(images, 8).SpikeBins);
        Assert.Equal([0, 0, 0, 0, 1], Latencies.OfImages(images, 1).SpikeBins);
    }

    [Fact]
    public void Networks_without_time_are_given_intensities()
    {
        var latencies = Latencies.OfFirstSpikes(Spikes, bins: 4);
        var intensities = new float[3];
        latencies.Intensities(0, intensities);
        Assert.Equal([0.75f, 1, 0.25f], intensities);
        latencies.Intensities(1, intensities);
        Assert.Equal([0, 0, 0], intensities);
        Assert.Throws<ArgumentException>(() => latencies.Intensities(0, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => latencies.Intensities(3, intensities));
    }

    [Fact]
    public void Some_can_be_selected_and_the_digest_tells_sets_apart()
    {
        var latencies = Latencies.OfFirstSpikes(Spikes, bins: 10);
        var selected = latencies.Select([2, 0]);
        Assert.Equal([1, 1], selected.Labels);
        Assert.Equal(latencies.Sample(0).ToArray(), selected.Sample(1).ToArray());
        Assert.Equal(latencies.Digest, latencies.Select([0, 1, 2]).Digest);
        Assert.Distinct([latencies.Digest, selected.Digest, latencies.Select([0, 2]).Digest, Latencies.OfFirstSpikes(Spikes, 11).Digest, Latencies.OfFirstSpikes(Spikes, 10, 1, 2).Digest]);
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
