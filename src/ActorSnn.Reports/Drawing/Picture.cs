using System.Text;
using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>A finished drawing: an SVG file of its own, or a part of a page.</summary>
public sealed class Picture
{
    internal const string Fonts = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif";

    private const double TitleHeight = 30;
    private const double NoteHeight = 16;
    private const double NoteSize = 11;

    private readonly double _gutter;
    private readonly string _left;
    private readonly string _content;

    /// <param name="title">What it shows, in a few words.</param>
    /// <param name="description">The same for who cannot see it.</param>
    /// <param name="width">Width, in pixels at natural size.</param>
    /// <param name="height">Height.</param>
    /// <param name="content">The elements.</param>
    /// <param name="left">Elements of the left edge, which stays in place when the rest is scrolled.</param>
    /// <param name="gutter">Width of that edge; 0 for a picture that scales instead of scrolling.</param>
    /// <param name="note">What has to be said about how it was drawn; null for nothing.</param>
    internal Picture(string title, string description, double width, double height, string content, string left = "", double gutter = 0, string? note = null)
    {
        (Title, Description, Width, Height, _content, _left, _gutter, Note) = (title, description, width, height, content, left, gutter, note);
    }

    /// <summary>What it shows, in a few words.</summary>
    public string Title { get; }

    /// <summary>What it shows, for who cannot see it.</summary>
    public string Description { get; }

    /// <summary>Width in pixels, at natural size.</summary>
    public double Width { get; }

    /// <summary>Height in pixels, at natural size.</summary>
    public double Height { get; }

    /// <summary>What has to be said about how it was drawn, e.g. that dots were too many; null for nothing.</summary>
    public string? Note { get; }

    /// <summary>The picture as an SVG file, with title and note, for light and dark backgrounds.</summary>
    public string ToSvg()
    {
        double height = TitleHeight + Height + (Note is null ? 8 : NoteHeight + 8);
        var frame = new SvgCanvas();
        frame.Rect(0, 0, Width, height, "paper");
        frame.Text(12, 21, Title, "ink", 14, bold: true);
        var svg = new StringBuilder();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Number(Width)}\" height=\"{Number(height)}\" viewBox=\"0 0 {Number(Width)} {Number(height)}\" font-family=\"{Fonts}\" role=\"img\">\n")
            .Append($"<title>{SvgCanvas.Escape(Title)}</title>\n<desc>{SvgCanvas.Escape(Description)}</desc>\n<style>{Palette.Css}</style>\n")
            .Append(frame.Content)
            .Append($"<g transform=\"translate(0 {Number(TitleHeight)})\">\n{_left}{_content}</g>\n");
        if (Note is not null)
        {
            var note = new SvgCanvas();
            note.Text(12, TitleHeight + Height + NoteHeight - 4, Note, "soft", NoteSize);
            svg.Append(note.Content);
        }
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Saves the picture as an SVG file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToSvg())));

    /// <summary>The picture as elements of a page that has <see cref="Palette.Css"/>.</summary>
    /// <param name="id">What its ids begin with.</param>
    internal string ToHtml(string id)
    {
        string names = $"role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{SvgCanvas.Escape(Title)}</title><desc id=\"{id}-d\">{SvgCanvas.Escape(Description)}</desc>\n";
        if (_gutter == 0)
            return $"<svg class=\"scales\" viewBox=\"0 0 {Number(Width)} {Number(Height)}\" width=\"{Number(Width)}\" {names}{_content}</svg>\n";
        double rest = Width - _gutter;
        return $"<div class=\"pan\"><svg viewBox=\"0 0 {Number(_gutter)} {Number(Height)}\" width=\"{Number(_gutter)}\" height=\"{Number(Height)}\" aria-hidden=\"true\">\n{_left}</svg>"
            + $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{SvgCanvas.Escape(Title)}\"><svg viewBox=\"{Number(_gutter)} 0 {Number(rest)} {Number(Height)}\" width=\"{Number(rest)}\" height=\"{Number(Height)}\" {names}{_content}</svg></div></div>\n";
    }

    private static string Number(double value) => SvgCanvas.Number(value);
}
