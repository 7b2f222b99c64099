using System.Security.Cryptography;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>A store in memory, by the clock of a simulation: what the real ones owe, without their disks.</summary>
internal sealed class MemoryStore(Func<long> clock) : IRunStore
{
    private readonly Dictionary<string, Run> _runs = [];
    private readonly List<string> _order = [];
    private (long Term, string Holder, string Address, long Until)? _lease;

    public string Address => "memory:";

    public string Id => "memory";

    /// <summary>Writes refused because a newer epoch had begun.</summary>
    public int Fenced { get; private set; }

    /// <summary>What was committed against the rules; null for nothing.</summary>
    public string? Violation { get; private set; }

    /// <summary>Whether the lease is a node's now, under a term.</summary>
    public bool IsHeldBy(string address, long term) => _lease is { } lease && lease.Address == address && lease.Term == term && lease.Until > clock();

    /// <summary>Tick of the latest checkpoint of a run; -1 for none.</summary>
    public long LatestTick(string run) => _runs[run].LatestTick;

    /// <summary>Whether a checkpoint of a run was damaged: it may then go back further than it otherwise would.</summary>
    public bool WasDamaged(string run) => _runs[run].WasDamaged;

    public static string Sha256Of(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public Lease AcquireLease(string holder, string address, TimeSpan duration)
    {
        long now = clock();
        if (_lease is not { } lease || lease.Until <= now || lease.Holder == holder)
        {
            long term = _lease is { } before ? before.Holder == holder && before.Until > now ? before.Term : before.Term + 1 : 1;
            _lease = (term, holder, address, now + (long)duration.TotalMilliseconds);
        }
        var (t, h, a, until) = _lease.Value;
        return new Lease(t, h, a, TimeSpan.FromMilliseconds(until - now), h == holder);
    }

    public void ReleaseLease(string holder)
    {
        if (_lease is { } lease && lease.Holder == holder) _lease = lease with { Until = clock() };
    }

    public void CreateRun(string run, string description, ReadOnlyMemory<byte> network)
    {
        if (!_runs.TryAdd(run, new Run(new RunRecord(run, 0, RunStatus.Queued, description, "{}", DateTime.UnixEpoch), network.ToArray())))
            throw new StoreException($"there is a run {run} already");
        _order.Add(run);
    }

    public IReadOnlyList<RunRecord> Runs() => [.. _order.Select(r => _runs[r].Record)];

    public RunRecord? FindRun(string run) => _runs.GetValueOrDefault(run)?.Record;

    public byte[] ReadNetwork(string run) => _runs[run].Network;

    public void RaiseEpoch(string run, long epoch, long? term)
    {
        var entry = _runs[run];
        if (epoch <= entry.Record.Epoch || (term is not null && _lease is { } lease && lease.Term > term))
        {
            Fenced++;
            throw new StaleEpochException($"epoch {epoch}, term {term}: the run is at {entry.Record.Epoch}, the lease at {_lease?.Term}");
        }
        entry.Record = entry.Record with { Epoch = epoch };
    }

    public void SetStatus(string run, long epoch, RunStatus status, string notes)
    {
        var entry = Fence(run, epoch);
        entry.Record = entry.Record with { Status = status, Notes = notes };
    }

    public StoredPart WritePart(string run, long epoch, PartKey part, ReadOnlyMemory<byte> content)
    {
        var entry = Fence(run, epoch);
        byte[] bytes = content.ToArray();
        entry.Parts[(part, epoch)] = bytes;
        return new StoredPart(part, epoch, bytes.Length, Sha256Of(bytes));
    }

    public void Commit(string run, long epoch, CheckpointManifest manifest)
    {
        var entry = Fence(run, epoch);
        foreach (var part in manifest.Parts)
        {
            if (!entry.Parts.ContainsKey((part.Key, part.Epoch))) throw new StoreException($"part {part.Key} is not there");
        }
        if (entry.Manifests.TryGetValue(entry.LatestTick, out var latest))
        {
            // The same one may come twice, when the first answer was lost; a damaged one is made anew, in a later epoch.
            bool isSame = manifest.Tick == latest.Tick && epoch == latest.Epoch;
            if (epoch < entry.LatestEpoch || (manifest.Tick <= latest.Tick && !isSame && !entry.WasDamaged))
                Violation = $"{run}: tick {manifest.Tick} is committed in epoch {epoch}, after tick {latest.Tick} in epoch {entry.LatestEpoch}";
        }
        entry.LatestEpoch = epoch;
        entry.Manifests[manifest.Tick] = manifest;
        entry.LatestTick = Math.Max(entry.LatestTick, manifest.Tick);
    }

    public IReadOnlyList<CheckpointManifest> Checkpoints(string run) => [.. _runs[run].Manifests.Values.Reverse()];

    public byte[] ReadPart(string run, StoredPart part) =>
        _runs[run].Parts.TryGetValue((part.Key, part.Epoch), out byte[]? bytes) && Sha256Of(bytes) == part.Sha256
            ? bytes
            : throw new DamagedPartException($"part {part.Key} of {run} is damaged");

    public void Prune(string run, long epoch, int keep, IReadOnlyCollection<long> kept)
    {
        var entry = Fence(run, epoch);
        var gone = entry.Manifests.Keys.Reverse().Skip(keep).Where(t => !kept.Contains(t)).ToHashSet();
        var listed = entry.Manifests.Values.SelectMany(m => m.Parts).Select(p => (p.Key, p.Epoch)).ToHashSet();
        foreach (var key in entry.Parts.Keys.ToList())
        {
            if (key.Key.Kind == PartKind.State && gone.Contains(key.Key.Tick)) entry.Parts.Remove(key);
            else if (key.Epoch < epoch && !listed.Contains(key)) entry.Parts.Remove(key);
        }
    }

    public void RemoveRun(string run)
    {
        _runs.Remove(run);
        _order.Remove(run);
    }

    /// <summary>Flips a bit of a part of the latest checkpoint of the run under way, if there is one before it to go back to, and the run still has a way to go.</summary>
    /// <param name="bit">Which one.</param>
    /// <param name="finalTick">Where a run ends.</param>
    public bool DamageLatest(int bit, Func<string, long> finalTick)
    {
        if (_runs.Values.FirstOrDefault(r => r.Record.Status == RunStatus.Running) is not { } entry) return false;
        if (entry.Manifests.Count < 2 || entry.LatestTick >= finalTick(entry.Record.Name)) return false;
        entry.WasDamaged = true;
        var part = entry.Manifests.Values.Last().Parts.First(p => p.Key.Kind == PartKind.State);
        byte[] bytes = entry.Parts[(part.Key, part.Epoch)];
        bytes[bit / 8 % bytes.Length] ^= (byte)(1 << (bit % 8));
        return true;
    }

    public void Dispose()
    {
    }

    private Run Fence(string run, long epoch)
    {
        var entry = _runs[run];
        if (entry.Record.Epoch == epoch) return entry;
        Fenced++;
        throw new StaleEpochException($"epoch {epoch}: {run} is at {entry.Record.Epoch}");
    }

    private sealed class Run(RunRecord record, byte[] network)
    {
        public RunRecord Record { get; set; } = record;

        public byte[] Network { get; } = network;

        public long LatestTick { get; set; } = -1;

        public long LatestEpoch { get; set; }

        public bool WasDamaged { get; set; }

        public Dictionary<(PartKey Key, long Epoch), byte[]> Parts { get; } = [];

        public SortedDictionary<long, CheckpointManifest> Manifests { get; } = [];
    }
}
