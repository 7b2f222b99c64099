using System.CommandLine;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn describe SYSTEM|MODEL</c></summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        string names = string.Join(", ", LearningSystems.All.Select(s => s.Name));
        var target = new Argument<string>("SYSTEM|MODEL") { Description = $"A system ({names}) or a model file." };
        var dataset = Options.Dataset("mnist, the paper's; no files are needed");
        var hidden = Options.Number("--hidden", 1, "Hidden units. Default: 400.");
        var crop = Options.Number("--crop", 0, "Pixels left out on each side of an image. Default: 4 for mnist, 0 for the others.");
        var cores = Options.Cores();
        var report = Options.Report();
        var json = Options.Json();
        var command = new Command("describe",
            $"Print populations, projections, neurons, synapses, bytes and the placement on cores of the network a system trains, at any size or that of a model. {ExitCode.Help}")
        {
            target, dataset, hidden, crop, cores, report, json,
        };
        command.SetAction(arguments =>
        {
            string name = arguments.GetRequiredValue(target);
            var system = LearningSystems.All.FirstOrDefault(s => s.Name == name);
            string? model = system is null ? name : null;
            if (model is not null && !File.Exists(model))
                throw new UsageException($"{name}: neither a system ({names}) nor a model file");
            if (model is not null)
            {
                foreach (var option in new Option[] { dataset, hidden, crop })
                {
                    if (arguments.GetResult(option) is not null) throw new UsageException($"{option.Name}: a model has its own; leave it out");
                }
            }
            var request = new DescribeRequest
            {
                Model = model,
                Dataset = arguments.GetValue(dataset),
                Hidden = arguments.GetValue(hidden),
                Crop = arguments.GetValue(crop),
                Cores = arguments.GetValue(cores),
            };
            var files = new RunFiles(arguments.GetValue(report), Record: null);
            files.Require();
            var description = (system ?? ModelFile.SystemOf(name)).Describe(request);
            if (files.Report is not null) ReportPages.OfDescription(description).Save(files.Report);
            RunReport.Create(arguments.GetValue(json), quiet: false).Described(description);
            return ExitCode.Done;
        });
        return command;
    }
}
