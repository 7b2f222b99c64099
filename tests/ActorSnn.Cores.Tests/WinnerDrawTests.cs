using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>The three ways to draw a winner are one distribution: softmax.</summary>
public class WinnerDrawTests
{
    private const ulong Seed = 17;
    private static readonly double[] Potentials = [0.9, -0.6, 0.1, 1.7, -1.8];

    [Theory]
    [InlineData(WinnerDraw.Categorical, 1_000_000)]
    [InlineData(WinnerDraw.Race, 300_000)]
    [InlineData(WinnerDraw.Rounds, 300_000)]
    public void Winners_come_with_the_probabilities_of_softmax(WinnerDraw draw, int draws)
    {
        var random = new CounterRandom(Seed, RandomPurpose.Winner, 5);
        var counts = new int[Potentials.Length];
        var scratch = new double[Potentials.Length];
        for (int step = 0; step < draws; step++) counts[WinnerDraws.Draw(draw, Potentials, random, step, scratch)]++;
        double sum = Potentials.Sum(Math.Exp);
        for (int k = 0; k < counts.Length; k++)
        {
            double p = Math.Exp(Potentials[k]) / sum;
            // Five standard deviations.
            double allowed = 5 * Math.Sqrt(p * (1 - p) / draws);
            Assert.True(Math.Abs(counts[k] / (double)draws - p) < allowed, $"class {k}: {counts[k] / (double)draws:F4}, softmax {p:F4} (seed {Seed})");
        }
    }

    [Fact]
    public void Potentials_far_apart_and_far_from_zero_leave_no_doubt()
    {
        var random = new CounterRandom(Seed, RandomPurpose.Winner, 5);
        var scratch = new double[3];
        foreach (var draw in Enum.GetValues<WinnerDraw>())
        {
            for (int step = 0; step < 100; step++)
            {
                Assert.Equal(1, WinnerDraws.Draw(draw, [-5000, -4000, -4900], random, step, scratch));
                Assert.Equal(2, WinnerDraws.Draw(draw, [1000, 1000, 2000], random, step, scratch));
            }
        }
    }
}
