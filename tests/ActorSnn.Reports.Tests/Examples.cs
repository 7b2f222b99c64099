using System.Xml.Linq;
using ActorSnn.Networks;

namespace ActorSnn.Reports.Tests;

/// <summary>Recordings made up for tests, and what to look at in pictures.</summary>
internal static class Examples
{
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Two populations and two single neurons over some ticks; names that need escaping.</summary>
    public static Recording Small(int ticks = 24, bool phases = true) => new()
    {
        NetworkName = "a<b & c",
        NetworkHash = new string('0', 64),
        Seed = 1,
        TimeStepMs = 0.5,
        FirstTick = 12,
        Ticks = ticks,
        Populations =
        [
            new("in", 100, "poisson", "what comes in", "layers"), new("h<", 10, "gated-threshold", null, "layers"),
            new("g0", 1, "gated-threshold", null, "gates"), new("g1", 1, "gated-threshold", null, "gates"),
        ],
        Spikes =
        [
            .. new[] { Spikes("in", (12, 0), (13, 99), (13, 50)), Spikes("h<", (14, 3)), Spikes("g0", (12, 0)), Spikes("g1", (13, 0), (14, 0)) }
                .Select(s => s with { Events = [.. s.Events.Chunk(2).Where(e => e[0] < 12 + ticks).SelectMany(e => e)] }),
        ],
        Phases = phases ? new RecordedPhases([new("Present"), new("Grow", PhaseEffect.Strengthens), new("Shrink", PhaseEffect.Weakens), new("Rest")]) : null,
        Samples = [new(12, 12, "1: 7 → 7"), new(24, 12, "2: 3 → none")],
    };

    /// <summary>One population with as many spikes as asked for.</summary>
    public static Recording Busy(int spikes) => Small() with
    {
        Populations = [new("in", 1000, "poisson")],
        Ticks = 5000,
        Samples = [],
        Phases = null,
        Spikes = [Spikes("in", [.. Enumerable.Range(0, spikes).Select(i => (12L + i * 5000L / spikes, i % 997))])],
    };

    public static RecordedSpikes Spikes(string population, params (long Tick, int Neuron)[] spikes) =>
        new(population, population, TickFilter.EveryTick, [.. spikes.SelectMany(s => (long[])[s.Tick, s.Neuron])]);

    /// <summary>The picture as XML: it would not parse if anything were not escaped.</summary>
    public static XElement Parse(Picture picture) => XDocument.Parse(picture.ToSvg()).Root!;

    public static IReadOnlyList<string> Texts(XElement svg) => [.. svg.Descendants(Svg + "text").Select(t => t.Value)];

    public static IEnumerable<XElement> Of(this XElement svg, string element, string style) =>
        svg.Descendants(Svg + element).Where(e => (string?)e.Attribute("class") == style);

    public static double Number(this XElement element, string attribute) =>
        double.Parse((string)element.Attribute(attribute)!, System.Globalization.CultureInfo.InvariantCulture);
}
