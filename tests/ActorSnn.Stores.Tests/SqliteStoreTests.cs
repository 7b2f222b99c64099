using ActorSnn.Mesh.Stores;
using Microsoft.Data.Sqlite;

namespace ActorSnn.Stores.Tests;

public sealed class SqliteStoreTests : StoreConformance
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    protected override string Connection => $"sqlite:{File}";

    private string File => Path.Combine(_directory, "runs.db");

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    protected override void Flip(string run, StoredPart part, int at)
    {
        using var connection = Connect(File);
        connection.Open();
        using var find = new SqliteCommand(
            """
            SELECT c.rowid FROM actorsnn_chunk c JOIN actorsnn_part p ON c.part = p.id JOIN actorsnn_run r ON p.run = r.id
            WHERE r.name = @run AND p.tick = @tick AND p.number = @number AND p.epoch = @epoch
            """,
            connection);
        find.Parameters.AddWithValue("run", run);
        find.Parameters.AddWithValue("tick", part.Key.Tick);
        find.Parameters.AddWithValue("number", part.Key.Number);
        find.Parameters.AddWithValue("epoch", part.Epoch);
        using var blob = new SqliteBlob(connection, "actorsnn_chunk", "bytes", (long)find.ExecuteScalar()!);
        blob.Position = at;
        int value = blob.ReadByte();
        blob.Position = at;
        blob.WriteByte((byte)(value ^ 1));
    }

    [Fact]
    public void The_lease_is_renewed_while_a_part_is_being_written()
    {
        using var store = Open();
        using var other = Connect(File);
        other.Open();
        using var writing = other.BeginTransaction(deferred: false);
        Assert.True(store.AcquireLease("a", "", TimeSpan.FromHours(1)).IsMine);
        Assert.True(store.AcquireLease("a", "", TimeSpan.FromHours(1)).IsMine);
        store.ReleaseLease("a");
    }

    [Fact]
    public void A_file_of_something_else_is_refused_and_left_alone()
    {
        string text = Path.Combine(_directory, "text"), database = Path.Combine(_directory, "database");
        System.IO.File.WriteAllText(text, new string('x', 5000));
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"sqlite:{text}")), "the file is no SQLite database");
        Assert.Equal(new string('x', 5000), System.IO.File.ReadAllText(text));
        using (var connection = Connect(database))
        {
            connection.Open();
            new SqliteCommand("CREATE TABLE other(a)", connection).ExecuteNonQuery();
        }
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"sqlite:{database}")), "a database of something else");
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"sqlite:{_directory}")), "is a directory");
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"sqlite:{_directory}/none/file")), "does not exist; create it first");
    }

    private static SqliteConnection Connect(string file) => new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
}
