using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

public class SliceSetTests
{
    private static readonly Network Two = new NetworkBuilder("two")
        .AddPopulation("a", 10, new GatedThresholdNeuron())
        .AddPopulation("b", 5, new GatedThresholdNeuron())
        .Build();

    [Fact]
    public void Slices_in_any_order_become_runs_of_neurons()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var neurons = Enumerable.Range(0, 10).Where(_ => random.Next(3) > 0).ToArray();
            var expected = new List<Slice>();
            foreach (int neuron in neurons)
            {
                if (expected is [.., var last] && last.End == neuron) expected[^1] = last with { Count = last.Count + 1 };
                else expected.Add(new Slice(0, neuron, 1));
            }
            random.Shuffle(neurons);
            var set = new SliceSet(Two, neurons.Select(n => new Slice(0, n, 1)));
            Assert.Equal(expected, set.Of(0));
            Assert.Equal(expected, set.All);
            foreach (int neuron in neurons) Assert.Equal($"neuron {neuron} of \"a\" is there twice", set.Problem(new Slice(0, neuron, 1)));
        }
    }

    [Fact]
    public void The_first_gap_is_found()
    {
        Assert.Equal(new Slice(0, 0, 10), new SliceSet(Two).FirstGap());
        Assert.Equal(new Slice(0, 0, 3), new SliceSet(Two, [new(0, 3, 2)]).FirstGap());
        Assert.Equal(new Slice(0, 5, 2), new SliceSet(Two, [new(0, 0, 5), new(0, 7, 1)]).FirstGap());
        Assert.Equal(new Slice(1, 0, 4), new SliceSet(Two, [new(0, 0, 10), new(1, 4, 1)]).FirstGap());
        Assert.Null(new SliceSet(Two, [new(0, 0, 10), new(1, 4, 1), new(1, 0, 4)]).FirstGap());
    }

    [Fact]
    public void Slices_that_do_not_fit_are_told()
    {
        var set = new SliceSet(Two, [new(0, 3, 4)]);
        Assert.Equal("population 2 of 2", set.Problem(new Slice(2, 0, 1)));
        Assert.Equal("3 neurons from 8 on of \"a\", which has 10", set.Problem(new Slice(0, 8, 3)));
        Assert.Equal("neuron 6 of \"a\" is there twice", set.Problem(new Slice(0, 6, 2)));
        Assert.Null(set.Problem(new Slice(0, 7, 3)));
        Assert.Throws<ArgumentException>(() => new SliceSet(Two, [new(0, 0, 2), new(0, 1, 2)]));
    }
}
