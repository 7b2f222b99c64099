using System.Collections.Immutable;
using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>What the output layer answered to each sample of a set, and how good that is.</summary>
/// <param name="Classes">For each sample the output that won most steps; of equals that of the larger potential at the last step, then the lower class.</param>
/// <param name="Accuracy">Fraction of correct samples.</param>
/// <param name="Loss">Cross-entropy of the softmax of the potentials at the last step, averaged over the samples.</param>
public sealed record SsnnBpAnswers(ImmutableArray<int> Classes, double Accuracy, double Loss)
{
    /// <summary>Reads and scores recorded outputs.</summary>
    /// <param name="wins">For each sample the steps that each output won, [samples, outputs].</param>
    /// <param name="potentials">For each sample the potential of each output at the last step, [samples, outputs].</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="outputs">Number of outputs.</param>
    public static SsnnBpAnswers Of(ReadOnlySpan<int> wins, ReadOnlySpan<float> potentials, ReadOnlySpan<byte> labels, int outputs)
    {
        int right = 0;
        double loss = 0;
        var classes = new int[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var won = wins.Slice(i * outputs, outputs);
            var potential = potentials.Slice(i * outputs, outputs);
            int best = 0;
            double highest = potential[0];
            for (int k = 1; k < outputs; k++)
            {
                if (won[k] > won[best] || (won[k] == won[best] && potential[k] > potential[best])) best = k;
                highest = Math.Max(highest, potential[k]);
            }
            double sum = 0;
            foreach (float v in potential) sum += PortableMath.Exp(v - highest);
            loss += PortableMath.Log(sum) - (potential[labels[i]] - highest);
            classes[i] = best;
            if (best == labels[i]) right++;
        }
        double samples = Math.Max(1, labels.Length);
        return new SsnnBpAnswers([.. classes], right / samples, loss / samples);
    }
}
