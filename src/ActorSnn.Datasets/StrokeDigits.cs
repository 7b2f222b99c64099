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
    public const int Side = 28;

    /// <summary>Number of classes: the digits 0..9.</summary>
    public const int Classes = 10;

    /// <summary>Size of the training set unless told otherwise.</summary>
    public const int DefaultTrain = 20_000;

    /// <summary>Size of the test set unless told otherwise.</summary>
    public const int DefaultTest = 2_000;

    /// <summary>The seed of the data set called "synth".</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>The most images a set can hold.</summary>
    public static readonly int MostImages = Array.MaxLength / (Side * Side);

    // The jitter: half-widths of symmetric distributions. Lengths in glyph units (a digit is 2 high) or pixels.
    private const double GlyphHalfHeight = 8.6;     // pixels
    private const double MaxTurn = 0.16;            // tangent of half the angle
    private const double MaxSlant = 0.30;
    private const double MaxStretch = 0.18;         // relative, each axis on its own
    private const double MaxShift = 2.7;            // pixels, each axis
    private const double Wobble = 0.12;             // glyph units, each control point and axis
    private const double MinPen = 0.7;              // pixels, half the width of the pen
    private const double MaxPen = 1.3;
    private const double MaxFade = 0.35;            // relative loss of ink, each inked pixel
    private const int MaxSpecks = 8;                // single gray pixels anywhere
    private const double MaxSpeck = 200;            // gray level

    private const int PointsPerSpan = 5;            // straight pieces between two control points of a curve

    private const int TrainSplit = 0;
    private const int TestSplit = 1;

    /// <summary>The first <paramref name="count"/> images for training.</summary>
    /// <param name="count">How many, at least 1. In each ten in a row every digit occurs once.</param>
    /// <param name="seed">Another seed draws another set.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one image, or more than <see cref="MostImages"/>.</exception>
    public static LabelledImages Train(int count = DefaultTrain, ulong seed = DefaultSeed) => Draw(count, seed, TrainSplit);

    /// <summary>The first <paramref name="count"/> images for testing, drawn from random numbers of their own.</summary>
    /// <inheritdoc cref="Train"/>
    public static LabelledImages Test(int count = DefaultTest, ulong seed = DefaultSeed) => Draw(count, seed, TestSplit);

    private static LabelledImages Draw(int count, ulong seed, int split)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostImages);
        var pixels = new byte[count * Side * Side];
        var labels = new byte[count];
        Parallel.For(0, count, i =>
        {
            labels[i] = Label(seed, split, i);
            var random = new CounterRandom(seed, Stream.Image(split), (ulong)i);
            DrawDigit(labels[i], ref random, pixels.AsSpan(i * Side * Side, Side * Side));
        });
        return new LabelledImages("synth", Side, Side, pixels, labels, Classes);
    }

    // Every ten images in a row are a shuffle of the ten digits, so that any count is balanced as well as it can be.
    private static byte Label(ulong seed, int split, int index)
    {
        var random = new CounterRandom(seed, Stream.Labels(split), (ulong)(index / Classes));
        Span<byte> digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        for (var last = Classes - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (digits[last], digits[other]) = (digits[other], digits[last]);
        }

        return digits[index % Classes];
    }

    private static void DrawDigit(int digit, ref CounterRandom random, Span<byte> image)
    {
        var variants = DigitGlyphs.Of(digit);
        var glyph = variants[random.Below(variants.Length)];
        var pose = Pose.Draw(ref random);
        var pen = MinPen + (MaxPen - MinPen) * random.Unit();

        Span<double> distances = stackalloc double[Side * Side]; // squared, from the pen's path
        distances.Fill(double.MaxValue);
        Span<Point> path = stackalloc Point[DigitGlyphs.MostPoints];
        foreach (var stroke in glyph)
        {
            WobblePoints(stroke, path, ref random);
            for (var k = 0; k < stroke.Length; k++)
                path[k] = pose.Apply(path[k]);
            DrawCurve(path[..stroke.Length], pen, distances);
        }

        for (var p = 0; p < image.Length; p++)
        {
            if (distances[p] == double.MaxValue)
                continue;
            var ink = pen + 0.5 - Math.Sqrt(distances[p]);
            if (ink > 0)
                image[p] = (byte)(255 * Math.Min(ink, 1) * (1 - MaxFade * random.Unit()) + 0.5);
        }

        for (var specks = random.Below(MaxSpecks + 1); specks > 0; specks--)
        {
            var p = random.Below(image.Length);
            image[p] = Math.Max(image[p], (byte)(MaxSpeck * random.Unit()));
        }
    }

    // A point given twice (a corner) or met again (a closed loop) keeps its wobble, so that what was joined stays joined.
    private static void WobblePoints(Point[] stroke, Span<Point> wobbled, ref CounterRandom random)
    {
        for (var k = 0; k < stroke.Length; k++)
        {
            var earlier = Array.IndexOf(stroke, stroke[k], 0, k);
            wobbled[k] = earlier >= 0
                ? wobbled[earlier]
                : new Point(stroke[k].X + Wobble * random.Hump(), stroke[k].Y + Wobble * random.Hump());
        }
    }

    // A Catmull-Rom spline through the points; the ends are their own neighbours, so a point given twice makes a corner.
    private static void DrawCurve(ReadOnlySpan<Point> points, double pen, Span<double> distances)
    {
        for (var k = 0; k + 1 < points.Length; k++)
        {
            Point a = points[Math.Max(k - 1, 0)], b = points[k], c = points[k + 1], d = points[Math.Min(k + 2, points.Length - 1)];
            if (b == c)
                continue;
            var from = b;
            for (var piece = 1; piece <= PointsPerSpan; piece++)
            {
                var t = (double)piece / PointsPerSpan;
                var to = new Point(Spline(a.X, b.X, c.X, d.X, t), Spline(a.Y, b.Y, c.Y, d.Y, t));
                DrawSegment(from, to, pen, distances);
                from = to;
            }
        }
    }

    private static double Spline(double a, double b, double c, double d, double t) =>
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

    private static void DrawSegment(Point from, Point to, double pen, Span<double> distances)
    {
        var reach = pen + 0.5;
        var left = FirstPixel(Math.Min(from.X, to.X) - reach);
        var right = LastPixel(Math.Max(from.X, to.X) + reach);
        var top = FirstPixel(Math.Min(from.Y, to.Y) - reach);
        var bottom = LastPixel(Math.Max(from.Y, to.Y) + reach);
        double dx = to.X - from.X, dy = to.Y - from.Y;
        var lengthSquared = dx * dx + dy * dy;
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                double px = x - from.X, py = y - from.Y;
                var along = lengthSquared > 0 ? Math.Clamp((px * dx + py * dy) / lengthSquared, 0, 1) : 0;
                double ex = px - along * dx, ey = py - along * dy;
                ref var distance = ref distances[y * Side + x];
                distance = Math.Min(distance, ex * ex + ey * ey);
            }
        }
    }

    private static int FirstPixel(double edge) => Math.Max((int)Math.Ceiling(edge), 0);

    private static int LastPixel(double edge) => Math.Min((int)Math.Floor(edge), Side - 1);

    /// <summary>Where a glyph lies: glyph units to pixels.</summary>
    private readonly record struct Pose(double Xx, double Xy, double Yx, double Yy, double X, double Y)
    {
        public static Pose Draw(ref CounterRandom random)
        {
            var width = GlyphHalfHeight * (1 + MaxStretch * random.Signed());
            var height = GlyphHalfHeight * (1 + MaxStretch * random.Signed());
            var slant = MaxSlant * random.Signed();
            var half = MaxTurn * random.Signed(); // the rational points of the circle: a rotation without sine and cosine
            var cosine = (1 - half * half) / (1 + half * half);
            var sine = 2 * half / (1 + half * half);
            const double Middle = (Side - 1) / 2.0;
            return new Pose(
                cosine * width, -cosine * slant * width - sine * height,
                sine * width, -sine * slant * width + cosine * height,
                Middle + MaxShift * random.Signed(), Middle + MaxShift * random.Signed());
        }

        public Point Apply(Point p) => new(X + Xx * p.X + Xy * p.Y, Y + Yx * p.X + Yy * p.Y);
    }

    /// <summary>Keeps the random numbers of labels and images, training and test apart.</summary>
    private static class Stream
    {
        public static ulong Image(int split) => (ulong)(2 * split);

        public static ulong Labels(int split) => (ulong)(2 * split + 1);
    }
}
