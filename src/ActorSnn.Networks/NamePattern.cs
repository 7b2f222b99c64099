namespace ActorSnn.Networks;

/// <summary>A name, or a pattern of names: <c>*</c> stands for any number of characters, <c>?</c> for one. Case counts.</summary>
public static class NamePattern
{
    /// <summary>Whether a text stands for more than the one name.</summary>
    public static bool IsPattern(string pattern) => pattern.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether a name is one that the pattern stands for. Takes at most pattern times name steps.</summary>
    public static bool Matches(string pattern, string name)
    {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>Refuses a pattern that stands for none of the names there are.</summary>
    /// <param name="field">Path of the pattern, for the error.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="what">What the names are of, e.g. <c>population</c>.</param>
    /// <param name="names">The names there are.</param>
    /// <exception cref="NetworkException">It stands for none.</exception>
    internal static void RequireMatch(string field, string pattern, string what, IReadOnlyCollection<string> names)
    {
        if (names.Any(n => Matches(pattern, n))) return;
        if (IsPattern(pattern)) throw new NetworkException(field, $"\"{pattern}\" stands for no {what}; there are {List(names)}");
        string hint = Spelling.Nearest(pattern, names) is { } meant ? $"did you mean \"{meant}\"?" : $"there are {List(names)}";
        throw new NetworkException(field, $"there is no {what} \"{pattern}\"; {hint}");
    }

    private static string List(IReadOnlyCollection<string> names)
    {
        const int Most = 6;
        if (names.Count == 0) return "none";
        string shown = string.Join(", ", names.Take(Most).Select(n => $"\"{n}\""));
        return names.Count > Most ? $"{shown} and {names.Count - Most} more" : shown;
    }
}
