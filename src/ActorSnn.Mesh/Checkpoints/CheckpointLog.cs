using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// The checkpoints of a run of one process, in a store: each a single part. The last two are kept, so that a damaged one costs the way from the one before and no more. The
/// calls of one run follow each other, on any threads.
/// </summary>
/// <param name="store">The store; not disposed.</param>
/// <param name="run">Name of the run in the store.</param>
public sealed class CheckpointLog(IRunStore store, string run)
{
    private const int Kept = 2;
    private long _epoch;

    /// <summary>Address of the store.</summary>
    public string Address => store.Address;

    /// <summary>Whether the store holds a checkpoint of the run, good or damaged.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public bool HasCheckpoints => Manifests().Count > 0;

    /// <summary>Enters the run if it is not there, and takes it over: whatever other process was at it can write no more.</summary>
    /// <param name="description">What the run is.</param>
    /// <exception cref="StoreException">The store cannot be written, or another process has taken the run over at the same time.</exception>
    public void Begin(JsonObject description)
    {
        var record = store.FindRun(run);
        if (record is null) store.CreateRun(run, description.ToJsonString(), ReadOnlyMemory<byte>.Empty);
        _epoch = (record?.Epoch ?? 0) + 1;
        store.RaiseEpoch(run, _epoch, term: null);
        store.SetStatus(run, _epoch, RunStatus.Running, "{}");
    }

    /// <summary>Notes how the run ended.</summary>
    /// <param name="status">How.</param>
    /// <exception cref="StoreException">The store cannot be written, or another process has taken the run over.</exception>
    public void End(RunStatus status) => store.SetStatus(run, _epoch, status, "{}");

    /// <summary>Saves a state, whole or not at all; keeps it and the one before, and removes all others. The run has begun.</summary>
    /// <param name="state">The state.</param>
    /// <param name="notes">What else to keep; handed back as <see cref="Checkpoint.Run"/>.</param>
    /// <exception cref="StoreException">The store cannot be written, and the earlier ones are as they were; or another process has taken the run over.</exception>
    public CheckpointName Save(NetworkState state, JsonObject notes)
    {
        byte[] content = StatePart.Write(state, [.. state.Network.Populations.Select(p => new Slice(p.Index, 0, p.Size))]);
        var part = store.WritePart(run, _epoch, new PartKey(state.Tick, PartKind.State, 0), content);
        store.Commit(run, _epoch, new CheckpointManifest(state.Tick, _epoch, [part], notes.ToJsonString()));
        store.Prune(run, _epoch, Kept, []);
        return new CheckpointName(Address, state.Tick);
    }

    /// <summary>Loads the latest checkpoint that is whole.</summary>
    /// <param name="warning">One line about damaged ones that were passed over; null when the latest is whole.</param>
    /// <returns>The checkpoint; null when there is none.</returns>
    /// <exception cref="DamagedPartException">There are checkpoints, but none is whole.</exception>
    /// <exception cref="ArchiveException">The latest that is whole is not of this build.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public Checkpoint? TryLoadLatest(out string? warning)
    {
        warning = null;
        var manifests = Manifests();
        DamagedPartException? first = null;
        for (int i = 0; i < manifests.Count; i++)
        {
            try
            {
                var checkpoint = Checkpoint.Read(store, run, manifests[i]);
                if (first is not null) warning = $"{first.Message}; the checkpoint before it, of tick {checkpoint.Tick}, is used";
                return checkpoint;
            }
            catch (DamagedPartException e)
            {
                // Another process may be at it still, and have pruned this one since.
                var present = Manifests();
                if (present.Count > 0 && present[0].Tick > manifests[0].Tick) (manifests, first, i) = (present, null, -1);
                else first ??= e;
            }
        }
        return first is null ? null : throw first;
    }

    private IReadOnlyList<CheckpointManifest> Manifests() => store.FindRun(run) is null ? [] : store.Checkpoints(run);
}
