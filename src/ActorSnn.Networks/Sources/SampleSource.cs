namespace ActorSnn.Networks;

/// <summary>
/// The order in which samples of a data set are shown: one presentation every <see cref="PeriodTicks"/> ticks, pass after pass
/// without end, each pass in an order of its own when <see cref="Shuffled"/>. Any presentation can be looked up directly, so a run
/// can start anywhere.
/// </summary>
/// <param name="SampleCount">Samples in a pass.</param>
/// <param name="PeriodTicks">Ticks from one presentation to the next.</param>
/// <param name="Shuffled">Whether each pass has a random order of its own; otherwise file order.</param>
/// <param name="Seed">Seed of the orders.</param>
public sealed record SamplePresentation(int SampleCount, int PeriodTicks, bool Shuffled = false, ulong Seed = 0)
{
    /// <summary>The order of one pass; null for file order.</summary>
    /// <param name="pass">Number of the pass, from 0.</param>
    public SamplePermutation? OrderOf(long pass) => Shuffled ? new SamplePermutation(Seed, pass, SampleCount) : null;
}

/// <summary>
/// A source that shows one frame per presentation: neuron n spikes at tick <c>FirstTick + k * period</c> if bit n of the frame
/// of presentation k is set.
/// </summary>
/// <param name="Frames">The patterns; one a sample, as many bits as the population has neurons.</param>
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
        if (Presentation.SampleCount != Frames.Count)
            throw new NetworkException($"{field}.presentation", $"{Presentation.SampleCount} samples a pass, but {Frames.Count} frames");
        if (Presentation.PeriodTicks < 1)
            throw new NetworkException($"{field}.presentation.period", $"{Presentation.PeriodTicks} ticks; at least 1");
        if (FirstTick < 0)
            throw new NetworkException($"{field}.firstTick", $"{FirstTick}; ticks count from 0");
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer
        .Write(Name).Write(Frames.Digest).Write(Presentation.PeriodTicks).Write(Presentation.Shuffled ? 1 : 0)
        .Write(Presentation.Shuffled ? (long)Presentation.Seed : 0).Write(FirstTick);
}
