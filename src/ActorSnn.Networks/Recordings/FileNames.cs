using System.Text;

namespace ActorSnn.Networks;

/// <summary>File names made of names that may hold anything, e.g. "x-&gt;h&lt;": the same on every system, never two alike.</summary>
internal sealed class FileNames
{
    private const int Longest = 80;

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
        for (int i = 2; !_taken.Add(result); i++) result = $"{stem}-{i}";
        return result;
    }
}
