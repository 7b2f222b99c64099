using System.CommandLine;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn describe SYSTEM|MODEL|NETWORK</c></summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        string systems = string.Join(", ", LearningSystems.All.Select(s => s.Name));
        string networks = string.Join(", ", NetworkChoice.Names);
        var target = new Argument<string>("SYSTEM|MODEL|NETWORK")
        {
            Description = $"A system ({systems}), a model file, a built-in network ({networks}) or a network file.",
        };
        var dataset = Options.Dataset("mnist, the paper's; no files are needed");
        var hidden = Options.Number("--hidden", 1, "Hidden units. Default: 400.");
        var crop = Options.Number("--crop", 0, "Pixels left out on each side of an image. Default: 4 for mnist, 0 for the others.");
        var neurons = Options.Neurons();
        var delay = Options.Delay();
        var degree = Options.Degree();
        var seed = Options.NetworkSeed();
        var cores = Options.Cores();
        var report = Options.Report();
        var json = Options.Json();
        Option[] ofSystems = [dataset, hidden, crop];
        Option[] ofNetworks = [neurons, delay, degree, seed];
        var command = new Command("describe",
            $"Print populations, projections, neurons, synapses, bytes and the placement on cores of a network, or of the one a system trains, at any size or that of a model. {ExitCode.Help}")
        {
            target, dataset, hidden, crop, neurons, delay, degree, seed, cores, report, json,
        };
        command.SetAction(arguments =>
        {
            string name = arguments.GetRequiredValue(target);
            void Refuse(Option[] options, string reason)
            {
                foreach (var option in options)
                {
                    if (arguments.GetResult(option) is not null) throw new UsageException($"{option.Name}: {reason}");
                }
            }
            var choice = new NetworkChoice
            {
                Network = name,
                Neurons = arguments.GetValue(neurons),
                DelayMs = arguments.GetValue(delay),
                Degree = arguments.GetValue(degree),
                Seed = arguments.GetValue(seed),
            };
            var files = new RunFiles(arguments.GetValue(report), Record: null);
            files.Require();
            var system = LearningSystems.All.FirstOrDefault(s => s.Name == name);
            bool isModel = system is null && !choice.IsBuiltIn && ArrayArchive.IsArchive(name);
            NetworkDescription description;
            if (system is not null || isModel)
            {
                Refuse(ofNetworks, $"is for networks, not for {name}; leave it out");
                if (isModel) Refuse(ofSystems, "a model has its own; leave it out");
                description = (system ?? ModelFile.SystemOf(name)).Describe(new DescribeRequest
                {
                    Model = isModel ? name : null,
                    Dataset = arguments.GetValue(dataset),
                    Hidden = arguments.GetValue(hidden),
                    Crop = arguments.GetValue(crop),
                    Cores = arguments.GetValue(cores),
                });
            }
            else
            {
                if (!choice.Exists) throw new UsageException($"{name}: neither a system ({systems}), a built-in network ({networks}), nor a model or network file");
                Refuse(ofSystems, $"is for systems ({systems}), not for {name}; leave it out");
                description = choice.Describe(arguments.GetValue(cores));
            }
            if (files.Report is not null) ReportPages.OfDescription(description).Save(files.Report);
            RunReport.Create(arguments.GetValue(json), quiet: false).Described(description);
            return ExitCode.Done;
        });
        return command;
    }
}
