using System.CommandLine;
using System.Globalization;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;
using ActorSnn.Cli.Systems.SsnnBp;
using ActorSnn.Cli.Systems.SsnnBp.Sweeps;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn sweep ssnn-bp</c></summary>
internal static class SweepCommand
{
    private const string UsualLengths = "1,2,4,8,16,32,64,128,256";
    private const string LengthOption = "--train-length", SeedsOption = "--seeds";

    public static Command Create()
    {
        var command = new Command("sweep", "Train a system again and again, and compare.");
        command.Add(Of(LearningSystems.All.OfType<SsnnBpSystem>().Single()));
        return command;
    }

    private static Command Of(SsnnBpSystem system)
    {
        var lengths = Options.Text(LengthOption, "N,N,...", $"Steps of a training sample, several with commas between them. Default: {UsualLengths}.");
        var seeds = Options.Text(SeedsOption, "N,N,...", "Seeds to train with. Default: 1.");
        var dataset = Options.Dataset($"{system.UsualDataset}, which is drawn and needs no files", system);
        var data = Options.Data();
        var epochs = Options.Number("--epochs", 1, $"Passes over the training set. Default: {system.UsualEpochsInWords}.");
        var samples = Options.Number("--samples", 1, "Train with the first N samples only (synth: draw N). Default: all (synth: 20,000).");
        var own = new SystemOptions([system], o => o != SsnnBpSettings.TrainLength);
        var cores = Options.Cores();
        var threads = Options.Threads();
        var engine = Options.Engine();
        var output = Options.Text("--out", "DIR", $"Directory for models, sweep.csv and pictures; what a sweep.csv there has already is not run again. Default: sweep-{system.Name}-DATASET.");
        var page = Options.Report();
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command(system.Name, $"Train with spike trains of several lengths and compare accuracy and gradients with backpropagation: {system.Summary}. {ExitCode.Help}")
        {
            lengths, seeds, dataset, data, epochs, samples,
        };
        own.AddTo(command);
        foreach (var option in new Option[] { cores, threads, engine, output, page, json, quiet }) command.Add(option);
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            bool isJson = arguments.GetValue(json);
            var host = new LocalHost(Engines.Of(arguments.GetValue(engine)));
            var files = new RunFiles(arguments.GetValue(page), Record: null);
            var request = new TrainRequest
            {
                Dataset = arguments.GetValue(dataset),
                Data = arguments.GetValue(data),
                Epochs = arguments.GetValue(epochs),
                Samples = arguments.GetValue(samples),
                Options = own.Of(system, arguments),
                Cores = arguments.GetValue(cores),
                Threads = arguments.GetValue(threads),
            };
            string directory = arguments.GetValue(output) ?? $"sweep-{system.Name}-{request.Dataset ?? system.UsualDataset}";
            if (File.Exists(directory)) throw new UsageException($"--out {directory}: this is a file; give a directory");
            var sweep = new Sweep(
                request, [.. Numbers(LengthOption, arguments.GetValue(lengths) ?? UsualLengths, 1, SteppedNeuronModel.MaxSampleSteps).Select(n => (int)n).Distinct().Order()],
                [.. Numbers(SeedsOption, arguments.GetValue(seeds) ?? "1", 0, ulong.MaxValue).Distinct()], directory);
            files.Require();
            bool isQuiet = arguments.GetValue(quiet);
            RunReport.Create(isJson, isQuiet).While(observer =>
            {
                sweep.Run(host, observer, row =>
                {
                    if (isJson && !isQuiet) JsonReport.Write(row.ToJson());
                }, interruption.Token);
                return true;
            });
            var report = new SweepReport(sweep, directory);
            report.Save(files.Report);
            if (isJson)
            {
                JsonReport.Write(report.ToJson(files.Report));
                return ExitCode.Done;
            }
            report.Print();
            TextConsole.Line($"rows      {sweep.Csv}");
            TextConsole.Line($"picture   {report.Svg}");
            if (files.Report is not null) TextConsole.Line($"report    {files.Report}");
            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<ulong> Numbers(string option, string text, ulong least, ulong most) => [.. text.Split(',').Select(part =>
        ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= least && number <= most
            ? number : throw new UsageException($"{option} {text}: give whole numbers from {least} to {most}, with commas between them"))];
}
