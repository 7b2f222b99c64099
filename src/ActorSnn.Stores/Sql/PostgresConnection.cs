using System.Globalization;
using ActorSnn.Mesh.Stores;
using Npgsql;

namespace ActorSnn.Stores;

/// <summary>Where a PostgreSQL server is and how it is spoken to.</summary>
/// <param name="Address">The connection as a user would name it, without the password.</param>
/// <param name="Text">What Npgsql connects with.</param>
/// <param name="Timeout">How long a command may take.</param>
internal sealed record PostgresConnection(string Address, string Text, TimeSpan Timeout)
{
    private const int DefaultTimeoutSeconds = 10;

    // What libpq calls otherwise, or where a number of it is a word of Npgsql.
    private static readonly Dictionary<string, string> OptionNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["connect_timeout"] = "Timeout", ["sslrootcert"] = "Root Certificate", ["sslcert"] = "SSL Certificate", ["sslkey"] = "SSL Key", ["dbname"] = "Database", ["user"] = "Username",
    };

    /// <summary>Reads a connection string of Npgsql or a URI, and adds how long this program is ready to wait where it does not say.</summary>
    /// <exception cref="StoreException">It is neither. The message does not repeat it: it may hold a password.</exception>
    public static PostgresConnection Parse(string text)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = IsUri(text) ? OfUri(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new StoreException("what follows postgres: is no connection; it must be a URI like postgres://user:password@host:5432/database, or like Host=…;Username=…;Password=…;Database=…");
        }
        if (string.IsNullOrEmpty(builder.Host)) throw new StoreException("what follows postgres: names no host; it must be like postgres://user:password@host:5432/database");
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = DefaultTimeoutSeconds;
        if (!builder.ShouldSerialize("Timeout")) builder.Timeout = Math.Min(builder.CommandTimeout, 1024);
        // A server that did not answer a command need not be asked to cancel it.
        if (!builder.ShouldSerialize("Cancellation Timeout")) builder.CancellationTimeout = -1;
        builder.ApplicationName ??= "actorsnn";
        // A node that was frozen within a transaction must not keep the others waiting, and who waits for a lock should hear of it before he gives up.
        int patience = 1000 * builder.CommandTimeout;
        if (patience > 0 && builder.Options is null)
            builder.Options = string.Create(CultureInfo.InvariantCulture, $"-c lock_timeout={patience * 4L / 5} -c idle_in_transaction_session_timeout={patience}");
        return new PostgresConnection(AddressOf(builder), builder.ConnectionString, TimeSpan.FromSeconds(builder.CommandTimeout));
    }

    private static bool IsUri(string text) => text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    private static NpgsqlConnectionStringBuilder OfUri(string text)
    {
        var uri = new Uri(text);
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host.Trim('[', ']') };
        if (uri.Port > 0) builder.Port = uri.Port;
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        if (uri.AbsolutePath.Length > 1) builder.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        foreach (string option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = option.Split('=', 2);
            if (pair.Length != 2) throw new FormatException();
            string name = Uri.UnescapeDataString(pair[0]), value = Uri.UnescapeDataString(pair[1]);
            if (name == "sslmode") value = value.Replace("-", "", StringComparison.Ordinal);
            builder[OptionNames.GetValueOrDefault(name) ?? name.Replace('_', ' ')] = value;
        }
        return builder;
    }

    private static string AddressOf(NpgsqlConnectionStringBuilder builder)
    {
        string user = string.IsNullOrEmpty(builder.Username) ? "" : $"{Uri.EscapeDataString(builder.Username)}@";
        string database = string.IsNullOrEmpty(builder.Database) ? "" : $"/{Uri.EscapeDataString(builder.Database)}";
        // A directory of sockets does not fit into a URI, nor do several hosts.
        bool plain = builder.Host!.IndexOfAny(['/', ',']) < 0;
        string host = builder.Host.Contains(':', StringComparison.Ordinal) ? $"[{builder.Host}]" : builder.Host;
        return plain
            ? string.Create(CultureInfo.InvariantCulture, $"postgres://{user}{host}:{builder.Port}{database}")
            : string.Create(CultureInfo.InvariantCulture, $"postgres:Host={builder.Host};Port={builder.Port};Username={builder.Username};Database={builder.Database}");
    }
}
