#if AKKA_ENGINE
using ActorSnn.Mesh.Akka;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Clusters;

/// <summary>Nodes of an Akka.NET cluster. Clients come in as everywhere.</summary>
internal sealed class AkkaNodeEngine : INodeEngine
{
    public string Name => "akka";

    public NodeSettings Read(string? file)
    {
        var settings = SettingsOf(file);
        return new NodeSettings
        {
            Listen = settings.Listen,
            Advertise = settings.Advertise,
            Store = settings.Store,
            Protection = new ProtectionSettings { SecretFile = settings.SecretFile },
            DetectionMs = settings.DetectionMs,
            LeaseMs = settings.LeaseMs,
            StoreTimeoutSeconds = settings.StoreTimeoutSeconds,
            AllowFaults = settings.AllowFaults,
        };
    }

    public IRunningNode Start(string? file, TcpNodeOptions options, IRunStore store, Action<string> log)
    {
        var settings = SettingsOf(file);
        var door = new ClientDoor(options.Listen, options.Advertise, options.Connections, log);
        try
        {
            return new Running(new AkkaNode(
                new AkkaNodeOptions { Settings = settings, Join = options.Join, Cluster = options.Cluster, AllowFaults = options.AllowFaults, BreakProcess = options.BreakProcess },
                store, door, log));
        }
        catch
        {
            door.Dispose();
            throw;
        }
    }

    private static AkkaNodeSettings SettingsOf(string? file)
    {
        try
        {
            return AkkaNodeSettings.Read(file);
        }
        catch (IOException e)
        {
            throw new UsageException($"--config {e.Message}");
        }
    }

    private sealed class Running(AkkaNode node) : IRunningNode
    {
        public string Name => node.Name;

        public string JoinAddress => node.Address;

        public Task<string?> Completion => node.Completion;

        public void Dispose() => node.Dispose();
    }
}
#endif
