using System.IO.Compression;

namespace ActorSnn.Datasets;

/// <summary>A file on disk, or a member of a .zip archive, which is read where it lies.</summary>
/// <param name="Path">The file or archive.</param>
/// <param name="Member">Name of the member, wherever it lies in the archive; null for the file itself.</param>
internal sealed record DataFile(string Path, string? Member = null)
{
    /// <summary>The members among some names that an archive has.</summary>
    /// <exception cref="DatasetException">It cannot be read.</exception>
    public static IReadOnlyList<string> MembersOf(string archive, IReadOnlyCollection<string> names) =>
        Within(archive, zip => zip.Entries.Select(entry => entry.Name).Where(names.Contains).ToList());

    /// <summary>Its content, which can be sought in; that of a member is taken into memory, as packed as it is without the archive.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DatasetException">The archive cannot be read.</exception>
    public Stream Open() => Member is null ? File.OpenRead(Path) : Within(Path, zip =>
    {
        using var content = zip.Entries.First(entry => entry.Name == Member).Open();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    });

    /// <inheritdoc/>
    public override string ToString() => Member is null ? Path : $"{Member} in {Path}";

    private static T Within<T>(string archive, Func<ZipArchive, T> read)
    {
        try
        {
            using var zip = ZipFile.OpenRead(archive);
            return read(zip);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{archive} is truncated or a corrupt archive; get the whole file again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{archive} cannot be read: {e.Message}", e);
        }
    }
}
