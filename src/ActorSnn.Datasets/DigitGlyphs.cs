namespace ActorSnn.Datasets;

/// <summary>A point of the plane, x to the right and y down.</summary>
internal readonly record struct Point(double X, double Y);

/// <summary>
/// How people write the digits: for each a few glyphs, a glyph being strokes, a stroke the points its curve runs through. Glyph
/// units: the middle is (0, 0), top and bottom are y = -1 and 1. A point given twice in a row is a corner.
/// </summary>
internal static class DigitGlyphs
{
    /// <summary>For each digit the ways to write it, each a list of strokes.</summary>
    public static readonly Point[][][][] All =
    [
        [
            [Stroke(0, -1, -.45, -.75, -.6, 0, -.45, .75, 0, 1, .45, .75, .6, 0, .45, -.75, 0, -1)],
            [Stroke(.2, -.95, -.25, -.85, -.45, -.1, -.3, .75, .05, 1, .4, .6, .42, -.2, .25, -.8, -.1, -.95)],
        ],
        [
            [Stroke(0, -1, 0, 1)],
            [Stroke(-.4, -.5, .1, -1, .1, -1, .05, 1)],
            [Stroke(-.35, -.6, .05, -1, .05, -1, .05, 1), Stroke(-.4, 1, .45, 1)],
        ],
        [
            [Stroke(-.5, -.55, -.3, -.9, .1, -1, .5, -.7, .42, -.25, 0, .35, -.55, .95, -.55, .95, .6, .95)],
            [Stroke(-.5, -.65, -.15, -.98, .35, -.85, .45, -.4, .15, .2, -.3, .8, -.58, .8, -.45, .5, -.1, .65, .25, .92, .65, .75)],
        ],
        [
            [Stroke(-.45, -.8, -.05, -1, .4, -.8, .38, -.35, -.05, -.08, -.05, -.08, .45, .15, .5, .6, .1, .98, -.5, .8)],
            [Stroke(-.5, -.95, .45, -.95, .45, -.95, -.1, -.2, -.1, -.2, .4, 0, .5, .5, .1, .97, -.5, .8)],
        ],
        [
            [Stroke(-.35, -.95, -.52, .15, -.52, .15, .58, .15), Stroke(.3, -.55, .22, 1)],
            [Stroke(.25, 1, .25, -1, .25, -1, -.6, .35, -.6, .35, .6, .35)],
        ],
        [
            [Stroke(.5, -.95, -.4, -.95, -.4, -.95, -.45, -.15, -.45, -.15, .1, -.3, .5, .1, .45, .65, 0, .98, -.5, .8)],
            [Stroke(.5, -.95, 0, -.92, -.42, -.55, -.1, -.12, .4, .25, .32, .8, -.1, 1, -.5, .8)],
        ],
        [
            [Stroke(.4, -.95, -.1, -.65, -.5, 0, -.48, .6, -.05, .98, .42, .72, .42, .28, .05, .05, -.48, .4)],
            [Stroke(.05, -1, -.3, -.4, -.45, .3, -.3, .85, .1, .97, .42, .6, .2, .22, -.2, .3, -.42, .6)],
        ],
        [
            [Stroke(-.55, -.9, .5, -.9, .5, -.9, -.1, 1)],
            [Stroke(-.55, -.9, .5, -.9, .5, -.9, -.1, 1), Stroke(-.3, .05, .45, .05)],
            [Stroke(-.55, -.5, -.52, -.9, -.52, -.9, .52, -.85, .52, -.85, .1, 0, -.05, 1)],
        ],
        [
            [Stroke(.38, -.75, 0, -1, -.38, -.72, -.15, -.2, .3, .2, .45, .65, 0, 1, -.45, .65, -.3, .2, .15, -.2, .4, -.55, .38, -.75)],
            [
                Stroke(0, -.98, -.36, -.75, -.36, -.3, 0, -.08, .36, -.3, .36, -.75, 0, -.98),
                Stroke(0, -.08, -.45, .2, -.45, .72, 0, .98, .45, .72, .45, .2, 0, -.08),
            ],
        ],
        [
            [Stroke(.45, -.55, .15, -.97, -.35, -.8, -.45, -.3, -.05, 0, .38, -.25, .45, -.55, .45, -.55, .4, .2, .25, 1)],
            [Stroke(.42, -.6, .1, -.98, -.38, -.75, -.38, -.2, .05, -.05, .42, -.4, .42, -.6, .48, .1, .3, .8, -.1, .98, -.45, .78)],
        ],
    ];

    /// <summary>A stroke: x and y of its points in turn.</summary>
    public static Point[] Stroke(params ReadOnlySpan<double> xy)
    {
        var points = new Point[xy.Length / 2];
        for (var k = 0; k < points.Length; k++)
            points[k] = new Point(xy[2 * k], xy[2 * k + 1]);
        return points;
    }
}
