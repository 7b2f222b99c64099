using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems;

/// <summary>Input weights of hidden units as images.</summary>
internal static class HiddenWeights
{
    private const int MostUnitsShown = 25;

    /// <summary>The input weights of the hidden units that have the largest.</summary>
    /// <param name="weights">[inputs, hidden], row-major.</param>
    /// <param name="hidden">Hidden units.</param>
    /// <param name="rows">Rows of an image.</param>
    /// <param name="columns">Columns of an image.</param>
    /// <param name="unit">Unit of the weights.</param>
    public static WeightImages Images(float[] weights, int hidden, int rows, int columns, string unit)
    {
        float[] Of(int neuron) => [.. Enumerable.Range(0, rows * columns).Select(i => weights[i * hidden + neuron])];
        var largest = Enumerable.Range(0, hidden)
            .OrderByDescending(neuron => Of(neuron).Sum(w => (double)w * w)).ThenBy(neuron => neuron).Take(MostUnitsShown).Order();
        return new WeightImages(
            $"Weights from the image onto {Math.Min(MostUnitsShown, hidden)} of {hidden} hidden units, those with the largest weights", unit,
            rows, columns, [.. largest.Select(neuron => new WeightImage($"h {neuron}", [.. Of(neuron)]))]);
    }
}
