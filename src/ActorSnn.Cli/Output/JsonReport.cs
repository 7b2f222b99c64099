using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Output;

/// <summary>One JSON object a line on stdout and nothing else.</summary>
internal sealed class JsonReport(bool quiet) : RunReport, IRunObserver
{
    private const double SecondsBetweenEvents = 1;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _last = Stopwatch.GetTimestamp();

    public override T While<T>(Func<IRunObserver, T> run) => run(this);

    public override void Trained(RunResult result) => Write(result.ToJson());

    public override void Simulated(SimulationResult result) => Write(result.ToJson());

    public override void Evaluated(RunResult result) => Write(result.ToJson());

    public override void Drawn(Recording recording, string svg, string? page, bool ascii)
    {
        var json = new JsonObject
        {
            ["event"] = "raster",
            ["network"] = recording.NetworkName,
            ["firstTick"] = recording.FirstTick,
            ["ticks"] = recording.Ticks,
            ["samples"] = recording.Samples.Length,
            ["spikes"] = recording.Spikes.Sum(s => (long)s.Count),
            ["populations"] = new JsonArray([.. recording.Spikes.Select(s => new JsonObject
            {
                ["name"] = s.Population,
                ["size"] = recording.Population(s.Population).Size,
                ["spikes"] = s.Count,
            })]),
            ["svg"] = svg,
        };
        if (page is not null) json["report"] = page;
        Write(json);
    }

    public override void Described(Description description) => Write(description.ToJson());

    public void Progress(RunProgress progress)
    {
        if (!IsDue(isImportant: progress.Accuracy is not null)) return;
        var json = new JsonObject { ["event"] = "progress" };
        if (progress.Epoch > 0)
        {
            json["epoch"] = progress.Epoch;
            json["epochs"] = progress.Epochs;
        }
        json["samples"] = progress.Samples;
        json["totalSamples"] = progress.TotalSamples;
        json["seconds"] = Math.Round(progress.Seconds, 6);
        json["samplesPerSecond"] = Math.Round(progress.SamplesPerSecond, 1);
        if (progress.Accuracy is not null) json["accuracy"] = RunResult.ToJson(progress.Accuracy);
        Write(json);
    }

    public void Progress(SimulationProgress progress)
    {
        if (!IsDue(isImportant: false)) return;
        Write(new JsonObject
        {
            ["event"] = "progress",
            ["ticks"] = progress.Ticks,
            ["totalTicks"] = progress.TotalTicks,
            ["simulatedMs"] = Math.Round(progress.Ticks * progress.TimeStepMs, 6),
            ["seconds"] = Math.Round(progress.Seconds, 6),
            ["realTimeFactor"] = Math.Round(progress.RealTimeFactor, 4),
        });
    }

    public void CheckpointSaved(CheckpointName checkpoint, long? samples)
    {
        if (quiet) return;
        var json = new JsonObject { ["event"] = "checkpoint", ["store"] = checkpoint.Store, ["tick"] = checkpoint.Tick };
        if (samples is not null) json["samples"] = samples;
        Write(json);
    }

    public bool ShowsNodes => false;

    public void Submitted(string run, string attach, bool isResult)
    {
        if (!quiet || isResult) Write(new JsonObject { ["event"] = "submitted", ["run"] = run, ["attach"] = attach });
    }

    public void Recovered(ClusterFigures figures, CoreFailure? failure)
    {
        if (quiet) return;
        var json = new JsonObject { ["event"] = "recovery" };
        ClusterFigures.AddTo(json, figures);
        json["coreFailure"] = failure is null ? null : new JsonObject { ["node"] = failure.Node, ["problem"] = failure.Problem };
        Write(json);
    }

    public void Nodes(IReadOnlyList<NodeReport> nodes, long lastTick)
    {
    }

    public void Warn(string message) => Failures.Say($"warning: {message}");

    private bool IsDue(bool isImportant)
    {
        if (quiet || (!isImportant && Stopwatch.GetElapsedTime(_last).TotalSeconds < SecondsBetweenEvents)) return false;
        _last = Stopwatch.GetTimestamp();
        return true;
    }

    internal static void Write(JsonObject json) => Console.Out.WriteLine(json.ToJsonString(Compact));
}
