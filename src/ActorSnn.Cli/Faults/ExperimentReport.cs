using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ActorSnn.Cli.Output;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;
using ActorSnn.Reports;
using BarChart = ActorSnn.Reports.BarChart;

namespace ActorSnn.Cli.Faults;

/// <summary>Shows what an experiment showed: on the console, as a page, as JSON.</summary>
internal static class ExperimentReport
{
    private const int MostOrdersListed = 100;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes page and JSON.</summary>
    /// <returns>The result with these files.</returns>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static ExperimentResult Save(ExperimentResult result, ExperimentFiles files)
    {
        result = result with { Files = files };
        AtomicFile.Write(files.Json, stream => stream.Write(Encoding.UTF8.GetBytes(result.ToJson().ToJsonString(Indented) + "\n")));
        PageOf(result).Save(files.Report);
        return result;
    }

    /// <summary>Text for people.</summary>
    public static void Print(ExperimentResult result)
    {
        var console = TextConsole.New();
        var injected = TextConsole.NewTable("fault", "whom", "how much", "when", ">times");
        foreach (var fault in result.Scenario.Faults)
            TextConsole.Row(injected, fault.Kind, FaultWords.TargetOf(fault), FaultWords.ExtentOf(fault), FaultWords.TimeOf(fault), Times(result, fault));
        console.Write(injected);
        var costs = TextConsole.NewTable("", ">undisturbed", ">under faults", ">change");
        foreach (var cost in result.Costs) TextConsole.Row(costs, cost.Name, Shown(cost.Undisturbed, cost.IsFraction), Shown(cost.Disturbed, cost.IsFraction), Change(cost.Undisturbed, cost.Disturbed, cost.IsFraction));
        console.Write(costs);
        if (result.Disturbed.Cluster is { } cluster) TextConsole.Line($"{cluster}");
        if (result.Missed is { } missed) TextConsole.Line(missed);
        TextConsole.Line(result.Verdict);
        if (result.Files is not { } files) return;
        TextConsole.Line($"report    {files.Report}");
        TextConsole.Line($"figures   {files.Json}");
    }

    private static HtmlReport PageOf(ExperimentResult result)
    {
        var (scenario, undisturbed, disturbed) = (result.Scenario, result.Undisturbed, result.Disturbed);
        var page = new HtmlReport($"Experiment: {scenario.Name}", $"{(scenario.Description is { } text ? $"{text.Trim()} " : "")}{result.Command}, scenario {scenario.File}, seed {scenario.Seed}.");
        page.AddKeyFigure("state hash", result.Matches switch { true => "matches", false => result.ReachesNeurons ? "differs, as expected" : "differs", null => "not compared" });
        foreach (var measure in disturbed.Accuracy) page.AddKeyFigure($"accuracy, {measure.Name}", Units.Percent(measure.Value));
        if (disturbed.Accuracy.Count == 0) page.AddKeyFigure("spikes", Units.Count(disturbed.Spikes));
        if (disturbed.Cluster is { } cluster)
        {
            page.AddKeyFigure("recoveries", Units.Count(cluster.History.Recoveries));
            page.AddKeyFigure("most ticks redone", Units.Count(cluster.History.TicksRedone));
        }
        page.AddKeyFigure("seconds", Units.Short(disturbed.Seconds));

        page.AddSection("What was injected", "What the scenario says, and how often it came about. Faults that reach neurons are part of the network and happen as its spikes come."
            + (result.Missed is { } missed ? $" {missed}" : ""), Injected(result));
        if (scenario.MachineFaults.Any())
        {
            page.AddSection("What was detected", "What the simulator noticed, and what it did about it.", ReportBlock.Table(
                "Noticed and repaired", ["what", "", ">number"], result.Detected.Select(d => (IReadOnlyList<string>)[Words(d.Name), d.Meaning, d.Value is { } n ? Units.Count(n) : "none"])));
        }
        page.AddSection("What it cost", undisturbed is null ? "There was no undisturbed run to compare with." : "The same command without faults, and under them.", Costs(result));
        page.AddSection("The state", result.Verdict, ReportBlock.Table(
            "State hashes", ["run", "state hash"], [["undisturbed", undisturbed?.StateHash ?? "not run"], ["under faults", disturbed.StateHash]]));
        return page;
    }

    private static IEnumerable<ReportBlock> Injected(ExperimentResult result)
    {
        yield return ReportBlock.Table("Faults of the scenario", ["reaches", "kind", "whom", "how much", "when", ">times"], result.Scenario.Faults.Select(f =>
            (IReadOnlyList<string>)[f is SimulatedFault ? "neurons" : "the machine", f.Kind, FaultWords.TargetOf(f), FaultWords.ExtentOf(f), FaultWords.TimeOf(f), Times(result, f)]));
        var suffered = result.Suffered.Where(s => s.Value > 0).ToList();
        if (suffered.Count > 0)
            yield return ReportBlock.Table("What links and cores suffered", ["what", "", ">number"], suffered.Select(s => (IReadOnlyList<string>)[Words(s.Name), s.Meaning, Units.Count(s.Value)]));
        if (result.Injected.Count > 0)
        {
            yield return ReportBlock.Table(
                result.Injected.Count > MostOrdersListed ? $"The first {MostOrdersListed} of {Units.Count(result.Injected.Count)} that happened" : "One after the other",
                [">seconds", ">tick", "what happened"],
                result.Injected.Take(MostOrdersListed).Select(i => (IReadOnlyList<string>)[FormattableString.Invariant($"{i.Seconds:0.00}"), Units.Count(i.Tick), i.What]));
        }
    }

    private static IEnumerable<ReportBlock> Costs(ExperimentResult result)
    {
        yield return ReportBlock.Table("Side by side", ["", ">undisturbed", ">under faults", ">change"], result.Costs.Select(c => (IReadOnlyList<string>)
            [c.Name, Shown(c.Undisturbed, c.IsFraction), Shown(c.Disturbed, c.IsFraction), Change(c.Undisturbed, c.Disturbed, c.IsFraction)]));
        if (result.Disturbed.History.Count > 1 && result.Undisturbed is { } undisturbed)
        {
            var measures = result.Disturbed.Accuracy;
            for (int i = 0; i < measures.Count; i++)
            {
                yield return ReportBlock.Of(LineChart.Draw(
                    $"Accuracy by epoch, {measures[i].Name}", "epoch", [CurveOf("undisturbed", undisturbed, i), CurveOf("under faults", result.Disturbed, i)], percent: true));
            }
        }
        else if (result.Undisturbed is { } sound && sound.Accuracy.Count > 0)
        {
            yield return ReportBlock.Of(BarChart.Draw("Accuracy", "of the test images", [.. sound.Accuracy.Zip(result.Disturbed.Accuracy).SelectMany(m => new[]
            {
                new Bar(m.First.Name, m.First.Value, Units.Percent(m.First.Value), "undisturbed", m.First.Meaning),
                new Bar(m.Second.Name, m.Second.Value, Units.Percent(m.Second.Value), "under faults", m.Second.Meaning),
            })]));
        }
    }

    private static Curve CurveOf(string name, ExperimentOutcome outcome, int measure) => new(name, [.. outcome.History.Select(e => ((double)e.Epoch, e.Accuracy[measure].Value))]);

    private static string Times(ExperimentResult result, ScenarioFault fault) => result.TimesOf(fault) is { } times ? Units.Count(times) : "in the network";

    private static string Shown(double? value, bool isFraction) => value is not { } number ? "" : isFraction ? Units.Percent(number) : number == Math.Round(number) ? Units.Count((long)number) : Units.Short(number);

    private static string Change(double? before, double after, bool isFraction)
    {
        if (before is not { } was) return "";
        if (isFraction) return FormattableString.Invariant($"{100 * (after - was):+0.00;-0.00;0} points");
        return was == 0 ? after == 0 ? "0 %" : "" : FormattableString.Invariant($"{100 * (after / was - 1):+0.0;-0.0;0} %");
    }

    // resumedFromTick: resumed from tick
    private static string Words(string name) => string.Concat(name.Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
}
