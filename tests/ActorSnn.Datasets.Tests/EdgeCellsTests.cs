namespace ActorSnn.Datasets.Tests;

public class EdgeCellsTests
{
    private const int Side = 4;
    private static readonly EdgeCells Cells = new(Side, Gain: 2);

    [Fact]
    public void Nothing_is_seen_where_nothing_changes() => Assert.All(Cells.See(Images(12, 16, (_, _) => 200)).Pixels, strength => Assert.Equal(0, strength));

    // The gray value changes by 10 from pixel to pixel along the rows, the columns or both: by 20 over two pixels, of which a direction at 45 degrees sees 181 / 256.
    [Theory]
    [InlineData(1, 0, new[] { 40, 0, 28, 28 })]
    [InlineData(0, 1, new[] { 0, 40, 28, 28 })]
    [InlineData(-1, 0, new[] { 40, 0, 28, 28 })]
    [InlineData(1, 1, new[] { 40, 40, 56, 0 })]
    [InlineData(1, -1, new[] { 40, 40, 0, 56 })]
    public void A_cell_sees_change_along_its_direction(int alongRow, int alongColumn, int[] expected)
    {
        var seen = Cells.See(Images(12, 12, (row, column) => 125 + 10 * (alongRow * (column - 5) + alongColumn * (row - 5))));
        Assert.Equal((12, 3), (seen.Rows, seen.Columns)); // four directions of 3 x 3
        Assert.Equal(expected, Enumerable.Range(0, 4).Select(direction => (int)seen.Image(0)[direction * 9 + 4])); // the cell in the middle
    }

    [Fact]
    public void A_cell_sees_the_strongest_edge_of_its_square()
    {
        // A step in gray between columns 5 and 6, blurred: 0, 1, 5, 11, 15 and 16 sixteenths of it from column 3 on.
        var seen = Cells.See(Images(8, 16, (_, column) => column < 6 ? 0 : 100));
        var along = seen.Image(0)[..8].ToArray();
        Assert.Equal(along[..4], along[4..]);
        Assert.Equal([12, 125, 12, 0], along[..4].Select(strength => (int)strength)); // 200 / 16 * (1, 10, 1)
        Assert.Equal(255, new EdgeCells(Side, 8).See(Images(8, 16, (_, column) => column < 6 ? 0 : 100)).Image(0)[1]);
    }

    [Fact]
    public void What_is_seen_agrees_with_a_computation_in_real_numbers()
    {
        const int Rows = 21, Columns = 30, Gain = 3;
        var random = new CounterRandom(7, 1, 0);
        var images = new LabelledImages("noise", Rows, Columns, [.. Enumerable.Range(0, 2 * Rows * Columns).Select(_ => (byte)random.Below(256))], [0, 1], 2);
        var seen = new EdgeCells(Side, Gain).See(images);
        Assert.Equal((4 * 5, 7, 2, "noise"), (seen.Rows, seen.Columns, seen.Count, seen.Name));
        Assert.Equal(images.Labels, seen.Labels);
        double[] kernel = [1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0];
        for (int n = 0; n < 2; n++)
        {
            double At(int row, int column)
            {
                double sum = 0;
                for (int i = 0; i < 5; i++)
                    for (int k = 0; k < 5; k++)
                        sum += kernel[i] * kernel[k] * images.Image(n)[Math.Clamp(Math.Clamp(row, 0, Rows - 1) + i - 2, 0, Rows - 1) * Columns + Math.Clamp(Math.Clamp(column, 0, Columns - 1) + k - 2, 0, Columns - 1)];
                return sum;
            }

            for (int cell = 0; cell < 4 * 5 * 7; cell++)
            {
                var (direction, top, left) = (cell / 35, cell % 35 / 7 * Side, cell % 7 * Side);
                double angle = ((double[])[0, 0.5, 0.25, -0.25])[direction] * Math.PI;
                double strongest = 0;
                for (int row = top; row < top + Side; row++)
                    for (int column = left; column < left + Side; column++)
                        strongest = Math.Max(strongest, Math.Abs(Math.Cos(angle) * (At(row, column + 1) - At(row, column - 1)) + Math.Sin(angle) * (At(row + 1, column) - At(row - 1, column))));
                Assert.InRange(seen.Image(n)[cell], Math.Min(255, Gain * strongest) - 1.5, Math.Min(255, Gain * strongest) + 0.001);
            }
        }
    }

    [Fact]
    public void Every_machine_sees_the_same()
    {
        var random = new CounterRandom(8, 1, 0);
        var images = new LabelledImages("noise", 40, 50, [.. Enumerable.Range(0, 3 * 2000).Select(_ => (byte)random.Below(256))], [0, 1, 0], 2);
        Assert.Equal("bf73d17fc1f74aa34e615e2afd8227de1389db685d3cbff7eeae178586843292", new EdgeCells(8, 4).See(images).Digest);
    }

    [Fact]
    public void What_makes_no_cells_is_refused()
    {
        var image = Images(8, 8, (_, _) => 0);
        Assert.Contains("give a side of at least 1", Assert.Throws<ArgumentException>(() => new EdgeCells(0, 1).See(image)).Message);
        Assert.Contains("a gain of 1 to 1000", Assert.Throws<ArgumentException>(() => new EdgeCells(4, 0).See(image)).Message);
        Assert.Contains("a gain of 1 to 1000", Assert.Throws<ArgumentException>(() => new EdgeCells(4, 1001).See(image)).Message);
        Assert.Contains("images of 8x8 are smaller than a cell's 9x9", Assert.Throws<ArgumentException>(() => new EdgeCells(9, 1).See(image)).Message);
        Assert.Equal(4, new EdgeCells(8, 1).See(image).Rows);
    }

    private static LabelledImages Images(int rows, int columns, Func<int, int, int> gray) =>
        new("one", rows, columns, [.. Enumerable.Range(0, rows * columns).Select(n => checked((byte)gray(n / columns, n % columns)))], [0], 1);
}
