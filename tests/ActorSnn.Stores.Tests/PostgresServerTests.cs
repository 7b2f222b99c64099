using System.Net;
using System.Net.Sockets;
using ActorSnn.Mesh.Stores;
using ActorSnn.Tests.Shared;
using Npgsql;

namespace ActorSnn.Stores.Tests;

/// <summary>Servers that go away, come back, or say nothing.</summary>
[Collection("postgres")]
public sealed class PostgresServerTests(PostgresFixture fixture)
{
    [PostgresFact(own: true)]
    public void A_store_survives_that_the_server_crashes_and_is_started_again()
    {
        string connection = fixture.NewSchema();
        using var store = RunStores.Open($"postgres:{connection}");
        store.CreateRun("run", "{}", new byte[] { 1, 2, 3 });
        store.RaiseEpoch("run", 1, null);
        long term = store.AcquireLease("a", "", TimeSpan.FromHours(1)).Term;
        var part = store.WritePart("run", 1, new PartKey(1, PartKind.State, 0), new byte[100_000]);
        store.Commit("run", 1, new CheckpointManifest(1, 1, [part], "{}"));

        fixture.Server.Crash();
        AssertOneLine(Assert.Throws<StoreException>(() => store.Runs()));
        AssertOneLine(Assert.Throws<StoreException>(() => store.WritePart("run", 1, new PartKey(2, PartKind.State, 0), new byte[10])));
        fixture.Server.Start();

        Assert.Equal(100_000, store.ReadPart("run", Assert.Single(store.Checkpoints("run")).Parts[0]).Length);
        Assert.Equal(new byte[] { 1, 2, 3 }, store.ReadNetwork("run"));
        Assert.Equal(1, store.FindRun("run")!.Epoch);
        Assert.Equal((true, term), (store.AcquireLease("a", "", TimeSpan.FromHours(1)).IsMine, store.AcquireLease("a", "", TimeSpan.FromHours(1)).Term));
        store.WritePart("run", 1, new PartKey(2, PartKind.State, 0), new byte[10]);
        PostgresFixture.DropSchema(connection);
    }

    [PostgresFact(own: true)]
    public void After_a_restart_between_two_calls_one_call_fails_at_most()
    {
        string connection = fixture.NewSchema();
        using var store = RunStores.Open($"postgres:{connection}");
        // Several connections in the pool, all dead after the restart.
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => store.CreateRun($"run{i}", "{}", new byte[1 << 20]));
        fixture.Server.Crash();
        fixture.Server.Start();
        int failed = 0;
        for (int call = 0; call < 6; call++)
        {
            try
            {
                Assert.Equal(4, store.Runs().Count);
            }
            catch (StoreException)
            {
                failed++;
            }
        }
        Assert.InRange(failed, 0, 1);
        PostgresFixture.DropSchema(connection);
    }

    [PostgresFact]
    public async Task A_server_that_falls_silent_fails_the_call_and_not_the_next()
    {
        string connection = fixture.NewSchema();
        var server = new NpgsqlConnectionStringBuilder(connection);
        using var way = new SilencedWay(server.Host!, server.Port);
        server.Host = "127.0.0.1";
        server.Port = way.Port;
        server.CommandTimeout = 1;
        server.SslMode = SslMode.Disable;
        using var store = RunStores.Open($"postgres:{server.ConnectionString}");
        store.CreateRun("run", "{}", default);
        foreach (Action call in new Action[]
        {
            () => store.Runs(),
            // More than any buffer on the way holds.
            () => store.WritePart("run", 0, new PartKey(1, PartKind.State, 0), new byte[32 << 20]),
            () => store.AcquireLease("a", "", TimeSpan.FromHours(1)),
        })
        {
            way.Silent = true;
            var pending = Task.Run(() => Assert.Throws<StoreException>(call));
            AssertOneLine(await pending.WaitAsync(TimeSpan.FromMinutes(1)));
            way.Silent = false;
            Assert.Equal("run", Assert.Single(store.Runs()).Name);
        }
        PostgresFixture.DropSchema(connection);
    }

    [PostgresFact]
    public void Who_holds_a_run_and_is_frozen_keeps_nobody_waiting_for_long()
    {
        string connection = fixture.NewSchema();
        using var store = RunStores.Open($"postgres:{connection};Command Timeout=2");
        store.CreateRun("run", "{}", default);
        using var server = NpgsqlDataSource.Create(connection);
        using var frozen = server.OpenConnection();
        using var transaction = frozen.BeginTransaction();
        using var held = new NpgsqlCommand("SELECT epoch FROM actorsnn_run FOR UPDATE", frozen, transaction);
        held.ExecuteScalar();
        AssertOneLine(Assert.Throws<StoreException>(() => store.RaiseEpoch("run", 1, null)), "lock timeout");
        Assert.Equal(0, store.FindRun("run")!.Epoch);
        transaction.Rollback();
        store.RaiseEpoch("run", 1, null);
        PostgresFixture.DropSchema(connection);
    }

    [PostgresFact(own: true)]
    public void A_uri_leads_to_the_same_store_as_a_connection_string()
    {
        string connection = fixture.NewSchema();
        string schema = new NpgsqlConnectionStringBuilder(connection).SearchPath!;
        using var store = RunStores.Open($"postgres:{connection}");
        using var same = RunStores.Open($"{PostgresServer.UriAt(fixture.Server.Port)}?search_path={schema}&sslmode=prefer&connect_timeout=5");
        Assert.Equal(store.Id, same.Id);
        Assert.Equal($"postgres://actorsnn@127.0.0.1:{fixture.Server.Port}/postgres", store.Address);
        Assert.Equal(store.Address, same.Address);
        PostgresFixture.DropSchema(connection);
    }

    [PostgresFact(own: true)]
    public void Who_is_refused_is_told_so_without_the_password()
    {
        string wrong = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { Password = "wr0ng" }.ConnectionString;
        var e = Assert.Throws<StoreException>(() => RunStores.Open($"postgres:{wrong}"));
        AssertOneLine(e, "password authentication failed");
        Assert.DoesNotContain("wr0ng", e.Message);
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"postgres:{fixture.Server.ConnectionString};Database=none")), "\"none\" does not exist");
    }

    [Fact]
    public void A_server_that_is_not_there_is_said_to_be_missing()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        var e = Assert.Throws<StoreException>(() => RunStores.Open($"postgres://user:s3cret@127.0.0.1:{port}/runs"));
        AssertOneLine(e, $"postgres://user@127.0.0.1:{port}/runs: the server cannot be reached");
        Assert.DoesNotContain("s3cret", e.ToString());
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open("postgres://user@host.invalid/runs")), "postgres://user@host.invalid:5432/runs: ");
    }

    [Fact]
    public void A_server_that_takes_a_connection_and_says_nothing_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"postgres:Host=127.0.0.1;Port={port};Username=a;Database=b;Timeout=1")), "does not answer in time");
    }

    private static void AssertOneLine(StoreException e, string part = "")
    {
        Assert.StartsWith("postgres://", e.Message);
        Assert.Contains(part, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    /// <summary>A way to a server on which, while it is silent, nothing moves in either direction; connections that were silenced stay so.</summary>
    private sealed class SilencedWay : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly Task _loop;
        private volatile bool _silent;

        public SilencedWay(string host, int port)
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _loop = Task.Run(() => AcceptAsync(host, port));
        }

        public int Port { get; }

        public bool Silent
        {
            get => _silent;
            set => _silent = value;
        }

        public void Dispose()
        {
            _end.Cancel();
            _loop.Wait();
            _listener.Stop();
        }

        private async Task AcceptAsync(string host, int port)
        {
            var open = new List<Task>();
            try
            {
                while (true)
                {
                    var near = await _listener.AcceptTcpClientAsync(_end.Token);
                    open.Add(Task.Run(async () =>
                    {
                        using var from = near;
                        using var to = new TcpClient(host, port);
                        await Task.WhenAny(MoveAsync(from, to), MoveAsync(to, from));
                    }));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(open);
            }
        }

        private async Task MoveAsync(TcpClient from, TcpClient to)
        {
            var buffer = new byte[65536];
            try
            {
                int count;
                while ((count = await from.GetStream().ReadAsync(buffer, _end.Token)) > 0)
                {
                    if (_silent) await Task.Delay(Timeout.Infinite, _end.Token);
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _end.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // One of the two went away, or the test is over.
            }
        }
    }
}
