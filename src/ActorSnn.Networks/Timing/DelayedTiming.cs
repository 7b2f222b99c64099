using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>
/// Reproducible asynchrony: spikes get lost, doubled and late on their way, beyond the delays of their synapses, by chance drawn from the seed. It is part of
/// the network: the same seed gives the same spikes under any placement.
/// <para>
/// <b>What happens to a spike.</b> A spike of source neuron n at tick t travels over a projection, and all synapses of n in it share its fate. The
/// disturbances in effect are those whose pattern matches the projection's name and whose window holds t. Copy 0 is the spike itself; disturbance i
/// makes a copy i + 1 with probability <c>Duplication</c>. A copy is lost if any disturbance loses it (<c>Loss</c>); each disturbance holds it up with probability
/// <c>Delayed</c>, by <c>LatencyTicks</c> and a uniform draw from {0, …, <c>JitterTicks</c>}, and what several add is added up. So spikes may overtake each other.
/// The copy then goes on as if n had spiked at t + what was added: it acts after the synapse's delay, and learning rules see it at that time. Two spikes of
/// a neuron that a projection sees at one same tick count once.
/// </para>
/// <para>
/// <b>Draws.</b> Disturbance i draws for copy c with <c>CounterRandom(Seed, RandomPurpose.Travel, projection index)</c>, element <c>n + (((c * 1024 + i) * 4 + k) &lt;&lt; 32)</c>,
/// step t: k = 0 duplication (of copy 0 only) and k = 1 loss, k = 2 delayed, each if <c>Uniform</c> is below the probability; k = 3 jitter, <c>Below(JitterTicks + 1)</c>.
/// </para>
/// </summary>
/// <param name="Seed">Seed of all draws.</param>
/// <param name="Disturbances">What can happen, at most <see cref="MaxDisturbances"/>.</param>
public sealed record DelayedTiming(ulong Seed, ImmutableArray<Disturbance> Disturbances)
{
    /// <summary>Most disturbances.</summary>
    public const int MaxDisturbances = 1000;

    /// <summary>The same for all spikes of a run.</summary>
    /// <param name="latencyTicks">Ticks every spike is late.</param>
    /// <param name="jitterTicks">Most ticks a spike is late beyond that.</param>
    /// <param name="loss">Probability that a spike is lost.</param>
    /// <param name="seed">Seed of all draws.</param>
    public DelayedTiming(int latencyTicks, int jitterTicks = 0, double loss = 0, ulong seed = 1)
        : this(seed, [new Disturbance(LatencyTicks: latencyTicks, JitterTicks: jitterTicks, Loss: loss)]) { }

    /// <summary>Most ticks that can be added to a projection's delays.</summary>
    /// <param name="projection">Name of the projection.</param>
    public long MostTicks(string projection)
    {
        var own = Disturbances.Where(d => d.Concerns(projection)).ToArray();
        // A sum can only grow where a window begins.
        return own.Select(d => own.Where(o => o.IsInEffect(d.FirstTick)).Sum(o => (long)o.LatencyTicks + o.JitterTicks)).DefaultIfEmpty(0).Max();
    }

    /// <summary>Whether anything can happen to a projection's spikes.</summary>
    /// <param name="projection">Name of the projection.</param>
    public bool Concerns(string projection) => Disturbances.Any(d => d.Concerns(projection));

    /// <exception cref="NetworkException">A number is out of range.</exception>
    internal void Validate(string field)
    {
        if (Disturbances.IsDefaultOrEmpty) throw new NetworkException($"{field}.disturbances", "there is none; give at least one, or exact timing");
        if (Disturbances.Length > MaxDisturbances)
            throw new NetworkException($"{field}.disturbances", $"{Disturbances.Length}; at most {MaxDisturbances}");
        for (int i = 0; i < Disturbances.Length; i++) Disturbances[i].Validate($"{field}.disturbances[{i}]");
    }

    /// <exception cref="NetworkException">A pattern stands for no projection, or delays become too long.</exception>
    internal void Validate(string field, IReadOnlyCollection<Projection> projections)
    {
        string[] names = [.. projections.Select(p => p.Name)];
        for (int i = 0; i < Disturbances.Length; i++)
            NamePattern.RequireMatch($"{field}.disturbances[{i}].projections", Disturbances[i].Projections, "projection", names);
        foreach (var projection in projections)
        {
            if (projection.Delay.Max + MostTicks(projection.Name) is var longest && longest > Delay.MaxTicks)
                throw new NetworkException(field, $"\"{projection.Name}\" can get a delay of {longest} ticks; at most {Delay.MaxTicks}");
        }
    }

    internal void WriteTo(CanonicalWriter writer)
    {
        writer.Write("delayed").Write((long)Seed).Write(Disturbances.Length);
        foreach (var disturbance in Disturbances) disturbance.WriteTo(writer);
    }
}

/// <summary>What can happen to spikes on their way; see <see cref="DelayedTiming"/>.</summary>
/// <param name="Projections">Name of the projection it concerns, or a pattern with <c>*</c> and <c>?</c>.</param>
/// <param name="LatencyTicks">Ticks a spike is held up, at least.</param>
/// <param name="JitterTicks">Most ticks it is held up beyond that.</param>
/// <param name="Loss">Probability that a spike is lost.</param>
/// <param name="Duplication">Probability that a spike is sent twice.</param>
/// <param name="Delayed">Probability that a spike is held up at all.</param>
/// <param name="FirstTick">First tick of emission that is concerned.</param>
/// <param name="LastTick">Last tick of emission that is concerned; null for no end.</param>
public sealed record Disturbance(
    string Projections = "*", int LatencyTicks = 0, int JitterTicks = 0, double Loss = 0, double Duplication = 0, double Delayed = 1,
    long FirstTick = 0, long? LastTick = null)
{
    /// <summary>Whether it concerns a projection.</summary>
    /// <param name="projection">Name of the projection.</param>
    public bool Concerns(string projection) => NamePattern.Matches(Projections, projection);

    /// <summary>Whether it concerns spikes emitted at a tick.</summary>
    public bool IsInEffect(long tick) => tick >= FirstTick && !(tick > LastTick);

    internal void Validate(string field)
    {
        FaultChecks.Name($"{field}.projections", Projections);
        FaultChecks.Between($"{field}.latencyTicks", LatencyTicks, 0, Delay.MaxTicks);
        FaultChecks.Between($"{field}.jitterTicks", JitterTicks, 0, Delay.MaxTicks);
        FaultChecks.Probability($"{field}.loss", Loss);
        FaultChecks.Probability($"{field}.duplication", Duplication);
        FaultChecks.Probability($"{field}.delayed", Delayed);
        FaultChecks.Window(field, FirstTick, LastTick);
    }

    internal void WriteTo(CanonicalWriter writer) => writer
        .Write(Projections).Write(LatencyTicks).Write(JitterTicks).Write(Loss).Write(Duplication).Write(Delayed).Write(FirstTick).Write(LastTick ?? -1);
}
