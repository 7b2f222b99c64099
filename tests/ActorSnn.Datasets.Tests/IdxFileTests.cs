using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class IdxFileTests : IDisposable
{
    private static readonly byte[] Pixels = Idx.Pixels(3 * 4 * 5);
    private static readonly byte[] GoodImages = Idx.Images(3, 4, 5, Pixels);
    private static readonly byte[] GoodLabels = Idx.Labels(7, 0, 9);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void What_was_written_is_read_back_plain_or_packed_whatever_the_name(bool packed, bool namedSo)
    {
        var images = _directory.Write(namedSo ? "i.gz" : "i", packed ? Idx.Gzip(GoodImages) : GoodImages);
        var labels = _directory.Write(namedSo ? "l.gz" : "l", packed ? Idx.Gzip(GoodLabels) : GoodLabels);

        var set = IdxFile.Read("three", images, labels, classes: 10);

        Assert.Equal(("three", 3, 4, 5, 10), (set.Name, set.Count, set.Rows, set.Columns, set.Classes));
        Assert.Equal(Pixels, set.Pixels);
        Assert.Equal([7, 0, 9], set.Labels);
    }

    [Fact]
    public void A_file_packed_in_name_only_is_read_all_the_same() =>
        Assert.Equal(Pixels, IdxFile.Read("three", _directory.Write("i.gz", GoodImages), _directory.Write("l.gz", GoodLabels), 10).Pixels);

    [Fact]
    public void A_missing_file_or_directory_is_named()
    {
        var missing = Path.Combine(_directory.Path, "none", "i");
        AssertRefused(() => IdxFile.Read("x", missing, _directory.Write("l", GoodLabels), 10), missing, "does not exist");
    }

    [Fact]
    public void A_directory_in_place_of_a_file_is_refused() =>
        AssertRefused(() => IdxFile.Read("x", _directory.Path, _directory.Write("l", GoodLabels), 10), _directory.Path, "cannot be read");

    [Fact]
    public void An_empty_file_is_refused_plain_or_packed()
    {
        AssertImagesRefused([], "is empty");
        AssertImagesRefused(Idx.Gzip([]), "is empty");
    }

    [Theory]
    [InlineData(1, "1 bytes, less than the 16 of the header")]
    [InlineData(3, "3 bytes, less than the 16 of the header")]
    [InlineData(4, "4 bytes, less than the 16 of the header")]
    [InlineData(15, "15 bytes, less than the 16 of the header")]
    [InlineData(16, "promises 3 images of 4x5 = 60 bytes, but 0 follow")]
    [InlineData(17, "promises 3 images of 4x5 = 60 bytes, but 1 follow")]
    [InlineData(75, "promises 3 images of 4x5 = 60 bytes, but 59 follow")]
    public void A_file_cut_short_is_refused_wherever_the_cut_is(int length, string reason)
    {
        AssertImagesRefused(GoodImages[..length], "is truncated", reason);
        AssertImagesRefused(Idx.Gzip(GoodImages[..length]), "is truncated", reason);
    }

    [Theory]
    [InlineData(7, "7 bytes, less than the 8 of the header")]
    [InlineData(10, "promises 3 labels = 3 bytes, but 2 follow")]
    public void A_label_file_cut_short_is_refused(int length, string reason)
    {
        var labels = _directory.Write("l", GoodLabels[..length]);
        AssertRefused(() => IdxFile.Read("x", _directory.Write("i", GoodImages), labels, 10), labels, reason);
    }

    [Fact]
    public void A_packed_file_cut_short_is_refused_at_every_length()
    {
        var packed = Idx.Gzip(GoodImages);
        for (var length = 2; length < packed.Length; length++) // from the two bytes that tell it is packed
            AssertImagesRefused(packed[..length]);
    }

    [Fact]
    public void A_packed_file_with_any_one_bit_flipped_is_refused_or_read_alike()
    {
        var packed = Idx.Gzip(GoodImages);
        var labels = _directory.Write("l", GoodLabels);
        var refused = 0;
        for (var bit = 0; bit < 8 * packed.Length; bit++)
        {
            var flipped = (byte[])packed.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Time stamp and system in the header of gzip mean nothing to us.
                Assert.Equal(Pixels, IdxFile.Read("x", _directory.Write("i", flipped), labels, 10).Pixels);
            }
            catch (DatasetException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, 8 * (packed.Length - 10), 8 * packed.Length);
    }

    [Fact]
    public void Bytes_that_are_not_a_packed_stream_are_called_corrupt() =>
        AssertImagesRefused([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "corrupt gzip");

    [Fact]
    public void Bytes_behind_the_end_are_refused()
    {
        AssertImagesRefused([.. GoodImages, 0], "goes on after its end", "60 bytes");
        AssertImagesRefused(Idx.Gzip([.. GoodImages, 0]), "goes on after its end", "60 bytes");
        AssertImagesRefused([.. Idx.Gzip(GoodImages), 0], "corrupt gzip", "something follows");
        AssertImagesRefused([.. Idx.Gzip(GoodImages), .. new byte[10_000]], "corrupt gzip", "something follows");
    }

    [Fact]
    public void Labels_in_place_of_images_are_recognised()
    {
        AssertImagesRefused(GoodLabels, "2049 (0x00000801), an IDX label file", "starts with 2051");
        var labels = _directory.Write("l", GoodImages);
        AssertRefused(
            () => IdxFile.Read("x", _directory.Write("i", GoodImages), labels, 10),
            labels, "2051 (0x00000803), an IDX image file", "starts with 2049");
    }

    [Fact]
    public void Another_format_is_refused() => AssertImagesRefused("<html>404</html>"u8.ToArray(), "0x3c68746d", "starts with 2051");

    [Fact]
    public void Counts_that_differ_are_refused()
    {
        var images = _directory.Write("i", GoodImages);
        var labels = _directory.Write("l", Idx.Labels(1, 2));
        AssertRefused(() => IdxFile.Read("x", images, labels, 10), images, labels, "3 images", "2 labels");
    }

    [Fact]
    public void A_label_beyond_the_classes_is_refused()
    {
        var labels = _directory.Write("l", Idx.Labels(7, 0, 10));
        AssertRefused(
            () => IdxFile.Read("x", _directory.Write("i", GoodImages), labels, 10),
            labels, "label 10 at index 2", "labels 0 to 9");
    }

    [Theory]
    [InlineData(0x8000_0000u, 28u, 28u)]
    [InlineData(0xFFFF_FFFFu, 0xFFFF_FFFFu, 0xFFFF_FFFFu)]
    [InlineData(3u, 0u, 0u)]
    [InlineData(0u, 28u, 28u)]
    [InlineData(0x0001_0000u, 0x0001_0000u, 1u)]
    public void Sizes_that_cannot_be_are_refused(uint count, uint rows, uint columns) =>
        AssertImagesRefused([.. Idx.Header(2051, count, rows, columns), .. new byte[100]], $"{count}x{rows}x{columns}", "at least 1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_header_that_lies_costs_no_memory(bool packed)
    {
        byte[] lie = [.. Idx.Header(2051, 2_000_000, 28, 28), .. new byte[1_000]]; // promises 1.5 GB
        var images = _directory.Write("i", packed ? Idx.Gzip(lie) : lie);
        var labels = _directory.Write("l", GoodLabels);

        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(() => IdxFile.Read("x", images, labels, 10), images, "but 1000 follow");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Reading_takes_little_more_memory_than_the_result()
    {
        const int Count = 10_000;
        var images = _directory.Write("i", Idx.Gzip(Idx.Images(Count, 28, 28, Idx.Pixels(Count * 784))));
        var labels = _directory.Write("l", Idx.Gzip(Idx.Labels(new byte[Count])));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = IdxFile.Read("x", images, labels, 10);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before - set.Pixels.Length, 0, 1_000_000);
    }

    [DatasetFact("mnist")]
    public void Mnist_has_the_digits_it_is_known_to_have()
    {
        AssertDigits(TestData.Directory("mnist"), "train", [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
        AssertDigits(TestData.Directory("mnist"), "t10k", [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    }

    [DatasetFact("fashion-mnist")]
    public void Fashion_mnist_has_equally_many_of_each_class()
    {
        AssertDigits(TestData.Directory("fashion-mnist"), "train", Enumerable.Repeat(6_000, 10));
        AssertDigits(TestData.Directory("fashion-mnist"), "t10k", Enumerable.Repeat(1_000, 10));
    }

    private static void AssertDigits(string directory, string part, IEnumerable<int> counts)
    {
        string File(string kind) => Directory.GetFiles(directory, $"{part}-{kind}-ubyte*").Single();
        var set = IdxFile.Read("x", File("images-idx3"), File("labels-idx1"), 10);
        Assert.Equal((28, 28), (set.Rows, set.Columns));
        Assert.Equal(counts, Enumerable.Range(0, 10).Select(digit => set.Labels.Count(label => label == digit)));
    }

    private void AssertImagesRefused(byte[] bytes, params string[] reasons)
    {
        var images = _directory.Write("i", bytes);
        AssertRefused(() => IdxFile.Read("x", images, _directory.Write("l", GoodLabels), 10), [images, .. reasons]);
    }

    private static void AssertRefused(Action read, params string[] reasons)
    {
        var error = Assert.Throws<DatasetException>(read);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
    }
}
