using System.Text.RegularExpressions;
using ActorSnn.Cli.Clusters;
using ActorSnn.Mesh.Cluster;
using YamlDotNet.RepresentationModel;

namespace ActorSnn.Deploy.Tests;

/// <summary>The configurations of nodes that we ship are those of the program.</summary>
public sealed partial class NodeConfigurationTests
{
    private const string Reference = "cluster-config/node.reference.yaml";

    /// <summary>Every configuration of a node there is.</summary>
    public static TheoryData<string> Configurations => [.. ConfigurationFiles];

    private static IEnumerable<string> ConfigurationFiles => Repository.Files("cluster-config", "*.yaml").Concat(Repository.Files("deploy", "node.yaml"));

    [Fact]
    public void There_are_configurations_for_all_that_is_promised() => Assert.Subset(ConfigurationFiles.ToHashSet(), new HashSet<string>
    {
        Reference, "cluster-config/single-machine.yaml", "cluster-config/three-machines/a.yaml", "cluster-config/three-machines/b.yaml", "cluster-config/three-machines/c.yaml",
        "cluster-config/postgres.yaml", "cluster-config/tls.yaml", "deploy/compose/node.yaml", "deploy/kubernetes/node.yaml",
    });

    [Theory]
    [MemberData(nameof(Configurations))]
    public void The_program_accepts_a_configuration(string file)
    {
        using var directory = new TemporaryDirectory();
        var configuration = Assert.Single(Yaml.Documents(file));
        // Files that each user makes; certificates have a test of their own.
        if (configuration.Find("tls") is not null) return;
        directory.Write("cluster.secret", "a secret for the tests");
        // In containers each node is given its own name.
        string[] name = configuration.Find("advertise") is null && configuration.Text("listen")!.StartsWith("0.0.0.0", StringComparison.Ordinal) ? ["--advertise", "node:7400"] : [];

        var (code, output, errors) = Program.ActorSnn(directory.Path, ["node", "--config", Repository.At(file), "--check", "--secret-file", "cluster.secret", .. name]);

        Assert.True(code == 0, $"{file}: {errors}");
        Assert.Equal("", errors);
        Assert.Contains("can be run like this", output);
        Assert.Equal([directory.At("cluster.secret")], Directory.GetFileSystemEntries(directory.Path));
    }

    [ToolFact("openssl version")]
    public void The_program_accepts_the_configuration_with_TLS_and_the_certificates_that_are_made_for_it()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("cluster.secret", "a secret for the tests");
        string script = Repository.At("cluster-config/make-certificates");
        var made = Program.Run(directory.Path, "sh", script, "certificates");
        Assert.True(made.Code == 0, made.Errors);

        var (code, _, errors) = Program.ActorSnn(directory.Path, "node", "--config", Repository.At("cluster-config/tls.yaml"), "--check");

        Assert.True(code == 0, errors);
        // Names can be added to the same authority, and what was there stays as it was.
        string before = File.ReadAllText(directory.At("certificates/node.crt")), authority = File.ReadAllText(directory.At("certificates/authority.crt"));
        Assert.Equal(0, Program.Run(directory.Path, "sh", script, "certificates", "node", "a").Code);
        Assert.Equal((before, authority), (File.ReadAllText(directory.At("certificates/node.crt")), File.ReadAllText(directory.At("certificates/authority.crt"))));
        foreach (string name in new[] { "node", "client", "a" })
        {
            var verified = Program.Run(directory.At("certificates"), "openssl", "verify", "-x509_strict", "-CAfile", "authority.crt", $"{name}.crt");
            Assert.True(verified.Code == 0, verified.Errors);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.At($"certificates/{name}.key")));
        }
    }

    [Fact]
    public void The_reference_has_exactly_the_settings_the_program_knows()
    {
        var reference = Assert.Single(Documents(Uncommented()));

        Assert.Equal(NodeSettingsFile.Names.Order(StringComparer.Ordinal), reference.Children.Keys.Select(k => k.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(NodeSettingsFile.TlsNames.Order(StringComparer.Ordinal), reference.Names("tls").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_off_in_the_reference_can_be_switched_on()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("node.yaml", Uncommented());
        directory.Write("cluster.secret", "a secret for the tests");

        // All of it is read, and what is missing then is a file, not a setting.
        var (code, _, errors) = Program.ActorSnn(directory.Path, "node", "--config", "node.yaml", "--check");

        Assert.Equal(2, code);
        Assert.Contains("certificates/node.crt does not exist", errors);
    }

    [Fact]
    public void The_reference_has_the_defaults_of_the_program()
    {
        var reference = Assert.Single(Yaml.Documents(Reference));
        var usual = new ClusterOptions();

        Assert.Equal($"{usual.DetectionMs}", reference.Text("detectionMs"));
        Assert.Equal($"{usual.LeaseMs}", reference.Text("leaseMs"));
        Assert.Equal($"{usual.StoreTimeoutMs / 1000}", reference.Text("storeTimeoutSeconds"));
        Assert.Equal("false", reference.Text("allowFaults"));
        Assert.Equal(reference.Text("listen"), reference.Text("advertise"));
    }

    [Fact]
    public void Every_setting_of_the_reference_says_its_default_or_that_it_is_required()
    {
        string comment = "";
        foreach (string line in Repository.Lines(Reference))
        {
            if (line.Length == 0)
            {
                comment = "";
            }
            else if (SettingLine().Match(line) is { Success: true } setting)
            {
                Assert.True(comment.Contains("Default: ") || comment.Contains("Required."), $"{setting.Groups[1].Value}: say its default, or that it is required");
                Assert.True(!setting.Groups[1].Value.EndsWith("Ms") || comment.Contains("milliseconds"), $"{setting.Groups[1].Value}: say its unit");
            }
            else
            {
                comment += line;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_setting_of_a_configuration_is_explained(string file)
    {
        string[] lines = Repository.Lines(file);
        // A comment before it, in the same paragraph, or behind it.
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] is '#' or ' ') continue;
            int start = i;
            while (start > 0 && lines[start - 1].Length > 0) start--;
            bool isPlain = lines[i].StartsWith("listen:", StringComparison.Ordinal) || lines[i].StartsWith("store:", StringComparison.Ordinal);
            Assert.True(isPlain || lines[start..(i + 1)].Any(l => l.Contains('#')), $"{file}, line {i + 1}: \"{lines[i]}\" comes without a word about it");
        }
    }

    [Fact]
    public void Three_machines_join_one_another_and_differ_in_nothing_else()
    {
        var machines = new[] { "a", "b", "c" }.Select(m => Assert.Single(Yaml.Documents($"cluster-config/three-machines/{m}.yaml"))).ToList();
        string[] names = [.. machines.Select(m => m.Text("advertise")!)];

        Assert.Equal(3, names.Distinct().Count());
        Assert.All(machines, m => Assert.Equal(names.Except([m.Text("advertise")!]), m.Texts("join")));
        foreach (string setting in NodeSettingsFile.Names.Except(["advertise", "join"])) Assert.Single(machines.Select(m => m.Text(setting)).Distinct());
    }

    [Fact]
    public void A_node_without_a_name_others_can_call_is_refused()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("cluster.secret", "a secret for the tests");

        var (code, _, errors) = Program.ActorSnn(directory.Path, "node", "--listen", "0.0.0.0:7400", "--store", "dir:store", "--secret-file", "cluster.secret", "--check");

        Assert.Equal(2, code);
        Assert.Contains("advertise", Assert.Single(errors.TrimEnd().Split('\n')));
    }

    [Theory]
    [InlineData("--store", "mysql:x", "\"mysql:\" is no kind of store")]
    [InlineData("--store", "postgres:nonsense", "no connection")]
    [InlineData("--listen", "192.0.2.1:7400", "no cluster secret")]
    [InlineData("--secret-file", "missing", "cannot be read")]
    public void A_check_says_what_a_start_would_say(string option, string value, string problem)
    {
        using var directory = new TemporaryDirectory();
        var options = new Dictionary<string, string> { ["--listen"] = "127.0.0.1:7400", ["--store"] = "dir:store", [option] = value };

        var (code, _, errors) = Program.ActorSnn(directory.Path, ["node", "--check", .. options.SelectMany(o => new[] { o.Key, o.Value })]);

        Assert.Equal(2, code);
        Assert.Contains(problem, Assert.Single(errors.TrimEnd().Split('\n')));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    /// <summary>The reference with everything in it that is off switched on.</summary>
    private static string Uncommented() => string.Join('\n', Repository.Lines(Reference).Select(line => SettingLine().IsMatch(line) && line[0] == '#' ? line[2..] : line));

    private static IEnumerable<YamlMappingNode> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(d => (YamlMappingNode)d.RootNode);
    }

    /// <summary>A setting, or one that is off.</summary>
    [GeneratedRegex(@"^(?:# (?:  )?)?([a-z][A-Za-z]*):(?: \S|$)")]
    private static partial Regex SettingLine();
}
