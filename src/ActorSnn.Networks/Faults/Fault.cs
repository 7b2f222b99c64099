using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>
/// Something that is broken in the simulated chip. Plain data and part of the network: the same faults happen under any placement, and once also when a run
/// is resumed.
/// </summary>
public abstract record Fault
{
    /// <summary>Checks the numbers.</summary>
    /// <param name="field">Path of the fault, for the error.</param>
    /// <exception cref="NetworkException">One is out of range.</exception>
    internal abstract void Validate(string field);

    /// <summary>Checks what is hit.</summary>
    /// <exception cref="NetworkException">There is nothing of that name, or it cannot have this fault.</exception>
    internal abstract void Validate(string field, IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections);

    internal abstract void WriteTo(CanonicalWriter writer);
}

/// <summary>
/// A fault of what neurons emit. Their membrane goes on as if nothing were wrong: who reaches the threshold is reset, whatever comes out. Learning sees
/// what comes out. Where several faults are in effect for a neuron the last in the list decides.
/// </summary>
/// <param name="Neurons">The neurons, of sources too.</param>
/// <param name="FirstTick">First tick at which it is in effect.</param>
/// <param name="LastTick">Last tick at which it is in effect; null for good.</param>
public abstract record NeuronFault(NeuronTarget Neurons, long FirstTick, long? LastTick) : Fault
{
    /// <summary>Whether it is in effect at a tick.</summary>
    public bool IsInEffect(long tick) => tick >= FirstTick && !(tick > LastTick);

    /// <summary>What the neurons do at a tick at which it is in effect: spike or not.</summary>
    public abstract bool SpikesAt(long tick);

    internal override void Validate(string field)
    {
        Neurons.Validate(field);
        FaultChecks.Window(field, FirstTick, LastTick);
    }

    internal override void Validate(string field, IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections) =>
        Neurons.Validate(field, populations);
}

/// <summary>Neurons that do not spike.</summary>
/// <param name="Neurons">The neurons, of sources too.</param>
/// <param name="FirstTick">First silent tick.</param>
/// <param name="LastTick">Last silent tick; null for good.</param>
public sealed record SilenceNeurons(NeuronTarget Neurons, long FirstTick = 0, long? LastTick = null) : NeuronFault(Neurons, FirstTick, LastTick)
{
    /// <inheritdoc/>
    public override bool SpikesAt(long tick) => false;

    internal override void WriteTo(CanonicalWriter writer)
    {
        writer.Write("silence").Write(FirstTick).Write(LastTick ?? -1);
        Neurons.WriteTo(writer);
    }
}

/// <summary>Neurons that spike whatever arrives: at their first tick and every period after it, and at no other.</summary>
/// <param name="Neurons">The neurons, of sources too.</param>
/// <param name="FirstTick">Tick of their first such spike.</param>
/// <param name="LastTick">Last tick at which they are stuck; null for good.</param>
/// <param name="PeriodTicks">Ticks from one spike to the next.</param>
public sealed record StickNeurons(NeuronTarget Neurons, long FirstTick = 0, long? LastTick = null, int PeriodTicks = 1) : NeuronFault(Neurons, FirstTick, LastTick)
{
    /// <inheritdoc/>
    public override bool SpikesAt(long tick) => (tick - FirstTick) % PeriodTicks == 0;

    internal override void Validate(string field)
    {
        base.Validate(field);
        FaultChecks.Between($"{field}.periodTicks", PeriodTicks, 1, int.MaxValue);
    }

    internal override void WriteTo(CanonicalWriter writer)
    {
        writer.Write("stick").Write(FirstTick).Write(LastTick ?? -1).Write(PeriodTicks);
        Neurons.WriteTo(writer);
    }
}

/// <summary>
/// A fault of the memory that holds weights; see <see cref="WeightBits"/> for what its bits mean, and which projections' weights have bits. It acts before
/// anything is delivered at a tick: flips first, in the order of the list, then what is stuck.
/// </summary>
public abstract record WeightFault : Fault
{
    /// <summary>Name of the projection it hits, or a pattern with <c>*</c> and <c>?</c>, which stands for those whose weights have such bits.</summary>
    public abstract string Projections { get; }

    /// <summary>The bit; null for any.</summary>
    public abstract int? Bit { get; init; }

    /// <summary>Whether it hits a projection.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="target">The population it ends on.</param>
    public bool Concerns(Projection projection, Population target) =>
        NamePattern.Matches(Projections, projection.Name) && WeightBits.Of(projection, target) > (Bit ?? 0);

    internal override void Validate(string field)
    {
        if (Bit is { } bit) FaultChecks.Between($"{field}.bit", bit, 0, WeightBits.Most - 1);
    }

    internal override void Validate(string field, IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections)
    {
        field += ".projections";
        NamePattern.RequireMatch(field, Projections, "projection", [.. projections.Select(p => p.Name)]);
        if (projections.Any(p => Concerns(p, populations[p.Target]))) return;
        var named = projections.First(p => NamePattern.Matches(Projections, p.Name));
        int bits = WeightBits.Of(named, populations[named.Target]);
        throw new NetworkException(field, bits == 0
            ? $"the weights of \"{named.Name}\" have no bits to break; {WeightBits.Supported}"
            : $"the weights of \"{named.Name}\" have bits 0 to {bits - 1}, not {Bit}");
    }
}

/// <summary>Bits of weights that flip once, at one tick.</summary>
/// <param name="Synapses">The synapses.</param>
/// <param name="Bit">The bit; null to draw for every bit of every synapse.</param>
/// <param name="Tick">The tick.</param>
public sealed record FlipWeightBits(SynapseTarget Synapses, int? Bit, long Tick) : WeightFault
{
    /// <inheritdoc/>
    public override int? Bit { get; init; } = Bit;

    /// <inheritdoc/>
    public override string Projections => Synapses.Projections;

    internal override void Validate(string field)
    {
        base.Validate(field);
        Synapses.Validate(field, Bit);
        if (Tick < 0) throw new NetworkException($"{field}.tick", $"{Tick}; ticks count from 0");
    }

    internal override void Validate(string field, IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections)
    {
        base.Validate(field, populations, projections);
        Synapses.Validate(field, populations, projections.Where(p => Concerns(p, populations[p.Target])));
    }

    internal override void WriteTo(CanonicalWriter writer)
    {
        writer.Write("flip").Write(Bit ?? -1).Write(Tick);
        Synapses.WriteTo(writer);
    }
}

/// <summary>Bits of weights that cannot be changed any more: from a tick on, whatever is written, they read as they are stuck.</summary>
/// <param name="Synapses">The synapses.</param>
/// <param name="Bit">The bit; null to draw for every bit of every synapse.</param>
/// <param name="Value">What it reads as.</param>
/// <param name="FirstTick">First tick.</param>
public sealed record StickWeightBits(SynapseTarget Synapses, int? Bit, bool Value, long FirstTick = 0) : WeightFault
{
    /// <inheritdoc/>
    public override int? Bit { get; init; } = Bit;

    /// <inheritdoc/>
    public override string Projections => Synapses.Projections;

    internal override void Validate(string field)
    {
        base.Validate(field);
        Synapses.Validate(field, Bit);
        FaultChecks.Window(field, FirstTick, null);
    }

    internal override void Validate(string field, IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections)
    {
        base.Validate(field, populations, projections);
        Synapses.Validate(field, populations, projections.Where(p => Concerns(p, populations[p.Target])));
    }

    internal override void WriteTo(CanonicalWriter writer)
    {
        writer.Write("stick-bit").Write(Bit ?? -1).Write(Value ? 1 : 0).Write(FirstTick);
        Synapses.WriteTo(writer);
    }
}

/// <summary>
/// Bits of weights that flip now and then.
/// <para>
/// <b>Draws.</b> The number of flips at tick t in a projection has a Poisson distribution, drawn by inversion: the number of partial sums of its probabilities that are at
/// most <c>u</c>. With <c>r = CounterRandom(Seed, RandomPurpose.WeightFlip, projection index)</c> and the fault's place f in the list, <c>u = r.Uniform(f &lt;&lt; 32, t)</c>, and flip i
/// hits the synapse whose number is the upper 64 bits of <c>r.Bits((f &lt;&lt; 32) + 2 i + 1, t)</c> times how many numbers there are, in bit <c>r.Below(bits, (f &lt;&lt; 32) + 2 i + 2, t)</c>
/// if none is given. Of random connectivity every pair of neurons has a number, so there are more draws and those that hit no synapse do nothing.
/// </para>
/// </summary>
/// <param name="Projections">Name of the projection, or a pattern with <c>*</c> and <c>?</c>.</param>
/// <param name="PerTick">Mean number of flips a tick in each projection.</param>
/// <param name="Bit">The bit; null to draw one for each flip.</param>
/// <param name="FirstTick">First tick at which bits may flip.</param>
/// <param name="LastTick">Last such tick; null for no end.</param>
/// <param name="Seed">Seed of the draws.</param>
public sealed record FlipWeightBitsAtRate(
    string Projections, double PerTick, int? Bit = null, long FirstTick = 0, long? LastTick = null, ulong Seed = 1) : WeightFault
{
    /// <summary>Most draws a tick, on average.</summary>
    public const double MostPerTick = 500;

    /// <inheritdoc/>
    public override string Projections { get; } = Projections;

    /// <inheritdoc/>
    public override int? Bit { get; init; } = Bit;

    /// <summary>Whether bits may flip at a tick.</summary>
    public bool IsInEffect(long tick) => tick >= FirstTick && !(tick > LastTick);

    /// <summary>Mean number of draws a tick in a projection.</summary>
    public double DrawsPerTick(Projection projection) =>
        projection.Connectivity is Connectivity.RandomConnectivity { Probability: > 0 and < 1 and var probability } ? PerTick / probability : PerTick;

    internal override void Validate(string field)
    {
        base.Validate(field);
        FaultChecks.Name($"{field}.projections", Projections);
        if (!(PerTick >= 0) || PerTick > MostPerTick) throw new NetworkException($"{field}.perTick", $"{PerTick}; give 0 to {MostPerTick}");
        FaultChecks.Window(field, FirstTick, LastTick);
    }

    internal override void Validate(string field, IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections)
    {
        base.Validate(field, populations, projections);
        foreach (var projection in projections.Where(p => Concerns(p, populations[p.Target])))
        {
            if (DrawsPerTick(projection) <= MostPerTick) continue;
            throw new NetworkException($"{field}.perTick", $"{PerTick} on the random synapses of \"{projection.Name}\"; at most {MostPerTick * PerTick / DrawsPerTick(projection)}");
        }
    }

    internal override void WriteTo(CanonicalWriter writer) =>
        writer.Write("flip-at-rate").Write(Projections).Write(PerTick).Write(Bit ?? -1).Write(FirstTick).Write(LastTick ?? -1).Write((long)Seed);
}
