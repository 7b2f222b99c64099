using System.Text;

namespace ActorSnn.Networks;

/// <summary>File names made of names that may hold anything, e.g. "x-&gt;h&lt;": the same on every system, never two alike.</summary>
internal sealed class FileNames
{
    private const int Longest = 80;

    /// <summary>What else may be written under a name.</summary>
    public const string Ticks = "-ticks", Weights = "-weights";

    private static readonly string[] Suffixes = [Ticks, Weights];

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A name that has not been given out: letters, digits, '.', '_', '+' and '-'.</summary>
    /// <param name="kind">What it begins with, e.g. "spikes".</param>
    /// <param name="name">What it is of.</param>
    public string Of(string kind, string name)
    {
        var plain = new StringBuilder();
        foreach (char c in name.Replace("->", "-to-").Replace("<", "lt").Replace(">", "gt"))
            plain.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '-' ? c : '_');
        string stem = $"{kind}-{(plain.Length > Longest ? plain.ToString(0, Longest) : plain)}";
        string result = stem;
        for (int i = 2; !IsFree(result); i++) result = $"{stem}-{i}";
        _taken.Add(result);
        foreach (string suffix in Suffixes) _taken.Add(result + suffix);
        return result;
    }

    private bool IsFree(string name) => !_taken.Contains(name) && !Suffixes.Any(suffix => _taken.Contains(name + suffix));
}
