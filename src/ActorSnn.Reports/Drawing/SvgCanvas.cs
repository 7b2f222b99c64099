using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text;

namespace ActorSnn.Reports;

/// <summary>Where text is put relative to its position.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>Collects SVG elements. Numbers are written the same way everywhere; what people named is escaped.</summary>
internal sealed class SvgCanvas
{
    private readonly StringBuilder _svg = new();

    /// <summary>What was drawn.</summary>
    public string Content => _svg.ToString();

    /// <summary>A number with at most two decimals.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    public static string Escape(string text) => SecurityElement.Escape(text)!;

    /// <summary>Width a text is likely to take; no font is at hand to measure with.</summary>
    public static double WidthOf(string text, double size) => text.Sum(c => c is 'i' or 'l' or 'j' or '.' or ',' or ' ' or '|' or ':' ? 0.31 : char.IsUpper(c) || c is 'm' or 'w' ? 0.74 : 0.57) * size;

    /// <summary>A text cut so that it likely fits.</summary>
    public static string Fit(string text, double size, double width)
    {
        if (WidthOf(text, size) <= width) return text;
        int length = text.Length;
        while (length > 0 && WidthOf(text[..length] + "…", size) > width) length--;
        return length == 0 ? "" : text[..length].TrimEnd() + "…";
    }

    public void Rect(double x, double y, double width, double height, string style, double opacity = 1, double radius = 0, string? title = null)
    {
        Add($"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" class=\"{style}\"");
        if (opacity < 1) Add($" fill-opacity=\"{opacity}\"");
        if (radius > 0) Add($" rx=\"{radius}\"");
        Close("rect", title);
    }

    public void Circle(double x, double y, double radius, string style, string? title = null)
    {
        Add($"<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" class=\"{style}\"");
        Close("circle", title);
    }

    public void Line(double x1, double y1, double x2, double y2, string style, double width = 1) =>
        Add($"<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{style}\" stroke-width=\"{width}\"/>\n");

    /// <summary>A line along a path.</summary>
    public void Stroke(string path, string style, double width, string? dashes = null, double opacity = 1, string? title = null)
    {
        Add($"<path d=\"{(Raw)path}\" class=\"{style}\" fill=\"none\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        if (dashes is not null) Add($" stroke-dasharray=\"{(Raw)dashes}\"");
        if (opacity < 1) Add($" stroke-opacity=\"{opacity}\"");
        Close("path", title);
    }

    /// <summary>A filled outline.</summary>
    public void Shape(string path, string style, double opacity = 1)
    {
        Add($"<path d=\"{(Raw)path}\" class=\"{style}\"");
        if (opacity < 1) Add($" fill-opacity=\"{opacity}\"");
        Close("path", null);
    }

    public void Text(double x, double y, string text, string style, double size, Anchor anchor = Anchor.Start, bool bold = false, double turn = 0)
    {
        Add($"<text x=\"{x}\" y=\"{y}\" class=\"{style}\" font-size=\"{size}\"");
        if (anchor != Anchor.Start) Add($" text-anchor=\"{(anchor == Anchor.Middle ? "middle" : "end")}\"");
        if (bold) Add($" font-weight=\"600\"");
        if (turn != 0) Add($" transform=\"rotate({turn} {x} {y})\"");
        Add($">{text}</text>\n");
    }

    /// <summary>A bitmap, its pixels kept sharp.</summary>
    public void Bitmap(double x, double y, double width, double height, PngImage image) =>
        Add($"<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"{(Raw)image.ToDataUri()}\"/>\n");

    private void Add(Writer text) => _svg.Append(text.Text);

    private void Close(string element, string? title)
    {
        if (title is null) Add($"/>\n");
        else Add($"><title>{title}</title></{(Raw)element}>\n");
    }

    /// <summary>Text that is markup already.</summary>
    private readonly record struct Raw(string Text)
    {
        public static explicit operator Raw(string text) => new(text);
    }

    /// <summary>Formats numbers by <see cref="Number"/> and escapes strings.</summary>
    [InterpolatedStringHandler]
    private readonly ref struct Writer(int literalLength, int formattedCount)
    {
        public StringBuilder Text { get; } = new(literalLength + 8 * formattedCount);

        public void AppendLiteral(string text) => Text.Append(text);

        public void AppendFormatted(double number) => Text.Append(Number(number));

        public void AppendFormatted(string text) => Text.Append(Escape(text));

        public void AppendFormatted(Raw raw) => Text.Append(raw.Text);
    }
}
