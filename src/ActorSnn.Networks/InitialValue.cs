namespace ActorSnn.Networks;

/// <summary>
/// Values of a state variable before tick 0, one a neuron: all the same, or drawn from (network seed, population, neuron) and from nothing else.
/// A number converts to a constant.
/// </summary>
public abstract record InitialValue
{
    private InitialValue() { }

    /// <summary>The same for every neuron.</summary>
    public static implicit operator InitialValue(double value) => new ConstantValue(value);

    /// <summary>Uniform in [low, high).</summary>
    public static InitialValue Uniform(double low, double high) => new UniformValue(low, high);

    /// <summary>Normal.</summary>
    public static InitialValue Normal(double mean, double standardDeviation) => new NormalValue(mean, standardDeviation);

    /// <summary>The value of one neuron.</summary>
    /// <param name="random">The numbers of (seed, <see cref="RandomPurpose.InitialValue"/>, population).</param>
    /// <param name="neuron">Index in the population.</param>
    public abstract double Of(CounterRandom random, int neuron);

    internal abstract void Validate(string field);

    internal abstract void WriteTo(CanonicalWriter writer);

    private static void RequireFinite(string field, double value)
    {
        ModelChecks.Finite(field, value);
    }

    /// <summary>A constant.</summary>
    /// <param name="Value">The value.</param>
    public sealed record ConstantValue(double Value) : InitialValue
    {
        /// <inheritdoc/>
        public override double Of(CounterRandom random, int neuron) => Value;

        internal override void Validate(string field) => RequireFinite(field, Value);

        internal override void WriteTo(CanonicalWriter writer) => writer.Write("constant").Write(Value);
    }

    /// <summary>See <see cref="Uniform"/>.</summary>
    /// <param name="Low">Lower end, inclusive.</param>
    /// <param name="High">Upper end, exclusive.</param>
    public sealed record UniformValue(double Low, double High) : InitialValue
    {
        /// <inheritdoc/>
        public override double Of(CounterRandom random, int neuron) => Low + random.Uniform(neuron) * (High - Low);

        internal override void Validate(string field)
        {
            RequireFinite($"{field}.low", Low);
            RequireFinite($"{field}.high", High);
            if (Low > High) throw new NetworkException(field, $"low {Low} is above high {High}");
        }

        internal override void WriteTo(CanonicalWriter writer) => writer.Write("uniform").Write(Low).Write(High);
    }

    /// <summary>See <see cref="Normal"/>.</summary>
    /// <param name="Mean">Mean.</param>
    /// <param name="StandardDeviation">Standard deviation.</param>
    public sealed record NormalValue(double Mean, double StandardDeviation) : InitialValue
    {
        /// <inheritdoc/>
        public override double Of(CounterRandom random, int neuron) => Mean + random.Normal(neuron) * StandardDeviation;

        internal override void Validate(string field)
        {
            RequireFinite($"{field}.mean", Mean);
            RequireFinite($"{field}.standardDeviation", StandardDeviation);
            if (StandardDeviation < 0) throw new NetworkException($"{field}.standardDeviation", $"{StandardDeviation}; at least 0");
        }

        internal override void WriteTo(CanonicalWriter writer) => writer.Write("normal").Write(Mean).Write(StandardDeviation);
    }
}
