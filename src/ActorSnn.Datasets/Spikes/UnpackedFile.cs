using System.IO.Compression;

namespace ActorSnn.Datasets.Spikes;

/// <summary>The content of a file for libraries that read from paths: the file itself or, of a packed one, a temporary file that is removed afterwards.</summary>
internal sealed class UnpackedFile : IDisposable
{
    private readonly bool _isTemporary;

    private UnpackedFile(string path, bool isTemporary) => (Path, _isTemporary) = (path, isTemporary);

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Unpacks a file if it is packed with gzip, told by its content.</summary>
    /// <exception cref="DatasetException">It is missing, cannot be read, is corrupt or cut short, or there is no room for what is in it.</exception>
    public static UnpackedFile Of(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return GzipFile.IsPacked(file) ? new UnpackedFile(Unpack(path, file), isTemporary: true) : new UnpackedFile(path, isTemporary: false);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{path} is corrupt gzip; get the file again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>To be called once the file is open: where the system allows it, a temporary file loses its name at once, so that nothing is left behind even by a process that is killed.</summary>
    public void Opened()
    {
        if (!OperatingSystem.IsWindows())
            Dispose();
    }

    public void Dispose()
    {
        if (_isTemporary)
            File.Delete(Path);
    }

    private static string Unpack(string path, FileStream packed)
    {
        string temporary = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"actorsnn-{Guid.NewGuid():N}");
        var created = Create(temporary);
        try
        {
            using var unpacked = created; // closed before it is removed
            packed.Position = 0;
            using var content = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            var buffer = new byte[1 << 17];
            while (content.Read(buffer) is > 0 and var read)
                Write(unpacked, buffer.AsSpan(0, read));
            if (!GzipFile.EndsWithLength(packed, unpacked.Length))
                throw new DatasetException($"{path} is corrupt gzip: it is cut short or something follows it; get the whole file again");
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FileStream Create(string target)
        {
            try
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
                if (!OperatingSystem.IsWindows())
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                return new FileStream(target, options);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw NoRoom(e);
            }
        }

        void Write(FileStream target, ReadOnlySpan<byte> bytes)
        {
            try
            {
                target.Write(bytes);
            }
            catch (IOException e)
            {
                throw NoRoom(e);
            }
        }

        DatasetException NoRoom(Exception e) =>
            new($"{path} cannot be unpacked into {System.IO.Path.GetTempPath()}: {e.Message.TrimEnd('.')}; make room there, set TMPDIR to another directory, or unpack the file beside itself", e);
    }
}
