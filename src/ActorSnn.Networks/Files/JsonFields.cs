using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorSnn.Networks;

/// <summary>
/// The fields of a JSON object that somebody wrote by hand: knows where it is in the file, refuses fields it does not know and fields given twice, and
/// says of a wrong value what would be right. Every error is a <see cref="NetworkException"/> with the path of the field.
/// </summary>
internal sealed class JsonFields
{
    /// <summary>Up to here every whole number is a double.</summary>
    public const long LargestExactInteger = 1L << 53;

    private const int LongestQuote = 40;

    private readonly Dictionary<string, JsonElement> _values = [];
    private readonly string _path;

    /// <summary>Takes an object apart.</summary>
    /// <param name="element">What should be an object.</param>
    /// <param name="path">Where it is; empty for the top.</param>
    /// <param name="known">All fields it may have.</param>
    public JsonFields(JsonElement element, string path, params IReadOnlyCollection<string> known)
    {
        RequireKind(element, path, JsonValueKind.Object, "an object { … }");
        _path = path;
        foreach (var property in element.EnumerateObject())
        {
            string name = NameOf(property, path);
            if (!known.Contains(name))
            {
                string hint = Spelling.Nearest(name, known) is { } meant ? $"did you mean \"{meant}\"? " : "";
                throw new NetworkException(PathOf(IsPlain(name) ? name : Quote(name)), $"unknown field; {hint}known are {string.Join(", ", known)}");
            }
            if (!_values.TryAdd(name, property.Value)) throw new NetworkException(PathOf(name), "is given twice; give it once");
        }
    }

    /// <summary>What an object says it is.</summary>
    /// <param name="element">What should be an object with a field "kind".</param>
    /// <param name="path">Where it is.</param>
    /// <param name="kinds">The kinds there are.</param>
    public static string KindOf(JsonElement element, string path, IReadOnlyCollection<string> kinds)
    {
        RequireKind(element, path, JsonValueKind.Object, "an object { \"kind\": …, … }");
        string list = string.Join(", ", kinds);
        string field = $"{path}.kind";
        if (Find(element, path, "kind") is not { } value) throw new NetworkException(field, $"is missing; give one of {list}");
        RequireKind(value, field, JsonValueKind.String, $"one of {list}");
        string kind = TextOf(value, field);
        if (kinds.Contains(kind)) return kind;
        string hint = Spelling.Nearest(kind, kinds) is { } meant ? $"did you mean \"{meant}\"? " : "";
        throw new NetworkException(field, $"{Quote(kind)} is unknown; {hint}known are {list}");
    }

    /// <summary>A field of an object, before it is known which fields it may have.</summary>
    public static JsonElement? Find(JsonElement element, string path, string name)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property, path) == name) return property.Value;
        }
        return null;
    }

    /// <summary>The path of a field of this object.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    public bool Has(string name) => _values.ContainsKey(name);

    public JsonElement Require(string name) =>
        _values.TryGetValue(name, out var value) ? value : throw new NetworkException(PathOf(name), "is missing; this field is needed");

    public JsonElement? Find(string name) => _values.TryGetValue(name, out var value) ? value : null;

    /// <summary>A short text on one line.</summary>
    public string Text(string name) => Text(Require(name), PathOf(name));

    /// <inheritdoc cref="Text(string)"/>
    public string? TextOrNull(string name) => Find(name) is { } value ? Text(value, PathOf(name)) : null;

    /// <summary>A finite number.</summary>
    public double Number(string name) => Number(Require(name), PathOf(name));

    /// <inheritdoc cref="Number(string)"/>
    public double Number(string name, double fallback) => Find(name) is { } value ? Number(value, PathOf(name)) : fallback;

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string name, int least, int most) => (int)Integer(Require(name), PathOf(name), least, most);

    /// <inheritdoc cref="Integer(string, int, int)"/>
    public int Integer(string name, int least, int most, int fallback) => Find(name) is { } value ? (int)Integer(value, PathOf(name), least, most) : fallback;

    /// <summary>The elements of a list with their paths; none when the field is left out.</summary>
    public IEnumerable<(JsonElement Element, string Path)> ListOrNone(string name)
    {
        if (Find(name) is not { } list) yield break;
        RequireList(list, PathOf(name));
        int i = 0;
        foreach (var element in list.EnumerateArray()) yield return (element, $"{PathOf(name)}[{i++}]");
    }

    public static void RequireList(JsonElement element, string path) => RequireKind(element, path, JsonValueKind.Array, "a list [ … ]");

    public static string Text(JsonElement value, string path)
    {
        RequireKind(value, path, JsonValueKind.String, "a text in quotes");
        string text = TextOf(value, path);
        if (string.IsNullOrWhiteSpace(text)) throw new NetworkException(path, "is empty");
        if (text.Length > NetworkBuilder.MaxNameLength)
            throw new NetworkException(path, $"a text of {text.Length:#,0} characters; give at most {NetworkBuilder.MaxNameLength}");
        if (text.Any(char.IsControl)) throw new NetworkException(path, $"{Quote(text)} has control characters in it; give a text on one line");
        return text;
    }

    public static double Number(JsonElement value, string path)
    {
        RequireKind(value, path, JsonValueKind.Number, "a number");
        double number = value.GetDouble();
        return double.IsFinite(number) ? number : throw new NetworkException(path, $"{Describe(value)} is too large for a number");
    }

    /// <summary>A whole number within bounds; 1e3 and 5.0 are whole numbers too.</summary>
    public static long Integer(JsonElement value, string path, long least, long most)
    {
        RequireKind(value, path, JsonValueKind.Number, $"a whole number from {least} to {most}");
        if (!value.TryGetInt64(out long number))
        {
            double real = value.GetDouble();
            if (real != Math.Truncate(real)) throw new NetworkException(path, $"{Describe(value)} is no whole number; give one from {least} to {most}");
            if (Math.Abs(real) > LargestExactInteger) throw new NetworkException(path, $"{Describe(value)}; give {least} to {most}");
            number = (long)real;
        }
        return number >= least && number <= most ? number : throw new NetworkException(path, $"{Describe(value)}; give {least} to {most}");
    }

    /// <summary>A text for an error: quoted, without line breaks, cut if long.</summary>
    public static string Quote(string text)
    {
        string shown = text.Length > LongestQuote ? $"{text[..LongestQuote]}…" : text;
        return $"\"{JsonEncodedText.Encode(shown, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
    }

    private static void RequireKind(JsonElement element, string path, JsonValueKind kind, string expected)
    {
        if (element.ValueKind != kind) throw new NetworkException(path, $"{Describe(element)}; it must be {expected}");
    }

    private static string Describe(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object) return "is an object { … }";
        if (element.ValueKind == JsonValueKind.Array) return "is a list [ … ]";
        string raw = element.GetRawText();
        return raw.Length > LongestQuote ? $"{raw[..LongestQuote]}…" : raw;
    }

    private static bool IsPlain(string name) => name.Length is > 0 and <= LongestQuote && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '-');

    private static string NameOf(JsonProperty property, string path)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new NetworkException(path, "has a field whose name is no valid Unicode", inner: e);
        }
    }

    private static string TextOf(JsonElement value, string path)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new NetworkException(path, "is no valid Unicode", inner: e);
        }
    }
}
