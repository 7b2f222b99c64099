namespace ActorSnn.Networks;

/// <summary>
/// The bits of stored weights, counted from the lowest.
/// <list type="bullet">
/// <item>Under <see cref="HebbianCoincidence"/>: 8, the weight over 2 as a signed byte.</item>
/// <item>Fixed, dense, one delay, onto integer neurons, where all weights are bytes or twice bytes: 8, the signed byte.</item>
/// <item>Fixed, onto real-valued neurons: 24, a signed number in units of the projection's largest magnitude over 2^23 - 1.</item>
/// <item>Under <see cref="PairStdp"/>: 32, an IEEE single; what it becomes is moved into the rule's bounds, by its sign where it is no number.</item>
/// <item>Dense, onto composite and winner-take-all neurons: 32, a signed number of weight units.</item>
/// <item>Under <see cref="SpikeTimingGradient"/>: 32, an IEEE single; what is no finite number becomes the largest of its sign.</item>
/// <item>Fixed, onto neurons that tell by their first spike: 1 where only signs act, set for -1; else 32, an IEEE single. None where all weights are the same.</item>
/// <item>Others have none: integer weights that are wider than a byte or not dense with one delay.</item>
/// </list>
/// </summary>
public static class WeightBits
{
    /// <summary>Most bits of a weight.</summary>
    public const int Most = 32;

    /// <summary>Bits of a weight onto real-valued neurons that does not learn.</summary>
    public const int FixedPoint = 24;

    internal const string Supported =
        "integer weights have some where they are dense, of one delay and fit a byte or twice a byte; all weights onto real-valued neurons have";

    /// <summary>How many bits each weight of a projection has; 0 for none that can break.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="target">The population it ends on.</param>
    public static int Of(Projection projection, Population target) => (projection.Learning, target.Model) switch
    {
        (HebbianCoincidence, _) => 8,
        (PairStdp, _) => 32,
        (SpikeCoincidence, _) or (null, SteppedNeuronModel) when projection.Connectivity is Connectivity.DenseConnectivity => 32,
        (SpikeTimingGradient, _) => 32,
        (null, FirstSpikeModel) when projection.Weight is Weight.ConstantWeight => 0,
        (null, FirstSpikeModel { Form: SynapseForm.Sign }) when projection.Connectivity is Connectivity.DenseConnectivity => 1,
        (null, FirstSpikeModel) => 32,
        (null, RealNeuronModel) => FixedPoint,
        (null, GatedThresholdNeuron) when projection is { Connectivity: Connectivity.DenseConnectivity, Delay: Delay.ConstantDelay }
            && DenseFormat.Of(projection.Weight).BytesPerSynapse == 1 => 8,
        _ => 0,
    };
}
