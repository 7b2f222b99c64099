using System.Text.Json.Nodes;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Simulations;

/// <summary>A network as asked for on the command line: a name or a file, and what is to be different; null where nothing was said.</summary>
internal sealed record NetworkChoice
{
    /// <summary>Name of a built-in network, or a network file.</summary>
    public required string Network { get; init; }

    public int? Neurons { get; init; }

    public double? DelayMs { get; init; }

    public int? Degree { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>Names of the built-in networks.</summary>
    public static IEnumerable<string> Names => BuiltIns.Select(b => b.Name);

    private static IReadOnlyList<BuiltIn> BuiltIns { get; } =
    [
        new("cuba", [Option.Neurons, Option.Delay], c => BenchmarkNetworks.Cuba(c.Neurons ?? 4000, c.DelayMs ?? 0.1, c.Seed ?? BenchmarkNetworks.DefaultSeed)),
        new("coba", [Option.Neurons, Option.Delay], c => BenchmarkNetworks.Coba(c.Neurons ?? 4000, c.DelayMs ?? 0.8, c.Seed ?? BenchmarkNetworks.DefaultSeed)),
        new("brunel", [Option.Delay], c => BenchmarkNetworks.Brunel(c.DelayMs ?? 1.5, c.Seed ?? BenchmarkNetworks.DefaultSeed)),
        new("sparse", [Option.Neurons, Option.Delay, Option.Degree],
            c => BenchmarkNetworks.Sparse(c.Neurons ?? 1_000_000, c.Degree ?? 100, c.DelayMs ?? 1, c.Seed ?? BenchmarkNetworks.DefaultSeed)),
    ];

    /// <summary>Whether this names a built-in network rather than a file.</summary>
    public bool IsBuiltIn => Names.Contains(Network);

    /// <summary>Whether there is such a network, or a file that may be one.</summary>
    public bool Exists => IsBuiltIn || File.Exists(Network) || Directory.Exists(Network);

    /// <summary>What it would take to run the network.</summary>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="nodes">Number of nodes to place them on; null for none.</param>
    /// <exception cref="UsageException">There is no such network, it cannot be described as asked, or it cannot fit.</exception>
    /// <exception cref="NetworkException">The file holds no network.</exception>
    public NetworkDescription Describe(int? cores, int? nodes)
    {
        var network = Load();
        RequestedCores.Require(network, cores, nodes);
        MemoryCheck.Require(network);
        var facts = new JsonObject { ["seed"] = network.Seed, ["timeStepMs"] = network.TimeStepMs };
        return new NetworkDescription(network.Name, facts, Placer.Place(network, new PlacementOptions(cores, Workers: nodes ?? 1)), nodes);
    }

    /// <summary>The network.</summary>
    /// <exception cref="UsageException">There is no such network, or an option does not apply to it or is out of range.</exception>
    /// <exception cref="NetworkException">The file holds no network.</exception>
    public Network Load()
    {
        if (BuiltIns.FirstOrDefault(b => b.Name == Network) is not { } builtIn)
        {
            if (!Exists)
                throw new UsageException($"{Network}: neither a network file nor a built-in network ({string.Join(", ", Names)})");
            RequireOptionsAmong([]);
            var network = NetworkFile.Read(Network);
            return Seed is null ? network : new NetworkBuilder(network, Seed).Build();
        }
        RequireOptionsAmong(builtIn.Options);
        try
        {
            return builtIn.Build(this);
        }
        catch (NetworkException e) when (Option.OfParameter.TryGetValue(e.Field, out string? option))
        {
            throw new UsageException($"{option} {e.Problem}");
        }
    }

    private void RequireOptionsAmong(IReadOnlyList<string> taken)
    {
        foreach (var (option, given) in new[] { (Option.Neurons, Neurons is not null), (Option.Delay, DelayMs is not null), (Option.Degree, Degree is not null) })
        {
            if (given && !taken.Contains(option))
                throw new UsageException($"{option}: {Network} takes {string.Join(", ", [.. taken, Option.Seed])} only");
        }
    }

    private sealed record BuiltIn(string Name, IReadOnlyList<string> Options, Func<NetworkChoice, Network> Build);

    /// <summary>The options that change a network.</summary>
    private static class Option
    {
        public const string Neurons = "--neurons";
        public const string Delay = "--delay";
        public const string Degree = "--degree";
        public const string Seed = "--seed";

        /// <summary>By the parameter of <see cref="BenchmarkNetworks"/>.</summary>
        public static readonly IReadOnlyDictionary<string, string> OfParameter =
            new Dictionary<string, string> { ["neurons"] = Neurons, ["delayMs"] = Delay, ["outDegree"] = Degree };
    }
}
