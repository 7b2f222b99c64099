using System.Text.Json.Nodes;
using ActorSnn.Cli.Systems.SsnnBp.Sweeps;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Output;

/// <summary>Shows a study of train lengths: as a table, as pictures, as a page, as JSON.</summary>
/// <param name="sweep">The study.</param>
/// <param name="directory">Where its files are.</param>
internal sealed class SweepReport(Sweep sweep, string directory)
{
    /// <summary>The picture of accuracy.</summary>
    public string Svg => Path.Combine(directory, "sweep.svg");

    private string CosineSvg => Path.Combine(directory, "sweep-cosine.svg");

    private string GainSvg => Path.Combine(directory, "sweep-gain.svg");

    /// <summary>Writes pictures, and the page where one is wanted.</summary>
    /// <param name="page">The page; null for none.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    public void Save(string? page)
    {
        var (accuracy, cosine, gain) = (Accuracy(), Gradient("Cosine of mean weight change and gradient", r => r.Cosine), Gradient("Gain of mean weight change", r => r.Gain));
        accuracy.Save(Svg);
        cosine.Save(CosineSvg);
        gain.Save(GainSvg);
        if (page is null) return;
        var report = new HtmlReport($"ssnn-bp on {sweep.Dataset}: the length of spike trains", $"Trainings of {sweep.Epochs} epochs; means over {Units.Several(Seeds.Count, "seed")}.");
        report.AddSection("Accuracy", "On the test set, after the last epoch: by spikes and by rates, and the plain network trained by the same schedule.", ReportBlock.Of(accuracy));
        report.AddSection(
            "Gradient", $"What the mean weight change tends to, against exact backpropagation with the same weights, over {GradientEstimate.MostSamples} test samples.",
            ReportBlock.Of(cosine), ReportBlock.Of(gain));
        report.AddSection("Rows", "", ReportBlock.Table("All trainings", Headings, sweep.Rows.Select(Cells)));
        report.Save(page);
    }

    /// <summary>Text for people.</summary>
    public void Print()
    {
        var table = TextConsole.NewTable(Headings);
        foreach (var row in sweep.Rows) TextConsole.Row(table, [.. Cells(row)]);
        TextConsole.New().Write(table);
    }

    /// <summary>The result as scripts see it.</summary>
    public JsonObject ToJson(string? page)
    {
        var json = new JsonObject
        {
            ["event"] = "result",
            ["system"] = "ssnn-bp",
            ["study"] = "train-length",
            ["dataset"] = sweep.Dataset,
            ["epochs"] = sweep.Epochs,
            ["rows"] = new JsonArray([.. sweep.Rows.Select(r =>
            {
                var row = r.ToJson();
                row.Remove("event");
                return row;
            })]),
            ["csv"] = sweep.Csv,
            ["svg"] = new JsonArray(Svg, CosineSvg, GainSvg),
        };
        if (page is not null) json["report"] = page;
        return json;
    }

    private IReadOnlyList<ulong> Seeds => [.. sweep.Rows.Select(r => r.Seed).Distinct()];

    private IEnumerable<IGrouping<int, SweepRow>> ByLength => sweep.Rows.Where(r => r.TrainLength > 0).GroupBy(r => r.TrainLength);

    private string[] Headings => [">length", ">seed", ">spikes", ">rate", ">clipped", .. Enumerable.Range(1, sweep.Layers).SelectMany(l => (string[])[$">cosine {l}", $">gain {l}"]), ">seconds"];

    private IReadOnlyList<string> Cells(SweepRow row) =>
    [
        row.TrainLength == 0 ? row.System : $"{row.TrainLength}", $"{row.Seed}", row.Spikes is { } spikes ? $"{spikes:0.00 %}" : "", $"{row.Rate:0.00 %}",
        row.TrainLength == 0 ? "" : $"{row.ClippedFraction:0.0 %}",
        .. Enumerable.Range(0, sweep.Layers).SelectMany(l => row.Cosine.Count > l ? (string[])[$"{row.Cosine[l]:0.0000}", $"{row.Gain[l]:0.000}"] : ["", ""]), $"{row.Seconds:0.0}",
    ];

    private Picture Accuracy()
    {
        double baseline = sweep.Rows.Where(r => r.TrainLength == 0).Average(r => r.Rate);
        var spikes = Of("spikes", r => r.Spikes!.Value);
        return LineChart.Draw(
            "Accuracy by train length", XName,
            [spikes, Of("rate", r => r.Rate), new Curve("plain network", [(spikes.Points[0].X, baseline), (spikes.Points[^1].X, baseline)])], percent: true);
    }

    private Picture Gradient(string title, Func<SweepRow, IReadOnlyList<double>> values) =>
        LineChart.Draw(title, XName, [.. Enumerable.Range(0, sweep.Layers).Select(l => Of($"layer {l + 1}", r => double.IsFinite(values(r)[l]) ? values(r)[l] : 0))], percent: false);

    private const string XName = "train length, as a power of 2";

    private Curve Of(string name, Func<SweepRow, double> value) => new(name, [.. ByLength.Select(g => (Math.Log2(g.Key), g.Average(value)))]);
}
