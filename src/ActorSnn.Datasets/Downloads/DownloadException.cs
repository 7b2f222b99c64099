namespace ActorSnn.Datasets.Downloads;

/// <summary>
/// A data set cannot be had now. <see cref="Exception.Message"/> is one line for the person at the keyboard: which file, why, and what
/// to do.
/// </summary>
public sealed class DownloadException : IOException
{
    /// <summary>A download that failed.</summary>
    /// <param name="message">One line: which file, why, and what to do.</param>
    /// <param name="inner">The error underneath.</param>
    public DownloadException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
