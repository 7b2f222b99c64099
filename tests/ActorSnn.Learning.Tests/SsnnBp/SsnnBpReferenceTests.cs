using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.SsnnBp;

/// <summary>What the specification wants tested of the rule (section 8), but for gradients.</summary>
public class SsnnBpReferenceTests
{
    private static readonly SsnnBpReferenceOptions Small = new() { Sizes = [20, 15, 5], Seed = 3, TrainLength = 16, Rate = 0.2 };

    [Theory]
    [InlineData(ReferenceWinner.Categorical, 1_000_000)]
    [InlineData(ReferenceWinner.Race, 1_000_000)]
    [InlineData(ReferenceWinner.Sigmoid, 1_000_000)]
    public void Every_way_to_draw_a_winner_draws_the_softmax(ReferenceWinner how, int draws)
    {
        double[] v = [1.1, -0.4, 0.3, 1.9, -1.6];
        double sum = v.Sum(Math.Exp);
        var wins = new int[v.Length];
        var random = new CounterRandom(4, RandomPurpose.Winner, 5);
        for (int s = 0; s < draws; s++) wins[SsnnBpReferenceForward.DrawWinner(how, v, new double[5], random, s)]++;
        for (int k = 0; k < v.Length; k++) Assert.True(Math.Abs((double)wins[k] / draws - Math.Exp(v[k]) / sum) < 2e-3, $"{k}: {wins[k]}");
    }

    [Theory]
    [InlineData(ReferenceWinner.Categorical)]
    [InlineData(ReferenceWinner.Race)]
    [InlineData(ReferenceWinner.Sigmoid)]
    public void A_potential_far_above_the_others_always_wins(ReferenceWinner how)
    {
        var random = new CounterRandom(4, RandomPurpose.Winner, 5);
        for (int s = 0; s < 1000; s++) Assert.Equal(1, SsnnBpReferenceForward.DrawWinner(how, [-900, 40, -3, 0], new double[4], random, s));
    }

    [Fact]
    public void Nothing_changes_while_the_label_wins()
    {
        var network = new SsnnBpReference(Small, GlorotUniform.Draw(Small.Sizes, 3), [new float[15], [0, 0, 60, 0, 0]]);
        var before = Weights(network);
        var task = SsnnBpImages.Draw(20, 5, 20, seed: 1);
        for (int n = 0; n < 20; n++) network.Train(task.Image(n), 2);
        Assert.Equal(before, Weights(network));
        Assert.Equal(0, network.Draws);
    }

    /// <summary>Weights are integers in units; a sample moves them by so many quanta.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sample_moves_weights_by_whole_quanta_and_not_by_more_than_one_a_step(bool split)
    {
        var options = Small with { Factors = [1, 0.5, 0.25], SplitWeights = split, Sizes = [20, 15, 12, 5], Gains = [2, 1] };
        var network = SsnnBpImages.Reference(options);
        var task = SsnnBpImages.Draw(20, 5, 60, seed: 1);
        for (int n = 0; n < task.Count; n++)
        {
            long pass = n / 20;
            var before = Weights(network);
            network.Train(task.Image(n), task.Labels[n], pass);
            var after = Weights(network);
            int moved = 0;
            for (int l = 1; l <= 3; l++)
            {
                int quantum = network.Quantum(l, pass);
                Assert.Equal(0.2 * options.Factor(pass) / (16 * options.Gain(l)), quantum * network.Units[l], 1e-12);
                for (int i = 0; i < after[l - 1].Length; i++)
                {
                    int change = after[l - 1][i] - before[l - 1][i];
                    Assert.True(change % quantum == 0 && Math.Abs(change) <= 16 * quantum, $"layer {l}, weight {i} in sample {n}: {change} by quanta of {quantum}");
                    if (change != 0) moved++;
                }
            }
            Assert.True(moved > 0 || n >= 20, $"sample {n} moved nothing");
        }
    }

    [Fact]
    public void Coincidence_with_the_negative_line_raises_a_weight_and_with_the_positive_line_lowers_it()
    {
        var options = Small with { TrainLength = 1 };
        var network = SsnnBpImages.Reference(options);
        var task = SsnnBpImages.Draw(20, 5, 200, seed: 1);
        for (int n = 0; n < task.Count; n++)
        {
            var before = Weights(network);
            network.Train(task.Image(n), task.Labels[n]);
            var after = Weights(network);
            for (int l = 1; l <= 2; l++)
            {
                int targets = options.Sizes[l], sources = options.Sizes[l - 1];
                for (int i = 0; i < after[l - 1].Length; i++)
                {
                    int source = i / targets, target = i % targets;
                    bool spiked = source == sources || network.Last.Spikes[l - 1].Contains(source);
                    int direction = !spiked ? 0 : network.Last.Minus[l].Contains(target) ? 1 : network.Last.Plus[l].Contains(target) ? -1 : 0;
                    Assert.Equal(direction * network.Quantum(l, 0), after[l - 1][i] - before[l - 1][i]);
                }
            }
        }
        Assert.True(network.BackwardSpikes > 20, $"only {network.BackwardSpikes} backward spikes");
    }

    [Fact]
    public void Both_lines_of_a_neuron_spike_together_only_if_they_do_not_cancel()
    {
        int Together(bool split)
        {
            var network = SsnnBpImages.Reference(Small with { Sizes = [20, 15, 12, 5], TrainLength = 1, SplitWeights = split, Gains = [4, 4] });
            var task = SsnnBpImages.Draw(20, 5, 2000, seed: 1);
            int together = 0;
            for (int n = 0; n < task.Count; n++)
            {
                network.Train(task.Image(n), task.Labels[n]);
                for (int l = 1; l <= 3; l++) together += network.Last.Plus[l].Intersect(network.Last.Minus[l]).Count();
            }
            return together;
        }
        Assert.Equal(0, Together(split: false));
        Assert.True(Together(split: true) > 0);
    }

    /// <summary>
    /// Inputs that are always on and no weights between hidden neurons and outputs make all probabilities constant: coincidences at a synapse are binomial.
    /// </summary>
    [Fact]
    public void The_change_of_a_weight_has_the_variance_of_a_binomial_number()
    {
        const int N = 20, Samples = 4000;
        float[][] weights = [[0.4f, -0.3f, -0.5f, 0.9f], new float[2 * 3]];
        float[][] biases = [[0.2f, -0.1f], [0.5f, 0, -0.5f]];
        double[] rates = [1 / (1 + Math.Exp(-(0.4 - 0.5 + 0.2))), 1 / (1 + Math.Exp(-(-0.3 + 0.9 - 0.1)))];
        double sum = Math.Exp(0.5) + 1 + Math.Exp(-0.5);
        var options = new SsnnBpReferenceOptions { Sizes = [2, 2, 3], TrainLength = N, Window = N };
        var changes = new double[4];
        var squares = new double[4];
        for (int n = 0; n < Samples; n++)
        {
            var network = new SsnnBpReference(options with { Seed = (ulong)n }, weights, biases);
            network.Train([255, 255], 0);
            int[] after = network.Weights(2);
            for (int i = 0; i < 4; i++)
            {
                double count = -(double)after[3 * (i / 2) + 1 + i % 2] / network.Quantum(2, 0); // outputs 1 and 2 win against the label: down
                changes[i] += count;
                squares[i] += count * count;
            }
        }
        for (int i = 0; i < 4; i++)
        {
            double p = rates[i / 2] * Math.Exp(i % 2 == 0 ? 0 : -0.5) / sum;
            double mean = changes[i] / Samples, variance = squares[i] / Samples - mean * mean;
            Assert.True(Math.Abs(mean - N * p) < 4 * Math.Sqrt(N * p * (1 - p) / Samples), $"synapse {i}: mean {mean}, not {N * p}");
            Assert.True(Math.Abs(variance / (N * p * (1 - p)) - 1) < 0.1, $"synapse {i}: variance {variance}, not {N * p * (1 - p)}");
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        int[][] Learn(ulong seed)
        {
            var task = SsnnBpImages.Draw(20, 5, 50, seed: 1);
            var network = SsnnBpImages.Reference(Small with { Seed = seed, Dropout = 0.3, L2 = 1e-3 });
            network.Train(task.Pixels, task.Labels, 120, shuffled: true);
            return Weights(network);
        }
        Assert.Equal(Learn(1), Learn(1));
        Assert.NotEqual(Learn(1), Learn(2));
    }

    [Fact]
    public void Passes_may_be_taken_in_pieces()
    {
        var task = SsnnBpImages.Draw(20, 5, 50, seed: 1);
        var (whole, pieces) = (SsnnBpImages.Reference(Small), SsnnBpImages.Reference(Small));
        whole.Train(task.Pixels, task.Labels, 130, shuffled: true);
        foreach (int samples in (int[])[1, 49, 60, 20]) pieces.Train(task.Pixels, task.Labels, samples, shuffled: true);
        Assert.Equal(Weights(whole), Weights(pieces));
    }

    /// <summary>
    /// Outputs 0 and 1 share all wins; the error current of a hidden neuron is W[1] - W[0] = ±8, its derivative 1/4: 2 with a gain of 1, 1/2 with one of 1/4.
    /// </summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(0.25, false)]
    public void Probabilities_above_1_are_counted(double gain, bool clipped)
    {
        float[][] weights = [new float[3], [-4, 4, -4, 4, 0, 0]];
        var network = new SsnnBpReference(
            new SsnnBpReferenceOptions { Sizes = [1, 3, 2], TrainLength = 100, Window = 2000, Memoryless = true, Gains = [gain] }, weights, [new float[3], [6, 0]]);
        int errors = 0;
        for (int n = 0; n < 20; n++)
        {
            long before = network.Draws;
            network.Train([0], 0);
            errors += (int)(network.Draws - before);
        }
        // Two neurons draw whenever the label does not win; the third one has no error.
        Assert.True(errors > 20 && errors % 2 == 0, $"{errors} draws");
        Assert.Equal(clipped ? network.Draws : 0, network.Clipped);
        if (clipped) Assert.Equal(network.Draws, network.BackwardSpikes);
        else Assert.InRange(network.BackwardSpikes, 0.3 * network.Draws, 0.7 * network.Draws);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public void Updates_of_a_window_come_after_its_last_step(int window)
    {
        var task = SsnnBpImages.Draw(20, 5, 12, seed: 1);
        var network = SsnnBpImages.Reference(Small with { TrainLength = 2, Window = window });
        for (int n = 0; n < task.Count; n++)
        {
            var before = Weights(network);
            network.Train(task.Image(n), task.Labels[n]);
            if (2 * (n + 1) % window > 1) Assert.Equal(before, Weights(network));
        }
        Assert.NotEqual(Weights(SsnnBpImages.Reference(Small with { TrainLength = 2, Window = window })), Weights(network));
    }

    [Fact]
    public void Weights_stop_at_their_bounds()
    {
        // Rate so low that the bound lies within reach: units are quanta, about (2^31 - 1) / 2 of them.
        var network = new SsnnBpReference(
            new SsnnBpReferenceOptions { Sizes = [1, 1, 2], TrainLength = 1, Rate = 1e-9 }, [new float[1], [2, -2]], [[9], [0, 0]]);
        Assert.Equal([int.MaxValue / 2, -(int.MaxValue / 2)], network.Weights(2));
        int[] last = network.Weights(2);
        int moves = 0;
        for (int n = 0; n < 400; n++)
        {
            network.Train([0], n % 2);
            int[] now = network.Weights(2);
            Assert.True(now.All(w => Math.Abs(w) <= int.MaxValue / 2), $"{now[0]}, {now[1]}");
            if (!now.SequenceEqual(last)) moves++;
            last = now;
        }
        Assert.True(moves > 0);
    }

    [Fact]
    public void A_neuron_left_out_of_a_sample_sends_no_spikes()
    {
        var options = Small with { Dropout = 0.5, SplitWeights = true, TrainLength = 1 };
        var network = SsnnBpImages.Reference(options);
        var task = SsnnBpImages.Draw(20, 5, 400, seed: 1);
        int left = 0;
        for (int n = 0; n < task.Count; n++)
        {
            network.Train(task.Image(n), task.Labels[n]);
            for (int i = 0; i < 15; i++)
            {
                if (!network.Forward.Masked[1][i]) continue;
                left++;
                Assert.DoesNotContain(i, network.Last.Spikes[1].Concat(network.Last.Plus[1]).Concat(network.Last.Minus[1]));
            }
        }
        Assert.InRange(left, 0.45 * 15 * 400, 0.55 * 15 * 400);
    }

    [Fact]
    public void Weights_of_survivors_are_larger_and_a_classifying_network_has_them_as_they_were()
    {
        var whole = SsnnBpImages.Reference(Small);
        var dropping = SsnnBpImages.Reference(Small with { Dropout = 0.5 });
        for (int i = 0; i < 15 * 5; i++) Assert.Equal(2 * whole.Weights(2)[i] * whole.Units[2], dropping.Weights(2)[i] * dropping.Units[2], 1e-4);
        // Four times the quantum: the change of a weight is twice that of the loss by the weight in effect, which counts twice.
        Assert.Equal(4 * whole.Quantum(2, 0) * whole.Units[2], dropping.Quantum(2, 0) * dropping.Units[2], 1e-12);
        var task = SsnnBpImages.Draw(20, 5, 50, seed: 1);
        for (int n = 0; n < 50; n++) Assert.Equal(whole.Inference(1, 1).ClassifyByRate(task.Image(n)), dropping.Inference(1, 1).ClassifyByRate(task.Image(n)));
    }

    /// <summary>The label always wins, so that nothing but decay moves a weight: by a factor 1 - eta lambda a sample.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Weights_decay_as_they_would_by_a_factor_and_biases_do_not(double dropout)
    {
        float[][] weights = [[.. Enumerable.Repeat(0.5f, 20 * 15)], [.. Enumerable.Repeat(-0.8f, 15 * 5)]];
        var network = new SsnnBpReference(Small with { L2 = 0.05, Dropout = dropout, Rate = 0.1 }, weights, [new float[15], [80, 0, 0, 0, 0]]);
        int[] biases = network.Biases(2);
        double[] before = [network.Weights(1).Average(), network.Weights(2).Average()];
        for (int n = 0; n < 100; n++) network.Train(new byte[20], 0);
        double factor = Math.Pow(1 - 0.1 * 0.05, 100);
        Assert.Equal(factor, network.Weights(1).Average() / before[0], 0.01);
        Assert.Equal(factor, network.Weights(2).Average() / before[1], 0.02);
        Assert.Equal(biases, network.Biases(2));
    }

    [Fact]
    public void Decay_ends_at_0()
    {
        var network = new SsnnBpReference(
            Small with { L2 = 2, Rate = 3 }, [new float[20 * 15], [.. Enumerable.Repeat(0.1f, 15 * 5)]], [new float[15], [80, 0, 0, 0, 0]]);
        for (int n = 0; n < 200; n++)
        {
            network.Train(new byte[20], 0);
            Assert.DoesNotContain(network.Weights(2), w => w < 0);
        }
        Assert.Contains(0, network.Weights(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inputs_spike_at_their_intensity_and_hidden_neurons_at_their_activation(bool hard)
    {
        const int N = 20_000;
        byte[] image = [0, 64, 200, 255];
        var options = new SsnnBpReferenceOptions { Sizes = [4, 2, 2], TrainLength = N, HardSigmoid = hard };
        float[] weights = [9, 9, 0.4f, -0.3f, 0.5f, 0.2f, -0.2f, 0.4f];
        var network = new SsnnBpReference(options with { TrainLength = 1, Rate = 1e-6 }, [weights, new float[4]]).Forward;
        var spikes = (List<int>[])[[], []];
        var counts = new int[2][] { new int[4], new int[2] };
        network.Present(image);
        for (int t = 1; t <= N; t++)
        {
            network.Step(t - 1, t, spikes);
            foreach (int j in spikes[0]) counts[0][j]++;
            foreach (int i in spikes[1]) counts[1][i]++;
        }
        for (int j = 0; j < 4; j++) Assert.True(Math.Abs(counts[0][j] / (double)N - image[j] / 255.0) < 0.015, $"input {j}: {counts[0][j]}");
        Assert.Equal((0, N), (counts[0][0], counts[0][3]));
        for (int i = 0; i < 2; i++)
        {
            double v = Enumerable.Range(0, 4).Sum(j => image[j] / 255.0 * weights[2 * j + i]);
            double rate = hard ? Math.Clamp(v, 0, 1) : 1 / (1 + Math.Exp(-v));
            Assert.True(Math.Abs(counts[1][i] / (double)N - rate) < 0.015, $"hidden {i}: {counts[1][i]}, not {rate}");
        }
    }

    [Fact]
    public void Most_wins_decide_then_the_potential_then_the_lower_class()
    {
        // One step and no weights: exactly one output wins.
        var options = new SsnnBpReferenceOptions { Sizes = [1, 1, 3] };
        var one = new SsnnBpReference(options, [new float[1], new float[3]]).Inference(1, 1);
        for (int n = 0; n < 20; n++)
        {
            int answer = one.Classify([0]);
            Assert.Equal(1, one.Wins[answer]);
        }

        // Two steps: whenever two outputs win once each, the one with the larger bias is the answer.
        var two = new SsnnBpReference(options, [new float[1], new float[3]], [new float[1], [0.1f, 0.3f, 0.3f]]).Inference(2, 1);
        int ties = 0;
        for (int n = 0; n < 200; n++)
        {
            int answer = two.Classify([0]);
            if (two.Wins.Max() == 2) continue;
            ties++;
            Assert.Equal(two.Wins[1] == 1 ? 1 : 2, answer);
        }
        Assert.True(ties > 20, $"{ties} ties");
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void A_small_problem_is_learnt(bool memoryless, bool hard, bool spikeDerivative)
    {
        var options = new SsnnBpReferenceOptions
        {
            Sizes = [40, 20, 6], Seed = 9, Rate = 0.1, TrainLength = 16, Memoryless = memoryless, HardSigmoid = hard, SpikeDerivative = spikeDerivative,
            Gains = [spikeDerivative ? 0.25 : 1], Factors = [1, 0.5],
        };
        var (train, test) = (SsnnBpImages.Draw(40, 6, 600, seed: 1), SsnnBpImages.Draw(40, 6, 200, seed: 2));
        var network = SsnnBpImages.Reference(options);
        network.Train(train.Pixels, train.Labels, 1200, shuffled: true);
        var inference = network.Inference(128, 9);
        int bySpikes = Enumerable.Range(0, test.Count).Count(n => inference.Classify(test.Image(n)) == test.Labels[n]);
        int byRate = Enumerable.Range(0, test.Count).Count(n => inference.ClassifyByRate(test.Image(n)) == test.Labels[n]);
        Assert.True(bySpikes >= 180 && byRate >= 180, $"of 200 right by spikes {bySpikes}, by rate {byRate}");
    }

    private static int[][] Weights(SsnnBpReference network) =>
        [.. Enumerable.Range(1, network.Units.Length - 1).Select(l => (int[])[.. network.Weights(l), .. network.Biases(l)])];
}
