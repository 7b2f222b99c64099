using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>Which neurons of the source population have a synapse onto which neurons of the target population.</summary>
public abstract record Connectivity
{
    private Connectivity() { }

    /// <summary>Every source neuron onto every target neuron.</summary>
    public static Connectivity Dense { get; } = new DenseConnectivity();

    /// <summary>Source neuron i onto target neuron i; both populations have the same size.</summary>
    public static Connectivity OneToOne { get; } = new OneToOneConnectivity();

    /// <summary>The single source neuron onto every target neuron.</summary>
    public static Connectivity OneToAll { get; } = new OneToAllConnectivity();

    /// <summary>
    /// Every pair independently with a probability, drawn from the network's seed: for target j the gaps between its sources are geometric, the n-th
    /// <c>floor(ln u * (1 / ln(1 - p)))</c> with u = (<see cref="CounterRandom.Word"/> n of stream j + 1/2) / 2^32.
    /// </summary>
    /// <param name="probability">Probability of a synapse, 0 to 1.</param>
    public static Connectivity Random(double probability) => new RandomConnectivity(probability);

    /// <summary>
    /// Every target neuron gets the same number of synapses from random source neurons (repeats allowed): the k-th source of target j is
    /// <c>floor(word * sources / 2^32)</c> with <see cref="CounterRandom.Word"/> j * in-degree + k of stream 0.
    /// </summary>
    /// <param name="inDegree">Synapses a target neuron receives.</param>
    public static Connectivity FixedInDegree(int inDegree) => new FixedInDegreeConnectivity(inDegree);

    /// <summary>
    /// Every source neuron gets the same number of synapses onto random target neurons (repeats allowed): the k-th target of source i is
    /// <c>floor(word * targets / 2^32)</c> with <see cref="CounterRandom.Word"/> i * out-degree + k of stream 0.
    /// </summary>
    /// <param name="outDegree">Synapses a source neuron makes.</param>
    public static Connectivity FixedOutDegree(int outDegree) => new FixedOutDegreeConnectivity(outDegree);

    /// <summary>The listed pairs; a pair listed twice is two synapses.</summary>
    /// <param name="pairs">(source, target) indices.</param>
    public static Connectivity Pairs(params ReadOnlySpan<(int Source, int Target)> pairs) => new PairsConnectivity([.. pairs]);

    /// <summary>Pairs of consecutive neurons: neuron source + k onto neuron target + k, for k below count.</summary>
    /// <param name="source">First source neuron.</param>
    /// <param name="target">First target neuron.</param>
    /// <param name="count">Number of pairs.</param>
    public static Connectivity Range(int source, int target, int count)
    {
        var pairs = new (int, int)[count];
        for (int i = 0; i < count; i++) pairs[i] = (source + i, target + i);
        return new PairsConnectivity(System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(pairs));
    }

    /// <summary>The kind's name, as it stands in files and tables.</summary>
    public abstract string Name { get; }

    /// <summary>Most synapses that end on one target neuron.</summary>
    public abstract double MostSynapsesOntoOne(int sourceSize);

    internal virtual void Validate(string field, Population source, Population target) { }

    internal virtual void WriteTo(CanonicalWriter writer) => writer.Write(Name);

    /// <summary>Number of synapses, exact where the kind fixes it and the expectation for <see cref="RandomConnectivity"/>.</summary>
    /// <param name="sourceSize">Neurons of the source population.</param>
    /// <param name="targetSize">Neurons of the target population.</param>
    public abstract double ExpectedSynapses(int sourceSize, int targetSize);

    /// <summary>See <see cref="Dense"/>.</summary>
    public sealed record DenseConnectivity : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "dense";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize) => sourceSize;

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => (double)sourceSize * targetSize;
    }

    /// <summary>See <see cref="OneToOne"/>.</summary>
    public sealed record OneToOneConnectivity : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "one-to-one";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize) => 1;

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => targetSize;

        internal override void Validate(string field, Population source, Population target)
        {
            if (source.Size != target.Size)
                throw new NetworkException($"{field}.connectivity",
                    $"one-to-one from {source.Size} neurons onto {target.Size}; the populations must have the same size");
        }
    }

    /// <summary>See <see cref="OneToAll"/>.</summary>
    public sealed record OneToAllConnectivity : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "one-to-all";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize) => 1;

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => targetSize;

        internal override void Validate(string field, Population source, Population target)
        {
            if (source.Size != 1)
                throw new NetworkException($"{field}.connectivity", $"one-to-all from {source.Size} neurons; the source must be a single one");
        }
    }

    /// <summary>See <see cref="Random"/>.</summary>
    /// <param name="Probability">Probability of each pair.</param>
    public sealed record RandomConnectivity(double Probability) : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "random";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize) => sourceSize;

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => Probability * sourceSize * targetSize;

        internal override void Validate(string field, Population source, Population target)
        {
            if (!(Probability is >= 0 and <= 1))
                throw new NetworkException($"{field}.connectivity.probability", $"{Probability} is not a probability; give 0 to 1");
        }

        internal override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Probability);
    }

    /// <summary>See <see cref="FixedInDegree"/>.</summary>
    /// <param name="InDegree">Synapses a target neuron.</param>
    public sealed record FixedInDegreeConnectivity(int InDegree) : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "fixed-in-degree";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize) => InDegree;

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => (double)InDegree * targetSize;

        internal override void Validate(string field, Population source, Population target)
        {
            if (InDegree < 0)
                throw new NetworkException($"{field}.connectivity.inDegree", $"{InDegree}; at least 0");
        }

        internal override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(InDegree);
    }

    /// <summary>See <see cref="FixedOutDegree"/>.</summary>
    /// <param name="OutDegree">Synapses a source neuron.</param>
    public sealed record FixedOutDegreeConnectivity(int OutDegree) : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "fixed-out-degree";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize) => (double)OutDegree * sourceSize;

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => (double)OutDegree * sourceSize;

        internal override void Validate(string field, Population source, Population target)
        {
            if (OutDegree < 0)
                throw new NetworkException($"{field}.connectivity.outDegree", $"{OutDegree}; at least 0");
        }

        internal override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(OutDegree);
    }

    /// <summary>See <see cref="Pairs"/>.</summary>
    /// <param name="List">The pairs.</param>
    public sealed record PairsConnectivity(ImmutableArray<(int Source, int Target)> List) : Connectivity
    {
        /// <inheritdoc/>
        public override string Name => "pairs";

        /// <inheritdoc/>
        public override double MostSynapsesOntoOne(int sourceSize)
        {
            var targets = new int[List.Length];
            for (int i = 0; i < targets.Length; i++) targets[i] = List[i].Target;
            Array.Sort(targets);
            int most = 0;
            for (int i = 0, first = 0; i < targets.Length; i++)
            {
                if (targets[i] != targets[first]) first = i;
                most = Math.Max(most, i - first + 1);
            }
            return most;
        }

        /// <inheritdoc/>
        public override double ExpectedSynapses(int sourceSize, int targetSize) => List.Length;

        internal override void Validate(string field, Population source, Population target)
        {
            for (int i = 0; i < List.Length; i++)
            {
                if ((uint)List[i].Source >= (uint)source.Size)
                    throw new NetworkException($"{field}.connectivity.pairs[{i}]", $"source {List[i].Source} in a population of {source.Size}");
                if ((uint)List[i].Target >= (uint)target.Size)
                    throw new NetworkException($"{field}.connectivity.pairs[{i}]", $"target {List[i].Target} in a population of {target.Size}");
            }
        }

        internal override void WriteTo(CanonicalWriter writer)
        {
            writer.Write(Name).Write(List.Length);
            foreach (var (source, target) in List) writer.Write(source).Write(target);
        }
    }
}
