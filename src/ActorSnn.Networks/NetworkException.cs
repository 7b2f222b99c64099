namespace ActorSnn.Networks;

/// <summary>A network that cannot exist as described. The message is one line: file and field, what is wrong, what would be right.</summary>
public sealed class NetworkException : Exception
{
    /// <summary>Creates the error for one field.</summary>
    /// <param name="field">Path of the field, e.g. <c>projections["x-&gt;h"].delay</c>; empty when the whole file is meant.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    /// <param name="file">The network file, as it was given; null when there is none.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    public NetworkException(string field, string problem, string? file = null, Exception? inner = null)
        : base($"{(file is null ? "" : $"{file}: ")}{(field.Length == 0 ? "" : $"{field}: ")}{problem}", inner) =>
        (Field, Problem, File) = (field, problem, file);

    /// <summary>Path of the field that is wrong.</summary>
    public string Field { get; }

    /// <summary>What is wrong and what would be right.</summary>
    public string Problem { get; }

    /// <summary>The network file; null when the network comes from no file.</summary>
    public string? File { get; }
}
