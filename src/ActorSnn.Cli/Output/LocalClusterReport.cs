using System.Text.Json.Nodes;
using ActorSnn.Cli.Clusters;

namespace ActorSnn.Cli.Output;

/// <summary>Says what becomes of the nodes of a local cluster.</summary>
internal sealed class LocalClusterReport(bool isJson, bool isQuiet) : ILocalClusterObserver
{
    public void Began(IReadOnlyList<(string Name, int ProcessId)> nodes, string store, string directory)
    {
        if (isQuiet) return;
        if (!isJson)
        {
            TextConsole.Line($"nodes {string.Join(", ", nodes.Select(n => $"{n.Name} (process {n.ProcessId})"))}; logs in {directory}");
            return;
        }
        JsonReport.Write(new JsonObject
        {
            ["event"] = "cluster",
            ["store"] = store,
            ["directory"] = directory,
            ["nodes"] = new JsonArray([.. nodes.Select(n => new JsonObject { ["name"] = n.Name, ["pid"] = n.ProcessId })]),
        });
    }

    public void NodeEnded(string name, int processId, int exitCode) => Say("node-ended", $"node {name} (process {processId}) has ended with code {exitCode}",
        new JsonObject { ["name"] = name, ["pid"] = processId, ["exitCode"] = exitCode });

    public void NodeRestarted(string name, int processId) =>
        Say("node-restarted", $"node {name} is started again as process {processId}", new JsonObject { ["name"] = name, ["pid"] = processId });

    public void Kept(string directory) => Say("kept", $"store and logs are kept in {directory}", new JsonObject { ["directory"] = directory });

    private void Say(string kind, string line, JsonObject fields)
    {
        if (isQuiet) return;
        if (!isJson)
        {
            Console.Error.WriteLine(line);
            return;
        }
        fields.Insert(0, "event", kind);
        JsonReport.Write(fields);
    }
}
