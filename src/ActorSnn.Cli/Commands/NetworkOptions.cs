using System.CommandLine;
using ActorSnn.Cli.Simulations;

namespace ActorSnn.Cli.Commands;

/// <summary>The options that say which network is meant, beside its name.</summary>
internal sealed class NetworkOptions
{
    public Option<int?> Neurons { get; } = Options.Number<int>("--neurons", 1, "Neurons of a built-in network. Default: as published.");

    public Option<double?> Delay { get; } = Options.Milliseconds("--delay", "Synaptic delay of a built-in network. Default: as published.");

    public Option<int?> Degree { get; } = Options.Number<int>("--degree", 0, "Synapses of each neuron of sparse. Default: 100.");

    public Option<ulong?> Seed { get; } =
        Options.Number("--seed", 0UL, $"Seed of the network. Default: the file's; {Networks.BenchmarkNetworks.DefaultSeed} for built-in networks.");

    public Option[] All => [Neurons, Delay, Degree, Seed];

    /// <summary>The network of a name, as the command line wants it.</summary>
    public NetworkChoice ChoiceOf(string network, ParseResult arguments) => new()
    {
        Network = network,
        Neurons = arguments.GetValue(Neurons),
        DelayMs = arguments.GetValue(Delay),
        Degree = arguments.GetValue(Degree),
        Seed = arguments.GetValue(Seed),
    };
}
