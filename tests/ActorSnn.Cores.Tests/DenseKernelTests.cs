using ActorSnn.Cores.Kernels;

namespace ActorSnn.Cores.Tests;

/// <summary>The vector kernels of dense synapses against their scalar twins.</summary>
public class DenseKernelTests
{
    private static readonly int[] Strides = [16, 32, 48, 64, 80, 96, 112, 128, 240, 256, 272, 304, 352, 400, 416, 512, 640];

    [Fact]
    public void Rows_are_added_as_by_the_scalar_twin()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            int stride = Strides[seed % Strides.Length];
            int rows = random.Next(1, 700);
            var weights = RandomBytes(random, rows * stride);
            var some = Subset(random, rows, random.Next(4) == 0 ? 1 : random.NextDouble());
            int shift = random.Next(2);
            // The buffer may go on behind the columns, and does not start at zero.
            var expected = Enumerable.Range(0, stride + random.Next(3) * 16).Select(_ => random.Next(-100_000, 100_000)).ToArray();
            var actual = expected.ToArray();

            DenseKernels.Scalar.AddRows(weights, stride, some, shift, expected);
            DenseKernels.AddRows(weights, stride, some, shift, actual);

            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{some.Length} of {rows} rows, stride {stride}, shift {shift} (seed {seed})");
        }
    }

    /// <summary>256 rows of the smallest byte are the most that fit in 16 bits; one row more has to be carried on.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1024)]
    [InlineData(3000)]
    public void Sums_of_the_largest_weights_do_not_overflow(int rows)
    {
        foreach (int stride in (int[])[16, 32, 64, 96, 256, 368])
        {
            foreach (sbyte extreme in (sbyte[])[sbyte.MinValue, sbyte.MaxValue])
            {
                var weights = new sbyte[Math.Max(1, rows) * stride];
                Array.Fill(weights, extreme);
                var drive = new int[stride];
                DenseKernels.AddRows(weights, stride, [.. Enumerable.Range(0, rows)], 1, drive);
                Assert.All(drive, sum => Assert.Equal(2 * rows * extreme, sum));
            }
        }
    }

    [Fact]
    public void A_drive_too_short_for_the_columns_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => DenseKernels.AddRows(new sbyte[64], 32, [0, 1], 0, new int[31]));

    [Fact]
    public void Rows_learn_as_by_the_scalar_twin()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            int stride = Strides[seed % Strides.Length];
            int columns = stride - random.Next(16);
            int rows = random.Next(1, 200);
            var weights = RandomBytes(random, rows * stride);
            int step = random.Next(3) == 0 ? 100 : 1;
            var delta = new sbyte[stride];
            for (int column = 0; column < columns; column++) delta[column] = (sbyte)random.Next(-step, step + 1);
            for (int i = 0; i < weights.Length; i++)
            {
                if (i % stride >= columns) weights[i] = 0;
            }
            var some = Subset(random, rows, random.NextDouble());
            var untouched = weights.ToArray();
            var expected = weights.ToArray();
            var expectedMax = Enumerable.Repeat((sbyte)99, rows).ToArray();
            var actualMax = expectedMax.ToArray();

            DenseKernels.Scalar.AddToRows(expected, stride, some, delta, expectedMax);
            DenseKernels.AddToRows(weights, stride, some, delta, actualMax);

            string what = $"{some.Length} of {rows} rows, {columns} of {stride} columns (seed {seed})";
            Assert.True(expected.AsSpan().SequenceEqual(weights), what);
            Assert.True(expectedMax.AsSpan().SequenceEqual(actualMax), what);
            for (int row = 0; row < rows; row++)
            {
                Assert.Equal(-1, weights.AsSpan(row * stride + columns, stride - columns).IndexOfAnyExcept((sbyte)0));
                if (!some.Contains(row)) Assert.True(untouched.AsSpan(row * stride, stride).SequenceEqual(weights.AsSpan(row * stride, stride)), what);
            }
        }
    }

    [Theory]
    [InlineData(127, 1, 127)]
    [InlineData(126, 1, 127)]
    [InlineData(-128, -1, -128)]
    [InlineData(-127, -1, -128)]
    [InlineData(100, 100, 127)]
    [InlineData(-100, -100, -128)]
    [InlineData(127, -1, 126)]
    [InlineData(-128, 1, -127)]
    public void Learning_stops_at_both_rails(int weight, int delta, int learned)
    {
        foreach (int stride in (int[])[16, 48, 64, 144, 256, 272])
        {
            var weights = new sbyte[2 * stride];
            Array.Fill(weights, (sbyte)weight);
            var deltas = new sbyte[stride];
            Array.Fill(deltas, (sbyte)delta);
            var max = new sbyte[2];

            DenseKernels.AddToRows(weights, stride, [1], deltas, max);

            Assert.All(weights[..stride], w => Assert.Equal(weight, w));
            Assert.All(weights[stride..], w => Assert.Equal(learned, w));
            Assert.Equal([(sbyte)0, (sbyte)learned], max);

            if (Math.Abs(delta) > 1) continue;
            Array.Fill(weights, (sbyte)weight);
            DenseKernels.AddToColumns(weights, stride, [0], [1UL << 15], delta, max);
            Assert.Equal(learned, weights[15]);
            Assert.Equal(2 * stride - 1, weights.Count(w => w == weight) + (learned == weight ? -1 : 0));
        }
    }

    [Fact]
    public void Single_columns_learn_as_whole_rows_do()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            int stride = Strides[seed % Strides.Length];
            int columns = stride - random.Next(16);
            int rows = random.Next(1, 100);
            var expected = RandomBytes(random, rows * stride);
            var actual = expected.ToArray();
            int step = random.Next(2) == 0 ? 1 : -1;
            var delta = new sbyte[stride];
            var bits = new ulong[(columns + 63) / 64];
            for (int i = random.Next(6); i > 0; i--)
            {
                int column = random.Next(columns);
                delta[column] = (sbyte)step;
                bits[column / 64] |= 1UL << (column % 64);
            }
            var some = Subset(random, rows, random.NextDouble());
            var max = new sbyte[rows];
            for (int row = 0; row < rows; row++) max[row] = expected.AsSpan(row * stride, stride).ToArray().Max();
            var noted = max.ToArray();

            DenseKernels.Scalar.AddToRows(expected, stride, some, delta, max);
            DenseKernels.AddToColumns(actual, stride, some, bits, step, noted);

            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{some.Length} of {rows} rows, stride {stride} (seed {seed})");
            // A bound: never below the true maximum, and a weight that did not grow does not raise it.
            for (int row = 0; row < rows; row++) Assert.InRange(noted[row], max[row], Math.Min(127, max[row] + (step < 0 ? 1 : 0)));
        }
    }

    [Fact]
    public void Bits_expand_to_the_value_or_zero()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            int columns = 1 + seed * 3;
            var bits = new ulong[(columns + 63) / 64];
            for (int column = 0; column < columns; column++)
            {
                if (random.Next(2) == 0) bits[column / 64] |= 1UL << (column % 64);
            }
            var value = (sbyte)random.Next(-128, 128);
            var values = Enumerable.Repeat((sbyte)77, (columns + 15) / 16 * 16).ToArray();

            DenseKernels.Expand(bits, value, values);

            for (int column = 0; column < values.Length; column++)
            {
                bool set = column < columns && (bits[column / 64] >> (column % 64) & 1) == 1;
                Assert.True(values[column] == (set ? value : 0), $"column {column} of {columns} (seed {seed})");
            }
        }
    }

    private static sbyte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return [.. bytes.Select(b => (sbyte)b)];
    }

    private static int[] Subset(Random random, int count, double share) =>
        [.. Enumerable.Range(0, count).Where(_ => random.NextDouble() < share)];
}
