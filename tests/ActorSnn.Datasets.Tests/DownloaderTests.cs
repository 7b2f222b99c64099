using System.Security.Cryptography;
using ActorSnn.Datasets.Downloads;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

public sealed class DownloaderTests : IDisposable
{
    private const string Served = "files/one.bin";

    private static readonly byte[] Content = Bytes(5000, seed: 1);
    private static readonly byte[] Changed = Bytes(5000, seed: 2);

    private readonly TemporaryDirectory _directory = new();
    private readonly FileServer _server = new();
    private readonly DownloadLog _observer = new();
    private readonly List<double> _pauses = [];

    private string Target => Path.Combine(_directory.Path, "set", "one.bin");

    private string Part => Target + ".part";

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_file_is_checked_and_put_in_its_place()
    {
        _server.Serve(Served, Content, "\"v1\"");
        var result = await Get(Set());
        Assert.Equal([new DownloadedFile("one.bin", 5000, Sha256(Content), DownloadStatus.Downloaded)], result.Files);
        Assert.Equal(result.Files, _observer.Files);
        Assert.Equal(Path.Combine(_directory.Path, "set"), result.Directory);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.Combine(_directory.Path, "set")));
        Assert.Empty(_observer.Warnings);
        Assert.Contains(_observer.Steps, s => s is { Stage: DownloadStage.Downloading, Bytes: 5000, TotalBytes: 5000 });
        Assert.Contains(_observer.Steps, s => s is { Stage: DownloadStage.Checking, Bytes: 5000 });
    }

    [Fact]
    public async Task A_download_that_is_cut_off_goes_on_from_there()
    {
        _server.Serve(Served, Content, "\"v1\"").CutAfter(1000).CutAfter(1500);
        var result = await Get(Set());
        Assert.Equal(Sha256(Content), result.Files.Single().Sha256);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([(null, null), ("bytes=1000-", "\"v1\""), ("bytes=2500-", "\"v1\"")], _server.Requests.Select(r => (r.Range, r.IfRange)));
        Assert.Equal([1, 2], _pauses);
        Assert.Equal(2, _observer.Warnings.Count);
        Assert.Contains("was cut off", _observer.Warnings[0]);
        Assert.Contains("going on from byte 1,000 in 1 s", _observer.Warnings[0]);
    }

    [Fact]
    public async Task An_address_that_cuts_off_every_time_is_given_up_and_the_next_run_goes_on()
    {
        var file = _server.Serve(Served, Content);
        for (int n = 0; n < Downloader.MostFailures; n++) file.CutAfter(100);
        await AssertFails(Set(), "one.bin cannot be downloaded", "was cut off", "5 failures in a row", $"500 bytes are kept in {Part}", "run the command again to go on");
        Assert.Equal([1, 2, 4, 8], _pauses);
        Assert.Equal(Content[..500], File.ReadAllBytes(Part));
        Assert.False(File.Exists(Target));

        await Get(Set());
        Assert.Equal("bytes=500-", _server.Requests.Last().Range);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Failures_with_new_bytes_between_them_do_not_add_up()
    {
        byte[] large = Bytes((Downloader.MostFailures + 2) * Downloader.BytesThatCount, seed: 3);
        var file = _server.Serve(Served, large);
        for (int n = 0; n <= Downloader.MostFailures; n++) file.CutAfter(Downloader.BytesThatCount);
        await Get(Set(large));
        Assert.Equal(Sha256(large), Sha256(File.ReadAllBytes(Target)));
        Assert.Equal(Enumerable.Repeat(1.0, Downloader.MostFailures + 1), _pauses);
    }

    [Fact]
    public async Task A_server_that_cannot_resume_is_asked_for_the_whole_file()
    {
        _server.Files[Served] = new FileServer.ServedFile(Content, null) { IgnoresRange = true }.CutAfter(1000);
        await Get(Set());
        Assert.Equal("bytes=1000-", _server.Requests.Last().Range);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Contains("starting over", _observer.Warnings.Last());
    }

    [Fact]
    public async Task A_file_that_has_changed_meanwhile_is_not_mixed_with_the_old_one()
    {
        _server.Serve(Served, Content, "\"v1\"").StallAfter(1000);
        await AssertStops(1000);
        _server.Serve(Served, Changed, "\"v2\"");
        await Get(Set(Changed));
        Assert.Equal("\"v1\"", _server.Requests.Last().IfRange);
        Assert.Equal(2, _server.Requests.Count);
        Assert.Equal(Changed, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_mixture_nobody_warned_of_is_found_by_its_checksum_and_downloaded_anew()
    {
        _server.Serve(Served, Content).StallAfter(1000);
        await AssertStops(1000);
        _server.Serve(Served, Changed);
        await Get(Set(Changed));
        Assert.Equal([null, "bytes=1000-", null], _server.Requests.Select(r => r.Range));
        Assert.Equal(Changed, File.ReadAllBytes(Target));
        Assert.Contains("and was removed", _observer.Warnings.Last());
    }

    [Fact]
    public async Task A_part_longer_than_the_file_is_dropped()
    {
        _server.Serve(Served, Content);
        _directory.Write("set/one.bin.part", Bytes(7000, seed: 4));
        await Get(Set(size: null));
        Assert.Equal(["bytes=7000-", null], _server.Requests.Select(r => r.Range));
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Contains("cannot go on from byte 7,000", _observer.Warnings.Single());
    }

    [Fact]
    public async Task A_part_of_unknown_size_that_is_whole_already_is_not_downloaded_again()
    {
        _server.Serve(Served, Content);
        _directory.Write("set/one.bin.part", Content);
        await Get(Set(size: null));
        Assert.Equal("bytes=5000-", Assert.Single(_server.Requests).Range);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Empty(_observer.Warnings);
    }

    [Fact]
    public async Task A_part_that_is_whole_already_needs_no_request()
    {
        _directory.Write("set/one.bin.part", Content);
        await Get(Set());
        Assert.Empty(_server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_checksum_is_an_error_and_leaves_nothing(bool md5)
    {
        _server.Serve(Served, Changed);
        var checksum = md5 ? Checksum.Md5(Md5(Content)) : Checksum.Sha256(Sha256(Content));
        await AssertFails(Set(checksum: checksum), "one.bin cannot be downloaded", md5 ? Md5(Content) : Sha256(Content), md5 ? Md5(Changed) : Sha256(Changed), "was removed");
        Assert.Single(_server.Requests);
        Assert.Empty(Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_md5_is_enough_where_no_sha256_is_published()
    {
        _server.Serve(Served, Content);
        var result = await Get(Set(checksum: Checksum.Md5(Md5(Content))));
        Assert.Equal(Sha256(Content), result.Files.Single().Sha256);
    }

    [Theory]
    [InlineData("damaged", "and was removed; trying")]
    [InlineData("missing", "answers 404 (Not Found); trying")]
    [InlineData("short", "offers 17 bytes, not 5,000; trying")]
    [InlineData("endless", "sends more than 5,000 bytes; trying")]
    public async Task Another_address_helps_where_one_is(string wrong, string warning)
    {
        if (wrong == "damaged") _server.Serve("wrong.bin", Changed);
        if (wrong == "short") _server.Serve("wrong.bin", Bytes(17, seed: 5));
        if (wrong == "endless") _server.Files["wrong.bin"] = new FileServer.ServedFile(Bytes(9000, seed: 6), null) { SaysLength = false };
        _server.Serve("right.bin", Content);
        await Get(Set(addresses: ["wrong.bin", "right.bin"]));
        Assert.Equal(["wrong.bin", "right.bin"], _server.Requests.Select(r => r.Path));
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Contains(warning, Assert.Single(_observer.Warnings));
        Assert.Empty(_pauses);
    }

    [Fact]
    public async Task What_one_address_gave_another_goes_on_with()
    {
        _server.Serve("first.bin", Content, "\"a\"").StallAfter(1000);
        await AssertStops(1000, "first.bin");
        _server.Serve("second.bin", Content, "\"b\"");
        await Get(Set(addresses: ["second.bin"]));
        Assert.Equal(("bytes=1000-", null), (_server.Requests.Last().Range, _server.Requests.Last().IfRange));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_missing_file_is_not_asked_for_twice()
    {
        await AssertFails(Set(), $"{_server.Address}{Served} answers 404 (Not Found)", $"put one.bin into {_directory.Path}/set by hand");
        Assert.Single(_server.Requests);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        _server.Serve(Served, Content).Answer("503 Service Unavailable");
        await Get(Set());
        Assert.Equal(2, _server.Requests.Count);
        Assert.Contains("answers 503 (Service Unavailable)", Assert.Single(_observer.Warnings));
    }

    [Fact]
    public async Task Without_a_connection_it_says_where_to_put_the_files()
    {
        _server.Dispose();
        await AssertFails(Set(), "127.0.0.1 cannot be reached", $"put one.bin into {_directory.Path}/set by hand");
        Assert.Empty(_pauses);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task A_silent_server_is_given_up_on()
    {
        _server.Serve(Served, Content).StallAfter(1000);
        await Get(Set(), patience: TimeSpan.FromSeconds(1));
        Assert.Equal([null, "bytes=1000-"], _server.Requests.Select(r => r.Range));
        Assert.Contains("was silent for 1 s", Assert.Single(_observer.Warnings));
    }

    [Fact]
    public async Task What_is_there_and_right_is_left_alone()
    {
        _directory.Write("set/one.bin", Content);
        var result = await Get(Set());
        Assert.Equal([new DownloadedFile("one.bin", 5000, Sha256(Content), DownloadStatus.Present)], result.Files);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task What_is_there_and_wrong_is_replaced_once_the_right_one_has_come()
    {
        _directory.Write("set/one.bin", Changed);
        await AssertFails(Set(), "404");
        Assert.Equal(Changed, File.ReadAllBytes(Target));
        _server.Serve(Served, Content);
        var result = await Get(Set());
        Assert.Equal(DownloadStatus.Downloaded, result.Files.Single().Status);
        Assert.Contains("it will be replaced", _observer.Warnings[0]);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task An_unpacked_twin_will_do()
    {
        _directory.Write("set/one.idx", Content);
        var set = new PublicDataset("set", "", "", new Uri("http://home"), [new PublicFile("set", "one.idx.gz", [], Checksum.Md5(""), 17)]);
        Assert.Equal(DatasetState.Present, set.StateIn(_directory.Path));
        var result = await Get(set);
        Assert.Equal([new DownloadedFile("one.idx", 5000, null, DownloadStatus.Present)], result.Files);
    }

    [Fact]
    public async Task Two_downloads_of_a_file_do_not_mix()
    {
        _server.Serve(Served, Content);
        _directory.Write("set/one.bin.part", Content[..100]);
        using (PartialFile.Open(Target))
            await AssertThrows(Set(), $"{Part} is in use by another process");
        Assert.Empty(_server.Requests);
        await Get(Set());
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_full_disk_gets_one_line()
    {
        _server.Serve(Served, Content);
        _observer.OnProgress = progress =>
        {
            if (progress.Bytes == 5000) throw new IOException("full", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        };
        await AssertThrows(Set(), $"no space left in {_directory.Path}", "run the command again");
        Assert.Equal(Content, File.ReadAllBytes(Part));
    }

    [Fact]
    public async Task A_mirror_takes_the_place_of_all_addresses()
    {
        _server.Serve("data/set/one.bin", Content);
        await Get(Set(addresses: ["elsewhere"]), mirror: new Uri(_server.Address, "data/"));
        Assert.Equal(["data/set/one.bin"], _server.Requests.Select(r => r.Path));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public void The_state_is_told_by_files_and_parts()
    {
        Assert.Equal(DatasetState.Missing, Set().StateIn(_directory.Path));
        _directory.Write("set/one.bin.part", []);
        Assert.Equal(DatasetState.Partial, Set().StateIn(_directory.Path));
        _directory.Write("set/one.bin", [1]);
        File.Delete(Part);
        Assert.Equal(DatasetState.Missing, Set().StateIn(_directory.Path));
        _directory.Write("set/one.bin", Changed);
        Assert.Equal(DatasetState.Present, Set().StateIn(_directory.Path));
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private PublicDataset Set(byte[]? content = null, Checksum? checksum = null, int? size = 5000, string[]? addresses = null)
    {
        content ??= Content;
        return new PublicDataset("set", "", "", _server.Address,
        [
            new PublicFile("set", "one.bin", [.. (addresses ?? [Served]).Select(a => new Uri(_server.Address, a))],
                checksum ?? Checksum.Sha256(Sha256(content)), size is null ? null : content.Length),
        ]);
    }

    private async Task<DownloadResult> Get(PublicDataset set, TimeSpan? patience = null, Uri? mirror = null, CancellationToken stop = default)
    {
        using var client = Downloader.NewClient();
        var downloader = new Downloader(client, _observer, mirror)
        {
            Patience = patience ?? TimeSpan.FromSeconds(60),
            Pause = (pause, _) =>
            {
                _pauses.Add(pause.TotalSeconds);
                return Task.CompletedTask;
            },
        };
        return await downloader.GetAsync(set, _directory.Path, stop);
    }

    private async Task AssertFails(PublicDataset set, params string[] reasons)
    {
        await AssertThrows(set, reasons);
        Assert.Empty(_observer.Files);
    }

    private async Task AssertThrows(PublicDataset set, params string[] reasons)
    {
        var error = await Assert.ThrowsAsync<DownloadException>(() => Get(set));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
    }

    // Stopped by hand once so many bytes have come; they are kept.
    private async Task AssertStops(int after, string address = Served)
    {
        using var stop = new CancellationTokenSource();
        _observer.OnProgress = progress =>
        {
            if (progress.Bytes == after) stop.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Get(Set(addresses: [address]), stop: stop.Token));
        _observer.OnProgress = null;
        Assert.Equal(after, new FileInfo(Part).Length);
        Assert.False(File.Exists(Target));
    }
}
