namespace ActorSnn.Deploy.Tests;

/// <summary>The systemd unit. Nothing is started here.</summary>
public sealed class SystemdTests
{
    private const string Unit = "deploy/systemd/actorsnn-node.service";

    private static ILookup<string, string> Settings => Repository.Lines(Unit).Where(l => l.Length > 0 && l[0] is not ('#' or '['))
        .Select(l => l.Split('=', 2)).ToLookup(l => l[0], l => l[1]);

    [Fact]
    public void It_starts_a_node_again_that_has_failed_and_not_one_that_was_drained_or_stopped()
    {
        Assert.Equal("on-failure", Settings["Restart"].Single());
        // The code of a node that was asked to stop.
        Assert.Equal("130", Settings["SuccessExitStatus"].Single());
        Assert.Equal("0", Settings["StartLimitIntervalSec"].Single());
    }

    [Fact]
    public void The_secret_is_handed_over_by_the_name_it_is_read_by()
    {
        string credential = Settings["LoadCredential"].Single().Split(':')[0];

        Assert.Contains($"--secret-file ${{CREDENTIALS_DIRECTORY}}/{credential} ", Settings["ExecStart"].Single());
    }

    [Fact]
    public void Options_come_from_the_environment_file()
    {
        string[] variables = [.. Repository.Lines("deploy/systemd/node.env").Where(l => l.Contains('=')).Select(l => l.TrimStart('#').Split('=')[0])];

        Assert.Equal(["ACTORSNN_OPTIONS", "PGPASSWORD", "DOTNET_EnableDiagnostics"], variables);
        Assert.EndsWith(" $ACTORSNN_OPTIONS", Settings["ExecStart"].Single());
        Assert.Equal("-/etc/actorsnn/node.env", Settings["EnvironmentFile"].Single());
    }

    [Fact]
    public void It_may_write_to_its_own_directory_only()
    {
        Assert.Equal("strict", Settings["ProtectSystem"].Single());
        Assert.Equal("yes", Settings["DynamicUser"].Single());
        Assert.Equal($"/var/lib/{Settings["StateDirectory"].Single()}", Settings["WorkingDirectory"].Single());
        // The runtime compiles as it goes.
        Assert.Empty(Settings["MemoryDenyWriteExecute"]);
    }

    [ToolFact("systemd-analyze --version")]
    public void Systemd_accepts_it()
    {
        using var directory = new TemporaryDirectory();
        // It also wants the program to be there.
        string unit = Repository.Read(Unit);
        Assert.Contains("ExecStart=/opt/actorsnn/actorsnn ", unit);
        directory.Write("actorsnn-node.service", unit.Replace("ExecStart=/opt/actorsnn/actorsnn ", "ExecStart=/bin/sh "));

        var (code, output, errors) = Program.Run(directory.Path, "systemd-analyze", "verify", "--man=no", directory.At("actorsnn-node.service"));

        // Of what it does not know it says so, and ends well all the same. What other units of the machine lack is not ours.
        Assert.True(code == 0, errors);
        Assert.DoesNotContain("actorsnn-node", output + errors);
    }
}
