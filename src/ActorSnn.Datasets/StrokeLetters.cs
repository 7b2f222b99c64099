namespace ActorSnn.Datasets;

/// <summary>
/// The data set "synth-letters": the ten digits and the 26 capital letters in 36 classes, drawn as <see cref="StrokeDigits"/> draws, for many classes without files. It has the
/// size of MNIST unless told otherwise.
/// </summary>
internal static class StrokeLetters
{
    /// <summary>Size of the training set unless told otherwise.</summary>
    public const int DefaultTrain = 60_000;

    /// <summary>Size of the test set unless told otherwise.</summary>
    public const int DefaultTest = 10_000;

    private static readonly GlyphJitter Jitter = new()
    {
        HalfHeight = 8.2,
        MaxTurn = 0.19,
        MaxSlant = 0.35,
        MaxStretch = 0.22,
        MaxShift = 3.1,
        Wobble = 0.20,
        MinPen = 0.7,
        MaxPen = 1.3,
        MaxFade = 0.5,
        MaxSpecks = 16,
    };

    // Labels have the next streams; those of the digits come before.
    private const ulong TrainStream = 4;
    private const ulong TestStream = 6;

    /// <summary>The first <paramref name="count"/> images for training.</summary>
    /// <param name="count">How many, at least 1. In each 36 in a row every class occurs once.</param>
    /// <param name="seed">Another seed draws another set.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one image, or more than <see cref="GlyphImages.MostImages"/>.</exception>
    public static LabelledImages Train(int count = DefaultTrain, ulong seed = StrokeDigits.DefaultSeed) => Draw(count, seed, TrainStream);

    /// <summary>The first <paramref name="count"/> images for testing, drawn from random numbers of their own.</summary>
    /// <inheritdoc cref="Train"/>
    public static LabelledImages Test(int count = DefaultTest, ulong seed = StrokeDigits.DefaultSeed) => Draw(count, seed, TestStream);

    private static LabelledImages Draw(int count, ulong seed, ulong stream) => GlyphImages.Draw(DataLocator.SynthLetters, LetterGlyphs.All, Jitter, count, seed, stream);
}
