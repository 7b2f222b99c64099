using System.Globalization;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Faults;

/// <summary>
/// The fields of a YAML map that somebody wrote by hand: refuses fields it does not know and fields given twice, and says of a wrong value what would be
/// right. Every error is a <see cref="ScenarioException"/> with line and path.
/// </summary>
internal sealed class YamlFields
{
    private const int LongestQuote = 40;

    private readonly Dictionary<string, YamlTree> _values = [];

    /// <summary>Takes a map apart.</summary>
    /// <param name="node">What should be a map.</param>
    /// <param name="path">Where it is; empty for the top.</param>
    /// <param name="known">All fields it may have.</param>
    public YamlFields(YamlTree node, string path, params IReadOnlyCollection<string> known)
    {
        RequireMap(node, path);
        (Path, Line) = (path, node.Line);
        foreach (var (name, line, value) in node.Fields)
        {
            if (!known.Contains(name))
                throw new ScenarioException(null, line, PathOf(IsPlain(name) ? name : Quote(name)), $"unknown field; {Hint(name, known)}known are {string.Join(", ", known)}");
            if (!_values.TryAdd(name, value)) throw new ScenarioException(null, line, PathOf(name), "is given twice; give it once");
        }
    }

    public string Path { get; }

    public int Line { get; }

    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    public bool Has(string name) => _values.ContainsKey(name);

    public YamlTree? Find(string name) => _values.GetValueOrDefault(name);

    public YamlTree Require(string name) =>
        Find(name) ?? throw new ScenarioException(null, Line, PathOf(name), "is missing; this field is needed");

    public ScenarioException Error(string name, string problem) => new(null, Find(name)?.Line ?? Line, PathOf(name), problem);

    /// <summary>A text on one line.</summary>
    public string Text(string name)
    {
        var value = Require(name);
        if (value.Kind != YamlKind.Text || IsNothing(value) || IsNumber(value, out _) || (value.IsPlain && (value.Text is "true" or "false")))
            throw Wrong(value, PathOf(name), "a text; put it in quotes if that is what it is");
        if (string.IsNullOrWhiteSpace(value.Text)) throw Error(name, "is empty");
        if (value.Text.Length > NetworkBuilder.MaxNameLength) throw Error(name, $"a text of {value.Text.Length} characters; give at most {NetworkBuilder.MaxNameLength}");
        if (value.Text.Any(char.IsControl)) throw Error(name, "has control characters in it; give a text on one line");
        return value.Text;
    }

    public double Number(string name, double least, double most, double? fallback = null)
    {
        if (Find(name) is not { } value && fallback is { } left) return left;
        value = Require(name);
        if (!IsNumber(value, out double number)) throw Wrong(value, PathOf(name), "a number");
        return number >= least && number <= most ? number : throw Error(name, $"{value.Text}; give {Shown(least)} to {Shown(most)}");
    }

    public long Integer(string name, long least, long most, long? fallback = null)
    {
        if (Find(name) is not { } value && fallback is { } left) return left;
        return Integer(Require(name), PathOf(name), least, most);
    }

    public static long Integer(YamlTree value, string path, long least, long most)
    {
        if (!IsNumber(value, out double number)) throw Wrong(value, path, $"a whole number from {least} to {most}");
        if (!long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            if (number != Math.Truncate(number)) throw new ScenarioException(null, value.Line, path, $"{Cut(value.Text)} is no whole number; give one from {least} to {most}");
            whole = number < least ? long.MinValue : number > most ? long.MaxValue : (long)number;
        }
        return whole >= least && whole <= most ? whole : throw new ScenarioException(null, value.Line, path, $"{Cut(value.Text)}; give {least} to {most}");
    }

    /// <summary>One of some words.</summary>
    public string Choice(string name, IReadOnlyCollection<string> known, string? fallback = null)
    {
        if (!Has(name) && fallback is not null) return fallback;
        string list = string.Join(", ", known);
        var value = Find(name) ?? throw Error(name, $"is missing; give one of {list}");
        if (value.Kind != YamlKind.Text) throw Wrong(value, PathOf(name), $"one of {list}");
        return known.Contains(value.Text) ? value.Text : throw Error(name, $"{Quote(value.Text)} is unknown; {Hint(value.Text, known)}known are {list}");
    }

    /// <summary>The items of a list, at least one, with their paths.</summary>
    public IEnumerable<(YamlTree Item, string Path)> List(string name) => List(Require(name), PathOf(name));

    public static IEnumerable<(YamlTree Item, string Path)> List(YamlTree list, string path)
    {
        if (list.Kind != YamlKind.List) throw Wrong(list, path, "a list");
        if (list.Items.Count == 0) throw new ScenarioException(null, list.Line, path, "is an empty list; give at least one");
        return list.Items.Select((item, i) => (item, $"{path}[{i}]"));
    }

    /// <summary>Which of some fields, of which at most one may be given; null for none.</summary>
    public string? OneOf(params ReadOnlySpan<string> names)
    {
        string? found = null;
        foreach (string name in names)
        {
            if (!Has(name)) continue;
            if (found is not null) throw Error(name, $"is given beside \"{found}\"; give one of them");
            found = name;
        }
        return found;
    }

    public static void RequireMap(YamlTree node, string path)
    {
        if (node.Kind != YamlKind.Map) throw Wrong(node, path, "fields with values");
    }

    private static ScenarioException Wrong(YamlTree value, string path, string expected) => new(null, value.Line, path, value.Kind switch
    {
        YamlKind.List => $"is a list; it must be {expected}",
        YamlKind.Map => $"has fields; it must be {expected}",
        _ when IsNothing(value) => $"is nothing; it must be {expected}",
        _ => $"{Quote(value.Text)}; it must be {expected}",
    });

    private static bool IsNothing(YamlTree value) => value.IsPlain && (value.Text is "" or "~" or "null");

    public static bool IsNumber(YamlTree value, out double number)
    {
        number = 0;
        return value is { Kind: YamlKind.Text, IsPlain: true }
            && double.TryParse(value.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    private static string Hint(string word, IReadOnlyCollection<string> known) => Spelling.Nearest(word, known) is { } meant ? $"did you mean \"{meant}\"? " : "";

    private static string Quote(string text) => $"\"{Cut(new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]))}\"";

    private static string Cut(string text) => text.Length > LongestQuote ? $"{text[..LongestQuote]}…" : text;

    private static string Shown(double bound) => bound.ToString("0.######", CultureInfo.InvariantCulture);

    private static bool IsPlain(string name) => name.Length is > 0 and <= LongestQuote && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '-');
}
