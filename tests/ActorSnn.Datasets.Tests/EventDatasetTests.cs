using System.IO.Compression;
using ActorSnn.Datasets.Events;
using ActorSnn.Tests.Shared;
using static ActorSnn.Datasets.Tests.Events;

namespace ActorSnn.Datasets.Tests;

public sealed class EventDatasetTests : IDisposable
{
    // Neither in the order of numbers nor of classes.
    private static readonly (string Name, byte[] Bytes)[] Files =
    [
        ("Test/7/00001.bin", Numbered(101)), ("Train/0/00003.bin", Numbered(3)), ("Train/5/00001.bin", Numbered(1)), ("Train/4/00010.bin", Numbered(10)),
        ("Test/2/00002.bin", Numbered(102)), ("Train/0/00002.bin", Numbered(2)),
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void Recordings_come_in_the_order_of_their_numbers_wherever_they_lie(string form)
    {
        var set = Open(form, Files);

        var train = set.Train(bins: 4);
        Assert.Equal([5, 0, 0, 4], train.Labels);
        Assert.Equal([1, 2, 3, 10], NumbersIn(train));
        Assert.Equal(("nmnist", 4, 4, 34, 34, 2_312, 37, 10), (train.Name, train.Count, train.Bins, train.Width, train.Height, train.Inputs, train.WordsPerFrame, train.Classes));
        var test = set.Test(bins: 4);
        Assert.Equal([7, 2], test.Labels);
        Assert.Equal([101, 102], NumbersIn(test));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void The_first_so_many_can_be_asked_for_and_the_others_are_not_read(string form)
    {
        var set = Open(form, [.. Files, ("Train/1/00011.bin", [1, 2, 3])]);
        Assert.Equal([1, 2], NumbersIn(set.Train(4, count: 2)));
        AssertRefused(() => set.Train(4, count: 6), "6 training recordings of nmnist", "has 5");
        AssertRefused(() => set.Test(4, count: 0), "at least 1");
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void A_folder_around_everything_and_what_archivers_leave_behind_change_nothing(string form)
    {
        (string, byte[])[] more = [("__MACOSX/Train/5/._00001.bin", [1]), ("N-MNIST/Train/readme.txt", [2]), ("N-MNIST/Train/5/.DS_Store", [3]), ("N-MNIST/Train/5/", [])];
        var around = Open(form, [.. more, .. Files.Select(f => ("N-MNIST/" + f.Name, f.Bytes))]);
        Assert.Equal(Open("folder", Files).Train(8).Digest, around.Train(8).Digest);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void A_malformed_recording_is_named(string form)
    {
        AssertRefused(() => Open(form, [.. Files, ("Train/1/00004.bin", [1, 2, 3])]).Train(4), "00004.bin", "3 bytes, which is no multiple", _directory.Path);
        AssertRefused(() => Open(form, [.. Files, ("Train/1/00004.bin", [])]).Train(4), "00004.bin", "is empty");
    }

    [Theory]
    [InlineData("Train/10/00004.bin", "Train/10/00004.bin", "\"10\" is no class; recordings lie in Train/0 to Train/9")]
    [InlineData("Train/five/00004.bin", "\"five\" is no class")]
    [InlineData("Train/5/four.bin", "Train/5/four.bin", "the name of a recording is its number")]
    [InlineData("Train/6/00001.bin", "recording 1 twice", "Train/5/00001.bin", "Train/6/00001.bin")]
    public void A_name_that_does_not_fit_is_refused(string name, params string[] reasons)
    {
        foreach (var form in (string[])["folder", "zip", "tar.gz"])
            AssertRefused(() => Open(form, [.. Files, (name, Numbered(4))]).Train(4), [_directory.Path, .. reasons]);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void An_archive_without_one_of_the_parts_says_so(string form)
    {
        var set = Open(form, Files.Where(f => f.Name.StartsWith("Train")));
        Assert.Equal(4, set.Train(1).Count);
        AssertRefused(() => set.Test(1), "the test recordings of nmnist are missing", "holds no Test/(class)/(number).bin");
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public void An_archive_cut_short_anywhere_is_refused(string form)
    {
        var packed = Pack(form, Files);
        for (var length = 0; length < packed.Length; length += 7)
            AssertRefused(() => OpenOne(_directory.Write("cut", packed[..length])).Train(4), Path.Combine(_directory.Path, "cut"));
    }

    [Fact]
    public void An_archive_that_ends_between_two_recordings_is_refused()
    {
        var tar = Tar(Files);
        const int Whole = 3 * 1_024; // three recordings, each 512 bytes of header and 512 of content
        var packed = new MemoryStream();
        using var gzip = new GZipStream(packed, CompressionLevel.Fastest);
        gzip.Write(tar.AsSpan(..Whole));
        gzip.Flush();
        var cut = packed.ToArray(); // can be unpacked to the end of the third recording
        AssertRefused(() => OpenOne(_directory.Write("cut", cut)).Train(4), "is a truncated archive");
    }

    [Fact]
    public void What_is_neither_a_directory_nor_an_archive_is_refused()
    {
        AssertRefused(() => OpenOne(_directory.Write("text", "hello, world"u8.ToArray())), "text is no archive", ".zip or a .tar.gz");
        AssertRefused(() => OpenOne(Path.Combine(_directory.Path, "none")), "none", "cannot be read");
        AssertRefused(() => OpenOne(_directory.Write("x.gz", Idx.Gzip("hello, world"u8.ToArray()))).Train(1), "x.gz");
    }

    [Fact]
    public void The_training_recordings_and_the_test_recordings_may_lie_in_archives_of_their_own()
    {
        var train = _directory.Write("Train.zip", Zip(Files.Where(f => f.Name.StartsWith("Train"))));
        var test = _directory.Write("Test.zip", Zip(Files.Where(f => f.Name.StartsWith("Test"))));
        var set = EventDataset.Nmnist(train, test);
        Assert.Equal((4, 2), (set.Train(1).Count, set.Test(1).Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nmnist/")]
    [InlineData("nmnist-subset/")]
    public void The_locator_finds_them_in_each_of_their_places_and_forms(string place)
    {
        var locator = new DataLocator(_directory.Path);
        AssertRefused(() => locator.OpenEvents("nmnist"), $"looked in {_directory.Path}/nmnist", $"and in {_directory.Path}", $"actorsnn data get nmnist --data {_directory.Path}");
        AssertRefused(() => locator.OpenEvents("mnist"), "\"mnist\"", "known are nmnist");

        _directory.Write(place + "nmnist-subset.tar.gz", Pack("tar.gz", Files));
        Assert.Equal([1], NumbersIn(locator.OpenEvents("nmnist").Train(1, 1)));
        _directory.Write(place + "Train.zip", Zip(("Train/1/00007.bin", Numbered(7))));
        _directory.Write(place + "Test.zip", Zip(("Test/1/00008.bin", Numbered(8))));
        Assert.Equal([7], NumbersIn(locator.OpenEvents("nmnist").Train(1, 1)));
        _directory.Write(place + "Train/1/00005.bin", Numbered(5));
        _directory.Write(place + "Test/1/00006.bin", Numbered(6));
        Assert.Equal([5], NumbersIn(locator.OpenEvents("nmnist").Train(1, 1)));
        Assert.Equal([6], NumbersIn(locator.OpenEvents("nmnist").Test(1)));
    }

    [NmnistSubsetFact]
    public void The_subset_of_n_mnist_has_the_recordings_it_is_known_to_have()
    {
        var set = new DataLocator(NmnistSubsetFactAttribute.Directory).OpenEvents("nmnist");
        var (train, test) = (set.Train(bins: 32), set.Test(bins: 32));

        int[] CountsOf(EventFrames frames) => [.. Enumerable.Range(0, 10).Select(digit => frames.Labels.Count(label => label == digit))];
        Assert.Equal([97, 116, 99, 93, 105, 92, 94, 117, 87, 100], CountsOf(train));
        Assert.Equal([8, 14, 8, 11, 14, 7, 10, 15, 2, 11], CountsOf(test));
        Assert.Equal([5, 0, 4, 1, 9], train.Labels[..5]); // MNIST's
        Assert.Equal([7, 2, 1, 0, 4], test.Labels[..5]);
        Assert.Equal("e4efbe60c0c74c1fec30c11edd5139213284ab4d1d6c9012f828568895fde679", train.Digest); // as another program computes them
        Assert.Equal("dba3293868a0e579559251ed1491788cf58c7e909dbfbdabdf1a7db088325f4f", test.Digest);
    }

    private static IEnumerable<int> NumbersIn(EventFrames frames) => Enumerable.Range(0, frames.Count).Select(n =>
    {
        var means = new float[frames.Inputs];
        frames.Means(n, means);
        return Array.FindIndex(means, mean => mean > 0) - 34 * 34; // the ON events are the second half
    });

    private EventDataset Open(string form, params IEnumerable<(string Name, byte[] Bytes)> files)
    {
        if (form != "folder") return OpenOne(_directory.Write("n." + form, Pack(form, files)));
        var folder = Path.Combine(_directory.Path, "n");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        foreach (var (name, bytes) in files)
            _directory.Write("n/" + name, bytes);
        return OpenOne(folder);
    }

    private static EventDataset OpenOne(string path) => EventDataset.Nmnist(path, path);

    private static byte[] Pack(string form, IEnumerable<(string Name, byte[] Bytes)> files) => form == "zip" ? Zip(files) : Idx.Gzip(Tar(files));

    private static void AssertRefused(Action load, params string[] reasons)
    {
        var error = Assert.Throws<DatasetException>(load);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
    }

    /// <summary>A fact about the published part of N-MNIST; skipped where it is missing.</summary>
    private sealed class NmnistSubsetFactAttribute : FactAttribute
    {
        public NmnistSubsetFactAttribute() => Skip = System.IO.Directory.Exists(Directory) ? null : "needs nmnist-subset: set ACTORSNN_DATA";

        public static string Directory => Path.Combine(TestData.Root(), "nmnist-subset");
    }
}
