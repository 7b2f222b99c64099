namespace ActorSnn.Datasets.Tests;

/// <summary>Multinomial logistic regression: the best a linear classifier of pixels can do, more or less.</summary>
internal static class LogisticRegression
{
    private const int Passes = 8;
    private const double FirstStep = 0.01;

    /// <summary>
    /// Trains sample by sample with a step that falls to nothing and returns the best accuracy on the test images after any
    /// pass: a little more than could be had without peeking.
    /// </summary>
    /// <param name="input">What a pixel means to the classifier, 0 for background.</param>
    public static double BestTestAccuracy(LabelledImages train, LabelledImages test, Func<byte, float> input, int seed)
    {
        var trainInputs = Sparse(train, input);
        var testInputs = Sparse(test, input);
        var biases = train.Rows * train.Columns;
        var weights = new float[(biases + 1) * train.Classes];
        var logits = new float[train.Classes];
        var order = Enumerable.Range(0, train.Count).ToArray();
        var random = new Random(seed);
        var best = 0.0;
        for (var pass = 0; pass < Passes; pass++)
        {
            var step = (float)(FirstStep * (Passes - pass) / Passes);
            random.Shuffle(order);
            foreach (var i in order)
            {
                Evaluate(weights, biases, trainInputs[i], logits);
                var largest = logits.Max();
                var sum = 0f;
                for (var k = 0; k < logits.Length; k++)
                    sum += logits[k] = MathF.Exp(logits[k] - largest);
                for (var k = 0; k < logits.Length; k++)
                    logits[k] = step * (logits[k] / sum - (k == train.Labels[i] ? 1 : 0));
                foreach (var (pixel, value) in trainInputs[i])
                    Subtract(weights.AsSpan(pixel * logits.Length, logits.Length), logits, value);
                Subtract(weights.AsSpan(biases * logits.Length, logits.Length), logits, 1);
            }

            var right = 0;
            for (var i = 0; i < test.Count; i++)
            {
                Evaluate(weights, biases, testInputs[i], logits);
                right += Array.IndexOf(logits, logits.Max()) == test.Labels[i] ? 1 : 0;
            }

            best = Math.Max(best, (double)right / test.Count);
        }

        return best;
    }

    private static void Evaluate(ReadOnlySpan<float> weights, int biases, (int Pixel, float Value)[] image, Span<float> logits)
    {
        weights.Slice(biases * logits.Length, logits.Length).CopyTo(logits);
        foreach (var (pixel, value) in image)
            Subtract(logits, weights.Slice(pixel * logits.Length, logits.Length), -value);
    }

    private static void Subtract(Span<float> from, ReadOnlySpan<float> what, float factor)
    {
        for (var k = 0; k < what.Length; k++)
            from[k] -= factor * what[k];
    }

    private static (int Pixel, float Value)[][] Sparse(LabelledImages set, Func<byte, float> input)
    {
        var images = new (int, float)[set.Count][];
        var nonZero = new List<(int, float)>();
        for (var i = 0; i < set.Count; i++)
        {
            nonZero.Clear();
            var image = set.Image(i);
            for (var p = 0; p < image.Length; p++)
            {
                if (input(image[p]) is not 0 and var value)
                    nonZero.Add((p, value));
            }

            images[i] = [.. nonZero];
        }

        return images;
    }
}
