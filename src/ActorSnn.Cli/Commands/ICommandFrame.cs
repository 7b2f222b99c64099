using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;

namespace ActorSnn.Cli.Commands;

/// <summary>What a command that runs networks is a part of. It may stand between the command and what runs its networks, and look at what comes out.</summary>
internal interface ICommandFrame
{
    /// <summary>What the command is given to run its networks.</summary>
    INetworkHost Around(INetworkHost host);

    /// <summary>Where the command reports to.</summary>
    RunReport Around(RunReport report);
}

/// <summary>A command that is a part of nothing.</summary>
internal sealed class NoFrame : ICommandFrame
{
    public INetworkHost Around(INetworkHost host) => host;

    public RunReport Around(RunReport report) => report;
}
