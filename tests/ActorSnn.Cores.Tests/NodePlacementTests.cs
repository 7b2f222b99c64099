using System.Collections.Immutable;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

public class NodePlacementTests
{
    [Fact]
    public void Every_core_is_on_one_node_and_nodes_are_balanced_as_well_as_cores_allow()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            foreach (var placement in Placements(seed))
            {
                for (int nodes = 1; nodes <= 6; nodes++)
                {
                    var placed = NodePlacer.Place(placement, nodes);
                    AssertWhole(placed, placement);
                    double share = placement.Cores.Sum(CoreWork.Of) / nodes;
                    double bound = Math.Max(share * (1 + NodePlacer.Slack), share + placement.Cores.Max(CoreWork.Of));
                    Assert.True(Loads(placed).Max() <= bound * 1.001, $"{Loads(placed).Max()} on a node, above {bound} (seed {seed}, {nodes} nodes)");
                }
            }
        }
    }

    [Fact]
    public void Less_goes_between_nodes_than_if_cores_were_dealt_out_in_turn()
    {
        int compared = 0;
        int better = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            foreach (var placement in Placements(seed))
            {
                for (int nodes = 2; nodes <= 5; nodes++)
                {
                    var placed = NodePlacer.Place(placement, nodes);
                    var inTurn = placed with { NodeOf = [.. placement.Cores.Select(c => c.Index % nodes)] };
                    // What is unbalanced may well cut less.
                    if (Loads(inTurn).Max() > Loads(placed).Max()) continue;
                    compared++;
                    Assert.True(Cut(placed) <= Cut(inTurn), $"{Cut(placed)} against {Cut(inTurn)} (seed {seed}, {nodes} nodes)");
                    if (Cut(placed) < 0.99 * Cut(inTurn)) better++;
                }
            }
        }
        Assert.True(compared > 100 && better > compared / 5, $"{better} better of {compared}");
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 30)]
    [InlineData(3, 12)]
    [InlineData(5, 8)]
    public void Clusters_of_populations_that_hardly_talk_to_each_other_get_a_node_each(int clusters, int coresOfEach)
    {
        var placement = Clusters(clusters, coresOfEach);
        var placed = NodePlacer.Place(placement, clusters);
        for (int core = 0; core < placement.Cores.Length; core++) Assert.Equal(placed.NodeOf[core % clusters], placed.NodeOf[core]);
        Assert.Equal(clusters, placed.NodeOf.Distinct().Count());
        var split = placed with { NodeOf = [.. placement.Cores.Select(c => c.Index / clusters % clusters)] };
        Assert.True(Cut(placed) < 0.1 * Cut(split), $"{Cut(placed)} against {Cut(split)}");
        // Within a cluster delays are of one tick, between clusters of twenty.
        Assert.All(placed.Shares(), share => Assert.Equal(20, share.ShortestDelay));
    }

    [Fact]
    public void Short_delays_stay_inside_a_node()
    {
        // Two pairs of cores; within a pair few spikes with a short delay, between pairs more spikes with a long one.
        var builder = new NetworkBuilder("pairs");
        foreach (string name in (string[])["a", "b", "c", "d"]) builder.AddPopulation(name, 400, new LifDelta());
        foreach (var (source, target, delay) in new[] { ("a", "c", 1), ("b", "d", 1), ("a", "b", 100), ("c", "d", 100), ("a", "d", 100), ("c", "b", 100) })
            builder.AddProjection(source, target, Connectivity.FixedInDegree(10), Weight.Constant(1), Delay.Ticks(delay));
        var network = builder.Build();
        var placed = NodePlacer.Place(new Placement(network, [.. network.Populations.Select(p => new CorePlacement(p.Index, [new Slice(p.Index, 0, 400)], 400, 0))]), 2);
        Assert.Equal([0, 1, 0, 1], placed.NodeOf.AsEnumerable());
    }

    [Fact]
    public void Work_goes_by_capacity()
    {
        var placed = NodePlacer.Place(Clusters(2, 8), [new NodeCapacity("small", 2), new NodeCapacity("large", 6)]);
        Assert.Equal([4, 12], placed.Shares().Select(s => s.Cores.Length));
        Assert.Equal([0.25, 0.75], placed.Shares().Select(s => s.Work));
    }

    [Fact]
    public void Where_all_talk_to_all_nodes_are_as_even_as_cores_allow()
    {
        var network = new NetworkBuilder("all").AddPopulation("n", 60_000, new GatedThresholdNeuron())
            .AddProjection("n", "n", Connectivity.FixedInDegree(10), Weight.Constant(1)).Build();
        var placed = NodePlacer.Place(Placer.Place(network, new PlacementOptions(Workers: 5)), 5);
        Assert.Equal(12, placed.Shares().Max(s => s.Cores.Length));
        Assert.All(placed.Shares(), share => Assert.InRange(share.Work, 0.19, 0.21));
    }

    [Fact]
    public void Nodes_beyond_the_number_of_cores_stay_empty()
    {
        var placed = NodePlacer.Place(Placer.Place(BenchmarkNetworks.Cuba(), new PlacementOptions(Cores: 3)), 5);
        Assert.Equal(3, placed.NodeOf.Distinct().Count());
        Assert.Equal([0, 0, 1, 1, 1], placed.Shares().Select(s => s.Cores.Length).Order());
        var empty = placed.Shares().First(s => s.Cores.IsEmpty);
        Assert.Equal((0, 0, 0.0, 0, 0, null), (empty.Neurons, empty.SynapseBytes, empty.Work, empty.LinksOut, empty.LinksIn, empty.ShortestDelay));
    }

    [Fact]
    public void The_same_cores_are_placed_the_same_way_again()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            foreach (var (first, second) in Placements(seed).Zip(Placements(seed)))
                Assert.True(NodePlacer.Place(first, 3).NodeOf.SequenceEqual(NodePlacer.Place(second, 3).NodeOf), $"seed {seed}");
        }
    }

    [Fact]
    public void What_goes_out_of_nodes_comes_in()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            foreach (var placement in Placements(seed))
            {
                var placed = NodePlacer.Place(placement, 3);
                var shares = placed.Shares();
                var cut = placement.Links().Where(l => placed.NodeOf[l.From] != placed.NodeOf[l.To]).ToArray();
                Assert.Equal((cut.Length, cut.Length), (shares.Sum(s => s.LinksOut), shares.Sum(s => s.LinksIn)));
                Assert.Equal(shares.Sum(s => s.BytesOut), shares.Sum(s => s.BytesIn), 1e-6);
                Assert.Equal(shares.Sum(s => s.SpikesOut), shares.Sum(s => s.SpikesIn), 1e-6);
                Assert.Equal(1, shares.Sum(s => s.Work), 1e-9);
                Assert.Equal(placement.Network.NeuronCount, shares.Sum(s => s.Neurons));
                Assert.Equal(cut.Length == 0 ? null : cut.Min(l => l.Delay), shares.Min(s => s.ShortestDelay));
            }
        }
    }

    /// <summary>Rates of sources are known; 500 Poisson neurons at 20 Hz in ticks of 1 ms spike ten times a tick.</summary>
    [Fact]
    public void Traffic_of_sources_is_their_rate()
    {
        var network = new NetworkBuilder("rates")
            .AddPopulation("poisson", 500, new PoissonSource(20))
            .AddPopulation("listed", 10, new SpikeArraySource((0, 1), (9, 2), (9, 3)))
            .AddPopulation("shown", 70, new SampleSource(new BitFrames(2, 70, [0xf, 1, 1, 0]), new SamplePresentation(2, 6), 0))
            .AddPopulation("n", 100, new LifDelta())
            .AddProjection("poisson", "n", Connectivity.FixedInDegree(3), Weight.Constant(1))
            .AddProjection("listed", "n", Connectivity.FixedInDegree(3), Weight.Constant(1))
            .AddProjection("shown", "n", Connectivity.FixedInDegree(3), Weight.Constant(1))
            .Build();
        double SpikesOf(int population)
        {
            var rest = network.Populations.Where(p => p.Index != population).Select(p => new Slice(p.Index, 0, p.Size));
            var placement = new Placement(network, [new(0, [new Slice(population, 0, network.Populations[population].Size)], 0, 0), new(1, [.. rest], 100, 0)]);
            return new NodePlacement(placement, [new("0"), new("1")], [0, 1]).Shares()[0].SpikesOut;
        }
        Assert.Equal(500 * (1 - Math.Exp(-0.02)), SpikesOf(0), 1e-9);
        Assert.Equal(0.3, SpikesOf(1), 1e-9);
        Assert.Equal(6 / 12.0, SpikesOf(2), 1e-9);
    }

    [Fact]
    public void When_a_node_is_lost_only_its_cores_move_and_the_others_share_them()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            foreach (var placement in Placements(seed))
            {
                var old = NodePlacer.Place(placement, 4);
                int lost = seed % 4;
                var now = NodePlacer.Replace(old, old.Nodes.RemoveAt(lost));
                AssertWhole(now, placement);
                for (int core = 0; core < placement.Cores.Length; core++)
                {
                    if (old.NodeOf[core] != lost)
                        Assert.True(NameOf(old, core) == NameOf(now, core), $"core {core} moved from {NameOf(old, core)} to {NameOf(now, core)} (seed {seed})");
                }
                double share = placement.Cores.Sum(CoreWork.Of) / 3;
                double bound = Math.Max(Loads(old).Max(), share * (1 + NodePlacer.Slack) + placement.Cores.Max(CoreWork.Of));
                Assert.True(Loads(now).Max() <= bound * 1.001, $"{Loads(now).Max()} on a node, above {bound} (seed {seed})");
                Assert.Equal(now.NodeOf.AsEnumerable(), NodePlacer.Replace(old, old.Nodes.RemoveAt(lost)).NodeOf);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void When_a_node_joins_it_gets_its_share_and_no_core_moves_that_need_not(int nodes)
    {
        const int Cores = 48;
        var placement = Placer.Place(BenchmarkNetworks.Cuba(), new PlacementOptions(Cores));
        var old = NodePlacer.Place(placement, nodes);
        var now = NodePlacer.Replace(old, old.Nodes.Add(new NodeCapacity("joined")));
        AssertWhole(now, placement);
        for (int core = 0; core < Cores; core++) Assert.True(NameOf(now, core) == "joined" || NameOf(now, core) == NameOf(old, core), $"core {core} went elsewhere");
        int moved = now.CoresOf(nodes).Length;
        Assert.InRange(moved, Cores / (nodes + 1) - nodes, Cores / (nodes + 1) + 1);
        Assert.True(Loads(now).Max() <= 1.1 * placement.Cores.Sum(CoreWork.Of) / (nodes + 1) + placement.Cores.Max(CoreWork.Of));
    }

    [Fact]
    public void A_node_lost_and_one_joined_at_once_leaves_the_others_alone()
    {
        var old = NodePlacer.Place(Clusters(3, 10), 3);
        var now = NodePlacer.Replace(old, [new NodeCapacity("2"), new NodeCapacity("other"), new NodeCapacity("0")]);
        for (int core = 0; core < 30; core++) Assert.Equal(NameOf(old, core) == "1" ? "other" : NameOf(old, core), NameOf(now, core));
    }

    [Fact]
    public void Nodes_that_make_no_sense_are_refused()
    {
        var placement = Placer.Place(BenchmarkNetworks.Cuba());
        Assert.Throws<ArgumentOutOfRangeException>(() => NodePlacer.Place(placement, 0));
        foreach (var nodes in (ImmutableArray<NodeCapacity>[])[[], [new("a"), new("a")], [new("a", 0)], [new("a", double.NaN)], [new("a", -1)]])
        {
            Assert.Throws<ArgumentException>(() => NodePlacer.Place(placement, nodes));
            Assert.Throws<ArgumentException>(() => NodePlacer.Replace(NodePlacer.Place(placement, 2), nodes));
        }
    }

    [Fact]
    public void Thousands_of_cores_are_placed()
    {
        var placement = Clusters(clusters: 4, coresOfEach: 500);
        var placed = NodePlacer.Place(placement, 4);
        Assert.Equal(4, placed.NodeOf.Select((node, core) => (node, core % 4)).Distinct().Count());
    }

    private static IEnumerable<Placement> Placements(int seed)
    {
        yield return Placer.Place(RandomNetworks.Make(seed), new PlacementOptions(Cores: 12));
        yield return RandomPlacements.Make(RandomNetworks.Make(seed), 20, seed);
        yield return Placer.Place(RandomRealNetworks.Make(seed), new PlacementOptions(Cores: 9));
    }

    /// <summary>Each core a population; those of a cluster form rings of several widths with delays of one tick, and clusters are joined by a few of twenty. Clusters take turns.</summary>
    private static Placement Clusters(int clusters, int coresOfEach)
    {
        var builder = new NetworkBuilder("clusters");
        int cores = clusters * coresOfEach;
        for (int i = 0; i < cores; i++) builder.AddPopulation($"p{i}", 200, new LifDelta());
        for (int i = 0; i < cores; i++)
        {
            foreach (int step in (int[])[1, 2, 3, 5])
                builder.AddProjection($"p{i}", $"p{(i + step * clusters) % cores}", Connectivity.FixedInDegree(20), Weight.Constant(1));
        }
        for (int i = 0; i < clusters; i++) builder.AddProjection($"p{i}", $"p{(i + 1) % clusters}", Connectivity.FixedInDegree(20), Weight.Constant(1), Delay.Ticks(20));
        var network = builder.Build();
        return new Placement(network, [.. network.Populations.Select(p => new CorePlacement(p.Index, [new Slice(p.Index, 0, p.Size)], p.Size, 128_000))]);
    }

    private static void AssertWhole(NodePlacement placed, Placement placement)
    {
        Assert.Same(placement, placed.Placement);
        Assert.Equal(placement.Cores.Length, placed.NodeOf.Length);
        Assert.All(placed.NodeOf, node => Assert.InRange(node, 0, placed.Nodes.Length - 1));
        Assert.Equal(Enumerable.Range(0, placement.Cores.Length), Enumerable.Range(0, placed.Nodes.Length).SelectMany(n => placed.CoresOf(n)).Order());
    }

    private static string NameOf(NodePlacement placed, int core) => placed.Nodes[placed.NodeOf[core]].Name;

    private static double[] Loads(NodePlacement placed)
    {
        var loads = new double[placed.Nodes.Length];
        for (int core = 0; core < placed.NodeOf.Length; core++) loads[placed.NodeOf[core]] += CoreWork.Of(placed.Placement.Cores[core]);
        return loads;
    }

    /// <summary>Bytes a tick between nodes, with those that could be sent during the exchanges.</summary>
    private static double Cut(NodePlacement placed)
    {
        var traffic = new LinkTraffic(placed.Placement.Network);
        return placed.Placement.Links().Where(l => placed.NodeOf[l.From] != placed.NodeOf[l.To]).Sum(l => traffic.Bytes(l) + 1024.0 / l.Delay);
    }
}
