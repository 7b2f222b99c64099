using ActorSnn.Datasets.Downloads;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class PublicDatasetsTests
{
    [Fact]
    public void Whatever_can_be_loaded_from_files_can_be_downloaded() =>
        Assert.Empty(DataLocator.Datasets.Except(DataLocator.DrawnDatasets).Concat(DataLocator.EventDatasets).Except(PublicDatasets.All.Select(d => d.Name)));

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
                Assert.NotEmpty(file.Addresses);
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

    private static async Task AssertPass(string name)
    {
        using var client = Downloader.NewClient();
        var dataset = PublicDatasets.Find(name)!;
        var result = await new Downloader(client, new DownloadLog(), new Uri("http://127.0.0.1:1"))
            .GetAsync(dataset, Path.GetDirectoryName(TestData.Directory(name))!, CancellationToken.None);
        Assert.All(result.Files, f => Assert.Equal(DownloadStatus.Present, f.Status));
        Assert.Equal(dataset.Files.Select(f => $"{f.Name} {f.Bytes} {f.Checksum.Hex}"), result.Files.Select(f => $"{f.Name} {f.Bytes} {f.Sha256}"));
    }
}
