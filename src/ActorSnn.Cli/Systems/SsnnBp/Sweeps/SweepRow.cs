using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Systems.SsnnBp.Sweeps;

/// <summary>What came out of one training of a study.</summary>
/// <param name="System">The system trained.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="TrainLength">Steps of a training sample; 0 for a plain network.</param>
/// <param name="Spikes">Accuracy by spikes; null for a plain network.</param>
/// <param name="Rate">Accuracy by rates.</param>
/// <param name="ClippedFraction">Part of the backward spikes whose probability exceeded 1.</param>
/// <param name="Cosine">For each layer the cosine of the mean weight change and the gradient; empty for a plain network.</param>
/// <param name="Gain">For each layer the gain of the mean weight change; empty for a plain network.</param>
/// <param name="Seconds">Time the training took.</param>
internal sealed record SweepRow(
    string System, ulong Seed, int TrainLength, double? Spikes, double Rate, double ClippedFraction, IReadOnlyList<double> Cosine, IReadOnlyList<double> Gain, double Seconds)
{
    /// <summary>Headings of the file.</summary>
    /// <param name="layers">Layers of weights.</param>
    public static string Headings(int layers) =>
        "study,system,seed,trainLength,spikes,rate,clippedFraction," + string.Concat(Enumerable.Range(1, layers).Select(l => $"cosine{l},gain{l},")) + "seconds";

    /// <summary>The line of the file.</summary>
    /// <param name="study">What the study is called.</param>
    /// <param name="layers">Layers of weights.</param>
    public string ToLine(string study, int layers)
    {
        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        IEnumerable<string> gradient = Enumerable.Range(0, layers).SelectMany(l => Cosine.Count > l ? (string[])[Number(Cosine[l]), Number(Gain[l])] : ["", ""]);
        return string.Join(',', [study, System, $"{Seed}", TrainLength == 0 ? "" : $"{TrainLength}", Spikes is { } spikes ? Number(spikes) : "", Number(Rate), Number(ClippedFraction), .. gradient, Number(Seconds)]);
    }

    /// <summary>Reads a line of the file.</summary>
    /// <param name="line">The line.</param>
    /// <param name="layers">Layers of weights.</param>
    /// <returns>The study and the row; null when it is no such line.</returns>
    public static (string Study, SweepRow Row)? Parse(string line, int layers)
    {
        string[] cells = line.Split(',');
        if (cells.Length != 8 + 2 * layers) return null;
        try
        {
            double Number(int cell) => double.Parse(cells[cell], NumberStyles.Float, CultureInfo.InvariantCulture);
            bool isPlain = cells[3].Length == 0;
            return (cells[0], new SweepRow(
                cells[1], ulong.Parse(cells[2], CultureInfo.InvariantCulture), isPlain ? 0 : int.Parse(cells[3], CultureInfo.InvariantCulture), isPlain ? null : Number(4), Number(5), Number(6),
                isPlain ? [] : [.. Enumerable.Range(0, layers).Select(l => Number(7 + 2 * l))], isPlain ? [] : [.. Enumerable.Range(0, layers).Select(l => Number(8 + 2 * l))], Number(cells.Length - 1)));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public JsonObject ToJson()
    {
        static JsonNode? Finite(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;
        var json = new JsonObject { ["event"] = "row", ["system"] = System, ["seed"] = Seed };
        if (Spikes is { } spikes)
        {
            json["trainLength"] = TrainLength;
            json["accuracy"] = new JsonObject { ["spikes"] = spikes, ["rate"] = Rate };
            json["clippedFraction"] = ClippedFraction;
            json["cosine"] = new JsonArray([.. Cosine.Select(Finite)]);
            json["gain"] = new JsonArray([.. Gain.Select(Finite)]);
        }
        else
        {
            json["accuracy"] = new JsonObject { ["rate"] = Rate };
        }
        json["seconds"] = Math.Round(Seconds, 3);
        return json;
    }
}
