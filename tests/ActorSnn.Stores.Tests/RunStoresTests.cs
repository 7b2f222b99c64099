using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores.Tests;

public sealed class RunStoresTests
{
    [Theory]
    [InlineData("")]
    [InlineData("runs")]
    [InlineData("mysql:Host=x;Password=s3cret")]
    [InlineData("Host=x;Password=s3cret")]
    [InlineData("Host=x;Password=s3cret:more")]
    [InlineData("dir:")]
    [InlineData("sqlite:")]
    public void What_is_no_store_is_told_the_three_forms_and_no_password(string connection)
    {
        var e = Assert.Throws<StoreException>(() => RunStores.Open(connection));
        foreach (string form in new[] { "dir:PATH", "sqlite:FILE", "postgres:" }) Assert.Contains(form, e.Message);
        Assert.DoesNotContain("s3cret", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("postgres://user:s3cret@host/runs", "postgres://user@host:5432/runs")]
    [InlineData("postgresql://us%40er:s3cret@host:99/my%20runs?sslmode=verify-full&connect_timeout=3", "postgres://us%40er@host:99/my%20runs")]
    [InlineData("postgres://[::1]:99/runs", "postgres://[::1]:99/runs")]
    [InlineData("Host=host;Username=user;Password=s3cret;Database=runs", "postgres://user@host:5432/runs")]
    [InlineData("Host=one,two;Username=user;Password=s3cret;Database=runs", "postgres:Host=one,two;Port=5432;Username=user;Database=runs")]
    [InlineData("Host=/var/run/postgresql;Username=user;Database=runs", "postgres:Host=/var/run/postgresql;Port=5432;Username=user;Database=runs")]
    public void An_address_shows_no_password(string connection, string address) => Assert.Equal(address, PostgresConnection.Parse(connection).Address);

    [Fact]
    public void A_password_with_all_kinds_of_signs_is_taken_from_a_uri() =>
        Assert.Equal("p@ss:w/rd;'x", new Npgsql.NpgsqlConnectionStringBuilder(PostgresConnection.Parse("postgres://user:p%40ss%3Aw%2Frd%3B%27x@host/runs").Text).Password);

    [Theory]
    [InlineData("")]
    [InlineData("s3cret")]
    [InlineData("Host=x;Password=a;s3cret=b")]
    [InlineData("Host=x;Command Timeout=s3cret")]
    [InlineData("Database=s3cret")]
    [InlineData("postgres://")]
    [InlineData("postgres://host:s3cret/x")]
    [InlineData("postgres://host/x?s3cret")]
    [InlineData("postgres://host/x?s3cret=1")]
    public void What_is_no_connection_to_a_server_is_refused_without_repeating_it(string connection)
    {
        var e = Assert.Throws<StoreException>(() => PostgresConnection.Parse(connection));
        Assert.Contains("postgres://user:password@host", e.Message);
        Assert.DoesNotContain("s3cret", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("Host=x", 10, 10)]
    [InlineData("Host=x;Command Timeout=3", 3, 3)]
    [InlineData("Host=x;CommandTimeout=30;Timeout=7", 30, 7)]
    [InlineData("postgres://x/y?connect_timeout=4&command_timeout=20", 20, 4)]
    public void A_server_has_ten_seconds_unless_the_connection_says_otherwise(string connection, int command, int connect)
    {
        var built = new Npgsql.NpgsqlConnectionStringBuilder(PostgresConnection.Parse(connection).Text);
        Assert.Equal((command, connect), (built.CommandTimeout, built.Timeout));
    }
}
