namespace ActorSnn.Datasets.Downloads;

/// <summary>Hears how a download is doing. Calls come one after the other, in the order of events.</summary>
public interface IDownloadObserver
{
    /// <summary>Some bytes further; called often.</summary>
    /// <param name="progress">Where the work on a file stands.</param>
    void Progress(DownloadProgress progress);

    /// <summary>A file is where it belongs.</summary>
    /// <param name="file">What became of it.</param>
    void Done(DownloadedFile file);

    /// <summary>Something went wrong that is being worked around.</summary>
    /// <param name="message">One line.</param>
    void Warn(string message);
}

/// <summary>Where the work on a file stands.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Stage">What is being done with it.</param>
/// <param name="Bytes">Bytes done, those of earlier runs included.</param>
/// <param name="TotalBytes">Bytes there are; null if nobody says.</param>
public sealed record DownloadProgress(string File, DownloadStage Stage, long Bytes, long? TotalBytes);

/// <summary>What is being done with a file.</summary>
public enum DownloadStage
{
    /// <summary>It comes in.</summary>
    Downloading,

    /// <summary>Its checksum is computed.</summary>
    Checking,

    /// <summary>It is taken out of its archive.</summary>
    Unpacking,
}

/// <summary>What became of a file.</summary>
/// <param name="Name">Its name; that of a folder ends with a slash.</param>
/// <param name="Bytes">Its size; for a folder that of all files in it.</param>
/// <param name="Sha256">SHA-256 of its content in lower-case hex; null where it was not computed.</param>
/// <param name="Status">How it came to be there.</param>
public sealed record DownloadedFile(string Name, long Bytes, string? Sha256, DownloadStatus Status);

/// <summary>How a file came to be there.</summary>
public enum DownloadStatus
{
    /// <summary>It was there already.</summary>
    Present,

    /// <summary>It was downloaded, at least its last part.</summary>
    Downloaded,

    /// <summary>It was unpacked.</summary>
    Unpacked,
}

/// <summary>What came out of getting a data set.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Directory">The folder it is used from.</param>
/// <param name="Files">Its files: what was downloaded, each archive followed by what was unpacked from it.</param>
public sealed record DownloadResult(PublicDataset Dataset, string Directory, IReadOnlyList<DownloadedFile> Files);
