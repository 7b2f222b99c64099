namespace ActorSnn.Cli.Tests;

/// <summary><c>--timing</c> of <c>run</c>, <c>train</c> and <c>eval</c>.</summary>
public sealed class TimingTests : IDisposable
{
    private const string Cuba = "run cuba --neurons 400 --ticks 2000 --json";
    private const string Sbp = "train sbp --samples 200 --epochs 1 --crop 9 --hidden 32 --seed 3 --json";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("--latency 3")]
    [InlineData("--jitter 4")]
    [InlineData("--loss 0.1")]
    [InlineData("--latency 1 --jitter 2 --loss 0.05 --disturb e->*")]
    public void Delayed_timing_is_another_network_and_the_same_on_any_cores(string options)
    {
        var exact = _cli.Run($"{Cuba} --timing exact").Result;
        var delayed = _cli.Run($"{Cuba} --timing delayed {options}").Result;
        Assert.Equal(("exact", true), ((string)exact["timing"]!, (bool)exact["reproducible"]!));
        Assert.Equal(("delayed", true), ((string)delayed["timing"]!, (bool)delayed["reproducible"]!));
        Assert.NotEqual((string)exact["stateHash"]!, (string)delayed["stateHash"]!);
        Assert.NotEqual((long)exact["spikes"]!, (long)delayed["spikes"]!);
        Assert.Equal((string)delayed["stateHash"]!, _cli.Run($"{Cuba} --timing delayed {options}").StateHash);
        Assert.Equal((string)delayed["stateHash"]!, _cli.Run($"{Cuba} --timing delayed {options} --cores 5 --threads 2").StateHash);
    }

    [Fact]
    public void Delayed_timing_is_drawn_from_the_seed_of_the_network()
    {
        const string Delayed = $"{Cuba} --timing delayed --loss 0.1";
        Assert.NotEqual(_cli.Run($"{Delayed} --seed 4").StateHash, _cli.Run($"{Delayed} --seed 5").StateHash);
    }

    [Fact]
    public void Delayed_timing_is_the_same_on_a_cluster()
    {
        var ended = _cli.Run($"cluster --nodes 2 -- {Cuba} --timing delayed --jitter 3 --cores 4");
        Assert.Equal(0, ended.Code);
        var result = ended.Json.Single(e => (string)e["event"]! == "result");
        Assert.Equal(("delayed", 2), ((string)result["timing"]!, (int)result["nodes"]!));
        Assert.Equal(_cli.Run($"{Cuba} --timing delayed --jitter 3").StateHash, (string)result["stateHash"]!);
    }

    [Fact]
    public void A_delayed_run_resumes_with_the_same_options_only()
    {
        string whole = _cli.Run($"{Cuba} --timing delayed --jitter 3").StateHash;
        Assert.Equal(0, _cli.Run($"{Cuba.Replace("2000", "900")} --timing delayed --jitter 3 --checkpoint points").Code);
        Assert.Contains("is of another network", AssertRefused($"{Cuba} --checkpoint points --resume"));
        Assert.Contains("is of another network", AssertRefused($"{Cuba} --timing delayed --jitter 2 --checkpoint points --resume"));
        Assert.Equal(whole, _cli.Run($"{Cuba} --timing delayed --jitter 3 --checkpoint points --resume --cores 3").StateHash);
    }

    [Fact]
    public void A_delayed_training_goes_on_with_the_timing_it_had()
    {
        const string Delayed = "--timing delayed --loss 0.02";
        string exact = _cli.Run($"{Sbp} --out exact.actorsnn").StateHash;
        var whole = _cli.Run($"{Sbp.Replace("--epochs 1", "--epochs 3")} {Delayed} --out whole.actorsnn").Result;
        Assert.NotEqual(exact, _cli.Run($"{Sbp} {Delayed} --out model.actorsnn --checkpoint points").StateHash);
        foreach (string other in (string[])["--timing exact", "--timing delayed --loss 0.03", $"{Delayed} --disturb *"])
            Assert.Contains("the run in dir:points has --timing delayed --loss 0.02 --disturb ?->?", AssertRefused($"{Sbp} {other} --checkpoint points --resume"));
        var resumed = _cli.Run($"train sbp --epochs 3 --checkpoint points --resume --cores 4 --json --out model.actorsnn").Result;
        foreach (string field in (string[])["stateHash", "accuracy", "best", "timing"]) Assert.Equal(whole[field]!.ToJsonString(), resumed[field]!.ToJsonString());
        Assert.Equal("delayed", (string)resumed["timing"]!);

        // Without being told otherwise only what carries the samples is disturbed.
        Assert.Equal((string)whole["stateHash"]!, _cli.Run($"{Sbp.Replace("--epochs 1", "--epochs 3")} {Delayed} --disturb ?->? --out model.actorsnn").StateHash);

        string answers = _cli.Run("eval whole.actorsnn --samples 100 --json").StateHash;
        Assert.NotEqual(answers, _cli.Run($"eval whole.actorsnn --samples 100 --json {Delayed}").StateHash);
    }

    [Theory]
    [InlineData($"{Cuba} --timing free --tick-us 20 --threads 2 --cores 4")]
    [InlineData($"{Sbp} --timing free --tick-us 50 --cores 4")]
    public void A_free_run_says_that_it_is_not_reproducible_and_accounts_for_its_spikes(string command)
    {
        var result = _cli.Run(command).Result;
        Assert.Equal(("free", false), ((string)result["timing"]!, (bool)result["reproducible"]!));
        long delivered = (long)result["deliveredSpikes"]!;
        Assert.InRange(delivered, 1, (long)result["sentSpikes"]! - (long)result["droppedSpikes"]!);
        var late = result["lateSpikes"]!.AsObject();
        Assert.All(late, row => Assert.True(row.Key == ">=64" || int.Parse(row.Key) is > 0 and < 64, row.Key));
        Assert.InRange(late.Sum(row => (long)row.Value!), 0, delivered);
    }

    [Fact]
    public void A_free_run_on_one_thread_has_no_late_spikes_and_ends_as_an_exact_one()
    {
        var result = _cli.Run($"{Cuba} --timing free --tick-us 10 --threads 1 --cores 4").Result;
        Assert.Empty(result["lateSpikes"]!.AsObject());
        Assert.Equal(_cli.Run(Cuba).StateHash, (string)result["stateHash"]!);
    }

    [Fact]
    public void People_are_told_that_a_free_run_is_not_reproducible()
    {
        var ended = _cli.Run("run cuba --neurons 400 --ticks 200 --timing free --tick-us 10");
        Assert.Equal(0, ended.Code);
        Assert.Contains(ended.Output, line => line.StartsWith("timing    free, 10 us a tick: NOT REPRODUCIBLE"));
    }

    /// <summary>A rehearsal at this pace would take longer than a test may.</summary>
    [Fact]
    public void Nothing_but_the_run_itself_takes_as_long_as_its_ticks() =>
        Assert.Equal(1, (int)_cli.Run("run cuba --neurons 400 --ticks 1 --timing free --tick-us 1500000 --json").Result["ticks"]!);

    [UnixFact]
    public void Ctrl_C_stops_a_free_run_at_a_tick_of_all_cores()
    {
        using var running = _cli.Start("run cuba --neurons 400 --ticks 100000000 --timing free --tick-us 100 --threads 2 --json");
        running.WaitForEvent("progress");
        running.Signal("INT");
        var ended = running.WaitForEnd();
        Assert.Equal(130, ended.Code);
        Assert.True((bool)ended.Json[^1]["interrupted"]!);
        Assert.InRange((long)ended.Json[^1]["ticks"]!, 1, 99999999);
    }

    [Theory]
    [InlineData("run cuba --timing late", "--timing late: give exact, delayed, free")]
    [InlineData("run cuba --jitter 3", "--jitter: is for --timing delayed; give that, or leave it out")]
    [InlineData("train sbp --timing exact --loss 0.1", "--loss: is for --timing delayed; give that, or leave it out")]
    [InlineData("train sbp --timing free --disturb *", "--disturb: is for --timing delayed; give that, or leave it out")]
    [InlineData("eval none.actorsnn --latency 1", "--latency: is for --timing delayed; give that, or leave it out")]
    [InlineData("run cuba --timing delayed --jitter 1 --tick-us 5", "--tick-us: is for --timing free; give that, or leave it out")]
    [InlineData("run cuba --timing delayed", "--timing delayed: say what happens to spikes with --latency, --jitter or --loss")]
    [InlineData("run cuba --timing delayed --loss 1.5", "--loss 1.5: give a probability, 0 to 1")]
    [InlineData("run cuba --timing delayed --loss x", "--loss x: give a probability, 0 to 1")]
    [InlineData("run cuba --timing delayed --jitter -1", "--jitter -1: give a whole number from 0 to 16384")]
    [InlineData("run cuba --timing delayed --latency 16384", "--latency 16384 --jitter 0: \"e->e\" can get a delay of 16385 ticks; at most 16384")]
    [InlineData("run cuba --timing delayed --loss 0.1 --disturb x->y", "--disturb x->y: ")]
    [InlineData("run cuba --timing free --tick-us 0", "--tick-us 0: give a whole number from 1")]
    [InlineData("run cuba --timing free --checkpoint points", "--checkpoint: a run with --timing free cannot be saved and resumed; leave one of them out")]
    [InlineData("train sbp --timing free --store dir:points --resume", "--store: a run with --timing free cannot be saved and resumed; leave one of them out")]
    [InlineData("run cuba --timing free --cluster 127.0.0.1:1", "--cluster: --timing free runs in this process alone; leave one of them out")]
    public void What_cannot_be_had_is_refused_in_one_line(string arguments, string message)
    {
        Assert.StartsWith(message, AssertRefused(arguments)["actorsnn: ".Length..]);
        Assert.Empty(_cli.Files());
    }

    private string AssertRefused(string arguments)
    {
        var ended = _cli.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        return Assert.Single(ended.Errors);
    }
}
