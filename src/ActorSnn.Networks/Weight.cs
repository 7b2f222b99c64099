using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace ActorSnn.Networks;

/// <summary>The weights of a projection's synapses, in the unit of the target's neuron model.</summary>
public abstract record Weight
{
    private Weight() { }

    /// <summary>The same weight for every synapse.</summary>
    public static Weight Constant(double value) => new ConstantWeight(value);

    /// <summary>Weights drawn uniformly from [low, high), from the network's seed.</summary>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    /// <param name="step">When above zero, each draw is truncated toward zero to a multiple of it.</param>
    public static Weight Uniform(double low, double high, double step = 0) => new UniformWeight(low, high, step);

    /// <summary>Weights drawn from a normal distribution and clipped, from the network's seed.</summary>
    /// <param name="mean">Mean.</param>
    /// <param name="standardDeviation">Standard deviation.</param>
    /// <param name="low">Draws below are set to it.</param>
    /// <param name="high">Draws above are set to it.</param>
    /// <param name="step">When above zero, each clipped draw is truncated toward zero to a multiple of it.</param>
    public static Weight Normal(double mean, double standardDeviation, double low = double.MinValue, double high = double.MaxValue, double step = 0) =>
        new NormalWeight(mean, standardDeviation, low, high, step);

    /// <summary>
    /// Given weights: [source, target] in row-major order for dense, in list order for pairs, one a neuron for one-to-one and one-to-all.
    /// </summary>
    public static Weight Array(ImmutableArray<float> values) => new ArrayWeight(values);

    /// <summary>Takes ownership of an array of given weights; see <see cref="Array(ImmutableArray{float})"/>.</summary>
    public static Weight Array(float[] values) => new ArrayWeight(ImmutableCollectionsMarshal.AsImmutableArray(values));

    /// <summary>The kind's name, as it stands in files and tables.</summary>
    public abstract string Name { get; }

    /// <summary>Largest magnitude of any of the weights.</summary>
    public abstract double LargestMagnitude { get; }

    internal abstract void Validate(string field, Projection projection, Population source, Population target);

    internal abstract void WriteTo(CanonicalWriter writer);

    private static void RequireFinite(string field, double value)
    {
        if (!double.IsFinite(value)) throw new NetworkException(field, $"{value} is not a finite number");
    }

    private static bool IsAllowed(double value, Population target) => Math.Abs(value) <= RealNeuronModel.MaxMagnitude
        && (!target.Model.HasIntegerWeights || (value == Math.Truncate(value) && Math.Abs(value) <= GatedThresholdNeuron.MaxMagnitude));

    private static void RequireAllowed(string field, double value, Population target)
    {
        RequireFinite(field, value);
        if (IsAllowed(value, target)) return;
        throw new NetworkException(field, target.Model.HasIntegerWeights
            ? $"{value}; model {target.Model.Name} of \"{target.Name}\" takes integers within ±{GatedThresholdNeuron.MaxMagnitude}"
            : $"{value}; give a weight within ±{RealNeuronModel.MaxMagnitude:0}");
    }

    private static void RequireStep(string field, double step, Population target)
    {
        RequireFinite(field, step);
        if (step < 0) throw new NetworkException(field, $"{step}; at least 0");
        if (target.Model.HasIntegerWeights && (step < 1 || step != Math.Truncate(step)))
            throw new NetworkException(field, $"{step}; model {target.Model.Name} of \"{target.Name}\" takes integers, give a whole step of at least 1");
    }

    /// <summary>See <see cref="Constant"/>.</summary>
    /// <param name="Value">The weight.</param>
    public sealed record ConstantWeight(double Value) : Weight
    {
        /// <inheritdoc/>
        public override string Name => "constant";

        /// <inheritdoc/>
        public override double LargestMagnitude => Math.Abs(Value);

        internal override void Validate(string field, Projection projection, Population source, Population target) =>
            RequireAllowed(field, Value, target);

        internal override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Value);
    }

    /// <summary>See <see cref="Uniform"/>.</summary>
    /// <param name="Low">Lower end, inclusive.</param>
    /// <param name="High">Upper end, exclusive.</param>
    /// <param name="Step">Multiple to truncate to; 0 for none.</param>
    public sealed record UniformWeight(double Low, double High, double Step) : Weight
    {
        /// <inheritdoc/>
        public override string Name => "uniform";

        /// <inheritdoc/>
        public override double LargestMagnitude => Math.Max(Math.Abs(Low), Math.Abs(High));

        internal override void Validate(string field, Projection projection, Population source, Population target)
        {
            RequireAllowed($"{field}.low", Low, target);
            RequireAllowed($"{field}.high", High, target);
            if (Low > High) throw new NetworkException(field, $"low {Low} is above high {High}");
            RequireStep($"{field}.step", Step, target);
        }

        internal override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Low).Write(High).Write(Step);
    }

    /// <summary>See <see cref="Normal"/>.</summary>
    /// <param name="Mean">Mean.</param>
    /// <param name="StandardDeviation">Standard deviation.</param>
    /// <param name="Low">Lower clip.</param>
    /// <param name="High">Upper clip.</param>
    /// <param name="Step">Multiple to truncate to; 0 for none.</param>
    public sealed record NormalWeight(double Mean, double StandardDeviation, double Low, double High, double Step) : Weight
    {
        /// <summary>No draw is further from the mean: the generator's smallest uniform number is 2^-53.</summary>
        private const double MostDeviations = 12.2;

        /// <inheritdoc/>
        public override string Name => "normal";

        /// <inheritdoc/>
        public override double LargestMagnitude =>
            Math.Max(Math.Abs(Clipped(Mean - MostDeviations * StandardDeviation)), Math.Abs(Clipped(Mean + MostDeviations * StandardDeviation)));

        private double Clipped(double value) => Math.Min(High, Math.Max(Low, value));

        internal override void Validate(string field, Projection projection, Population source, Population target)
        {
            RequireFinite($"{field}.mean", Mean);
            RequireFinite($"{field}.standardDeviation", StandardDeviation);
            if (StandardDeviation < 0) throw new NetworkException($"{field}.standardDeviation", $"{StandardDeviation}; at least 0");
            if (!(Low <= High)) throw new NetworkException(field, $"low {Low} is above high {High}");
            if (!(LargestMagnitude <= RealNeuronModel.MaxMagnitude))
                throw new NetworkException(field, $"draws may reach {LargestMagnitude:0}; give mean and standardDeviation, or low and high, that keep them within ±{RealNeuronModel.MaxMagnitude:0}");
            RequireStep($"{field}.step", Step, target);
            if (target.Model.HasIntegerWeights)
            {
                RequireAllowed($"{field}.low", Low, target);
                RequireAllowed($"{field}.high", High, target);
            }
        }

        internal override void WriteTo(CanonicalWriter writer) =>
            writer.Write(Name).Write(Mean).Write(StandardDeviation).Write(Low).Write(High).Write(Step);
    }

    /// <summary>See <see cref="Array(ImmutableArray{float})"/>.</summary>
    /// <param name="Values">The weights.</param>
    public sealed record ArrayWeight(ImmutableArray<float> Values) : Weight
    {
        private byte[]? _digest;

        /// <inheritdoc/>
        public override string Name => "array";

        /// <inheritdoc/>
        public override double LargestMagnitude => Values.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(Values.AsSpan()));

        internal override void Validate(string field, Projection projection, Population source, Population target)
        {
            if (projection.Connectivity is Connectivity.RandomConnectivity or Connectivity.FixedInDegreeConnectivity
                or Connectivity.FixedOutDegreeConnectivity)
                throw new NetworkException(field, $"an array for {projection.Connectivity.Name} synapses, whose order is not known; give a constant or a distribution");
            long expected = (long)projection.Connectivity.ExpectedSynapses(source.Size, target.Size);
            if (Values.Length != expected)
                throw new NetworkException(field, $"{Values.Length} weights for {expected} synapses");
            for (int i = 0; i < Values.Length; i++)
            {
                if (!IsAllowed(Values[i], target)) RequireAllowed($"{field}.values[{i}]", Values[i], target);
            }
        }

        internal override void WriteTo(CanonicalWriter writer)
        {
            _digest ??= System.Security.Cryptography.SHA256.HashData(MemoryMarshal.AsBytes(Values.AsSpan()));
            writer.Write(Name).Write(Values.Length).Write(_digest);
        }
    }
}
