using System.Text.RegularExpressions;
using ActorSnn.Networks;

namespace ActorSnn.Reports.Tests;

public sealed class HtmlReportTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_page_is_one_file_that_asks_for_no_other()
    {
        string html = Report().ToHtml();
        Assert.Contains("default-src 'none'", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("@import", html);
        Assert.All(Regex.Matches(html, @"(?:href|src|url)\s*[=(]\s*[""']?([^""')>]*)").Select(m => m.Groups[1].Value), target => Assert.Matches("^(#|data:)", target));
    }

    [Fact]
    public void Sections_pictures_and_tables_are_all_there_and_names_are_escaped()
    {
        string html = Report().ToHtml();
        Assert.Equal(["Spikes", "Rates", "Potentials", "Cores", "More"], Regex.Matches(html, "<h2>(.*?)</h2>").Select(m => m.Groups[1].Value));
        Assert.Contains("<h1>A &lt;title&gt; &amp; more</h1>", html);
        Assert.DoesNotContain("<title>A <", html);
        var ids = Regex.Matches(html, " id=\"([^\"]*)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(Regex.Matches(html, "aria-labelledby=\"([^\"]*)\"").SelectMany(m => m.Groups[1].Value.Split(' ')), id => Assert.Contains(id, ids));
        Assert.Contains("<td class=\"number\">1,021</td>", html);
    }

    [Fact]
    public void Rates_are_spikes_a_neuron_and_second()
    {
        // 24 ticks of half a millisecond; three spikes of 100 neurons, one of ten.
        string html = new HtmlReport("t", "").AddRates(Examples.Small()).ToHtml();
        Assert.Contains("in: 2.5 spikes a second (Hz) (3 spikes of 100 neurons)", html);
        Assert.Contains("h&lt;: 8.33 spikes a second (Hz) (1 spikes of 10 neurons)", html);
    }

    [Fact]
    public void Only_what_is_a_page_already_is_replaced()
    {
        string page = Path.Combine(_directory, "r.html"), other = Path.Combine(_directory, "notes.html");
        Report().Save(page);
        new HtmlReport("second", "").Save(page);
        Assert.Contains("<h1>second</h1>", File.ReadAllText(page));
        File.WriteAllText(other, "my notes");
        Assert.Contains("notes.html cannot be written: there is a file of that name that is no HTML file", Assert.Throws<IOException>(() => Report().Save(other)).Message);
        Assert.Equal("my notes", File.ReadAllText(other));
        Assert.Throws<IOException>(() => HtmlReport.RequireReplaceable(Path.Combine(_directory, "none", "r.html")));
        File.WriteAllText(other, "");
        HtmlReport.RequireReplaceable(other);
        Assert.Equal(2, Directory.GetFiles(_directory).Length);
    }

    private static HtmlReport Report()
    {
        var recording = Examples.Small() with { Potentials = [new("o", "h<", "mV", [12, 13], [.. Enumerable.Range(0, 20).Select(i => (float)i)])] };
        return new HtmlReport("A <title> & more", "A \"subtitle\".")
            .AddKeyFigure("cores", "4").AddRaster(recording, "What was shown.").AddRates(recording).AddPotentials(recording).AddMesh(ChartTests.Mesh(4))
            .AddSection("More", "", ReportBlock.Table("links", ["a", ">b"], [["x<y", "1,021"]]), ReportBlock.Facts([("seed", "1")]));
    }
}
