namespace ActorSnn.Networks;

/// <summary>
/// The order in which samples of a data set are shown: pass after pass without end, each pass in an order of its own when <see cref="Shuffled"/>. A sample is shown
/// in <see cref="Steps"/> presentations, one tick each, which follow each other in windows of <see cref="WindowSteps"/> ticks, a window every <see cref="PeriodTicks"/> ticks. Any
/// presentation can be looked up directly, so a run can start anywhere.
/// </summary>
/// <param name="SampleCount">Samples in a pass.</param>
/// <param name="PeriodTicks">Ticks from one window of presentations to the next.</param>
/// <param name="Shuffled">Whether each pass has a random order of its own; otherwise file order.</param>
/// <param name="Seed">Seed of the orders.</param>
/// <param name="Steps">Presentations of a sample.</param>
/// <param name="WindowSteps">Presentations in a window.</param>
public sealed record SamplePresentation(int SampleCount, int PeriodTicks, bool Shuffled = false, ulong Seed = 0, int Steps = 1, int WindowSteps = 1)
{
    /// <summary>The order of one pass; null for file order.</summary>
    /// <param name="pass">Number of the pass, from 0.</param>
    public SamplePermutation? OrderOf(long pass) => Shuffled ? new SamplePermutation(Seed, pass, SampleCount) : null;

    /// <summary>When presentations happen.</summary>
    /// <param name="firstTick">Tick of presentation 0.</param>
    public StepClock ClockFrom(long firstTick) => new(firstTick, PeriodTicks, WindowSteps);

    internal void Validate(string field, long firstTick)
    {
        if (SampleCount < 1) throw new NetworkException($"{field}.presentation", $"{SampleCount} samples; at least 1");
        if (PeriodTicks < 1) throw new NetworkException($"{field}.presentation.period", $"{PeriodTicks} ticks; at least 1");
        if (Steps < 1) throw new NetworkException($"{field}.presentation.steps", $"{Steps}; at least 1");
        if (WindowSteps < 1 || WindowSteps > PeriodTicks)
            throw new NetworkException($"{field}.presentation.windowSteps", $"{WindowSteps} in a period of {PeriodTicks} ticks; give 1 to {PeriodTicks}");
        if (firstTick < 0) throw new NetworkException($"{field}.firstTick", $"{firstTick}; ticks count from 0");
    }

    internal void WriteTo(CanonicalWriter writer)
    {
        writer.Write(PeriodTicks).Write(Shuffled ? 1 : 0).Write(Shuffled ? (long)Seed : 0);
        if (Steps != 1 || WindowSteps != 1) writer.Write("steps").Write(Steps).Write(WindowSteps);
    }
}

/// <summary>
/// A source that shows one frame per presentation: neuron n spikes in presentation k if bit n of its frame is set.
/// </summary>
/// <param name="Frames">
/// The patterns, as many bits as the population has neurons: one a sample, or, for samples of several presentations that differ, one a presentation, those of a sample together.
/// </param>
/// <param name="Presentation">Order and period. Sources that share it show the same sample.</param>
/// <param name="FirstTick">Tick of presentation 0.</param>
public sealed record SampleSource(BitFrames Frames, SamplePresentation Presentation, long FirstTick) : NeuronModel
{
    /// <inheritdoc/>
    public override string Name => "samples";

    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        if (Frames.Size != size)
            throw new NetworkException($"{field}.frames", $"{Frames.Size} bits a frame for a population of {size}; they must agree");
        Presentation.Validate(field, FirstTick);
        if (!IsOneFrameEach && Frames.Count != (long)Presentation.SampleCount * Presentation.Steps)
        {
            string expected = Presentation.Steps == 1 ? $"{Presentation.SampleCount}" : $"{Presentation.SampleCount} or {(long)Presentation.SampleCount * Presentation.Steps}";
            throw new NetworkException($"{field}.presentation", $"{Presentation.SampleCount} samples a pass, but {Frames.Count} frames; give {expected}");
        }
    }

    private bool IsOneFrameEach => Frames.Count == Presentation.SampleCount;

    /// <summary>The frame of a presentation.</summary>
    /// <param name="sample">The sample, as it stands in the data set.</param>
    /// <param name="step">Which of its presentations, from 0.</param>
    public ReadOnlySpan<ulong> FrameOf(int sample, int step) => Frames[IsOneFrameEach ? sample : sample * Presentation.Steps + step];

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Frames.Digest);
        Presentation.WriteTo(writer);
        writer.Write(FirstTick);
    }
}
