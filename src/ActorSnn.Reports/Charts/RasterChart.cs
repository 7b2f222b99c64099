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

    private const double Gutter = 118, PlotWidth = 940, MostPlotWidth = 3000, LeastNamedTick = 13, MostTick = 34;
    private const double Gap = 8, Single = 7, NameSize = 9.5, CaptionHeight = 20, AxisHeight = 40;

    /// <summary>Draws a recording.</summary>
    /// <param name="recording">The recording; it has spikes of at least one population.</param>
    /// <param name="title">What it shows; when omitted, that it is the network's spikes.</param>
    public static Picture Draw(Recording recording, string? title = null) => new Drawing(recording).Draw(title ?? $"Spikes of {recording.NetworkName}");

    private sealed class Drawing
    {
        private readonly Recording _recording;
        private readonly IReadOnlyList<RasterBand> _bands;
        private readonly Groups _groups;
        private readonly long _ticks;
        private readonly double _tick;
        private readonly double _top;
        private readonly long _spikes;
        private readonly SvgCanvas _plot = new();
        private readonly SvgCanvas _left = new();

        public Drawing(Recording recording)
        {
            _recording = recording;
            _bands = RasterBand.Of(recording);
            _groups = new Groups(_bands.Select(b => b.Group));
            _ticks = Math.Max(1, recording.Ticks);
            _spikes = _bands.Sum(b => b.Spikes.Sum(s => (long)s.Count));
            double fit = PlotWidth / _ticks;
            _tick = recording.Phases is not null && _ticks * LeastNamedTick <= MostPlotWidth ? Math.Clamp(fit, LeastNamedTick, MostTick) : Math.Min(fit, MostTick);
            NamesPhases = recording.Phases is not null && _tick >= LeastNamedTick;
            double names = NamesPhases ? recording.Phases!.List.Max(p => SvgCanvas.WidthOf(p.Name, NameSize)) + 14 : 4;
            _top = (recording.Samples.IsEmpty ? 0 : CaptionHeight) + names;
        }

        private bool NamesPhases { get; }

        private double Width => Gutter + _ticks * _tick + 12;

        public Picture Draw(string title)
        {
            double bottom = _top + _bands.Sum(b => HeightOf(b) + Gap);
            Phases(bottom);
            double y = _top;
            foreach (var band in _bands)
            {
                Band(band, y);
                y += HeightOf(band) + Gap;
            }
            Samples(bottom);
            Axis(bottom);
            double legend = Legend(bottom + AxisHeight + 12);
            return new Picture(
                title, $"{Units.Count(_spikes)} spikes of {Units.Several(_recording.Spikes.Length, "population")} in {Units.Several(_recording.Ticks, "tick")} from tick {_recording.FirstTick}.",
                Width, bottom + AxisHeight + legend, _plot.Content, _left.Content, Gutter,
                _spikes > MostDots ? $"{Units.Count(_spikes)} spikes are too many for dots: the darker, the more spikes." : null);
        }

        private double X(long tick) => Gutter + (tick - _recording.FirstTick) * _tick;

        private static double HeightOf(RasterBand band) => band.IsSingles ? Math.Max(28, Single * band.Rows) : Math.Clamp(14 + 3.2 * Math.Log2(band.Rows), 22, 46);

        private void Phases(double bottom)
        {
            if (_recording.Phases is not { } phases) return;
            double head = _recording.Samples.IsEmpty ? 0 : CaptionHeight;
            for (long tick = _recording.FirstTick; NamesPhases && tick < _recording.FirstTick + _ticks; tick++)
            {
                var phase = phases.Of(tick);
                string style = phase.Effect switch { PhaseEffect.Strengthens => Palette.Fill(Palette.Green), PhaseEffect.Weakens => Palette.Fill(Palette.Vermilion), _ => "faint" };
                if (phase.Effect != PhaseEffect.None || tick % 2 == 0) _plot.Rect(X(tick), head, _tick, bottom - head - Gap / 2, style, phase.Effect == PhaseEffect.None ? 1 : 0.16);
                _plot.Text(X(tick) + _tick / 2 + NameSize * 0.35, _top - 6, phase.Name, "soft", NameSize, turn: -90);
            }
        }

        private void Samples(double bottom)
        {
            foreach (var sample in _recording.Samples)
            {
                double x = X(sample.FirstTick), width = sample.Ticks * _tick;
                if (sample.FirstTick > _recording.FirstTick) _plot.Line(x, 0, x, bottom, "axis", 1.2);
                if (width > 24) _plot.Text(x + 6, 13, SvgCanvas.Fit(sample.Caption, 11.5, width - 8), "ink", 11.5, bold: true);
            }
        }

        private void Band(RasterBand band, double y)
        {
            double height = HeightOf(band);
            double middle = y + height / 2;
            _left.Text(Gutter - 10, band.Note.Length > 0 ? middle - 1 : middle + 4, SvgCanvas.Fit(band.Name, 12, Gutter - 12), "ink", 12, Anchor.End, bold: true);
            if (band.Note.Length > 0) _left.Text(Gutter - 10, middle + 11, SvgCanvas.Fit(band.Note, 9.5, Gutter - 12), "soft", 9.5, Anchor.End);
            _plot.Rect(Gutter, y, _ticks * _tick, height, "band", 0.55);
            if (_spikes > MostDots) Shades(band, y, height);
            else Dots(band, y, height);
        }

        private void Dots(RasterBand band, double y, double height)
        {
            double size = Math.Clamp(Math.Min(_tick * 0.6, height / band.Rows * 1.4), band.Rows > 100 && _tick < 20 ? 1.5 : 2, 4.5);
            var path = new StringBuilder();
            foreach (var (tick, row) in band.Events())
            {
                double spread = band.Rows > 40 ? (row * 7 % 23 / 22.0 - 0.5) * 0.8 : 0;
                path.Append($"M{SvgCanvas.Number(X(tick) + (0.5 + spread) * _tick)} {SvgCanvas.Number(y + (row + 0.5) / band.Rows * height)}h0");
            }
            if (path.Length > 0) _plot.Stroke(path.ToString(), Palette.Stroke(_groups.HueOf(band.Group)), size);
        }

        private void Shades(RasterBand band, double y, double height)
        {
            int width = (int)Math.Ceiling(_ticks * _tick), rows = (int)Math.Min(band.Rows, Math.Ceiling(height * 2));
            var counts = new int[width * rows];
            foreach (var (tick, row) in band.Events())
            {
                double spread = _tick >= 4 && band.Rows > 40 ? row * 7 % 23 / 23.0 : 0.5;
                int column = Math.Min(width - 1, (int)((tick - _recording.FirstTick + spread) * _tick));
                counts[(int)((long)row * rows / band.Rows) * width + column]++;
            }
            double most = Math.Max(1, counts.Max());
            var bitmap = new PngImage(width, rows);
            for (int i = 0; i < counts.Length; i++)
            {
                if (counts[i] > 0) bitmap.Set(i % width, i / width, Palette.Bitmap(_groups.HueOf(band.Group)), 0.25 + 0.75 * Math.Sqrt(counts[i] / most));
            }
            _plot.Bitmap(Gutter, y, _ticks * _tick, height, bitmap);
        }

        private void Axis(double bottom)
        {
            _plot.Line(Gutter, bottom, Gutter + _ticks * _tick, bottom, "axis");
            _left.Text(Gutter - 10, bottom + 16, "tick", "soft", 10.5, Anchor.End);
            _left.Text(Gutter - 10, bottom + 30, "ms", "soft", 10.5, Anchor.End);
            foreach (long tick in Marks())
            {
                _plot.Line(X(tick), bottom, X(tick), bottom + 5, "axis");
                var anchor = tick == _recording.FirstTick ? Anchor.Start : Anchor.Middle;
                _plot.Text(X(tick), bottom + 16, Units.Count(tick), "soft", 10.5, anchor);
                _plot.Text(X(tick), bottom + 30, (tick * _recording.TimeStepMs).ToString("#,0.###", System.Globalization.CultureInfo.InvariantCulture), "soft", 10.5, anchor);
            }
        }

        /// <summary>Where samples begin, or round numbers; far enough apart to be read.</summary>
        private IEnumerable<long> Marks()
        {
            long end = _recording.FirstTick + _ticks;
            if (!_recording.Samples.IsEmpty && _recording.Samples[0].Ticks * _tick >= 48) return _recording.Samples.Select(s => s.FirstTick);
            var scale = new Scale(_recording.FirstTick, end, (int)Math.Max(1, _ticks * _tick / 90));
            return scale.Marks.Where(m => m == Math.Round(m) && m >= _recording.FirstTick && m < end).Select(m => (long)m);
        }

        private double Legend(double baseline)
        {
            var effects = new List<(string, double, string)>();
            if (NamesPhases && _recording.Phases!.List.Any(p => p.Effect == PhaseEffect.Strengthens)) effects.Add((Palette.Fill(Palette.Green), 0.3, "phase: weights grow"));
            if (NamesPhases && _recording.Phases!.List.Any(p => p.Effect == PhaseEffect.Weakens)) effects.Add((Palette.Fill(Palette.Vermilion), 0.3, "phase: weights shrink"));
            return _groups.Legend(_plot, Gutter, baseline, Math.Max(Width - Gutter, 300), [.. effects]);
        }
    }
}
