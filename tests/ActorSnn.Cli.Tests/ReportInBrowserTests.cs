using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Tests;

public sealed class ReportInBrowserTests(ReportTests.Trained trained) : IClassFixture<ReportTests.Trained>
{
    /// <summary>Labels that touch each other, or leave their picture: none may.</summary>
    private const string BadLabels = """
        [...document.querySelectorAll('svg')].flatMap(svg => {
          const frame = svg.getBoundingClientRect();
          const labels = [...svg.querySelectorAll('text')].map(t => ({ text: t.textContent, box: t.getBoundingClientRect() })).filter(l => l.text);
          const outside = labels.filter(l => l.box.left < frame.left - 1 || l.box.right > frame.right + 1 || l.box.top < frame.top - 1 || l.box.bottom > frame.bottom + 1)
            .filter(l => !svg.closest('.pan') || l.box.right > frame.left) // the frame scrolls beneath its left edge
            .map(l => `${l.text} leaves its picture`);
          const touching = labels.flatMap((a, i) => labels.slice(i + 1).filter(b => {
            const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            return width > 1 && height > 0.3 * Math.min(a.box.height, b.box.height, 14);
          }).map(b => `${a.text} touches ${b.text}`));
          return [...outside, ...touching];
        }).slice(0, 10)
        """;

    [BrowserTheory]
    [InlineData("train.html", 7)]
    [InlineData("eval.html", 6)]
    [InlineData("describe.html", 5)]
    [InlineData("raster.html", 3)]
    [InlineData("recording.html", 3)]
    public async Task A_report_is_shown_as_meant_on_wide_and_narrow_light_and_dark_screens(string page, int sections)
    {
        using var browser = await Browser.Start();
        foreach (var (width, dark) in new[] { (1280, false), (390, false), (1280, true) })
        {
            await browser.Open(trained.Cli.At(page), width, 900, dark);
            string what = $"{page}, {width} pixels wide, {(dark ? "dark" : "light")}";
            Assert.Equal(sections, (int)(await browser.Evaluate("document.querySelectorAll('section > h2').length"))!);
            Assert.True((int)(await browser.Evaluate("document.querySelectorAll('figure svg').length"))! >= 3, what);
            Assert.True((bool)(await browser.Evaluate("document.documentElement.scrollWidth <= innerWidth"))!, $"{what}: wider than the screen");
            Assert.Equal(0, (int)(await browser.Evaluate("[...document.querySelectorAll('figure')].filter(f => f.scrollWidth > f.clientWidth + 1).length"))!);
            Assert.Equal(0, (int)(await browser.Evaluate("[...document.images].length"))!);
            var labels = (await browser.Evaluate(BadLabels))!.AsArray();
            Assert.True(labels.Count == 0, $"{what}: {string.Join("; ", labels)}");
            bool isDark = (bool)(await browser.Evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(c => c < 128)"))!;
            Assert.Equal(dark, isDark);

            var events = browser.Events.ToList();
            Assert.DoesNotContain(events, e => e.Method is "Runtime.exceptionThrown" or "Log.entryAdded" or "Runtime.consoleAPICalled");
            var asked = events.Where(e => e.Method == "Network.requestWillBeSent").Select(e => (string)e.Parameters["request"]!["url"]!).ToList();
            Assert.Equal([new Uri(trained.Cli.At(page)).AbsoluteUri], asked.Where(url => !url.StartsWith("data:")));
        }
    }

    [BrowserTheory]
    [InlineData("m-raster.svg")]
    [InlineData("rec-raster.svg")]
    public async Task A_picture_is_shown_as_meant(string picture)
    {
        using var browser = await Browser.Start();
        await browser.Open(trained.Cli.At(picture), 1280, 1200, dark: false);
        var labels = (JsonArray)(await browser.Evaluate(BadLabels))!;
        Assert.True(labels.Count == 0, string.Join("; ", labels));
        Assert.DoesNotContain(browser.Events, e => e.Method is "Log.entryAdded");
    }
}
