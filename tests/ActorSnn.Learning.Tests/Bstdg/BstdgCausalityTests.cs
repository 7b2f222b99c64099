using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>What a neuron's spike time depends on, and what it learns on, are the same inputs: those that had been added when it crossed its threshold.</summary>
public class BstdgCausalityTests
{
    private const int Seeds = 20;
    private static readonly int[] Sizes = [40, 30, 4];

    private static BstdgOptions Options(int steps, TimingWindow window = TimingWindow.Step) => new()
    {
        Steps = steps, Margin = 2, Shift = 0, Bound = 10, LeastThreshold = 1e-3, ThresholdRate = 0.01, Window = window, First = new BstdgLayer(0.1, -1, 1.3, 3), Second = new BstdgLayer(0.1, -1, 1.3, 3),
    };

    /// <summary>Whether an input was added while its target could still cross, and had not.</summary>
    private static bool IsCausal(int input, int target, int steps) => input < target && input <= steps - 2;

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Inputs_that_come_later_or_not_at_all_change_no_spike_before_them(int steps)
    {
        int kept = 0, lost = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, 1, Options(steps));
            var times = trial.Infer();
            int[] inputs = trial.InputTimes(0);
            // Cut at step c: in sample 2 (c - 1) what comes in step c or later is taken away, in the one after it is drawn anew from step c on.
            var random = new Random(seed);
            byte[] bytes = new byte[2 * (steps - 1) * Sizes[0]];
            for (int c = 1; c < steps; c++)
            {
                for (int i = 0; i < Sizes[0]; i++)
                {
                    bytes[2 * (c - 1) * Sizes[0] + i] = inputs[i] < c ? trial.Frames[0][i] : (byte)0;
                    bytes[(2 * c - 1) * Sizes[0] + i] = inputs[i] < c ? trial.Frames[0][i] : LatencySource.IntensityOf(random.Next(c, steps + 1), steps);
                }
            }
            int samples = 2 * (steps - 1);
            var changed = (trial with { Frames = new IntensityFrames(samples, Sizes[0], bytes), Labels = new byte[samples] }).Infer();
            foreach (int layer in (int[])[1, 2])
            {
                for (int c = 1; c < steps; c++)
                {
                    // What happens in step c is seen in the stamps of the hidden layer after c, in those of the readout after c + 1.
                    int last = c + layer - 1;
                    for (int j = 0; j < Sizes[layer]; j++)
                    {
                        int time = times.Of(layer)[0][j];
                        bool isEarlier = time <= last;
                        int without = changed.Of(layer)[2 * (c - 1)][j], later = changed.Of(layer)[2 * c - 1][j];
                        string where = $"seed {seed}, layer {layer}, neuron {j}, cut at {c}";
                        Assert.True(without == (isEarlier ? time : steps), $"{where}: {time} becomes {without}");
                        Assert.True(isEarlier ? later == time : later > last, $"{where}: {time} becomes {later}");
                        if (time == steps) continue;
                        if (isEarlier) kept++;
                        else lost++;
                    }
                }
            }
        }
        Assert.True(kept > 500 && lost > 500, $"{kept} spikes before a cut, {lost} after it: too few");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void The_inputs_before_a_spike_reach_the_threshold_and_no_fewer(int steps)
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, 1, Options(steps));
            var times = trial.Infer();
            foreach (int layer in (int[])[1, 2])
            {
                int[] inputs = layer == 1 ? trial.InputTimes(0) : times.Hidden[0];
                for (int j = 0; j < Sizes[layer]; j++)
                {
                    int time = times.Of(layer)[0][j];
                    float threshold = -trial.Weights.Biases(layer)[j];
                    int Sum(Func<int, bool> isIn) => Enumerable.Range(0, inputs.Length).Where(i => isIn(inputs[i])).Sum(i => trial.Weights.Weights(layer)[i * Sizes[layer] + j] >= 0 ? 1 : -1);
                    string where = $"seed {seed}, layer {layer}, neuron {j}, time {time}";
                    Assert.True(time == steps || Sum(t => IsCausal(t, time, steps)) >= threshold, where);
                    for (int earlier = 1; earlier < time; earlier++) Assert.True(Sum(t => IsCausal(t, earlier, steps)) < threshold, where);
                }
            }
        }
    }

    [Theory]
    [InlineData(TimingWindow.Step, 8)]
    [InlineData(TimingWindow.Exp, 8)]
    [InlineData(TimingWindow.Linear, 8)]
    [InlineData(TimingWindow.Step, 16)]
    public void Just_the_weights_of_inputs_before_the_spike_change(TimingWindow window, int steps)
    {
        int changed = 0, kept = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, 1, Options(steps, window));
            var times = trial.Infer();
            var learned = trial.Learn()[0];
            foreach (int layer in (int[])[1, 2])
            {
                int[] inputs = layer == 1 ? trial.InputTimes(0) : times.Hidden[0];
                for (int j = 0; j < Sizes[layer]; j++)
                {
                    bool learns = learned.Biases(layer)[j] != trial.Weights.Biases(layer)[j];
                    for (int i = 0; i < inputs.Length; i++)
                    {
                        bool isCausal = IsCausal(inputs[i], times.Of(layer)[0][j], steps);
                        int synapse = i * Sizes[layer] + j;
                        bool changes = learned.Weights(layer)[synapse] != trial.Weights.Weights(layer)[synapse];
                        Assert.True(changes == (learns && isCausal), $"seed {seed}, layer {layer}: input at {inputs[i]}, spike at {times.Of(layer)[0][j]}, changes {changes}");
                        if (changes) changed++;
                        else if (learns) kept++;
                    }
                }
            }
        }
        Assert.True(changed > 500 && kept > 500, $"{changed} weights change, {kept} of neurons that learn do not: too few");
    }

    [Fact]
    public void In_an_stdp_window_late_inputs_change_the_other_way_and_silent_ones_do_not()
    {
        const int Steps = 8;
        int late = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var trial = BstdgTrial.Random(seed, Sizes, 1, Options(Steps, TimingWindow.Stdp) with { Late = 0.5 });
            var times = trial.Infer();
            var learned = trial.Learn()[0];
            int[] inputs = trial.InputTimes(0);
            for (int j = 0; j < Sizes[1]; j++)
            {
                float direction = learned.Biases(1)[j] - trial.Weights.Biases(1)[j]; // of the threshold, negated: that of weights that came in time
                for (int i = 0; i < inputs.Length; i++)
                {
                    float change = learned.Weights(1)[i * Sizes[1] + j] - trial.Weights.Weights(1)[i * Sizes[1] + j];
                    int expected = inputs[i] > Steps - 2 ? 0 : inputs[i] < times.Hidden[0][j] ? Math.Sign(direction) : -Math.Sign(direction);
                    Assert.True(Math.Sign(change) == expected, $"seed {seed}: input at {inputs[i]}, spike at {times.Hidden[0][j]}, threshold by {-direction}, weight by {change}");
                    if (expected != 0 && inputs[i] >= times.Hidden[0][j]) late++;
                }
            }
        }
        Assert.True(late > 100, $"{late} late inputs: too few");
    }
}
