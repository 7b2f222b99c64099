using System.Text.Json.Nodes;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Reports;
using Spectre.Console;

namespace ActorSnn.Cli.Output;

/// <summary>Text for people: a progress bar on a terminal, a line after each epoch elsewhere, then a table.</summary>
internal sealed class TextReport : RunReport
{
    private const int WidthOfFiles = 140;

    private readonly bool _quiet;
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings());

    public TextReport(bool quiet)
    {
        _quiet = quiet;
        if (Console.IsOutputRedirected) _console.Profile.Width = WidthOfFiles;
    }

    public override RunResult While(Func<IRunObserver, RunResult> run)
    {
        if (_quiet) return run(new Lines(print: false));
        if (Console.IsOutputRedirected || !_console.Profile.Capabilities.Interactive) return run(new Lines(print: true));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _console.Cursor.Show(); // a second Ctrl-C leaves the bar, which hides it, as it is
        return _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => run(new Bar(context)));
    }

    public override void Trained(RunResult result)
    {
        Line($"{result.System} {result.Sizes} on {result.Dataset}: {Count(result.Samples)} samples in {result.Seconds:0.0} s ({result.SamplesPerSecond:#,0} a second), "
            + $"{Several(result.Cores, "core")}, {Several(result.Threads, "thread")}, {PeakMemory.Bytes() >> 20} MB");
        if (result.Accuracy is not null)
        {
            var table = NewTable($"accuracy on {Count(result.TestSamples)} test images", $">after epoch {result.EpochsDone}", ">best", ">in epoch");
            foreach (var (measure, best) in result.Accuracy.Zip(result.Best))
                Row(table, Caption(measure), $"{measure.Value:0.00 %}", $"{best.Value:0.00 %}", $"{best.Epoch}");
            _console.Write(table);
        }
        Files(result);
        if (result.Model is null) return;
        var evaluate = new ShellCommand("actorsnn", "eval", result.Model);
        if (result.Data is not null) evaluate.Add("--data", result.Data);
        Line($"model     {result.Model}");
        Line($"evaluate  {evaluate}");
    }

    public override void Evaluated(RunResult result)
    {
        Line($"{result.Model}: {result.System} {result.Sizes} on {result.Dataset}, {Count(result.Samples)} samples in {result.Seconds:0.00} s "
            + $"({result.SamplesPerSecond:#,0} a second), {Several(result.Cores, "core")}, {Several(result.Threads, "thread")}");
        var table = NewTable($"accuracy on {Count(result.TestSamples)} test images", "");
        foreach (var measure in result.Accuracy!) Row(table, Caption(measure), $"{measure.Value:0.00 %}");
        _console.Write(table);
        Files(result);
    }

    public override void Drawn(Recording recording, string svg, string? page, bool ascii)
    {
        if (!_quiet)
        {
            ascii |= Console.OutputEncoding.CodePage != System.Text.Encoding.UTF8.CodePage;
            foreach (string line in TerminalRaster.Draw(recording, _console.Profile.Width, ascii)) Line(line);
        }
        Line($"picture   {svg}");
        if (page is not null) Line($"report    {page}");
    }

    public override void Described(NetworkDescription description)
    {
        var network = description.Network;
        foreach (var (name, value) in description.Facts) Line($"{name,-15} {Fact(value)}");

        var populations = NewTable("population", ">size", "model");
        foreach (var p in network.Populations) Row(populations, p.Name, Count(p.Size), p.Model.Name);
        _console.Write(populations);

        var projections = NewTable("from", "to", "kind", ">synapses", "plastic", ">delay", ">bytes");
        foreach (var p in network.Projections)
        {
            string delay = p.Delay.Min == p.Delay.Max ? $"{p.Delay.Min}" : $"{p.Delay.Min}-{p.Delay.Max}";
            Row(projections, network.Populations[p.Source].Name, network.Populations[p.Target].Name, p.Connectivity.Name,
                Count(description.SynapsesOf(p)), p.Learning?.Name ?? "", delay, Count(description.BytesOf(p)));
        }
        _console.Write(projections);

        var links = description.Placement.Links();
        var cores = NewTable(">core", ">neurons", ">synapse bytes", ">links in", ">links out", "slices");
        foreach (var core in description.Placement.Cores)
        {
            Row(cores, $"{core.Index}", Count(core.Neurons), Count(core.SynapseBytes), $"{links.Count(l => l.To == core.Index)}",
                $"{links.Count(l => l.From == core.Index)}", Slices(network, core));
        }
        _console.Write(cores);

        Line($"{Count(network.NeuronCount)} neurons, {Count(description.Synapses)} synapses, {Count(description.PlasticSynapses)} of them plastic, "
            + $"{Count(description.SynapseBytes)} bytes of synapses; {Several(description.Placement.Cores.Length, "core")}, {Several(links.Length, "link")}");
    }

    private static void Files(RunResult result)
    {
        if (result.Record is not null) Line($"recording {result.Record}");
        if (result.Report is not null) Line($"report    {result.Report}");
    }

    // Whole populations by name; parts with their neurons.
    private static string Slices(Networks.Network network, CorePlacement core) => string.Join(' ', core.Slices.Select(s =>
        network.Populations[s.Population] is var p && s.Count == p.Size ? p.Name : $"{p.Name}[{s.Start}..{s.End - 1}]"));

    private static string Fact(JsonNode? value) => value is JsonObject group
        ? string.Join(", ", group.Select(p => $"{p.Key} {Fact(p.Value)}"))
        : value is JsonValue scalar && scalar.TryGetValue(out double number) ? (number is > 0 and < 1 ? $"{number:0.00 %}" : $"{number:0.###}") : $"{value}";

    private static string Caption(Measure measure) => $"{measure.Name} ({measure.Meaning})";

    private static string Count(long number) => $"{number:#,0}";

    private static string Several(int number, string thing) => $"{Count(number)} {thing}{(number == 1 ? "" : "s")}";

    private static Table NewTable(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded };
        foreach (string heading in headings)
        {
            bool right = heading.StartsWith('>');
            var column = new TableColumn(Markup.Escape(heading.TrimStart('>')));
            table.AddColumn(right ? column.RightAligned() : column);
        }
        return table;
    }

    private static void Row(Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (string cell in cells) row.Add(new Text(cell));
        table.AddRow(row);
    }

    // Not through the console's markup: paths and commands must not be wrapped.
    private static void Line(string line) => Console.Out.WriteLine(line);

    private static string Percent(IEnumerable<Measure> accuracy) => string.Join("  ", accuracy.Select(m => $"{m.Name} {m.Value:0.00 %}"));

    private sealed class Lines(bool print) : IRunObserver
    {
        public void Progress(RunProgress progress)
        {
            if (print && progress.Accuracy is { } accuracy)
                Line($"epoch {progress.Epoch}/{progress.Epochs}  {progress.SamplesPerSecond:#,0} samples/s  {Percent(accuracy)}");
        }

        public void CheckpointSaved(string file, long tick, long samples)
        {
        }

        public void Warn(string message) => Failures.Say($"warning: {message}");
    }

    private sealed class Bar(ProgressContext context) : IRunObserver
    {
        private ProgressTask? _task;
        private string _accuracy = "";

        public void Progress(RunProgress progress)
        {
            _task ??= context.AddTask("samples", maxValue: progress.TotalSamples); // the name is never seen, and may not be empty
            if (progress.Accuracy is { } accuracy) _accuracy = "  " + Percent(accuracy);
            string epoch = progress.Epoch > 0 ? $"epoch {progress.Epoch}/{progress.Epochs}  " : "";
            _task.Description = Markup.Escape($"{epoch}{progress.SamplesPerSecond:#,0} samples/s{_accuracy}");
            _task.Value = progress.Samples;
        }

        public void CheckpointSaved(string file, long tick, long samples)
        {
        }

        public void Warn(string message) => Failures.Say($"warning: {message}");
    }
}
