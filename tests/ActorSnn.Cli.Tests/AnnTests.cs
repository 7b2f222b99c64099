using System.Text.Json.Nodes;
using ActorSnn.Datasets.Tests;
using ActorSnn.Learning.Ann;

namespace ActorSnn.Cli.Tests;

/// <summary>The plain network on the data sets that came with networks of first spikes.</summary>
public sealed class AnnTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Hdf5Fact]
    public void Spike_trains_are_learned_from_as_networks_of_first_spikes_are_shown_them()
    {
        WriteSpikes("data/fsdd-spikes/fsdd_spikes_train.h5", 60);
        WriteSpikes("data/fsdd-spikes/fsdd_spikes_test.h5", 30);
        const string Shown = "--dataset fsdd-spikes --steps 20 --time-windows 2 --duration 0.5 --hidden 12";
        var result = _cli.Run($"train ann {Shown} --epochs 60 --rate 0.5 --json").Result;
        Assert.Equal(("1400-12-10", 30), ((string)result["sizes"]!, (int)result["testSamples"]!));
        Assert.Equal((string)result["sizes"]!, (string)_cli.Run($"train bstdg {Shown} --epochs 1 --json").Result["sizes"]!);
        // Whether early or late tells two classes apart.
        Assert.True((double)result["accuracy"]!["rate"]! > 0.9, result["accuracy"]!.ToJsonString());
        var eval = _cli.Run("eval ann-fsdd-spikes-seed1.actorsnn --json").Result;
        Assert.Equal(result["accuracy"]!.ToJsonString(), eval["accuracy"]!.ToJsonString());
        Assert.Equal((20, 0.5, 0), Shape("ann-fsdd-spikes-seed1.actorsnn"));
        Assert.Contains("takes spike trains; synth has none", Assert.Single(_cli.Run("eval ann-fsdd-spikes-seed1.actorsnn --dataset synth").Errors));
        Assert.Equal("1400-12-10", (string)_cli.Run("describe ann-fsdd-spikes-seed1.actorsnn --json").Json.Single()["facts"]!["sizes"]!);
    }

    [Hdf5Fact]
    public void A_packed_file_that_cannot_be_unpacked_says_what_would_help()
    {
        WriteSpikes("data/fsdd-spikes/fsdd_spikes_train.h5", 60);
        _cli.Write("data/fsdd-spikes/fsdd_spikes_train.h5.gz", Idx.Gzip(File.ReadAllBytes(_cli.At("data/fsdd-spikes/fsdd_spikes_train.h5"))));
        File.Delete(_cli.At("data/fsdd-spikes/fsdd_spikes_train.h5"));
        var ended = _cli.Run("train ann --dataset fsdd-spikes --epochs 1", ("TMPDIR", _cli.At("nowhere")));
        Assert.Equal(2, ended.Code);
        string error = Assert.Single(ended.Errors);
        Assert.Contains($"fsdd_spikes_train.h5.gz cannot be unpacked into {_cli.At("nowhere")}", error);
        Assert.Contains("set TMPDIR to another directory", error);
    }

    [Fact]
    public void Images_without_a_test_part_are_split()
    {
        Idx.WriteCaltech(_cli);
        var result = _cli.Run("train ann --dataset caltech --split 2 --epochs 1 --hidden 4 --json").Result;
        Assert.Equal(("2480-4-2", 400, 6), ((string)result["sizes"]!, (int)result["samples"]!, (int)result["testSamples"]!));
        Assert.Equal(result["accuracy"]!.ToJsonString(), _cli.Run("eval ann-caltech-seed1.actorsnn --json").Result["accuracy"]!.ToJsonString());
        Assert.Equal((0, 0.0, 2), Shape("ann-caltech-seed1.actorsnn"));
        Assert.Contains("--samples 5: caltech has 200 images of each class to train with", Assert.Single(_cli.Run("train ann --dataset caltech --samples 5").Errors));
    }

    [Fact]
    public void A_model_file_that_does_not_know_of_steps_duration_and_split_has_none()
    {
        var result = _cli.Run("train ann --samples 100 --epochs 1 --hidden 5 --json").Result;
        const string File = "ann-synth-seed1.actorsnn";
        Edit(File, metadata => Array.ForEach(["steps", "duration", "split", "image"], name => Assert.True(metadata.Remove(name))));
        Assert.Equal((0, 0.0, 0), Shape(File));
        Assert.Equal(result["accuracy"]!.ToJsonString(), _cli.Run($"eval {File} --json").Result["accuracy"]!.ToJsonString());
        Assert.Contains($"{File} takes no spike trains; shd has nothing else", Assert.Single(_cli.Run($"eval {File} --dataset shd").Errors));
        Edit(File, metadata => (metadata["steps"], metadata["duration"]) = (20, 0.5));
        Assert.Contains("has 28 windows of time in 20 steps; at most as many", Assert.Single(_cli.Run($"eval {File}").Errors));
    }

    [Theory]
    [InlineData("--dataset caltech", "2480-64-2")]
    [InlineData("--dataset caltech --image gray", "40000-64-2")]
    [InlineData("--dataset shd", "7000-256-20")]
    [InlineData("--dataset fsdd-spikes --time-windows 1", "700-256-10")]
    [InlineData("--dataset shd --steps 5", "3500-256-20")]
    public void The_usual_sizes_are_those_of_the_network_of_first_spikes(string options, string sizes)
    {
        foreach (string system in (string[])["ann", "bstdg"]) Assert.Equal(sizes, (string)_cli.Run($"describe {system} {options} --json").Json.Single()["facts"]!["sizes"]!);
    }

    [Theory]
    [InlineData("train ann --steps 10", "--steps: synth has no use for it; leave it out")]
    [InlineData("train ann --split 2", "--split: synth has no use for it; leave it out")]
    [InlineData("train ann --image edges", "--image: synth has no use for it; leave it out")]
    [InlineData("train ann --dataset nmnist --duration 1", "--duration: nmnist has no use for it; leave it out")]
    [InlineData("train ann --dataset caltech --steps 10", "--steps: caltech has no use for it; leave it out")]
    [InlineData("train ann --dataset caltech --time-windows 2", "--time-windows: caltech has no use for it; leave it out")]
    [InlineData("train ann --dataset caltech --crop 2", "--crop: caltech has no use for it; leave it out")]
    [InlineData("train ann --dataset shd --split 2", "--split: shd has no use for it; leave it out")]
    [InlineData("train ann --dataset shd --fold 1/5", "--fold: shd has no use for it; leave it out")]
    [InlineData("train ann --dataset shd --train-length 8", "--train-length: shd has no use for it; leave it out")]
    [InlineData("train ann --dataset shd --steps 256", "--steps 256: spike trains are shown in at most 255 steps")]
    [InlineData("train ann --dataset shd --steps 5 --time-windows 6", "--time-windows 6: give at most the 5 of --steps")]
    [InlineData("train ann --dataset shd --duration 0", "--duration 0: give a positive number, at most 1e6")]
    [InlineData("train ann --dataset fsdd-spikes", "the training samples of fsdd-spikes are missing")]
    [InlineData("train ann --dataset caltech", "the images of caltech are missing")]
    public void Bad_input_gets_one_line(string arguments, string reason)
    {
        var ended = _cli.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Contains(reason, Assert.Single(ended.Errors));
        Assert.Empty(_cli.Files());
    }

    /// <summary>Spike trains of ten classes: one in five groups of channels spikes, in the first quarter of a second or in the second.</summary>
    private void WriteSpikes(string file, int count)
    {
        const int Spikes = 20;
        float[] Times(int n) => [.. Enumerable.Range(0, Spikes).Select(k => (n % 10 < 5 ? 0.01f : 0.26f) + 0.01f * ((n / 10 + k) % Spikes))];
        long[] Units(int n) => [.. Enumerable.Range(0, Spikes).Select(k => n % 5 * 140 + (long)(k * 7 + n / 10 % 7))];
        Directory.CreateDirectory(Path.GetDirectoryName(_cli.At(file))!);
        using var written = new Hdf5Writer(_cli.At(file));
        written.Group("spikes")
            .FloatSequences("spikes/times", 32, [.. Enumerable.Range(0, count).Select(Times)])
            .IntegerSequences("spikes/units", "H5T_STD_U16LE", [.. Enumerable.Range(0, count).Select(Units)])
            .Integers("labels", "H5T_STD_U16LE", [(ulong)count], [.. Enumerable.Range(0, count).Select(n => n % 10L)]);
    }

    private (int Steps, double Duration, int Split) Shape(string file)
    {
        var model = AnnModel.Load(_cli.At(file));
        return (model.Steps, model.Duration, model.Split);
    }

    private void Edit(string file, Action<JsonObject> edit) => ModelFiles.Edit(_cli.At(file), AnnModel.Kind, edit);
}
