namespace ActorSnn.Datasets;

/// <summary>
/// Cells that see edges instead of brightness, as in the first stages of a visual cortex (Hubel and Wiesel, Journal of Physiology 160, 1962) and in spiking networks that tell faces from motorbikes (Masquelier and Thorpe, PLoS
/// Computational Biology 3(2), 2007). The image is blurred a little; where its gray value changes along one of four directions, simple cells of that direction respond; and a complex cell responds as much as the strongest simple cell
/// in its part of the image. So a complex cell that spikes the earlier the stronger it is spikes when the first of its simple cells does. All sums are of whole numbers: every machine sees the same.
/// </summary>
/// <param name="Side">Side of a complex cell's square part of the image, in pixels.</param>
/// <param name="Gain">By which a change of gray value over two pixels is multiplied, 1 to 1000; what then exceeds 255 is 255.</param>
public sealed record EdgeCells(int Side, int Gain)
{
    /// <summary>Directions: along the rows, along the columns, and the two diagonals.</summary>
    public const int Directions = 4;

    // Binomial, of variance 1 in both directions; it sums to 256.
    private static readonly int[] Blur = [1, 4, 6, 4, 1];
    private const int BlurBits = 8;

    // Products of 1 / 256 levels of gray fit into 32 bits.
    private const int MostGain = 1000;

    // cos 45 degrees is 181 / 256, to half a thousandth.
    private const int Diagonal = 181, DiagonalBits = 8;

    /// <summary>Rows and columns of complex cells of one direction; pixels beyond the last whole square are not seen.</summary>
    /// <param name="rows">Height of an image in pixels.</param>
    /// <param name="columns">Width of an image in pixels.</param>
    public (int Rows, int Columns) GridOf(int rows, int columns) => (rows / Side, columns / Side);

    /// <summary>
    /// What the complex cells see of images: images of <see cref="Directions"/> times as many rows as <see cref="GridOf"/> says, one direction above the other, 0 where nothing changes. Beyond its border an image goes on with the
    /// gray values of the border.
    /// </summary>
    /// <param name="images">The images, each side at least <see cref="Side"/> pixels.</param>
    /// <exception cref="ArgumentException">The numbers make no such cells, or images are too small for them.</exception>
    public LabelledImages See(LabelledImages images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (Side < 1 || Gain is < 1 or > MostGain) throw new ArgumentException($"{this}: give a side of at least 1, and a gain of 1 to {MostGain}");
        var (rows, columns) = GridOf(images.Rows, images.Columns);
        if (rows < 1 || columns < 1) throw new ArgumentException($"images of {images.Rows}x{images.Columns} are smaller than a cell's {Side}x{Side}", nameof(images));
        int cells = rows * columns;
        var seen = new byte[images.Count * Directions * cells];
        var gray = new int[images.Rows * images.Columns];
        var half = new int[gray.Length];
        for (int n = 0; n < images.Count; n++)
        {
            var pixels = images.Image(n);
            for (int pixel = 0; pixel < gray.Length; pixel++)
                gray[pixel] = pixels[pixel];
            BlurAlong(gray, half, images.Rows, images.Columns, images.Columns, 1);
            BlurAlong(half, gray, images.Columns, images.Rows, 1, images.Columns);
            Respond(gray, images.Rows, images.Columns, seen.AsSpan(n * Directions * cells, Directions * cells), rows, columns);
        }
        return new LabelledImages(images.Name, Directions * rows, columns, seen, images.Labels, images.Classes);
    }

    /// <summary>Blurs along lines: of each, its pixels lie <paramref name="step"/> apart.</summary>
    private static void BlurAlong(int[] from, int[] to, int lines, int length, int lineStep, int step)
    {
        int reach = Blur.Length / 2;
        for (int line = 0; line < lines; line++)
        {
            for (int n = 0; n < length; n++)
            {
                int sum = 0;
                for (int k = -reach; k <= reach; k++)
                    sum += Blur[k + reach] * from[line * lineStep + Math.Clamp(n + k, 0, length - 1) * step];
                to[line * lineStep + n * step] = sum;
            }
        }
    }

    private void Respond(int[] blurred, int imageRows, int imageColumns, Span<byte> seen, int rows, int columns)
    {
        int cells = rows * columns;
        for (int row = 0; row < rows * Side; row++)
        {
            int above = Math.Max(row - 1, 0) * imageColumns, below = Math.Min(row + 1, imageRows - 1) * imageColumns;
            for (int column = 0; column < columns * Side; column++)
            {
                int alongRow = blurred[row * imageColumns + Math.Min(column + 1, imageColumns - 1)] - blurred[row * imageColumns + Math.Max(column - 1, 0)];
                int alongColumn = blurred[below + column] - blurred[above + column];
                int cell = row / Side * columns + column / Side;
                Raise(ref seen[cell], Math.Abs(alongRow));
                Raise(ref seen[cell + cells], Math.Abs(alongColumn));
                Raise(ref seen[cell + 2 * cells], Math.Abs(alongRow + alongColumn) * Diagonal >> DiagonalBits);
                Raise(ref seen[cell + 3 * cells], Math.Abs(alongRow - alongColumn) * Diagonal >> DiagonalBits);
            }
        }
    }

    private void Raise(ref byte strongest, int change)
    {
        int strength = Math.Min(byte.MaxValue, change * Gain >> BlurBits);
        if (strength > strongest) strongest = (byte)strength;
    }
}
