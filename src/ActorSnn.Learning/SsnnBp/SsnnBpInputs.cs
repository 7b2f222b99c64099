using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>Samples as an SSNN-BP network takes them: intensities, from which spikes are drawn anew in every step, or spike trains as they were recorded.</summary>
public sealed class SsnnBpInputs
{
    private readonly IntensityFrames? _intensities;
    private readonly BitFrames? _trains;

    private SsnnBpInputs(int count, int size, IntensityFrames? intensities, BitFrames? trains) => (Count, Size, _intensities, _trains) = (count, size, intensities, trains);

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Input lines.</summary>
    public int Size { get; }

    /// <summary>Whether spikes are recorded and not drawn: such samples have one length.</summary>
    public bool IsRecorded => _trains is not null;

    /// <summary>Images: a gray value of 255 spikes in every step.</summary>
    /// <param name="pixels">One frame a sample.</param>
    public static SsnnBpInputs Intensities(IntensityFrames pixels) => new(pixels.Count, pixels.Size, pixels, null);

    /// <summary>Recorded spikes, a frame a step.</summary>
    /// <param name="frames">Frames of the samples, those of one after another.</param>
    /// <param name="steps">Frames of a sample.</param>
    /// <exception cref="ArgumentException">There are no whole samples.</exception>
    public static SsnnBpInputs Recorded(BitFrames frames, int steps) => frames.Count % steps == 0
        ? new(frames.Count / steps, frames.Size, null, frames)
        : throw new ArgumentException($"{frames.Count} frames are no whole samples of {steps}", nameof(frames));

    /// <summary>The source that shows them.</summary>
    internal NeuronModel Source(SamplePresentation presentation) =>
        _trains is not null ? new SampleSource(_trains, presentation, 0) : new IntensitySource(_intensities!, presentation, 0);
}
