using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Sbp;

/// <summary>The weights of the circuit against those of the published equations, sample by sample, all eight arrays.</summary>
public class SbpEquivalenceTests
{
    /// <summary>Three inputs, four hidden units, two outputs; one sample, all inputs on, target 1, shown five times.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void The_example_to_follow_by_hand_comes_out(int cores)
    {
        int[][] w1 =
        [
            [198, 178, 248, 42],
            [196, 176, 246, 44],
            [194, 174, 244, 46],
            [196, 176, 242, 48],
            [198, 178, 240, 50],
        ];
        int[][,] w2 =
        [
            new[,] { { 198, 12 }, { 178, 22 }, { 148, -8 }, { -60, 100 } },
            new[,] { { 196, 14 }, { 176, 24 }, { 146, -6 }, { -60, 100 } },
            new[,] { { 194, 16 }, { 174, 26 }, { 144, -4 }, { -60, 100 } },
            new[,] { { 194, 18 }, { 174, 28 }, { 144, -2 }, { -60, 100 } },
            new[,] { { 194, 20 }, { 174, 30 }, { 144, 0 }, { -60, 100 } },
        ];
        var task = new SbpTask(
            new SbpWeights(3, 4, 2, [100, 90, 125, 20, 100, 90, 125, 20, 100, 90, 125, 20], [100, 5, 90, 10, 75, -5, -30, 50]),
            [[1, 1, 1]], [1]);
        using var run = new SbpRun(task.Network(), cores);
        for (int presentation = 0; presentation < 5; presentation++)
        {
            run.Learn(presentation + 1);
            var rows = new int[3, 4];
            for (int i = 0; i < 12; i++) rows[i / 4, i % 4] = w1[presentation][i % 4];
            run.AssertWeights(rows, w2[presentation], $"after presentation {presentation + 1}");
        }
    }

    [Theory]
    [InlineData(7, 5, 3, 1, 1)]
    [InlineData(7, 5, 3, 2, 2)]
    [InlineData(7, 5, 3, 3, 4)]
    [InlineData(40, 33, 4, 1, 1)]
    [InlineData(40, 33, 4, 2, 3)]
    [InlineData(40, 33, 4, 3, 5)]
    [InlineData(64, 100, 10, 1, 1)]
    [InlineData(64, 100, 10, 2, 4)]
    [InlineData(64, 100, 10, 3, 9)]
    [InlineData(65, 128, 70, 4, 3)]
    public void All_eight_arrays_equal_the_equations_after_every_sample(int inputs, int hidden, int outputs, int seed, int cores)
    {
        const int Samples = 50;
        var task = SbpTask.Random(inputs, hidden, outputs, Samples, seed);
        var reference = task.Reference();
        using var run = new SbpRun(task.Network(), cores, threads: 1 + seed % 2);
        int taught = 0;
        for (int sample = 0; sample < Samples; sample++)
        {
            if (reference.Train(task.Bits[sample], task.Labels[sample])) taught++;
            var w2 = reference.W2;
            // At the rails the negated copy cannot follow (see below); these runs stay clear of them.
            Assert.All(w2.Cast<int>(), w => Assert.InRange(w, -252, 252));
            run.Learn(sample + 1);
            run.AssertWeights(reference.W1, w2, $"after sample {sample} (seed {seed})");
        }
        Assert.InRange(taught, Samples / 5, Samples);
    }

    [Fact]
    public void Shuffled_passes_show_the_samples_in_the_order_of_the_presentation()
    {
        const int Samples = 20;
        const int Passes = 3;
        var task = SbpTask.Random(40, 33, 4, Samples, 6);
        var reference = task.Reference();
        using var run = new SbpRun(task.Network(seed: 77, shuffled: true), cores: 2);
        var presentation = new SamplePresentation(Samples, SbpCircuit.TrainingTicks, Shuffled: true, Seed: 77);
        for (int pass = 0; pass < Passes; pass++)
        {
            var order = presentation.OrderOf(pass)!;
            for (int place = 0; place < Samples; place++) reference.Train(task.Bits[order[place]], task.Labels[order[place]]);
            run.Learn((pass + 1) * Samples);
            run.AssertWeights(reference.W1, reference.W2, $"after pass {pass}");
        }
    }

    /// <summary>
    /// The one difference there is: weights end at +254 and at -256, so a weight that stops at +254 has a negated copy that goes on to
    /// -256, and one that reaches -256 has a negated copy that stops at +254. The forward copies and the positive transpose follow the
    /// equations all the same.
    /// </summary>
    [Fact]
    public void Only_the_negated_feedback_copy_differs_and_only_at_the_rails()
    {
        // Three inputs on, one hidden unit of a1 = 600, one output below threshold whose target is on: W2 rises from 250.
        var rising = new SbpTask(new SbpWeights(3, 1, 1, [100, 100, 100], [125]), [[1, 1, 1]], [0]);
        (int W2, int Negated)[] expected = [(252, -252), (254, -254), (254, -256), (254, -256)];
        var reference = rising.Reference();
        using var up = new SbpRun(rising.Network());
        for (int sample = 0; sample < expected.Length; sample++)
        {
            reference.Train([1, 1, 1], 0);
            up.Learn(sample + 1);
            SbpRun.AssertEqual(reference.W1, up.Weights("x->h"), $"x->h after sample {sample}");
            Assert.Equal(expected[sample].W2, reference.W2[0, 0]);
            foreach (string copy in (string[])["h->o", "h->o<", "h->o>", "o->hT"]) Assert.Equal(expected[sample].W2, up.Weights(copy)[0, 0]);
            Assert.Equal(expected[sample].Negated, up.Weights("oT-->hT")[0, 0]);
        }

        // Five hidden units drive output 0 above threshold although output 1 is the target: the weight of the last one falls from -254.
        var falling = new SbpTask(
            new SbpWeights(3, 5, 2, [.. Enumerable.Repeat((sbyte)100, 15)], [127, 10, 127, 10, 127, 10, 127, 10, -127, 10]), [[1, 1, 1]], [1]);
        reference = falling.Reference();
        using var down = new SbpRun(falling.Network());
        for (int sample = 0; sample < 3; sample++)
        {
            reference.Train([1, 1, 1], 1);
            down.Learn(sample + 1);
            SbpRun.AssertEqual(reference.W1, down.Weights("x->h"), $"x->h after sample {sample}");
            SbpRun.AssertEqual(reference.W2, down.Weights("h->o"), $"h->o after sample {sample}");
            Assert.Equal(-256, reference.W2[4, 0]);
            Assert.Equal(-256, down.Weights("o->hT")[0, 4]);
            Assert.Equal(254, down.Weights("oT-->hT")[0, 4]);
            Assert.Equal(-(252 - 2 * sample), down.Weights("oT-->hT")[0, 0]);
        }
    }

    /// <summary>A trained network may have weights at the rails; training has to be able to go on from it.</summary>
    [Fact]
    public void Training_can_start_from_weights_at_the_rails()
    {
        var weights = new SbpWeights(3, 2, 1, [127, 127, 127, -128, -128, -128], [127, -128]);
        var task = new SbpTask(weights, [[1, 1, 1]], [0]);
        using var run = new SbpRun(task.Network());
        run.Learn(1);
        Assert.Equal(-256, run.Weights("h->o")[1, 0]);
    }
}
