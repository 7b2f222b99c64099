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
        var dataset = Options.Dataset(LearningSystems.All[0].UsualDescription, LearningSystems.All);
        var own = new SystemOptions(LearningSystems.All, o => o.ShapesNetwork);
        var which = new NetworkOptions();
        var cores = Options.Cores();
        var nodes = Options.Number("--nodes", 1, "Show which of so many equal nodes would hold which cores, and what would go between them; unless told otherwise the number of cores is a multiple of it.");
        var report = Options.Report();
        var json = Options.Json();
        Option[] ofSystems = [dataset, .. own.All];
        var ofNetworks = which.All;
        var command = new Command("describe",
            $"Print populations, projections, neurons, synapses, bytes and the placement on cores and nodes of a network, or of the one a system trains, at any size or that of a model. {ExitCode.Help}")
        {
            target, dataset, which.Neurons, which.Delay, which.Degree, which.Seed, cores, nodes, report, json,
        };
        own.AddTo(command);
        command.SetAction(arguments =>
        {
            string name = arguments.GetRequiredValue(target);
            var choice = which.ChoiceOf(name, arguments);
            var files = new RunFiles(arguments.GetValue(report), Record: null);
            files.Require();
            var system = LearningSystems.All.FirstOrDefault(s => s.Name == name);
            bool isModel = system is null && !choice.IsBuiltIn && ArrayArchive.IsArchive(name);
            Description description;
            if (system is not null || isModel)
            {
                Options.Refuse(arguments, ofNetworks, $"is for networks, not for {name}; leave it out");
                if (isModel) Options.Refuse(arguments, ofSystems, "a model has its own; leave it out");
                system ??= ModelFile.SystemOf(name);
                if (!system.IsOnMesh) Options.Refuse(arguments, [cores, nodes], $"{system.Name} runs on no cores; leave it out");
                description = system.Describe(new DescribeRequest
                {
                    Model = isModel ? name : null,
                    Dataset = arguments.GetValue(dataset),
                    Options = own.Of(system, arguments),
                    Cores = arguments.GetValue(cores),
                    Nodes = arguments.GetValue(nodes),
                });
            }
            else
            {
                if (!choice.Exists) throw new UsageException($"{name}: neither a system ({systems}), a built-in network ({networks}), nor a model or network file");
                Options.Refuse(arguments, ofSystems, $"is for systems ({systems}), not for {name}; leave it out");
                description = choice.Describe(arguments.GetValue(cores), arguments.GetValue(nodes));
            }
            if (files.Report is not null) ReportPages.OfDescription(description).Save(files.Report);
            RunReport.Create(arguments.GetValue(json), quiet: false).Described(description);
            return ExitCode.Done;
        });
        return command;
    }
}
