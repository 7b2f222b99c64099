namespace ActorSnn.Mesh.Stores;

/// <summary>
/// Where runs live: what is to be run, how far it is, and its checkpoints. Shared by all nodes of a cluster.
/// <para>
/// <b>Fencing.</b> Each run has an epoch that only grows. Whatever is written to a run carries the writer's epoch, and is refused, in the same transaction, when the
/// run's is another one. So a process that was frozen while others went on can do no harm when it wakes.
/// </para>
/// <para>
/// <b>Checkpoints.</b> Every node writes its part of the state at a tick; the coordinator then commits the tick with a manifest that lists the parts. What no manifest lists does
/// not exist. Parts are written whole or not at all, survive a power cut once written, and are checked by checksum when read.
/// </para>
/// <para>
/// <b>Lease.</b> The right to coordinate is a lease for a time measured by the store's own clock. Each change of holder raises its term.
/// </para>
/// Members block, and may be called from several threads.
/// </summary>
public interface IRunStore : IDisposable
{
    /// <summary>The store as a user would name it, without passwords: <c>dir:PATH</c>, <c>sqlite:FILE</c> or <c>postgres:…</c>.</summary>
    string Address { get; }

    /// <summary>A name no other store has, drawn when it was made. Nodes compare it to find out whether they share a store.</summary>
    string Id { get; }

    /// <summary>Takes, renews or looks at the lease: it goes to the caller when it is free, has run out, or is the caller's already.</summary>
    /// <param name="holder">Who asks; another one for every start of a process.</param>
    /// <param name="address">Where the holder can be reached.</param>
    /// <param name="duration">For how long, from now on.</param>
    /// <returns>The lease as it then is, the caller's or somebody else's.</returns>
    /// <exception cref="StoreException">The store cannot be reached or written.</exception>
    Lease AcquireLease(string holder, string address, TimeSpan duration);

    /// <summary>Gives the lease up; nothing happens when it is not the caller's.</summary>
    /// <param name="holder">Who gives it up.</param>
    /// <exception cref="StoreException">The store cannot be reached or written.</exception>
    void ReleaseLease(string holder);

    /// <summary>Enters a new run, at epoch 0.</summary>
    /// <param name="run">Its name, unique: letters, digits, dots, dashes and underscores, at most 100, beginning with a letter or digit.</param>
    /// <param name="description">What the run is, as JSON; kept as it is.</param>
    /// <param name="network">The network to run, as bytes; empty where the runner has it otherwise.</param>
    /// <exception cref="StoreException">There is a run of this name already, or the store cannot be reached or written.</exception>
    void CreateRun(string run, string description, ReadOnlyMemory<byte> network);

    /// <summary>All runs, oldest first.</summary>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    IReadOnlyList<RunRecord> Runs();

    /// <summary>A run; null when there is none of that name.</summary>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    RunRecord? FindRun(string run);

    /// <summary>The network of a run.</summary>
    /// <exception cref="StoreException">The store cannot be reached, there is no such run, or the bytes are damaged.</exception>
    byte[] ReadNetwork(string run);

    /// <summary>
    /// Raises a run's epoch. From here on everything older is refused. Runs of one process, without a lease, raise it when they start.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The new epoch, above the present one.</param>
    /// <param name="term">The term of the caller's lease; null for runs of one process.</param>
    /// <exception cref="StaleEpochException">The run's epoch is not below, or the lease has a newer term.</exception>
    /// <exception cref="StoreException">The store cannot be reached or written.</exception>
    void RaiseEpoch(string run, long epoch, long? term);

    /// <summary>Notes how far a run is.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="status">The status.</param>
    /// <param name="notes">More about it, as JSON; kept as it is.</param>
    /// <exception cref="StaleEpochException">The run's epoch is another one.</exception>
    /// <exception cref="StoreException">The store cannot be reached or written.</exception>
    void SetStatus(string run, long epoch, RunStatus status, string notes);

    /// <summary>Writes a part of a checkpoint, and makes sure that it survives a power cut. One that is there already is replaced.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="part">Which part.</param>
    /// <param name="content">Its bytes.</param>
    /// <returns>The part as a manifest lists it.</returns>
    /// <exception cref="StaleEpochException">The run's epoch is another one.</exception>
    /// <exception cref="StoreException">The store cannot be reached or written, or is full; what was there before is as it was.</exception>
    StoredPart WritePart(string run, long epoch, PartKey part, ReadOnlyMemory<byte> content);

    /// <summary>Commits a checkpoint, in one step: its parts are there, and it is the run's latest.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="manifest">What belongs to it.</param>
    /// <exception cref="StaleEpochException">The run's epoch is another one.</exception>
    /// <exception cref="StoreException">The store cannot be reached or written, or a part that the manifest lists is not there.</exception>
    void Commit(string run, long epoch, CheckpointManifest manifest);

    /// <summary>The committed checkpoints of a run, latest first.</summary>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    IReadOnlyList<CheckpointManifest> Checkpoints(string run);

    /// <summary>Reads a part that a manifest lists.</summary>
    /// <exception cref="DamagedPartException">It is missing, or its checksum is not the one of the manifest.</exception>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    byte[] ReadPart(string run, StoredPart part);

    /// <summary>
    /// Removes states nobody will go on from: all committed ones but the latest <paramref name="keep"/> and those at <paramref name="kept"/> ticks, and parts of
    /// earlier epochs that were never committed. Records are kept, whatever their tick, and so are the manifests that list them.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="keep">Checkpoints to keep, at least 1.</param>
    /// <param name="kept">Ticks whose checkpoint is kept in any case.</param>
    /// <exception cref="StaleEpochException">The run's epoch is another one.</exception>
    /// <exception cref="StoreException">The store cannot be reached or written.</exception>
    void Prune(string run, long epoch, int keep, IReadOnlyCollection<long> kept);

    /// <summary>Removes a run with all that belongs to it; nothing happens when there is none.</summary>
    /// <exception cref="StoreException">The store cannot be reached or written.</exception>
    void RemoveRun(string run);
}

/// <summary>The right to coordinate.</summary>
/// <param name="Term">Grows with every change of holder.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="Address">Where the holder can be reached.</param>
/// <param name="Remaining">Time left.</param>
/// <param name="IsMine">Whether it is the caller's.</param>
public sealed record Lease(long Term, string Holder, string Address, TimeSpan Remaining, bool IsMine);

/// <summary>How a run stands.</summary>
public enum RunStatus
{
    /// <summary>Entered, not begun.</summary>
    Queued,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Run to its end.</summary>
    Done,

    /// <summary>Stopped on request; it can be continued.</summary>
    Stopped,

    /// <summary>It cannot go on.</summary>
    Failed,
}

/// <summary>A run as the store knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Description">What it is, as JSON.</param>
/// <param name="Notes">More about how it stands, as JSON; "{}" at first.</param>
/// <param name="Created">When it was entered, by the store's clock, UTC.</param>
public sealed record RunRecord(string Name, long Epoch, RunStatus Status, string Description, string Notes, DateTime Created);

/// <summary>What a part holds.</summary>
public enum PartKind
{
    /// <summary>State to go on from. Pruned when later checkpoints are there.</summary>
    State,

    /// <summary>What probes recorded since the checkpoint before. Kept for as long as the run.</summary>
    Records,
}

/// <summary>Which part of a checkpoint.</summary>
/// <param name="Tick">The checkpoint's tick.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Number">Which of the parts of that kind, from 0.</param>
public readonly record struct PartKey(long Tick, PartKind Kind, int Number);

/// <summary>A part that has been written.</summary>
/// <param name="Key">Which one.</param>
/// <param name="Epoch">Epoch in which it was written.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Their SHA-256, in lower-case hex.</param>
public sealed record StoredPart(PartKey Key, long Epoch, long Length, string Sha256);

/// <summary>What a committed checkpoint consists of.</summary>
/// <param name="Tick">Its tick: the last one run.</param>
/// <param name="Epoch">Epoch in which it was committed.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Notes">What else belongs to it, as JSON.</param>
public sealed record CheckpointManifest(long Tick, long Epoch, IReadOnlyList<StoredPart> Parts, string Notes);

/// <summary>A store cannot be reached, read or written. The message is one line and names the store.</summary>
/// <param name="message">What, where, and what would be right.</param>
/// <param name="cause">What was thrown.</param>
public class StoreException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>A write was refused because a newer epoch or term has begun: somebody else goes on with the run.</summary>
/// <param name="message">Which epoch was there, and which was given.</param>
public sealed class StaleEpochException(string message) : StoreException(message);

/// <summary>A part of a checkpoint is missing or not as it was written.</summary>
/// <param name="message">Which part, and where.</param>
/// <param name="cause">What was thrown.</param>
public sealed class DamagedPartException(string message, Exception? cause = null) : StoreException(message, cause);
