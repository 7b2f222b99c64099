using ActorSnn.Cli.Systems;
using ActorSnn.Datasets;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Tests;

public sealed class SampleSetTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void The_rates_of_an_image_are_its_gray_levels()
    {
        var set = SampleSet.Train(Data, "synth-letters", bins: 32, count: 36);
        Assert.Null(set.Frames);
        Assert.Equal(("synth-letters", 36, 784), (set.Dataset, set.Count, set.Inputs));
        Assert.Equal("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", string.Concat(set.ClassNames));
        var rates = new float[784];
        set.Rates(35, rates);
        Assert.Equal(set.Images!.Image(35).ToArray().Select(pixel => pixel / 255f), rates);
        Assert.NotEqual(set.Digest, SampleSet.Test(Data, "synth-letters", 32, 36).Digest);
        Assert.Throws<ArgumentException>(() => set.Rates(0, new float[783]));
    }

    [Fact]
    public void The_rates_of_a_recording_are_the_means_of_its_frames_which_are_spike_trains()
    {
        WriteRecordings();
        var set = SampleSet.Train(Data, "nmnist", bins: 4);
        Assert.Null(set.Images);
        Assert.Equal(("nmnist", 2, 2312, 10), (set.Dataset, set.Count, set.Inputs, set.ClassNames.Count));
        Assert.Equal([3, 5], set.Labels);
        var rates = new float[2312];
        set.Rates(1, rates);
        Assert.Equal((0.5f, 0.5f), (rates[9], rates.Sum()));

        var frames = new BitFrames(set.Count * set.Frames!.Bins, set.Inputs, set.Frames.Words);
        Assert.Equal([0, 1UL << 9, 0, 1UL << 9], Enumerable.Range(4, 4).Select(f => frames[f][0]));
        Assert.Equal([7], SampleSet.Test(Data, "nmnist", 4).Labels);
        Assert.Equal([3], SampleSet.Train(Data, "nmnist", 4, count: 1).Labels);
    }

    [Fact]
    public void Folds_are_of_all_recordings()
    {
        WriteRecordings();
        var folds = Enumerable.Range(0, 3).Select(fold => SampleSet.Fold(Data, "nmnist", 4, fold, 3, seed: 1)).ToList();
        Assert.All(folds, fold => Assert.Equal((2, 1), (fold.Train.Count, fold.Test.Count)));
        Assert.Equal((byte[])[3, 5, 7], folds.SelectMany(fold => fold.Test.Labels).Order());
        AssertRefused("fold 3 of 3: nmnist has 3 recordings; give 2 to 3 folds", () => SampleSet.Fold(Data, "nmnist", 4, 3, 3, 1));
        AssertRefused("fold 0 of 4", () => SampleSet.Fold(Data, "nmnist", 4, 0, 4, 1));
        AssertRefused("synth has images, with a test part of their own", () => SampleSet.Fold(Data, "synth", 4, 0, 3, 1));
    }

    [Fact]
    public void An_unknown_name_brings_up_all_names()
    {
        AssertRefused("--dataset mnits: unknown; known are synth, synth-letters, mnist", () => SampleSet.Train(Data, "mnits", 1));
        AssertRefused("emnist-bymerge, nmnist", () => SampleSet.Test(Data, "mnits", 1));
    }

    private DataLocator Data => new(_cli.Directory);

    /// <summary>One event each, but for the second, which has it in the second and in the last quarter of the time.</summary>
    private void WriteRecordings()
    {
        _cli.Write("nmnist/Train/3/00001.bin", 1, 0, 0, 0, 0);
        _cli.Write("nmnist/Train/5/00002.bin", 9, 0, 1, 0x86, 0xA0, 9, 0, 4, 0x93, 0xE0);
        _cli.Write("nmnist/Test/7/00001.bin", 2, 0, 0, 0, 0);
    }

    private static void AssertRefused(string reason, Action load) => Assert.Contains(reason, Assert.Throws<UsageException>(load).Message);
}
