namespace ActorSnn.Datasets;

/// <summary>
/// A data set cannot be had. <see cref="Exception.Message"/> is one line for the person at the keyboard:
/// what is wrong, in which file or directory, and what would be right.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <summary>A problem with a data set.</summary>
    /// <param name="message">One line: what is wrong, where, and what would be right.</param>
    public DatasetException(string message) : base(message)
    {
    }

    /// <summary>A problem with a data set that another error uncovered.</summary>
    /// <param name="message">One line: what is wrong, where, and what would be right.</param>
    /// <param name="inner">The error underneath.</param>
    public DatasetException(string message, Exception inner) : base(message, inner)
    {
    }
}
