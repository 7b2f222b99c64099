using System.IO.Compression;
using System.Security.Cryptography;
using ActorSnn.Datasets.Downloads;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class UnpackingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FileServer _server = new();
    private readonly DownloadLog _log = new();

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Files_of_an_archive_are_unpacked_beside_it_and_other_sets_need_no_download()
    {
        byte[] archive = Zip(("inner/a.gz", [1, 2]), ("inner/b.gz", [3]), ("inner/c.txt", [4]));
        _server.Serve("all.zip", archive);
        var first = Set("first", archive, new ArchiveMember("all.zip", "a.gz", "first"));
        var second = Set("second", archive, new ArchiveMember("all.zip", "b.gz", "second"));

        var result = await Get(first);
        Assert.Equal(
            [("all.zip", DownloadStatus.Downloaded), ("a.gz", DownloadStatus.Unpacked)], result.Files.Select(f => (f.Name, f.Status)));
        Assert.Equal(["all/all.zip", "first/a.gz"], Files());
        Assert.Equal([1, 2], File.ReadAllBytes(At("first/a.gz")));
        Assert.Equal((DatasetState.Present, DatasetState.Partial), (first.StateIn(_directory.Path), second.StateIn(_directory.Path)));

        result = await Get(second);
        Assert.Equal([("all.zip", DownloadStatus.Present), ("b.gz", DownloadStatus.Unpacked)], result.Files.Select(f => (f.Name, f.Status)));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task What_is_unpacked_needs_its_archive_no_more()
    {
        byte[] archive = Zip(("a.gz", [1, 2]));
        _directory.Write("first/a.gz", [1, 2]);
        var result = await Get(Set("first", archive, new ArchiveMember("all.zip", "a.gz", "first")));
        Assert.Equal([new DownloadedFile("a.gz", 2, null, DownloadStatus.Present)], result.Files);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_folder_comes_out_whole()
    {
        byte[] archive = Zip(("Train/", []), ("Train/0/1.bin", [1]), ("Train/1/2.bin", [2, 3]), ("Other/3.bin", [4]));
        _server.Serve("all.zip", archive);
        _directory.Write("set/Train.unpacking/0/old.bin", [9]); // of a killed process
        var set = Set("set", archive, new ArchiveMember("all.zip", "Train/", "set", 2));
        var result = await Get(set);
        Assert.Equal(new DownloadedFile("Train/", 3, null, DownloadStatus.Unpacked), result.Files[1]);
        Assert.Equal(["all/all.zip", "set/Train/0/1.bin", "set/Train/1/2.bin"], Files());
        Assert.Equal(DatasetState.Present, set.StateIn(_directory.Path));
        Assert.Contains(_log.Steps, s => s == new DownloadProgress("Train/", DownloadStage.Unpacking, 3, 3));

        File.Delete(At("all/all.zip"));
        result = await Get(set);
        Assert.Equal([new DownloadedFile("Train/", 3, null, DownloadStatus.Present)], result.Files);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData("Train/../../evil.bin")]
    [InlineData("Train/../Train.unpacking-evil")]
    [InlineData("Train//tmp/actorsnn-evil.bin")]
    public async Task An_entry_that_points_out_of_its_folder_is_refused_before_anything_is_written(string evil)
    {
        byte[] archive = Zip(("Train/1.bin", [1]), (evil, [2]));
        _server.Serve("all.zip", archive);
        await AssertRefused(Set("set", archive, new ArchiveMember("all.zip", "Train/", "set", 2)), $"its entry {evil} points out of the folder");
    }

    [Fact]
    public async Task An_archive_with_too_few_files_is_refused()
    {
        byte[] archive = Zip(("Train/1.bin", [1]));
        _server.Serve("all.zip", archive);
        await AssertRefused(Set("set", archive, new ArchiveMember("all.zip", "Train/", "set", 2)), "it holds 1 files in Train/, and should hold 2");
    }

    [Fact]
    public async Task An_archive_without_the_file_is_refused()
    {
        byte[] archive = Zip(("b.gz", [1]));
        _server.Serve("all.zip", archive);
        await AssertRefused(Set("set", archive, new ArchiveMember("all.zip", "a.gz", "set")), "holds no a.gz");
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        byte[] archive = [1, 2, 3];
        _server.Serve("all.zip", archive);
        await AssertRefused(Set("set", archive, new ArchiveMember("all.zip", "a.gz", "set")), "all.zip cannot be unpacked");
    }

    [Fact]
    public async Task A_folder_of_other_origin_is_not_touched()
    {
        _directory.Write("set/Train/mine.bin", [1]);
        var set = Set("set", [], new ArchiveMember("all.zip", "Train/", "set", 2));
        var error = await Assert.ThrowsAsync<DatasetException>(() => Get(set));
        Assert.Contains($"{At("set/Train")} holds 1 files, and set has 2 there; move it away", error.Message);
        Assert.Empty(_server.Requests);
        Assert.Equal(["set/Train/mine.bin"], Files());
    }

    [Fact]
    public async Task Two_processes_do_not_unpack_one_archive_at_once()
    {
        byte[] archive = Zip(("a.gz", [1, 2]));
        string path = _directory.Write("all/all.zip", archive);
        var set = Set("set", archive, new ArchiveMember("all.zip", "a.gz", "set"));
        using (FileLock.Open(path, FileMode.Open, FileAccess.Read))
        {
            var error = await Assert.ThrowsAsync<DownloadException>(() => Get(set));
            Assert.Contains($"{path} is in use by another process", error.Message);
        }
        await Get(set);
        Assert.Equal([1, 2], File.ReadAllBytes(At("set/a.gz")));
    }

    [Fact]
    public async Task Stopping_leaves_the_archive_and_nothing_half_unpacked()
    {
        byte[] archive = Zip(("Train/1.bin", [1]), ("Train/2.bin", [2]));
        _server.Serve("all.zip", archive);
        using var stop = new CancellationTokenSource();
        _log.OnProgress = progress =>
        {
            if (progress.Stage == DownloadStage.Unpacking) stop.Cancel();
        };
        var set = Set("set", archive, new ArchiveMember("all.zip", "Train/", "set", 2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Get(set, stop.Token));
        Assert.Equal(["all/all.zip"], Files());
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }
        }
        return packed.ToArray();
    }

    private PublicDataset Set(string name, byte[] archive, ArchiveMember member) => new(name, "", "", _server.Address,
        [new PublicFile("all", "all.zip", [new Uri(_server.Address, "all.zip")], Checksum.Sha256(Convert.ToHexStringLower(SHA256.HashData(archive))))])
    {
        Members = [member],
    };

    private async Task<DownloadResult> Get(PublicDataset set, CancellationToken stop = default)
    {
        using var client = Downloader.NewClient();
        return await new Downloader(client, _log).GetAsync(set, _directory.Path, stop);
    }

    private async Task AssertRefused(PublicDataset set, string reason)
    {
        var error = await Assert.ThrowsAsync<DownloadException>(() => Get(set));
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(reason, error.Message);
        Assert.Equal(["all/all.zip"], Files());
    }

    private string At(string name) => Path.Combine(_directory.Path, name);

    private IEnumerable<string> Files() => Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(_directory.Path, f).Replace('\\', '/')).Order();
}
