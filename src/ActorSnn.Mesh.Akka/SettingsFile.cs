using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorSnn.Mesh.Akka;

/// <summary>
/// Reads an operator's HOCON file. Beside what Akka.NET itself can read, <c>include "FILE"</c> takes in a file of the same directory, and <c>${NAME}</c>, in capitals, stands for an environment variable.
/// </summary>
internal static partial class SettingsFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">Environment variables by name; null where there is none.</param>
    /// <exception cref="IOException">It cannot be read, or is none. The message is one line with the file, and the line where that is known.</exception>
    public static Config Read(string path, Func<string, string?> environment) => new(Parse(path, environment, []));

    private static HoconRoot Parse(string path, Func<string, string?> environment, IReadOnlyList<string> includedBy)
    {
        if (includedBy.Contains(path)) throw new IOException($"{path}: includes itself");
        string text = Fill(path, File.ReadAllText(path), environment);
        string directory = Path.GetDirectoryName(path) ?? "";
        try
        {
            return Parser.Parse(text, file => Parse(Path.Combine(directory, file), environment, [.. includedBy, path]));
        }
        catch (Exception e) when (e is not IOException)
        {
            // The parser throws whatever it stumbles over.
            throw new IOException($"{path}: is no HOCON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static string Fill(string path, string text, Func<string, string?> environment)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith('#')) continue;
            int number = i + 1;
            lines[i] = Variable().Replace(lines[i], match => JsonSerializer.Serialize(environment(match.Groups[1].Value)
                ?? throw new IOException($"{path}: line {number}: the environment variable {match.Groups[1].Value} is not set")));
        }
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"\$\{([A-Z][A-Z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
