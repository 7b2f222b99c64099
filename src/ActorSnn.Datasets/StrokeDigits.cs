namespace ActorSnn.Datasets;

/// <summary>
/// The data set "synth": 28x28 gray digits drawn with a wobbling pen, for when no files are at hand. Ten classes, several
/// ways of writing each. Every image has its own rotation, slant, size, place, pen width and noise.
/// <para>
/// Image i depends on (seed, train or test, i) and on nothing else: not on how many images are asked for, not on the number
/// of threads, not on the machine. Only + - * / and square roots of doubles are used, which IEEE 754 rounds alike everywhere.
/// </para>
/// <para>
/// It is made to need a hidden layer: place and slant vary so much that a linear classifier stays below 90 %.
/// </para>
/// </summary>
public static class StrokeDigits
{
    /// <summary>Height and width of an image in pixels.</summary>
    public const int Side = GlyphImages.Side;

    /// <summary>Number of classes: the digits 0..9.</summary>
    public const int Classes = 10;

    /// <summary>Size of the training set unless told otherwise.</summary>
    public const int DefaultTrain = 20_000;

    /// <summary>Size of the test set unless told otherwise.</summary>
    public const int DefaultTest = 2_000;

    /// <summary>The seed of the data set called "synth".</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>The most images a set can hold.</summary>
    public static readonly int MostImages = GlyphImages.MostImages;

    private static readonly GlyphJitter Jitter = new()
    {
        HalfHeight = 8.6,
        MaxTurn = 0.16,
        MaxSlant = 0.30,
        MaxStretch = 0.18,
        MaxShift = 2.7,
        Wobble = 0.12,
        MinPen = 0.7,
        MaxPen = 1.3,
        MaxFade = 0.35,
        MaxSpecks = 8,
    };

    private const ulong TrainStream = 0; // and the next for labels
    private const ulong TestStream = 2;

    /// <summary>The first <paramref name="count"/> images for training.</summary>
    /// <param name="count">How many, at least 1. In each ten in a row every digit occurs once.</param>
    /// <param name="seed">Another seed draws another set.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one image, or more than <see cref="MostImages"/>.</exception>
    public static LabelledImages Train(int count = DefaultTrain, ulong seed = DefaultSeed) => Draw(count, seed, TrainStream);

    /// <summary>The first <paramref name="count"/> images for testing, drawn from random numbers of their own.</summary>
    /// <inheritdoc cref="Train"/>
    public static LabelledImages Test(int count = DefaultTest, ulong seed = DefaultSeed) => Draw(count, seed, TestStream);

    private static LabelledImages Draw(int count, ulong seed, ulong stream) => GlyphImages.Draw(DataLocator.Synth, DigitGlyphs.All, Jitter, count, seed, stream);
}
