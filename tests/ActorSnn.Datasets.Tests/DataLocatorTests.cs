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
        AssertRefused(() => Here().LoadTrain("mnits"), "\"mnits\"", "synth, mnist, fashion-mnist");
        AssertRefused(() => Here().LoadTest("../mnist"), "synth, mnist, fashion-mnist");
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
    }

    [Fact]
    public void The_drawn_set_needs_no_directory()
    {
        var locator = Locator("/nowhere");
        Assert.Equal(StrokeDigits.Train(30).Digest, locator.LoadTrain("synth", 30).Digest);
        Assert.Equal(StrokeDigits.Test().Digest, locator.LoadTest("synth").Digest);
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

    [Fact]
    public void The_classes_are_known_without_files()
    {
        Assert.Equal([10, 10, 10, 47, 10, 26, 10, 62, 47], DataLocator.Datasets.Select(DataLocator.ClassesOf));
        AssertRefused(() => DataLocator.ClassesOf("mnits"), "synth, mnist, fashion-mnist");
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
