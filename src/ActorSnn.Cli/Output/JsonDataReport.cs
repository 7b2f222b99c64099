using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorSnn.Datasets;
using ActorSnn.Datasets.Downloads;

namespace ActorSnn.Cli.Output;

/// <summary>One JSON object a line on stdout and nothing else.</summary>
internal sealed class JsonDataReport(bool quiet) : DataReport, IDownloadObserver
{
    private const double SecondsBetweenEvents = 1;

    private readonly long _start = Stopwatch.GetTimestamp();
    private long? _last;

    public override void Listed(string root, IReadOnlyList<PublicDataset> datasets)
    {
        foreach (string drawn in DataLocator.DrawnDatasets)
            JsonReport.Write(new JsonObject { ["event"] = "dataset", ["name"] = drawn, ["summary"] = DrawnSummary(drawn), ["state"] = "drawn" });
        foreach (var dataset in datasets)
        {
            JsonReport.Write(new JsonObject
            {
                ["event"] = "dataset",
                ["name"] = dataset.Name,
                ["summary"] = dataset.Summary,
                ["state"] = Word(dataset.StateIn(root)),
                ["directory"] = dataset.DirectoryIn(root),
                ["files"] = new JsonArray([.. dataset.Files.Select(f => (JsonNode)f.Name)]),
                ["bytes"] = dataset.Bytes,
                ["licence"] = dataset.Licence,
                ["home"] = dataset.Home.AbsoluteUri,
            });
        }
    }

    public override DownloadResult While(Func<IDownloadObserver, DownloadResult> download) => download(this);

    public override void Got(DownloadResult result, double seconds, string? data) => JsonReport.Write(new JsonObject
    {
        ["event"] = "result",
        ["dataset"] = result.Dataset.Name,
        ["directory"] = result.Directory,
        ["files"] = new JsonArray([.. result.Files.Select(f => (JsonNode)new JsonObject
        {
            ["name"] = f.Name,
            ["bytes"] = f.Bytes,
            ["sha256"] = f.Sha256,
            ["status"] = Word(f.Status),
        })]),
        ["bytes"] = result.Files.Sum(f => f.Bytes),
        ["seconds"] = Math.Round(seconds, 6),
    });

    public void Progress(DownloadProgress progress)
    {
        if (quiet || (_last is { } last && Stopwatch.GetElapsedTime(last).TotalSeconds < SecondsBetweenEvents)) return;
        _last = Stopwatch.GetTimestamp();
        JsonReport.Write(new JsonObject
        {
            ["event"] = "progress",
            ["file"] = progress.File,
            ["stage"] = Word(progress.Stage),
            ["bytes"] = progress.Bytes,
            ["totalBytes"] = progress.TotalBytes,
            ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 6),
        });
    }

    public void Done(DownloadedFile file)
    {
    }

    public void Warn(string message) => Failures.Say($"warning: {message}");
}
