namespace ActorSnn.Cli.Tests;

public sealed class EngineTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

#if AKKA_ENGINE
    [Fact]
    public void The_version_names_the_engines_of_the_build() =>
        Assert.Matches(@"^engines: embedded, akka \(Akka\.NET \d+\.\d+\.\d+\); of clusters: tcp, akka$", _cli.Run("--version").Output[1]);

    [Theory]
    [InlineData("run cuba --ms 20 --seed 3 --cores 4 --threads 2")]
    [InlineData("train sbp --samples 40 --epochs 1 --hidden 20 --seed 3 --cores 3 --threads 2")]
    public void Akka_comes_to_the_state_hash_of_embedded(string command)
    {
        var akka = _cli.Run($"{command} --engine akka --json");
        Assert.Equal(_cli.Run($"{command} --engine embedded --json").StateHash, akka.StateHash);
        Assert.Equal("akka", (string)akka.Result["engine"]!);
    }
#else
    [Fact]
    public void The_version_names_the_engines_of_the_build() => Assert.Equal("engines: embedded; of clusters: tcp", _cli.Run("--version").Output[1]);

    [Theory]
    [InlineData("run cuba --engine akka")]
    [InlineData("node --engine akka --listen 127.0.0.1:0 --store dir:store")]
    [InlineData("cluster --engine akka -- run cuba")]
    public void Who_asks_for_akka_in_a_build_without_it_learns_how_to_get_it(string command)
    {
        var ended = _cli.Run(command);
        Assert.Equal(2, ended.Code);
        Assert.Equal("actorsnn: --engine akka: this build is without Akka.NET; where the package feed has it: dotnet build ActorSnn.sln -c Release -p:AkkaEngine=true", Assert.Single(ended.Errors));
    }
#endif
}
