using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>A rule by which the synapses of a plastic projection change, from what is local to the synapse.</summary>
public abstract record LearningRule
{
    /// <summary>The rule's name, as it stands in files and tables.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes a plastic synapse takes.</summary>
    public abstract int BytesPerSynapse { get; }

    /// <summary>Whether synapses learn from spikes one tick after their emission, however long their delay.</summary>
    public virtual bool LooksAheadOfDelivery => true;

    /// <summary>Largest magnitude a weight can reach.</summary>
    internal abstract double LargestMagnitude { get; }

    /// <param name="field">Path of the projection, for the error.</param>
    /// <param name="projection">The projection.</param>
    /// <param name="target">The population it ends on.</param>
    internal abstract void Validate(string field, Projection projection, Population target);

    internal abstract void WriteTo(CanonicalWriter writer);
}

/// <summary>
/// A data-independent clock that tells synapses whether a coincidence strengthens or weakens: on in the given phases of a
/// fixed period, off in all others. The phase of a tick is tick mod period.
/// </summary>
/// <param name="PeriodTicks">Length of the period, in ticks.</param>
/// <param name="OnPhases">Phases in which the clock is on, ascending.</param>
public sealed record ReinforcementClock(int PeriodTicks, ImmutableArray<int> OnPhases)
{
    /// <summary>Whether the clock is on at a tick.</summary>
    public bool IsOn(long tick) => OnPhases.Contains((int)(tick % PeriodTicks));
}

/// <summary>
/// Hebbian coincidence rule with a reinforcement clock.
/// <para>
/// <b>Equation.</b> At the end of every tick, for each synapse whose source and target neuron both spiked in that tick:
/// <c>w += 4 x y r - 2 x y</c>, i.e. +2 while the clock r is on and -2 while it is off, saturated to [-256, +254].
/// </para>
/// <para>
/// <b>Order.</b> What tick t taught is not yet seen by the spikes delivered at tick t + 1, and is seen by all later deliveries. With a
/// delay of one tick: the spikes of a tick travel with the weights from before that tick's learning.
/// </para>
/// <para>
/// <b>Format.</b> Weights are even integers in [-256, +254] (Loihi's 8-bit mixed-sign format) and take one byte a synapse.
/// </para>
/// <para><b>Reference.</b> Renner et al., Nature Communications 15, 9691 (2024).</para>
/// </summary>
/// <param name="Clock">The reinforcement clock.</param>
public sealed record HebbianCoincidence(ReinforcementClock Clock) : LearningRule
{
    /// <summary>Change of a weight by one coincidence.</summary>
    public const int Step = 2;

    /// <summary>Smallest weight.</summary>
    public const int MinWeight = -256;

    /// <summary>Largest weight.</summary>
    public const int MaxWeight = 254;

    /// <inheritdoc/>
    public override string Name => "hebbian-coincidence";

    /// <inheritdoc/>
    public override int BytesPerSynapse => 1;

    internal override double LargestMagnitude => -MinWeight;

    /// <summary>Whether a weight is an even integer in range.</summary>
    public static bool IsRepresentable(double weight) => weight is >= MinWeight and <= MaxWeight && weight / Step == Math.Truncate(weight / Step);

    internal override void Validate(string field, Projection projection, Population target)
    {
        if (target.Model is not GatedThresholdNeuron)
            throw new NetworkException($"{field}.learning", $"{Name} onto model {target.Model.Name}; it works on {new GatedThresholdNeuron().Name} neurons");
        if (projection.Connectivity is not Connectivity.DenseConnectivity || projection.Delay is not Delay.ConstantDelay)
            throw new NetworkException($"{field}.learning", $"{Name} on {projection.Connectivity.Name} synapses; it works on dense projections of one delay");
        if (Clock.PeriodTicks < 1)
            throw new NetworkException($"{field}.learning.clock.period", $"{Clock.PeriodTicks} ticks; at least 1");
        foreach (int phase in Clock.OnPhases)
            if ((uint)phase >= (uint)Clock.PeriodTicks)
                throw new NetworkException($"{field}.learning.clock.onPhases", $"phase {phase} in a period of {Clock.PeriodTicks}");
        string representable = $"this rule's weights are even integers in [{MinWeight}, {MaxWeight}]";
        switch (projection.Weight)
        {
            case Networks.Weight.ConstantWeight constant when !IsRepresentable(constant.Value):
                throw new NetworkException($"{field}.weight", $"{constant.Value}; {representable}");
            case Networks.Weight.ArrayWeight array:
                for (int i = 0; i < array.Values.Length; i++)
                    if (!IsRepresentable(array.Values[i])) throw new NetworkException($"{field}.weight.values[{i}]", $"{array.Values[i]}; {representable}");
                break;
            case Networks.Weight.UniformWeight { Low: var low, High: var high, Step: var step } when low < MinWeight || high > MaxWeight || step % Step != 0:
            case Networks.Weight.NormalWeight { Low: var low2, High: var high2, Step: var step2 } when low2 < MinWeight || high2 > MaxWeight || step2 % Step != 0:
                throw new NetworkException($"{field}.weight", $"a distribution that leaves the format; {representable}: give low, high and an even step");
        }
    }

    internal override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Clock.PeriodTicks).Write(Clock.OnPhases.Length);
        foreach (int phase in Clock.OnPhases) writer.Write(phase);
    }
}
