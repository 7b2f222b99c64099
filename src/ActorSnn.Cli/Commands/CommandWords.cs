namespace ActorSnn.Cli.Commands;

/// <summary>Words of a command that is given behind --, before it is read as one. The value of an option stands in the next word, or in the same behind = or :.</summary>
internal static class CommandWords
{
    /// <summary>Whether an option is among the words.</summary>
    public static bool Has(IEnumerable<string> words, string option) => words.Any(w => NameOf(w) == option);

    /// <summary>The words without an option and its value.</summary>
    public static IReadOnlyList<string> Without(IReadOnlyList<string> words, string option)
    {
        var rest = new List<string>();
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i] == option) i++;
            else if (NameOf(words[i]) != option) rest.Add(words[i]);
        }
        return rest;
    }

    private static string NameOf(string word) => word.Split('=', ':')[0];
}
