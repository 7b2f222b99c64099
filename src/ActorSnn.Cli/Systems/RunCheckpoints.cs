using ActorSnn.Mesh;

namespace ActorSnn.Cli.Systems;

/// <summary>What --checkpoint, --checkpoint-every and --resume mean, for every command that has them.</summary>
internal static class RunCheckpoints
{
    /// <summary>The directory to write to, and the checkpoint to go on from; null for none.</summary>
    /// <param name="path">--checkpoint.</param>
    /// <param name="every">--checkpoint-every.</param>
    /// <param name="resume">--resume.</param>
    /// <param name="observer">Is warned of damaged checkpoints.</param>
    /// <exception cref="UsageException">The options contradict each other or what is there.</exception>
    public static (CheckpointDirectory?, Checkpoint?) Open(string? path, int? every, bool resume, IRunObserver observer)
    {
        if (path is null)
        {
            if (resume) throw new UsageException("--resume needs --checkpoint DIR, the directory with the checkpoints");
            if (every is not null) throw new UsageException("--checkpoint-every needs --checkpoint DIR, the directory for the checkpoints");
            return (null, null);
        }
        if (File.Exists(path)) throw new UsageException($"--checkpoint {path}: this is a file; give a directory");
        var directory = new CheckpointDirectory(path);
        if (!resume)
        {
            if (directory.HasCheckpoints)
                throw new UsageException($"{path} already holds checkpoints; add --resume to go on from them, or give another directory");
            return (directory, null);
        }
        var checkpoint = directory.TryLoadLatest(out string? warning)
            ?? throw new UsageException($"{path} holds no checkpoint to resume from; leave --resume out to start anew");
        if (warning is not null) observer.Warn(warning);
        return (directory, checkpoint);
    }

    /// <exception cref="UsageException">Checkpoints cannot be written.</exception>
    public static void RequireWritable(CheckpointDirectory? checkpoints)
    {
        try
        {
            checkpoints?.RequireWritable();
        }
        catch (IOException e)
        {
            throw new UsageException($"--checkpoint {e.Message.TrimEnd('.')}; give a directory that can be written to");
        }
    }
}
