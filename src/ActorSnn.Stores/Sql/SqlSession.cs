using System.Data.Common;

namespace ActorSnn.Stores;

/// <summary>A connection with a transaction on it, for as long as one call of a store takes. Disposing of it without <see cref="Commit"/> leaves the database as it was.</summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction transaction) : IDisposable
{
    public void Commit() => transaction.Commit();

    public void Dispose()
    {
        transaction.Dispose();
        connection.Dispose();
    }

    /// <summary>A command; the parameters are called @name in its text.</summary>
    public DbCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    public int Execute(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(text, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row.</summary>
    /// <returns>The value; null when there is no row.</returns>
    public object? Value(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(text, parameters);
        return command.ExecuteScalar();
    }

    public List<T> Rows<T>(Func<DbDataReader, T> row, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(text, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }
}
