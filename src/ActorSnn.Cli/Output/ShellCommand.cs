namespace ActorSnn.Cli.Output;

/// <summary>A command to be typed into a shell, quoted where it must be.</summary>
internal sealed class ShellCommand(params string[] words)
{
    private readonly List<string> _words = [.. words];

    public void Add(params ReadOnlySpan<string> words) => _words.AddRange(words);

    public override string ToString() => string.Join(' ', _words.Select(Quote));

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=+@%,".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
