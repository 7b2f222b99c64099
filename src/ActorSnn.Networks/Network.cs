using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>
/// What is simulated: populations, projections and probes. Immutable and plain; built and validated by <see cref="NetworkBuilder"/>.
/// </summary>
public sealed class Network
{
    private readonly Dictionary<string, Population> _byName;
    private string? _hash;

    internal Network(
        string name, ulong seed, double timeStepMs, ImmutableArray<Population> populations, ImmutableArray<Projection> projections,
        ImmutableArray<PoissonInput> inputs, ImmutableArray<Probe> probes)
    {
        Name = name;
        Seed = seed;
        TimeStepMs = timeStepMs;
        Populations = populations;
        Projections = projections;
        Inputs = inputs;
        Probes = probes;
        _byName = populations.ToDictionary(p => p.Name);
    }

    /// <summary>Name of the network.</summary>
    public string Name { get; }

    /// <summary>Seed of everything drawn at random: connectivity, initial values, Poisson trains.</summary>
    public ulong Seed { get; }

    /// <summary>Length of a tick in milliseconds.</summary>
    public double TimeStepMs { get; }

    /// <summary>Populations, in canonical order.</summary>
    public ImmutableArray<Population> Populations { get; }

    /// <summary>Projections, in canonical order.</summary>
    public ImmutableArray<Projection> Projections { get; }

    /// <summary>Noise from outside, in canonical order.</summary>
    public ImmutableArray<PoissonInput> Inputs { get; }

    /// <summary>Probes.</summary>
    public ImmutableArray<Probe> Probes { get; }

    /// <summary>Number of neurons; sources are not neurons.</summary>
    public long NeuronCount => Populations.Where(p => !p.Model.IsSource).Sum(p => (long)p.Size);

    /// <summary>Longest delay of any projection, in ticks; at least 1.</summary>
    public int MaxDelay => Projections.Select(p => p.Delay.Max).DefaultIfEmpty(1).Max();

    /// <summary>
    /// SHA-256 (hex) over everything that can influence a spike: seed, time step, populations, projections, inputs. Names of the
    /// network and probes do not count.
    /// </summary>
    public string Hash => _hash ??= ComputeHash();

    /// <summary>The population of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Population this[string population] => _byName[population];

    /// <summary>The projection of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Projection Projection(string name) =>
        Projections.FirstOrDefault(p => p.Name == name) ?? throw new KeyNotFoundException($"no projection \"{name}\"");

    private string ComputeHash()
    {
        using var writer = new CanonicalWriter();
        writer.Write("actorsnn-network-1").Write((long)Seed).Write(TimeStepMs).Write(Populations.Length);
        foreach (var population in Populations)
        {
            writer.Write(population.Name).Write(population.Size);
            population.Model.WriteTo(writer);
        }
        writer.Write(Projections.Length);
        foreach (var projection in Projections)
        {
            writer.Write(projection.Name).Write(projection.Source).Write(projection.Target);
            projection.Connectivity.WriteTo(writer);
            projection.Weight.WriteTo(writer);
            projection.Delay.WriteTo(writer);
            if (projection.Learning is { } rule) rule.WriteTo(writer);
            else writer.Write("fixed");
        }
        if (Inputs.Length > 0)
        {
            writer.Write("inputs").Write(Inputs.Length);
            foreach (var input in Inputs) input.WriteTo(writer);
        }
        return Convert.ToHexStringLower(writer.Finish());
    }
}
