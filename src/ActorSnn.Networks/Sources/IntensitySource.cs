namespace ActorSnn.Networks;

/// <summary>
/// A source that turns intensities into stochastic spike trains: in every presentation of a sample neuron n spikes with probability a / 255, where a is its intensity in the
/// sample's frame, drawn anew from the seed.
/// </summary>
/// <param name="Frames">The intensities; one frame a sample, as many as the population has neurons.</param>
/// <param name="Presentation">Order of the samples and when they are shown. Sources that share it show the same sample.</param>
/// <param name="FirstTick">Tick of presentation 0.</param>
public sealed record IntensitySource(IntensityFrames Frames, SamplePresentation Presentation, long FirstTick) : NeuronModel
{
    /// <inheritdoc/>
    public override string Name => "intensities";

    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (Frames.Size != size) throw new NetworkException($"{field}.frames", $"{Frames.Size} intensities a frame for a population of {size}; they must agree");
        Presentation.Validate(field, FirstTick);
        if (Frames.Count != Presentation.SampleCount)
            throw new NetworkException($"{field}.presentation", $"{Presentation.SampleCount} samples a pass, but {Frames.Count} frames");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Frames.Digest);
        Presentation.WriteTo(writer);
        writer.Write(FirstTick);
    }
}
