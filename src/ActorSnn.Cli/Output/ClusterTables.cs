using System.Text.Json.Nodes;
using ActorSnn.Mesh.Cluster;
using static ActorSnn.Cli.Output.TextConsole;

namespace ActorSnn.Cli.Output;

/// <summary>How a cluster stands, for people and for scripts.</summary>
internal static class ClusterTables
{
    public static void Print(ClusterStatus status)
    {
        var console = New();
        Line($"coordinator {status.Coordinator}, term {status.Term}, store {status.Store}");
        var nodes = NewTable("node", ">cores", ">tick", "");
        foreach (var node in status.Nodes)
            Row(nodes, node.Name, Count(node.Cores), node.Tick < 0 ? "" : Count(node.Tick), node.Trouble ?? (node.IsDraining ? "leaving" : node.IsReady ? "" : "joining"));
        console.Write(nodes);
        if (status.Runs.IsEmpty) return;
        var runs = NewTable("run", "status", ">tick", ">of", ">saved", ">nodes", ">recoveries", ">seconds", "");
        foreach (var run in status.Runs)
        {
            Row(runs, run.Name, StatusOf(run), Ticks(run.Tick), Ticks(run.LastTick), Ticks(run.CommittedTick), run.Nodes == 0 ? "" : $"{run.Nodes}",
                $"{run.History.Recoveries}", $"{run.Seconds:0.0}", run.Problem ?? "");
        }
        console.Write(runs);
        if (status.RunsLeftOut > 0) Line($"and {Count(status.RunsLeftOut)} older {(status.RunsLeftOut == 1 ? "run" : "runs")}; actorsnn remove RUN removes those that are over");
    }

    public static JsonObject ToJson(ClusterStatus status) => new()
    {
        ["event"] = "status",
        ["coordinator"] = status.Coordinator,
        ["term"] = status.Term,
        ["store"] = status.Store,
        ["nodes"] = new JsonArray([.. status.Nodes.Select(n => new JsonObject
        {
            ["name"] = n.Name, ["cores"] = n.Cores, ["tick"] = n.Tick, ["ready"] = n.IsReady, ["draining"] = n.IsDraining, ["trouble"] = n.Trouble,
        })]),
        ["runs"] = new JsonArray([.. status.Runs.Select(ToJson)]),
        ["runsLeftOut"] = status.RunsLeftOut,
    };

    private static JsonObject ToJson(RunProgressReport run) => new()
    {
        ["name"] = run.Name,
        ["status"] = StatusOf(run),
        ["epoch"] = run.Epoch,
        ["tick"] = run.Tick,
        ["committedTick"] = run.CommittedTick,
        ["lastTick"] = run.LastTick,
        ["nodes"] = run.Nodes,
        ["cores"] = run.Cores,
        ["threads"] = run.Threads,
        ["seconds"] = Math.Round(run.Seconds, 3),
        ["recoveries"] = run.History.Recoveries,
        ["rebalances"] = run.History.Rebalances,
        ["resumedFromTick"] = run.History.ResumedFromTick,
        ["ticksRedone"] = run.History.TicksRedone,
        ["problem"] = run.Problem,
    };

    private static string StatusOf(RunProgressReport run) => run.Status.ToString().ToLowerInvariant();

    private static string Ticks(long tick) => tick < 0 ? "" : Count(tick);
}
