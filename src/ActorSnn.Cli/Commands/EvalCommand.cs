using System.CommandLine;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn eval MODEL</c></summary>
internal static class EvalCommand
{
    public static Command Create(ICommandWrapper wrapper)
    {
        var model = new Argument<string>("MODEL") { Description = "Model file, as train saves it." };
        var dataset = Options.Dataset("the one the model was trained on", LearningSystems.All);
        var data = Options.Data();
        var samples = Options.Number("--samples", 1, "Judge the first N test images only (synth: draw N). Default: all (synth: 2,000).");
        var length = Options.Number("--test-length", 1, "ssnn-bp: steps of a sample. Default: as the model was trained with.");
        var timing = new TimingOptions("those that carry the samples");
        var cores = Options.Cores();
        var threads = Options.Threads();
        var engine = Options.Engine();
        var record = Options.Record("spikes, potentials and weights of the inference circuit on the first test images");
        var recordSamples = Options.RecordSamples();
        var page = Options.Report();
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command("eval", $"Evaluate a model on the test images of a data set. {ExitCode.Help}")
        {
            model, dataset, data, samples, length, cores, threads, engine, record, recordSamples, page, json, quiet,
        };
        timing.AddTo(command);
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            var host = wrapper.Wrap(new LocalHost(Engines.Of(arguments.GetValue(engine))));
            var report = wrapper.Wrap(RunReport.Create(arguments.GetValue(json), arguments.GetValue(quiet)));
            var files = new RunFiles(arguments.GetValue(page), arguments.GetValue(record));
            var request = new EvaluateRequest
            {
                Model = arguments.GetRequiredValue(model),
                Dataset = arguments.GetValue(dataset),
                Data = arguments.GetValue(data),
                Samples = arguments.GetValue(samples),
                TestLength = arguments.GetValue(length),
                Cores = arguments.GetValue(cores),
                Threads = arguments.GetValue(threads),
                Timing = timing.RequestOf(arguments, cluster: [], saves: []),
                ShownSamples = files.ShownSamples(arguments.GetValue(recordSamples)),
            };
            var system = ModelFile.SystemOf(request.Model);
            if (!system.IsOnMesh) Options.Refuse(arguments, [.. timing.All, cores, threads, engine, record, recordSamples], $"{request.Model} is a model of {system.Name}, which runs on no cores; leave it out");
            files.Require();
            files.Finish(report.While(observer => system.Evaluate(request, host, observer, interruption.Token)), report.Evaluated);
            return ExitCode.Done;
        });
        return command;
    }
}
