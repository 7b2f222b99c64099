namespace ActorSnn.Datasets.Downloads;

/// <summary>Opens files so that processes do not get in each other's way.</summary>
internal static class FileLock
{
    private const int WindowsSharingViolation = 32;
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    // Windows would not rename a file that is open; elsewhere only None takes the exclusive lock.
    private static readonly FileShare Exclusive = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <summary>Opens a file to work on it alone.</summary>
    /// <exception cref="DownloadException">Another process works on it.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access) => Open(path, mode, access, Exclusive);

    /// <summary>Opens a file to read what others may read too.</summary>
    /// <exception cref="DownloadException">Another process works on it.</exception>
    public static FileStream OpenToRead(string path) => Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share);
        }
        catch (IOException e) when (OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) == WindowsSharingViolation : e.HResult is LinuxWouldBlock or MacWouldBlock)
        {
            throw new DownloadException($"{path} is in use by another process, probably the same download; wait for it to end, then run the command again", e);
        }
    }
}
