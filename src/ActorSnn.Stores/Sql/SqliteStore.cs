using System.Data.Common;
using ActorSnn.Mesh.Stores;
using Microsoft.Data.Sqlite;

namespace ActorSnn.Stores;

/// <summary>
/// A store in an SQLite database, for all processes of one machine. Beside FILE lie its write-ahead log and index (FILE-wal, FILE-shm), and <c>FILE-lease</c>, a database
/// of its own: who renews the lease never waits for somebody who writes a large part.
/// </summary>
internal sealed class SqliteStore : SqlStore
{
    private const int ApplicationId = 0x41534e4e; // "ASNN"
    private const int PatienceSeconds = 30;
    private const int LeasePatienceSeconds = 10;

    private readonly string _runs;
    private readonly string _lease;

    /// <param name="file">The database; made when it is not there, in a directory that is.</param>
    /// <exception cref="StoreException">It cannot be made or opened, is something else, is of another version, or lies on a network file system.</exception>
    public SqliteStore(string file)
    {
        Address = $"sqlite:{file}";
        string path = Path.GetFullPath(file);
        string directory = Path.GetDirectoryName(path) ?? path;
        NetworkFileSystems.Refuse(Address, directory);
        if (!Directory.Exists(directory)) throw new StoreException($"{Address}: the directory {directory} does not exist; create it first");
        if (Directory.Exists(path)) throw new StoreException($"{Address}: {path} is a directory; give the name of a file");
        _runs = ConnectionTo(path, PatienceSeconds);
        _lease = ConnectionTo($"{path}-lease", LeasePatienceSeconds);
        Prepare(_lease, SqlSchema.Lease);
        Prepare(_runs, null);
        Open(
            session => Exists(session, "actorsnn_store"),
            _ => { },
            SqlSchema.Runs("INTEGER PRIMARY KEY AUTOINCREMENT", "blob", "text"));
    }

    public override string Address { get; }

    // A transaction that writes has the whole database.
    protected override string ForReading => "";

    protected override string ForWriting => "";

    public override void Dispose()
    {
        foreach (string connection in new[] { _runs, _lease })
        {
            using var pooled = new SqliteConnection(connection);
            SqliteConnection.ClearPool(pooled);
        }
    }

    protected override SqlSession Begin(bool write) => Begin(_runs, write);

    protected override SqlSession BeginLease() => Begin(_lease, write: true);

    protected override long LeaseTerm(SqlSession session)
    {
        using var lease = Begin(_lease, write: false);
        return (long)lease.Value("SELECT term FROM actorsnn_lease")!;
    }

    protected override DateTime Now(SqlSession session) => DateTime.UtcNow;

    protected override object Bytes(ReadOnlyMemory<byte> bytes) => bytes.ToArray();

    protected override bool IsDamage(DbException error) => error is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT };

    protected override string Reason(Exception error) => error is not SqliteException sqlite ? error.Message : sqlite.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_FULL => "the disk is full",
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => $"it is locked by another process for {PatienceSeconds} s now; is one of its processes stopped?",
        SQLitePCL.raw.SQLITE_READONLY => "it cannot be written: no permission, or the disk is read-only",
        SQLitePCL.raw.SQLITE_CANTOPEN => "it cannot be opened: no permission, or its directory is not there",
        SQLitePCL.raw.SQLITE_NOTADB => "the file is no SQLite database",
        // "SQLite Error 11: 'database disk image is malformed'."
        _ => sqlite.Message.IndexOf('\'', StringComparison.Ordinal) is var quote and >= 0 ? sqlite.Message[(quote + 1)..].TrimEnd('.', '\'') : sqlite.Message,
    };

    private static string ConnectionTo(string file, int patience) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true, DefaultTimeout = patience }.ToString();

    private static bool Exists(SqlSession session, string table) =>
        session.Value("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = @name", ("name", table)) is not null;

    /// <summary>Sees that a file is ours or new, and sets what is set once.</summary>
    private void Prepare(string connection, string? tables) => Do(
        () =>
        {
            var opened = Connect(connection);
            try
            {
                using var command = opened.CreateCommand();
                command.CommandText = "PRAGMA journal_mode = WAL";
                command.ExecuteNonQuery();
                return new SqlSession(opened, opened.BeginTransaction(deferred: false));
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        },
        session =>
        {
            long id = (long)session.Value("PRAGMA application_id")!;
            if (id == ApplicationId) return 0;
            if (id != 0 || session.Value("SELECT 1 FROM sqlite_schema") is not null)
                throw new StoreException($"{Address}: there is a database of something else; give another name");
            if (tables is not null) session.Execute(tables);
            session.Execute($"PRAGMA application_id = {ApplicationId}");
            return 0;
        });

    private static SqlSession Begin(string connection, bool write)
    {
        var opened = Connect(connection);
        try
        {
            return new SqlSession(opened, opened.BeginTransaction(deferred: !write));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string connection)
    {
        var opened = new SqliteConnection(connection);
        try
        {
            opened.Open();
            using var command = opened.CreateCommand();
            // What is committed is on disk; the log does not stay as long as its longest transaction.
            command.CommandText = $"PRAGMA busy_timeout = {1000 * opened.DefaultTimeout}; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {64 << 20}";
            command.ExecuteNonQuery();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }
}
