using System.Text.Json.Nodes;
using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("", "say what to do: run, train, eval, export, sweep, describe, data, raster, node, cluster, faults, status, attach, stop, continue, remove, drain")]
    [InlineData("train", "say what to train: sbp")]
    [InlineData("tarin sbp", "\"tarin\" is unknown; known are run, train, eval, export, sweep, describe, data, raster, node, cluster, faults, status, attach, stop, continue, remove, drain")]
    [InlineData("train spb", "\"spb\" is unknown; known are sbp")]
    [InlineData("train sbp --epoch 3", "\"--epoch\" is unknown")]
    [InlineData("train sbp --epochs", "--epochs")]
    [InlineData("train sbp --epochs 0", "--epochs 0: give a whole number from 1")]
    [InlineData("train sbp --epochs many", "--epochs many: give a whole number")]
    [InlineData("train sbp --samples 0", "--samples 0: give a whole number from 1")]
    [InlineData("train sbp --samples 99999999", "99999999 training images of synth asked for")]
    [InlineData("train sbp --seed -1", "--seed -1: give a whole number from 0")]
    [InlineData("train sbp --hidden 0", "--hidden 0: give a whole number from 1")]
    [InlineData("train sbp --hidden 2000000000 --samples 10", "--hidden 2000000000: with 784 inputs give 1 to")]
    [InlineData("train sbp --crop 14 --samples 10", "--crop 14: images of synth are 28x28; give 0 to 13")]
    [InlineData("train sbp --crop -1", "--crop -1: give a whole number from 0")]
    [InlineData("train sbp --cores 0", "--cores 0: give a whole number from 1")]
    [InlineData("train sbp --cores 5000 --samples 10", "--cores 5000: the network has 4050 neurons")]
    [InlineData("train sbp --threads 0", "--threads 0: give a whole number from 1")]
    [InlineData("train sbp --engine brian", "--engine brian: this build has embedded")]
    [InlineData("train sbp --dataset mnits", "--dataset mnits: unknown; known are synth, synth-letters, mnist, fashion-mnist")]
    [InlineData("train sbp --dataset mnist --data nowhere", "the training images of mnist are missing")]
    [InlineData("train sbp --resume", "--resume needs --checkpoint DIR")]
    [InlineData("train sbp --checkpoint-every 5", "--checkpoint-every needs --checkpoint DIR")]
    [InlineData("train sbp --checkpoint notes.txt", "--checkpoint notes.txt: this is a file; give a directory")]
    [InlineData("train sbp --checkpoint notes.txt/below --samples 10 --json", "--checkpoint notes.txt/below")]
    [InlineData("train sbp --checkpoint points --store dir:points", "--checkpoint DIR is short for --store dir:DIR; give one of them")]
    [InlineData("train sbp --store points", "--store: that is no store; a store is dir:PATH")]
    [InlineData("train sbp --store oracle:points", "--store: \"oracle:\" is no kind of store; a store is dir:PATH")]
    [InlineData("train sbp --store dir:", "--store: \"dir:\" names no directory")]
    [InlineData("train sbp --store dir:notes.txt --samples 10", "--store: dir:notes.txt: ")]
    [InlineData("train sbp --store sqlite:none.db --resume", "sqlite:none.db holds no checkpoint to resume from")]
    [InlineData("train sbp --checkpoint old", "checkpoint-000000000000005.ckpt is a checkpoint of an earlier build, which this one does not read")]
    [InlineData("run cuba --store dir:old --resume", "checkpoint-000000000000005.ckpt is a checkpoint of an earlier build, which this one does not read")]
    [InlineData("train sbp --out notes.txt", "--out notes.txt: is no ActorSnn file")]
    [InlineData("train sbp --out short.actorsnn --json", "--out short.actorsnn: is damaged")]
    [InlineData("train sbp --out archive", "--out archive: there is a \"checkpoint\" file of that name")]
    [InlineData("train sbp --out none/model.actorsnn", "--out none/model.actorsnn cannot be written: the directory")]
    [InlineData("train sbp --out folder", "--out folder cannot be written: it is a directory")]
    [InlineData("eval", "MODEL|eval")]
    [InlineData("eval none.actorsnn", "none.actorsnn: does not exist")]
    [InlineData("eval notes.txt --json", "notes.txt: is no ActorSnn file")]
    [InlineData("eval folder", "folder: is a directory")]
    [InlineData("eval archive", "archive: is a \"checkpoint\" file, no model of sbp")]
    [InlineData("eval damaged.actorsnn", "damaged.actorsnn: is damaged: array \"W1\" does not match its sha256")]
    [InlineData("eval newer.actorsnn", "newer.actorsnn: format version 7; this build reads version 1")]
    [InlineData("eval good.actorsnn --dataset mnist --data data", "data/mnist/t10k-images-idx3-ubyte is truncated")]
    [InlineData("train sbp --dataset mnist --data nowhere", "nowhere does), or set ACTORSNN_DATA")]
    [InlineData("data", "say what to data: list, get")]
    [InlineData("data get", "NAME|get")]
    [InlineData("data get mnits", "mnits: unknown; known are mnist, fashion-mnist, emnist-balanced")]
    [InlineData("data get synth", "synth is drawn by the program and needs no files")]
    [InlineData("data get synth-letters", "synth-letters is drawn by the program and needs no files")]
    [InlineData("data get mnist --data notes.txt", "notes.txt is a file; give a directory")]
    [InlineData("data list --data notes.txt", "notes.txt is a file; give a directory")]
    [InlineData("data get mnist --from ftp://x/", "--from ftp://x/: give an address that starts with http:// or https://")]
    [InlineData("describe none", "none: neither a system (sbp, ssnn-bp, ann, bstdg, bs4nn, s4nn), a built-in network (cuba, coba, brunel, sparse), nor a model or network file")]
    [InlineData("describe notes.txt", "notes.txt: line 1, byte 2: is no JSON")]
    [InlineData("describe folder", "folder: is a directory; give a network file")]
    [InlineData("describe good.actorsnn --neurons 3", "--neurons: is for networks, not for good.actorsnn; leave it out")]
    [InlineData("describe sbp --seed 3", "--seed: is for networks, not for sbp; leave it out")]
    [InlineData("describe cuba --hidden 3", "--hidden: is for systems (sbp, ssnn-bp, ann, bstdg, bs4nn, s4nn), not for cuba; leave it out")]
    [InlineData("describe cuba --neurons 9", "--neurons 9; give 10 to 100000000")]
    [InlineData("describe cuba --nodes 0", "--nodes 0: give a whole number from 1")]
    [InlineData("describe cuba --neurons 20 --nodes 21", "--nodes 21: the network has 20 neurons")]
    [InlineData("describe sbp --nodes 1001", "--nodes 1001: give 1 to 1000")]
    [InlineData("describe cuba --cores 5000", "--cores 5000: the network has 4000 neurons")]
    [InlineData("node", "--listen HOST:PORT is missing")]
    [InlineData("node --listen 7400 --store dir:s", "--listen 7400: give HOST:PORT, such as 127.0.0.1:7400")]
    [InlineData("node --listen 127.0.0.1:0", "--store CONNECTION is missing")]
    [InlineData("node --listen 127.0.0.1:0 --store points", "--store: that is no store; a store is dir:PATH")]
    [InlineData("node --listen 127.0.0.1:0 --store dir:s --join there", "--join there: give HOST:PORT")]
    [InlineData("node --listen 127.0.0.1:0 --store dir:s --advertise there", "--advertise there: give HOST:PORT")]
    [InlineData("node --listen 0.0.0.0:0 --store dir:s", "0.0.0.0:0 can be reached from other machines, and there is no cluster secret")]
    [InlineData("node --listen 127.0.0.1:0 --store dir:s --secret-file none.txt", "--secret-file none.txt: cannot be read")]
    [InlineData("node --listen 127.0.0.1:0 --store dir:s --tls-cert a.pem", "--tls-cert, --tls-key and --tls-ca go together")]
    [InlineData("node --listen 127.0.0.1:0 --store dir:s --detection-ms 1", "--detection-ms 1: give a whole number from 50 to 86400000")]
    [InlineData("node --config none.yaml", "--config none.yaml: cannot be read")]
    [InlineData("node --config misspelt.yaml", "misspelt.yaml: line 2: \"detectonMs\" is unknown; did you mean \"detectionMs\"?")]
    [InlineData("node --config number.yaml", "number.yaml: line 3: \"leaseMs\" is soon; give a whole number from 50 to 86400000")]
    [InlineData("node --config list.yaml", "list.yaml: line 1: the settings of a node must be fields with values")]
    [InlineData("status", "--cluster")]
    [InlineData("status --cluster here", "--cluster here: give HOST:PORT")]
    [InlineData("status --cluster 127.0.0.1:1,192.0.2.1:7400", "--cluster 192.0.2.1:7400 can be reached from other machines, and there is no cluster secret")]
    [InlineData("node --listen 127.0.0.1:0 --store dir:s --join 192.0.2.1:7400", "--join 192.0.2.1:7400 can be reached from other machines, and there is no cluster secret")]
    [InlineData("run cuba --cluster 127.0.0.1:1 --store dir:s", "--store: a cluster keeps checkpoints in its own store")]
    [InlineData("run cuba --cluster 127.0.0.1:1 --resume", "--resume: a run on a cluster goes on with actorsnn continue RUN")]
    [InlineData("run cuba --cluster 127.0.0.1:1 --engine embedded", "--engine: the nodes of a cluster run networks their own way")]
    [InlineData("run cuba --detach", "--detach: is for runs on a cluster; give --cluster HOST:PORT")]
    [InlineData("cluster", "COMMAND|cluster")]
    [InlineData("cluster -- eval model", "\"eval\" does not run on a cluster; give train or run")]
    [InlineData("cluster -- run cuba --cluster 127.0.0.1:1", "--cluster: the cluster is this one")]
    [InlineData("cluster -- run cuba --cluster:127.0.0.1:1", "--cluster: the cluster is this one")]
    [InlineData("cluster --nodes 0 -- run cuba", "--nodes 0: give a whole number from 1 to 100")]
    [InlineData("run", "NETWORK|run")]
    [InlineData("run none", "none: neither a network file nor a built-in network (cuba, coba, brunel, sparse)")]
    [InlineData("run folder", "folder: is a directory; give a network file")]
    [InlineData("run notes.txt --json", "notes.txt: line 1, byte 2: is no JSON")]
    [InlineData("run good.actorsnn", "good.actorsnn: ")]
    [InlineData("run cuba --neurons 9", "--neurons 9; give 10 to 100000000")]
    [InlineData("run cuba --neurons some", "--neurons some: give a whole number from 1")]
    [InlineData("run cuba --delay 0", "--delay 0 ms; delays are at least one tick (0.1 ms)")]
    [InlineData("run cuba --delay 0.25", "--delay 0.25 ms is no whole number of ticks of 0.1 ms")]
    [InlineData("run cuba --delay nan", "--delay nan: give a number of milliseconds")]
    [InlineData("run cuba --degree 3", "--degree: cuba takes --neurons, --delay, --seed only")]
    [InlineData("run brunel --neurons 100", "--neurons: brunel takes --delay, --seed only")]
    [InlineData("run cuba --ticks 0", "--ticks 0: give a whole number from 1")]
    [InlineData("run cuba --ticks 5 --ms 5", "--ms and --ticks say the same; give one of them")]
    [InlineData("run cuba --ms 0.05", "--ms 0.05: give a whole number of ticks of 0.1 ms")]
    [InlineData("run cuba --cores 5000", "--cores 5000: the network has 4000 neurons")]
    [InlineData("run cuba --engine brian", "--engine brian: this build has embedded")]
    [InlineData("run cuba --update often", "--update often: give auto, dense, lazy")]
    [InlineData("run cuba --resume", "--resume needs --checkpoint DIR")]
    [InlineData("run cuba --checkpoint-every 5", "--checkpoint-every needs --checkpoint DIR")]
    [InlineData("run cuba --checkpoint notes.txt", "--checkpoint notes.txt: this is a file; give a directory")]
    [InlineData("run cuba --checkpoint folder --resume", "folder holds no checkpoint to resume from")]
    [InlineData("describe newer.actorsnn", "newer.actorsnn: format version 7; this build reads version 1")]
    [InlineData("describe good.actorsnn --hidden 3", "--hidden: a model has its own")]
    [InlineData("describe sbp --crop 14", "--crop 14: images of mnist are 28x28")]
    [InlineData("train sbp --report none/r.html", "--report none/r.html cannot be written: the directory")]
    [InlineData("train sbp --report notes.txt --json", "--report notes.txt cannot be written: there is a file of that name that is no HTML file")]
    [InlineData("train sbp --record notes.txt", "--record notes.txt cannot be written: it is a file")]
    [InlineData("train sbp --record data", "--record data cannot be written: it holds \"mnist\", which belongs to no recording")]
    [InlineData("train sbp --record-samples 0 --record rec", "--record-samples 0: give a whole number from 1")]
    [InlineData("eval good.actorsnn --record-samples 3", "--record-samples needs --record DIR or --report FILE.html")]
    [InlineData("eval good.actorsnn --record none/rec", "--record none/rec cannot be written: the directory")]
    [InlineData("describe sbp --report folder", "--report folder cannot be written: it is a directory")]
    [InlineData("raster", "MODEL|raster")]
    [InlineData("raster none", "none: does not exist")]
    [InlineData("raster folder", "folder: holds no recording.json, so no recording")]
    [InlineData("raster notes.txt", "notes.txt: line 1, byte 2: is no JSON")]
    [InlineData("raster recording", "recording/recording.json: \"format\" is missing; it must be a text")]
    [InlineData("raster recording --samples 3", "--samples: a recording has been made already; leave it out")]
    [InlineData("raster good.actorsnn", "good.actorsnn takes images of 6x6; those of synth are 28x28")]
    [InlineData("raster good.actorsnn --out notes.txt", "--out notes.txt cannot be written: there is a file of that name that is no SVG file")]
    public void Bad_input_gets_one_line_and_changes_nothing(string arguments, string reason)
    {
        Prepare();
        var files = _cli.Files();
        var ended = _cli.Run(arguments);
        Assert.True(ended.Code == 2, $"exit code {ended.Code}");
        Assert.Empty(ended.Output);
        string line = Assert.Single(ended.Errors);
        Assert.StartsWith("actorsnn: ", line);
        Assert.DoesNotContain("   at ", line);
        Assert.Contains(reason.Split('|')[^1], line);
        Assert.Equal(files, _cli.Files());
    }

    [Theory]
    [InlineData("empty", "is empty")]
    [InlineData("truncated", "is truncated")]
    [InlineData("wrong magic", "starts with the number")]
    [InlineData("corrupt gzip", "is corrupt gzip")]
    [InlineData("mismatched", "images, but")]
    public void Bad_image_files_get_one_line(string damage, string reason)
    {
        Idx.WriteSet(_cli, "data/mnist");
        byte[] images = Idx.Images();
        _cli.Write("data/mnist/train-images-idx3-ubyte", damage switch
        {
            "empty" => [],
            "truncated" => images[..^1],
            "wrong magic" => [1, .. images[1..]],
            "corrupt gzip" => [.. Idx.Gzip(images)[..40], .. Enumerable.Repeat((byte)0xFF, 500), .. Idx.Gzip(images)[540..]],
            _ => [.. images[..7], Idx.Count - 1, .. images[8..^(28 * 28)]],
        });
        var files = _cli.Files();
        var ended = _cli.Run("train sbp --dataset mnist --epochs 1 --checkpoint points --json");
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        string line = Assert.Single(ended.Errors);
        Assert.Contains("data/mnist/train-images-idx3-ubyte", line);
        Assert.Contains(reason, line);
        Assert.Equal(files, _cli.Files());
    }

    [Fact]
    public void The_stack_trace_is_there_for_who_asks()
    {
        var ended = _cli.Run("eval none.actorsnn", ("ACTORSNN_TRACE", "1"));
        Assert.Equal(2, ended.Code);
        Assert.Equal("actorsnn: none.actorsnn: does not exist", ended.Errors[0]);
        Assert.Contains(ended.Errors, line => line.StartsWith("   at "));
    }

    private void Prepare()
    {
        _cli.Write("notes.txt", "not yours"u8.ToArray());
        _cli.Write("misspelt.yaml", "listen: 127.0.0.1:0\ndetectonMs: 500\n"u8.ToArray());
        _cli.Write("number.yaml", "# one\nlisten: 127.0.0.1:0\nleaseMs: soon\n"u8.ToArray());
        _cli.Write("list.yaml", "- listen\n"u8.ToArray());
        Directory.CreateDirectory(_cli.At("folder"));
        new ArrayArchive("checkpoint", 1, []).Save(_cli.At("archive"));
        _cli.Write("old/checkpoint-000000000000005.ckpt", File.ReadAllBytes(_cli.At("archive")));
        new ArrayArchive(SbpModel.Kind, 7, new JsonObject { ["dataset"] = "synth" }).Save(_cli.At("newer.actorsnn"));
        SbpModelTests.Small().Save(_cli.At("good.actorsnn"));
        byte[] model = File.ReadAllBytes(_cli.At("good.actorsnn"));
        _cli.Write("short.actorsnn", model[..^9]);
        model[model.AsSpan().IndexOf("NUMPY"u8) + 130] ^= 2; // a weight
        _cli.Write("damaged.actorsnn", model);
        _cli.Write("recording/recording.json", "{}"u8.ToArray());
        Idx.WriteSet(_cli, "data/mnist");
        _cli.Write("data/mnist/t10k-images-idx3-ubyte", Idx.Images()[..^5]);
    }
}
