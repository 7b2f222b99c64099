using System.IO.Compression;

namespace ActorSnn.Datasets.Downloads;

/// <summary>Takes members out of zip archives: each is whole in its place, or not there.</summary>
internal static class Unpacking
{
    /// <summary>Unpacks one member. The archive is locked meanwhile.</summary>
    /// <param name="archivePath">The archive.</param>
    /// <param name="member">What to take out; its target must not exist if it is a folder.</param>
    /// <param name="root">The data directory.</param>
    /// <param name="progress">Told the bytes written so far, and those there will be.</param>
    /// <param name="stop">Breaks it off.</param>
    /// <exception cref="DownloadException">The archive is in use, is no zip archive, lacks the member or points out of its folder.</exception>
    public static void Unpack(string archivePath, ArchiveMember member, string root, Action<long, long> progress, CancellationToken stop)
    {
        string target = member.PathIn(root);
        string temporary = target + ".unpacking";
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var file = FileLock.Open(archivePath, FileMode.Open, FileAccess.Read);
        if (member.IsIn(root)) return; // another process was faster
        try
        {
            Delete(temporary); // a killed process may have left it behind
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            if (member.IsFolder)
            {
                WriteFolder(archive, member, temporary, progress, stop);
                Directory.Move(temporary, target);
            }
            else
            {
                var entry = archive.Entries.FirstOrDefault(e => e.Name == member.Entry)
                    ?? throw new DownloadException($"{archivePath} holds no {member.Entry}");
                Write(entry, temporary, durable: true, 0, entry.Length, progress, stop);
                File.Move(temporary, target, overwrite: true);
            }
        }
        catch (InvalidDataException e)
        {
            throw new DownloadException($"{archivePath} cannot be unpacked: {e.Message} Delete it, then run the command again", e);
        }
        finally
        {
            Delete(temporary);
        }
    }

    private static void WriteFolder(ZipArchive archive, ArchiveMember member, string folder, Action<long, long> progress, CancellationToken stop)
    {
        string inside = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var targets = new List<(ZipArchiveEntry Entry, string Path)>();
        foreach (var entry in archive.Entries.Where(e => e.FullName.StartsWith(member.Entry, StringComparison.Ordinal) && e.Name.Length > 0))
        {
            string path = Path.GetFullPath(Path.Combine(folder, entry.FullName[member.Entry.Length..]));
            if (!path.StartsWith(inside, StringComparison.Ordinal))
                throw new DownloadException($"{member.Archive} was not unpacked: its entry {entry.FullName} points out of the folder it belongs in");
            targets.Add((entry, path));
        }
        if (targets.Count < member.Files)
            throw new DownloadException($"{member.Archive} was not unpacked: it holds {targets.Count:#,0} files in {member.Entry}, and should hold {member.Files:#,0}");

        long total = targets.Sum(t => t.Entry.Length);
        long done = 0;
        foreach (var (entry, path) in targets)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Write(entry, path, durable: false, done, total, progress, stop); // forced out one by one, 60,000 small files take minutes
            done += entry.Length;
        }
    }

    private static void Write(ZipArchiveEntry entry, string path, bool durable, long before, long total, Action<long, long> progress, CancellationToken stop)
    {
        using var from = entry.Open();
        using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[1 << 16];
        while (from.Read(buffer) is > 0 and var read)
        {
            stop.ThrowIfCancellationRequested();
            to.Write(buffer, 0, read);
            progress(before + to.Length, total);
        }
        to.Flush(durable);
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}
