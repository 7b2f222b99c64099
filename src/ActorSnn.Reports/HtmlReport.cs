using System.Text;
using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>
/// A report as one HTML file that needs nothing else: styles and pictures are inside, and its content security policy forbids any request. It follows the reader's
/// light or dark setting, prints, and fits narrow screens; wide pictures scroll within their frame.
/// </summary>
/// <param name="title">What it is about.</param>
/// <param name="subtitle">A sentence more.</param>
public sealed class HtmlReport(string title, string subtitle)
{
    private const string Doctype = "<!DOCTYPE html>";

    private readonly StringBuilder _facts = new();
    private readonly List<(string Id, string Heading, string Content)> _sections = [];
    private int _pictures;

    /// <summary>Adds a number that matters most; the first few stand on top.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="value">The number.</param>
    public HtmlReport AddKeyFigure(string name, string value)
    {
        _facts.Append($"<div><dt>{Escape(name)}</dt><dd>{Escape(value)}</dd></div>\n");
        return this;
    }

    /// <summary>Adds a section.</summary>
    /// <param name="heading">Its heading.</param>
    /// <param name="lead">What it shows and how to read it; may be empty.</param>
    /// <param name="blocks">What is in it.</param>
    public HtmlReport AddSection(string heading, string lead, params IEnumerable<ReportBlock> blocks)
    {
        string id = $"section-{_sections.Count + 1}";
        var content = new StringBuilder();
        if (lead.Length > 0) content.Append($"<p>{Escape(lead)}</p>\n");
        content.Append("<div class=\"blocks\">\n");
        foreach (var block in blocks) content.Append(block.ToHtml(() => $"picture-{++_pictures}"));
        content.Append("</div>\n");
        _sections.Add((id, heading, content.ToString()));
        return this;
    }

    /// <summary>The file's content.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder();
        html.Append($"{Doctype}\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"ActorSnn\">\n")
            .Append($"<title>{Escape(title)}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{Palette.Css}\n{PageStyle.Css}</style>\n</head>\n<body>\n<header>\n")
            .Append($"<h1>{Escape(title)}</h1>\n<p>{Escape(subtitle)}</p>\n");
        if (_facts.Length > 0) html.Append($"<dl class=\"figures\">\n{_facts}</dl>\n");
        html.Append("<nav aria-label=\"Sections\">");
        foreach (var (id, heading, _) in _sections) html.Append($"<a href=\"#{id}\">{Escape(heading)}</a>");
        html.Append("</nav>\n</header>\n<main>\n");
        foreach (var (id, heading, content) in _sections) html.Append($"<section id=\"{id}\">\n<h2>{Escape(heading)}</h2>\n{content}</section>\n");
        return html.Append("</main>\n<footer>Written by ActorSnn. This file needs no other.</footer>\n</body>\n</html>\n").ToString();
    }

    /// <summary>Saves the report, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written, or a file is there that is no HTML.</exception>
    public void Save(string path)
    {
        RequireReplaceable(path);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToHtml())));
    }

    /// <summary>Finds out whether a report could be saved and would replace nothing but a report.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <exception cref="IOException">It could not; the message is one line that names the file.</exception>
    public static void RequireReplaceable(string path) => AtomicFile.RequireReplaceable(path, "HTML file", Doctype, "<html");

    private static string Escape(string text) => SvgCanvas.Escape(text);
}

/// <summary>A part of a section.</summary>
public abstract class ReportBlock
{
    private ReportBlock() { }

    /// <summary>A picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="caption">What to see in it; null for nothing.</param>
    public static ReportBlock Of(Picture picture, string? caption = null) => new PictureBlock(picture, caption);

    /// <summary>A table.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="columns">Names of the columns; one that starts with &gt; is of numbers and aligned to the right.</param>
    /// <param name="rows">The rows.</param>
    public static ReportBlock Table(string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => new TableBlock(title, columns, [.. rows]);

    /// <summary>Names and values.</summary>
    /// <param name="facts">The names and values.</param>
    public static ReportBlock Facts(IEnumerable<(string Name, string Value)> facts) => new FactsBlock([.. facts]);

    internal abstract string ToHtml(Func<string> nextId);

    private sealed class PictureBlock(Picture picture, string? caption) : ReportBlock
    {
        internal override string ToHtml(Func<string> nextId)
        {
            string notes = string.Join(' ', new[] { caption, picture.Note }.OfType<string>());
            return $"<figure{(picture.Width > 600 ? " class=\"wide\"" : "")}>\n<h3>{SvgCanvas.Escape(picture.Title)}</h3>\n{picture.ToHtml(nextId())}"
                + (notes.Length > 0 ? $"<figcaption>{SvgCanvas.Escape(notes)}</figcaption>\n" : "") + "</figure>\n";
        }
    }

    private sealed class TableBlock(string title, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows) : ReportBlock
    {
        internal override string ToHtml(Func<string> nextId)
        {
            string Kind(int column) => columns[column].StartsWith('>') ? " class=\"number\"" : "";
            var html = new StringBuilder($"<figure class=\"wide\">\n<h3>{SvgCanvas.Escape(title)}</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{SvgCanvas.Escape(title)}\"><table>\n<thead><tr>");
            for (int i = 0; i < columns.Count; i++) html.Append($"<th scope=\"col\"{Kind(i)}>{SvgCanvas.Escape(columns[i].TrimStart('>'))}</th>");
            html.Append("</tr></thead>\n<tbody>\n");
            foreach (var row in rows)
            {
                html.Append("<tr>");
                for (int i = 0; i < columns.Count; i++) html.Append($"<td{Kind(i)}>{SvgCanvas.Escape(row[i])}</td>");
                html.Append("</tr>\n");
            }
            return html.Append("</tbody>\n</table></div>\n</figure>\n").ToString();
        }
    }

    private sealed class FactsBlock(IReadOnlyList<(string Name, string Value)> facts) : ReportBlock
    {
        internal override string ToHtml(Func<string> nextId) =>
            $"<dl class=\"facts\">\n{string.Concat(facts.Select(f => $"<div><dt>{SvgCanvas.Escape(f.Name)}</dt><dd>{SvgCanvas.Escape(f.Value)}</dd></div>\n"))}</dl>\n";
    }
}
