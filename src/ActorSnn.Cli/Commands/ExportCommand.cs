using System.CommandLine;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn export MODEL</c></summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "Model file of a network of binary weights, as train saves it." };
        var output = Options.Text("--out", "FILE", "File to write. Default: NAME-1bit.actorsnn in the current directory.");
        var json = Options.Json();
        var command = new Command("export",
            $"Write the inference network of a model with one bit a weight and whole thresholds; eval and describe take it as they take the model. {ExitCode.Help}") { model, output, json };
        command.SetAction(arguments =>
        {
            string path = arguments.GetRequiredValue(model);
            var system = ModelFile.SystemOf(path);
            if (system is not IExportingSystem exporting) throw new UsageException($"{path} is a model of {system.Name}, whose weights are not binary; there is nothing smaller to export");
            string to = arguments.GetValue(output) ?? $"{Path.GetFileNameWithoutExtension(path)}-1bit.actorsnn";
            ModelFile.RequireReplaceable(to);
            if (Path.GetFullPath(to) == Path.GetFullPath(path)) throw new UsageException($"--out {to} is the model itself; give another name");
            RunReport.Create(arguments.GetValue(json), quiet: false).Described(exporting.Export(path, to));
            return ExitCode.Done;
        });
        return command;
    }
}
