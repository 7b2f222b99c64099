using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;

namespace ActorSnn.Cli.Commands;

/// <summary>What a command that runs networks is a part of. It may stand between the command and what runs its networks, and look at what comes out.</summary>
internal interface ICommandWrapper
{
    /// <summary>What the command is given to run its networks.</summary>
    INetworkHost Wrap(INetworkHost host);

    /// <summary>Where the command reports to.</summary>
    RunReport Wrap(RunReport report);
}

/// <summary>A command that is a part of nothing.</summary>
internal sealed class NoWrapper : ICommandWrapper
{
    public INetworkHost Wrap(INetworkHost host) => host;

    public RunReport Wrap(RunReport report) => report;
}
