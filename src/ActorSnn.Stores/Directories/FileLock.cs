using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>A lock between processes of one machine: a file, empty, that one of them holds open. It is free when its holder is gone, however that went.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _held;

    private FileLock(FileStream held) => _held = held;

    /// <summary>Waits until the lock is the caller's.</summary>
    /// <param name="store">The store, for errors.</param>
    /// <param name="file">The file; made when it is not there, and never removed.</param>
    /// <param name="patience">How long to wait. Only a process that was stopped holds it for long.</param>
    /// <exception cref="StoreException">Somebody else holds it for longer than that.</exception>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static FileLock Take(string store, string file, TimeSpan patience)
    {
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        for (int wait = 1; ; wait = Math.Min(2 * wait, 20))
        {
            try
            {
                return new FileLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (Environment.TickCount64 >= end)
                    throw new StoreException($"{store} is locked by another process for {patience.TotalSeconds:0.#} s now ({file}); is one of its processes stopped?", e);
                Thread.Sleep(wait);
            }
        }
    }

    public void Dispose() => _held.Dispose();

    // EWOULDBLOCK of Linux and of macOS; ERROR_SHARING_VIOLATION.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
