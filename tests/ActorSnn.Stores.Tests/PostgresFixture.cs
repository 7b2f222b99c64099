using ActorSnn.Tests.Shared;
using Npgsql;

namespace ActorSnn.Stores.Tests;

/// <summary>One server for all tests of the collection, started when the first asks for it. The tests run one after the other: some stop it.</summary>
public sealed class PostgresFixture : IDisposable
{
    private readonly Lazy<PostgresServer> _server = new(() => new PostgresServer());

    internal PostgresServer Server => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }

    /// <summary>Makes a schema of its own for a test.</summary>
    /// <returns>The connection to it.</returns>
    internal string NewSchema()
    {
        string schema = $"test_{Guid.NewGuid():N}";
        Execute(Server.ConnectionString, $"CREATE SCHEMA {schema}");
        return new NpgsqlConnectionStringBuilder(Server.ConnectionString) { SearchPath = schema }.ConnectionString;
    }

    internal static void Execute(string connection, string text)
    {
        using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false });
        using var command = server.CreateCommand(text);
        command.ExecuteNonQuery();
    }

    internal static void DropSchema(string connection) => Execute(connection, $"DROP SCHEMA {new NpgsqlConnectionStringBuilder(connection).SearchPath} CASCADE");
}

[CollectionDefinition("postgres")]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>;
