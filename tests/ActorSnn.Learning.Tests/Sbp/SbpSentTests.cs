using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Sbp;

/// <summary>The circuits, sent as bytes.</summary>
public class SbpSentTests
{
    [Fact]
    public void The_training_circuit_learns_the_same_when_sent()
    {
        var task = SbpTask.Random(70, 30, 10, samples: 20, seed: 3);
        var network = task.Network(seed: 5, shuffled: true, [new SpikeCountProbe("o", "o", SbpCircuit.TrainingTicks)]);
        var sent = NetworkBytes.Read(NetworkBytes.Write(network), "sent");
        Assert.Equal(network.Hash, sent.Hash);
        Assert.Single(sent.Projections.Where(p => p.IsPlastic).Select(p => p.Learning).Distinct());
        using var here = new SbpRun(network);
        using var there = new SbpRun(sent);
        here.Learn(30);
        there.Learn(30);
        Assert.Equal(here.State.Hash(), there.State.Hash());
    }

    [Fact]
    public void The_inference_circuit_is_the_same_when_sent()
    {
        var task = SbpTask.Random(70, 30, 10, samples: 20, seed: 4);
        var network = SbpCircuit.Inference(task.Initial, task.Frames);
        Assert.Equal(network.Hash, NetworkBytes.Read(NetworkBytes.Write(network), "sent").Hash);
    }

    /// <summary>Three copies of the hidden weights share one array until they are sent, and then again.</summary>
    [Fact]
    public void The_published_circuit_takes_little_more_than_its_weights()
    {
        var network = SbpCircuit.Training(
            SbpWeights.Initialise(400, 400, 10, 1), new BitFrames(1, 400, new ulong[7]), BitFrames.OneHot([3], 10), 1);
        int weights = 4 * (400 * 400 + 3 * 400 * 10);
        Assert.InRange(NetworkBytes.Write(network).Length, weights, weights + 20_000);
    }
}
