using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>
/// A store in a database: what SQLite and PostgreSQL have in common. Each call is one transaction. Whoever changes a run locks its row and compares its epoch in that
/// transaction; who writes a part does so last, so that nobody waits for its content.
/// </summary>
internal abstract class SqlStore : IRunStore
{
    /// <summary>The kind of part that is a run's network. No checkpoint lists it.</summary>
    private const string Network = "network";

    private string? _id;

    public abstract string Address { get; }

    public string Id => _id ?? throw new InvalidOperationException("the store is not open yet");

    /// <summary>What a SELECT of a run's row ends with when the run is not to change before the transaction ends.</summary>
    protected abstract string ForReading { get; }

    /// <summary>The same, when it is this transaction that changes it.</summary>
    protected abstract string ForWriting { get; }

    public abstract void Dispose();

    public Lease AcquireLease(string holder, string address, TimeSpan duration) => InLease(session =>
    {
        var before = ReadLease(session);
        var now = Now(session);
        var lease = before.AskedBy(holder, address, duration, now);
        if (lease.Holder == holder) WriteLease(session, lease);
        return lease.SeenBy(holder, now);
    });

    public void ReleaseLease(string holder) => InLease(session =>
    {
        var lease = ReadLease(session);
        if (lease.Holder == holder) WriteLease(session, lease.GivenUpBy(holder));
        return 0;
    });

    public void CreateRun(string run, string description, ReadOnlyMemory<byte> network)
    {
        RunNames.Require(run);
        Write(session =>
        {
            var id = session.Value(
                """
                INSERT INTO actorsnn_run(name, epoch, status, description, notes, created) VALUES(@name, 0, @status, @description, '{}', @created)
                ON CONFLICT(name) DO NOTHING RETURNING id
                """,
                ("name", run), ("status", Word(RunStatus.Queued)), ("description", description), ("created", Now(session)));
            if (id is null) throw StoreErrors.RunExists(Address, run);
            WriteContent(session, (long)id, -1, Network, 0, 0, network, Parts.Sha256(network.Span));
        });
    }

    public IReadOnlyList<RunRecord> Runs() => Read(session => session.Rows(RunOf, $"{SelectRun} ORDER BY created, id"));

    public RunRecord? FindRun(string run) => Read(session => session.Rows(RunOf, $"{SelectRun} WHERE name = @run", ("run", run)).FirstOrDefault());

    public byte[] ReadNetwork(string run) => Read(session =>
    {
        var found = session.Rows(
            reader => (Part: reader.GetInt64(0), Length: reader.GetInt64(1), Sha256: reader.GetString(2)),
            $"SELECT p.id, p.length, p.sha256 FROM actorsnn_part p JOIN actorsnn_run r ON p.run = r.id WHERE r.name = @run AND p.kind = '{Network}'", ("run", run));
        if (found.Count == 0) throw StoreErrors.NoSuchRun(Address, run);
        var content = ReadContent(session, found[0].Part, found[0].Length);
        return content is not null && Parts.Sha256(content) == found[0].Sha256 ? content : throw new StoreException($"{Address}: the network of run \"{run}\" is damaged");
    });

    public void RaiseEpoch(string run, long epoch, long? term) => Write(session =>
    {
        var (id, present) = LockRun(session, run, ForWriting);
        if (present >= epoch) throw StoreErrors.EpochNotAbove(Address, run, present, epoch);
        if (term is { } given && LeaseTerm(session) is var inTerm && inTerm > given) throw StoreErrors.StaleTerm(Address, inTerm, given);
        session.Execute("UPDATE actorsnn_run SET epoch = @epoch WHERE id = @id", ("epoch", epoch), ("id", id));
    });

    public void SetStatus(string run, long epoch, RunStatus status, string notes) => Write(session =>
    {
        long id = RequireEpoch(session, run, epoch, ForWriting);
        session.Execute("UPDATE actorsnn_run SET status = @status, notes = @notes WHERE id = @id", ("status", Word(status)), ("notes", notes), ("id", id));
    });

    public StoredPart WritePart(string run, long epoch, PartKey part, ReadOnlyMemory<byte> content)
    {
        var stored = Parts.Describe(part, epoch, content.Span);
        Write(session =>
        {
            long id = RequireEpoch(session, run, epoch, "");
            string kind = Parts.Word(part.Kind);
            session.Execute(
                "DELETE FROM actorsnn_part WHERE run = @run AND tick = @tick AND kind = @kind AND number = @number AND epoch = @epoch",
                ("run", id), ("tick", part.Tick), ("kind", kind), ("number", part.Number), ("epoch", epoch));
            WriteContent(session, id, part.Tick, kind, part.Number, epoch, content, stored.Sha256);
            RequireEpoch(session, run, epoch, ForReading);
        });
        return stored;
    }

    public void Commit(string run, long epoch, CheckpointManifest manifest)
    {
        Parts.RequireEpoch(manifest, epoch);
        Write(session =>
        {
            long id = RequireEpoch(session, run, epoch, ForWriting);
            foreach (var part in manifest.Parts)
            {
                var there = session.Value(
                    """
                    SELECT 1 FROM actorsnn_part
                    WHERE run = @run AND tick = @tick AND kind = @kind AND number = @number AND epoch = @epoch AND length = @length AND sha256 = @sha256
                    """,
                    ("run", id), ("tick", part.Key.Tick), ("kind", Parts.Word(part.Key.Kind)), ("number", part.Key.Number), ("epoch", part.Epoch),
                    ("length", part.Length), ("sha256", part.Sha256));
                if (there is null) throw StoreErrors.MissingPart(Address, run, part);
            }
            session.Execute(
                "INSERT INTO actorsnn_checkpoint(run, tick, manifest) VALUES(@run, @tick, @manifest) ON CONFLICT(run, tick) DO UPDATE SET manifest = excluded.manifest",
                ("run", id), ("tick", manifest.Tick), ("manifest", Parts.ToJson(manifest).ToJsonString(Parts.Readable)));
        });
    }

    public IReadOnlyList<CheckpointManifest> Checkpoints(string run) => Read(session => Retention.Current(Manifests(session, run).Select(m => m.Manifest).OfType<CheckpointManifest>()));

    public byte[] ReadPart(string run, StoredPart part) => Read(session =>
    {
        byte[]? content = null;
        try
        {
            var found = session.Value(
                """
                SELECT p.id FROM actorsnn_part p JOIN actorsnn_run r ON p.run = r.id
                WHERE r.name = @run AND p.tick = @tick AND p.kind = @kind AND p.number = @number AND p.epoch = @epoch
                """,
                ("run", run), ("tick", part.Key.Tick), ("kind", Parts.Word(part.Key.Kind)), ("number", part.Key.Number), ("epoch", part.Epoch));
            if (found is null) throw StoreErrors.Missing(Address, run, part);
            content = ReadContent(session, (long)found, part.Length);
        }
        catch (DbException e) when (IsDamage(e))
        {
            throw StoreErrors.Damaged(Address, run, part, Reason(e), e);
        }
        if (content is null) throw StoreErrors.Damaged(Address, run, part, $"it is not {part.Length} bytes long");
        return Parts.Sha256(content) == part.Sha256 ? content : throw StoreErrors.Damaged(Address, run, part, "it has another checksum");
    });

    public void Prune(string run, long epoch, int keep, IReadOnlyCollection<long> kept) => Write(session =>
    {
        long id = RequireEpoch(session, run, epoch, ForWriting);
        var all = Manifests(session, run);
        var unreadable = all.Where(m => m.Manifest is null).Select(m => m.Tick).ToHashSet();
        var stored = new Dictionary<(PartKey, long), long>();
        var rows = session.Rows(
            reader => (Part: (new PartKey(reader.GetInt64(1), Parts.Kind(reader.GetString(2)), reader.GetInt32(3)), reader.GetInt64(4)), Id: reader.GetInt64(0)),
            $"SELECT id, tick, kind, number, epoch FROM actorsnn_part WHERE run = @run AND kind <> '{Network}'", ("run", id));
        foreach (var row in rows)
        {
            // What a damaged manifest listed is not known: nothing of its tick is removed.
            if (!unreadable.Contains(row.Part.Item1.Tick)) stored.Add(row.Part, row.Id);
        }
        var pruning = Retention.Prune([.. all.Select(m => m.Manifest).OfType<CheckpointManifest>()], stored.Keys, epoch, keep, kept);
        foreach (long tick in pruning.Manifests) session.Execute("DELETE FROM actorsnn_checkpoint WHERE run = @run AND tick = @tick", ("run", id), ("tick", tick));
        foreach (var part in pruning.Parts) session.Execute("DELETE FROM actorsnn_part WHERE id = @id", ("id", stored[part]));
    });

    public void RemoveRun(string run) => Write(session => session.Execute("DELETE FROM actorsnn_run WHERE name = @run", ("run", run)));

    /// <summary>Reads the store's id, or makes the tables when there are none.</summary>
    /// <param name="exist">Whether there are tables; called twice when there are not, the second time under <paramref name="exclude"/>.</param>
    /// <param name="exclude">Keeps all others from making them until the transaction ends.</param>
    /// <param name="tables">Statements that make them.</param>
    protected void Open(Func<SqlSession, bool> exist, Action<SqlSession> exclude, string tables)
    {
        if (!Read(exist))
        {
            Write(session =>
            {
                exclude(session);
                if (exist(session)) return;
                session.Execute(tables);
                session.Execute("INSERT INTO actorsnn_store(id, version) VALUES(@id, @version)", ("id", Guid.NewGuid().ToString("N")), ("version", SqlSchema.Version));
            });
        }
        _id = Read(session =>
        {
            var (id, version) = session.Rows(reader => (reader.GetString(0), reader.GetInt32(1)), "SELECT id, version FROM actorsnn_store").Single();
            return version == SqlSchema.Version ? id : throw new StoreException($"{Address} is of version {version}; this build reads version {SqlSchema.Version}");
        });
    }

    /// <summary>Begins a transaction on runs, on a connection of its own.</summary>
    /// <param name="write">Whether it is going to write.</param>
    protected abstract SqlSession Begin(bool write);

    /// <summary>Begins a transaction on the lease, with its row locked when first read.</summary>
    protected abstract SqlSession BeginLease();

    /// <summary>Term of the lease, which does not change before the transaction on a run ends, or whose change that transaction precedes.</summary>
    protected abstract long LeaseTerm(SqlSession session);

    /// <summary>The store's clock, UTC.</summary>
    protected abstract DateTime Now(SqlSession session);

    /// <summary>A value for a column of bytes.</summary>
    protected abstract object Bytes(ReadOnlyMemory<byte> bytes);

    /// <summary>Whether an error means that stored bytes cannot be read as they were written.</summary>
    protected abstract bool IsDamage(DbException error);

    /// <summary>What was wrong, in a few words.</summary>
    protected abstract string Reason(Exception error);

    /// <summary>Called with every error of the database, before it is thrown on.</summary>
    protected virtual void OnError(Exception error)
    {
    }

    protected T Do<T>(Func<SqlSession> begin, Func<SqlSession, T> work)
    {
        try
        {
            using var session = begin();
            var result = work(session);
            session.Commit();
            return result;
        }
        catch (Exception e) when (e is not StoreException && e is DbException or TimeoutException or SocketException or IOException or UnauthorizedAccessException)
        {
            OnError(e);
            throw new StoreException($"{Address}: {StoreErrors.OneLine(Reason(e))}", e);
        }
    }

    private T Read<T>(Func<SqlSession, T> work) => Do(() => Begin(write: false), work);

    private T InLease<T>(Func<SqlSession, T> work) => Do(BeginLease, work);

    private void Write(Action<SqlSession> work) => Do(() => Begin(write: true), session =>
    {
        work(session);
        return 0;
    });

    private const string SelectRun = "SELECT name, epoch, status, description, notes, created FROM actorsnn_run";

    private RunRecord RunOf(DbDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        Enum.TryParse<RunStatus>(row.GetString(2), ignoreCase: true, out var status) ? status : throw new StoreException($"{Address}: the status of run \"{row.GetString(0)}\" is damaged"),
        row.GetString(3),
        row.GetString(4),
        DateTime.SpecifyKind(row.GetDateTime(5), DateTimeKind.Utc));

    private static string Word(RunStatus status) => status.ToString().ToLowerInvariant();

    private (long Id, long Epoch) LockRun(SqlSession session, string run, string locked)
    {
        var found = session.Rows(reader => (reader.GetInt64(0), reader.GetInt64(1)), $"SELECT id, epoch FROM actorsnn_run WHERE name = @run {locked}", ("run", run));
        return found.Count > 0 ? found[0] : throw StoreErrors.NoSuchRun(Address, run);
    }

    private long RequireEpoch(SqlSession session, string run, long epoch, string locked)
    {
        var (id, present) = LockRun(session, run, locked);
        return present == epoch ? id : throw StoreErrors.StaleEpoch(Address, run, present, epoch);
    }

    private static LeaseStateRow Row(DbDataReader reader) => new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4));

    private LeaseState ReadLease(SqlSession session)
    {
        var row = session.Rows(Row, $"SELECT term, holder, address, expires, duration FROM actorsnn_lease {ForWriting}").Single();
        return new LeaseState(row.Term, row.Holder, row.Address, new DateTime(row.Expires, DateTimeKind.Utc), new TimeSpan(row.Duration));
    }

    private static void WriteLease(SqlSession session, LeaseState lease) => session.Execute(
        "UPDATE actorsnn_lease SET term = @term, holder = @holder, address = @address, expires = @expires, duration = @duration",
        ("term", lease.Term), ("holder", lease.Holder), ("address", lease.Address), ("expires", lease.Expires.Ticks), ("duration", lease.Duration.Ticks));

    private void WriteContent(SqlSession session, long run, long tick, string kind, int number, long epoch, ReadOnlyMemory<byte> content, string sha256)
    {
        var part = session.Value(
            """
            INSERT INTO actorsnn_part(run, tick, kind, number, epoch, length, sha256) VALUES(@run, @tick, @kind, @number, @epoch, @length, @sha256) RETURNING id
            """,
            ("run", run), ("tick", tick), ("kind", kind), ("number", number), ("epoch", epoch), ("length", (long)content.Length), ("sha256", sha256))!;
        for (int start = 0, chunk = 0; start < content.Length; start += SqlSchema.ChunkBytes, chunk++)
        {
            session.Execute(
                "INSERT INTO actorsnn_chunk(part, number, bytes) VALUES(@part, @number, @bytes)",
                ("part", part), ("number", chunk), ("bytes", Bytes(content.Slice(start, Math.Min(SqlSchema.ChunkBytes, content.Length - start)))));
        }
    }

    /// <summary>The content of a part; null when it is not as long as it should be.</summary>
    private static byte[]? ReadContent(SqlSession session, long part, long length)
    {
        byte[] content = GC.AllocateUninitializedArray<byte>(checked((int)length));
        using var command = session.Command("SELECT bytes FROM actorsnn_chunk WHERE part = @part ORDER BY number", ("part", part));
        using var reader = command.ExecuteReader();
        int done = 0;
        while (reader.Read())
        {
            long chunk = reader.GetBytes(0, 0, null, 0, 0);
            if (chunk > content.Length - done) return null;
            done += (int)reader.GetBytes(0, 0, content, done, (int)chunk);
        }
        return done == content.Length ? content : null;
    }

    private static List<(long Tick, CheckpointManifest? Manifest)> Manifests(SqlSession session, string run) => session.Rows(
        reader => (reader.GetInt64(0), ManifestOf(reader.GetString(1))),
        "SELECT c.tick, c.manifest FROM actorsnn_checkpoint c JOIN actorsnn_run r ON c.run = r.id WHERE r.name = @run", ("run", run));

    private static CheckpointManifest? ManifestOf(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject json ? Parts.ManifestOf(json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private readonly record struct LeaseStateRow(long Term, string Holder, string Address, long Expires, long Duration);
}
