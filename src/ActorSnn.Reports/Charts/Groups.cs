namespace ActorSnn.Reports;

/// <summary>The colours of groups, by the order in which they occur.</summary>
internal sealed class Groups
{
    private const double Size = 11, Swatch = 10, Row = 17;

    private readonly List<string> _names;

    public Groups(IEnumerable<string?> groups) => _names = [.. groups.OfType<string>().Distinct()];

    /// <summary>The hue of a group; that of the first for none.</summary>
    public int HueOf(string? group) => group is null ? 0 : Math.Max(0, _names.IndexOf(group));

    /// <summary>Draws which colour means what, in as many rows as it takes.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="left">Left edge.</param>
    /// <param name="baseline">Baseline of the first row.</param>
    /// <param name="width">Width there is.</param>
    /// <param name="others">Further swatches: class, opacity and name.</param>
    /// <returns>The height taken; 0 when there is nothing to tell apart.</returns>
    public double Legend(SvgCanvas canvas, double left, double baseline, double width, params ReadOnlySpan<(string Style, double Opacity, string Name)> others)
    {
        var items = new List<(string Style, double Opacity, string Name)>();
        if (_names.Count > 1) items.AddRange(_names.Select((name, i) => (Palette.Fill(i), 1.0, name)));
        items.AddRange(others);
        double x = left, y = baseline;
        foreach (var (style, opacity, name) in items)
        {
            double needed = Swatch + 5 + SvgCanvas.WidthOf(name, Size) + 16;
            if (x > left && x + needed > left + width)
            {
                x = left;
                y += Row;
            }
            canvas.Rect(x, y - 9, Swatch, Swatch, style, opacity, radius: 2);
            canvas.Text(x + Swatch + 5, y, name, "soft", Size);
            x += needed;
        }
        return items.Count == 0 ? 0 : y - baseline + Row;
    }
}
