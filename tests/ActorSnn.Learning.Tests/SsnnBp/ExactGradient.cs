namespace ActorSnn.Learning.Tests.SsnnBp;

/// <summary>Backpropagation through logistic layers, softmax and cross-entropy in doubles: what spike trains estimate.</summary>
internal static class ExactGradient
{
    /// <param name="sizes">Neurons of layers 0 to L.</param>
    /// <param name="weights">[L][source * targets + target].</param>
    /// <param name="biases">[L][target].</param>
    /// <param name="image">Inputs, 0 to 255.</param>
    /// <param name="label">Label.</param>
    /// <returns>As the weights; the biases' gradient as a last row.</returns>
    public static double[][] Of(int[] sizes, double[][] weights, double[][] biases, byte[] image, int label)
    {
        var rates = new double[sizes.Length][];
        rates[0] = [.. image.Select(b => b / 255.0)];
        for (int l = 1; l < sizes.Length; l++)
        {
            rates[l] = [.. biases[l - 1]];
            for (int j = 0; j < sizes[l - 1]; j++)
            {
                for (int i = 0; i < sizes[l]; i++) rates[l][i] += rates[l - 1][j] * weights[l - 1][j * sizes[l] + i];
            }
            if (l < sizes.Length - 1) rates[l] = [.. rates[l].Select(z => 1 / (1 + Math.Exp(-z)))];
        }

        double sum = rates[^1].Sum(Math.Exp);
        double[] errors = [.. rates[^1].Select((z, k) => Math.Exp(z) / sum - (k == label ? 1 : 0))];
        var gradient = new double[sizes.Length - 1][];
        for (int l = sizes.Length - 1; l >= 1; l--)
        {
            gradient[l - 1] = [.. rates[l - 1].Append(1).SelectMany(rate => errors.Select(error => rate * error))];
            int n = l, targets = sizes[l];
            var above = errors;
            errors = [.. rates[l - 1].Select((rate, j) => rate * (1 - rate) * above.Select((error, i) => weights[n - 1][j * targets + i] * error).Sum())];
        }
        return gradient;
    }
}
