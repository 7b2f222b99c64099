using System.CommandLine;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn raster MODEL|NETWORK|RECORDING</c></summary>
internal static class RasterCommand
{
    private const double UsualMs = 200;

    public static Command Create()
    {
        var target = new Argument<string>("MODEL|NETWORK|RECORDING")
        {
            Description = $"A model file, a network file or built-in network ({string.Join(", ", NetworkChoice.Names)}), or the directory of a recording.",
        };
        var samples = Options.Number("--samples", 1, $"Test images to show to a model, at most all. Default: {RunFiles.UsualSamples}.");
        var dataset = Options.Dataset("the one the model was trained on", LearningSystems.All);
        var data = Options.Data();
        var ms = Options.Milliseconds("--ms", $"Simulated milliseconds of a network. Default: {UsualMs}.");
        var which = new NetworkOptions();
        var cores = Options.Cores();
        var threads = Options.Threads();
        var engine = Options.Engine();
        var output = Options.Text("--out", "FILE", "SVG file to write. Default: NAME-raster.svg in the current directory.");
        var ascii = new Option<bool>("--ascii") { Description = "Draw in the terminal with plain ASCII characters." };
        var report = Options.Report();
        var json = Options.Json();
        var quiet = Options.Quiet();
        Option[] ofModels = [samples, dataset, data];
        Option[] ofNetworks = [ms, .. which.All];
        var command = new Command("raster",
            $"Draw a spike raster, as SVG and in the terminal: of a model's training circuit while it is shown test images, of a network, or of a recording. {ExitCode.Help}")
        {
            target, samples, dataset, data, ms, which.Neurons, which.Delay, which.Degree, which.Seed, cores, threads, engine, output, ascii, report, json, quiet,
        };
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            string name = arguments.GetRequiredValue(target);
            string svg = arguments.GetValue(output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(name)))}-raster.svg";
            var files = new RunFiles(arguments.GetValue(report), Record: null);
            var show = RunReport.Create(arguments.GetValue(json), arguments.GetValue(quiet));
            Recording recording;
            Func<HtmlReport> page;
            var choice = which.ChoiceOf(name, arguments);
            if (Directory.Exists(name) && !choice.IsBuiltIn)
            {
                Options.Refuse(arguments, [.. ofModels, .. ofNetworks, cores, threads, engine], "a recording has been made already; leave it out");
                recording = RecordingDirectory.Load(name);
                if (recording.Spikes.IsEmpty) throw new UsageException($"{name}: records no spikes");
                page = () => ReportPages.OfRecording(name, recording);
                Require();
            }
            else if (choice.IsBuiltIn || (File.Exists(name) && !ArrayArchive.IsArchive(name)))
            {
                Options.Refuse(arguments, ofModels, $"is for models, not for {name}; leave it out");
                var request = new SimulationRequest
                {
                    Choice = choice,
                    Ms = arguments.GetValue(ms) ?? UsualMs,
                    Cores = arguments.GetValue(cores),
                    Threads = arguments.GetValue(threads),
                    Recorded = true,
                };
                var result = show.While(observer =>
                {
                    using var simulation = Simulation.Build(request, new LocalHost(Engines.Of(arguments.GetValue(engine))), observer, interruption);
                    Require();
                    return simulation.Run(observer, interruption.Token);
                });
                if (result.Interrupted) throw new OperationCanceledException();
                recording = result.Recording!;
                page = () => ReportPages.OfSimulation(result);
            }
            else
            {
                Options.Refuse(arguments, ofNetworks, $"is for networks, not for {name}; leave it out");
                var request = new RasterRequest
                {
                    Model = name,
                    Dataset = arguments.GetValue(dataset),
                    Data = arguments.GetValue(data),
                    Samples = arguments.GetValue(samples) ?? RunFiles.UsualSamples,
                    Cores = arguments.GetValue(cores),
                    Threads = arguments.GetValue(threads),
                };
                var runner = Engines.Of(arguments.GetValue(engine));
                var system = ModelFile.SystemOf(name);
                Require();
                var showing = system.Show(request, runner, interruption.Token);
                recording = showing.Recording;
                page = () => ReportPages.OfShowing(name, showing);
            }
            RasterChart.Draw(recording, $"Spikes of {Path.GetFileName(Path.TrimEndingDirectorySeparator(name))}").Save(svg);
            files.Write(recording, page);
            show.Drawn(recording, svg, files.Report, arguments.GetValue(ascii));
            return ExitCode.Done;

            void Require()
            {
                RunFiles.Require("--out", svg, path => AtomicFile.RequireReplaceable(path, "SVG file", "<svg", "<?xml"));
                files.Require();
            }
        });
        return command;
    }
}
