namespace ActorSnn.Networks.Tests;

public class DelayedTimingTests
{
    [Theory]
    [InlineData("timing.disturbances[0].latencyTicks", -1, 0, 0.0)]
    [InlineData("timing.disturbances[0].latencyTicks", 16385, 0, 0.0)]
    [InlineData("timing.disturbances[0].jitterTicks", 0, -1, 0.0)]
    [InlineData("timing.disturbances[0].loss", 0, 0, 1.5)]
    [InlineData("timing.disturbances[0].loss", 0, 0, double.NaN)]
    public void A_number_out_of_range_is_refused_at_once(string field, int latency, int jitter, double loss) =>
        Assert.Equal(field, Assert.Throws<NetworkException>(() => Start().SetTiming(new DelayedTiming(latency, jitter, loss))).Field);

    [Fact]
    public void A_window_that_ends_before_it_begins_is_refused() =>
        Assert.Equal("timing.disturbances[0].lastTick", Refusal(new Disturbance(FirstTick: 5, LastTick: 4)).Field);

    [Fact]
    public void A_name_that_is_nobodys_is_refused_with_the_name_that_was_meant()
    {
        var refusal = Refusal(new Disturbance("a->c"));
        Assert.Equal("timing.disturbances[0].projections", refusal.Field);
        Assert.Contains("did you mean \"a->b\"?", refusal.Problem);
        Assert.Contains("stands for no projection", Refusal(new Disturbance("x*")).Problem);
    }

    [Fact]
    public void Delays_that_become_too_long_are_refused() =>
        Assert.Contains("16387 ticks", Refusal(new Disturbance(LatencyTicks: Delay.MaxTicks)).Problem);

    [Fact]
    public void What_windows_add_counts_only_where_they_overlap()
    {
        var timing = new DelayedTiming(1,
            [new("a*", LatencyTicks: 3, LastTick: 9), new("*", JitterTicks: 4, FirstTick: 5, LastTick: 20), new("*", LatencyTicks: 6, FirstTick: 10), new("x", 100)]);
        Assert.Equal((10, 10, 0), (timing.MostTicks("a->b"), timing.MostTicks("b"), new DelayedTiming(0, loss: 1).MostTicks("b")));
        var network = Start().SetTiming(new DelayedTiming(5, 2)).Build();
        Assert.Equal((10, 10), (network.MaxDelay, network.LongestDelay(network.Projections[0])));
    }

    [Fact]
    public void A_network_with_delayed_timing_is_no_network_file() =>
        Assert.Equal("timing", Assert.Throws<NetworkException>(() => NetworkFile.ToJson(Start().SetTiming(new DelayedTiming(1)).Build())).Field);

    private static NetworkException Refusal(Disturbance disturbance) =>
        Assert.Throws<NetworkException>(() => Start().SetTiming(new DelayedTiming(1, [disturbance])).Build());

    private static NetworkBuilder Start() => new NetworkBuilder("n")
        .AddPopulation("a", 2, new PoissonSource(10)).AddPopulation("b", 2, new GatedThresholdNeuron())
        .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(1), Delay.Ticks(3));
}
