using System.Text;
using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>Membrane potentials over time: a band a neuron, each from its lowest to its highest value.</summary>
public static class PotentialChart
{
    private const double Height = 46, Gap = 8;

    /// <summary>Points of a curve; of more, the lowest and highest of each pixel are drawn.</summary>
    private const int MostPoints = 4000;

    /// <summary>Draws the potentials of the first neurons of one population.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="table">Its potentials of that population.</param>
    /// <param name="neurons">Neurons to draw; fewer when there are not as many.</param>
    public static Picture Draw(Recording recording, RecordedPotentials table, int neurons)
    {
        var population = recording.Population(table.Population);
        neurons = Math.Min(neurons, population.Size);
        var frame = new TimeFrame(recording);
        var groups = new Groups([population.Group]);
        double bottom = frame.Top + neurons * (Height + Gap);
        frame.DrawPhases(bottom - Gap / 2);
        for (int n = 0; n < neurons; n++)
        {
            float[] values = [.. Enumerable.Range(0, table.Ticks.Length).Select(i => table.Values[i * population.Size + n])];
            double low = values.DefaultIfEmpty(0).Min(), high = values.DefaultIfEmpty(0).Max(), y = frame.Top + n * (Height + Gap);
            frame.DrawBand($"{population.Name} {n}", $"{Units.Short(low)} to {Units.Short(high)}", y, Height);
            if (values.Length > 0)
                frame.Plot.Stroke(Path(frame, table.Ticks, values, v => y + Height - 4 - (high > low ? (v - low) / (high - low) : 0.5) * (Height - 8)), Palette.Stroke(Palette.Blue), 1.4);
        }
        return frame.Finish(
            $"Potentials of {population.Name}", $"{Units.Several(neurons, "neuron")} of {Units.Count(population.Size)}, in {table.Unit}, at {Units.Several(table.Ticks.Length, "tick")}.", bottom, groups, note: null);
    }

    private static string Path(TimeFrame frame, long[] ticks, float[] values, Func<double, double> yOf)
    {
        var path = new StringBuilder();
        int perPoint = (values.Length + MostPoints - 1) / MostPoints;
        for (int from = 0; from < values.Length; from += perPoint)
        {
            var part = values.AsSpan(from, Math.Min(perPoint, values.Length - from));
            float low = part[0], high = part[0];
            foreach (float value in part) (low, high) = (Math.Min(low, value), Math.Max(high, value));
            string x = SvgCanvas.Number(frame.X(ticks[from]) + frame.TickWidth / 2);
            path.Append($"{(path.Length == 0 ? 'M' : 'L')}{x} {SvgCanvas.Number(yOf(high))}");
            if (low < high) path.Append($"V{SvgCanvas.Number(yOf(low))}");
        }
        return path.ToString();
    }
}
