namespace ActorSnn.Learning.Sbp;

/// <summary>The three ways to read a class from the output layer, as fractions of correct samples.</summary>
/// <param name="Exact">The whole spike vector equals the one-hot code of the label.</param>
/// <param name="Spikes">Lowest-numbered output that spikes; class 0 when none does.</param>
/// <param name="Potential">Output of the highest potential; the lowest-numbered of equals.</param>
public sealed record SbpAccuracy(double Exact, double Spikes, double Potential)
{
    /// <summary>Scores recorded answers.</summary>
    /// <param name="spikes">For each sample whether each output spiked, [samples, outputs].</param>
    /// <param name="potentials">For each sample the potential of each output, [samples, outputs].</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="outputs">Number of outputs.</param>
    public static SbpAccuracy Of(ReadOnlySpan<bool> spikes, ReadOnlySpan<float> potentials, ReadOnlySpan<byte> labels, int outputs)
    {
        int exact = 0, bySpikes = 0, byPotential = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var spiked = spikes.Slice(i * outputs, outputs);
            int first = Math.Max(0, spiked.IndexOf(true));
            if (first == labels[i])
            {
                bySpikes++;
                if (spiked.Count(true) == 1) exact++;
            }
            var potential = potentials.Slice(i * outputs, outputs);
            int best = 0;
            for (int k = 1; k < outputs; k++)
            {
                if (potential[k] > potential[best]) best = k;
            }
            if (best == labels[i]) byPotential++;
        }
        double samples = Math.Max(1, labels.Length);
        return new SbpAccuracy(exact / samples, bySpikes / samples, byPotential / samples);
    }
}
