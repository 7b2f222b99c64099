namespace ActorSnn.Networks;

/// <summary>
/// Intensities as the time of a first spike, bright ones early: in a sample that starts at tick τ, neuron n spikes at tick τ + t with <c>t = floor((255 - a) Steps / 255)</c>, where a is its intensity; a = 0 and
/// t >= Steps stay silent.
/// </summary>
/// <param name="Frames">The intensities; one frame a sample, as many as the population has neurons.</param>
/// <param name="Steps">Steps of time in a sample: T.</param>
/// <param name="Presentation">Order of the samples, and the period in which they start; null to start the next one, in file order, with each spike that arrives over a one-to-all projection.</param>
/// <param name="FirstTick">Start of the first sample, where there is a presentation.</param>
public sealed record LatencySource(IntensityFrames Frames, int Steps, SamplePresentation? Presentation = null, long FirstTick = 0) : NeuronModel
{
    private const int FullIntensity = byte.MaxValue;

    /// <inheritdoc/>
    public override string Name => "latencies";

    /// <inheritdoc/>
    public override bool IsSource => Presentation is not null;

    /// <summary>The step in which an intensity spikes; <paramref name="steps"/> for never.</summary>
    /// <param name="intensity">0 to 255.</param>
    /// <param name="steps">Steps of time in a sample.</param>
    public static int StepOf(byte intensity, int steps) => intensity == 0 ? steps : (FullIntensity - intensity) * steps / FullIntensity;

    /// <summary>An intensity that spikes in a step: the inverse of <see cref="StepOf"/> for at most 255 steps; 0 for what is not below them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="steps">Steps of time in a sample.</param>
    public static byte IntensityOf(int step, int steps) => step >= steps ? (byte)0 : (byte)(FullIntensity - (step * FullIntensity + steps - 1) / steps);

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (Frames.Size != size) throw new NetworkException($"{field}.frames", $"{Frames.Size} intensities a frame for a population of {size}; they must agree");
        if (Steps is < 1 or > FirstSpikeModel.MaxSteps) throw new NetworkException($"{field}.steps", $"{Steps}; give 1 to {FirstSpikeModel.MaxSteps}");
        if (Presentation is null) return;
        Presentation.Validate(field, FirstTick);
        if (Frames.Count != Presentation.SampleCount)
            throw new NetworkException($"{field}.presentation", $"{Presentation.SampleCount} samples a pass, but {Frames.Count} frames");
        if (Presentation.Steps != 1 || Presentation.PeriodTicks < Steps)
            throw new NetworkException($"{field}.presentation", $"{Presentation.Steps} presentations every {Presentation.PeriodTicks} ticks; a sample is shown once, in {Steps} ticks");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Frames.Digest).Write(Steps);
        if (Presentation is null)
        {
            writer.Write("started");
            return;
        }
        Presentation.WriteTo(writer);
        writer.Write(FirstTick);
    }
}
