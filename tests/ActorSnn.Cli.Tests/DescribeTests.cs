
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
