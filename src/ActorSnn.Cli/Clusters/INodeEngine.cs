using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Clusters;

/// <summary>How the nodes of a cluster are connected.</summary>
internal interface INodeEngine
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Reads a file of settings.</summary>
    /// <param name="file">The file; null for the engine's own defaults.</param>
    /// <exception cref="UsageException">It cannot be used.</exception>
    NodeSettings Read(string? file);

    /// <summary>Starts a node.</summary>
    /// <param name="file">The file of settings; null for none.</param>
    /// <param name="options">How it is run, by that file and the command line.</param>
    /// <param name="store">The store; the node disposes of it.</param>
    /// <param name="log">Is told what happens, a line at a time, on any thread.</param>
    /// <exception cref="IOException">It cannot be run. The message is one line.</exception>
    IRunningNode Start(string? file, TcpNodeOptions options, IRunStore store, Action<string> log);
}

/// <summary>A node of a cluster in this process. Disposing of it lets it leave.</summary>
internal interface IRunningNode : IDisposable
{
    /// <summary>Its name: where clients reach it.</summary>
    string Name { get; }

    /// <summary>Where other nodes join it.</summary>
    string JoinAddress { get; }

    /// <summary>Completes when it has ended: with null when that was asked for, else with the reason.</summary>
    Task<string?> Completion { get; }
}

/// <summary>Nodes connected by ActorSnn's own protocol.</summary>
internal sealed class TcpNodeEngine : INodeEngine
{
    public string Name => "tcp";

    public NodeSettings Read(string? file) => file is null ? new NodeSettings() : NodeSettingsFile.Read(file);

    public IRunningNode Start(string? file, TcpNodeOptions options, IRunStore store, Action<string> log) => new Running(new TcpNode(options, store, log));

    private sealed class Running(TcpNode node) : IRunningNode
    {
        public string Name => node.Name;

        public string JoinAddress => node.Name;

        public Task<string?> Completion => node.Completion;

        public void Dispose() => node.Dispose();
    }
}
