using System.Collections.Immutable;

namespace ActorSnn.Reports;

/// <summary>Weights that belong to pixels, e.g. those onto one hidden unit.</summary>
/// <param name="Caption">What they are of.</param>
/// <param name="Values">[rows, columns] row-major.</param>
public sealed record WeightImage(string Caption, ImmutableArray<float> Values);

/// <summary>Weights as images: blue below zero, orange above, all on one scale.</summary>
public static class ImageGrid
{
    private const double Width = 460, Gap = 8, CaptionHeight = 14;

    /// <summary>Draws images.</summary>
    /// <param name="title">What they show.</param>
    /// <param name="unit">Unit of the weights.</param>
    /// <param name="rows">Rows of an image.</param>
    /// <param name="columns">Columns of an image.</param>
    /// <param name="images">The images; at least one.</param>
    public static Picture Draw(string title, string unit, int rows, int columns, IReadOnlyList<WeightImage> images)
    {
        int across = Math.Min(5, images.Count);
        double width = (Width - (across - 1) * Gap) / across;
        width = Math.Min(width, 120);
        double height = width * rows / columns;
        float most = Math.Max(images.Max(i => i.Values.Max(Math.Abs)), 1e-12f);
        var canvas = new SvgCanvas();
        for (int i = 0; i < images.Count; i++)
        {
            double x = i % across * (width + Gap), y = i / across * (height + CaptionHeight + Gap);
            var bitmap = new PngImage(columns, rows);
            for (int p = 0; p < rows * columns; p++)
            {
                float value = images[i].Values[p] / most;
                bitmap.Set(p % columns, p / columns, value > 0 ? Palette.Positive : Palette.Negative, Math.Abs(value));
            }
            canvas.Rect(x, y, width, height, "faint");
            canvas.Bitmap(x, y, width, height, bitmap);
            canvas.Text(x + width / 2, y + height + 11, images[i].Caption, "soft", 10, Anchor.Middle);
        }
        double bottom = ((images.Count + across - 1) / across) * (height + CaptionHeight + Gap) + 4;
        var scale = new PngImage(101, 1);
        for (int p = 0; p <= 100; p++) scale.Set(p, 0, p > 50 ? Palette.Positive : Palette.Negative, Math.Abs(p - 50) / 50.0);
        canvas.Rect(0, bottom, 160, 10, "faint");
        canvas.Bitmap(0, bottom, 160, 10, scale);
        canvas.Text(0, bottom + 23, $"-{Units.Short(most)}", "soft", 10.5);
        canvas.Text(80, bottom + 23, "0", "soft", 10.5, Anchor.Middle);
        canvas.Text(160, bottom + 23, Units.Short(most), "soft", 10.5, Anchor.End);
        canvas.Text(172, bottom + 9, unit, "soft", 10.5);
        return new Picture(title, $"{images.Count} images of {columns} by {rows} weights between {Units.Short(-most)} and {Units.Short(most)} {unit}.", Width, bottom + 28, canvas.Content);
    }
}
