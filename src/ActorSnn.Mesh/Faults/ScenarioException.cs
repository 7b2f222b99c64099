namespace ActorSnn.Mesh.Faults;

/// <summary>A scenario that cannot be. The message is one line: file, line and field, what is wrong, what would be right.</summary>
/// <param name="file">The file, as it was given; null when there is none.</param>
/// <param name="line">Line in it, from 1; 0 when the whole file is meant.</param>
/// <param name="field">Path of the field, e.g. <c>faults[2].at.tick</c>; empty when the whole file or line is meant.</param>
/// <param name="problem">What is wrong and what would be right.</param>
/// <param name="inner">The error underneath, if there is one.</param>
public sealed class ScenarioException(string? file, int line, string field, string problem, Exception? inner = null)
    : Exception($"{(line == 0 ? file is null ? "" : $"{file}: " : file is null ? $"line {line}: " : $"{file}:{line}: ")}{(field.Length == 0 ? "" : $"{field}: ")}{problem}", inner)
{
    /// <summary>The file; null when the scenario comes from no file.</summary>
    public string? File { get; } = file;

    /// <summary>Line in the file, from 1; 0 when the whole file is meant.</summary>
    public int Line { get; } = line;

    /// <summary>Path of the field that is wrong.</summary>
    public string Field { get; } = field;

    /// <summary>What is wrong and what would be right.</summary>
    public string Problem { get; } = problem;
}
