using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorSnn.Tests.Shared;

/// <summary>
/// A real PostgreSQL server for tests: one of its own on a free port of 127.0.0.1, in a temporary directory, made from the server binaries on this machine; or, if
/// ACTORSNN_POSTGRES is set, the one that connection (without "postgres:" in front) leads to. Nothing is left of the former when it is disposed of.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    // A password that a URI must escape.
    private const string User = "actorsnn", Password = "p@ss:w/rd;'x";

    private static readonly string? Given = Environment.GetEnvironmentVariable("ACTORSNN_POSTGRES") is { Length: > 0 } given ? given : null;
    private static readonly string? Binaries = FindBinaries();

    private readonly string _directory = "";
    private readonly string _data = "";
    private bool _started;

    /// <exception cref="InvalidOperationException">There is none; mark tests with <see cref="PostgresFactAttribute"/>.</exception>
    public PostgresServer()
    {
        if (Given is not null) return;
        if (Skip is not null) throw new InvalidOperationException(Skip);
        _directory = Path.Combine(Path.GetTempPath(), $"actorsnn-postgres-{Guid.NewGuid():N}");
        _data = Path.Combine(_directory, "data");
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        try
        {
            Run("mkdir", "-m", "700", _directory);
            Run("sh", "-c", $"printf '%s' \"$0\" > '{_directory}/password'", Password);
            Run(Path.Combine(Binaries!, "initdb"), "-D", _data, "-U", User, "--auth=scram-sha-256", $"--pwfile={_directory}/password", "-E", "UTF8", "--locale=C");
            Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Why there is no server on this machine; null if there is one.</summary>
    public static string? Skip =>
        Given is not null ? null
        : Binaries is null ? "needs the PostgreSQL server (package postgresql), or ACTORSNN_POSTGRES"
        : Environment.UserName == "root" && !HasUser() ? "needs a user postgres, since the PostgreSQL server refuses to run as root, or ACTORSNN_POSTGRES"
        : null;

    /// <summary>Whether it is a server of the tests, which they may stop and start.</summary>
    public static bool CanBeOwn => Given is null;

    /// <summary>Port of the tests' own server on 127.0.0.1; after a restart the same.</summary>
    public int Port { get; private set; }

    /// <summary>Connection string for Npgsql.</summary>
    public string ConnectionString => Given ?? $"Host=127.0.0.1;Port={Port};Username={User};Password=\"{Password}\";Database=postgres";

    /// <summary>The same of the tests' own server as a URI, with any port.</summary>
    public static string UriAt(int port) => $"postgres://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{port}/postgres";

    /// <summary>Stops the server as a crash would: connections break, nothing is written any more.</summary>
    public void Crash() => Control("stop", "-m", "immediate");

    /// <summary>Starts the server after <see cref="Crash"/>; it recovers from its log.</summary>
    public void Start()
    {
        for (int attempt = 0; ; attempt++)
        {
            if (Port == 0) Port = FreePort();
            try
            {
                Control("start", "-l", Path.Combine(_directory, "log"), "-o", $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on");
                _started = true;
                return;
            }
            catch (InvalidOperationException) when (attempt < 3 && !_started)
            {
                // Somebody else took the port.
                Port = 0;
            }
        }
    }

    public void Dispose()
    {
        if (_directory.Length == 0) return;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        try
        {
            Crash();
        }
        catch (InvalidOperationException)
        {
            // It was not running.
        }
        Run("rm", "-rf", _directory);
    }

    private void OnExit(object? sender, EventArgs e) => Dispose();

    private void Control(string action, params string[] arguments) => Run(Path.Combine(Binaries!, "pg_ctl"), [action, "-D", _data, "-w", "-s", .. arguments]);

    /// <summary>Runs a program as the user the server is to run as.</summary>
    private static void Run(string program, params string[] arguments)
    {
        string[] command = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", program, .. arguments] : [program, .. arguments];
        // Output goes nowhere: a server that inherited a pipe would keep it open.
        var start = new ProcessStartInfo("sh") { WorkingDirectory = "/" };
        foreach (string argument in (string[])["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. command]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with code {process.ExitCode}");
    }

    private static string? FindBinaries()
    {
        var directories = new List<string>();
        if (Directory.Exists("/usr/lib/postgresql"))
            directories.AddRange(Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out int version) ? version : 0).Select(d => Path.Combine(d, "bin")));
        if (OfPgConfig() is { } told) directories.Insert(0, told);
        directories.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return OperatingSystem.IsWindows() ? null : directories.Find(d => new[] { "initdb", "pg_ctl", "postgres" }.All(name => File.Exists(Path.Combine(d, name))));
    }

    private static string? OfPgConfig()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("pg_config", "--bindir") { RedirectStandardOutput = true })!;
            string directory = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? directory : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static bool HasUser() => File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
