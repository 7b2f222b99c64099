using System.CommandLine;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Output;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn stop|continue|remove RUN</c> and <c>actorsnn drain NODE</c>: each asks a cluster for one thing.</summary>
internal static class ClusterCommands
{
    public static IEnumerable<Command> All =>
    [
        Of("stop", "RUN", "Stop a run at its next checkpoint; it can be continued", (client, run) => client.Stop(run), run => $"{run} stops at its next checkpoint"),
        Of("continue", "RUN", "Go on with a run that was stopped or has failed", (client, run) => client.Continue(run), run => $"{run} goes on"),
        Of("remove", "RUN", "Remove a run that is over, with its checkpoints and records", (client, run) => client.Remove(run), run => $"{run} is removed"),
        Of("drain", "NODE", "Take the cores from a node at the next checkpoint, and let it leave", (client, node) => client.Drain(node), node => $"{node} leaves when it has no cores any more"),
    ];

    private static Command Of(string name, string what, string summary, Action<ClusterClient, string> ask, Func<string, string> done)
    {
        var target = new Argument<string>(what) { Description = what == "RUN" ? "Name of the run, as status shows it." : "Name of the node, as status shows it: HOST:PORT." };
        var cluster = new ClusterOption("The cluster to ask.", isRequired: true);
        var json = Options.Json();
        var command = new Command(name, $"{summary}. {ExitCode.Help}") { target };
        cluster.AddTo(command);
        command.Add(json);
        command.SetAction(arguments =>
        {
            string asked = arguments.GetRequiredValue(target);
            using var client = cluster.AccessOf(arguments)!.Connect();
            ask(client, asked);
            if (arguments.GetValue(json)) JsonReport.Write(new JsonObject { ["event"] = name, [what.ToLowerInvariant()] = asked });
            else TextConsole.Line(done(asked));
            return ExitCode.Done;
        });
        return command;
    }
}
