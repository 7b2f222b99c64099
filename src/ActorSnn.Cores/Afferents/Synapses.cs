using System.Numerics;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>One synapse, with indices in its populations.</summary>
internal readonly record struct Synapse(int Source, int Target, double Weight, int Delay);

/// <summary>Who wants to see synapses as they are drawn. A struct, so that the drawing loops are compiled for it.</summary>
internal interface ISynapseVisitor
{
    /// <param name="source">Index in the source population.</param>
    /// <param name="target">Index in the target population.</param>
    /// <param name="number">The synapse's number; see <see cref="Synapses"/>.</param>
    void Visit(int source, int target, long number);
}

/// <summary>
/// Draws connectivity, weights and delays. A synapse's number is its canonical place (source * targets + target for pairs of populations,
/// place in the list for given pairs, target * in-degree + k for a fixed in-degree, source * out-degree + k for a fixed out-degree) and everything random
/// about it depends on (seed, projection, number) alone: a core draws just its own share, and every placement draws the same network.
/// </summary>
internal static class Synapses
{
    /// <summary>Weight of the synapse of that number.</summary>
    public static double WeightOf(Network network, Projection projection, long number)
    {
        switch (projection.Weight)
        {
            case Weight.ConstantWeight constant:
                return constant.Value;
            case Weight.ArrayWeight array:
                return array.Values[(int)number];
            case Weight.UniformWeight uniform:
                double u = new CounterRandom(network.Seed, RandomPurpose.Weight, projection.Index).Uniform(number);
                return Truncate(uniform.Low + u * (uniform.High - uniform.Low), uniform.Step);
            case Weight.NormalWeight normal:
                double z = new CounterRandom(network.Seed, RandomPurpose.Weight, projection.Index).Normal(number);
                return Truncate(Math.Clamp(normal.Mean + z * normal.StandardDeviation, normal.Low, normal.High), normal.Step);
            default:
                throw new ArgumentException($"weights of kind {projection.Weight.Name}", nameof(projection));
        }
    }

    /// <summary>Delay of the synapse of that number, in ticks.</summary>
    public static int DelayOf(Network network, Projection projection, long number) => projection.Delay is Delay.UniformDelay uniform
        ? uniform.Low + new CounterRandom(network.Seed, RandomPurpose.Delay, projection.Index).Below(uniform.High - uniform.Low + 1, number)
        : projection.Delay.Min;

    /// <summary>
    /// Shows the synapses of a projection that end on a slice. By source neuron, then number, or by target neuron, then source: within the
    /// synapses of one source neuron the numbers always ascend.
    /// </summary>
    public static void Draw<TVisitor>(Network network, Projection projection, Slice slice, ref TVisitor visitor)
        where TVisitor : struct, ISynapseVisitor, allows ref struct
    {
        int sources = network.Populations[projection.Source].Size;
        int targets = network.Populations[projection.Target].Size;
        var random = new CounterRandom(network.Seed, RandomPurpose.Connectivity, projection.Index);
        switch (projection.Connectivity)
        {
            case Connectivity.DenseConnectivity or Connectivity.RandomConnectivity { Probability: >= 1 }:
                for (int source = 0; source < sources; source++)
                {
                    for (int target = slice.Start; target < slice.End; target++) visitor.Visit(source, target, (long)source * targets + target);
                }
                break;
            case Connectivity.RandomConnectivity { Probability: var probability }:
                // Below 2^-54 nothing is left of it in 1 - p; there are not as many pairs.
                if (1 - probability < 1) DrawRandom(random, probability, sources, targets, slice, ref visitor);
                break;
            case Connectivity.FixedInDegreeConnectivity { InDegree: var inDegree }:
                var into = new WordReader(random, (long)slice.Start * inDegree);
                for (int target = slice.Start; target < slice.End; target++)
                {
                    for (int k = 0; k < inDegree; k++)
                        visitor.Visit((int)((ulong)into.Next() * (uint)sources >> 32), target, (long)target * inDegree + k);
                }
                break;
            case Connectivity.FixedOutDegreeConnectivity { OutDegree: var outDegree }:
                DrawOutgoing(random, outDegree, sources, targets, slice, ref visitor);
                break;
            case Connectivity.PairsConnectivity { List: var list }:
                for (int i = 0; i < list.Length; i++)
                {
                    if (list[i].Target >= slice.Start && list[i].Target < slice.End) visitor.Visit(list[i].Source, list[i].Target, i);
                }
                break;
            case Connectivity.OneToOneConnectivity:
                for (int i = slice.Start; i < slice.End; i++) visitor.Visit(i, i, i);
                break;
            case Connectivity.OneToAllConnectivity:
                for (int i = slice.Start; i < slice.End; i++) visitor.Visit(0, i, i);
                break;
        }
    }

    /// <summary>The synapses of a projection that end on a slice, in the order of their source neuron, then of their number.</summary>
    public static List<Synapse> Onto(Network network, Projection projection, Slice slice)
    {
        return [.. Numbered(network, projection, slice).OrderBy(s => s.Source).ThenBy(s => s.Number).Select(
            s => new Synapse(s.Source, s.Target, WeightOf(network, projection, s.Number), DelayOf(network, projection, s.Number)))];
    }

    /// <summary>The synapses of a projection that end on a slice, as they are drawn.</summary>
    public static List<(int Source, int Target, long Number)> Numbered(Network network, Projection projection, Slice slice)
    {
        var visitor = new Collector([]);
        Draw(network, projection, slice, ref visitor);
        return visitor.Found;
    }

    private static void DrawRandom<TVisitor>(
        CounterRandom random, double probability, int sources, int targets, Slice slice, ref TVisitor visitor)
        where TVisitor : struct, ISynapseVisitor, allows ref struct
    {
        double scale = 1 / PortableMath.Log(1 - probability);
        Span<uint> words = stackalloc uint[CounterRandom.GroupSize];
        Span<double> gaps = stackalloc double[CounterRandom.GroupSize];
        for (int target = slice.Start; target < slice.End; target++)
        {
            double source = -1;
            for (long group = 0; source < sources; group++)
            {
                random.Fill(target, group, words);
                ConnectivityKernels.Gaps(words, scale, gaps);
                foreach (double gap in gaps)
                {
                    source += 1 + gap;
                    if (source >= sources) break;
                    visitor.Visit((int)source, target, (long)source * targets + target);
                }
            }
        }
    }

    private static void DrawOutgoing<TVisitor>(
        CounterRandom random, int outDegree, int sources, int targets, Slice slice, ref TVisitor visitor)
        where TVisitor : struct, ISynapseVisitor, allows ref struct
    {
        Span<uint> words = stackalloc uint[CounterRandom.GroupSize];
        long total = (long)sources * outDegree;
        int source = 0;
        long end = outDegree; // of the source's words
        for (long group = 0; group * CounterRandom.GroupSize < total; group++)
        {
            long first = group * CounterRandom.GroupSize;
            random.Fill(0, group, words);
            ulong within = ConnectivityKernels.Scale(words, (uint)targets, (uint)slice.Start, (uint)slice.Count);
            if (total - first < CounterRandom.GroupSize) within &= (1UL << (int)(total - first)) - 1;
            for (; within != 0; within &= within - 1)
            {
                int place = BitOperations.TrailingZeroCount(within);
                for (; first + place >= end; end += outDegree) source++;
                visitor.Visit(source, (int)words[place], first + place);
            }
        }
    }

    private static double Truncate(double value, double step) => step > 0 ? Math.Truncate(value / step) * step : value;

    /// <summary>The words of stream 0 from a number on.</summary>
    private sealed class WordReader(CounterRandom random, long number)
    {
        private readonly uint[] _words = new uint[CounterRandom.GroupSize];
        private long _group = number / CounterRandom.GroupSize - 1;
        private int _place = CounterRandom.GroupSize;
        private int _skip = (int)(number % CounterRandom.GroupSize);

        public uint Next()
        {
            if (_place == CounterRandom.GroupSize) Refill();
            return _words[_place++];
        }

        private void Refill()
        {
            random.Fill(0, ++_group, _words);
            _place = _skip;
            _skip = 0;
        }
    }

    private readonly struct Collector(List<(int Source, int Target, long Number)> found) : ISynapseVisitor
    {
        public List<(int Source, int Target, long Number)> Found { get; } = found;

        public void Visit(int source, int target, long number) => Found.Add((source, target, number));
    }
}
