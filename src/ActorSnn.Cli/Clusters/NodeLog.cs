using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Output;

namespace ActorSnn.Cli.Clusters;

/// <summary>What a node says: a line for whatever happens. Called on any thread.</summary>
internal abstract class NodeLog
{
    public static NodeLog Create(bool json) => json ? new Json() : new Text();

    /// <summary>The node listens.</summary>
    public abstract void Began(IRunningNode node, string store, bool allowsFaults);

    /// <summary>Something has happened.</summary>
    public abstract void Say(string line);

    /// <summary>The node ends.</summary>
    public abstract void Ended(string reason);

    private sealed class Text : NodeLog
    {
        public override void Began(IRunningNode node, string store, bool allowsFaults)
        {
            string join = node.JoinAddress == node.Name ? "" : $", joined at {node.JoinAddress}";
            Say($"node {node.Name}{join}, process {Environment.ProcessId}, store {store}{(allowsFaults ? ", faults allowed" : "")}");
        }

        public override void Say(string line) =>
            Console.Out.WriteLine($"{DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)} {line.ReplaceLineEndings(" ")}");

        public override void Ended(string reason) => Say(reason);
    }

    private sealed class Json : NodeLog
    {
        public override void Began(IRunningNode node, string store, bool allowsFaults) =>
            Write("node", ("name", node.Name), ("join", node.JoinAddress), ("pid", Environment.ProcessId), ("store", store), ("allowFaults", allowsFaults));

        public override void Say(string line) => Write("log", ("line", line));

        public override void Ended(string reason) => Write("ended", ("reason", reason));

        private static void Write(string kind, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
        {
            var json = new JsonObject { ["event"] = kind, ["time"] = DateTime.UtcNow.ToString("o", CultureInfo.InvariantCulture) };
            foreach (var (name, value) in fields) json[name] = value;
            JsonReport.Write(json);
        }
    }
}
