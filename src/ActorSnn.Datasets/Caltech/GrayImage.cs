namespace ActorSnn.Datasets.Caltech;

/// <summary>One gray image.</summary>
/// <param name="Rows">Height in pixels.</param>
/// <param name="Columns">Width in pixels.</param>
/// <param name="Pixels">[Rows, Columns], row-major, 0 = black to 255 = white.</param>
internal sealed record GrayImage(int Rows, int Columns, byte[] Pixels)
{
    // Weights are integers with so many bits behind the point, and sums of 256 times as much fit into 32 bits.
    private const int WeightBits = 22;

    /// <summary>
    /// The image in another size, by bilinear interpolation as Pillow does it: centres of pixels lie at n + 1/2, the triangle of weights is as wide as two pixels of the larger
    /// grid (so that nothing is skipped when an image becomes smaller), it is cut off at the border, and columns are done before rows, with gray levels rounded in
    /// between. The aspect ratio is not kept.
    /// </summary>
    public GrayImage Resized(int rows, int columns)
    {
        var narrow = new byte[Rows * columns];
        var alongRow = Weights.Of(Columns, columns);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < columns; column++)
                narrow[row * columns + column] = alongRow.Sum(column, Pixels, row * Columns, 1);
        }

        var small = new byte[rows * columns];
        var alongColumn = Weights.Of(Rows, rows);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                small[row * columns + column] = alongColumn.Sum(row, narrow, column, columns);
        }
        return new GrayImage(rows, columns, small);
    }

    /// <summary>Which pixels a pixel of the new size is made of, along one axis, and with which weights: those of pixel n begin at n * Most.</summary>
    private sealed record Weights(int Most, int[] First, int[] Count, int[] Values)
    {
        public static Weights Of(int from, int to)
        {
            double scale = (double)from / to;
            double reach = Math.Max(scale, 1);
            int most = (int)Math.Ceiling(reach) * 2 + 1;
            var (first, count, values) = (new int[to], new int[to], new int[to * most]);
            var weights = new double[most];
            for (int n = 0; n < to; n++)
            {
                double centre = (n + 0.5) * scale;
                first[n] = Math.Max(0, (int)(centre - reach + 0.5));
                count[n] = Math.Min(from, (int)(centre + reach + 0.5)) - first[n];
                double sum = 0;
                for (int k = 0; k < count[n]; k++)
                    sum += weights[k] = Math.Max(0, 1 - Math.Abs((first[n] + k - centre + 0.5) * (1 / reach)));
                for (int k = 0; k < count[n]; k++)
                    values[n * most + k] = (int)(0.5 + weights[k] / sum * (1 << WeightBits));
            }
            return new Weights(most, first, count, values);
        }

        public byte Sum(int n, byte[] pixels, int start, int step)
        {
            int sum = 1 << (WeightBits - 1);
            for (int k = 0; k < Count[n]; k++)
                sum += Values[n * Most + k] * pixels[start + (First[n] + k) * step];
            return (byte)Math.Min(sum >> WeightBits, 255);
        }
    }
}
