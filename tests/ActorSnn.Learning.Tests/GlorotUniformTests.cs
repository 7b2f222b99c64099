namespace ActorSnn.Learning.Tests;

public class GlorotUniformTests
{
    [Fact]
    public void Weights_fill_their_range_evenly_and_every_layer_has_its_own()
    {
        var weights = GlorotUniform.Draw([100, 60, 60], 3);
        double limit = Math.Sqrt(6.0 / 160);
        Assert.All(weights[0], w => Assert.InRange(w, -limit, limit));
        Assert.Equal((6000, 3600), (weights[0].Length, weights[1].Length));
        Assert.InRange(weights[0].Average(), -0.02 * limit, 0.02 * limit);
        Assert.InRange(weights[0].Average(w => w * w), 0.97 * limit * limit / 3, 1.03 * limit * limit / 3);
        Assert.Equal(weights[0][0] / limit, GlorotUniform.Draw([50, 120], 3)[0][0] / Math.Sqrt(6.0 / 170), 1e-6);
        Assert.NotEqual(weights[0][0] / limit, weights[1][0] / Math.Sqrt(6.0 / 120), 1e-6);
        Assert.NotEqual(weights[0][0], GlorotUniform.Draw([100, 60], 4)[0][0]);
    }
}
