namespace ActorSnn.Stores;

/// <summary>The tables of a store in a database. What a network or a part holds lies in rows of <c>actorsnn_chunk</c>, in order of their number.</summary>
internal static class SqlSchema
{
    /// <summary>Version of the tables this build makes, reads and writes.</summary>
    public const int Version = 1;

    /// <summary>Bytes in a chunk: what is held in memory beside the content while it is written.</summary>
    public const int ChunkBytes = 4 << 20;

    public const string Lease =
        """
        CREATE TABLE actorsnn_lease(term bigint NOT NULL, holder text NOT NULL, address text NOT NULL, expires bigint NOT NULL, duration bigint NOT NULL);
        INSERT INTO actorsnn_lease(term, holder, address, expires, duration) VALUES(0, '', '', 0, 0);
        """;

    /// <param name="identity">Type of a primary key that numbers itself.</param>
    /// <param name="bytes">Type of bytes.</param>
    /// <param name="time">Type of a time, UTC.</param>
    public static string Runs(string identity, string bytes, string time) =>
        $"""
        CREATE TABLE actorsnn_store(id text NOT NULL, version integer NOT NULL);
        CREATE TABLE actorsnn_run(
          id {identity}, name text NOT NULL UNIQUE, epoch bigint NOT NULL, status text NOT NULL, description text NOT NULL, notes text NOT NULL, created {time} NOT NULL);
        CREATE TABLE actorsnn_part(
          id {identity}, run bigint NOT NULL REFERENCES actorsnn_run ON DELETE CASCADE,
          tick bigint NOT NULL, kind text NOT NULL, number integer NOT NULL, epoch bigint NOT NULL, length bigint NOT NULL, sha256 text NOT NULL,
          UNIQUE(run, tick, kind, number, epoch));
        CREATE TABLE actorsnn_chunk(part bigint NOT NULL REFERENCES actorsnn_part ON DELETE CASCADE, number integer NOT NULL, bytes {bytes} NOT NULL, PRIMARY KEY(part, number));
        CREATE TABLE actorsnn_checkpoint(
          run bigint NOT NULL REFERENCES actorsnn_run ON DELETE CASCADE, tick bigint NOT NULL, manifest text NOT NULL, PRIMARY KEY(run, tick));
        """;
}
