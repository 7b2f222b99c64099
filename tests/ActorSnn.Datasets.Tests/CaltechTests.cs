using ActorSnn.Datasets.Caltech;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class CaltechTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static byte[] Colour => Stored("colour-21x13.jpg");

    private static byte[] Gray => Stored("gray-9x7.jpg");

    [Fact]
    public void An_image_keeps_its_pixels_in_its_own_size()
    {
        var image = new GrayImage(5, 7, Idx.Pixels(35));
        Assert.Equal(image.Pixels, image.Resized(5, 7).Pixels);
    }

    [Theory]
    [InlineData(new byte[] { 0, 100 }, 4, new byte[] { 0, 25, 75, 100 })]
    [InlineData(new byte[] { 0, 100 }, 1, new byte[] { 50 })]
    [InlineData(new byte[] { 0, 0, 255, 255 }, 2, new byte[] { 36, 219 })] // weights 3 3 1 of 7
    [InlineData(new byte[] { 1, 2 }, 1, new byte[] { 2 })] // rounded up
    [InlineData(new byte[] { 255, 255, 255, 255, 255 }, 3, new byte[] { 255, 255, 255 })]
    public void Sizes_change_by_triangles_of_weights(byte[] from, int size, byte[] to)
    {
        Assert.Equal(to, new GrayImage(1, from.Length, from).Resized(1, size).Pixels);
        Assert.Equal(to, new GrayImage(from.Length, 1, from).Resized(size, 1).Pixels);
    }

    // Files/make.py wrote these files with Pillow, and the gray levels it makes of them.
    [JpegFact]
    public void Images_are_decoded_and_resized_as_another_program_does()
    {
        foreach (var (name, rows, columns, small, large) in ((string, int, int, int, int)[])[("colour-21x13", 13, 21, 5, 40), ("gray-9x7", 7, 9, 5, 40)])
        {
            var image = JpegFile.ReadGray(Stored(name + ".jpg"), name);
            Assert.Equal((rows, columns), (image.Rows, image.Columns));
            Assert.Equal(Stored(name + ".gray"), image.Pixels);
            Assert.Equal(Stored($"{name}-to-{small}x{small}.gray"), image.Resized(small, small).Pixels);
            Assert.Equal(Stored($"{name}-to-{large}x{large}.gray"), image.Resized(large, large).Pixels);
        }
    }

    [JpegFact]
    public void What_is_no_whole_jpeg_is_refused()
    {
        AssertRefused(() => JpegFile.ReadGray("hello, world"u8, "x.jpg"), "x.jpg is no JPEG file");
        AssertRefused(() => JpegFile.ReadGray([], "x.jpg"), "x.jpg is no JPEG file");
        for (int length = 2; length < Colour.Length; length++)
            AssertRefused(() => JpegFile.ReadGray(Colour.AsSpan(0, length), "x.jpg"), "x.jpg is damaged or truncated");
    }

    [JpegFact]
    public void A_header_that_promises_too_much_is_refused_before_memory_is_taken()
    {
        var bytes = Colour;
        int header = bytes.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]); // then 2 bytes of length, 1 of precision, 2 of height, 2 of width
        bytes.AsSpan(header + 5, 4).Fill(0x7F);
        AssertRefused(() => JpegFile.ReadGray(bytes, "x.jpg"), "its header gives 32639x32639 pixels");
    }

    [JpegTheory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void Faces_come_first_and_images_in_the_order_of_their_names_wherever_they_lie(string form)
    {
        var expected = new[] { Colour, Gray, Gray, Colour }.SelectMany(bytes => JpegFile.ReadGray(bytes, "x").Resized(160, 250).Pixels);
        var images = Read(form,
            ("Motorbikes/image_0001.jpg", Gray), ("Faces_easy/image_0002.JPG", Gray), ("Motorbikes/image_0002.jpeg", Colour), ("Faces_easy/image_0001.jpg", Colour),
            ("Faces_easy/._image_0001.jpg", [1]), ("Faces_easy/Thumbs.db", [2]), ("Faces/image_0001.jpg", Gray), ("airplanes/image_0001.jpg", [3]));
        Assert.Equal(("caltech", 4, 160, 250, 2), (images.Name, images.Count, images.Rows, images.Columns, images.Classes));
        Assert.Equal([0, 0, 1, 1], images.Labels);
        Assert.Equal(expected, images.Pixels);
    }

    [JpegTheory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void Faces_with_their_background_serve_where_there_are_no_others(string form) =>
        Assert.Equal([0, 1], Read(form, ("Faces/image_0001.jpg", Gray), ("Motorbikes/image_0001.jpg", Gray)).Labels);

    [JpegTheory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void What_is_missing_or_damaged_is_named(string form)
    {
        AssertRefused(() => Read(form, ("Faces/image_0001.jpg", Gray)), _directory.Path, "holds no Motorbikes/(name).jpg");
        AssertRefused(() => Read(form, ("Motorbikes/image_0001.jpg", Gray)), _directory.Path, "holds no Faces_easy/(name).jpg and no Faces/(name).jpg");
        AssertRefused(() => Read(form, ("Faces/image_0001.jpg", Gray), ("Motorbikes/image_0007.jpg", Colour[..^30])), _directory.Path, "Motorbikes/image_0007.jpg", "is damaged or truncated");
    }

    [Theory]
    [InlineData("caltech/", true)]
    [InlineData("caltech101-subset/", false)]
    [InlineData("", true)]
    public void Decoded_images_are_read_in_each_of_their_places_and_split(string place, bool packed)
    {
        var locator = new DataLocator(_directory.Path);
        AssertRefused(() => locator.LoadSplit("caltech", 1), $"looked in {_directory.Path}/caltech, in {_directory.Path}/caltech101-subset", $"actorsnn data get caltech --data {_directory.Path}");
        AssertRefused(() => locator.LoadSplit("mnist", 1), "\"mnist\"", "known are caltech");
        AssertRefused(() => locator.LoadSplit("caltech", 0), "the first is 1");
        byte[] labels = [.. new byte[203], .. Enumerable.Repeat((byte)1, 210)];
        WriteGray(place, packed, labels);

        var (train, test) = locator.LoadSplit("caltech", 3);
        Assert.Equal((400, 13), (train.Count, test.Count));
        Assert.Equal((200, 3), (train.Labels.Count(label => label == 0), test.Labels.Count(label => label == 0)));
        var fold = Folds.Draw(labels, 200, 3, 1);
        Assert.Equal(fold.Train.Select(n => (byte)n), train.Pixels);
        Assert.Equal(fold.Test.Select(n => (labels[n], (byte)n)).Order(), test.Labels.Zip(test.Pixels).Order());
        // Class by class the first so many would all be of one.
        Assert.NotEqual(test.Labels.Order(), test.Labels);
        Assert.NotEqual(test.Digest, locator.LoadSplit("caltech", 4).Test.Digest);

        WriteGray(place, packed, [.. new byte[200], .. Enumerable.Repeat((byte)1, 210)]);
        AssertRefused(() => locator.LoadSplit("caltech", 1), "caltech has 200 images of class face", "200 of each are to train with");
    }

    [JpegFact]
    public void The_locator_finds_folders_and_archives_and_takes_decoded_images_first()
    {
        var locator = new DataLocator(_directory.Path);
        (string, byte[])[] files = [("Faces/image_0001.jpg", Gray), ("Motorbikes/image_0001.jpg", Gray)];
        _directory.Write("101_ObjectCategories.tar.gz", Idx.Gzip(Events.Tar(files)));
        AssertRefused(() => locator.LoadSplit("caltech", 1), "caltech has 1 images of class face");
        _directory.Write("caltech/101_ObjectCategories/Faces/image_0001.jpg", [1]); // goes before the archive, which lies in another place
        _directory.Write("caltech/101_ObjectCategories/Motorbikes/image_0001.jpg", [1]);
        AssertRefused(() => locator.LoadSplit("caltech", 1), $"{_directory.Path}/caltech/101_ObjectCategories/Faces/image_0001.jpg is no JPEG file");
        WriteGray("", false, [.. new byte[201], .. Enumerable.Repeat((byte)1, 201)]);
        Assert.Equal(2, locator.LoadSplit("caltech", 1).Test.Count);
    }

    [JpegFact("caltech101-subset/caltech101_Faces_easy_Motorbikes.tar.gz", "caltech101-subset/derived-gray-160x250-images-idx3-ubyte.gz")]
    public void The_images_of_caltech_are_those_that_another_program_made_of_them()
    {
        string directory = Path.Combine(TestData.Root(), "caltech101-subset");
        var decoded = CaltechImages.Read("caltech", FileBundle.Open(Path.Combine(directory, "caltech101_Faces_easy_Motorbikes.tar.gz")));
        var derived = IdxFile.Read("caltech", Path.Combine(directory, "derived-gray-160x250-images-idx3-ubyte.gz"), Path.Combine(directory, "derived-gray-160x250-labels-idx1-ubyte.gz"), 2);
        Assert.Equal((1_233, 435), (decoded.Count, decoded.Labels.Count(label => label == 0)));
        Assert.Equal(derived.Labels, decoded.Labels);
        int most = 0;
        long different = 0;
        for (int pixel = 0; pixel < decoded.Pixels.Length; pixel++)
        {
            int difference = Math.Abs(decoded.Pixels[pixel] - derived.Pixels[pixel]);
            most = Math.Max(most, difference);
            different += difference > 0 ? 1 : 0;
        }
        Assert.Equal((0, 0), (most, different));
    }

    private void WriteGray(string place, bool packed, byte[] labels)
    {
        var images = Idx.Images(labels.Length, 1, 1, [.. Enumerable.Range(0, labels.Length).Select(n => (byte)n)]);
        byte[] Pack(byte[] bytes) => packed ? Idx.Gzip(bytes) : bytes;
        string end = packed ? ".gz" : "";
        _directory.Write($"{place}derived-gray-160x250-images-idx3-ubyte{end}", Pack(images));
        _directory.Write($"{place}derived-gray-160x250-labels-idx1-ubyte{end}", Pack(Idx.Labels(labels)));
    }

    private LabelledImages Read(string form, params (string Name, byte[] Bytes)[] files)
    {
        var path = Path.Combine(_directory.Path, "c");
        if (form == "folder")
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            foreach (var (name, bytes) in files)
                _directory.Write("c/" + name, bytes);
        }
        else
        {
            var around = files.Select(file => ("101_ObjectCategories/" + file.Name, file.Bytes));
            path = _directory.Write("c." + form, form == "zip" ? Events.Zip(around) : Idx.Gzip(Events.Tar(around)));
        }
        return CaltechImages.Read("caltech", FileBundle.Open(path));
    }

    private static byte[] Stored(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Files", file));

    private static void AssertRefused(Action load, params string[] reasons)
    {
        var error = Assert.Throws<DatasetException>(load);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
    }
}
