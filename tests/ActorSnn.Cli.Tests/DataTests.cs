using System.Diagnostics;
using System.Security.Cryptography;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Cli.Tests;

public sealed class DataTests : IDisposable
{
    private const string Train = "shd_train.h5.gz";

    private readonly Cli _cli = new();
    private readonly FileServer _server = new();

    private string From => $"--from {_server.Address}";

    private string Part => _cli.At($"data/shd/{Train}.part");

    public void Dispose()
    {
        _server.Dispose();
        _cli.Dispose();
    }

    [Fact]
    public void The_list_says_what_is_here()
    {
        _cli.Write("data/shd/shd_train.h5", 1);
        _cli.Write("data/shd/shd_test.h5", 1);
        _cli.Write("data/nmnist/Test.zip.part", 1);
        _cli.Write("data/101_ObjectCategories.tar.gz", 1);
        var listed = _cli.Run("data list --json");
        Assert.Equal(0, listed.Code);
        Assert.All(listed.Json, d => Assert.Equal("dataset", (string)d["event"]!));
        Assert.Equal(
            "synth drawn, synth-letters drawn, mnist missing, fashion-mnist missing, emnist-balanced missing, emnist-digits missing, emnist-letters missing, "
            + "emnist-mnist missing, emnist-byclass missing, emnist-bymerge missing, nmnist partial, shd present, fsdd-spikes missing, caltech found",
            string.Join(", ", listed.Json.Select(d => $"{d["name"]} {d["state"]}")));
        var mnist = listed.Json[2];
        Assert.Equal((11_594_722, 4, _cli.At("data/mnist")), ((long)mnist["bytes"]!, mnist["files"]!.AsArray().Count, (string)mnist["directory"]!));

        var elsewhere = _cli.Run("data list --data other");
        Assert.Equal(0, elsewhere.Code);
        Assert.Matches(@"\| shd .*\| missing +\| CC BY 4.0", string.Join('\n', elsewhere.Output));
        Assert.Contains($"data directory {_cli.At("other")}", elsewhere.Output[^1]);
        Assert.False(Directory.Exists(_cli.At("other")));
    }

    [Fact]
    public void A_wrong_checksum_gets_one_line_and_leaves_no_file()
    {
        _server.Serve($"shd/{Train}", [1, 2, 3]);
        var ended = _cli.Run($"data get shd {From}");
        Assert.Equal(1, ended.Code);
        Assert.Empty(ended.Output);
        string line = Assert.Single(ended.Errors);
        Assert.StartsWith($"actorsnn: {Train} cannot be downloaded: what {_server.Address}shd/{Train} gave has the md5 5289df737df57326fcdd22597afb1fac", line);
        Assert.Contains("not md5 d47c9825dee33347913e8ce0f2be08b0, and was removed", line);
        Assert.Empty(Directory.GetFiles(_cli.At("data"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Without_a_network_it_says_where_to_put_the_files()
    {
        _server.Dispose();
        var ended = _cli.Run($"data get mnist {From} --data elsewhere --json");
        Assert.Equal(1, ended.Code);
        Assert.Empty(ended.Output);
        string line = Assert.Single(ended.Errors);
        Assert.Contains("127.0.0.1 cannot be reached", line);
        Assert.Contains(
            "put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz "
            + $"into {_cli.At("elsewhere/mnist")} by hand", line);
    }

    [Fact]
    public void What_nobody_publishes_has_to_be_put_there_by_hand_or_to_come_from_a_mirror()
    {
        var ended = _cli.Run("data get fsdd-spikes");
        Assert.Equal(1, ended.Code);
        Assert.Contains($"published nowhere: put fsdd_spikes_train.h5.gz, fsdd_spikes_test.h5.gz into {_cli.At("data/fsdd-spikes")} by hand", Assert.Single(ended.Errors));
        _server.Serve("fsdd-spikes/fsdd_spikes_train.h5.gz", [1, 2, 3]);
        Assert.Contains("offers 3 bytes, not 39,599,549", Assert.Single(_cli.Run($"data get fsdd-spikes {From}").Errors));
    }

    [Fact]
    public void What_was_cut_off_is_kept_and_resumed_by_the_next_run()
    {
        byte[] content = [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 2654435761u >> 24))];
        _server.Serve($"shd/{Train}", content, "\"v1\"").CutAfter(4000).Answer("404 Not Found");
        var first = _cli.Run($"data get shd {From}");
        Assert.Equal(1, first.Code);
        Assert.Equal(2, first.Errors.Count);
        Assert.StartsWith($"actorsnn: warning: {Train}: {_server.Address}shd/{Train} was cut off", first.Errors[0]);
        Assert.EndsWith("going on from byte 4,000 in 1 s", first.Errors[0]);
        Assert.EndsWith($"4,000 bytes are kept in {Part}: run the command again to go on from there", first.Errors[1]);
        Assert.Equal(content[..4000], File.ReadAllBytes(Part));

        var second = _cli.Run($"data get shd {From}");
        Assert.Equal([(null, null), ("bytes=4000-", "\"v1\""), ("bytes=4000-", "\"v1\"")], _server.Requests.Take(3).Select(r => (r.Range, r.IfRange)));
        Assert.Contains(Convert.ToHexStringLower(MD5.HashData(content)), second.Errors[0]); // whole, though not what it is to be
    }

    [UnixFact]
    public void Ctrl_C_keeps_what_has_come_and_says_how_to_go_on()
    {
        _server.Serve($"shd/{Train}", new byte[9000]).StallAfter(4000);
        using var running = _cli.Start($"data get shd {From} --data data --json");
        var progress = running.WaitForEvent("progress");
        Assert.Equal((Train, "downloading", 9000), ((string)progress["file"]!, (string)progress["stage"]!, (long)progress["totalBytes"]!));
        running.Signal("INT");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.Equal($"actorsnn: interrupted; what has come is kept; go on with: actorsnn data get shd --data data {From}", Assert.Single(ended.Errors));
        Assert.InRange(new FileInfo(Part).Length, (long)progress["bytes"]!, 4000);
    }

    [Fact]
    public void A_second_process_leaves_the_file_to_the_first()
    {
        _server.Serve($"shd/{Train}", new byte[9000]).StallAfter(4000);
        using var first = _cli.Start($"data get shd {From} --json");
        first.WaitForEvent("progress");
        var second = _cli.Run($"data get shd {From}");
        Assert.Equal(1, second.Code);
        Assert.Contains($"{Part} is in use by another process", Assert.Single(second.Errors));
        Assert.Single(_server.Requests);
    }

    [DatasetFact("mnist", packed: true)]
    public void Mnist_comes_over_a_poor_line_once()
    {
        string source = TestData.Directory("mnist");
        foreach (string path in Directory.GetFiles(source, "*.gz")) _server.Serve($"mirror/mnist/{Path.GetFileName(path)}", File.ReadAllBytes(path), "\"v1\"");
        _server.Files["mirror/mnist/train-images-idx3-ubyte.gz"].CutAfter(2_000_000);

        var first = _cli.Run($"data get mnist {From}mirror/ --json");
        Assert.Equal(0, first.Code);
        Assert.Contains("was cut off", Assert.Single(first.Errors));
        Assert.Contains(_server.Requests, r => r.Range == "bytes=2000000-");
        var result = first.Json[^1];
        Assert.Equal(("result", "mnist", _cli.At("data/mnist")), ((string)result["event"]!, (string)result["dataset"]!, (string)result["directory"]!));
        Assert.Equal(4, result["files"]!.AsArray().Count);
        foreach (var file in result["files"]!.AsArray())
        {
            string name = (string)file!["name"]!;
            byte[] bytes = File.ReadAllBytes(_cli.At($"data/mnist/{name}"));
            Assert.Equal(File.ReadAllBytes(Path.Combine(source, name)), bytes);
            Assert.Equal((bytes.Length, "downloaded"), ((int)file["bytes"]!, (string)file["status"]!));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (string)file["sha256"]!);
        }
        Assert.All(first.Json.SkipLast(1), e => Assert.Equal("progress", (string)e["event"]!));

        var again = _cli.Run("data get mnist --quiet"); // the publishers' addresses are not asked
        Assert.Equal(0, again.Code);
        Assert.Equal([$"mnist is in {_cli.At("data/mnist")} (4 present)"], again.Output);
        Assert.Equal(5, _server.Requests.Count);
        var trained = _cli.Run("train sbp --dataset mnist --samples 20 --epochs 1 --hidden 160 --json");
        Assert.Equal("mnist", (string)trained.Result["dataset"]!);
    }

    [TerminalFact]
    public void On_a_terminal_every_file_has_a_bar()
    {
        _cli.Write("data/shd/shd_train.h5", 1);
        _cli.Write("data/shd/shd_test.h5", 1);
        string command = $"stty cols 100 rows 30 && dotnet '{Path.Combine(AppContext.BaseDirectory, "actorsnn.dll")}' data get shd {From} --data data";
        using var script = Process.Start(new ProcessStartInfo(TerminalFactAttribute.Script, ["-qec", command, "/dev/null"])
        {
            WorkingDirectory = _cli.Directory, RedirectStandardOutput = true, RedirectStandardInput = true, Environment = { ["TERM"] = "xterm-256color" },
        })!;
        string output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        Assert.True(script.ExitCode == 0, output);
        Assert.Contains("shd_train.h5  present", output);
        Assert.Contains("shd_test.h5  present", output);
        Assert.Contains("━", output);
        Assert.Contains($"shd is in {_cli.At("data/shd")} (2 present)", output);
    }
}
