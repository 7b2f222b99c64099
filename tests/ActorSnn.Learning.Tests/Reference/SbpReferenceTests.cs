namespace ActorSnn.Learning.Tests.Reference;

/// <summary>A 3-4-2 network small enough to follow by hand, shown one sample five times: all inputs on, target output 1.</summary>
public class SbpReferenceTests
{
    private static readonly byte[] AllOn = [1, 1, 1];

    private static SbpReference Network() => new(
        new[,] { { 200, 180, 250, 40 }, { 200, 180, 250, 40 }, { 200, 180, 250, 40 } },
        new[,] { { 200, 10 }, { 180, 20 }, { 150, -10 }, { -60, 100 } });

    [Theory]
    [InlineData(1, new[] { 600, 540, 750, 120 }, new[] { 530, 20 }, new[] { 1, 0 },
        new[] { -1, 1 }, new[] { -190, -160, -160, 160 }, new[] { -1, -1, -1, 1 })]
    [InlineData(2, new[] { 594, 534, 744, 126 }, new[] { 524, 26 }, new[] { 1, 0 },
        new[] { -1, 1 }, new[] { -186, -156, -156, 160 }, new[] { -1, -1, -1, 1 })]
    [InlineData(3, new[] { 588, 528, 738, 132 }, new[] { 518, 32 }, new[] { 1, 0 },
        new[] { -1, 1 }, new[] { -182, -152, -152, 160 }, new[] { -1, -1, -1, 1 })]
    [InlineData(4, new[] { 582, 522, 732, 138 }, new[] { 512, 38 }, new[] { 0, 0 },
        new[] { 0, 1 }, new[] { 16, 26, -4, 100 }, new[] { 1, 1, -1, 1 })]
    [InlineData(5, new[] { 588, 528, 726, 144 }, new[] { 512, 44 }, new[] { 0, 0 },
        new[] { 0, 1 }, new[] { 18, 28, -2, 100 }, new[] { 1, 1, -1, 1 })]
    public void Each_presentation_computes_what_one_computes_by_hand(
        int presentation, int[] a1, int[] a2, int[] o, int[] d2, int[] s, int[] d1)
    {
        var network = Network();
        for (var n = 0; n < presentation; n++)
            Assert.True(network.Train(AllOn, label: 1));

        Assert.Equal(a1, network.A1);
        Assert.Equal([1, 1, 1, 0], network.H);
        Assert.Equal(a2, network.A2);
        Assert.Equal(o, network.O);
        Assert.Equal(d2, network.D2);
        Assert.Equal(s, network.S);
        Assert.Equal(d1, network.D1);
    }

    [Fact]
    public void After_five_presentations_the_weights_are_those_computed_by_hand()
    {
        var network = Network();
        for (var n = 0; n < 5; n++)
            network.Train(AllOn, label: 1);

        Assert.Equal(new[,] { { 198, 178, 240, 50 }, { 198, 178, 240, 50 }, { 198, 178, 240, 50 } }, network.W1);
        Assert.Equal(new[,] { { 194, 20 }, { 174, 30 }, { 144, 0 }, { -60, 100 } }, network.W2);
    }

    [Fact]
    public void A_silent_input_keeps_its_weights()
    {
        var network = Network();
        network.Train([1, 1, 0], label: 1); // a1 = 400 360 500 80: no hidden spike, a2 = 0, outside the box
        Assert.Equal([400, 360, 500, 80], network.A1);
        Assert.Equal([0, 0], network.D2);

        network = new SbpReference(new[,] { { 252 }, { 252 }, { 252 } }, new[,] { { 20, 10 } });
        network.Train([1, 1, 0], label: 0); // 504: silent
        Assert.Equal(new[,] { { 252 }, { 252 }, { 252 } }, network.W1);

        network = new SbpReference(new[,] { { 250 }, { 250 }, { 50 }, { 50 } }, new[,] { { 20, 10 } });
        network.Train([1, 1, 1, 0], label: 0); // 550: spikes; output 0 at 20 has to rise
        Assert.Equal(new[,] { { 252 }, { 252 }, { 52 }, { 50 } }, network.W1);
        Assert.Equal(new[,] { { 22, 10 } }, network.W2);
    }

    [Theory]
    [InlineData(1024, 1)]
    [InlineData(1026, 0)]
    public void The_upper_edge_of_the_box_lies_inside(int a1, int d1)
    {
        var w1 = new[,] { { 204 }, { 204 }, { 204 }, { 204 }, { a1 - 4 * 204 } };
        var network = new SbpReference(w1, new[,] { { 100, -100 } });

        Assert.True(network.Train([1, 1, 1, 1, 1], label: 0));

        Assert.Equal([a1], network.A1);
        Assert.Equal([d1], network.D1);
    }

    [Fact]
    public void Weights_stop_at_the_rails()
    {
        var rising = new SbpReference(new[,] { { 254 }, { 254 }, { 252 } }, new[,] { { 254, 0 } });
        Assert.True(rising.Train(AllOn, label: 0));
        Assert.Equal(new[,] { { 254 }, { 254 }, { 254 } }, rising.W1);
        Assert.Equal(new[,] { { 254, 0 } }, rising.W2);

        // The last hidden unit, silent, is tied by -256 to an output that has to rise.
        var falling = new SbpReference(
            new[,] { { 252, 252, 252, -256 }, { 252, 252, 252, 252 }, { 252, 252, 252, 252 } },
            new[,] { { 250 }, { 100 }, { 150 }, { -256 } });
        Assert.True(falling.Train(AllOn, label: 0));
        Assert.Equal([756, 756, 756, 248], falling.A1);
        Assert.Equal([500], falling.A2);
        Assert.Equal(-1, falling.D1[3]);
        Assert.Equal(-256, falling.W1[0, 3]);
        Assert.Equal(250, falling.W1[1, 3]);
        Assert.Equal(-256, falling.W2[3, 0]);
    }

    [Fact]
    public void A_correct_sample_changes_nothing()
    {
        var network = new SbpReference(new[,] { { 200 }, { 200 }, { 200 } }, new[,] { { 254, -100 } });
        var big = new SbpReference(
            new[,] { { 200, 200, 200 }, { 200, 200, 200 }, { 200, 200, 200 } },
            new[,] { { 200, -100 }, { 200, -100 }, { 200, -100 } });

        Assert.False(big.Train(AllOn, label: 0));
        Assert.Equal([600, -300], big.A2);
        Assert.Equal(new[,] { { 200, -100 }, { 200, -100 }, { 200, -100 } }, big.W2);
        Assert.True(network.Train(AllOn, label: 0)); // 254 is too little for a spike
    }

    [Fact]
    public void Classify_reads_spikes_and_potentials_and_learns_nothing()
    {
        var network = Network();
        Assert.Equal((true, 0, 0), network.Classify(AllOn));
        Assert.Equal((false, 0, 0), network.Classify([0, 0, 0]));
        Assert.Equal(new[,] { { 200, 10 }, { 180, 20 }, { 150, -10 }, { -60, 100 } }, network.W2);

        for (var n = 0; n < 4; n++)
            network.Train(AllOn, label: 1);
        Assert.Equal((false, 0, 0), network.Classify(AllOn)); // no spike at all; the potential still says 0

        var second = new SbpReference(new[,] { { 200 }, { 200 }, { 200 } }, new[,] { { -10, 100 } });
        Assert.Equal((false, 0, 1), second.Classify(AllOn));
    }
}
