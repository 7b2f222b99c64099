using ActorSnn.Learning.Sbp;

namespace ActorSnn.Learning.Tests.Sbp;

public class SbpEncodingTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(128, false)]
    [InlineData(129, true)]
    [InlineData(255, true)]
    public void A_bit_is_set_from_129_on(byte pixel, bool set) =>
        Assert.Equal(set ? 1UL : 0UL, SbpEncoding.Encode([pixel], 1, 1, crop: 0)[0][0]);

    [Fact]
    public void Every_pixel_inside_the_crop_becomes_a_bit_in_reading_order()
    {
        var random = new Random(3);
        foreach (var (rows, columns, crop) in ((int, int, int)[])[(28, 28, 4), (28, 28, 0), (9, 12, 1), (5, 3, 1), (1, 1, 0)])
        {
            const int Images = 7;
            var pixels = new byte[Images * rows * columns];
            random.NextBytes(pixels);
            var frames = SbpEncoding.Encode(pixels, rows, columns, crop);
            Assert.Equal((Images, (rows - 2 * crop) * (columns - 2 * crop)), (frames.Count, frames.Size));
            for (int image = 0; image < Images; image++)
            {
                int bit = 0;
                for (int row = crop; row < rows - crop; row++)
                {
                    for (int column = crop; column < columns - crop; column++, bit++)
                    {
                        bool ink = pixels[(image * rows + row) * columns + column] >= 129;
                        Assert.Equal(ink, (frames[image][bit / 64] >> (bit % 64) & 1) == 1);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_crop_that_leaves_nothing_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SbpEncoding.Encode(new byte[64], 8, 8, crop: 4));
        Assert.Throws<ArgumentException>(() => SbpEncoding.Encode(new byte[64], 8, 8, crop: -1));
        Assert.Throws<ArgumentException>(() => SbpEncoding.Encode(new byte[65], 8, 8, crop: 0));
    }
}

public class SbpAnswersTests
{
    [Fact]
    public void Three_readings_of_the_output_are_scored()
    {
        bool[] spikes =
        [
            false, true, false, // one spike, right
            true, true, false,  // two spikes, the first is right
            true, true, false,  // two spikes, the first is wrong
            false, false, false, // none: class 0, right
            false, false, false, // none: class 0, wrong
            true, false, false, // one spike, right
        ];
        float[] potentials =
        [
            0, 5, 1, // right
            7, 7, 1, // equals: the lowest, right
            7, 7, 1, // equals: the lowest, wrong
            1, 2, 3, // wrong
            -9, -8, -7, // right
            0, 0, 0, // right
        ];
        var answers = SbpAnswers.Of(spikes, potentials, [1, 0, 1, 0, 2, 0], 3);
        Assert.Equal(new SbpAccuracy(2 / 6.0, 4 / 6.0, 4 / 6.0), answers.Accuracy);
        Assert.Equal([1, 0, 0, SbpAnswers.None, SbpAnswers.None, 0], answers.BySpikes.ToArray());
        Assert.Equal([1, 0, 0, 2, 2, 0], answers.ByPotential.ToArray());
    }

    [Theory]
    [InlineData(1024 + 1, 1024, 0)] // just right
    [InlineData(1024 + 2048, 0, 0)] // far on the right sides
    [InlineData(1024 - 512, 0, 0.5)] // silent, but should spike
    [InlineData(1024 + 1, 1024 + 256, 0.25)] // spikes, but should be silent
    [InlineData(0, 2048, 2)] // both wrong
    public void The_loss_is_how_far_outputs_lie_on_the_wrong_side_of_the_threshold(float ofTheClass, float ofTheOther, double loss) =>
        Assert.Equal(loss, SbpAnswers.Of([false, false, false, false], [ofTheClass, ofTheOther, ofTheOther, ofTheClass], [0, 1], 2).Loss);

    [Fact]
    public void Nothing_shown_is_nothing_right() => Assert.Equal(new SbpAccuracy(0, 0, 0), SbpAnswers.Of([], [], [], 3).Accuracy);
}

public class SbpWeightsTests
{
    [Fact]
    public void Initial_weights_are_even_clipped_normal_numbers_of_the_published_spread()
    {
        var weights = SbpWeights.Initialise(400, 400, 10, seed: 4);
        AssertNormal(weights.W1, 1024 * Math.Sqrt(2.0 / 800));
        AssertNormal(weights.W2, 1024 * Math.Sqrt(2.0 / 410));
        // Small layers would go far beyond: they are clipped.
        var small = SbpWeights.Initialise(3, 5, 2, seed: 4);
        Assert.All(small.W1, w => Assert.InRange(2 * w, -240, 240));
        Assert.Contains(small.W1, w => Math.Abs(2 * w) == 240);

        static void AssertNormal(sbyte[] halves, double spread)
        {
            Assert.All(halves, w => Assert.InRange(2 * w, -240, 240));
            double mean = halves.Average(w => 2.0 * w);
            Assert.InRange(mean, -5 * spread / Math.Sqrt(halves.Length), 5 * spread / Math.Sqrt(halves.Length));
            // P(|w| < spread) = 0.6827, up to truncation to the next even number toward zero.
            double inside = halves.Count(w => Math.Abs(2 * w) < spread) / (double)halves.Length;
            Assert.InRange(inside, 0.67, 0.72);
            // Truncation toward zero: the interval of zero is twice as wide as that of its neighbours.
            Assert.InRange(halves.Count(w => w == 0) / (double)halves.Count(w => w == 1), 1.6, 2.4);
        }
    }

    [Fact]
    public void Initial_weights_depend_on_the_seed_and_nothing_else()
    {
        var weights = SbpWeights.Initialise(30, 20, 10, seed: 4);
        Assert.Equal(weights.W1, SbpWeights.Initialise(30, 20, 10, seed: 4).W1);
        Assert.Equal(weights.W2, SbpWeights.Initialise(30, 20, 10, seed: 4).W2);
        Assert.NotEqual(weights.W1, SbpWeights.Initialise(30, 20, 10, seed: 5).W1);
        Assert.NotEqual(weights.W2, SbpWeights.Initialise(30, 20, 10, seed: 5).W2);
        Assert.NotEqual(weights.W1[..200], weights.W2);
    }

    [Fact]
    public void Weights_are_given_to_projections_in_weight_units()
    {
        var weights = new SbpWeights(2, 3, 2, [1, 2, 3, 4, 5, 6], [10, -20, 30, -40, 50, -60]);
        Assert.Equal([2f, 4, 6, 8, 10, 12], weights.InputToHidden());
        Assert.Equal([20f, -40, 60, -80, 100, -120], weights.HiddenToOutput());
        Assert.Equal([20f, 60, 100, -40, -80, -120], weights.OutputToHidden(1));
        Assert.Equal([-20f, -60, -100, 40, 80, 120], weights.OutputToHidden(-1));
    }

    [Fact]
    public void Matrices_of_another_size_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new SbpWeights(2, 3, 2, new sbyte[5], new sbyte[6]));
        Assert.Throws<ArgumentException>(() => new SbpWeights(2, 3, 2, new sbyte[6], new sbyte[7]));
    }
}
