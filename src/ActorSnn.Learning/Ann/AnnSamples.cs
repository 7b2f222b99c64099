namespace ActorSnn.Learning.Ann;

/// <summary>Labelled inputs of a plain network: gray values, or real numbers such as the mean of spike trains.</summary>
public sealed class AnnSamples
{
    private static readonly float[] Grays = [.. Enumerable.Range(0, 256).Select(gray => gray / 255f)];

    private readonly byte[]? _intensities;
    private readonly float[]? _means;

    private AnnSamples(byte[]? intensities, float[]? means, int inputs, byte[] labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        int values = intensities?.Length ?? means!.Length;
        if (values != (long)labels.Length * inputs) throw new ArgumentException($"{values} values for {labels.Length} samples of {inputs}");
        (_intensities, _means, Inputs, Labels) = (intensities, means, inputs, labels);
    }

    /// <summary>Values of a sample.</summary>
    public int Inputs { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>[Count]: classes.</summary>
    public byte[] Labels { get; }

    /// <summary>Samples of gray values; 255 becomes 1. Arrays are not copied.</summary>
    /// <param name="intensities">[labels.Length, inputs], row-major.</param>
    /// <param name="inputs">Values of a sample.</param>
    /// <param name="labels">Classes.</param>
    /// <exception cref="ArgumentException">Sizes disagree.</exception>
    public static AnnSamples OfIntensities(byte[] intensities, int inputs, byte[] labels) => new(intensities, null, inputs, labels);

    /// <summary>Samples of real numbers, taken as they are. Arrays are not copied.</summary>
    /// <param name="means">[labels.Length, inputs], row-major.</param>
    /// <param name="inputs">Values of a sample.</param>
    /// <param name="labels">Classes.</param>
    /// <exception cref="ArgumentException">Sizes disagree.</exception>
    public static AnnSamples OfMeans(float[] means, int inputs, byte[] labels) => new(null, means, inputs, labels);

    /// <summary>Copies a sample's values.</summary>
    /// <param name="sample">0 to Count - 1.</param>
    /// <param name="values">[Inputs], receives them.</param>
    public void Read(int sample, Span<float> values)
    {
        if (_means is not null)
        {
            _means.AsSpan(sample * Inputs, Inputs).CopyTo(values);
            return;
        }
        var grays = _intensities.AsSpan(sample * Inputs, Inputs);
        for (int j = 0; j < grays.Length; j++) values[j] = Grays[grays[j]];
    }
}
