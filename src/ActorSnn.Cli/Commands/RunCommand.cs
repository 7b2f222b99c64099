using System.CommandLine;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn run NETWORK</c></summary>
internal static class RunCommand
{
    public static Command Create(ICommandWrapper wrapper)
    {
        var network = new Argument<string>("NETWORK") { Description = $"A network file, or a built-in network: {string.Join(", ", NetworkChoice.Names)}." };
        var ticks = Options.Number("--ticks", 1L, "Ticks to run, in all. Default: one second of simulated time.");
        var ms = Options.Milliseconds("--ms", "The same in simulated milliseconds.");
        var which = new NetworkOptions();
        var timing = new TimingOptions("all");
        var cores = Options.Cores();
        var threads = Options.Threads();
        var engine = Options.Engine();
        var cluster = new ClusterOption("Run on this cluster instead of in this process.", isRequired: false);
        var detach = Options.Detach();
        var update = Options.Update();
        var saves = new CheckpointOptions(
            "Ticks from one checkpoint to the next. Default: 10,000.", "Go on from the latest checkpoint in the store; network and options as they were, but --ticks may grow.");
        var record = Options.Record("what the network's probes see, the spikes of all other populations, and learned weights");
        var page = Options.Report();
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command("run", $"Simulate a network. {ExitCode.Help}")
        {
            network, ticks, ms, which.Neurons, which.Delay, which.Degree, which.Seed, cores, threads, engine, update, saves.Store, saves.Directory, saves.Every, saves.Resume, record, page, json, quiet,
        };
        timing.AddTo(command);
        cluster.AddTo(command);
        command.Add(detach);
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            var requestedTiming = timing.RequestOf(arguments, [cluster.Cluster, detach], saves.All);
            var host = wrapper.Wrap(Options.HostOf(arguments, cluster, engine, detach));
            var report = wrapper.Wrap(RunReport.Create(arguments.GetValue(json), arguments.GetValue(quiet)));
            var files = new RunFiles(arguments.GetValue(page), arguments.GetValue(record));
            files.Require();
            if (arguments.GetValue(saves.Resume) && files.Record is not null && RecordingDirectory.IsRecording(files.Record))
                throw new UsageException($"{RunFiles.RecordOption} {files.Record}: holds the recording of earlier ticks; a resumed run records those it runs, so give another directory");
            var request = new SimulationRequest
            {
                Choice = which.ChoiceOf(arguments.GetRequiredValue(network), arguments),
                Ticks = arguments.GetValue(ticks),
                Ms = arguments.GetValue(ms),
                Cores = arguments.GetValue(cores),
                Threads = arguments.GetValue(threads),
                Update = Options.UpdateOf(arguments.GetValue(update)),
                Timing = requestedTiming ?? TimingRequest.Exact,
                Checkpoints = saves.RequestOf(arguments),
                Recorded = files.Report is not null || files.Record is not null,
            };
            var result = report.While(observer =>
            {
                using var simulation = Simulation.Build(request, host, observer, interruption);
                return simulation.Run(observer, interruption.Token);
            });
            files.Finish(result, report.Simulated);
            if (!result.Interrupted) return ExitCode.Done;
            Failures.Say(result.ResumeCommand is { } how
                ? $"interrupted after {result.Ticks:#,0} ticks; saved as {result.Checkpoint}; go on with: {how}"
                : $"interrupted after {result.Ticks:#,0} ticks; the run cannot go on from here (with --checkpoint DIR it could)");
            return ExitCode.Interrupted;
        });
        return command;
    }
}
