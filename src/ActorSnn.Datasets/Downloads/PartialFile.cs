namespace ActorSnn.Datasets.Downloads;

/// <summary>
/// The part of a file that has come so far: FILE.part beside its target, locked while it is open. What tells later whether the server
/// still has the same file (its address and its ETag or date) is kept in FILE.part.tag.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _target;
    private readonly FileStream _stream;
    private bool _moved;

    private PartialFile(string target, FileStream stream)
    {
        _target = target;
        _stream = stream;
        _stream.Seek(0, SeekOrigin.End);
    }

    public static string PathFor(string target) => target + ".part";

    public string Path => PathFor(_target);

    public long Length => _stream.Length;

    private string TagPath => Path + ".tag";

    /// <exception cref="DownloadException">Another process has it open.</exception>
    public static PartialFile Open(string target) => new(target, FileLock.Open(PathFor(target), FileMode.OpenOrCreate, FileAccess.ReadWrite));

    public void Append(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Forgets what has come.</summary>
    public void Restart()
    {
        _stream.SetLength(0);
        File.Delete(TagPath);
    }

    /// <summary>Notes which file the bytes belong to.</summary>
    /// <param name="address">Where they come from.</param>
    /// <param name="validator">Value for an If-Range header; null if the server gave none.</param>
    public void Remember(Uri address, string? validator)
    {
        if (validator is null) File.Delete(TagPath);
        else File.WriteAllLines(TagPath, [address.AbsoluteUri, validator]);
    }

    /// <summary>Value for an If-Range header to this address; null if none is known.</summary>
    public string? ValidatorFor(Uri address) =>
        File.Exists(TagPath) && File.ReadAllLines(TagPath) is [var from, var validator, ..] && from == address.AbsoluteUri ? validator : null;

    /// <summary>Reads it from its start.</summary>
    public async Task<FileDigest> DigestAsync(Checksum checksum, Action<long> progress, CancellationToken stop)
    {
        _stream.Flush();
        _stream.Position = 0;
        return await FileDigest.ComputeAsync(_stream, checksum, progress, stop);
    }

    /// <summary>Puts it in the place of its target, in one step and on the disk.</summary>
    public void Complete()
    {
        _stream.Flush(flushToDisk: true);
        File.Move(Path, _target, overwrite: true);
        _moved = true;
        File.Delete(TagPath);
    }

    /// <summary>Keeps what has come, if anything has.</summary>
    public void Dispose()
    {
        if (!_moved && Length == 0)
        {
            File.Delete(Path);
            File.Delete(TagPath);
        }
        _stream.Dispose();
    }
}
