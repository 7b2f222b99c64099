namespace ActorSnn.Datasets.Downloads;

/// <summary>A data set that can be downloaded. Its files belong below the data directory in the layout <see cref="DataLocator"/> reads.</summary>
/// <param name="Name">What it is called on the command line, and the folder its files are used from.</param>
/// <param name="Summary">One line of what it is.</param>
/// <param name="Licence">The licence its publishers give it.</param>
/// <param name="Home">The page that describes it.</param>
/// <param name="Files">What is downloaded.</param>
public sealed record PublicDataset(string Name, string Summary, string Licence, Uri Home, IReadOnlyList<PublicFile> Files)
{
    /// <summary>What is unpacked from the files; none if they are used as they are.</summary>
    public IReadOnlyList<ArchiveMember> Members { get; init; } = [];

    /// <summary>Whether it can be had from anywhere; if not its files have to be put into the data directory by hand, or come from a mirror.</summary>
    internal bool IsPublished => Files.All(f => f.Addresses.Count > 0);

    /// <summary>Size of the download in bytes; null if the size of a file is not published.</summary>
    public long? Bytes => Files.All(f => f.Bytes is not null) ? Files.Sum(f => f.Bytes) : null;

    /// <summary>The folder the data set is used from.</summary>
    /// <param name="root">The data directory.</param>
    public string DirectoryIn(string root) => Path.Combine(root, Name);

    /// <summary>How much of it is there, by names, sizes and counts of files; checksums are left to <see cref="Downloader"/>.</summary>
    /// <param name="root">The data directory.</param>
    public DatasetState StateIn(string root)
    {
        var files = Files.Select(f => f.IsIn(root)).ToList();
        var wanted = Members.Count > 0 ? Members.Select(m => m.IsIn(root)).ToList() : files;
        if (wanted.All(there => there)) return DatasetState.Present;
        if (new DataLocator(root).Finds(Name)) return DatasetState.Found;
        return wanted.Contains(true) || files.Contains(true) || Files.Any(f => File.Exists(PartialFile.PathFor(f.PathIn(root))))
            ? DatasetState.Partial
            : DatasetState.Missing;
    }
}

/// <summary>How much of a data set is in the data directory.</summary>
public enum DatasetState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Some files, or a download that was broken off.</summary>
    Partial,

    /// <summary>Everything.</summary>
    Present,

    /// <summary>Not these files, or not in this place, but others that serve: an archive that need not be unpacked, a part of the data set, another form of it.</summary>
    Found,
}

/// <summary>One file of a public data set.</summary>
/// <param name="Folder">The folder below the data directory it belongs in; also its folder on a mirror.</param>
/// <param name="Name">Its published name.</param>
/// <param name="Addresses">Where it can be had, the first choice first; none if nobody publishes it.</param>
/// <param name="Checksum">What it is checked against.</param>
/// <param name="Bytes">Its exact size; null if that is not published.</param>
public sealed record PublicFile(string Folder, string Name, IReadOnlyList<Uri> Addresses, Checksum Checksum, long? Bytes = null)
{
    internal string PathIn(string root) => Path.Combine(root, Folder, Name);

    internal bool IsIn(string root) => new FileInfo(PathIn(root)) is { Exists: true } file
        ? Bytes is null || file.Length == Bytes
        : PlainFile.Of(PathIn(root)) is not null;
}

/// <summary>What is unpacked from a zip archive: one file, or a folder with all that is in it.</summary>
/// <param name="Archive">Name of the archive, one of the data set's files.</param>
/// <param name="Entry">Name of the file, wherever it lies in the archive, or path of a folder, with a slash at its end.</param>
/// <param name="Folder">The folder below the data directory it goes to.</param>
/// <param name="Files">How many files there are at least.</param>
public sealed record ArchiveMember(string Archive, string Entry, string Folder, int Files = 1)
{
    internal bool IsFolder => Entry.EndsWith('/');

    internal string PathIn(string root) => Path.Combine(root, Folder, Entry.TrimEnd('/'));

    internal bool IsIn(string root) => IsFolder
        ? CountIn(root) >= Files
        : File.Exists(PathIn(root)) || PlainFile.Of(PathIn(root)) is not null;

    internal int CountIn(string root) => Directory.Exists(PathIn(root))
        ? Directory.EnumerateFiles(PathIn(root), "*", SearchOption.AllDirectories).Count()
        : 0;
}

/// <summary>A published checksum.</summary>
/// <param name="Algorithm">sha256 or md5.</param>
/// <param name="Hex">Lower-case hex.</param>
public sealed record Checksum(string Algorithm, string Hex)
{
    /// <summary>A SHA-256.</summary>
    /// <param name="hex">64 lower-case hex digits.</param>
    public static Checksum Sha256(string hex) => new("sha256", hex);

    /// <summary>An MD5: it finds damage, and takes the place of a SHA-256 where publishers give none.</summary>
    /// <param name="hex">32 lower-case hex digits.</param>
    public static Checksum Md5(string hex) => new("md5", hex);

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm} {Hex}";
}

/// <summary>The unpacked twin of a .gz file, which <see cref="IdxFile"/> reads as well; no checksum of it is published.</summary>
internal static class PlainFile
{
    public static string? Of(string packed) => packed.EndsWith(".gz", StringComparison.Ordinal) && File.Exists(packed[..^3]) ? packed[..^3] : null;
}
