using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>Opens stores of runs by what a user calls them.</summary>
public static class RunStores
{
    /// <summary>The forms of a connection, for help texts and errors.</summary>
    public const string Forms = "dir:PATH, sqlite:FILE or postgres:CONNECTION (postgres://user:password@host:port/database or postgres:Host=…;Database=…)";

    /// <summary>
    /// Opens a store, and makes it when it is not there yet. A directory or an SQLite file is for processes of one machine; PostgreSQL is for nodes that share no disk.
    /// </summary>
    /// <param name="connection">
    /// <c>dir:PATH</c>, <c>sqlite:FILE</c> or <c>postgres:…</c>. What follows <c>postgres:</c> is a connection string of Npgsql, or the whole is a URI
    /// <c>postgres://user:password@host:port/database?option=value</c>. Without a "Command Timeout" there, a server has 10 s to answer, and as long to be reached.
    /// </param>
    /// <exception cref="StoreException">It is none of these, cannot be reached or made, lies on a network file system, or is of another version. The message is one line.</exception>
    public static IRunStore Open(string connection) => Opening(connection)();

    /// <summary>Finds out whether a connection is one, without opening or making anything.</summary>
    /// <param name="connection">As for <see cref="Open"/>.</param>
    /// <exception cref="StoreException">It is none. The message is one line.</exception>
    public static void Check(string connection) => _ = Opening(connection);

    /// <summary>Whether a store is there already; false when <see cref="Open"/> would make it. A server counts as there: it is asked when it is opened.</summary>
    /// <param name="connection">As for <see cref="Open"/>.</param>
    public static bool Exists(string connection)
    {
        string rest = connection[(connection.IndexOf(':') + 1)..];
        if (rest.Length > 0 && connection.StartsWith("dir:", StringComparison.Ordinal)) return File.Exists(Path.Combine(rest, DirectoryStore.StoreFile));
        return rest.Length == 0 || !connection.StartsWith("sqlite:", StringComparison.Ordinal) || File.Exists(rest);
    }

    private static Func<IRunStore> Opening(string connection)
    {
        int colon = connection.IndexOf(':');
        string scheme = colon < 0 ? "" : connection[..colon];
        string rest = connection[(colon + 1)..];
        switch (scheme)
        {
            case "dir" or "sqlite" when rest.Length == 0:
                throw new StoreException($"\"{connection}\" names no {(scheme == "dir" ? "directory" : "file")}; a store is {Forms}");
            case "dir":
                return () => new DirectoryStore(rest);
            case "sqlite":
                return () => new SqliteStore(rest);
            case "postgres" or "postgresql":
                var server = PostgresConnection.Parse(rest.StartsWith("//", StringComparison.Ordinal) ? connection : rest);
                return () => new PostgresStore(server);
            default:
                // What else stands there may be a password.
                string what = scheme.Length is > 0 and <= 20 && scheme.All(char.IsAsciiLetter) ? $"\"{scheme}:\" is no kind of store" : "that is no store";
                throw new StoreException($"{what}; a store is {Forms}");
        }
    }
}
