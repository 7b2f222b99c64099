namespace ActorSnn.Learning.Tests;

public class RateScheduleTests
{
    [Theory]
    [InlineData(1, new[] { 1.0 })]
    [InlineData(2, new[] { 1, 0.5 })]
    [InlineData(5, new[] { 1, 1, 0.5, 0.5, 0.25 })]
    [InlineData(15, new[] { 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25 })]
    public void The_rate_is_halved_after_40_percent_and_80_percent_of_the_passes(int passes, double[] factors)
    {
        var schedule = new RateSchedule(0.2, passes);
        Assert.Equal(factors, Enumerable.Range(0, passes).Select(pass => schedule.FactorOf(pass)));
        Assert.Equal(0.2 * factors[^1], schedule.RateOf(passes - 1));
        Assert.Equal(factors[^1], schedule.SmallestFactor);
        Assert.Equal(factors[^1], schedule.FactorOf(passes + 3));
    }
}
