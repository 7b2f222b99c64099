namespace ActorSnn.Datasets;

/// <summary>
/// Draws sets of images of glyphs with a wobbling pen: 28x28 gray pixels, every image with its own rotation, slant, size, place, pen width and noise. Image i depends on
/// (seed, stream, i) and on nothing else. Only + - * / and square roots of doubles are used, which IEEE 754 rounds alike everywhere.
/// </summary>
internal static class GlyphImages
{
    /// <summary>Height and width of an image in pixels.</summary>
    public const int Side = 28;

    /// <summary>The most images a set can hold.</summary>
    public static readonly int MostImages = Array.MaxLength / (Side * Side);

    private const double MaxSpeck = 200;            // gray level
    private const int PointsPerSpan = 5;            // straight pieces between two control points of a curve

    /// <summary>Draws a set. In each run of as many images as there are classes every class occurs once.</summary>
    /// <param name="name">What the set will be called.</param>
    /// <param name="glyphs">The ways to write each class, each a list of strokes.</param>
    /// <param name="jitter">How much the images of a class differ.</param>
    /// <param name="count">How many images, at least 1.</param>
    /// <param name="seed">Another seed draws another set.</param>
    /// <param name="stream">The random numbers of the images; those of the labels are the next stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one image, or more than <see cref="MostImages"/>.</exception>
    public static LabelledImages Draw(string name, Point[][][][] glyphs, GlyphJitter jitter, int count, ulong seed, ulong stream)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostImages);
        var mostPoints = glyphs.SelectMany(variants => variants).SelectMany(strokes => strokes).Max(stroke => stroke.Length);
        var pixels = new byte[count * Side * Side];
        var labels = new byte[count];
        Parallel.For(0, count, i =>
        {
            labels[i] = Label(glyphs.Length, seed, stream + 1, i);
            var random = new CounterRandom(seed, stream, (ulong)i);
            DrawGlyph(glyphs[labels[i]], jitter, mostPoints, ref random, pixels.AsSpan(i * Side * Side, Side * Side));
        });
        return new LabelledImages(name, Side, Side, pixels, labels, glyphs.Length);
    }

    // As many images in a row as there are classes are a shuffle of these, so that any count is balanced as well as it can be.
    private static byte Label(int classes, ulong seed, ulong stream, int index)
    {
        var random = new CounterRandom(seed, stream, (ulong)(index / classes));
        Span<byte> labels = stackalloc byte[classes];
        for (var label = 0; label < classes; label++)
            labels[label] = (byte)label;
        for (var last = classes - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (labels[last], labels[other]) = (labels[other], labels[last]);
        }

        return labels[index % classes];
    }

    private static void DrawGlyph(Point[][][] variants, GlyphJitter jitter, int mostPoints, ref CounterRandom random, Span<byte> image)
    {
        var glyph = variants[random.Below(variants.Length)];
        var pose = Pose.Draw(jitter, ref random);
        var pen = jitter.MinPen + (jitter.MaxPen - jitter.MinPen) * random.Unit();

        Span<double> distances = stackalloc double[Side * Side]; // squared, from the pen's path
        distances.Fill(double.MaxValue);
        Span<Point> path = stackalloc Point[mostPoints];
        foreach (var stroke in glyph)
        {
            WobblePoints(stroke, jitter.Wobble, path, ref random);
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
                image[p] = (byte)(255 * Math.Min(ink, 1) * (1 - jitter.MaxFade * random.Unit()) + 0.5);
        }

        for (var specks = random.Below(jitter.MaxSpecks + 1); specks > 0; specks--)
        {
            var p = random.Below(image.Length);
            image[p] = Math.Max(image[p], (byte)(MaxSpeck * random.Unit()));
        }
    }

    // A point given twice (a corner) or met again (a closed loop) keeps its wobble, so that what was joined stays joined.
    private static void WobblePoints(Point[] stroke, double wobble, Span<Point> wobbled, ref CounterRandom random)
    {
        for (var k = 0; k < stroke.Length; k++)
        {
            var earlier = Array.IndexOf(stroke, stroke[k], 0, k);
            wobbled[k] = earlier >= 0
                ? wobbled[earlier]
                : new Point(stroke[k].X + wobble * random.Hump(), stroke[k].Y + wobble * random.Hump());
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
        public static Pose Draw(GlyphJitter jitter, ref CounterRandom random)
        {
            var width = jitter.HalfHeight * (1 + jitter.MaxStretch * random.Signed());
            var height = jitter.HalfHeight * (1 + jitter.MaxStretch * random.Signed());
            var slant = jitter.MaxSlant * random.Signed();
            var half = jitter.MaxTurn * random.Signed(); // the rational points of the circle: a rotation without sine and cosine
            var cosine = (1 - half * half) / (1 + half * half);
            var sine = 2 * half / (1 + half * half);
            const double Middle = (Side - 1) / 2.0;
            return new Pose(
                cosine * width, -cosine * slant * width - sine * height,
                sine * width, -sine * slant * width + cosine * height,
                Middle + jitter.MaxShift * random.Signed(), Middle + jitter.MaxShift * random.Signed());
        }

        public Point Apply(Point p) => new(X + Xx * p.X + Xy * p.Y, Y + Yx * p.X + Yy * p.Y);
    }
}
