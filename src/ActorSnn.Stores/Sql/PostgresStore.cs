using System.Data.Common;
using System.Net.Sockets;
using ActorSnn.Mesh.Stores;
using Npgsql;

namespace ActorSnn.Stores;

/// <summary>
/// A store in a PostgreSQL database, for nodes on several machines. The tables, whose names begin with <c>actorsnn_</c>, are made in the first schema of the search path.
/// A server that is gone or does not answer costs the call under way, which fails within the command timeout; later calls connect anew.
/// </summary>
internal sealed class PostgresStore : SqlStore
{
    /// <summary>Of the advisory lock under which tables are made: "actorsnn" in ASCII.</summary>
    private const long SchemaLock = 0x6163746f72736e6e;

    private readonly NpgsqlDataSource _server;

    /// <exception cref="StoreException">The server cannot be reached, refuses, or has a store of another version.</exception>
    public PostgresStore(PostgresConnection connection)
    {
        Address = connection.Address;
        _server = NpgsqlDataSource.Create(connection.Text);
        try
        {
            Open(
                // Not to_regclass(): it may not see yet what was made while this transaction waited.
                session => session.Value("SELECT 1 FROM pg_tables WHERE tablename = 'actorsnn_store' AND schemaname = ANY(current_schemas(false))") is not null,
                session => session.Execute("SELECT pg_advisory_xact_lock(@key)", ("key", SchemaLock)),
                $"""
                {SqlSchema.Runs("bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytea", "timestamptz")}
                {SqlSchema.Lease}
                ALTER TABLE actorsnn_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
                """);
        }
        catch
        {
            _server.Dispose();
            throw;
        }
    }

    public override string Address { get; }

    protected override string ForReading => "FOR SHARE";

    // Parts under way refer to the run, which a plain FOR UPDATE would wait for.
    protected override string ForWriting => "FOR NO KEY UPDATE";

    public override void Dispose() => _server.Dispose();

    protected override SqlSession Begin(bool write)
    {
        var connection = _server.OpenConnection();
        try
        {
            return new SqlSession(connection, connection.BeginTransaction());
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    protected override SqlSession BeginLease() => Begin(write: true);

    protected override long LeaseTerm(SqlSession session) => (long)session.Value("SELECT term FROM actorsnn_lease FOR SHARE")!;

    protected override DateTime Now(SqlSession session) => (DateTime)session.Value("SELECT clock_timestamp()")!;

    protected override object Bytes(ReadOnlyMemory<byte> bytes) => bytes;

    protected override bool IsDamage(DbException error) => error is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted };

    protected override string Reason(Exception error)
    {
        if (error is PostgresException refusal) return refusal.MessageText;
        var cause = error;
        while (cause.InnerException is { } inner) cause = inner;
        return cause switch
        {
            TimeoutException => "the server does not answer in time",
            SocketException => $"the server cannot be reached: {cause.Message}",
            _ => cause.Message,
        };
    }

    // The other connections of the pool are as dead as the one that failed.
    protected override void OnError(Exception error)
    {
        if (error is not PostgresException || error is PostgresException { IsTransient: true, SqlState: "57P01" or "57P02" or "57P03" }) _server.Clear();
    }
}
