using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>What a single sample teaches moves spikes where they should go: weights and threshold of a neuron pull the same way, and it does not go the other.</summary>
public class BstdgSignTests
{
    private const int Steps = 8;
    private const int Margin = 2;
    private static readonly int[] Sizes = [40, 30, 3];

    [Theory]
    [InlineData(SynapseForm.Sign)]
    [InlineData(SynapseForm.Real)]
    public void Spikes_that_came_too_early_get_a_higher_threshold_and_less_weight_and_come_no_earlier_and_the_other_way_round(SynapseForm form)
    {
        var options = new BstdgOptions
        {
            Steps = Steps, Margin = Margin, Shift = 0, Form = form, BackwardForm = form, Bound = 10, LeastThreshold = 1e-3, ThresholdRate = 0.2, First = new BstdgLayer(1, -1, 1.3, 3), Second = new BstdgLayer(1, -1, 1.3, 3),
        };
        var moved = new int[2, 3];
        for (int seed = 1; seed <= 60; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, 1, options);
            var learned = trial.Learn()[0];
            var before = trial.Infer();
            int label = trial.Labels[0], first = before.Output[0].Min();
            for (int layer = 1; layer <= 2; layer++)
            {
                // What one layer has learned, with the other as it was.
                LayerWeights Of(int l) => l == layer ? learned : trial.Weights;
                var after = (trial with { Weights = new LayerWeights(Sizes, [Of(1).Weights(1), Of(2).Weights(2)], [Of(1).Biases(1), Of(2).Biases(2)]) }).Infer();
                int[] inputs = layer == 1 ? trial.InputTimes(0) : before.Hidden[0];
                for (int j = 0; j < Sizes[layer]; j++)
                {
                    string where = $"seed {seed}, layer {layer}, neuron {j}";
                    int time = before.Of(layer)[0][j], moves = after.Of(layer)[0][j];
                    int direction = Math.Sign(Change(trial.Weights, learned, layer, j));
                    int wanted = layer == 2
                        ? j == label ? (time > first || first == Steps ? -1 : 0) : first < Steps && time - first < Margin && time < Steps ? 1 : 0
                        : HiddenDirection(trial.Weights, learned, before, j, form) ?? direction;
                    Assert.True(direction == wanted, $"{where}: threshold moves {direction}, should {wanted}");
                    for (int i = 0; i < inputs.Length; i++)
                    {
                        int synapse = i * Sizes[layer] + j;
                        int change = Math.Sign(learned.Weights(layer)[synapse] - trial.Weights.Weights(layer)[synapse]);
                        Assert.True(change == (inputs[i] < time && inputs[i] < Steps - 1 ? -direction : 0), $"{where}: threshold moves {direction}, weight of input at {inputs[i]} {change}; spike at {time}");
                    }
                    Assert.True(direction == 0 ? moves == time : direction * (moves - time) >= 0, $"{where}: threshold moves {direction}, spike from {time} to {moves}");
                    if (moves != time) moved[layer - 1, direction + 1]++;
                }
            }
        }
        foreach (int direction in (int[])[0, 2]) Assert.True(moved[0, direction] > 5 && moved[1, direction] > 5, $"too few spikes move {(direction == 0 ? "forward" : "back")}: {moved[0, direction]} hidden, {moved[1, direction]} of the readout");
    }

    private static double Change(LayerWeights old, LayerWeights learned, int layer, int neuron) => (double)old.Biases(layer)[neuron] - learned.Biases(layer)[neuron];

    /// <summary>Where the errors of the outputs, seen through the weights, want a hidden neuron; null where they cancel.</summary>
    private static int? HiddenDirection(LayerWeights weights, LayerWeights learned, BstdgTimes times, int neuron, SynapseForm form)
    {
        double sum = 0;
        int time = times.Hidden[0][neuron];
        for (int k = 0; k < Sizes[2]; k++)
        {
            float weight = weights.Weights(2)[neuron * Sizes[2] + k];
            if (time < times.Output[0][k] && time < Steps - 1) sum += Change(weights, learned, 2, k) * (form == SynapseForm.Real ? weight : weight >= 0 ? 1 : -1);
        }
        return sum == 0 ? 0 : Math.Abs(sum) < 1e-4 ? null : Math.Sign(sum);
    }
}
