using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Stores;
using ActorSnn.Stores;

namespace ActorSnn.Cli.Systems;

/// <summary>What the command line says about checkpoints.</summary>
/// <param name="Store">--store.</param>
/// <param name="Directory">--checkpoint, which stands for a store.</param>
/// <param name="Every">--checkpoint-every.</param>
/// <param name="Resume">--resume.</param>
internal sealed record CheckpointRequest(string? Store = null, string? Directory = null, int? Every = null, bool Resume = false);

/// <summary>
/// The checkpoints of a run of this process, for every command that writes them. The run stands still only while its state is copied; what is written is written behind its
/// back, one checkpoint at a time. Members are called on the thread that runs, and so is the observer.
/// </summary>
internal sealed class RunCheckpoints : IDisposable
{
    private const string Run = "run";

    private readonly CheckpointRequest _request;
    private readonly string _connection;
    private IRunStore? _store;
    private CheckpointLog? _log;
    private Task<CheckpointName>? _writing;
    private long? _samples;
    private long _tick = -1;

    private RunCheckpoints(CheckpointRequest request, string connection) => (_request, _connection) = (request, connection);

    /// <summary>The checkpoint to go on from; null to start anew.</summary>
    public Checkpoint? Resumed { get; private set; }

    /// <summary>The last checkpoint that is in the store, as far as this run knows; null for none.</summary>
    public CheckpointName? Last { get; private set; }

    /// <summary>The store without passwords.</summary>
    private string Address => _log?.Address ?? _connection;

    /// <summary>Finds out where checkpoints go, and reads the one to go on from; nothing is written.</summary>
    /// <returns>The checkpoints; null when none are wanted.</returns>
    /// <exception cref="UsageException">The options contradict each other or what is there, or the store cannot be reached.</exception>
    /// <exception cref="DamagedPartException">There are checkpoints, but none is whole.</exception>
    public static RunCheckpoints? Open(CheckpointRequest request, IRunObserver observer)
    {
        if (request is { Store: not null, Directory: not null }) throw new UsageException("--checkpoint DIR is short for --store dir:DIR; give one of them");
        if ((request.Store ?? (request.Directory is { } directory ? $"dir:{directory}" : null)) is not { } connection)
        {
            if (request.Resume) throw new UsageException("--resume needs --checkpoint DIR or --store CONNECTION, where the checkpoints are");
            if (request.Every is not null) throw new UsageException("--checkpoint-every needs --checkpoint DIR or --store CONNECTION, where the checkpoints go");
            return null;
        }
        var checkpoints = new RunCheckpoints(request, connection);
        try
        {
            checkpoints.Look(observer);
            return checkpoints;
        }
        catch
        {
            checkpoints.Dispose();
            throw;
        }
    }

    /// <summary>Takes the run over, in a store that is made if need be: another process that is still at it can write no more.</summary>
    /// <param name="description">What the run is.</param>
    /// <exception cref="UsageException">The store cannot be written.</exception>
    public void Begin(JsonObject description) => Reaching(() =>
    {
        OpenStore();
        _log!.Begin(description);
    });

    /// <summary>Saves where a mesh stands, unless that is saved already. What was saved before is in the store when this returns.</summary>
    /// <param name="run">The run, which stands still.</param>
    /// <param name="notes">What else to keep.</param>
    /// <param name="samples">Samples learned from; null where there are none.</param>
    /// <param name="observer">Learns of checkpoints that are in the store.</param>
    /// <exception cref="IOException">An earlier checkpoint could not be written.</exception>
    public void Save(INetworkRun run, JsonObject notes, long? samples, IRunObserver observer)
    {
        if (run.Tick < 0 || run.Tick == _tick) return;
        Await(observer);
        var state = run.Capture();
        var log = _log!;
        (_tick, _samples) = (state.Tick, samples);
        _writing = Task.Run(() => log.Save(state, notes));
    }

    /// <summary>Tells the observer when a checkpoint has got into the store since.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Report(IRunObserver observer)
    {
        if (_writing is { IsCompleted: true }) Await(observer);
    }

    /// <summary>Waits until everything is in the store, and notes there how the run ended.</summary>
    /// <param name="status">How.</param>
    /// <param name="observer">Learns of checkpoints that are in the store.</param>
    /// <exception cref="IOException">Something could not be written.</exception>
    public void End(RunStatus status, IRunObserver observer)
    {
        Await(observer);
        _log!.End(status);
    }

    /// <summary>Adds to a command what makes it go on from these checkpoints.</summary>
    public void AddTo(ShellCommand command)
    {
        if (_request.Directory is { } directory) command.Add("--checkpoint", directory);
        else command.Add("--store", Address);
        command.Add("--resume");
        if (_request.Every is { } every) command.Add("--checkpoint-every", $"{every}");
    }

    public void Dispose()
    {
        // After a failure, which says more than what becomes of a checkpoint under way.
        _writing?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _store?.Dispose();
    }

    private void Look(IRunObserver observer)
    {
        if (_request.Directory is { } path && File.Exists(path)) throw new UsageException($"--checkpoint {path}: this is a file; give a directory");
        RefuseOldFiles();
        bool hasCheckpoints = false;
        Reaching(() =>
        {
            if (!RunStores.Exists(_connection)) return;
            OpenStore();
            hasCheckpoints = _log!.HasCheckpoints;
            if (!_request.Resume || !hasCheckpoints) return;
            Resumed = _log.TryLoadLatest(out string? warning);
            if (warning is not null) observer.Warn(warning);
        });
        if (hasCheckpoints && !_request.Resume)
            throw new UsageException($"{Address} already holds checkpoints; add --resume to go on from them, or give another store");
        if (!hasCheckpoints && _request.Resume)
            throw new UsageException($"{Address} holds no checkpoint to resume from; leave --resume out to start anew");
        (Last, _tick) = (Resumed?.Name, Resumed?.Tick ?? -1);
    }

    /// <summary>Earlier builds put each checkpoint into a file of its own, in the directory itself.</summary>
    private void RefuseOldFiles()
    {
        if (!_connection.StartsWith("dir:", StringComparison.Ordinal) || _connection["dir:".Length..] is not { Length: > 0 } directory || !Directory.Exists(directory)) return;
        if (Directory.EnumerateFiles(directory, "checkpoint-*.ckpt").FirstOrDefault() is { } old)
            throw new UsageException($"{old} is a checkpoint of an earlier build, which this one does not read; give another directory, or finish the run with that build");
    }

    private void OpenStore()
    {
        _store ??= RunStores.Open(_connection);
        _log ??= new CheckpointLog(_store, Run);
    }

    private void Reaching(Action work)
    {
        try
        {
            work();
        }
        catch (StoreException e) when (e is not (StaleEpochException or DamagedPartException))
        {
            throw new UsageException(_request.Directory is { } directory && e.Message.StartsWith($"dir:{directory}", StringComparison.Ordinal)
                ? $"--checkpoint {e.Message["dir:".Length..]}"
                : $"--store: {e.Message}");
        }
    }

    private void Await(IRunObserver observer)
    {
        if (_writing is not { } writing) return;
        _writing = null;
        Last = writing.GetAwaiter().GetResult();
        observer.CheckpointSaved(Last, _samples);
    }
}
