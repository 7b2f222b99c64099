namespace ActorSnn.Networks;

/// <summary>A network that cannot exist as described. The message is one line: the field, what is wrong, what would be right.</summary>
public sealed class NetworkException : Exception
{
    /// <summary>Creates the error for one field.</summary>
    /// <param name="field">Path of the field, e.g. <c>projections["x-&gt;h"].delay</c>.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    public NetworkException(string field, string problem)
        : base($"{field}: {problem}") => Field = field;

    /// <summary>Path of the field that is wrong.</summary>
    public string Field { get; }
}
