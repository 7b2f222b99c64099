using ActorSnn.Datasets;
using ActorSnn.Datasets.Downloads;
using Spectre.Console;
using static ActorSnn.Cli.Output.TextConsole;

namespace ActorSnn.Cli.Output;

/// <summary>Text for people: progress bars on a terminal, a line for each file elsewhere.</summary>
internal sealed class TextDataReport(bool quiet) : DataReport
{
    private readonly IAnsiConsole _console = TextConsole.New();

    public override void Listed(string root, IReadOnlyList<PublicDataset> datasets)
    {
        var table = NewTable("data set", "what", ">files", ">size", "here", "licence");
        foreach (string drawn in DataLocator.DrawnDatasets)
            Row(table, drawn, DrawnSummary(drawn), "0", "", "needs no files", "");
        foreach (var d in datasets)
            Row(table, d.Name, d.Summary, $"{d.Files.Count}", d.Bytes is { } bytes ? Megabytes(bytes) : "not published", Word(d.StateIn(root)), d.Licence);
        _console.Write(table);
        Line($"data directory {root}; the sets of emnist share one archive");
    }

    public override DownloadResult While(Func<IDownloadObserver, DownloadResult> download)
    {
        if (quiet || !IsTerminal(_console)) return download(new Lines(print: !quiet));
        return Bars(_console).Start(context => download(new FileBars(context)));
    }

    public override void Got(DownloadResult result, double seconds, string? data)
    {
        var dataset = result.Dataset;
        string how = string.Join(", ", result.Files.GroupBy(f => f.Status).Select(g => $"{g.Count()} {Word(g.Key)}"));
        Line($"{dataset.Name} is in {result.Directory} ({how})");
        if (quiet) return;
        foreach (var archive in dataset.Files.Where(f => dataset.Members.Any(m => m.Archive == f.Name)))
        {
            string path = Path.Combine(Path.GetDirectoryName(result.Directory)!, archive.Folder, archive.Name);
            string use = archive.Folder == dataset.Name ? "nothing needs it any more" : "the other splits come from it without a download";
            if (File.Exists(path)) Line($"archive   {path} is kept; {use}");
        }
        if (!DataLocator.Datasets.Contains(dataset.Name)) return;
        var train = new ShellCommand("actorsnn", "train", "sbp", "--dataset", dataset.Name);
        if (data is not null) train.Add("--data", data);
        Line($"train     {train}");
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:#,0.0} MB";

    private sealed class Lines(bool print) : IDownloadObserver
    {
        public void Progress(DownloadProgress progress)
        {
        }

        public void Done(DownloadedFile file)
        {
            if (print) Line($"{Word(file.Status),-10} {file.Name}  {Count(file.Bytes)} bytes");
        }

        public void Warn(string message) => Failures.Say($"warning: {message}");
    }

    private sealed class FileBars(ProgressContext context) : IDownloadObserver
    {
        private ProgressTask? _bar;
        private string? _file;

        public void Progress(DownloadProgress progress)
        {
            Show(progress.File, Word(progress.Stage));
            _bar!.IsIndeterminate = progress.TotalBytes is null;
            _bar.MaxValue = Math.Max(1, progress.TotalBytes ?? progress.Bytes);
            _bar.Value = progress.Bytes;
        }

        public void Done(DownloadedFile file)
        {
            Show(file.Name, Word(file.Status));
            _bar!.IsIndeterminate = false;
            _bar.Value = _bar.MaxValue;
            _bar.StopTask();
        }

        public void Warn(string message) => Failures.Say($"warning: {message}");

        private void Show(string file, string doing)
        {
            if (_file != file) _bar = context.AddTask(file);
            _file = file;
            _bar!.Description = Markup.Escape($"{file}  {doing}");
        }
    }
}
