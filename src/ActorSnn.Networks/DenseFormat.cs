namespace ActorSnn.Networks;

/// <summary>How a dense matrix of integer weights is stored: a byte a synapse where every weight is a byte or twice a byte, else 32 bits.</summary>
/// <param name="BytesPerSynapse">1 or 4.</param>
/// <param name="Shift">With one byte: the weight is the byte times 2^Shift.</param>
public readonly record struct DenseFormat(int BytesPerSynapse, int Shift)
{
    /// <summary>The format of given or drawn weights.</summary>
    public static DenseFormat Of(Weight weight)
    {
        var (low, high, even) = weight switch
        {
            Weight.ConstantWeight w => (w.Value, w.Value, w.Value % 2 == 0),
            Weight.UniformWeight w => (w.Low, w.High, w.Step % 2 == 0),
            Weight.NormalWeight w => (w.Low, w.High, w.Step % 2 == 0),
            Weight.ArrayWeight w => Range(w.Values.AsSpan()),
            _ => throw new ArgumentException($"weights of kind {weight.Name}", nameof(weight)),
        };
        if (low >= sbyte.MinValue && high <= sbyte.MaxValue) return new DenseFormat(1, 0);
        if (even && low >= 2 * sbyte.MinValue && high <= 2 * sbyte.MaxValue) return new DenseFormat(1, 1);
        return new DenseFormat(4, 0);
    }

    private static (double Low, double High, bool Even) Range(ReadOnlySpan<float> values)
    {
        double low = double.MaxValue, high = double.MinValue;
        bool even = true;
        foreach (float value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
            even &= value % 2 == 0;
        }
        return (low, high, even);
    }
}
