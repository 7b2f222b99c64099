namespace ActorSnn.Cli.Tests;

public sealed class ResumeTests(ResumeTests.Undisturbed undisturbed) : IDisposable, IClassFixture<ResumeTests.Undisturbed>
{
    private const int Total = 400 * 40;
    private const string Run = "train sbp --samples 400 --epochs 40 --crop 9 --hidden 32 --seed 3 --threads 1 --json --out model.actorsnn";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [UnixTheory]
    [InlineData("--checkpoint points")]
    [InlineData("--store dir:points")]
    [InlineData("--store sqlite:points.db")]
    public void A_run_killed_and_resumed_ends_as_the_undisturbed_one(string store)
    {
        using (var running = _cli.Start($"{Run} {store} --checkpoint-every 150"))
        {
            running.WaitForEvent("checkpoint", times: 3);
            running.Signal("KILL");
            Assert.Equal(137, running.WaitForEnd().Code);
        }
        Assert.False(File.Exists(_cli.At("model.actorsnn")));
        var resumed = _cli.Run($"{Run} {store} --checkpoint-every 1000 --resume --cores 3");
        AssertUndisturbed(resumed);
        Assert.InRange((int)resumed.Json[0]["samples"]!, 1, Total - 1);
    }

    [UnixFact]
    public void Ctrl_C_leaves_a_checkpoint_and_the_command_that_goes_on()
    {
        Cli.Ended interrupted;
        using (var running = _cli.Start($"{Run} --checkpoint points"))
        {
            running.WaitForEvent("progress", times: 2);
            running.Signal("INT");
            interrupted = running.WaitForEnd();
        }
        Assert.Equal(130, interrupted.Code);
        Assert.False(File.Exists(_cli.At("model.actorsnn")));
        var result = interrupted.Json[^1];
        Assert.True((bool)result["interrupted"]!);
        Assert.InRange((int)result["samples"]!, 1, Total - 1);
        Assert.Equal("dir:points", (string)result["checkpoint"]!["store"]!);
        string line = Assert.Single(interrupted.Errors);
        string command = (string)result["resume"]!;
        Assert.EndsWith($"go on with: {command}", line);
        Assert.StartsWith("actorsnn train sbp", command);

        AssertUndisturbed(_cli.Run($"{command["actorsnn".Length..]} --json"));
    }

    [UnixFact]
    public void Without_checkpoints_an_interrupted_run_says_that_nothing_was_saved()
    {
        using var running = _cli.Start(Run);
        running.WaitForEvent("progress");
        running.Signal("TERM");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.Contains("nothing was saved", Assert.Single(ended.Errors));
        Assert.Empty(_cli.Files());
    }

    [Fact]
    public void A_finished_run_can_be_given_more_epochs()
    {
        string shorter = Run.Replace("--epochs 40", "--epochs 2");
        var first = _cli.Run($"{shorter} --checkpoint points");
        Assert.Equal((long)first.Result["checkpoint"]!["tick"]!, (long)first.Json[^2]["tick"]!);
        AssertUndisturbed(_cli.Run($"{Run} --checkpoint points --resume"));
        // and one with nothing left to do gives the same result once more
        AssertUndisturbed(_cli.Run($"{Run} --checkpoint points --resume"));
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_with_a_warning()
    {
        _cli.Run($"{Run.Replace("--epochs 40", "--epochs 2")} --checkpoint points --checkpoint-every 300");
        string[] files = [.. Directory.GetFiles(_cli.At("points/run"), "state-*").Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        byte[] bytes = File.ReadAllBytes(files[1]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(files[1], bytes);
        var resumed = _cli.Run($"{Run} --checkpoint points --resume");
        string warning = Assert.Single(resumed.Errors);
        Assert.Contains("is damaged", warning);
        Assert.EndsWith("is used", warning);
        Assert.Contains($"of tick {long.Parse(Path.GetFileName(files[0]).Split('-')[1])},", warning);
        Assert.Equal(0, resumed.Code);
        Assert.Equal(undisturbed.Ended.StateHash, (string)resumed.Json[^1]["stateHash"]!);
    }

    [Fact]
    public void Other_parameters_are_refused_by_name_with_both_values()
    {
        Idx.WriteSet(_cli, "data/mnist");
        const string Shown = "train sbp --dataset mnist --epochs 3 --samples 20 --crop 9 --hidden 16 --seed 3 --threads 1 --json";
        Assert.Equal(0, _cli.Run($"{Shown} --checkpoint points").Code);
        var files = _cli.Files();
        foreach (var (change, to, was) in new[]
        {
            ("--dataset mnist", "--dataset synth", "--dataset mnist"), ("--samples 20", "--samples 21", "--samples 20"), ("--crop 9", "--crop 8", "--crop 9"),
            ("--hidden 16", "--hidden 17", "--hidden 16"), ("--seed 3", "--seed 4", "--seed 3"), ("--epochs 3", "--epochs 2", "in epoch 3 already"),
        })
        {
            string line = AssertRefused($"{Shown.Replace(change, to)} --checkpoint points --resume");
            Assert.Contains($"{to}: ", line);
            Assert.Contains(was, line);
        }
        Assert.Contains("already holds checkpoints", AssertRefused($"{Shown} --checkpoint points"));
        Assert.Contains("holds no checkpoint", AssertRefused($"{Shown} --checkpoint none --resume"));
        Assert.Equal(files, _cli.Files());

        byte[] images = Idx.Images();
        images[^1] ^= 1;
        _cli.Write("data/mnist/t10k-images-idx3-ubyte", images);
        Assert.Contains("images of mnist have digest", AssertRefused($"{Shown} --checkpoint points --resume"));
    }

    private string AssertRefused(string arguments)
    {
        var ended = _cli.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        return Assert.Single(ended.Errors);
    }

    private void AssertUndisturbed(Cli.Ended ended)
    {
        foreach (string field in (string[])["stateHash", "accuracy", "best", "bestEpoch", "samples", "epochs"])
            Assert.Equal(undisturbed.Ended.Result[field]!.ToJsonString(), ended.Result[field]!.ToJsonString());
        Assert.Equal(undisturbed.Model, File.ReadAllBytes(_cli.At("model.actorsnn")));
    }

    /// <summary>The run nobody touches.</summary>
    public sealed class Undisturbed
    {
        public Undisturbed()
        {
            using var cli = new Cli();
            Ended = cli.Run(Run);
            Model = File.ReadAllBytes(cli.At((string)Ended.Result["model"]!));
        }

        internal Cli.Ended Ended { get; }

        internal byte[] Model { get; }
    }
}
