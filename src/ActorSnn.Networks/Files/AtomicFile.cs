using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorSnn.Networks;

/// <summary>
/// Writes files that are whole or not there: the content goes to a temporary file in the same directory, is flushed to disk, and then takes
/// the place of the file in one step, which is flushed too. Who reads meanwhile, or after a crash or a power cut, finds the old content or the new one;
/// once a write has returned, the new one.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>Ending of temporary files, whose names are <c>.(name).(random).tmp</c>. A killed process may leave one behind.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>Writes a file, in place of any that is there. When it fails, what was there is untouched and nothing is left behind.</summary>
    /// <param name="path">The file; its directory exists. A symbolic link is followed.</param>
    /// <param name="write">Writes the content; the stream can be read and positioned too.</param>
    /// <param name="guard">
    /// Called when the content is on disk, and what it returns is disposed of once the file is in its place: a lock that need not be held while much is written. What it
    /// throws is thrown, and nothing was written.
    /// </param>
    /// <exception cref="IOException">It cannot be written; the message is one line that names the file.</exception>
    public static void Write(string path, Action<Stream> write, Func<IDisposable>? guard = null)
    {
        string target = TargetOf(path);
        string temporary = TemporaryFor(target);
        IDisposable? held = null;
        try
        {
            try
            {
                using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite);
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(path, Reason(target, e), e);
            }
            held = guard?.Invoke();
            try
            {
                File.Move(temporary, target, overwrite: true);
                FlushDirectory(Path.GetDirectoryName(target)!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(path, Reason(target, e), e);
            }
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Makes sure that files which were made, renamed or removed in a directory stay so after a power cut. On Windows the file system sees to it.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="IOException">It cannot be opened or flushed.</exception>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        const int readOnly = 0;
        int descriptor = Open(directory, readOnly);
        if (descriptor < 0) throw new IOException($"{directory} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Finds out whether <see cref="Write"/> could write a file, without touching it.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <exception cref="IOException">It could not; the message is one line that names the file.</exception>
    public static void RequireWritable(string path)
    {
        string target = TargetOf(path);
        string temporary = TemporaryFor(target);
        if (Directory.Exists(target)) throw CannotWrite(path, "it is a directory; give the name of a file");
        try
        {
            if (File.Exists(target)) new FileStream(target, FileMode.Open, FileAccess.Write).Dispose();
            new FileStream(temporary, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, Reason(target, e), e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>The same, and that nothing would be lost but a file of the same kind, told by how its text begins; an empty one is none to lose.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="kind">What may be replaced, for the error: "HTML file".</param>
    /// <param name="beginnings">How such files may begin, in any case.</param>
    /// <exception cref="IOException">It could not be written, or something else is there; the message is one line that names the file.</exception>
    public static void RequireReplaceable(string path, string kind, params ReadOnlySpan<string> beginnings)
    {
        RequireWritable(path);
        if (!File.Exists(path)) return;
        using var reader = new StreamReader(path);
        var start = new char[beginnings.ToArray().Max(b => b.Length)];
        var text = start.AsSpan(0, reader.ReadBlock(start));
        foreach (string beginning in beginnings)
        {
            if (text.IsEmpty || text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return;
        }
        throw CannotWrite(path, $"there is a file of that name that is no {kind}; remove it or give another name");
    }

    private static string TargetOf(string path)
    {
        path = Path.GetFullPath(path);
        return new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
    }

    private static string TemporaryFor(string target) =>
        Path.Combine(Path.GetDirectoryName(target) ?? "/", $".{Path.GetFileName(target)}.{Guid.NewGuid():N}{TemporaryExtension}");

    private static IOException CannotWrite(string path, string reason, Exception? inner = null) => new($"{path} cannot be written: {reason}", inner);

    // The system's message would name the temporary file.
    private static string Reason(string target, Exception e)
    {
        string directory = Path.GetDirectoryName(target) ?? "/";
        if (File.Exists(directory)) return $"{directory} is a file, not a directory";
        if (!Directory.Exists(directory)) return $"the directory {directory} does not exist; create it first";
        if (e is UnauthorizedAccessException) return $"no permission to write in {directory}";
        int quote = e.Message.IndexOf(" : '", StringComparison.Ordinal);
        return quote < 0 ? e.Message : e.Message[..quote];
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that brought us here says more.
        }
    }
}
