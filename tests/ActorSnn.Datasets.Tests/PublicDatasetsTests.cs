using ActorSnn.Datasets.Downloads;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class PublicDatasetsTests
{
    [Fact]
    public void Whatever_can_be_loaded_from_files_can_be_listed_and_downloaded()
    {
        var loaded = DataLocator.Datasets.Except(DataLocator.DrawnDatasets).Concat(DataLocator.EventDatasets).Concat(DataLocator.SpikeDatasets).Concat(DataLocator.SplitDatasets);
        Assert.Equal(loaded.Order(), PublicDatasets.All.Select(d => d.Name).Order());
        Assert.Equal(["fsdd-spikes"], PublicDatasets.All.Where(d => !d.IsPublished).Select(d => d.Name));
    }

    [Fact]
    public void The_table_is_well_formed()
    {
        Assert.Equal(PublicDatasets.All.Count, PublicDatasets.All.DistinctBy(d => d.Name).Count());
        foreach (var dataset in PublicDatasets.All)
        {
            Assert.Same(dataset, PublicDatasets.Find(dataset.Name));
            Assert.All(dataset.Files, file =>
            {
                Assert.Matches(file.Checksum.Algorithm == "md5" ? "^[0-9a-f]{32}$" : "^[0-9a-f]{64}$", file.Checksum.Hex);
                Assert.Equal(dataset.IsPublished, file.Addresses.Count > 0);
                // Over plain HTTP anybody may send anything.
                Assert.All(file.Addresses, address => Assert.True(address.Scheme == "https" || (address.Scheme == "http" && file.Checksum.Algorithm == "sha256")));
            });
            Assert.All(dataset.Members, member => Assert.Contains(dataset.Files, file => file.Name == member.Archive));
        }
        Assert.All(DataLocator.DrawnDatasets, drawn => Assert.Null(PublicDatasets.Find(drawn)));
    }

    [DatasetFact("mnist", packed: true)]
    public Task The_files_of_mnist_pass() => AssertPass("mnist");

    [DatasetFact("fashion-mnist", packed: true)]
    public Task The_files_of_fashion_mnist_pass() => AssertPass("fashion-mnist");

    [FileFact("fsdd-spikes/fsdd_spikes_train.h5.gz")]
    public Task The_files_of_fsdd_spikes_pass() => AssertPass("fsdd-spikes");

    [Fact]
    public async Task What_nobody_publishes_has_to_be_put_there_by_hand()
    {
        using var directory = new TemporaryDirectory();
        using var client = Downloader.NewClient();
        var error = await Assert.ThrowsAsync<DownloadException>(
            () => new Downloader(client, new DownloadLog()).GetAsync(PublicDatasets.Find("fsdd-spikes")!, directory.Path, CancellationToken.None));
        Assert.Equal(
            $"fsdd_spikes_train.h5.gz is published nowhere: put fsdd_spikes_train.h5.gz, fsdd_spikes_test.h5.gz into {directory.Path}/fsdd-spikes by hand, or name a mirror that has it",
            error.Message);
        Assert.Empty(Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("nmnist", "nmnist-subset/nmnist-subset.tar.gz")]
    [InlineData("nmnist", "nmnist.zip")]
    [InlineData("caltech", "caltech101-subset/caltech101_Faces_easy_Motorbikes.tar.gz")]
    [InlineData("caltech", "caltech/derived-gray-160x250-images-idx3-ubyte.gz", "caltech/derived-gray-160x250-labels-idx1-ubyte")]
    [InlineData("caltech", "101_ObjectCategories/Faces/1.jpg", "101_ObjectCategories/Motorbikes/1.jpg")]
    [InlineData("shd", "shd_train.h5", "shd_test.h5.gz")]
    [InlineData("emnist-letters", "emnist/gzip.zip")]
    [InlineData("mnist", "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz")]
    public void Other_files_that_serve_are_found(string name, params string[] files)
    {
        using var directory = new TemporaryDirectory();
        var dataset = PublicDatasets.Find(name)!;
        Assert.Equal(DatasetState.Missing, dataset.StateIn(directory.Path));
        foreach (string file in files)
        {
            Assert.NotEqual(DatasetState.Found, dataset.StateIn(directory.Path));
            directory.Write(file, [1]);
        }
        Assert.Equal(DatasetState.Found, dataset.StateIn(directory.Path));
    }

    private static async Task AssertPass(string name)
    {
        using var client = Downloader.NewClient();
        var dataset = PublicDatasets.Find(name)!;
        var result = await new Downloader(client, new DownloadLog(), new Uri("http://127.0.0.1:1"))
            .GetAsync(dataset, TestData.Root(), CancellationToken.None);
        Assert.All(result.Files, f => Assert.Equal(DownloadStatus.Present, f.Status));
        Assert.Equal(dataset.Files.Select(f => $"{f.Name} {f.Bytes} {f.Checksum.Hex}"), result.Files.Select(f => $"{f.Name} {f.Bytes} {f.Sha256}"));
    }
}
