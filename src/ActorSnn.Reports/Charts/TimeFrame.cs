using System.Globalization;
using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>What pictures of a recording have in common: time from left to right with named and shaded phases, samples, and an axis in ticks and milliseconds.</summary>
internal sealed class TimeFrame
{
    /// <summary>Width of the left edge, for names.</summary>
    public const double Gutter = 118;

    private const double PlotWidth = 940, MostPlotWidth = 3000, LeastNamedTick = 13, MostTick = 34;
    private const double NameSize = 9.5, CaptionHeight = 20, AxisHeight = 40;

    private readonly Recording _recording;
    private readonly long _ticks;

    public TimeFrame(Recording recording)
    {
        _recording = recording;
        _ticks = Math.Max(1, recording.Ticks);
        double fit = PlotWidth / _ticks;
        TickWidth = recording.Phases is not null && _ticks * LeastNamedTick <= MostPlotWidth ? Math.Clamp(fit, LeastNamedTick, MostTick) : Math.Min(fit, MostTick);
        NamesPhases = recording.Phases is not null && TickWidth >= LeastNamedTick;
        double names = NamesPhases ? recording.Phases!.List.Max(p => SvgCanvas.WidthOf(p.Name, NameSize)) + 14 : 4;
        Top = (recording.Samples.IsEmpty ? 0 : CaptionHeight) + names;
    }

    /// <summary>What is drawn right of the names.</summary>
    public SvgCanvas Plot { get; } = new();

    /// <summary>What is drawn on the left edge.</summary>
    public SvgCanvas Left { get; } = new();

    /// <summary>Where the first band begins.</summary>
    public double Top { get; }

    /// <summary>Width of a tick.</summary>
    public double TickWidth { get; }

    /// <summary>Width of all ticks.</summary>
    public double Span => _ticks * TickWidth;

    private bool NamesPhases { get; }

    /// <summary>Where a tick begins.</summary>
    public double X(long tick) => Gutter + (tick - _recording.FirstTick) * TickWidth;

    /// <summary>Shades and names the phases. Comes before the bands.</summary>
    public void DrawPhases(double bottom)
    {
        double head = _recording.Samples.IsEmpty ? 0 : CaptionHeight;
        for (long tick = _recording.FirstTick; NamesPhases && tick < _recording.FirstTick + _ticks; tick++)
        {
            var phase = _recording.Phases!.Of(tick);
            string style = phase.Effect switch
            {
                PhaseEffect.Strengthens => Palette.Fill(Palette.Green),
                PhaseEffect.Weakens => Palette.Fill(Palette.Vermilion),
                _ => "faint",
            };
            if (phase.Effect != PhaseEffect.None || tick % 2 == 0) Plot.Rect(X(tick), head, TickWidth, bottom - head, style, phase.Effect == PhaseEffect.None ? 1 : 0.16);
            Plot.Text(X(tick) + TickWidth / 2 + NameSize * 0.35, Top - 6, phase.Name, "soft", NameSize, turn: -90);
        }
    }

    /// <summary>Names a band and draws its ground.</summary>
    public void DrawBand(string name, string note, double y, double height)
    {
        double middle = y + height / 2;
        Left.Text(Gutter - 10, note.Length > 0 ? middle - 1 : middle + 4, SvgCanvas.Fit(name, 12, Gutter - 12), "ink", 12, Anchor.End, bold: true);
        if (note.Length > 0) Left.Text(Gutter - 10, middle + 11, SvgCanvas.Fit(note, 9.5, Gutter - 12), "soft", 9.5, Anchor.End);
        Plot.Rect(Gutter, y, Span, height, "band", 0.55);
    }

    /// <summary>Draws samples, axis and legend, and finishes the picture.</summary>
    public Picture Finish(string title, string description, double bottom, Groups groups, string? note)
    {
        foreach (var sample in _recording.Samples)
        {
            double x = X(sample.FirstTick), width = sample.Ticks * TickWidth;
            if (sample.FirstTick > _recording.FirstTick && width > 6) Plot.Line(x, 0, x, bottom, "axis", 1.2);
            if (width > 24) Plot.Text(x + 6, 13, SvgCanvas.Fit(sample.Caption, 11.5, width - 8), "ink", 11.5, bold: true);
        }
        DrawAxis(bottom);
        var effects = new List<(string, double, string)>();
        void Explain(PhaseEffect effect, int hue, string what)
        {
            if (NamesPhases && _recording.Phases!.List.Any(p => p.Effect == effect)) effects.Add((Palette.Fill(hue), 0.3, what));
        }
        Explain(PhaseEffect.Strengthens, Palette.Green, "phase: weights grow");
        Explain(PhaseEffect.Weakens, Palette.Vermilion, "phase: weights shrink");
        double legend = groups.Legend(Plot, Gutter, bottom + AxisHeight + 12, Math.Max(Span, 300), [.. effects]);
        return new Picture(title, description, Gutter + Span + 12, bottom + AxisHeight + legend, Plot.Content, Left.Content, Gutter, note);
    }

    private void DrawAxis(double bottom)
    {
        Plot.Line(Gutter, bottom, Gutter + Span, bottom, "axis");
        Left.Text(Gutter - 10, bottom + 16, "tick", "soft", 10.5, Anchor.End);
        Left.Text(Gutter - 10, bottom + 30, "ms", "soft", 10.5, Anchor.End);
        foreach (long tick in Marks())
        {
            Plot.Line(X(tick), bottom, X(tick), bottom + 5, "axis");
            var anchor = tick == _recording.FirstTick ? Anchor.Start : Anchor.Middle;
            Plot.Text(X(tick), bottom + 16, Units.Count(tick), "soft", 10.5, anchor);
            Plot.Text(X(tick), bottom + 30, (tick * _recording.TimeStepMs).ToString("#,0.###", CultureInfo.InvariantCulture), "soft", 10.5, anchor);
        }
    }

    /// <summary>Where samples begin, or round numbers; far enough apart to be read.</summary>
    private IEnumerable<long> Marks()
    {
        long end = _recording.FirstTick + _ticks;
        if (!_recording.Samples.IsEmpty && _recording.Samples[0].Ticks * TickWidth >= 48) return _recording.Samples.Select(s => s.FirstTick);
        var scale = new Scale(_recording.FirstTick, end, (int)Math.Max(1, Span / 90));
        // The last mark's number would leave the picture.
        return scale.Marks.Where(m => m == Math.Round(m) && m >= _recording.FirstTick && X((long)m) <= Gutter + Span - 20).Select(m => (long)m);
    }
}
