namespace ActorSnn.Reports;

/// <summary>One bar.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Value">Its length; at least 0.</param>
/// <param name="Shown">The value as text.</param>
/// <param name="Group">What it has in common with others; gives its colour. Null for none.</param>
/// <param name="Note">What else there is to say; shown when pointed at.</param>
public sealed record Bar(string Name, double Value, string Shown, string? Group = null, string? Note = null);

/// <summary>Lying bars, e.g. the rates of populations.</summary>
public static class BarChart
{
    private const double Width = 460, Row = 19, Size = 11.5;

    /// <summary>Draws bars, in the order given.</summary>
    /// <param name="title">What they show.</param>
    /// <param name="unit">What their length is in.</param>
    /// <param name="bars">The bars; at least one.</param>
    public static Picture Draw(string title, string unit, IReadOnlyList<Bar> bars)
    {
        var groups = new Groups(bars.Select(b => b.Group));
        double names = Math.Min(130, bars.Max(b => SvgCanvas.WidthOf(b.Name, Size)) + 10);
        double values = bars.Max(b => SvgCanvas.WidthOf(b.Shown, 11)) + 10;
        double most = Math.Max(1e-12, bars.Max(b => b.Value));
        var canvas = new SvgCanvas();
        double top = 6 + groups.Legend(canvas, names, 12, Width - names);
        for (int i = 0; i < bars.Count; i++)
        {
            var bar = bars[i];
            double y = top + i * Row, length = bar.Value / most * (Width - names - values);
            canvas.Text(names - 8, y + 13, SvgCanvas.Fit(bar.Name, Size, names - 8), "ink", Size, Anchor.End);
            canvas.Rect(names, y + 3, Width - names - values, Row - 6, "faint", radius: 2);
            canvas.Rect(names, y + 3, length, Row - 6, Palette.Fill(groups.HueOf(bar.Group)), radius: 2, title: $"{bar.Name}: {bar.Shown} {unit}{(bar.Note is null ? "" : $" ({bar.Note})")}");
            canvas.Text(Width - 2, y + 13, bar.Shown, "soft", 11, Anchor.End);
        }
        double height = top + bars.Count * Row + 22;
        canvas.Text(names, height - 7, unit, "soft", 11);
        return new Picture(title, string.Join("; ", bars.Select(b => $"{b.Name} {b.Shown}")), Width, height, canvas.Content);
    }
}
