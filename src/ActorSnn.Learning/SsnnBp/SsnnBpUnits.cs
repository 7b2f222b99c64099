using System.Collections.Immutable;
using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>
/// Weight units and quanta of one layer. A coincidence changes a weight by <c>eps = rate boost / (N gain)</c>, where boost is 1 but above dropout, where it is 1 / (1 - p)^2 because weights
/// are held as they act, over 1 - p. Units are the quantum of the smallest rate, halved until they are at most 2^-16.
/// </summary>
/// <param name="Unit">What a weight unit stands for.</param>
/// <param name="Quanta">Size of a change by step.</param>
/// <param name="Bound">Largest magnitude of a weight, in units: sums of all inputs fit 32 bits, forward and backward.</param>
/// <param name="DecayRate">Probability of a decay by one quantum in a step, per unit of weight.</param>
internal sealed record SsnnBpUnits(double Unit, ImmutableArray<StepQuantum> Quanta, int Bound, double DecayRate)
{
    private const double LargestUnit = 1.0 / 65536;

    /// <summary>Units of a layer.</summary>
    /// <param name="options">The network.</param>
    /// <param name="layer">1 for the first hidden layer, up to the output.</param>
    /// <param name="sources">Neurons of the layer before.</param>
    /// <param name="targets">Neurons of the layer.</param>
    /// <param name="stepsOfPass">Steps of one pass over the samples.</param>
    public static SsnnBpUnits Of(SsnnBpOptions options, int layer, int sources, int targets, long stepsOfPass)
    {
        double keep = 1 - options.Dropout;
        double boost = layer < 2 ? 1 : 1 / (keep * keep);
        double gain = layer > options.Hidden.Length ? 1 : options.Gain;
        double quantum = options.Rate.Rate * boost / (options.TrainLength * gain);
        double unit = quantum * options.Rate.SmallestFactor;
        int least = 1;
        while (unit > LargestUnit)
        {
            unit /= 2;
            least *= 2;
        }
        var quanta = ImmutableArray.CreateBuilder<StepQuantum>();
        for (int pass = 0; pass < options.Rate.Passes; pass++)
        {
            int units = (int)Math.Round(options.Rate.FactorOf(pass) / options.Rate.SmallestFactor) * least;
            if (quanta.Count == 0 || quanta[^1].Units != units) quanta.Add(new StepQuantum(pass * stepsOfPass, units));
        }
        // Forward with the bias; backward sums are made onto hidden layers only.
        int inputs = Math.Max(sources + 1, layer > 1 ? targets : 0);
        return new SsnnBpUnits(unit, quanta.ToImmutable(), int.MaxValue / inputs, options.L2 * gain / boost);
    }
}
