using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using Akka.Configuration;

namespace ActorSnn.Mesh.Akka;

/// <summary>How a node of a cluster on Akka.NET is run. What Akka.NET itself has settings for is in the file alone.</summary>
public sealed record AkkaNodeOptions
{
    /// <summary>What the operator's file says about the node, over the defaults.</summary>
    public AkkaNodeSettings Settings { get; init; } = AkkaNodeSettings.Read(null);

    /// <summary>Addresses of Akka.NET's remoting, HOST:PORT, of nodes to join; empty for the file's seed nodes. Without any the node begins a cluster of its own.</summary>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>Times of the cluster.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Whether the node obeys orders that break it on purpose; otherwise it refuses them.</summary>
    public bool AllowFaults { get; init; }

    /// <summary>Kills the process, or freezes it for some seconds. Null where the process is not the node's alone.</summary>
    public Action<NodeFaultKind, double>? BreakProcess { get; init; }
}

/// <summary>The settings of a node, from an operator's HOCON file over the defaults of <c>node.reference.conf</c>; null where nothing is said.</summary>
public sealed class AkkaNodeSettings
{
    private AkkaNodeSettings(Config config) => Config = config;

    /// <summary>Where clients reach the node, HOST:PORT, and its name.</summary>
    public string? Listen => Text("listen");

    /// <summary>That, as others see it.</summary>
    public string? Advertise => Text("advertise");

    /// <summary>The store, as a connection string.</summary>
    public string? Store => Text("store");

    /// <summary>File of the secret clients must know.</summary>
    public string? SecretFile => Text("secret-file");

    /// <summary>Milliseconds without a sign of life after which a node counts as lost.</summary>
    public int DetectionMs => (int)Node.GetTimeSpan("detection").TotalMilliseconds;

    /// <summary>Milliseconds the right to coordinate is given for.</summary>
    public int LeaseMs => (int)Node.GetTimeSpan("lease").TotalMilliseconds;

    /// <summary>Seconds a coordinator goes on trying to reach the store before its node ends.</summary>
    public int StoreTimeoutSeconds => (int)Node.GetTimeSpan("store-timeout").TotalSeconds;

    /// <summary>Whether the node obeys orders that break it on purpose.</summary>
    public bool AllowFaults => Node.GetBoolean("allow-faults");

    internal Config Config { get; }

    private Config Node => Config.GetConfig("actorsnn.node");

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file; null for the defaults alone.</param>
    /// <exception cref="IOException">It cannot be read, or says something that cannot be. The message is one line.</exception>
    public static AkkaNodeSettings Read(string? file)
    {
        var own = file is null ? Config.Empty : SettingsFile.Read(file, Environment.GetEnvironmentVariable);
        var settings = new AkkaNodeSettings(Akka.Settings.ForNode(own));
        try
        {
            _ = (settings.DetectionMs, settings.LeaseMs, settings.StoreTimeoutSeconds, settings.AllowFaults);
        }
        catch (Exception e) when (e is FormatException or ConfigurationException or OverflowException)
        {
            throw new IOException($"{file}: actorsnn.node: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        return settings.Fault() is { } fault ? throw new IOException($"{file}: {fault}") : settings;
    }

    /// <summary>Beyond loopback everybody who can connect could speak to the actors.</summary>
    private string? Fault()
    {
        string host = Config.GetString("akka.remote.dot-netty.tcp.hostname");
        if (Config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl")) return null;
        bool isLoopback = host is "localhost" || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
        return isLoopback ? null : $"akka.remote.dot-netty.tcp.hostname = {host} can be reached from other machines; switch enable-ssl on (see tls.conf), or use 127.0.0.1";
    }

    private string? Text(string name) => Node.GetString(name) is { Length: > 0 } text ? text : null;
}
