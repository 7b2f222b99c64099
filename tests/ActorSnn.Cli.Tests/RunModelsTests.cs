namespace ActorSnn.Cli.Tests;

/// <summary>Runs of networks with real-valued neurons: the examples of the documentation and the built-in networks.</summary>
public sealed class RunModelsTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_single_neuron_spikes_when_its_equation_says()
    {
        // From rest to threshold in 20 ms ln 5 = 32.2 ms, then 2 ms refractory: spikes at 32.2 ms + k 34.2 ms.
        var result = _cli.Run($"run {Example("single-lif")} --ms 1000 --json").Result;
        Assert.Equal(29, (int)result["spikes"]!);
    }

    [Fact]
    public void One_of_three_groups_wins()
    {
        var rates = _cli.Run($"run {Example("winner-take-all")} --json").Result["rates"]!;
        Assert.InRange((double)rates["a"]!, 30, 100);
        Assert.InRange((double)rates["b"]!, 0, 10);
        Assert.InRange((double)rates["c"]!, 0, 10);
    }

    [Theory]
    [InlineData("cuba", 4.7, 6.7)]
    [InlineData("cuba --neurons 10000", 3.5, 4.2)]
    [InlineData("coba", 15, 18)]
    public void Balanced_networks_fire_as_published(string network, double least, double most) =>
        Assert.InRange((double)_cli.Run($"run {network} --json").Result["meanRateHz"]!, least, most);

    [Fact]
    public void The_file_of_a_built_in_network_gives_the_same_run()
    {
        string hash = _cli.Run("run cuba --ticks 500 --json").StateHash;
        Assert.Equal(hash, _cli.Run($"run {Example("cuba")} --ticks 500 --cores 3 --threads 2 --json").StateHash);
    }

    [Fact]
    public void Delays_and_sizes_can_be_asked_for()
    {
        var result = _cli.Run("run cuba --neurons 1000 --delay 0.8 --ticks 200 --json").Result;
        Assert.Equal((1000, 200), ((int)result["neurons"]!, (int)result["ticks"]!));
        Assert.NotEqual((string)result["stateHash"]!, _cli.Run("run cuba --neurons 1000 --ticks 200 --json").StateHash);
    }

    [Fact]
    public void A_resumed_run_of_plastic_synapses_ends_as_the_undisturbed_one()
    {
        string run = $"run {Example("stdp")} --json";
        string whole = _cli.Run($"{run} --ticks 3000").StateHash;
        _cli.Run($"{run} --ticks 1000 --checkpoint points");
        Assert.Equal(whole, _cli.Run($"{run} --ticks 3000 --checkpoint points --resume").StateHash);
    }

    private static string Example(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ActorSnn.sln"))) directory = directory.Parent;
        return Path.Combine(directory!.FullName, "docs", "examples", $"{name}.json");
    }
}
