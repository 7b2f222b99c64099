using ActorSnn.Networks;

namespace ActorSnn.Learning.Sbp;

/// <summary>Turns gray images into the input bits of sBP.</summary>
public static class SbpEncoding
{
    /// <summary>Smallest gray value (0 to 255) that counts as ink.</summary>
    public const int InkThreshold = 129;

    /// <summary>One bit a pixel: set if and only if the pixel is at least <see cref="InkThreshold"/>.</summary>
    /// <param name="pixels">Images one after the other, rows * columns bytes each.</param>
    /// <param name="rows">Rows of an image.</param>
    /// <param name="columns">Columns of an image.</param>
    /// <param name="crop">Pixels left out on each of the four sides.</param>
    /// <exception cref="ArgumentException">The crop leaves nothing, or the bytes are not whole images.</exception>
    public static BitFrames Encode(ReadOnlySpan<byte> pixels, int rows, int columns, int crop)
    {
        int keptRows = rows - 2 * crop;
        int keptColumns = columns - 2 * crop;
        if (crop < 0 || keptRows < 1 || keptColumns < 1)
            throw new ArgumentException($"a crop of {crop} pixels on each side of {rows}x{columns} images leaves nothing", nameof(crop));
        if (pixels.Length % (rows * columns) != 0) throw new ArgumentException($"{pixels.Length} bytes are not whole images", nameof(pixels));
        int count = pixels.Length / (rows * columns);
        int size = keptRows * keptColumns;
        int words = (size + 63) / 64;
        var frames = new ulong[count * words];
        for (int image = 0; image < count; image++)
        {
            int bit = 0;
            var frame = frames.AsSpan(image * words, words);
            for (int row = crop; row < rows - crop; row++)
            {
                var line = pixels.Slice((image * rows + row) * columns + crop, keptColumns);
                foreach (byte pixel in line)
                {
                    if (pixel >= InkThreshold) frame[bit >> 6] |= 1UL << (bit & 63);
                    bit++;
                }
            }
        }
        return new BitFrames(count, size, frames);
    }
}
