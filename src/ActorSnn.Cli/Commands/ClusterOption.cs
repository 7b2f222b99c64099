using System.CommandLine;
using ActorSnn.Cli.Clusters;

namespace ActorSnn.Cli.Commands;

/// <summary>The options that say which cluster is meant, and how to talk to it.</summary>
/// <param name="description">What it is for.</param>
/// <param name="isRequired">Whether the command does nothing without it.</param>
internal sealed class ClusterOption(string description, bool isRequired)
{
    private readonly ProtectionOptions _protection = new();

    public Option<string?> Cluster { get; } = Options.Text("--cluster", "HOST:PORT", $"{description} One node of it is enough; several are given with commas in between.");

    public void AddTo(Command command)
    {
        Cluster.Required = isRequired;
        command.Add(Cluster);
        _protection.AddTo(command);
    }

    /// <summary>The cluster; null when none was named.</summary>
    /// <exception cref="UsageException">That is no address, or connections cannot be protected as asked.</exception>
    public ClusterAccess? AccessOf(ParseResult arguments)
    {
        if (arguments.GetValue(Cluster) is not { } list) return null;
        var nodes = ClusterAddresses.Require("--cluster", ClusterAddresses.Split(list));
        if (nodes.Count == 0) throw new UsageException("--cluster names no node; give HOST:PORT");
        var access = new ClusterAccess(nodes, _protection.SettingsOf(arguments));
        ClusterAddresses.RequireProtection("--cluster", nodes, access.Protection.ToOptions());
        return access;
    }
}
