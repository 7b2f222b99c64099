using System.Collections.Immutable;
using System.Text;

namespace ActorSnn.Reports;

/// <summary>One curve.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points, by x.</param>
public sealed record Curve(string Name, ImmutableArray<(double X, double Y)> Points);

/// <summary>Curves over a whole number, e.g. accuracy by epoch.</summary>
public static class LineChart
{
    private const double Width = 460, Height = 270, Right = 14, Bottom = 44;
    private const double LegendRow = 18, LegendSample = 24;
    private const int MostMarkers = 70;

    private static readonly string?[] Dashes = [null, "7 4", "2 4", "10 3 2 3"];

    /// <summary>Draws curves.</summary>
    /// <param name="title">What they show.</param>
    /// <param name="xName">What x is.</param>
    /// <param name="curves">The curves; each has at least one point.</param>
    /// <param name="percent">Whether y is a fraction to be shown in percent.</param>
    public static Picture Draw(string title, string xName, IReadOnlyList<Curve> curves, bool percent)
    {
        var points = curves.SelectMany(c => c.Points).ToList();
        var x = new Scale(points.Min(p => p.X), points.Max(p => p.X), 6);
        double firstX = points.Min(p => p.X), lastX = Math.Max(firstX + 1, points.Max(p => p.X));
        var y = new Scale(points.Min(p => p.Y), points.Max(p => p.Y), 5);
        double left = y.Marks.Max(m => SvgCanvas.WidthOf(y.Label(m, percent), 11)) + 16;
        double top = 10 + LegendRow * curves.Count;
        double AtX(double value) => left + (value - firstX) / (lastX - firstX) * (Width - left - Right);
        double AtY(double value) => Height - Bottom - y.At(value) * (Height - Bottom - top);
        string Shown(double value) => percent ? Units.Percent(value) : Units.Short(value);

        var canvas = new SvgCanvas();
        foreach (double mark in y.Marks)
        {
            canvas.Line(left, AtY(mark), Width - Right, AtY(mark), "grid");
            canvas.Text(left - 8, AtY(mark) + 4, y.Label(mark, percent), "soft", 11, Anchor.End);
        }
        foreach (double mark in x.Marks.Where(m => m >= firstX && m <= lastX && m == Math.Round(m)))
            canvas.Text(AtX(mark), Height - Bottom + 17, Units.Count((long)mark), "soft", 11, Anchor.Middle);
        canvas.Line(left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        canvas.Text((left + Width - Right) / 2, Height - 8, xName, "soft", 11, Anchor.Middle);

        var description = new StringBuilder();
        for (int i = 0; i < curves.Count; i++)
        {
            var (name, list) = curves[i];
            string last = Shown(list[^1].Y);
            double legendY = 12 + i * LegendRow;
            canvas.Stroke($"M{SvgCanvas.Number(left)} {legendY - 4}h{LegendSample}", Palette.Stroke(i), 2.2, Dashes[i % Dashes.Length]);
            canvas.Text(left + LegendSample + 8, legendY, SvgCanvas.Fit(name, 11.5, Width - left - LegendSample - 80), "ink", 11.5);
            canvas.Text(Width - Right, legendY, last, "ink", 11.5, Anchor.End, bold: true);
            var path = new StringBuilder();
            foreach (var (px, py) in list) path.Append($"{(path.Length == 0 ? 'M' : 'L')}{SvgCanvas.Number(AtX(px))} {SvgCanvas.Number(AtY(py))}");
            canvas.Stroke(path.ToString(), Palette.Stroke(i), 2, Dashes[i % Dashes.Length]);
            if (list.Length <= MostMarkers)
            {
                foreach (var (px, py) in list) canvas.Circle(AtX(px), AtY(py), list.Length > 30 ? 2 : 2.8, Palette.Fill(i), title: $"{name}, {xName} {px:0}: {Shown(py)}");
            }
            description.Append($"{name}: from {Shown(list[0].Y)} to {last}. ");
        }
        return new Picture(title, description.ToString().Trim(), Width, Height, canvas.Content);
    }
}
