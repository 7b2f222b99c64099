using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Systems;

/// <summary>
/// An option that a system has and others need not have. What it says determines the result, so it is noted with a run and must stay the same when the run is resumed.
/// </summary>
internal sealed class SystemOption
{
    private readonly Func<string, JsonNode?> _read;
    private readonly string _wanted;

    private SystemOption(string name, string? value, string wanted, string description, Func<string, JsonNode?> read) =>
        (Name, Value, _wanted, Description, _read) = (name, value, wanted, description, read);

    /// <summary>Name on the command line, with its hyphens.</summary>
    public string Name { get; }

    /// <summary>What its value is called in help; null for an option without one.</summary>
    public string? Value { get; }

    /// <summary>Help.</summary>
    public string Description { get; }

    /// <summary>Whether it shapes the network, so that the network cannot be described without it.</summary>
    public bool ShapesNetwork { get; private init; }

    /// <summary>Whether a run may have no value of it.</summary>
    public bool MayLack { get; private init; }

    /// <summary>The same, of an option that shapes the network.</summary>
    public SystemOption ShapingNetwork() => new(Name, Value, _wanted, Description, _read) { ShapesNetwork = true, MayLack = MayLack };

    /// <summary>The same, of an option that a run may have no value of.</summary>
    public SystemOption Optional() => new(Name, Value, _wanted, Description, _read) { ShapesNetwork = ShapesNetwork, MayLack = true };

    /// <summary>Name in notes and results.</summary>
    public string Key
    {
        get
        {
            string[] words = Name.TrimStart('-').Split('-');
            return words[0] + string.Concat(words.Skip(1).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        }
    }

    /// <summary>A whole number.</summary>
    public static SystemOption Whole(string name, int least, string description, int most = int.MaxValue) => new(
        name, "N", $"a whole number from {least} to {most}", description,
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? JsonValue.Create(value) : null);

    /// <summary>A real number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What the value is called.</param>
    /// <param name="wanted">Which numbers will do, e.g. "a positive number".</param>
    /// <param name="will">Whether a number will do.</param>
    /// <param name="description">Help.</param>
    public static SystemOption Real(string name, string value, string wanted, Func<double, bool> will, string description) => new(
        name, value, wanted, description,
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && will(number) ? JsonValue.Create(number) : null);

    /// <summary>One of some words.</summary>
    public static SystemOption Choice(string name, IReadOnlyList<string> words, string description) => new(
        name, string.Join('|', words), string.Join(", ", words), description, text => words.Contains(text) ? JsonValue.Create(text) : null);

    /// <summary>One value of an enumeration.</summary>
    public static SystemOption Words<T>(string name, string description) where T : struct, Enum => Choice(name, [.. Enum.GetValues<T>().Select(WordOf)], description);

    /// <summary>An enumeration's value as it is typed.</summary>
    public static string WordOf<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>The value that was typed.</summary>
    public static T ValueOf<T>(JsonNode word) where T : struct, Enum => Enum.Parse<T>(word.GetValue<string>(), ignoreCase: true);

    /// <summary>Something that is so or not; it has no value.</summary>
    public static SystemOption Flag(string name, string description) => new(name, null, "", description, _ => JsonValue.Create(true)) { MayLack = true };

    /// <summary>One of several parts, both counted from 1: "2/5" is the second of five.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mostParts">Most parts.</param>
    /// <param name="description">Help.</param>
    public static SystemOption PartOf(string name, int mostParts, string description) => new(name, "K/N", $"K/N, part K of N: N from 2 to {mostParts}, K from 1 to N", description, text =>
    {
        string[] numbers = text.Split('/');
        bool isPart = numbers.Length == 2 && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int part)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parts) && parts >= 2 && parts <= mostParts && part >= 1 && part <= parts;
        return isPart ? JsonValue.Create(text) : null;
    });

    /// <summary>Sizes of layers: a number, or several with commas between them.</summary>
    public static SystemOption Sizes(string name, string description) => new(name, "N[,N...]", "whole numbers from 1, with commas between them", description, text =>
    {
        var sizes = new JsonArray();
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 1) return null;
            sizes.Add(size);
        }
        return sizes;
    });

    /// <summary>Reads a value.</summary>
    /// <exception cref="UsageException">It will not do; the message says what would.</exception>
    public JsonNode Read(string text) => _read(text) ?? throw new UsageException($"{Name} {text}: give {_wanted}");

    /// <summary>Adds its value to the options of a run: what was given, else the usual one. For a data set that has no use for it, it is left out.</summary>
    /// <param name="isOfUse">Whether the data set has a use for it.</param>
    /// <param name="options">Receives it.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="given">What was given, by key.</param>
    /// <param name="usual">The usual value.</param>
    /// <exception cref="UsageException">It was given and is of no use.</exception>
    public void TakeFor(bool isOfUse, JsonObject options, string dataset, JsonObject given, JsonNode usual)
    {
        if (isOfUse) options[Key] = given[Key]?.DeepClone() ?? usual;
        else Refuse(dataset, given);
    }

    /// <summary>Refuses it for a data set that has no use for it.</summary>
    /// <exception cref="UsageException">It was given.</exception>
    public void Refuse(string dataset, JsonObject given)
    {
        if (given[Key] is not null) throw new UsageException($"{Name}: {dataset} has no use for it; leave it out");
    }

    /// <summary>A value as it would be typed.</summary>
    public static string Spelled(JsonNode? value) => value switch
    {
        null => "not given",
        JsonArray sizes => string.Join(',', sizes.Select(s => s!.ToJsonString())),
        JsonValue text when text.TryGetValue(out string? word) => word,
        _ => value.ToJsonString(),
    };
}
