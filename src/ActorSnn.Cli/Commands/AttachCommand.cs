using System.CommandLine;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn attach RUN</c></summary>
internal static class AttachCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("RUN") { Description = "Name of the run, as status shows it." };
        var cluster = new ClusterOption("The cluster it is on.", isRequired: true);
        var data = Options.Data();
        var output = Options.Text("--out", "FILE", "Model file to write, where the run is a training. Default: as for train.");
        var threads = Options.Threads();
        var record = Options.Record("what was recorded");
        var recordSamples = Options.RecordSamples();
        var page = Options.Report();
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command("attach",
            $"Follow a run on a cluster, whoever has submitted it, and finish as its submitter would have: evaluations, model and files are made here. Ctrl-C leaves it alone. {ExitCode.Help}") { target };
        cluster.AddTo(command);
        foreach (var option in new Option[] { data, output, threads, record, recordSamples, page, json, quiet }) command.Add(option);
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            string run = arguments.GetRequiredValue(target);
            var access = cluster.AccessOf(arguments)!;
            var host = new ClusterHost(access, Engines.Of(null), isDetached: false);
            var report = RunReport.Create(arguments.GetValue(json), arguments.GetValue(quiet));
            var files = new RunFiles(arguments.GetValue(page), arguments.GetValue(record));
            files.Require();
            using var client = access.Connect();
            var plan = client.Run(run).Plan;
            string? kind = plan.About?["command"]?.GetValue<string>();
            if (kind == Simulation.Command)
            {
                Options.Refuse(arguments, [data, output, recordSamples], $"is for trainings; {run} is none; leave it out");
                var result = report.While(observer =>
                {
                    using var simulation = new Simulation(host.Follow(run, observer), plan, host.Engine, files.Report is not null || files.Record is not null);
                    return simulation.Run(observer, interruption.Token);
                });
                files.Finish(result, report.Simulated);
                return ExitCode.Done;
            }
            if (kind != Training.Command || LearningSystems.All.FirstOrDefault(s => s.Name == plan.About?["system"]?.GetValue<string>()) is not { } system)
                throw new UsageException($"{run} was submitted by another kind of program; see how it stands with: {access.CommandOf("status")}");
            var request = new TrainRequest
            {
                Data = arguments.GetValue(data),
                Threads = arguments.GetValue(threads),
                Out = arguments.GetValue(output),
                ShownSamples = files.ShownSamples(arguments.GetValue(recordSamples)),
            };
            files.Finish(report.While(observer => system.Attach(request, host.Follow(run, observer), plan.About!, host, observer, interruption.Token)), report.Trained);
            return ExitCode.Done;
        });
        return command;
    }
}
