using System.CommandLine;
using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Stores;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn cluster -- train|run …</c></summary>
internal static class ClusterCommand
{
    private const int MostNodes = 100;

    private static readonly string[] Inner = ["train", "run"];

    /// <summary>Options of the command behind -- that contradict this one.</summary>
    private static readonly string[] Refused = ["--cluster", "--detach"];

    public static Command Create()
    {
        var words = new Argument<string[]>("COMMAND") { Description = "What to run on the cluster, behind --: train SYSTEM … or run NETWORK …", Arity = ArgumentArity.OneOrMore };
        var nodes = Options.Number<int>("--nodes", 1, "Number of nodes. Default: 3.", MostNodes);
        var store = Options.Text("--store", "CONNECTION", $"The store the nodes share. {RunStores.Forms}. Default: one in a temporary directory.");
        var keep = new Option<bool>("--keep") { Description = "Keep the temporary directory with store and logs, and say where it is." };
        var detection = Options.Number<int>(
            "--detection-ms", NodeLimits.LeastMs, "Milliseconds without a sign of life after which a node counts as lost. Default: 2,000.", NodeLimits.MostMs);
        var engine = Options.NodeEngine();
        var restart = new Option<bool>("--restart") { Description = "Start a node again when it ends." };
        var faults = new Option<bool>("--allow-faults") { Description = "Let the nodes obey commands that break them on purpose." };
        var json = Options.Json();
        var command = new Command("cluster",
            $"Start nodes on this machine, run a command on them, and stop them again. A node that ends is reported; the run goes on. {ExitCode.Help}")
        {
            words, nodes, engine, store, keep, detection, restart, faults, json,
        };
        command.SetAction(arguments =>
        {
            string[] inner = arguments.GetRequiredValue(words);
            if (!Inner.Contains(inner[0])) throw new UsageException($"\"{inner[0]}\" does not run on a cluster; give {string.Join(" or ", Inner)}");
            if (Refused.FirstOrDefault(option => CommandWords.Has(inner, option)) is { } refused)
                throw new UsageException($"{refused}: the cluster is this one, and ends with the command; leave it out");
            bool isJson = arguments.GetValue(json) || inner.Contains("--json");
            if (isJson && !inner.Contains("--json")) inner = [.. inner, "--json"];
            return Run(
                inner, arguments.GetValue(nodes) ?? 3, arguments.GetValue(store), arguments.GetValue(detection), arguments.GetValue(restart), arguments.GetValue(keep),
                arguments.GetValue(faults), Engines.OfNode(arguments.GetValue(engine)),
                new LocalClusterReport(isJson, isQuiet: inner.Contains("--quiet")));
        });
        return command;
    }

    private static int Run(string[] inner, int nodes, string? store, int? detectionMs, bool restarts, bool keeps, bool allowsFaults, INodeEngine engine, LocalClusterReport observer)
    {
        string directory = Directory.CreateTempSubdirectory("actorsnn-cluster-").FullName;
        try
        {
            using var interruption = new Interruption();
            string connection = store ?? $"dir:{Path.Combine(directory, "store")}";
            List<string> options = ["--engine", engine.Name, "--store", connection];
            if (detectionMs is { } ms) options.AddRange(["--detection-ms", $"{ms}"]);
            if (allowsFaults) options.Add("--allow-faults");
            using var cluster = new LocalCluster(options, directory, restarts, observer);
            cluster.Start(nodes, interruption.Token);
            cluster.WaitUntilJoined(interruption.Token);
            observer.Began(cluster.Nodes, connection, directory);
            try
            {
                return CommandLine.Invoke(CommandLine.Root(), [.. inner, "--cluster", string.Join(',', cluster.Names)]);
            }
            catch (LeftRunException e) when (e.IsInterrupted)
            {
                Failures.Say(keeps || store is not null
                    ? $"interrupted; the nodes are stopped; started again with --store {connection}, they go on with the run"
                    : "interrupted; the nodes are stopped, and nothing was saved (--keep or --store would have)");
                return ExitCode.Interrupted;
            }
        }
        finally
        {
            if (keeps) observer.Kept(directory);
            else Directory.Delete(directory, recursive: true);
        }
    }
}
