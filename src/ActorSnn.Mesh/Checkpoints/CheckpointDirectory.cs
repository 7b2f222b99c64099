using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// The checkpoints of one run: files <c>checkpoint-(tick).ckpt</c> in a directory, the tick with leading zeros. The last two are kept, so that a damaged one
/// costs the way from the one before and no more.
/// </summary>
/// <param name="path">The directory; made when the first checkpoint is saved.</param>
public sealed class CheckpointDirectory(string path)
{
    private const string Prefix = "checkpoint-";
    private const string Extension = ".ckpt";

    /// <summary>The directory.</summary>
    public string Path { get; } = path;

    /// <summary>Whether it holds a checkpoint, good or damaged.</summary>
    public bool HasCheckpoints => Files().Count > 0;

    /// <summary>Makes the directory and finds out whether checkpoints can be saved in it.</summary>
    /// <exception cref="IOException">They cannot; the message is one line.</exception>
    public void RequireWritable()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{Path} cannot be made a directory for checkpoints: {e.Message}", e);
        }
        AtomicFile.RequireWritable(FileAt(0));
    }

    /// <summary>Saves a state, whole or not at all; keeps it and the one before, and removes all others.</summary>
    /// <param name="state">The state.</param>
    /// <param name="run">What else to keep; handed back as <see cref="Checkpoint.Run"/>.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">It cannot be written; the earlier ones are as they were.</exception>
    public string Save(NetworkState state, JsonObject run)
    {
        Directory.CreateDirectory(Path);
        string file = FileAt(state.Tick);
        Checkpoint.Save(file, state, run);
        // Later ones can only be damaged ones that this run did not start from.
        string? before = Files().Where(f => f.Tick < state.Tick).Select(f => f.File).LastOrDefault();
        foreach (var (_, old) in Files().Where(f => f.Tick != state.Tick && f.File != before)) File.Delete(old);
        foreach (string leftover in Directory.EnumerateFiles(Path, $".{Prefix}*{AtomicFile.TemporaryExtension}")) File.Delete(leftover);
        return file;
    }

    /// <summary>Loads the latest checkpoint that is whole.</summary>
    /// <param name="warning">One line about damaged ones that were passed over; null when the latest is whole.</param>
    /// <returns>The checkpoint; null when the directory holds none.</returns>
    /// <exception cref="ArchiveException">There are checkpoints, but none can be used.</exception>
    public Checkpoint? TryLoadLatest(out string? warning)
    {
        warning = null;
        ArchiveException? first = null;
        foreach (var (_, file) in Files().AsEnumerable().Reverse())
        {
            try
            {
                var checkpoint = Checkpoint.Load(file);
                if (first is not null) warning = $"{first.Message}; the checkpoint before it, {System.IO.Path.GetFileName(file)}, is used";
                return checkpoint;
            }
            catch (ArchiveException e)
            {
                first ??= e;
            }
        }
        return first is null ? null : throw first;
    }

    private string FileAt(long tick) => System.IO.Path.Combine(Path, $"{Prefix}{tick.ToString("d15", CultureInfo.InvariantCulture)}{Extension}");

    /// <summary>By tick, ascending.</summary>
    private List<(long Tick, string File)> Files()
    {
        var files = new List<(long, string)>();
        if (!Directory.Exists(Path)) return files;
        foreach (string file in Directory.EnumerateFiles(Path, $"{Prefix}*{Extension}"))
        {
            string name = System.IO.Path.GetFileName(file);
            if (long.TryParse(name.AsSpan()[Prefix.Length..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long tick))
                files.Add((tick, file));
        }
        files.Sort();
        return files;
    }
}
