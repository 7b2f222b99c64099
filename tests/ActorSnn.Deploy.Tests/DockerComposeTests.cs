using YamlDotNet.RepresentationModel;

namespace ActorSnn.Deploy.Tests;

/// <summary>docker-compose.yaml. Nothing is started here.</summary>
public sealed class DockerComposeTests
{
    private const string File = "deploy/docker-compose.yaml";
    private static readonly YamlMappingNode Compose = Assert.Single(Yaml.Documents(File));
    private static readonly YamlMappingNode Nodes = Assert.Single(Yaml.Documents("deploy/compose/node.yaml"));

    private static IEnumerable<(string Name, YamlNode Service)> Services => Compose.Names("services").Select(name => (name, Compose.Find($"services.{name}")!));

    private static IEnumerable<(string Name, YamlNode Service)> NodeServices => Services.Where(s => s.Service.Text("image") == "actorsnn");

    [Fact]
    public void There_are_three_nodes_and_a_server() => Assert.Equal(["node-a", "node-b", "node-c", "postgres"], Services.Select(s => s.Name).Order());

    [Fact]
    public void Fields_are_those_of_the_compose_specification()
    {
        string[] known =
        [
            "image", "build", "command", "depends_on", "environment", "volumes", "secrets", "restart", "stop_grace_period", "read_only", "tmpfs", "cap_drop", "security_opt", "healthcheck",
        ];
        Assert.All(Services, s => Assert.Empty(((YamlMappingNode)s.Service).Children.Keys.Select(k => k.ToString()).Except(known)));
        Assert.Empty(Compose.Children.Keys.Select(k => k.ToString()).Where(k => !k.StartsWith("x-", StringComparison.Ordinal)).Except(["name", "services", "volumes", "secrets"]));
    }

    [Fact]
    public void A_node_has_the_name_of_its_service_and_joins_services_that_are_nodes()
    {
        Assert.All(NodeServices, s => Assert.Equal(["node", "--config", "/etc/actorsnn/node.yaml", "--advertise", $"{s.Name}:7400"], s.Service.Texts("command")));
        Assert.Equal(NodeServices.Select(s => $"{s.Name}:7400"), Nodes.Texts("join"));
    }

    [Fact]
    public void The_store_is_the_server_that_is_started_with_its_user_and_database()
    {
        var store = new Uri(Nodes.Text("store")!);
        var server = Compose.Find($"services.{store.Host}");

        Assert.NotNull(server);
        Assert.Equal(server.Text("environment.POSTGRES_USER"), store.UserInfo);
        Assert.Equal($"/{server.Text("environment.POSTGRES_DB")}", store.AbsolutePath);
        Assert.NotNull(server.Find("healthcheck.test"));
        Assert.All(NodeServices, s => Assert.Equal("service_healthy", s.Service.Text($"depends_on.{store.Host}.condition")));
    }

    [Fact]
    public void Secrets_volumes_and_files_that_are_named_are_there()
    {
        using var directory = new TemporaryDirectory();
        System.IO.File.Copy(Repository.At("deploy/compose/make-secrets"), directory.At("make-secrets"));
        bool makes = Program.IsThere("openssl", "version");
        if (makes) Assert.Equal(0, Program.Run(directory.Path, "sh", "make-secrets").Code);

        string[] declared = Compose.Names("secrets");
        foreach (string secret in declared)
        {
            Assert.Equal($"./compose/secrets/{secret}", Compose.Text($"secrets.{secret}.file"));
            if (makes) Assert.True(new FileInfo(directory.At($"secrets/{secret}")).Length > 16, secret);
        }
        Assert.Contains("secrets/", Repository.Lines("deploy/compose/.gitignore"));
        foreach (var (name, service) in Services)
        {
            Assert.All(service.Texts("secrets"), s => Assert.Contains(s, declared));
            foreach (string used in service.Map("environment").Values.Append(name == "postgres" ? "" : Nodes.Text("secretFile")!).Where(v => v.StartsWith("/run/secrets/", StringComparison.Ordinal)))
                Assert.Contains(used["/run/secrets/".Length..], service.Texts("secrets"));
            foreach (string volume in service.Texts("volumes").Select(v => v.Split(':')[0]))
            {
                if (volume[0] == '.') Assert.True(Path.Exists(Path.Combine(Repository.At("deploy"), volume)), $"{name}: {volume} is not there");
                else Assert.Contains(volume, Compose.Names("volumes"));
            }
            if (service.Find("build") is { } build)
            {
                string context = Path.GetFullPath(Path.Combine(Repository.At("deploy"), build.Text("context")!));
                Assert.True(Path.Exists(Path.Combine(context, build.Text("dockerfile")!)), $"{name}: the Dockerfile is not there");
            }
        }
    }

    [Fact]
    public void A_node_that_was_drained_is_not_started_again() => Assert.All(NodeServices, s => Assert.Equal("on-failure", s.Service.Text("restart")));

    [ToolFact("docker compose version")]
    public void Docker_compose_accepts_it()
    {
        var (code, _, errors) = Program.Run(Repository.Root, "docker", "compose", "-f", File, "config", "--quiet");

        Assert.True(code == 0, errors);
    }
}
