using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class DataLocatorTests : IDisposable
{
    private const string Images = "train-images-idx3-ubyte";
    private const string Labels = "train-labels-idx1-ubyte";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_directory_given_goes_before_the_variable_and_that_before_the_cache()
    {
        Assert.Equal("/given", Locator("/given", ("ACTORSNN_DATA", "/variable"), ("XDG_CACHE_HOME", "/cache")).Root);
        Assert.Equal("/variable", Locator(null, ("ACTORSNN_DATA", "/variable"), ("XDG_CACHE_HOME", "/cache")).Root);
        Assert.Equal("/variable", Locator("", ("ACTORSNN_DATA", "/variable")).Root);
        Assert.EndsWith("actorsnn", Locator(null).Root);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal("/cache/actorsnn", Locator(null, ("ACTORSNN_DATA", ""), ("XDG_CACHE_HOME", "/cache")).Root);
            Assert.EndsWith("/.cache/actorsnn", Locator(null, ("XDG_CACHE_HOME", "relative")).Root);
        }
    }

    [Fact]
    public void The_folder_of_the_data_set_goes_before_the_directory_itself()
    {
        WritePair("", 1);
        Assert.Equal([1], Here().LoadTrain("mnist").Labels);
        WritePair("mnist/", 2);
        Assert.Equal([2], Here().LoadTrain("mnist").Labels);
        Assert.Equal("mnist", Here().LoadTrain("mnist").Name);
    }

    [Fact]
    public void Images_and_labels_are_not_taken_from_different_places()
    {
        WritePair("", 1);
        _directory.Write("mnist/" + Images, Idx.Images(1, 2, 2, new byte[4]));
        Assert.Equal([1], Here().LoadTrain("mnist").Labels);
        File.Delete(Path.Combine(_directory.Path, Images));
        AssertRefused(
            () => Here().LoadTrain("mnist"),
            $"{_directory.Path}/mnist (no {Labels})", $"{_directory.Path} (no {Images})");
    }

    [Fact]
    public void Packed_files_are_found_under_their_packed_names()
    {
        _directory.Write($"fashion-mnist/{Images}.gz", Idx.Gzip(Idx.Images(1, 2, 2, [1, 2, 3, 4])));
        _directory.Write($"fashion-mnist/{Labels}.gz", Idx.Gzip(Idx.Labels(9)));
        Assert.Equal([1, 2, 3, 4], Here().LoadTrain("fashion-mnist").Pixels);
    }

    [Fact]
    public void Missing_files_are_named_with_the_places_looked_in_and_where_to_put_them()
    {
        var error = AssertRefused(
            () => Here().LoadTest("mnist"),
            "the test images of mnist are missing", $"{_directory.Path}/mnist (no t10k-images-idx3-ubyte, no t10k-labels-idx1-ubyte)",
            $"and in {_directory.Path} (no t10k", $"into {_directory.Path}/mnist", $"actorsnn data get mnist --data {_directory.Path}", "ACTORSNN_DATA");
        Assert.DoesNotContain("train", error);
    }

    [Fact]
    public void An_unknown_name_brings_up_the_known_ones()
    {
        AssertRefused(() => Here().LoadTrain("mnits"), "\"mnits\"", "synth, synth-letters, mnist, fashion-mnist");
        AssertRefused(() => Here().LoadTest("../mnist"), "synth, synth-letters, mnist, fashion-mnist");
    }

    [Fact]
    public void Fewer_images_can_be_asked_for_but_not_more_than_there_are()
    {
        _directory.Write(Images, Idx.Images(3, 1, 1, [1, 2, 3]));
        _directory.Write(Labels, Idx.Labels(4, 5, 6));
        Assert.Equal([4, 5], Here().LoadTrain("mnist", 2).Labels);
        AssertRefused(() => Here().LoadTrain("mnist", 4), "4 training images of mnist", "it has 3");
        AssertRefused(() => Here().LoadTrain("mnist", 0), "at least 1");
        AssertRefused(() => Here().LoadTest("synth", -1), "at least 1");
        AssertRefused(() => Here().LoadTrain("synth", int.MaxValue), "it has");
        AssertRefused(() => Here().LoadTest("synth-letters", int.MaxValue), "it has");
    }

    [Fact]
    public void The_drawn_sets_need_no_directory()
    {
        var locator = Locator("/nowhere");
        Assert.Equal(StrokeDigits.Train(30).Digest, locator.LoadTrain("synth", 30).Digest);
        Assert.Equal(StrokeDigits.Test().Digest, locator.LoadTest("synth").Digest);
        Assert.Equal(StrokeLetters.Train(40).Digest, locator.LoadTrain("synth-letters", 40).Digest);
        Assert.Equal(StrokeLetters.Test().Digest, locator.LoadTest("synth-letters").Digest);
    }

    [Fact]
    public void Emnist_is_turned_upright_and_its_letters_are_counted_from_0()
    {
        _directory.Write("emnist-letters/emnist-letters-train-images-idx3-ubyte.gz", Idx.Gzip(Idx.Images(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])));
        _directory.Write("emnist-letters/emnist-letters-train-labels-idx1-ubyte.gz", Idx.Gzip(Idx.Labels(1, 26)));
        var set = Here().LoadTrain("emnist-letters");
        Assert.Equal((3, 2, 26, "emnist-letters"), (set.Rows, set.Columns, set.Classes, set.Name));
        Assert.Equal([1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12], set.Pixels);
        Assert.Equal([0, 25], set.Labels);
        Assert.Equal([1, 4, 2, 5, 3, 6], Here().LoadTrain("emnist-letters", 1).Pixels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(27)]
    public void A_letter_that_is_none_is_refused(byte label)
    {
        _directory.Write("emnist-letters-test-images-idx3-ubyte", Idx.Images(2, 1, 1, [1, 2]));
        _directory.Write("emnist-letters-test-labels-idx1-ubyte", Idx.Labels(5, label));
        AssertRefused(() => Here().LoadTest("emnist-letters"), $"label {label} at index 1; emnist-letters has 26 classes, labels 1 to 26");
    }

    [Theory]
    [InlineData("emnist/gzip.zip", "gzip/")]
    [InlineData("emnist-letters/gzip.zip", "")]
    [InlineData("gzip.zip", "some/folder/")]
    public void Emnist_is_read_from_inside_its_archive(string archive, string folder)
    {
        _directory.Write(archive, Events.Zip(
            (folder + "emnist-digits-test-images-idx3-ubyte.gz", Idx.Gzip(Idx.Images(1, 1, 1, [77]))),
            (folder + "emnist-letters-test-images-idx3-ubyte.gz", Idx.Gzip(Idx.Images(2, 2, 2, [1, 2, 3, 4, 5, 6, 7, 8]))),
            (folder + "emnist-letters-test-labels-idx1-ubyte.gz", Idx.Gzip(Idx.Labels(2, 26))),
            (folder + "emnist-letters-mapping.txt", [1])));
        var set = Here().LoadTest("emnist-letters");
        Assert.Equal([1, 3, 2, 4, 5, 7, 6, 8], set.Pixels);
        Assert.Equal([1, 25], set.Labels);
        AssertRefused(() => Here().LoadTrain("emnist-letters"), archive, "holds no emnist-letters-train-images-idx3-ubyte.gz and no emnist-letters-train-labels-idx1-ubyte.gz");

        _directory.Write("emnist-letters/emnist-letters-test-images-idx3-ubyte", Idx.Images(1, 1, 1, [9]));
        _directory.Write("emnist-letters/emnist-letters-test-labels-idx1-ubyte", Idx.Labels(3));
        Assert.Equal([2], Here().LoadTest("emnist-letters").Labels); // files that lie open go first
    }

    [Fact]
    public void What_is_wrong_within_the_archive_of_emnist_is_told()
    {
        void Archive(byte[] images) => _directory.Write("emnist/gzip.zip", Events.Zip(
            ("gzip/emnist-mnist-train-images-idx3-ubyte.gz", images), ("gzip/emnist-mnist-train-labels-idx1-ubyte.gz", Idx.Gzip(Idx.Labels(1)))));

        var images = Idx.Gzip(Idx.Images(1, 4, 4, Idx.Pixels(16)));
        Archive(images[..^9]);
        AssertRefused(() => Here().LoadTrain("emnist-mnist"), $"emnist-mnist-train-images-idx3-ubyte.gz in {_directory.Path}/emnist/gzip.zip");
        Archive(images);
        var packed = File.ReadAllBytes(Path.Combine(_directory.Path, "emnist/gzip.zip"));
        for (var length = 0; length < packed.Length; length += 11)
        {
            _directory.Write("emnist/gzip.zip", packed[..length]);
            AssertRefused(() => Here().LoadTrain("emnist-mnist"), $"{_directory.Path}/emnist/gzip.zip is truncated or a corrupt archive");
        }
    }

    [Fact]
    public void Where_emnist_is_missing_its_archive_may_be_put_too() => AssertRefused(
        () => Here().LoadTest("emnist-balanced"),
        $"{_directory.Path}/emnist-balanced (no emnist-balanced-test-images-idx3-ubyte", $"put emnist-balanced-test-images-idx3-ubyte and",
        $"or gzip.zip into {_directory.Path}/emnist, or set");

    [Theory]
    [InlineData("balanced", 47)]
    [InlineData("byclass", 62)]
    [InlineData("bymerge", 47)]
    [InlineData("digits", 10)]
    [InlineData("letters", 26)]
    [InlineData("mnist", 10)]
    public void Each_split_of_emnist_has_its_classes(string split, int classes)
    {
        var first = split == "letters" ? 1 : 0;
        foreach (var part in (string[])["train", "test"])
        {
            _directory.Write($"emnist-{split}-{part}-images-idx3-ubyte", Idx.Images(2, 1, 1, [1, 2]));
            _directory.Write($"emnist-{split}-{part}-labels-idx1-ubyte", Idx.Labels((byte)first, (byte)(first + classes - 1)));
        }
        var set = Here().LoadTrain($"emnist-{split}");
        Assert.Equal((classes, classes - 1), (set.Classes, set.Labels[1]));
        Assert.Equal(set.Labels, Here().LoadTest($"emnist-{split}").Labels);
        _directory.Write($"emnist-{split}-train-labels-idx1-ubyte", Idx.Labels((byte)first, (byte)(first + classes)));
        AssertRefused(() => Here().LoadTrain($"emnist-{split}"), $"has {classes} classes");
    }

    [Fact]
    public void The_classes_are_known_without_files()
    {
        Assert.Equal([10, 36, 10, 10, 47, 10, 26, 10, 62, 47], DataLocator.Datasets.Select(DataLocator.ClassesOf));
        Assert.Equal("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", string.Concat(DataLocator.ClassNamesOf("emnist-balanced")));
        Assert.Equal(("A", "Z"), (DataLocator.ClassNamesOf("emnist-letters")[0], DataLocator.ClassNamesOf("emnist-letters")[25]));
        Assert.Equal("ankle boot", DataLocator.ClassNamesOf("fashion-mnist")[9]);
        Assert.Equal([10, 20, 10, 2], ((string[])["nmnist", "shd", "fsdd-spikes", "caltech"]).Select(DataLocator.ClassesOf));
        Assert.Equal(("nine", "null", "neun"), (DataLocator.ClassNamesOf("shd")[9], DataLocator.ClassNamesOf("shd")[10], DataLocator.ClassNamesOf("shd")[19]));
        AssertRefused(() => DataLocator.ClassesOf("mnits"), "synth, synth-letters, mnist, fashion-mnist");
    }

    [DatasetFact("mnist")]
    public void Mnist_does_not_pass_for_fashion_mnist()
    {
        var locator = new DataLocator(TestData.Directory("mnist")); // the folder itself, where both would have the same file names
        Assert.Equal(10_000, locator.LoadTest("mnist").Count);
        AssertRefused(() => locator.LoadTest("fashion-mnist"), "holds the labels of mnist", "fashion-mnist belong in");
    }

    private static DataLocator Locator(string? directory, params (string Name, string Value)[] environment) =>
        new(directory, name => environment.FirstOrDefault(variable => variable.Name == name).Value);

    private DataLocator Here() => Locator(_directory.Path);

    private void WritePair(string folder, byte label)
    {
        _directory.Write(folder + Images, Idx.Images(1, 2, 2, new byte[4]));
        _directory.Write(folder + Labels, Idx.Labels(label));
    }

    private static string AssertRefused(Action load, params string[] reasons)
    {
        var error = Assert.Throws<DatasetException>(load);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
        return error.Message;
    }
}
