using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Networks;
using ActorSnn.Reports;
using Spectre.Console;
using static ActorSnn.Cli.Output.TextConsole;

namespace ActorSnn.Cli.Output;

/// <summary>Text for people: a progress bar on a terminal, a line after each epoch elsewhere, then a table.</summary>
internal sealed class TextReport : RunReport
{
    private const int MostCoresListed = 40;

    private readonly bool _quiet;
    private readonly IAnsiConsole _console = TextConsole.New();

    public TextReport(bool quiet) => _quiet = quiet;

    public override T While<T>(Func<IRunObserver, T> run)
    {
        if (_quiet) return run(new Lines(print: false));
        if (!IsTerminal(_console)) return run(new Lines(print: true));
        return Bars(_console).AutoClear(true).Start(context => run(new Bar(context)));
    }

    public override void Trained(RunResult result)
    {
        Line($"{result.System} {result.Sizes} on {result.Dataset}: {Count(result.Samples)} samples in {result.Seconds:0.0} s ({result.SamplesPerSecond:#,0} a second)"
            + $"{Where(result)}, {PeakMemory.Bytes() >> 20} MB");
        if (result.Accuracy is not null)
        {
            var table = NewTable($"accuracy on {Count(result.TestSamples)} test images", $">after epoch {result.EpochsDone}", ">best", ">in epoch");
            foreach (var (measure, best) in result.Accuracy.Zip(result.Best))
                Row(table, Caption(measure), $"{measure.Value:0.00 %}", $"{best.Value:0.00 %}", $"{best.Epoch}");
            _console.Write(table);
        }
        if (result.Note is not null) Line(result.Note);
        Timing(result.Timing);
        if (result.Cluster is not null) Line($"{result.Cluster}");
        Files(result.Record, result.Report);
        if (result.Model is null) return;
        var evaluate = new ShellCommand("actorsnn", "eval", result.Model);
        if (result.Data is not null) evaluate.Add("--data", result.Data);
        Line($"model     {result.Model}");
        Line($"evaluate  {evaluate}");
    }

    public override void Simulated(SimulationResult result)
    {
        Line($"{result.Name}: {Count(result.Ticks)} ticks ({result.SimulatedMs:#,0.###} ms) in {result.Seconds:0.000} s, {result.RealTimeFactor:0.###} times real time; "
            + $"built in {result.BuildSeconds:0.000} s; {Several(result.Cores, "core")}, {Several(result.Threads, "thread")}, {PeakMemory.Bytes() >> 20} MB");
        var table = NewTable("population", ">size", "model", ">spikes", ">rate (Hz)");
        foreach (var p in result.Populations) Row(table, p.Name, Count(p.Size), p.Model, Count(p.Spikes), $"{result.RateHz(p):0.000}");
        _console.Write(table);
        Line($"{Several(result.Neurons, "neuron")}, {Several(result.Synapses, "synapse")}, {Several(result.Spikes, "spike")} ({result.MeanRateHz:0.000} Hz), "
            + $"{Several(result.SynapticEvents, "synaptic event")}");
        Line($"state hash {result.StateHash}");
        Timing(result.Timing);
        if (result.Cluster is not null) Line($"{result.Cluster}");
        Files(result.Record, result.Report);
        if (result.Checkpoint is not null) Line($"checkpoint {result.Checkpoint}");
    }

    public override void Evaluated(RunResult result)
    {
        Line($"{result.Model}: {result.System} {result.Sizes} on {result.Dataset}, {Count(result.Samples)} samples in {result.Seconds:0.00} s "
            + $"({result.SamplesPerSecond:#,0} a second){Where(result)}");
        var table = NewTable($"accuracy on {Count(result.TestSamples)} test images", "");
        foreach (var measure in result.Accuracy!) Row(table, Caption(measure), $"{measure.Value:0.00 %}");
        _console.Write(table);
        if (result.Note is not null) Line(result.Note);
        Timing(result.Timing);
        Files(result.Record, result.Report);
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

    public override void Described(Description description)
    {
        foreach (var (name, value) in description.Facts) Line($"{name,-15} {Fact(value)}");
        if (description is NetworkDescription network) Described(network);
    }

    private void Described(NetworkDescription description)
    {
        var network = description.Network;
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

        var into = description.Links.CountBy(l => l.To).ToDictionary();
        var outOf = description.Links.CountBy(l => l.From).ToDictionary();
        var all = description.Placement.Cores;
        var cores = NewTable(">core", ">neurons", ">synapse bytes", ">links in", ">links out", "slices");
        foreach (var core in all.Take(all.Length > MostCoresListed ? MostCoresListed / 2 : all.Length))
        {
            Row(cores, $"{core.Index}", Count(core.Neurons), Count(core.SynapseBytes), $"{into.GetValueOrDefault(core.Index)}",
                $"{outOf.GetValueOrDefault(core.Index)}", Slices(network, core));
        }
        _console.Write(cores);
        if (all.Length > MostCoresListed) Line($"… and {Count(all.Length - MostCoresListed / 2)} cores more");

        if (description.NodeCount is not null)
        {
            var nodes = NewTable(NetworkDescription.NodeColumns.AsSpan());
            foreach (var row in description.NodeRows) Row(nodes, [.. row]);
            _console.Write(nodes);
            foreach (var node in description.Nodes.Where(n => !n.Cores.IsEmpty && all.Length <= MostCoresListed))
                Line($"node {node.Node.Name} holds {(node.Cores.Length == 1 ? "core" : "cores")} {string.Join(' ', node.Cores)}");
            Line(NetworkDescription.NodeNote);
        }

        Line($"{Several(network.NeuronCount, "neuron")}, {Several(description.Synapses, "synapse")}, {Count(description.PlasticSynapses)} of them plastic, "
            + $"{Count(description.SynapseBytes)} bytes of synapses; {Several(description.Placement.Cores.Length, "core")}, {Several(description.Links.Length, "link")}");
        Line($"about {MemoryCheck.Gigabytes(description.MemoryBytes)} of memory to run");
    }

    private void Timing(TimingResult timing)
    {
        if (timing.Free is not { } free)
        {
            if (timing.Mode != $"{TimingRequest.Exact}") Line($"timing    {timing.Mode}");
            return;
        }
        Line($"timing    {timing.Mode}, {Count(timing.TickMicroseconds!.Value)} us a tick: NOT REPRODUCIBLE; {Several(free.Delivered, "spike")} delivered between cores, {Count(free.LateSpikes)} late, "
            + $"{Count(free.Merged)} merged, {Count(free.Dropped)} dropped; {Several(free.OverrunTicks, "tick")} overrun");
        if (free.LateSpikes == 0) return;
        var table = NewTable(">late by (ticks)", ">spikes", ">share");
        foreach (var (ticks, spikes) in timing.LateRows()) Row(table, ticks, Count(spikes), $"{(double)spikes / free.Delivered:0.0000 %}");
        _console.Write(table);
    }

    // A plain network is on no cores.
    private static string Where(RunResult result) => result.Cores == 0 ? "" : $", {Several(result.Cores, "core")}, {Several(result.Threads, "thread")}";

    private static void Files(string? record, string? report)
    {
        if (record is not null) Line($"recording {record}");
        if (report is not null) Line($"report    {report}");
    }

    // Whole populations by name; parts with their neurons.
    private static string Slices(Networks.Network network, CorePlacement core) => string.Join(' ', core.Slices.Select(s =>
        network.Populations[s.Population] is var p && s.Count == p.Size ? p.Name : $"{p.Name}[{s.Start}..{s.End - 1}]"));

    // Fractions are accuracies, which stand in a group.
    private static string Fact(JsonNode? value, bool inGroup = false) => value is JsonObject group
        ? string.Join(", ", group.Select(p => $"{p.Key} {Fact(p.Value, inGroup: true)}"))
        : value is JsonValue scalar && scalar.TryGetValue(out double number)
            ? (inGroup && number is > 0 and < 1 ? $"{number:0.00 %}" : $"{number:0.######}")
            : $"{value}";

    private static string Caption(Measure measure) => $"{measure.Name} ({measure.Meaning})";

    private static string Percent(IEnumerable<Measure> accuracy) => string.Join("  ", accuracy.Select(m => $"{m.Name} {m.Value:0.00 %}"));

    private static string Describe(CoreFailure failure) =>
        $"{failure.Node}: {failure.Problem}; all cores were restored {(failure.RestoredTick < 0 ? "at the beginning" : $"from tick {Count(failure.RestoredTick)}")}";

    private sealed class Lines(bool print) : IRunObserver
    {
        public void Progress(SimulationProgress progress)
        {
        }

        public void Progress(RunProgress progress)
        {
            if (print && progress.Accuracy is { } accuracy)
                Line($"epoch {progress.Epoch}/{progress.Epochs}  {progress.SamplesPerSecond:#,0} samples/s  {Percent(accuracy)}");
        }

        public void CheckpointSaved(CheckpointName checkpoint, long? samples)
        {
        }

        public bool ShowsNodes => false;

        public void Submitted(string run, string attach, bool isResult)
        {
            if (print || isResult) Line($"submitted as {run}; follow it with: {attach}");
        }

        public void Recovered(ClusterFigures figures, CoreFailure? failure)
        {
            if (failure is not null) Warn(Describe(failure));
            if (print) Line($"{figures}");
        }

        public void Nodes(IReadOnlyList<NodeReport> nodes, long lastTick)
        {
        }

        public void Warn(string message) => Failures.Say($"warning: {message}");
    }

    private sealed class Bar(ProgressContext context) : IRunObserver
    {
        private ProgressTask? _task;
        private string _accuracy = "";
        private string _recoveries = "";
        private readonly Dictionary<string, ProgressTask> _nodes = [];

        public void Progress(SimulationProgress progress)
        {
            _task ??= context.AddTask("ticks", maxValue: progress.TotalTicks);
            _task.Description = $"{progress.Ticks * progress.TimeStepMs:#,0} ms  {progress.RealTimeFactor:0.###} times real time{_recoveries}";
            _task.Value = progress.Ticks;
        }

        public void Progress(RunProgress progress)
        {
            _task ??= context.AddTask("samples", maxValue: progress.TotalSamples); // the name is never seen, and may not be empty
            if (progress.Accuracy is { } accuracy) _accuracy = "  " + Percent(accuracy);
            string epoch = progress.Epoch > 0 ? $"epoch {progress.Epoch}/{progress.Epochs}  " : "";
            _task.Description = Markup.Escape($"{epoch}{progress.SamplesPerSecond:#,0} samples/s{_accuracy}{_recoveries}");
            _task.Value = progress.Samples;
        }

        public void CheckpointSaved(CheckpointName checkpoint, long? samples)
        {
        }

        public bool ShowsNodes => true;

        public void Submitted(string run, string attach, bool isResult)
        {
            if (isResult) Line($"submitted as {run}; follow it with: {attach}");
        }

        public void Recovered(ClusterFigures figures, CoreFailure? failure)
        {
            if (failure is not null) Warn(Describe(failure));
            _recoveries = $"  recovered {figures.History.Recoveries}x";
        }

        public void Nodes(IReadOnlyList<NodeReport> nodes, long lastTick)
        {
            foreach (var node in nodes)
            {
                if (!_nodes.TryGetValue(node.Name, out var task)) _nodes[node.Name] = task = context.AddTask("node", maxValue: lastTick + 1);
                task.Description = Markup.Escape($"{node.Name}  {Several(node.Cores, "core")}{(node.IsDraining ? "  leaving" : "")}{(node.Trouble is { } trouble ? $"  {trouble}" : "")}");
                task.Value = node.Tick + 1;
            }
            foreach (string lost in _nodes.Keys.Except(nodes.Select(n => n.Name))) _nodes[lost].Description = Markup.Escape($"{lost}  lost");
        }

        public void Warn(string message) => Failures.Say($"warning: {message}");
    }
}
