using ActorSnn.Cli.Output;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Clusters;

/// <summary>Which cluster is meant, and how to talk to it.</summary>
/// <param name="Nodes">Some of its nodes, HOST:PORT.</param>
/// <param name="Protection">How connections are protected.</param>
internal sealed record ClusterAccess(IReadOnlyList<string> Nodes, ProtectionSettings Protection)
{
    /// <summary>A client.</summary>
    /// <exception cref="UsageException">Connections cannot be protected as asked.</exception>
    public ClusterClient Connect() => new(Nodes, Protection.ToOptions());

    /// <summary>A command that talks to the same cluster.</summary>
    public ShellCommand CommandOf(params string[] words)
    {
        var command = new ShellCommand(["actorsnn", .. words, "--cluster", string.Join(',', Nodes)]);
        void Add(string option, string? value)
        {
            if (value is not null) command.Add(option, value);
        }
        Add("--secret-file", Protection.SecretFile);
        Add("--tls-cert", Protection.Certificate);
        Add("--tls-key", Protection.Key);
        Add("--tls-ca", Protection.Authority);
        return command;
    }
}
