namespace ActorSnn.Reports;

/// <summary>A table of numbers as shades, e.g. the rates of populations by phase, or the traffic between cores.</summary>
public static class HeatMap
{
    private const double Size = 11, MostWidth = 460, Faintest = 0.06;

    /// <summary>Cells from which on they are a bitmap.</summary>
    private const int MostCells = 8000;

    /// <summary>Draws a table.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="unit">What the values are in.</param>
    /// <param name="rows">Names of the rows; at least one.</param>
    /// <param name="columns">Names of the columns; at least one.</param>
    /// <param name="values">[rows, columns], at least 0.</param>
    /// <param name="show">A value as text.</param>
    /// <param name="rowsAre">What a row is, e.g. "from core".</param>
    /// <param name="columnsAre">What a column is.</param>
    public static Picture Draw(
        string title, string unit, IReadOnlyList<string> rows, IReadOnlyList<string> columns, double[,] values, Func<double, string> show,
        string rowsAre = "", string columnsAre = "")
    {
        double left = Math.Min(120, rows.Max(r => SvgCanvas.WidthOf(r, Size)) + 12) + (rowsAre.Length > 0 ? 18 : 0);
        double cellWidth = (MostWidth - left - 4) / columns.Count;
        bool square = rows.Count > 30;
        double cellHeight = square ? cellWidth : Math.Clamp(cellWidth, 12, 18);
        int everyRow = (int)Math.Ceiling(12 / cellHeight), everyColumn;
        bool turned = columns.Any(c => SvgCanvas.WidthOf(c, Size) > cellWidth - 2) && cellWidth >= 12;
        double longest = columns.Max(c => SvgCanvas.WidthOf(c, Size));
        everyColumn = turned ? 1 : (int)Math.Ceiling((longest + 6) / cellWidth);
        double top = (turned ? longest + 10 : 20) + (columnsAre.Length > 0 ? 16 : 0);
        double most = Math.Max(1e-12, values.Cast<double>().Max());

        var canvas = new SvgCanvas();
        if (columnsAre.Length > 0) canvas.Text(left, 12, columnsAre, "soft", Size);
        double height = top + rows.Count * cellHeight;
        if (rowsAre.Length > 0) canvas.Text(12, top + 2, rowsAre, "soft", Size, Anchor.End, turn: -90);
        for (int c = 0; c < columns.Count; c += everyColumn)
        {
            double x = left + (c + 0.5) * cellWidth;
            if (turned) canvas.Text(x + 4, top - 6, columns[c], "soft", Size, turn: -90);
            else canvas.Text(x, top - 6, columns[c], "soft", Size, Anchor.Middle);
        }
        canvas.Rect(left, top, columns.Count * cellWidth, rows.Count * cellHeight, "faint");
        double gap = cellWidth > 8 ? 1 : 0;
        var bitmap = values.Length > MostCells ? new PngImage(columns.Count, rows.Count) : null;
        for (int r = 0; r < rows.Count; r++)
        {
            if (r % everyRow == 0) canvas.Text(left - 8, top + (r + 0.5) * cellHeight + 4, SvgCanvas.Fit(rows[r], Size, left - 8), "ink", Size, Anchor.End);
            for (int c = 0; c < columns.Count; c++)
            {
                if (values[r, c] <= 0) continue;
                if (bitmap is not null)
                {
                    bitmap.Set(c, r, Palette.Bitmap(Palette.Blue), Faintest + (1 - Faintest) * values[r, c] / most);
                    continue;
                }
                canvas.Rect(left + c * cellWidth, top + r * cellHeight, cellWidth - gap, cellHeight - gap, Palette.Fill(Palette.Blue), Faintest + (1 - Faintest) * values[r, c] / most,
                    title: $"{rowsAre} {rows[r]} {columnsAre} {columns[c]}: {show(values[r, c])} {unit}".Trim());
            }
        }
        if (bitmap is not null) canvas.Bitmap(left, top, columns.Count * cellWidth, rows.Count * cellHeight, bitmap);
        // The scale.
        double y = height + 14, width = 120;
        for (int i = 0; i < 12; i++) canvas.Rect(left + i * width / 12, y, width / 12 + 0.3, 9, Palette.Fill(Palette.Blue), Faintest + (1 - Faintest) * i / 11);
        canvas.Text(left + width + 8, y + 9, $"0 to {show(most)} {unit}", "soft", Size);
        return new Picture(title, $"{rows.Count} by {columns.Count} values up to {$"{show(most)} {unit}".Trim()}.", MostWidth, height + 32, canvas.Content);
    }
}
