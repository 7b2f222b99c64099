using ActorSnn.Learning.Bstdg;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Bstdg;

/// <summary>Spike times are those of the definition: V(s) counted anew in every step from all inputs with t_i &lt;= s, and a crossing in step s stamped s + 1.</summary>
public class BstdgForwardTests
{
    private static BstdgOptions Options(int steps) => new()
    {
        Steps = steps, Margin = 1, Shift = 0, Bound = 2, LeastThreshold = 0.25, ThresholdRate = 0, First = new BstdgLayer(0, -1, 1.3, 8), Second = new BstdgLayer(0, -1, 1.3, 5),
    };

    [Theory]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(16, false)]
    [InlineData(256, false)]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(16, true)]
    [InlineData(256, true)]
    public void Random_networks_of_signs_spike_when_a_loop_over_all_steps_says(int steps, bool training)
    {
        const int Samples = 12;
        int spikes = 0, silent = 0, met = 0;
        for (int seed = 1; seed <= 3; seed++)
        {
            var trial = BstdgTrial.Random(seed, [130, 150, 7], Samples, Options(steps));
            var times = training ? trial.Train(cores: 3) : trial.Infer(cores: 3);
            for (int n = 0; n < Samples; n++)
            {
                var (hidden, excess) = Loop(trial.InputTimes(n), trial.Weights, 1, steps);
                met += excess.Count(e => e == 0);
                var (output, beyond) = Loop(hidden, trial.Weights, 2, steps);
                string where = $"seed {seed}, {steps} steps, sample {n}";
                Assert.True(hidden.SequenceEqual(times.Hidden[n]), $"hidden layer, {where}");
                Assert.True(output.SequenceEqual(times.Output[n]), $"readout, {where}");
                int answer = Enumerable.Range(0, output.Length).OrderBy(k => output[k]).ThenByDescending(k => beyond[k]).First();
                Assert.True(answer == times.Answers[n], $"answer, {where}");
                spikes += hidden.Concat(output).Count(t => t < steps);
                silent += hidden.Concat(output).Count(t => t == steps);
            }
        }
        Assert.True(spikes > 500 && silent > 500 && met > 100, $"{spikes} spikes, {silent} silent, {met} that meet their threshold: the networks show too little");
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(256, false)]
    [InlineData(256, true)]
    public void Every_neuron_spikes_at_most_once_a_sample_and_never_after_the_last_but_one_step(int steps, bool exitsEarly)
    {
        const int Samples = 40;
        for (int seed = 1; seed <= 3; seed++)
        {
            var trial = BstdgTrial.Random(seed, [130, 150, 7], Samples, Options(steps));
            var recordings = trial.Record(exitsEarly, cores: 3);
            long[] starts = [0, .. recordings.Spikes(BstdgCircuit.Answers).Take(Samples).Select((answer, n) => exitsEarly ? answer.Tick : (n + 1) * BstdgCircuit.PeriodTicks(trial.Options))];
            Assert.Equal(Samples + 1, starts.Length);
            foreach (var (probe, layer) in new[] { (BstdgCircuit.HiddenSpikes, 1), (BstdgCircuit.OutputSpikes, 2) })
            {
                int sample = 0, before = -1;
                var seen = new HashSet<int>();
                foreach (var spike in recordings.Spikes(probe))
                {
                    // A layer's steps begin one after the other: stamps of a sample are at least its number.
                    while (sample < Samples && spike.Tick >= starts[sample + 1] + 1 + layer) sample++;
                    if (sample == Samples) break;
                    if (sample != before) seen.Clear();
                    before = sample;
                    Assert.True(seen.Add(spike.Neuron), $"seed {seed}: neuron {spike.Neuron} of \"{probe}\" spikes twice in sample {sample}");
                    Assert.InRange(spike.Tick - starts[sample] - 1, layer, steps - 1);
                }
                Assert.True(before > Samples / 2, $"seed {seed}: \"{probe}\" end with sample {before}");
            }
        }
    }

    [Fact]
    public void Inputs_that_are_silent_or_come_in_the_last_step_act_on_nobody()
    {
        const int Steps = 8, Samples = 20, Without = 10;
        int[] sizes = [60, 40, 3];
        for (int seed = 1; seed <= 5; seed++)
        {
            var trial = BstdgTrial.Random(seed, sizes, Samples, Options(Steps));
            byte[] bytes = [.. Enumerable.Range(0, Samples).SelectMany(n => trial.Frames[n].ToArray())];
            for (int n = 0; n < Samples; n++)
            {
                bytes.AsSpan(n * sizes[0], Without).Clear();
                bytes.AsSpan(n * sizes[0] + Without, Without).Fill(LatencySource.IntensityOf(Steps - 1, Steps));
            }
            trial = trial with { Frames = new IntensityFrames(Samples, sizes[0], bytes) };
            Assert.Equal(Steps - 1, trial.InputTimes(0)[Without]);
            BstdgTrial Negated(int first, int count)
            {
                var weights = trial.Weights.Copy();
                foreach (ref float weight in weights.Weights(1).AsSpan(first * sizes[1], count * sizes[1])) weight = -weight;
                return trial with { Weights = weights };
            }
            var times = trial.Infer();
            Assert.Equal(times.Hidden, Negated(0, 2 * Without).Infer().Hidden);
            Assert.Equal(times.Output, Negated(0, 2 * Without).Infer().Output);
            Assert.NotEqual(times.Hidden, Negated(2 * Without, Without).Infer().Hidden);
            var spiking = trial.Record(exitsEarly: false, cores: 1).Spikes(BstdgCircuit.InputSpikes).Select(s => s.Neuron).Distinct().ToHashSet();
            Assert.DoesNotContain(spiking, i => i < Without);
            Assert.Contains(Without, spiking);
        }
    }

    /// <summary>Stamps of a layer, and how far each neuron's potential was beyond its threshold then, or at the end.</summary>
    private static (int[] Times, float[] Excess) Loop(int[] inputs, LayerWeights weights, int layer, int steps)
    {
        int size = weights.Sizes[layer];
        var times = new int[size];
        var excess = new float[size];
        for (int j = 0; j < size; j++)
        {
            float threshold = -weights.Biases(layer)[j];
            times[j] = steps;
            // A crossing in step T - 1 would be stamped T, which is silence.
            for (int s = 0; s <= steps - 2 && times[j] == steps; s++)
            {
                int v = 0;
                for (int i = 0; i < inputs.Length; i++)
                {
                    if (inputs[i] <= s) v += weights.Weights(layer)[i * size + j] >= 0 ? 1 : -1;
                }
                if (v >= threshold) times[j] = s + 1;
                excess[j] = v - threshold;
            }
        }
        return (times, excess);
    }
}
