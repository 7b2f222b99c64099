using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Stores;

/// <summary>
/// A store of plain files, for all processes of one machine.
/// <para>
/// <b>Layout.</b> <c>store.json</c> (its id and version), <c>lease.json</c>, and for each run a directory of its name: <c>run.json</c>, <c>network.bin</c>,
/// <c>checkpoint-(tick).json</c>, <c>state-(tick)-(epoch)-(number).ckpt</c> and <c>records-(tick)-(epoch)-(number).rec</c>, ticks with 15 digits. The JSON files are as
/// <see cref="CheckedJson"/> writes them. Writing checkpoint-(tick).json is the commit.
/// </para>
/// <para>
/// <b>Fencing.</b> Who changes a run holds the lock file <c>.lock</c> while he looks at the run's epoch and puts files in place or removes them; the content of parts is
/// written before, under names that begin with a dot. The lease has the lock file <c>.lease.lock</c>. Who takes both takes <c>.lock</c> first.
/// </para>
/// </summary>
internal sealed partial class DirectoryStore : IRunStore
{
    private const int Version = 1;
    public const string StoreFile = "store.json";
    private const string RunFile = "run.json";
    private const string NetworkFile = "network.bin";
    private const string RemovedExtension = ".removed";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path;

    /// <param name="path">The directory; made when it is not there.</param>
    /// <exception cref="StoreException">It cannot be made or read, lies on a network file system, or is of another version.</exception>
    public DirectoryStore(string path)
    {
        Address = $"dir:{path}";
        _path = Path.GetFullPath(path);
        NetworkFileSystems.Refuse(Address, _path);
        Id = Do(() =>
        {
            if (File.Exists(_path)) throw new IOException($"{_path} is a file, not a directory");
            Directory.CreateDirectory(_path);
            string file = At(StoreFile);
            if (!File.Exists(file))
            {
                using var _ = Lock();
                // The directory itself may be new.
                AtomicFile.FlushDirectory(Path.GetDirectoryName(_path) ?? _path);
                if (!File.Exists(file)) CheckedJson.Write(file, new JsonObject { ["kind"] = "actorsnn store", ["version"] = Version, ["id"] = Guid.NewGuid().ToString("N") });
            }
            var store = Read(file);
            if (Get<int>(store, file, "version") != Version)
                throw new StoreException($"{Address}: {file} is of version {store["version"]}; this build reads version {Version}");
            return Get<string>(store, file, "id");
        });
    }

    public string Address { get; }

    public string Id { get; }

    public void Dispose()
    {
        // Nothing is held between calls.
    }

    public Lease AcquireLease(string holder, string address, TimeSpan duration) => Do(() =>
    {
        using var _ = FileLock.Take(Address, At(".lease.lock"), Patience);
        var now = DateTime.UtcNow;
        var lease = ReadLease().AskedBy(holder, address, duration, now);
        if (lease.Holder == holder) WriteLease(lease);
        return lease.SeenBy(holder, now);
    });

    public void ReleaseLease(string holder) => Do(() =>
    {
        using var _ = FileLock.Take(Address, At(".lease.lock"), Patience);
        var lease = ReadLease();
        if (lease.Holder == holder) WriteLease(lease.GivenUpBy(holder));
    });

    public void CreateRun(string run, string description, ReadOnlyMemory<byte> network)
    {
        RunNames.Require(run);
        Do(() =>
        {
            using var _ = Lock();
            string directory = At(run);
            if (Directory.Exists(directory)) throw StoreErrors.RunExists(Address, run);
            if (File.Exists(directory)) throw new StoreException($"{Address}: \"{run}\" is the name of a file of the store; give the run another one");
            string made = At($".{run}{AtomicFile.TemporaryExtension}");
            try
            {
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
                Directory.CreateDirectory(made);
                AtomicFile.Write(Path.Combine(made, NetworkFile), stream => stream.Write(network.Span));
                CheckedJson.Write(Path.Combine(made, RunFile), ToJson(new RunRecord(run, 0, RunStatus.Queued, description, "{}", DateTime.UtcNow), Parts.Sha256(network.Span)));
                Directory.Move(made, directory);
            }
            catch
            {
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
                throw;
            }
            AtomicFile.FlushDirectory(_path);
        });
    }

    public IReadOnlyList<RunRecord> Runs() => Do(() =>
        Directory.EnumerateDirectories(_path).Select(directory => FindRun(Path.GetFileName(directory))).OfType<RunRecord>()
            .OrderBy(run => run.Created).ThenBy(run => run.Name, StringComparer.Ordinal).ToList());

    public RunRecord? FindRun(string run) => Do(() =>
    {
        if (!RunNames.IsValid(run)) return null;
        string file = At(run, RunFile);
        try
        {
            var json = Read(file);
            string status = Get<string>(json, file, "status");
            return new RunRecord(
                run,
                Get<long>(json, file, "epoch"),
                Enum.TryParse<RunStatus>(status, ignoreCase: true, out var known) ? known : throw Damaged(file),
                Get<string>(json, file, "description"),
                Get<string>(json, file, "notes"),
                DateTime.Parse(Get<string>(json, file, "created"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    public byte[] ReadNetwork(string run) => Do(() =>
    {
        RequireRun(run);
        string file = At(run, NetworkFile);
        byte[] network = File.ReadAllBytes(file);
        if (Parts.Sha256(network) != NetworkSha256(run)) throw Damaged(file);
        return network;
    });

    public void RaiseEpoch(string run, long epoch, long? term) => Do(() =>
    {
        using var _ = Lock();
        var record = RequireRun(run);
        if (record.Epoch >= epoch) throw StoreErrors.EpochNotAbove(Address, run, record.Epoch, epoch);
        using var lease = term is null ? null : FileLock.Take(Address, At(".lease.lock"), Patience);
        if (term is { } given && ReadLease().Term is var present && present > given) throw StoreErrors.StaleTerm(Address, present, given);
        WriteRun(record with { Epoch = epoch });
    });

    public void SetStatus(string run, long epoch, RunStatus status, string notes) => Do(() =>
    {
        using var _ = Lock();
        WriteRun(RequireEpoch(run, epoch) with { Status = status, Notes = notes });
    });

    public StoredPart WritePart(string run, long epoch, PartKey part, ReadOnlyMemory<byte> content)
    {
        var stored = Parts.Describe(part, epoch, content.Span);
        Do(() =>
        {
            RequireEpoch(run, epoch);
            AtomicFile.Write(At(run, FileOf(part, epoch)), stream => stream.Write(content.Span), () =>
            {
                var held = Lock();
                try
                {
                    RequireEpoch(run, epoch);
                    return held;
                }
                catch
                {
                    held.Dispose();
                    throw;
                }
            });
        });
        return stored;
    }

    public void Commit(string run, long epoch, CheckpointManifest manifest)
    {
        Parts.RequireEpoch(manifest, epoch);
        Do(() =>
        {
            using var _ = Lock();
            RequireEpoch(run, epoch);
            foreach (var part in manifest.Parts)
            {
                var file = new FileInfo(At(run, FileOf(part.Key, part.Epoch)));
                if (!file.Exists || file.Length != part.Length) throw StoreErrors.MissingPart(Address, run, part);
            }
            CheckedJson.Write(At(run, ManifestOf(manifest.Tick)), Parts.ToJson(manifest));
        });
    }

    public IReadOnlyList<CheckpointManifest> Checkpoints(string run) => Do(() =>
    {
        while (true)
        {
            try
            {
                return Retention.Current(ManifestFiles(run).Select(f => TryReadManifest(f.File)).OfType<CheckpointManifest>());
            }
            catch (FileNotFoundException)
            {
                // Pruned since its directory was listed: a newer one is there.
            }
        }
    });

    public byte[] ReadPart(string run, StoredPart part) => Do(() =>
    {
        string file = At(run, FileOf(part.Key, part.Epoch));
        byte[] content;
        try
        {
            using var handle = File.OpenHandle(file);
            long length = RandomAccess.GetLength(handle);
            if (length != part.Length) throw StoreErrors.Damaged(Address, run, part, $"{file} has {length} bytes instead of {part.Length}");
            content = GC.AllocateUninitializedArray<byte>((int)length);
            int done = 0, read;
            while (done < content.Length && (read = RandomAccess.Read(handle, content.AsSpan(done), done)) > 0) done += read;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StoreErrors.Missing(Address, run, part, e);
        }
        if (Parts.Sha256(content) != part.Sha256) throw StoreErrors.Damaged(Address, run, part, $"{file} has another checksum");
        return content;
    });

    public void Prune(string run, long epoch, int keep, IReadOnlyCollection<long> kept) => Do(() =>
    {
        using var _ = Lock();
        RequireEpoch(run, epoch);
        var manifests = new List<CheckpointManifest>();
        var unreadable = new HashSet<long>();
        foreach (var (tick, file) in ManifestFiles(run))
        {
            if (TryReadManifest(file) is { } manifest) manifests.Add(manifest);
            else unreadable.Add(tick);
        }
        // What a damaged manifest listed is not known: nothing of its tick is removed.
        var stored = PartFiles(run).Where(p => !unreadable.Contains(p.Key.Tick));
        var pruning = Retention.Prune(manifests, stored, epoch, keep, kept);
        foreach (long tick in pruning.Manifests) File.Delete(At(run, ManifestOf(tick)));
        // Before the parts are: a manifest must not come back without them.
        if (pruning.Manifests.Count > 0) AtomicFile.FlushDirectory(At(run));
        foreach (var (key, written) in pruning.Parts) File.Delete(At(run, FileOf(key, written)));
        RemoveLeftovers(run, epoch);
    });

    public void RemoveRun(string run) => Do(() =>
    {
        using var _ = Lock();
        if (!RunNames.IsValid(run) || !Directory.Exists(At(run))) return;
        // In one step, so that no half of a run is left.
        string removed = At($".{run}{RemovedExtension}");
        if (Directory.Exists(removed)) Directory.Delete(removed, recursive: true);
        Directory.Move(At(run), removed);
        AtomicFile.FlushDirectory(_path);
        Directory.Delete(removed, recursive: true);
    });

    /// <summary>
    /// Removes what killed processes left behind; the lock is held. A temporary file of a part belongs to nobody once its epoch has gone by, all others once the lock is had.
    /// </summary>
    private void RemoveLeftovers(string run, long epoch)
    {
        foreach (string file in Directory.GetFiles(At(run), $".*{AtomicFile.TemporaryExtension}"))
        {
            string name = Path.GetFileName(file)[1..];
            if (PartPattern().Match(name) is { Success: true } match && EpochOf(match) >= epoch) continue;
            File.Delete(file);
        }
        foreach (string file in Directory.GetFiles(_path, $".store.json.*{AtomicFile.TemporaryExtension}")) File.Delete(file);
        foreach (string directory in Directory.GetDirectories(_path, ".*"))
        {
            if (directory.EndsWith(AtomicFile.TemporaryExtension, StringComparison.Ordinal) || directory.EndsWith(RemovedExtension, StringComparison.Ordinal))
                Directory.Delete(directory, recursive: true);
        }
    }

    private RunRecord RequireRun(string run) => FindRun(run) ?? throw StoreErrors.NoSuchRun(Address, run);

    private RunRecord RequireEpoch(string run, long epoch)
    {
        var record = RequireRun(run);
        return record.Epoch == epoch ? record : throw StoreErrors.StaleEpoch(Address, run, record.Epoch, epoch);
    }

    private void WriteRun(RunRecord record) => CheckedJson.Write(At(record.Name, RunFile), ToJson(record, NetworkSha256(record.Name)));

    private static JsonObject ToJson(RunRecord run, string network) => new()
    {
        ["name"] = run.Name,
        ["epoch"] = run.Epoch,
        ["status"] = run.Status.ToString().ToLowerInvariant(),
        ["description"] = run.Description,
        ["notes"] = run.Notes,
        ["created"] = run.Created.ToString("O", CultureInfo.InvariantCulture),
        ["networkSha256"] = network,
    };

    private string NetworkSha256(string run)
    {
        string file = At(run, RunFile);
        return Get<string>(Read(file), file, "networkSha256");
    }

    private LeaseState ReadLease()
    {
        string file = At("lease.json");
        if (!File.Exists(file)) return LeaseState.Free;
        var json = Read(file);
        return new LeaseState(
            Get<long>(json, file, "term"),
            Get<string>(json, file, "holder"),
            Get<string>(json, file, "address"),
            DateTime.Parse(Get<string>(json, file, "expires"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            TimeSpan.FromMilliseconds(Get<double>(json, file, "durationMs")));
    }

    private void WriteLease(LeaseState lease) => CheckedJson.Write(At("lease.json"), new JsonObject
    {
        ["term"] = lease.Term,
        ["holder"] = lease.Holder,
        ["address"] = lease.Address,
        ["expires"] = lease.Expires.ToString("O", CultureInfo.InvariantCulture),
        ["durationMs"] = lease.Duration.TotalMilliseconds,
    });

    /// <summary>A manifest; null for a damaged one.</summary>
    /// <exception cref="FileNotFoundException">It is not there any more.</exception>
    private static CheckpointManifest? TryReadManifest(string file) => CheckedJson.TryRead(file) is { } json ? Parts.ManifestOf(json) : null;

    private IEnumerable<(long Tick, string File)> ManifestFiles(string run)
    {
        foreach (string file in FilesOf(run))
        {
            if (ManifestPattern().Match(Path.GetFileName(file)) is { Success: true } match)
                yield return (long.Parse(match.Groups["tick"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), file);
        }
    }

    private IEnumerable<(PartKey Key, long Epoch)> PartFiles(string run)
    {
        foreach (string file in FilesOf(run))
        {
            if (PartPattern().Match(Path.GetFileName(file)) is not { Success: true } match || match.Length != Path.GetFileName(file).Length) continue;
            var key = new PartKey(
                long.Parse(match.Groups["tick"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
                Parts.Kind(match.Groups["kind"].Value),
                int.Parse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture));
            yield return (key, EpochOf(match));
        }
    }

    private string[] FilesOf(string run) => RunNames.IsValid(run) && Directory.Exists(At(run)) ? Directory.GetFiles(At(run)) : [];

    private static string FileOf(PartKey part, long epoch) => string.Create(
        CultureInfo.InvariantCulture, $"{Parts.Word(part.Kind)}-{part.Tick:d15}-{epoch}-{part.Number}.{(part.Kind == PartKind.State ? "ckpt" : "rec")}");

    private static string ManifestOf(long tick) => string.Create(CultureInfo.InvariantCulture, $"checkpoint-{tick:d15}.json");

    private static long EpochOf(Match match) => long.Parse(match.Groups["epoch"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Acheckpoint-(?<tick>-?[0-9]{15,18})\.json\z")]
    private static partial Regex ManifestPattern();

    /// <summary>A part's name at the beginning, so that its temporary file's is found too.</summary>
    [GeneratedRegex(@"\A(?<kind>state|records)-(?<tick>-?[0-9]{15,18})-(?<epoch>-?[0-9]{1,18})-(?<number>[0-9]{1,9})\.(ckpt|rec)")]
    private static partial Regex PartPattern();

    private FileLock Lock() => FileLock.Take(Address, At(".lock"), Patience);

    private JsonObject Read(string file) => CheckedJson.TryRead(file) ?? throw Damaged(file);

    private T Get<T>(JsonObject json, string file, string name) => json[name] is JsonValue value && value.TryGetValue<T>(out var it) ? it : throw Damaged(file);

    private StoreException Damaged(string file) => new($"{Address}: {file} is damaged");

    private string At(string name) => Path.Combine(_path, name);

    private string At(string run, string file) => RunNames.IsValid(run) ? Path.Combine(_path, run, file) : throw StoreErrors.NoSuchRun(Address, run);

    private void Do(Action work) => Do(() =>
    {
        work();
        return 0;
    });

    private T Do<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not StoreException)
        {
            throw new StoreException($"{Address}: {StoreErrors.OneLine(e.Message)}", e);
        }
    }
}
