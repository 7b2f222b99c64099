using System.CommandLine;
using System.Diagnostics;
using ActorSnn.Cli.Output;
using ActorSnn.Datasets;
using ActorSnn.Datasets.Downloads;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn data list|get</c></summary>
internal static class DataCommand
{
    public static Command Create() => new("data", $"Lists and downloads public data sets. {ExitCode.Help}") { List(), Get() };

    private static Command List()
    {
        var data = Options.Data();
        var json = Options.Json();
        var command = new Command("list", $"Print the data sets there are, and what of them is in the data directory. {ExitCode.Help}") { data, json };
        command.SetAction(arguments =>
        {
            string root = RootOf(arguments.GetValue(data));
            DataReport.Create(arguments.GetValue(json), quiet: false).Listed(root, PublicDatasets.All);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Get()
    {
        string names = string.Join(", ", PublicDatasets.All.Select(d => d.Name));
        var name = new Argument<string>("NAME") { Description = $"The data set: {names}." };
        var data = Options.Data();
        var from = Options.Text("--from", "URL",
            "Base address of a mirror that has the files under the same names: URL/NAME/FILE. Default: the addresses of the publishers.");
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command("get", $"Download a data set, check it and put it where train and eval find it. What was cut off is resumed. {ExitCode.Help}")
        {
            name, data, from, json, quiet,
        };
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            string asked = arguments.GetRequiredValue(name);
            if (DataLocator.DrawnDatasets.Contains(asked)) throw new UsageException($"{asked} is drawn by the program and needs no files");
            var dataset = PublicDatasets.Find(asked) ?? throw new UsageException($"{asked}: unknown; known are {names}");
            string root = RootOf(arguments.GetValue(data));
            var mirror = MirrorOf(arguments.GetValue(from));
            var report = DataReport.Create(arguments.GetValue(json), arguments.GetValue(quiet));
            long start = Stopwatch.GetTimestamp();
            try
            {
                using var client = Downloader.NewClient();
                var result = report.While(observer => new Downloader(client, observer, mirror).GetAsync(dataset, root, interruption.Token).GetAwaiter().GetResult());
                report.Got(result, Stopwatch.GetElapsedTime(start).TotalSeconds, arguments.GetValue(data));
                return ExitCode.Done;
            }
            catch (OperationCanceledException)
            {
                var again = new ShellCommand("actorsnn", "data", "get", asked);
                if (arguments.GetValue(data) is { } given) again.Add("--data", given);
                if (arguments.GetValue(from) is { } address) again.Add("--from", address);
                Failures.Say($"interrupted; what has come is kept; go on with: {again}");
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static string RootOf(string? data)
    {
        string root = new DataLocator(data).Root;
        return File.Exists(root) ? throw new UsageException($"{root} is a file; give a directory") : root;
    }

    private static Uri? MirrorOf(string? address)
    {
        if (address is null) return null;
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new UsageException($"--from {address}: give an address that starts with http:// or https://");
    }
}
