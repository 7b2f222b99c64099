using ActorSnn.Networks;

namespace ActorSnn.Reports.Tests;

public sealed class RasterChartTests
{
    [Fact]
    public void There_is_a_dot_for_every_spike_in_the_band_of_its_population()
    {
        var svg = Examples.Parse(RasterChart.Draw(Examples.Small()));
        var bands = svg.Of("rect", "band").ToList();
        Assert.Equal(3, bands.Count); // the two single neurons share one
        var paths = svg.Descendants(Examples.Svg + "path").ToList();
        Assert.Equal([3, 1, 3], paths.Select(p => Dots((string)p.Attribute("d")!).Count));
        foreach (var (band, path) in bands.Zip(paths))
        {
            foreach (var (x, y) in Dots((string)path.Attribute("d")!))
            {
                Assert.InRange(x, band.Number("x"), band.Number("x") + band.Number("width"));
                Assert.InRange(y, band.Number("y"), band.Number("y") + band.Number("height"));
            }
        }
    }

    [Fact]
    public void A_later_tick_lies_further_right_and_a_higher_neuron_further_down()
    {
        var dots = Dots((string)Examples.Parse(RasterChart.Draw(Examples.Small())).Descendants(Examples.Svg + "path").First().Attribute("d")!);
        var (first, last, middle) = (dots[0], dots[1], dots[2]); // tick 12 neuron 0; tick 13 neurons 99 and 50
        Assert.True(first.X < last.X && first.X < middle.X);
        Assert.True(first.Y < middle.Y && middle.Y < last.Y);
    }

    [Fact]
    public void Populations_phases_samples_ticks_and_milliseconds_are_named()
    {
        var texts = Examples.Texts(Examples.Parse(RasterChart.Draw(Examples.Small())));
        foreach (string text in (string[])["Spikes of a<b & c", "in", "what comes in", "h<", "10 neurons", "g0 … g1", "1: 7 → 7", "2: 3 → none", "layers", "gates", "tick", "ms", "24", "12"])
            Assert.Contains(text, texts);
        foreach (string phase in (string[])["Present", "Grow", "Shrink", "Rest"]) Assert.Equal(6, texts.Count(t => t == phase));
        Assert.Contains("phase: weights grow", texts);
        Assert.Contains("phase: weights shrink", texts);
        Assert.DoesNotContain("Present", Examples.Texts(Examples.Parse(RasterChart.Draw(Examples.Small(phases: false)))));
    }

    [Fact]
    public void Too_many_spikes_become_shades_and_the_picture_says_so()
    {
        var dots = RasterChart.Draw(Examples.Busy(RasterChart.MostDots));
        Assert.Null(dots.Note);
        Assert.Empty(Examples.Parse(dots).Descendants(Examples.Svg + "image"));
        var shades = RasterChart.Draw(Examples.Busy(1_000_000));
        Assert.Equal("1,000,000 spikes are too many for dots: the darker, the more spikes.", shades.Note);
        Assert.Contains(shades.Note, Examples.Texts(Examples.Parse(shades)));
        Assert.Single(Examples.Parse(shades).Descendants(Examples.Svg + "image"));
        Assert.InRange(shades.ToSvg().Length, 1000, 500_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(72)]
    [InlineData(500)]
    [InlineData(100_000)]
    public void Whatever_the_number_of_ticks_the_picture_stays_within_reason(int ticks)
    {
        var picture = RasterChart.Draw(Examples.Small(ticks));
        Assert.InRange(picture.Width, 100, 3200);
        Assert.InRange(picture.Height, 100, 600);
        Assert.InRange(picture.ToSvg().Length, 1000, 300_000);
    }

    [Fact]
    public void Samples_too_narrow_to_be_told_apart_are_not_marked()
    {
        int Lines(int samples) => Examples.Parse(RasterChart.Draw(Examples.Small(12 * samples) with { Samples = [.. Enumerable.Range(0, samples).Select(i => new RecordedSample(12 + 12 * i, 12, ""))] }))
            .Of("line", "axis").Count(l => l.Number("y2") - l.Number("y1") > 50);
        Assert.Equal(9, Lines(10));
        Assert.Equal(0, Lines(1000));
    }

    [Fact]
    public void A_recording_without_a_spike_is_a_picture_all_the_same() =>
        Assert.Empty(Examples.Parse(RasterChart.Draw(Examples.Small() with { Spikes = [Examples.Spikes("in")] })).Descendants(Examples.Svg + "path"));

    private static List<(double X, double Y)> Dots(string path) => [.. path.Split('M', StringSplitOptions.RemoveEmptyEntries).Select(dot =>
    {
        Assert.EndsWith("h0", dot);
        double[] at = [.. dot[..^2].Split(' ').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture))];
        return (at[0], at[1]);
    })];
}
