using System.CommandLine;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn eval MODEL</c></summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "Model file, as train saves it." };
        var dataset = Options.Dataset("the one the model was trained on");
        var data = Options.Data();
        var samples = Options.Number("--samples", 1, "Judge the first N test images only (synth: draw N). Default: all (synth: 2,000).");
        var cores = Options.Cores();
        var threads = Options.Threads();
        var engine = Options.Engine();
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command("eval", $"Evaluate a model on the test images of a data set. {ExitCode.Help}")
        {
            model, dataset, data, samples, cores, threads, engine, json, quiet,
        };
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            var runner = Options.EngineOf(arguments.GetValue(engine));
            var report = RunReport.Create(arguments.GetValue(json), arguments.GetValue(quiet));
            var request = new EvaluateRequest
            {
                Model = arguments.GetRequiredValue(model),
                Dataset = arguments.GetValue(dataset),
                Data = arguments.GetValue(data),
                Samples = arguments.GetValue(samples),
                Cores = arguments.GetValue(cores),
                Threads = arguments.GetValue(threads),
            };
            var system = ModelFile.SystemOf(request.Model);
            report.Evaluated(report.While(observer => system.Evaluate(request, runner, observer, interruption.Token)));
            return ExitCode.Done;
        });
        return command;
    }
}
