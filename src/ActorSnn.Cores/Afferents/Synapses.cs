using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>One synapse, with indices in its populations.</summary>
internal readonly record struct Synapse(int Source, int Target, double Weight, int Delay);

/// <summary>
/// Draws connectivity, weights and delays. A synapse's number is its canonical place (source * targets + target for pairs of populations,
/// place in the list for given pairs, target * in-degree + k for a fixed in-degree) and everything random about it depends
/// on (seed, projection, number) alone: a core draws just its own share, and every placement draws the same network.
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

    /// <summary>The synapses of a projection that end on a slice, in the order of their source neuron, then of their number.</summary>
    public static List<Synapse> Onto(Network network, Projection projection, Slice slice)
    {
        int sources = network.Populations[projection.Source].Size;
        int targets = network.Populations[projection.Target].Size;
        var random = new CounterRandom(network.Seed, RandomPurpose.Connectivity, projection.Index);
        var synapses = new List<(long Number, Synapse Synapse)>();

        void Add(int source, int target, long number) => synapses.Add(
            (number, new Synapse(source, target, WeightOf(network, projection, number), DelayOf(network, projection, number))));

        switch (projection.Connectivity)
        {
            case Connectivity.DenseConnectivity or Connectivity.RandomConnectivity:
                double probability = projection.Connectivity is Connectivity.RandomConnectivity r ? r.Probability : 1;
                for (int source = 0; source < sources; source++)
                {
                    for (int target = slice.Start; target < slice.End; target++)
                    {
                        long number = (long)source * targets + target;
                        if (probability >= 1 || random.Uniform(number) < probability) Add(source, target, number);
                    }
                }
                break;
            case Connectivity.FixedInDegreeConnectivity { InDegree: var inDegree }:
                for (int target = slice.Start; target < slice.End; target++)
                {
                    for (int k = 0; k < inDegree; k++)
                    {
                        long number = (long)target * inDegree + k;
                        Add(random.Below(sources, number), target, number);
                    }
                }
                break;
            case Connectivity.PairsConnectivity { List: var list }:
                for (int i = 0; i < list.Length; i++)
                {
                    if (list[i].Target >= slice.Start && list[i].Target < slice.End) Add(list[i].Source, list[i].Target, i);
                }
                break;
            case Connectivity.OneToOneConnectivity:
                for (int i = slice.Start; i < slice.End; i++) Add(i, i, i);
                break;
            case Connectivity.OneToAllConnectivity:
                for (int i = slice.Start; i < slice.End; i++) Add(0, i, i);
                break;
        }
        return [.. synapses.OrderBy(s => s.Synapse.Source).ThenBy(s => s.Number).Select(s => s.Synapse)];
    }

    private static double Truncate(double value, double step) => step > 0 ? Math.Truncate(value / step) * step : value;
}
