namespace ActorSnn.Reports.Tests;

public sealed class ChartTests
{
    [Fact]
    public void A_curve_goes_through_its_points()
    {
        var svg = Examples.Parse(LineChart.Draw("t", "epoch", [new Curve("a", [(1, 0.5), (2, 0.9), (3, 0.7)])], percent: true));
        var points = svg.Of("circle", "f0").Select(c => (X: c.Number("cx"), Y: c.Number("cy"))).ToList();
        Assert.Equal(3, points.Count);
        Assert.True(points[0].X < points[1].X && points[1].X < points[2].X);
        Assert.True(points[1].Y < points[2].Y && points[2].Y < points[0].Y); // the highest on top
        Assert.Equal(points[1].X - points[0].X, points[2].X - points[1].X, 0.02);
        Assert.Contains("70.00 %", Examples.Texts(svg));
        Assert.Contains(svg.Descendants(Examples.Svg + "title"), t => t.Value == "a, epoch 2: 90.00 %");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(-3e9)]
    [InlineData(1e-7)]
    public void A_single_point_has_an_axis_too(double y)
    {
        var svg = Examples.Parse(LineChart.Draw("t", "epoch", [new Curve("a", [(1, y)])], percent: false));
        Assert.InRange(Assert.Single(svg.Of("circle", "f0")).Number("cy"), 0, 270);
    }

    [Theory]
    [InlineData(0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0.93, 0.962, 5, "0.93 0.94 0.95 0.96 0.97")]
    [InlineData(1, 10, 4, "0.0 2.5 5.0 7.5 10.0")]
    [InlineData(-200, 150, 5, "-200 -100 0 100 200")]
    public void Axes_have_round_numbers(double low, double high, int steps, string labels)
    {
        var scale = new Scale(low, high, steps);
        Assert.Equal(labels, string.Join(' ', scale.Marks.Select(m => scale.Label(m, percent: false))));
    }

    [Fact]
    public void A_confusion_matrix_shows_every_count_and_none_of_zero()
    {
        var svg = Examples.Parse(ConfusionMatrix.Draw("t", ["0", "1"], ["0", "1", "none"], new long[,] { { 90, 7, 0 }, { 0, 1200, 5 } }));
        Assert.Equal(["90", "7", "1,200", "5"], Examples.Texts(svg).Where(t => t is "90" or "7" or "1,200" or "5"));
        Assert.Equal(2, svg.Of("rect", "f0").Count()); // right
        Assert.Equal(2, svg.Of("rect", "f2").Count()); // wrong
        Assert.Contains("1,290 of 1,302", svg.Element(Examples.Svg + "desc")!.Value);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("a motorbike of some length")]
    public void Names_of_classes_have_room_beside_a_confusion_matrix(string name)
    {
        var svg = Examples.Parse(ConfusionMatrix.Draw("t", [name, "1"], [name, "1"], new long[,] { { 3, 0 }, { 0, 4 } }));
        var shown = svg.Descendants(Examples.Svg + "text").First(text => text.Value == name && text.Attribute("text-anchor")?.Value == "end");
        Assert.True(shown.Number("x") - SvgCanvas.WidthOf(name, 11.5) > 14, "it lies on the word beside it");
        Assert.All(svg.Of("rect", "f0"), rect => Assert.InRange(rect.Number("x"), shown.Number("x"), 460 - rect.Number("width")));
    }

    [Fact]
    public void Bars_are_as_long_as_their_values()
    {
        var bars = Examples.Parse(BarChart.Draw("t", "Hz", [new("a", 10, "10"), new("b", 5, "5"), new("c", 0, "0")])).Of("rect", "f0").Select(r => r.Number("width")).ToList();
        Assert.Equal(bars[0] / 2, bars[1], 0.02);
        Assert.Equal(0, bars[2]);
    }

    [Fact]
    public void A_heat_map_is_darkest_where_the_value_is_largest()
    {
        var cells = Examples.Parse(HeatMap.Draw("t", "u", ["a", "b"], ["x", "y"], new double[,] { { 1, 0 }, { 4, 2 } }, v => $"{v}")).Of("rect", "f0")
            .Where(r => r.Element(Examples.Svg + "title") is not null)
            .ToDictionary(r => r.Element(Examples.Svg + "title")!.Value, r => r.Attribute("fill-opacity") is null ? 1 : r.Number("fill-opacity"));
        Assert.Equal(["a  x: 1 u", "b  x: 4 u", "b  y: 2 u"], cells.Keys);
        Assert.True(cells["b  x: 4 u"] == 1 && cells["b  y: 2 u"] < 1 && cells["a  x: 1 u"] < cells["b  y: 2 u"]);
    }

    [Fact]
    public void Weights_become_images_on_one_scale_with_zero_in_the_middle()
    {
        var svg = Examples.Parse(ImageGrid.Draw("t", "mV", 1, 2, [new("h 0", [-4, 1]), new("h 7", [0, 2])]));
        Assert.Equal(3, svg.Descendants(Examples.Svg + "image").Count()); // and the scale
        foreach (string text in (string[])["h 0", "h 7", "-4", "0", "4", "mV"]) Assert.Contains(text, Examples.Texts(svg));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(120)]
    [InlineData(1000)]
    public void Any_number_of_cores_is_a_picture_of_reasonable_size(int cores)
    {
        var mesh = Mesh(cores);
        var placement = Examples.Parse(MeshPicture.Placement(mesh));
        Assert.Contains(placement.Descendants(Examples.Svg + "title"), t => t.Value == "x: neurons 0 to 9 of 10,000");
        Assert.InRange(placement.Number("height"), 50, 2500);
        var traffic = MeshPicture.Traffic(mesh);
        Assert.Equal(cores == 1, traffic is null);
        if (traffic is not null)
        {
            Assert.InRange(traffic.Height, 100, 600);
            Assert.InRange(traffic.ToSvg().Length, 1000, 3_000_000);
        }
    }

    [Fact]
    public void A_potential_is_a_curve_from_its_lowest_to_its_highest_value()
    {
        var recording = Examples.Small() with { Potentials = [new("v", "h<", "mV", [12, 13, 14], [.. Enumerable.Range(0, 30).Select(i => i == 10 ? -70f : i == 20 ? 30f : i == 0 ? -20 : 5)])] };
        var svg = Examples.Parse(PotentialChart.Draw(recording, recording.Potentials[0], 2));
        Assert.Contains("-70 to 30", Examples.Texts(svg));
        var bands = svg.Of("rect", "band").ToList();
        Assert.Equal(2, bands.Count);
        double[] y = [.. ((string)svg.Of("path", "s0").First().Attribute("d")!).Split('M', 'L').Skip(1).Select(p => double.Parse(p.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(3, y.Length);
        Assert.Equal((y[1] + y[2]) / 2, y[0], 0.02); // -20 lies in the middle of -70 and 30
        Assert.True(y[2] < y[1]);
        Assert.All(y, at => Assert.InRange(at, bands[0].Number("y"), bands[0].Number("y") + bands[0].Number("height")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    public void A_potential_of_any_number_of_ticks_is_a_curve_of_reasonable_size(int ticks)
    {
        var recording = Examples.Small(ticks) with { Potentials = [new("v", "g0", "mV", [.. Enumerable.Range(12, ticks).Select(t => (long)t)], [.. Enumerable.Range(0, ticks).Select(t => (float)(t % 97))])] };
        Assert.InRange(PotentialChart.Draw(recording, recording.Potentials[0], 6).ToSvg().Length, 1000, 200_000);
    }

    [Fact]
    public void The_busiest_link_is_the_thickest_arrow()
    {
        var arrows = Examples.Parse(MeshPicture.Traffic(Mesh(3))!).Of("path", "s0").ToDictionary(p => p.Element(Examples.Svg + "title")!.Value, p => p.Number("stroke-width"));
        Assert.Equal(6, arrows.Count);
        Assert.Equal("core 2 to core 1: 21 packets, 1 of them empty, 2.1 kB", arrows.MaxBy(a => a.Value).Key);
    }

    /// <summary>All cores linked to all.</summary>
    internal static MeshOverview Mesh(int cores) => new(
        [.. Enumerable.Range(0, cores).Select(c => new CoreOverview(c, 10 + c, 1000 * c, [new("x", c * 10, 10, 10000, "layers"), new("g", c, 1, 1000, "gates")]))],
        [.. from f in Enumerable.Range(0, cores) from t in Enumerable.Range(0, cores) where f != t select new LinkOverview(f, t, 1, 10 * f + t, 1, 1000 * f + 100 * t)],
        HasTraffic: true, ["layers", "gates"]);
}
