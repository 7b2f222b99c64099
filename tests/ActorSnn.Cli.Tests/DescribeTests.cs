
namespace ActorSnn.Cli.Tests;

public sealed class DescribeTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void The_paper_s_network_has_the_paper_s_size()
    {
        var json = _cli.Run("describe sbp --json").Json.Single();
        Assert.Equal((3282, 500_000), ((int)json["neurons"]!, (int)json["plasticSynapses"]!));
        Assert.Equal(500_000, (int)json["synapseBytes"]!);
        Assert.Equal((int)json["synapses"]!, json["projections"]!.AsArray().Sum(p => (int)p!["synapses"]!));
        Assert.Equal(8, json["projections"]!.AsArray().Count(p => (bool)p!["plastic"]!));
        Assert.Equal(3282, json["populations"]!.AsArray().Where(p => !(bool)p!["source"]!).Sum(p => (int)p!["size"]!));
        Assert.Equal(814, (int)json["facts"]!["inference"]!["neurons"]!);

        var text = _cli.Run("describe sbp");
        Assert.Equal(0, text.Code);
        Assert.Contains(text.Output, line => line.StartsWith("3,282 neurons") && line.Contains("500,000 of them plastic"));
        Assert.Contains(text.Output, line => line.StartsWith("| x ") && line.Contains("| h< ") && line.Contains("160,000"));
    }

    [Theory]
    [InlineData("", "400-400-10")]
    [InlineData("--dataset fashion-mnist --hidden 2000", "784-2000-10")]
    [InlineData("--dataset synth --crop 4 --hidden 17", "400-17-10")]
    public void Any_size_can_be_described_without_files(string options, string sizes) =>
        Assert.Equal(sizes, (string)_cli.Run($"describe sbp {options} --json").Json.Single()["facts"]!["sizes"]!);

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Every_neuron_is_on_one_core(int cores)
    {
        var json = _cli.Run($"describe sbp --cores {cores} --json").Json.Single();
        var placed = json["cores"]!.AsArray();
        Assert.Equal(cores, placed.Count);
        Assert.Equal(3282, placed.Sum(c => (int)c!["neurons"]!));
        var slices = placed.SelectMany(c => c!["slices"]!.AsArray()).GroupBy(s => (string)s!["population"]!);
        Assert.Equal(
            json["populations"]!.AsArray().ToDictionary(p => (string)p!["name"]!, p => (int)p!["size"]!),
            slices.ToDictionary(g => g.Key, g => g.Sum(s => (int)s!["count"]!)));
        Assert.Equal(cores > 1, json["links"]!.AsArray().Count > 0);
        Assert.All(json["links"]!.AsArray(), l => Assert.True((int)l!["delay"]! >= 1));
    }

    [Theory]
    [InlineData("sbp", 3282)]
    [InlineData("cuba --neurons 20000", 20_000)]
    [InlineData("sbp --cores 12", 3282)]
    public void Nodes_share_the_cores(string network, int neurons)
    {
        var json = _cli.Run($"describe {network} --nodes 3 --json").Json.Single();
        var nodes = json["nodes"]!.AsArray();
        Assert.Equal(["0", "1", "2"], nodes.Select(n => (string)n!["node"]!));
        Assert.Equal(json["cores"]!.AsArray().Select(c => (int)c!["core"]!), nodes.SelectMany(n => n!["cores"]!.AsArray()).Select(c => (int)c!).Order());
        Assert.All(nodes, n => Assert.NotEmpty(n!["cores"]!.AsArray()));
        Assert.Equal(neurons, nodes.Sum(n => (int)n!["neurons"]!));
        Assert.All(nodes, n => Assert.InRange((double)n!["work"]!, 0.25, 0.42));
        Assert.Equal(nodes.Sum(n => (int)n!["linksOut"]!), nodes.Sum(n => (int)n!["linksIn"]!));
        Assert.Equal(nodes.Sum(n => (double)n!["bytesOutPerTick"]!), nodes.Sum(n => (double)n!["bytesInPerTick"]!), 1e-6);
        Assert.All(nodes, n => Assert.Equal(1, (int)n!["shortestDelay"]!));
    }

    [Fact]
    public void Nodes_are_shown_when_asked_for()
    {
        Assert.Null(_cli.Run("describe cuba --json").Json.Single()["nodes"]);
        Assert.DoesNotContain(_cli.Run("describe cuba").Output, line => line.Contains("node"));

        var text = _cli.Run("describe cuba --delay 1.5 --nodes 2 --report r.html");
        Assert.Equal(0, text.Code);
        Assert.Contains(text.Output, line => line.StartsWith("| node ") && line.Contains("shortest delay"));
        Assert.Contains(text.Output, line => line.StartsWith("|    1 |") && line.EndsWith(" 15 |"));
        Assert.Contains("node 1 holds core 1", text.Output);
        Assert.Contains("2 nodes", File.ReadAllText(_cli.At("r.html")));
    }

    [Fact]
    public void Nodes_beyond_the_cores_stay_empty()
    {
        var nodes = _cli.Run("describe cuba --cores 2 --nodes 3 --json").Json.Single()["nodes"]!.AsArray();
        Assert.Equal([0, 1, 1], nodes.Select(n => n!["cores"]!.AsArray().Count).Order());
        Assert.Single(nodes, n => n!["shortestDelay"] is null);
    }

    [Fact]
    public void A_model_is_described_with_where_it_comes_from()
    {
        SbpModelTests.Small().Save(_cli.At("m.actorsnn"));
        var json = _cli.Run("describe m.actorsnn --json").Json.Single();
        Assert.Equal("16-3-2", (string)json["facts"]!["sizes"]!);
        Assert.Equal("synth", (string)json["facts"]!["dataset"]!);
        Assert.Equal(ulong.MaxValue, (ulong)json["facts"]!["seed"]!);
        Assert.Equal(2 * 16 + 6 * 3 + 7 * 2 + 12, (int)json["neurons"]!);
        Assert.Contains(_cli.Run("describe m.actorsnn").Output, line => line.StartsWith("accuracy") && line.Contains("exact 25.00 %"));
    }
}
