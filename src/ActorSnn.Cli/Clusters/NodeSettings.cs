using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Clusters;

/// <summary>The settings of a node, from the command line or a file; null where nothing was said.</summary>
internal sealed record NodeSettings
{
    /// <summary>Where it listens, HOST:PORT.</summary>
    public string? Listen { get; init; }

    /// <summary>Where others reach it, and its name.</summary>
    public string? Advertise { get; init; }

    /// <summary>Nodes to connect to at first.</summary>
    public IReadOnlyList<string>? Join { get; init; }

    /// <summary>The store.</summary>
    public string? Store { get; init; }

    public ProtectionSettings Protection { get; init; } = new();

    public int? DetectionMs { get; init; }

    public int? LeaseMs { get; init; }

    public int? StoreTimeoutSeconds { get; init; }

    public bool? AllowFaults { get; init; }

    /// <summary>These settings, and those of <paramref name="other"/> where nothing was said here.</summary>
    public NodeSettings Or(NodeSettings other) => new()
    {
        Listen = Listen ?? other.Listen,
        Advertise = Advertise ?? other.Advertise,
        Join = Join ?? other.Join,
        Store = Store ?? other.Store,
        Protection = Protection.Or(other.Protection),
        DetectionMs = DetectionMs ?? other.DetectionMs,
        LeaseMs = LeaseMs ?? other.LeaseMs,
        StoreTimeoutSeconds = StoreTimeoutSeconds ?? other.StoreTimeoutSeconds,
        AllowFaults = AllowFaults ?? other.AllowFaults,
    };

    /// <summary>How the node is run.</summary>
    /// <exception cref="UsageException">Something is missing or wrong.</exception>
    public TcpNodeOptions ToOptions()
    {
        var usual = new ClusterOptions();
        string listen = ClusterAddresses.Require("--listen", Listen ?? throw new UsageException("--listen HOST:PORT is missing: where the node listens, such as 127.0.0.1:7400"));
        var connections = Protection.ToOptions();
        if (connections.Refuse(Addresses.Resolve(listen)) is { } refused) throw new UsageException($"--listen {refused}");
        var join = ClusterAddresses.Require("--join", Join ?? []);
        ClusterAddresses.RequireProtection("--join", join, connections);
        return new TcpNodeOptions
        {
            Listen = listen,
            Advertise = Advertise is null ? null : ClusterAddresses.Require("--advertise", Advertise),
            Join = join,
            Connections = connections,
            AllowFaults = AllowFaults ?? false,
            BreakProcess = ProcessFaults.Break,
            Cluster = usual with
            {
                DetectionMs = DetectionMs ?? usual.DetectionMs,
                LeaseMs = LeaseMs ?? usual.LeaseMs,
                StoreTimeoutMs = StoreTimeoutSeconds * 1000 ?? usual.StoreTimeoutMs,
            },
        };
    }
}

/// <summary>How connections are protected, from the command line or a file; null where nothing was said.</summary>
internal sealed record ProtectionSettings
{
    /// <summary>The variable that holds the secret where no file is named.</summary>
    public const string SecretVariable = "ACTORSNN_SECRET";

    public string? SecretFile { get; init; }

    public string? Certificate { get; init; }

    public string? Key { get; init; }

    public string? Authority { get; init; }

    /// <summary>These settings, and those of <paramref name="other"/> where nothing was said here.</summary>
    public ProtectionSettings Or(ProtectionSettings other) => new()
    {
        SecretFile = SecretFile ?? other.SecretFile,
        Certificate = Certificate ?? other.Certificate,
        Key = Key ?? other.Key,
        Authority = Authority ?? other.Authority,
    };

    /// <summary>Reads the secret and finds out whether the certificates can be used.</summary>
    /// <exception cref="UsageException">A file cannot be read, or one of the three is missing.</exception>
    public ConnectionOptions ToOptions()
    {
        TlsOptions? tls = (Certificate, Key, Authority) switch
        {
            (null, null, null) => null,
            (not null, not null, not null) => new TlsOptions(Certificate, Key, Authority),
            _ => throw new UsageException("--tls-cert, --tls-key and --tls-ca go together; give all three or none"),
        };
        var options = new ConnectionOptions(Secret(), tls);
        try
        {
            tls?.Load();
        }
        catch (IOException e)
        {
            throw new UsageException(e.Message);
        }
        // Whether one is needed depends on where it is used; whether it is long enough does not.
        if (options.Refuse(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)) is { } refused) throw new UsageException(refused);
        return options;
    }

    private string? Secret()
    {
        if (SecretFile is null) return Environment.GetEnvironmentVariable(SecretVariable) is { Length: > 0 } value ? value : null;
        try
        {
            string secret = File.ReadAllText(SecretFile).Trim();
            return secret.Length > 0 ? secret : throw new UsageException($"--secret-file {SecretFile}: is empty; it must hold the cluster secret");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--secret-file {SecretFile}: cannot be read: {e.Message}");
        }
    }
}
