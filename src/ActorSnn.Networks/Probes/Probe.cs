namespace ActorSnn.Networks;

/// <summary>The ticks a probe looks at: those with tick mod PeriodTicks equal to Phase.</summary>
/// <param name="PeriodTicks">Period, in ticks.</param>
/// <param name="Phase">Phase within the period.</param>
public readonly record struct TickFilter(int PeriodTicks, int Phase)
{
    /// <summary>Every tick.</summary>
    public static TickFilter EveryTick => new(1, 0);

    /// <summary>Whether the tick is looked at.</summary>
    public bool Includes(long tick) => PeriodTicks == 1 || tick % PeriodTicks == Phase;
}

/// <summary>Something a run records about a population. Recording never changes what is simulated.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Population">Name of the population.</param>
public abstract record Probe(string Name, string Population)
{
    internal abstract void Validate(string field, Population population);

    internal static void ValidateFilter(string field, TickFilter filter)
    {
        if (filter.PeriodTicks < 1) throw new NetworkException($"{field}.period", $"{filter.PeriodTicks} ticks; at least 1");
        if ((uint)filter.Phase >= (uint)filter.PeriodTicks)
            throw new NetworkException($"{field}.phase", $"{filter.Phase} in a period of {filter.PeriodTicks}");
    }
}

/// <summary>Records every spike (tick, neuron).</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Population">Name of the population.</param>
/// <param name="Ticks">Ticks to look at.</param>
public sealed record SpikeProbe(string Name, string Population, TickFilter Ticks) : Probe(Name, Population)
{
    internal override void Validate(string field, Population population) => ValidateFilter(field, Ticks);
}

/// <summary>Counts the population's spikes by phase: count[p] = spikes at ticks with tick mod PeriodTicks = p.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Population">Name of the population.</param>
/// <param name="PeriodTicks">Number of phases.</param>
public sealed record SpikeCountProbe(string Name, string Population, int PeriodTicks) : Probe(Name, Population)
{
    /// <summary>Most phases.</summary>
    public const int MaxPeriodTicks = 1 << 20;

    internal override void Validate(string field, Population population)
    {
        ValidateFilter(field, new TickFilter(PeriodTicks, 0));
        if (PeriodTicks > MaxPeriodTicks) throw new NetworkException($"{field}.period", $"{PeriodTicks} ticks; at most {MaxPeriodTicks}");
    }
}

/// <summary>Records the membrane potential of every neuron, before the spike decision, in the model's unit.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Population">Name of the population; its model has a potential.</param>
/// <param name="Ticks">Ticks to look at.</param>
public sealed record PotentialProbe(string Name, string Population, TickFilter Ticks) : Probe(Name, Population)
{
    internal override void Validate(string field, Population population)
    {
        ValidateFilter(field, Ticks);
        if (population.Model.IsSource)
            throw new NetworkException($"{field}.population", $"\"{population.Name}\" is a source and has no potential");
        if (population.Model is DivisiveNormalisation or FirstSpikeModel or LatencySource)
            throw new NetworkException($"{field}.population", $"\"{population.Name}\" is of model {population.Model.Name}, which has no potential");
    }
}
