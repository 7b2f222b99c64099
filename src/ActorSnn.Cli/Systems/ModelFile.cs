using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>Model files of all systems.</summary>
internal static class ModelFile
{
    private const string ModelSuffix = "-model";

    /// <summary>The system a model file belongs to.</summary>
    /// <exception cref="ArchiveException">It is missing, unreadable or no model.</exception>
    public static ILearningSystem SystemOf(string path)
    {
        string kind = ArrayArchive.ReadKind(path);
        return LearningSystems.All.FirstOrDefault(s => s.ModelKind == kind)
            ?? throw new ArchiveException(path, $"is a \"{kind}\" file, no model of {string.Join(", ", LearningSystems.All.Select(s => s.Name))}");
    }

    /// <summary>Makes sure that a model can be written to a path, and that no file but a model would be lost.</summary>
    /// <exception cref="UsageException">It cannot be written, or something else is there.</exception>
    public static void RequireReplaceable(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UsageException("--out is empty; give the name of a file");
        try
        {
            if (File.Exists(path) && ArrayArchive.ReadKind(path) is var kind && !kind.EndsWith(ModelSuffix, StringComparison.Ordinal))
                throw new UsageException($"--out {path}: there is a \"{kind}\" file of that name; remove it or give another name");
        }
        catch (ArchiveException e)
        {
            throw new UsageException($"--out {e.Message.TrimEnd('.')}; only models are overwritten: remove it or give another name");
        }
        try
        {
            AtomicFile.RequireWritable(path);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"--out {e.Message}");
        }
    }
}
