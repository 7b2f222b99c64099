using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>
/// The times that outputs should have had, and the errors that follow. One input drives one hidden neuron drives one output, so that an output's time is its input's plus 2; with a threshold rate of 1 the errors are what the thresholds of
/// the readout change by.
/// </summary>
public class BstdgTargetTests
{
    private const int Outputs = 3;

    [Theory]
    [InlineData("all silent", 2, new[] { 8, 8, 8 }, 1, new[] { 8, 6, 8 })]
    [InlineData("all silent, the margin nearly all steps", 7, new[] { 8, 8, 8 }, 0, new[] { 1, 8, 8 })]
    [InlineData("the class is first by more than the margin", 2, new[] { 3, 6, 8 }, 0, new[] { 3, 6, 8 })]
    [InlineData("the class is first by the margin", 2, new[] { 3, 5, 5 }, 0, new[] { 3, 5, 5 })]
    [InlineData("the class is first by less than the margin", 2, new[] { 3, 4, 6 }, 0, new[] { 3, 5, 6 })]
    [InlineData("a tie of the class with another", 1, new[] { 4, 4, 7 }, 1, new[] { 5, 4, 7 })]
    [InlineData("a tie of two others", 2, new[] { 4, 4, 7 }, 2, new[] { 6, 6, 4 })]
    [InlineData("a tie of all", 3, new[] { 2, 2, 2 }, 0, new[] { 2, 5, 5 })]
    [InlineData("the class is later", 2, new[] { 5, 3, 4 }, 0, new[] { 3, 5, 5 })]
    [InlineData("the class is silent", 2, new[] { 8, 2, 6 }, 0, new[] { 2, 4, 6 })]
    [InlineData("targets end with the sample", 2, new[] { 7, 7, 8 }, 0, new[] { 7, 8, 8 })]
    [InlineData("targets end with the sample, far beyond", 7, new[] { 6, 5, 7 }, 0, new[] { 5, 8, 8 })]
    public void Errors_lead_to_the_targets(string name, int margin, int[] times, int label, int[] targets)
    {
        var learned = Learn(8, margin, [(times, label)]);
        Assert.True(Same(Errors(times, targets), learned.Single()), $"{name}: {string.Join(' ', learned.Single())}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Errors_are_right_for_all_times_that_three_outputs_can_have(int margin)
    {
        const int Steps = 6;
        var samples = new List<(int[] Times, int Label)>();
        for (int a = 2; a <= Steps; a++)
        {
            for (int b = 2; b <= Steps; b++)
            {
                for (int c = 2; c <= Steps; c++)
                {
                    for (int label = 0; label < Outputs; label++) samples.Add(([a, b, c], label));
                }
            }
        }
        var learned = Learn(Steps, margin, samples);
        for (int n = 0; n < samples.Count; n++)
        {
            var (times, label) = samples[n];
            int first = times.Min();
            var targets = new int[Outputs];
            for (int k = 0; k < Outputs; k++)
            {
                if (first == Steps) targets[k] = k == label ? Steps - margin : Steps;
                else if (k == label) targets[k] = first;
                else targets[k] = times[k] - first < margin ? Math.Min(first + margin, Steps) : times[k];
            }
            Assert.True(Same(Errors(times, targets), learned[n]), $"margin {margin}, times {string.Join(' ', times)}, class {label}: {string.Join(' ', learned[n])}");
        }
    }

    /// <summary>Target less time, of norm 1 where any differs.</summary>
    private static double[] Errors(int[] times, int[] targets)
    {
        double norm = Math.Sqrt(times.Zip(targets, (t, target) => (double)(target - t) * (target - t)).Sum());
        return [.. times.Zip(targets, (t, target) => norm == 0 ? 0 : (target - t) / norm)];
    }

    private static bool Same(double[] expected, double[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a) < 1e-3 && (e != 0 || a == 0)).All(same => same);

    /// <summary>For each sample by how much the thresholds of the readout change.</summary>
    private static List<double[]> Learn(int steps, int margin, IReadOnlyList<(int[] Times, int Label)> samples)
    {
        // Weights so large that no threshold comes near them or 0, whatever the samples teach.
        const float Weight = 100_000, Threshold = 1000;
        var options = new BstdgOptions
        {
            Hidden = Outputs, Steps = steps, Margin = margin, Shift = 0, Form = SynapseForm.Real, BackwardForm = SynapseForm.Real, Bound = Weight, ThresholdRate = 1,
            First = new BstdgLayer(0, 0, 0, Threshold), Second = new BstdgLayer(0, 0, 0, Threshold),
        };
        float[] Identity() => [.. Enumerable.Range(0, Outputs * Outputs).Select(i => i / Outputs == i % Outputs ? Weight : 0)];
        float[] Biases() => [.. Enumerable.Repeat(-Threshold, Outputs)];
        var frames = new IntensityFrames(samples.Count, Outputs, [.. samples.SelectMany(s => s.Times.Select(t => t == steps ? (byte)0 : LatencySource.IntensityOf(t - 2, steps)))]);
        var trial = new BstdgTrial(new LayerWeights([Outputs, Outputs, Outputs], [Identity(), Identity()], [Biases(), Biases()]), frames, [.. samples.Select(s => (byte)s.Label)], options);
        Assert.Equal(samples.Select(s => s.Times), trial.Train().Output);
        float[] before = trial.Weights.Biases(2);
        var changes = new List<double[]>();
        foreach (var learned in trial.Learn())
        {
            changes.Add([.. before.Zip(learned.Biases(2), (old, now) => (double)old - now)]);
            before = learned.Biases(2);
        }
        return changes;
    }
}
