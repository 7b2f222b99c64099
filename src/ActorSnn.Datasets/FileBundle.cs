using System.Formats.Tar;
using System.IO.Compression;

namespace ActorSnn.Datasets;

/// <summary>
/// Many files that are read where they lie: below a directory, or in a .zip or .tar.gz archive (told apart by content, not by name). Nothing is unpacked to disk. Names are
/// relative and have forward slashes.
/// </summary>
internal abstract class FileBundle
{
    private FileBundle(string path) => Path = path;

    /// <summary>The directory or archive.</summary>
    public string Path { get; }

    /// <summary>Opens a directory or an archive; files are looked at when they are asked for.</summary>
    /// <exception cref="DatasetException">It is missing, or neither a directory nor an archive.</exception>
    public static FileBundle Open(string path)
    {
        if (Directory.Exists(path))
            return new Folder(path);
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[4];
            int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (read == 4 && start is [(byte)'P', (byte)'K', 3 or 5, 4 or 6])
                return new Zip(path);
            if (read >= 2 && start is [0x1F, 0x8B, ..])
                return new TarGz(path);
            throw new DatasetException($"{path} is no archive; a directory, a .zip or a .tar.gz file belongs there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The names of all files below folders of one name, in no particular order.</summary>
    /// <param name="folder">Name of a folder at the top or, in an archive, anywhere.</param>
    /// <exception cref="DatasetException">The directory or archive cannot be read.</exception>
    public List<string> NamesIn(string folder)
    {
        var names = new List<string>();
        Guard(() => Visit(folder, (name, _) =>
        {
            if (name.StartsWith(folder + "/", StringComparison.Ordinal) || name.Contains($"/{folder}/", StringComparison.Ordinal))
                names.Add(name);
        }));
        return names;
    }

    /// <summary>Reads files, in the order they lie in.</summary>
    /// <param name="folder">The folder, as in <see cref="NamesIn"/>.</param>
    /// <param name="wanted">Whether to read the file of a name.</param>
    /// <param name="read">Given the name and the content, which can be read once, from the beginning to the end, until the call returns.</param>
    /// <exception cref="DatasetException">The directory or archive cannot be read.</exception>
    public void Read(string folder, Func<string, bool> wanted, Action<string, Stream> read) => Guard(() => Visit(folder, (name, open) =>
    {
        if (!wanted(name))
            return;
        using var content = open();
        read(name, content);
    }));

    /// <summary>What a file of the bundle is called in messages.</summary>
    public abstract string Describe(string name);

    protected abstract void Visit(string folder, Action<string, Func<Stream>> visit);

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or NotSupportedException)
        {
            throw new DatasetException($"{Path} is a corrupt archive ({e.Message.TrimEnd('.')}); get the file again", e);
        }
        catch (EndOfStreamException e)
        {
            throw new DatasetException($"{Path} is a truncated archive; get the whole file again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    private sealed class Folder(string path) : FileBundle(path)
    {
        public override string Describe(string name) => System.IO.Path.Combine(Path, name);

        protected override void Visit(string folder, Action<string, Func<Stream>> visit)
        {
            string start = System.IO.Path.Combine(Path, folder);
            if (!Directory.Exists(start))
                return;
            foreach (string file in Directory.EnumerateFiles(start, "*", SearchOption.AllDirectories))
                visit(System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/'), () => File.OpenRead(file));
        }
    }

    private sealed class Zip(string path) : FileBundle(path)
    {
        public override string Describe(string name) => $"{name} in {Path}";

        protected override void Visit(string folder, Action<string, Func<Stream>> visit)
        {
            using var archive = ZipFile.OpenRead(Path);
            foreach (var entry in archive.Entries)
            {
                if (entry.Name.Length > 0)
                    visit(entry.FullName.Replace('\\', '/'), entry.Open); // old archivers write backslashes
            }
        }
    }

    private sealed class TarGz(string path) : FileBundle(path)
    {
        public override string Describe(string name) => $"{name} in {Path}";

        protected override void Visit(string folder, Action<string, Func<Stream>> visit)
        {
            using var file = File.OpenRead(Path);
            using var content = new CountedStream(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true));
            using (var tar = new TarReader(content, leaveOpen: true))
            {
                while (tar.GetNextEntry() is { } entry)
                {
                    if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                        visit(entry.Name, () => entry.DataStream ?? Stream.Null);
                }
            }
            content.CopyTo(Stream.Null);

            // The reader of the archive takes a stream cut short between two files for one that has ended.
            if (!GzipFile.EndsWithLength(file, content.Count))
                throw new EndOfStreamException();
        }
    }

    /// <summary>Counts the bytes read.</summary>
    private sealed class CountedStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            Count += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
