using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>
/// What is simulated: populations, projections and probes. Immutable and plain; built and validated by <see cref="NetworkBuilder"/>.
/// </summary>
public sealed class Network
{
    private readonly Dictionary<string, Population> _byName;
    private readonly int[] _longestDelays;
    private string? _hash;

    internal Network(
        string name, ulong seed, double timeStepMs, ImmutableArray<Population> populations, ImmutableArray<Projection> projections,
        ImmutableArray<PoissonInput> inputs, ImmutableArray<Probe> probes, DelayedTiming? timing,
        ImmutableArray<Fault> faults)
    {
        Name = name;
        Seed = seed;
        TimeStepMs = timeStepMs;
        Populations = populations;
        Projections = projections;
        Inputs = inputs;
        Probes = probes;
        Timing = timing;
        Faults = faults;
        _longestDelays = [.. projections.Select(p => p.Delay.Max + (int)(timing?.MostTicks(p.Name) ?? 0) + HeldFor(p, populations))];
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

    /// <summary>What happens to spikes on their way; null in exact timing, where nothing does.</summary>
    public DelayedTiming? Timing { get; }

    /// <summary>What is broken, in the order in which it acts.</summary>
    public ImmutableArray<Fault> Faults { get; }

    /// <summary>Number of neurons; sources are not neurons.</summary>
    public long NeuronCount => Populations.Where(p => !p.Model.IsSource).Sum(p => (long)p.Size);

    /// <summary>Longest delay of any projection as <see cref="LongestDelay"/> says; at least 1.</summary>
    public int MaxDelay => _longestDelays.DefaultIfEmpty(1).Max();

    /// <summary>
    /// SHA-256 (hex) over everything that can influence a spike: seed, time step, populations, projections, inputs, timing, faults. Names of the
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

    /// <summary>
    /// Longest time from a spike to its effect over a projection, in ticks, with what delayed timing can add, and with the time for which it is held until the target's next step, and until
    /// the spikes come with which it may coincide.
    /// </summary>
    public int LongestDelay(Projection projection) => _longestDelays[projection.Index];

    /// <summary>Ticks of a population's spikes that may still act: the longest delay of its projections, and what its neurons look back at of their own; at least 1.</summary>
    public int HistoryTicks(Population population) => Math.Max(
        population.Model switch
        {
            SteppedNeuronModel model => model.HoldTicks + 1,
            BackwardPorts ports => ((SteppedNeuronModel)_byName[ports.Of].Model).HoldTicks + 1,
            FirstSpikeModel model => model.HoldTicks + 1,
            _ => 1,
        },
        Projections.Where(p => p.Source == population.Index).Select(LongestDelay).DefaultIfEmpty(1).Max());

    /// <summary>Faults of a population's neurons, each with its place in the list.</summary>
    public IEnumerable<(int Place, NeuronFault Fault)> FaultsOf(Population population) =>
        Faults.Index().Where(f => f.Item is NeuronFault fault && fault.Neurons.Concerns(population)).Select(f => (f.Index, (NeuronFault)f.Item));

    /// <summary>Faults of a projection's weights, each with its place in the list.</summary>
    public IEnumerable<(int Place, WeightFault Fault)> FaultsOf(Projection projection) =>
        Faults.Index().Where(f => f.Item is WeightFault fault && fault.Concerns(projection, Populations[projection.Target])).Select(f => (f.Index, (WeightFault)f.Item));

    private static int HeldFor(Projection projection, ImmutableArray<Population> populations) =>
        populations[projection.Target].Model switch
        {
            SteppedNeuronModel model => model.HoldTicks,
            FirstSpikeModel model => model.HoldTicks,
            _ => 0,
        };

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
        Timing?.WriteTo(writer);
        if (Faults.Length > 0)
        {
            writer.Write("faults").Write(Faults.Length);
            foreach (var fault in Faults) fault.WriteTo(writer);
        }
        return Convert.ToHexStringLower(writer.Finish());
    }
}
