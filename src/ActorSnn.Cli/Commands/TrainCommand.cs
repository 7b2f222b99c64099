using System.CommandLine;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn train SYSTEM</c></summary>
internal static class TrainCommand
{
    public static Command Create(ICommandWrapper wrapper)
    {
        var command = new Command("train", "Train a network on its cores and save it as a model.");
        foreach (var system in LearningSystems.All) command.Add(Of(system, wrapper));
        return command;
    }

    private static Command Of(ILearningSystem system, ICommandWrapper wrapper)
    {
        var dataset = Options.Dataset($"{system.UsualDataset}, which is drawn and needs no files", system);
        var data = Options.Data();
        var epochs = Options.Number("--epochs", 1, $"Passes over the training set. Default: {system.UsualEpochsInWords}.");
        var samples = Options.Number("--samples", 1, "Train with the first N images only (synth: draw N). Default: all (synth: 20,000).");
        var seed = Options.Number("--seed", 0UL, "Seed of the initial weights, of the order of the samples, and of all that is drawn. Default: 1.");
        var own = new SystemOptions([system], _ => true);
        var timing = new TimingOptions($"{system.DisturbedOf(null)}, those that carry the samples");
        var cores = Options.Cores();
        var threads = Options.Threads();
        var engine = Options.Engine();
        var cluster = new ClusterOption("Run on this cluster instead of in this process.", isRequired: false);
        var detach = Options.Detach();
        var saves = new CheckpointOptions(
            "Samples from one checkpoint to the next. Default: 10,000.",
            "Go on from the latest checkpoint in the store. What is not given is as it was; of what determines the result, only --epochs may change.");
        var output = Options.Text("--out", "FILE", $"Model file to write. Default: {system.Name}-DATASET-seedN.actorsnn in the current directory.");
        var record = Options.Record("spikes, potentials and weights of the trained circuit while it is shown the first test images");
        var recordSamples = Options.RecordSamples();
        var page = Options.Report();
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command(system.Name, $"Train {system.Summary}. {ExitCode.Help}") { dataset, data, epochs, samples, seed };
        own.AddTo(command);
        foreach (var option in system.IsOnMesh ? [cores, threads, engine, .. saves.All, output, record, recordSamples, page, json, quiet] : (Option[])[output, page, json, quiet]) command.Add(option);
        if (system.IsOnMesh)
        {
            timing.AddTo(command);
            cluster.AddTo(command);
            command.Add(detach);
        }
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            var requestedTiming = timing.RequestOf(arguments, [cluster.Cluster, detach], saves.All);
            var host = wrapper.Wrap(Options.HostOf(arguments, cluster, engine, detach));
            var report = wrapper.Wrap(RunReport.Create(arguments.GetValue(json), arguments.GetValue(quiet)));
            var files = new RunFiles(arguments.GetValue(page), arguments.GetValue(record));
            files.Require();
            var request = new TrainRequest
            {
                Dataset = arguments.GetValue(dataset),
                Data = arguments.GetValue(data),
                Epochs = arguments.GetValue(epochs),
                Samples = arguments.GetValue(samples),
                Seed = arguments.GetValue(seed),
                Options = own.Of(system, arguments),
                Cores = arguments.GetValue(cores),
                Threads = arguments.GetValue(threads),
                Timing = requestedTiming,
                Checkpoints = saves.RequestOf(arguments),
                Out = arguments.GetValue(output),
                ShownSamples = files.ShownSamples(arguments.GetValue(recordSamples)),
            };
            var result = report.While(observer => system.Train(request, host, observer, interruption.Token));
            files.Finish(result, report.Trained);
            if (!result.Interrupted) return ExitCode.Done;
            Failures.Say(result.ResumeCommand is { } how
                ? $"interrupted after {result.Samples:#,0} samples; saved as {result.Checkpoint}; go on with: {how}"
                : $"interrupted after {result.Samples:#,0} samples; nothing was saved (--checkpoint DIR would have)");
            return ExitCode.Interrupted;
        });
        return command;
    }
}
