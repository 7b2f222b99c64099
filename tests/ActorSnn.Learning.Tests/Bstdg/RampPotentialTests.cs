using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>The derivatives that the learning rule comes from are right, and the mesh learns in proportion to them.</summary>
public class RampPotentialTests
{
    private const double Rate = 0.2;
    private const double ThresholdRate = 0.2;
    private static readonly int[] Sizes = [40, 30, 3];

    [Fact]
    public void Derivatives_of_the_spike_time_are_what_small_differences_are()
    {
        const double H = 1e-4;
        int compared = 0;
        for (int seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var ramp = new RampPotential([.. Enumerable.Range(0, 12).Select(_ => 2 * random.NextDouble() - 0.8)], [.. Enumerable.Range(0, 12).Select(_ => 8 * random.NextDouble())], 1 + 4 * random.NextDouble());
            double spike = ramp.SpikeTime();
            // Where the spike comes with an input, or the potential hardly rises, a small difference is none.
            if (double.IsNaN(spike) || ramp.SlopeAt(spike) < 0.2 || ramp.Times.Any(t => Math.Abs(t - spike) < 0.02)) continue;
            double a = ramp.SlopeAt(spike);
            Close(spike, (ramp.Threshold + Enumerable.Range(0, 12).Where(i => ramp.Times[i] < spike).Sum(i => ramp.Weights[i] * ramp.Times[i])) / a, "spike");
            Close(Difference(h => ramp with { Threshold = ramp.Threshold + h }), ramp.ByThreshold(spike), "threshold");
            for (int i = 0; i < 12; i++)
            {
                double[] Shifted(double[] values, double by) => [.. values.Select((value, n) => n == i ? value + by : value)];
                Close(Difference(h => ramp with { Weights = Shifted(ramp.Weights, h) }), ramp.ByWeight(i, spike), $"weight {i}");
                Close(Difference(h => ramp with { Times = Shifted(ramp.Times, h) }), ramp.ByTime(i, spike), $"time {i}");
                compared++;
            }

            double Difference(Func<double, RampPotential> shifted) => (shifted(H).SpikeTime() - shifted(-H).SpikeTime()) / (2 * H);
            void Close(double numeric, double analytic, string what) =>
                Assert.True(Math.Abs(numeric - analytic) <= 1e-5 * Math.Max(Math.Abs(analytic), 1e-4), $"seed {seed}, {what}: {numeric} and {analytic}");
        }
        Assert.True(compared > 500, $"{compared} inputs: too few");
    }

    /// <summary>
    /// A step down the gradient changes weight and threshold as dt/dw : dt/dthreshold = -(t - t_i). In the window <see cref="TimingWindow.Linear"/> so it is, in parts of the sample's steps; in <see cref="TimingWindow.Step"/> only the sign
    /// of it is left.
    /// </summary>
    [Theory]
    [InlineData(TimingWindow.Linear, SynapseForm.Real)]
    [InlineData(TimingWindow.Linear, SynapseForm.Sign)]
    [InlineData(TimingWindow.Step, SynapseForm.Real)]
    [InlineData(TimingWindow.Step, SynapseForm.Sign)]
    public void The_mesh_changes_weights_in_proportion_to_the_derivative(TimingWindow window, SynapseForm form)
    {
        const int Steps = 16;
        int compared = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            var (trial, learned, times) = LearnOne(seed, Steps, window, form);
            foreach (int layer in (int[])[1, 2])
            {
                int[] inputs = layer == 1 ? trial.InputTimes(0) : times.Hidden[0];
                for (int j = 0; j < Sizes[layer]; j++)
                {
                    int spike = times.Of(layer)[0][j];
                    double error = ErrorOf(trial, learned, layer, j);
                    var ramp = RampThrough(trial.Weights, layer, j, inputs, spike, Steps);
                    for (int i = 0; i < inputs.Length; i++)
                    {
                        double ratio = ramp.ByWeight(i, spike) / ramp.ByThreshold(spike);
                        double expected = Rate * error * (window == TimingWindow.Linear ? ratio / Steps : Math.Sign(ratio));
                        double change = learned.Weights(layer)[i * Sizes[layer] + j] - (double)trial.Weights.Weights(layer)[i * Sizes[layer] + j];
                        Assert.True(Math.Abs(change - expected) < 1e-5, $"seed {seed}, layer {layer}, input at {inputs[i]}, spike at {spike}, error {error}: {change}, expected {expected}");
                        if (Math.Abs(expected) > 1e-3) compared++;
                    }
                }
            }
        }
        Assert.True(compared > 500, $"{compared} changes: too few");
    }

    /// <summary>The error of a hidden neuron is that of the outputs times dt_k/dt_j : dt_k/dthreshold, which is the weight between them, with the norm 1 over the layer.</summary>
    [Fact]
    public void The_mesh_takes_errors_back_in_proportion_to_the_derivative()
    {
        const int Steps = 16;
        int compared = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            var (trial, learned, times) = LearnOne(seed, Steps, TimingWindow.Step, SynapseForm.Real);
            var errors = new double[Sizes[1]];
            for (int k = 0; k < Sizes[2]; k++)
            {
                int spike = times.Output[0][k];
                var ramp = RampThrough(trial.Weights, 2, k, times.Hidden[0], spike, Steps);
                for (int j = 0; j < errors.Length; j++) errors[j] += ErrorOf(trial, learned, 2, k) * ramp.ByTime(j, spike) / ramp.ByThreshold(spike);
            }
            double norm = Math.Sqrt(errors.Sum(e => e * e));
            for (int j = 0; j < errors.Length; j++)
            {
                double expected = norm < 1e-4 ? 0 : errors[j] / norm;
                Assert.True(Math.Abs(ErrorOf(trial, learned, 1, j) - expected) < 1e-4, $"seed {seed}, neuron {j}: {ErrorOf(trial, learned, 1, j)}, expected {expected}");
                if (Math.Abs(expected) > 1e-2) compared++;
            }
        }
        Assert.True(compared > 100, $"{compared} errors: too few");
    }

    private static (BstdgTrial Trial, LayerWeights Learned, BstdgTimes Times) LearnOne(int seed, int steps, TimingWindow window, SynapseForm form)
    {
        double threshold = form == SynapseForm.Real ? 1.5 : 3;
        var trial = BstdgTrial.Random(seed, Sizes, 1, new BstdgOptions
        {
            Steps = steps, Margin = 2, Shift = 0, Form = form, BackwardForm = form, Window = window, Bound = 10, LeastThreshold = 1e-3, ThresholdRate = ThresholdRate, First = new BstdgLayer(Rate, -1, 1.3, threshold),
            Second = new BstdgLayer(Rate, -1, 1.3, threshold),
        });
        return (trial, trial.Learn()[0], trial.Infer());
    }

    /// <summary>d of a neuron, from what its threshold has learned.</summary>
    private static double ErrorOf(BstdgTrial trial, LayerWeights learned, int layer, int neuron) => ((double)trial.Weights.Biases(layer)[neuron] - learned.Biases(layer)[neuron]) / ThresholdRate;

    /// <summary>A neuron of ramps with the weights and inputs of one of the mesh, whose threshold is such that it spikes when that does. Inputs of the last step, which cannot act, count as silent.</summary>
    private static RampPotential RampThrough(LayerWeights weights, int layer, int neuron, int[] inputs, int spike, int steps)
    {
        double[] times = [.. inputs.Select(t => t < steps - 1 ? t : 2.0 * steps)];
        var ramp = new RampPotential([.. Enumerable.Range(0, inputs.Length).Select(i => (double)weights.Weights(layer)[i * weights.Sizes[layer] + neuron])], times, 0);
        return ramp with { Threshold = ramp.At(spike) };
    }
}
