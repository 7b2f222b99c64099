using Akka.Actor;
using Akka.Configuration;

namespace ActorSnn.Mesh.Akka.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-akka-").FullName;

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(Root(), "cluster-config", "akka"), "*.conf").Select(f => Path.GetFileName(f)).Order()];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_configuration_can_be_read(string file)
    {
        var config = Settings.ForNode(SettingsFile.Read(Path.Combine(Root(), "cluster-config", "akka", file), name => $"<{name}>"));
        Assert.Equal("cluster", config.GetString("akka.actor.provider"));
        Assert.Equal("actorsnn.cluster-dispatcher", config.GetString("akka.cluster.use-dispatcher"));
        Assert.NotEqual("", config.GetString("akka.persistence.journal.plugin"));
    }

    [Fact]
    public async Task A_node_can_be_started_with_the_settings_that_need_no_other_package()
    {
        foreach (string file in (string[])["local.conf", "static-seeds.conf"])
        {
            var own = SettingsFile.Read(Path.Combine(Root(), "cluster-config", "akka", file), name => name == "ACTORSNN_PORT" ? "0" : null);
            // A free port, and nobody to join.
            var quiet = ConfigurationFactory.ParseString("akka { remote.dot-netty.tcp.port = 0, cluster.seed-nodes = [], coordinated-shutdown.exit-clr = off }");
            using var system = ActorSystem.Create("actorsnn", Settings.ForNode(quiet.WithFallback(own)));
            Assert.Equal(["core", "coordinator"], global::Akka.Cluster.Cluster.Get(system).Settings.Roles.Order().Reverse());
            await system.Terminate();
        }
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("actorsnn.core-dispatcher.dedicated-thread-pool.thread-count = 5", 5)]
    [InlineData("actorsnn.core-dispatcher.type = Dispatcher", null)]
    public void The_threads_of_cores_are_those_of_their_dispatcher(string own, int? threads) =>
        Assert.Equal(threads ?? Environment.ProcessorCount, Settings.CoreThreads(Settings.ForNode(ConfigurationFactory.ParseString(own))));

    [Fact]
    public void A_file_takes_in_another_and_what_it_says_itself_wins()
    {
        Write("base.conf", "a { one = 1, two = 2 }");
        var config = Read("include \"base.conf\"\na.two = ${NUMBER}\n# ${NOT_ASKED}", name => name == "NUMBER" ? "22" : null);
        Assert.Equal((1, 22), (config.GetInt("a.one"), config.GetInt("a.two")));
    }

    [Theory]
    [InlineData("a = 1\nb = ${NOWHERE}", "line 2: the environment variable NOWHERE is not set")]
    [InlineData("a = ${b.c}", "is no HOCON")]
    [InlineData("include \"test.conf\"", "includes itself")]
    [InlineData("include \"none.conf\"", "none.conf")]
    public void What_is_wrong_with_a_file_is_said_in_one_line(string text, string problem)
    {
        var refused = Assert.ThrowsAny<IOException>(() => Read(text, _ => null));
        Assert.Contains(problem, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private Config Read(string text, Func<string, string?> environment) => SettingsFile.Read(Write("test.conf", text), environment);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    internal static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ActorSnn.sln"))) directory = directory.Parent;
        return directory!.FullName;
    }
}
