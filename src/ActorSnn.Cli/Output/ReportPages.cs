using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Output;

/// <summary>The reports of the commands.</summary>
internal static class ReportPages
{
    /// <summary>What came out of a training or an evaluation.</summary>
    public static HtmlReport OfRun(RunResult result, RunDetails details)
    {
        bool training = result.History.Count > 0 || result.Model is null;
        var report = new HtmlReport(
            $"{result.System} on {result.Dataset}",
            training
                ? $"Training of {result.Sizes} with {Units.Count(result.Samples)} samples in {Units.Several(result.EpochsDone, "epoch")}{(result.Interrupted ? ", interrupted" : "")}, seed {result.Seed}."
                : $"Evaluation of {result.Model}, {result.Sizes}, on {Units.Count(result.Samples)} test images.");
        foreach (var measure in result.Accuracy ?? []) report.AddKeyFigure($"accuracy, {measure.Name}", Units.Percent(measure.Value));
        report.AddKeyFigure("samples a second", Units.Count((long)Math.Round(result.SamplesPerSecond)));
        if (result.Cores > 0) report.AddKeyFigure("cores", Units.Count(result.Cores)).AddKeyFigure("threads", Units.Count(result.Threads));

        if (result.History.Count > 0) report.AddSection("Accuracy and loss", Meanings(result.History, details), Curves(result.History));
        if (details.Remark is { } remark) report.AddSection(remark.Heading, remark.Text);
        if (details.Confusions.Count > 0)
            report.AddSection("Confusion", $"{Units.Count(result.TestSamples)} test images: which class was taken for which. A row is a class; off the diagonal the shades are steeper.",
                details.Confusions.Select(c => ReportBlock.Of(ConfusionMatrix.Draw(c.Title, c.Classes, c.Answers, c.Counts))));
        if (details.Showing is { } showing) report.AddRaster(showing.Recording, showing.What).AddActivity(showing.Activity, showing.ActivityOf);
        report.AddWeights(details.Weights);
        if (details.Mesh is { } mesh) report.AddMesh(mesh);
        return report.AddFacts(result.ToJson());
    }

    /// <summary>A simulation that was recorded.</summary>
    public static HtmlReport OfSimulation(SimulationResult result) => new HtmlReport(
        result.Name,
        $"{Units.Several(result.Ticks, "tick")}, {Units.Short(result.SimulatedMs)} ms of simulated time{(result.Interrupted ? ", interrupted" : "")}, seed {result.Seed}.")
        .AddKeyFigure("neurons", Units.Count(result.Neurons))
        .AddKeyFigure("synapses", Units.Count(result.Synapses))
        .AddKeyFigure("spikes", Units.Count(result.Spikes))
        .AddKeyFigure("mean rate (Hz)", Units.Short(result.MeanRateHz))
        .AddKeyFigure("seconds", Units.Short(result.Seconds))
        .AddRaster(result.Recording!, "")
        .AddRates(result.Recording!)
        .AddRatesOverTime(result.Recording!)
        .AddPotentials(result.Recording!)
        .AddMesh(result.Mesh!)
        .AddFacts(result.ToJson());

    /// <summary>A network at work on a few samples.</summary>
    public static HtmlReport OfShowing(string model, Showing showing) => new HtmlReport($"Spikes of {model}", showing.What)
        .AddRaster(showing.Recording, "")
        .AddActivity(showing.Activity, showing.ActivityOf)
        .AddMesh(showing.Mesh);

    /// <summary>A recording.</summary>
    public static HtmlReport OfRecording(string name, Networks.Recording recording) =>
        new HtmlReport($"Recording {name}", $"{Units.Several(recording.Ticks, "tick")} of {recording.NetworkName} from tick {Units.Count(recording.FirstTick)}, seed {recording.Seed}, network {recording.NetworkHash[..Math.Min(12, recording.NetworkHash.Length)]}.")
            .AddRaster(recording, "").AddRates(recording).AddRatesOverTime(recording).AddPotentials(recording);

    /// <summary>A network and where its neurons are.</summary>
    public static HtmlReport OfDescription(Description description)
    {
        if (description is NetworkDescription placed) return OfNetwork(placed);
        var report = new HtmlReport($"A model of {description.System}", $"{description.Facts["sizes"]} for {description.Facts["dataset"]}.");
        if (description.Weights is { } weights) report.AddWeights(weights);
        return report.AddFacts(description.Facts);
    }

    private static HtmlReport OfNetwork(NetworkDescription description)
    {
        var network = description.Network;
        var report = new HtmlReport($"The network of {description.System}", $"{(description.Facts["sizes"] is { } sizes ? $"{sizes} for {description.Facts["dataset"]}: p" : "P")}opulations, projections, cores.")
            .AddKeyFigure("neurons", Units.Count(network.NeuronCount))
            .AddKeyFigure("synapses", Units.Count(description.Synapses))
            .AddKeyFigure("of them plastic", Units.Count(description.PlasticSynapses))
            .AddKeyFigure("bytes of synapses", Units.Bytes(description.SynapseBytes))
            .AddKeyFigure("cores", Units.Count(description.Placement.Cores.Length));
        report.AddMesh(MeshOverviews.Of(description.Placement, traffic: null, description.GroupOf));
        if (description.NodeCount is { } nodes)
            report.AddSection("Nodes", NetworkDescription.NodeNote, ReportBlock.Table(Units.Several(nodes, "node"), NetworkDescription.NodeColumns, description.NodeRows));
        if (description.Weights is { } weights) report.AddWeights(weights);
        report.AddSection("Populations", "",
            ReportBlock.Of(BarChart.Draw("Sizes", "neurons", [.. network.Populations.Select(p => new Bar(p.Name, p.Size, Units.Count(p.Size), description.GroupOf(p.Name), p.Model.Name))])));
        report.AddSection("Projections", "", ReportBlock.Table(
            Units.Several(network.Projections.Length, "projection"), ["from", "to", "kind", ">synapses", "plastic", ">delay", ">bytes"],
            network.Projections.Select(p => (IReadOnlyList<string>)
            [
                network.Populations[p.Source].Name, network.Populations[p.Target].Name, p.Connectivity.Name, Units.Count(description.SynapsesOf(p)), p.Learning?.Name ?? "",
                p.Delay.Min == p.Delay.Max ? $"{p.Delay.Min}" : $"{p.Delay.Min}–{p.Delay.Max}", Units.Count(description.BytesOf(p)),
            ])));
        return report.AddFacts(description.Facts);
    }

    private static string Meanings(IReadOnlyList<EpochScores> epochs, RunDetails details) =>
        $"On the test set, after every epoch. {string.Join("; ", epochs[^1].Accuracy.Select(m => $"{m.Name}: {m.Meaning}"))}. {details.LossMeaning}";

    private static IEnumerable<ReportBlock> Curves(IReadOnlyList<EpochScores> epochs)
    {
        var accuracies = epochs[0].Accuracy.Select((measure, i) => new Curve(measure.Name, [.. epochs.Select(e => ((double)e.Epoch, e.Accuracy[i].Value))])).ToList();
        string best = string.Join(", ", accuracies.Select(c => c.Points.MaxBy(p => p.Y) is var top ? $"{c.Name} {Units.Percent(top.Y)} in epoch {top.X:0}" : ""));
        yield return ReportBlock.Of(LineChart.Draw("Accuracy by epoch", "epoch", accuracies, percent: true), $"Best: {best}.");
        yield return ReportBlock.Of(LineChart.Draw("Loss by epoch", "epoch", [new Curve("loss", [.. epochs.Select(e => ((double)e.Epoch, e.Loss))])], percent: false));
    }

    private static HtmlReport AddWeights(this HtmlReport report, WeightImages weights) => report.AddSection(
        "Weights", weights.Title + ". Blue is below zero, orange above, all on one scale.",
        ReportBlock.Of(ImageGrid.Draw("Input weights of hidden units", weights.Unit, weights.Rows, weights.Columns, weights.Images)));

    private static HtmlReport AddFacts(this HtmlReport report, JsonObject facts) =>
        report.AddSection("All figures", "As --json prints them.", ReportBlock.Facts(Flat("", facts)));

    private static IEnumerable<(string Name, string Value)> Flat(string prefix, JsonObject group)
    {
        foreach (var (key, value) in group)
        {
            string name = prefix + Words(key);
            if (value is JsonObject inner)
            {
                foreach (var fact in Flat(name + ", ", inner)) yield return fact;
            }
            else if (key != "event" && value is not null)
            {
                yield return (name, value.GetValueKind() == JsonValueKind.Number
                    ? decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture).ToString("#,0.######", CultureInfo.InvariantCulture)
                    : value.ToString());
            }
        }
    }

    // samplesPerSecond: samples per second
    private static string Words(string key)
    {
        var words = new StringBuilder();
        foreach (char c in key) words.Append(char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}");
        return words.ToString();
    }
}
