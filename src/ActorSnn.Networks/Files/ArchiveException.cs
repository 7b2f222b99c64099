namespace ActorSnn.Networks;

/// <summary>
/// A file of ours cannot be used. <see cref="Exception.Message"/> is one line for the person at the keyboard: which file, what is wrong, what
/// would be right.
/// </summary>
public sealed class ArchiveException : Exception
{
    /// <summary>Creates the error for one file.</summary>
    /// <param name="file">The file, as it was given.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    public ArchiveException(string file, string problem, Exception? inner = null)
        : base($"{file}: {problem}", inner) => File = file;

    /// <summary>The file, as it was given.</summary>
    public string File { get; }
}
