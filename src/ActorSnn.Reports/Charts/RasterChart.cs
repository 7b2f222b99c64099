using System.Text;
using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>
/// A spike raster: time from left to right, a band a population, a dot a spike. Phases are named and shaded, samples marked. Spikes of large populations are
/// spread over the width of their tick, so that they can be told apart. When dots are too many, shades in a bitmap take their place, and the picture says so.
/// </summary>
public static class RasterChart
{
    /// <summary>Spikes from which on a raster shows shades instead of dots.</summary>
    public const int MostDots = 20_000;

    private const double Gap = 8, Single = 7;

    /// <summary>Neurons from which on a band spreads them over the width of a tick.</summary>
    private const int Spread = 40;

    /// <summary>Draws a recording.</summary>
    /// <param name="recording">The recording; it has spikes of at least one population.</param>
    /// <param name="title">What it shows; when omitted, that it is the network's spikes.</param>
    public static Picture Draw(Recording recording, string? title = null)
    {
        var frame = new TimeFrame(recording);
        var bands = RasterBand.Of(recording);
        var groups = new Groups(bands.Select(b => b.Group));
        long spikes = bands.Sum(b => b.Spikes.Sum(s => (long)s.Count));
        double bottom = frame.Top + bands.Sum(b => HeightOf(b) + Gap);
        frame.DrawPhases(bottom - Gap / 2);
        double y = frame.Top;
        foreach (var band in bands)
        {
            double height = HeightOf(band);
            int hue = groups.HueOf(band.Group);
            frame.DrawBand(band.Name, band.Note, y, height);
            if (spikes > MostDots) DrawShades(frame, recording, band, hue, y, height);
            else DrawDots(frame, band, hue, y, height);
            y += height + Gap;
        }
        return frame.Finish(
            title ?? $"Spikes of {recording.NetworkName}",
            $"{Units.Count(spikes)} spikes of {Units.Several(recording.Spikes.Length, "population")} in {Units.Several(recording.Ticks, "tick")} from tick {recording.FirstTick}.",
            bottom, groups, spikes > MostDots ? $"{Units.Count(spikes)} spikes are too many for dots: the darker, the more spikes." : null);
    }

    private static double HeightOf(RasterBand band) => band.IsSingles ? Math.Max(28, Single * band.Rows) : Math.Clamp(14 + 3.2 * Math.Log2(band.Rows), 22, 46);

    private static void DrawDots(TimeFrame frame, RasterBand band, int hue, double y, double height)
    {
        double size = Math.Clamp(Math.Min(frame.TickWidth * 0.6, height / band.Rows * 1.4), band.Rows > 100 && frame.TickWidth < 20 ? 1.5 : 2, 4.5);
        var path = new StringBuilder();
        foreach (var (tick, row) in band.Events())
        {
            double spread = band.Rows > Spread ? (row * 7 % 23 / 22.0 - 0.5) * 0.8 : 0;
            path.Append($"M{SvgCanvas.Number(frame.X(tick) + (0.5 + spread) * frame.TickWidth)} {SvgCanvas.Number(y + (row + 0.5) / band.Rows * height)}h0");
        }
        if (path.Length > 0) frame.Plot.Stroke(path.ToString(), Palette.Stroke(hue), size);
    }

    private static void DrawShades(TimeFrame frame, Recording recording, RasterBand band, int hue, double y, double height)
    {
        int width = (int)Math.Ceiling(frame.Span), rows = (int)Math.Min(band.Rows, Math.Ceiling(height * 2));
        var counts = new int[width * rows];
        foreach (var (tick, row) in band.Events())
        {
            double spread = frame.TickWidth >= 4 && band.Rows > Spread ? row * 7 % 23 / 23.0 : 0.5;
            int column = Math.Min(width - 1, (int)((tick - recording.FirstTick + spread) * frame.TickWidth));
            counts[(int)((long)row * rows / band.Rows) * width + column]++;
        }
        double most = Math.Max(1, counts.Max());
        var bitmap = new PngImage(width, rows);
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0) bitmap.Set(i % width, i / width, Palette.Bitmap(hue), 0.25 + 0.75 * Math.Sqrt(counts[i] / most));
        }
        frame.Plot.Bitmap(TimeFrame.Gutter, y, frame.Span, height, bitmap);
    }
}
