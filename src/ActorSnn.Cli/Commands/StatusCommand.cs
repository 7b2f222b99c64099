using System.CommandLine;
using ActorSnn.Cli.Output;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn status</c></summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOption("The cluster to ask.", isRequired: true);
        var json = Options.Json();
        var command = new Command("status", $"Print the nodes of a cluster and its runs. {ExitCode.Help}");
        cluster.AddTo(command);
        command.Add(json);
        command.SetAction(arguments =>
        {
            using var client = cluster.AccessOf(arguments)!.Connect();
            var status = client.Status();
            if (arguments.GetValue(json)) JsonReport.Write(ClusterTables.ToJson(status));
            else ClusterTables.Print(status);
            return ExitCode.Done;
        });
        return command;
    }
}
