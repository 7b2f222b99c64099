using System.Collections.Immutable;

namespace ActorSnn.Learning.Sbp;

/// <summary>What the output layer answered to each sample of a set, and how good that is.</summary>
/// <param name="BySpikes">For each sample the lowest-numbered output that spiked; <see cref="None"/> when none did.</param>
/// <param name="ByPotential">For each sample the output of the highest potential; the lowest-numbered of equals.</param>
/// <param name="Accuracy">Fractions of correct samples.</param>
/// <param name="Loss">
/// How far outputs lie on the wrong side of the threshold: the distance between potential and threshold, summed over the outputs that answer wrongly (silent but
/// the label's, or spiking but another's), averaged over the samples; 1024 weight units count as 1.
/// </param>
public sealed record SbpAnswers(ImmutableArray<int> BySpikes, ImmutableArray<int> ByPotential, SbpAccuracy Accuracy, double Loss)
{
    /// <summary>Stands for no output.</summary>
    public const int None = -1;

    private const double UnitsPerOne = 1024;

    /// <summary>Reads and scores recorded outputs.</summary>
    /// <param name="spikes">For each sample whether each output spiked, [samples, outputs].</param>
    /// <param name="potentials">For each sample the potential of each output in weight units, [samples, outputs].</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="outputs">Number of outputs.</param>
    public static SbpAnswers Of(ReadOnlySpan<bool> spikes, ReadOnlySpan<float> potentials, ReadOnlySpan<byte> labels, int outputs)
    {
        int exact = 0, rightBySpikes = 0, rightByPotential = 0;
        double loss = 0;
        var bySpikes = new int[labels.Length];
        var byPotential = new int[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var spiked = spikes.Slice(i * outputs, outputs);
            bySpikes[i] = spiked.IndexOf(true); // -1 for none
            if (Math.Max(0, bySpikes[i]) == labels[i])
            {
                rightBySpikes++;
                if (spiked.Count(true) == 1) exact++;
            }
            var potential = potentials.Slice(i * outputs, outputs);
            for (int k = 0; k < outputs; k++)
            {
                if (potential[k] > potential[byPotential[i]]) byPotential[i] = k;
                double above = potential[k] - SbpCircuit.Threshold;
                loss += Math.Max(0, k == labels[i] ? -above : above);
            }
            if (byPotential[i] == labels[i]) rightByPotential++;
        }
        double samples = Math.Max(1, labels.Length);
        return new SbpAnswers([.. bySpikes], [.. byPotential], new SbpAccuracy(exact / samples, rightBySpikes / samples, rightByPotential / samples),
            loss / UnitsPerOne / samples);
    }
}
