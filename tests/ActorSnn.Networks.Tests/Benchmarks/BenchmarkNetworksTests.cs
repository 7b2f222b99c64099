namespace ActorSnn.Networks.Tests;

/// <summary>The built-in networks, and their files in docs/examples.</summary>
public class BenchmarkNetworksTests
{
    public static TheoryData<string> Examples => [.. Docs.Examples.Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_a_network_that_survives_writing(string file)
    {
        var network = NetworkFile.Read(Docs.At("examples", file));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), network.Name);
        Assert.Equal(network.Hash, Everything.Parse(NetworkFile.ToJson(network)).Hash);
    }

    [Fact]
    public void The_files_of_the_built_in_networks_are_the_built_in_networks()
    {
        foreach (var network in new[] { BenchmarkNetworks.Cuba(), BenchmarkNetworks.Coba(), BenchmarkNetworks.Brunel(), BenchmarkNetworks.Sparse() })
            Assert.Equal(network.Hash, NetworkFile.Read(Docs.At("examples", $"{network.Name}.json")).Hash);
    }

    [Theory]
    [InlineData(4000, 3200, 320_000, 1.62, -9)]
    [InlineData(10_000, 8000, 2_000_000, 0.648, -3.6)]
    [InlineData(20_000, 16_000, 8_000_000, 0.324, -1.8)]
    public void Cuba_keeps_the_drive_at_every_size(int neurons, int excitatory, double synapses, double excitation, double inhibition)
    {
        var network = BenchmarkNetworks.Cuba(neurons);
        Assert.Equal((neurons, excitatory, 0.1), (network.NeuronCount, network["e"].Size, network.TimeStepMs));
        Assert.Equal(synapses, SynapsesOf(network), 1.0);
        Assert.Equal(["e->e", "e->i", "i->e", "i->i"], network.Projections.Select(p => p.Name));
        Assert.Equal([excitation, excitation, inhibition, inhibition], network.Projections.Select(p => Math.Round(((Weight.ConstantWeight)p.Weight).Value, 12)));
        Assert.All(network.Projections, p => Assert.Equal(Delay.One, p.Delay));
        Assert.Equal(Delay.Ticks(8), BenchmarkNetworks.Cuba(neurons, delayMs: 0.8).Projections[0].Delay);
    }

    [Fact]
    public void Brunel_has_the_published_sizes_and_drive()
    {
        var network = BenchmarkNetworks.Brunel();
        Assert.Equal((12_500, 15_625_000.0), (network.NeuronCount, SynapsesOf(network)));
        Assert.All(network.Inputs, input => Assert.Equal((20_000, 0.1), (input.RateHz, input.Weight)));
        Assert.All(network.Projections, p => Assert.Equal(Delay.Ticks(15), p.Delay));
    }

    [Theory]
    [InlineData(1_000_000, 100, 10_000)]
    [InlineData(1000, 7, 10)]
    public void Sparse_kicks_one_cell_in_a_hundred(int neurons, int degree, int kicked)
    {
        var network = BenchmarkNetworks.Sparse(neurons, degree);
        Assert.Equal((neurons, (double)neurons * degree + kicked), (network.NeuronCount, SynapsesOf(network)));
        Assert.Equal(kicked, network["kicks"].Size);
        Assert.Equal(Enumerable.Range(0, kicked).Select(i => (i, i)), ((Connectivity.PairsConnectivity)network.Projections[1].Connectivity).List);
    }

    [Fact]
    public void Sizes_and_delays_that_cannot_be_are_refused_by_parameter()
    {
        Assert.Equal("neurons", Assert.Throws<NetworkException>(() => BenchmarkNetworks.Cuba(9)).Field);
        Assert.Equal("neurons", Assert.Throws<NetworkException>(() => BenchmarkNetworks.Sparse(0)).Field);
        Assert.Equal("delayMs", Assert.Throws<NetworkException>(() => BenchmarkNetworks.Coba(delayMs: 0)).Field);
        Assert.Equal("delayMs", Assert.Throws<NetworkException>(() => BenchmarkNetworks.Brunel(delayMs: 0.15)).Field);
        Assert.Equal("outDegree", Assert.Throws<NetworkException>(() => BenchmarkNetworks.Sparse(100, -1)).Field);
        BenchmarkNetworks.Cuba(BenchmarkNetworks.FewestNeurons);
    }

    [Fact]
    public void Another_seed_is_another_network() => Assert.NotEqual(BenchmarkNetworks.Cuba(seed: 1).Hash, BenchmarkNetworks.Cuba(seed: 2).Hash);

    private static double SynapsesOf(Network network) => network.Projections.Sum(p =>
        p.Connectivity.ExpectedSynapses(network.Populations[p.Source].Size, network.Populations[p.Target].Size));
}
