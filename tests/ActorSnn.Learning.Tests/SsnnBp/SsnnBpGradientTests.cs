using ActorSnn.Learning.Tests.Reference;

namespace ActorSnn.Learning.Tests.SsnnBp;

/// <summary>
/// The mean change of weights that spike trains make, with weights held still, against exact backpropagation (specification, sections 8.2, 8.8 and 9.2, 9.3).
/// </summary>
public class SsnnBpGradientTests
{
    private const int Images = 6;

    private static readonly SsnnBpReferenceOptions Flat = new() { Sizes = [64, 50, 10], Gains = [2], Seed = 11 };
    private static readonly SsnnBpReferenceOptions Deep = new() { Sizes = [20, 15, 12, 5], Gains = [2, 2], Seed = 12 };

    [Fact]
    public void Long_trains_estimate_the_gradient_and_the_error_shrinks_with_their_length()
    {
        var last = Compare(Flat, 8, 12_000);
        foreach (int length in (int[])[32, 128, 512])
        {
            var fits = Compare(Flat, length, 12_000);
            for (int l = 0; l < fits.Length; l++) Assert.True(fits[l].Error < last[l].Error, $"layer {l + 1} at {length}: {fits[l]}, before {last[l]}");
            last = fits;
        }
        foreach (var fit in last)
        {
            Assert.True(fit.Cosine >= 0.999, $"{fit}");
            Assert.InRange(fit.Gain, 0.9, 1.1);
        }
    }

    [Fact]
    public void Without_memory_gain_and_error_stay_what_they_are_however_long_the_train()
    {
        var brief = Compare(Flat with { Memoryless = true }, 8);
        var lengthy = Compare(Flat with { Memoryless = true }, 512);
        for (int l = 0; l < brief.Length; l++)
        {
            Assert.True(lengthy[l].Error > 0.2, $"layer {l + 1}: {lengthy[l]}");
            Assert.True(Math.Abs(brief[l].Error - lengthy[l].Error) < 0.03, $"layer {l + 1}: {brief[l]}, {lengthy[l]}");
            Assert.True(Math.Abs(brief[l].Gain - lengthy[l].Gain) < 0.03, $"layer {l + 1}: {brief[l]}, {lengthy[l]}");
        }
    }

    [Fact]
    public void Errors_pass_several_layers_unharmed()
    {
        var fits = Compare(Deep, 256);
        foreach (var fit in fits)
        {
            Assert.True(fit.Cosine >= 0.99, $"{fit}");
            Assert.InRange(fit.Gain, 0.95, 1.05);
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 0.5)]
    public void Gains_of_layers_cancel(double lower, double upper)
    {
        foreach (var fit in Compare(Deep with { Gains = [lower, upper] }, 256))
        {
            Assert.True(fit.Cosine >= 0.98, $"{fit}");
            Assert.InRange(fit.Gain, 0.92, 1.08);
        }
    }

    [Fact]
    public void Lines_that_do_not_cancel_estimate_the_same_with_more_spikes()
    {
        foreach (var options in (SsnnBpReferenceOptions[])[Flat, Deep])
        {
            var (together, apart) = (Compare(options, 256), Compare(options with { SplitWeights = true }, 256));
            for (int l = 0; l < together.Length; l++)
            {
                Assert.True(apart[l].Cosine >= 0.99, $"layer {l + 1}: {apart[l]}");
                Assert.True(Math.Abs(apart[l].Gain - together[l].Gain) < 0.05, $"layer {l + 1}: {apart[l]}, together {together[l]}");
            }
            Assert.InRange((double)apart[0].BackwardSpikes / together[0].BackwardSpikes, 1.3, 2.5);
        }
    }

    [Fact]
    public void A_gate_of_spikes_stands_for_the_derivative_if_the_gain_is_small()
    {
        var (numeric, gated) = (Compare(Flat with { Gains = [0.25] }, 256), Compare(Flat with { Gains = [0.25], SpikeDerivative = true }, 256));
        Assert.True(gated[0].Cosine >= 0.97, $"{gated[0]}");
        Assert.True(Math.Abs(gated[0].Gain - numeric[0].Gain) < 0.08, $"{gated[0]}, numeric {numeric[0]}");
        Assert.True(Compare(Flat with { SpikeDerivative = true, Gains = [4] }, 256)[0].Gain < 0.8, "clipped");
    }

    /// <param name="Cosine">Of the angle between estimate and gradient, all images together.</param>
    /// <param name="Gain">Length of the estimate along the gradient, over that of the gradient.</param>
    /// <param name="Error">Length of the difference over that of the gradient.</param>
    /// <param name="BackwardSpikes">Of all hidden layers.</param>
    private sealed record Fit(double Cosine, double Gain, double Error, long BackwardSpikes);

    /// <summary>Each image is shown many times to a briefly trained network that commits nothing until the end.</summary>
    private static Fit[] Compare(SsnnBpReferenceOptions options, int length, int stepsEach = 8000)
    {
        var task = SsnnBpImages.Draw(options.Sizes[0], options.Sizes[^1], 300, seed: 5);
        var trained = SsnnBpImages.Reference(new SsnnBpReferenceOptions { Sizes = options.Sizes, Seed = options.Seed, Rate = 0.3 });
        trained.Train(task.Pixels, task.Labels, 300, shuffled: false);
        float[][] weights = [.. Enumerable.Range(1, options.Layers).Select(l => Array.ConvertAll(trained.Weights(l), w => (float)(w * trained.Units[l])))];
        float[][] biases = [.. Enumerable.Range(1, options.Layers).Select(l => Array.ConvertAll(trained.Biases(l), w => (float)(w * trained.Units[l])))];

        int repeats = stepsEach / length;
        var dots = new double[options.Layers];
        var estimated = new double[options.Layers];
        var exact = new double[options.Layers];
        long spikes = 0;
        for (int image = 0; image < Images; image++)
        {
            var network = new SsnnBpReference(
                options with { TrainLength = length, Window = repeats * length, Seed = options.Seed + (ulong)image, Rate = 0.001 }, weights, biases);
            int[][] before = [.. Enumerable.Range(1, options.Layers).Select(l => All(network, l))];
            for (int n = 0; n < repeats; n++) network.Train(task.Image(image), task.Labels[image]);
            spikes += network.BackwardSpikes;
            var gradient = ExactGradient.Of(options.Sizes, Array.ConvertAll(weights, w => Array.ConvertAll(w, x => (double)x)),
                Array.ConvertAll(biases, w => Array.ConvertAll(w, x => (double)x)), task.Image(image), task.Labels[image]);
            for (int l = 1; l <= options.Layers; l++)
            {
                int[] after = All(network, l);
                for (int i = 0; i < after.Length; i++)
                {
                    double estimate = (before[l - 1][i] - after[i]) * network.Units[l] / (0.001 * repeats);
                    dots[l - 1] += estimate * gradient[l - 1][i];
                    estimated[l - 1] += estimate * estimate;
                    exact[l - 1] += gradient[l - 1][i] * gradient[l - 1][i];
                }
            }
        }
        return [.. Enumerable.Range(0, options.Layers).Select(l => new Fit(
            dots[l] / Math.Sqrt(estimated[l] * exact[l]), dots[l] / exact[l],
            Math.Sqrt((estimated[l] - 2 * dots[l] + exact[l]) / exact[l]), spikes))];
    }

    private static int[] All(SsnnBpReference network, int layer) => [.. network.Weights(layer), .. network.Biases(layer)];
}
