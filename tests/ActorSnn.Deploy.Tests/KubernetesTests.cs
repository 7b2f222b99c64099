using YamlDotNet.RepresentationModel;

namespace ActorSnn.Deploy.Tests;

/// <summary>The Kubernetes manifests fit together. No cluster is asked.</summary>
public sealed class KubernetesTests
{
    private const string Directory = "deploy/kubernetes";
    private static readonly YamlMappingNode Kustomization = Assert.Single(Yaml.Documents($"{Directory}/kustomization.yaml"));
    private static readonly IReadOnlyList<YamlMappingNode> Applied = [.. Kustomization.Texts("resources").SelectMany(file => Yaml.Documents($"{Directory}/{file}"))];
    private static readonly YamlMappingNode Secret = Assert.Single(Yaml.Documents($"{Directory}/secret.example.yaml"));
    private static readonly IReadOnlyList<YamlMappingNode> All = [.. Applied, .. Yaml.Documents($"{Directory}/job.example.yaml")];
    private static readonly YamlMappingNode Node = Assert.Single(Yaml.Documents($"{Directory}/node.yaml"));
    private static readonly YamlMappingNode Nodes = Named("StatefulSet", "actorsnn");

    private static IEnumerable<YamlMappingNode> Workloads => All.Where(o => o.Find("spec.template.spec.containers") is not null);

    private static IEnumerable<(YamlNode Pod, YamlNode Container)> Containers =>
        Workloads.SelectMany(w => w.List("spec.template.spec.containers").Select(c => (w.Find("spec.template.spec")!, c)));

    [Fact]
    public void Every_file_is_applied_or_an_example()
    {
        var named = Kustomization.Texts("resources").Concat(Kustomization.List("configMapGenerator").SelectMany(m => m.Texts("files")));

        Assert.Equal(
            Repository.Files(Directory, "*.yaml").Select(Path.GetFileName).Order(),
            named.Concat(["kustomization.yaml", "secret.example.yaml", "job.example.yaml"]).Order());
    }

    [Fact]
    public void Objects_have_the_versions_of_their_kinds_a_name_of_their_own_and_no_namespace()
    {
        var versions = new Dictionary<string, string>
        {
            ["Service"] = "v1", ["Secret"] = "v1", ["StatefulSet"] = "apps/v1", ["PodDisruptionBudget"] = "policy/v1", ["Job"] = "batch/v1",
        };
        Assert.All(All.Append(Secret), o => Assert.Equal(versions[o.Text("kind")!], o.Text("apiVersion")));
        Assert.All(All, o => Assert.Null(o.Text("metadata.namespace")));
        Assert.Null(Kustomization.Text("namespace"));
        Assert.Equal(All.Count, All.Select(o => (o.Text("kind"), o.Text("metadata.name"))).Distinct().Count());
    }

    [Fact]
    public void Selectors_match_the_labels_of_the_pods_they_mean_and_of_no_others()
    {
        foreach (var set in All.Where(o => o.Text("kind") == "StatefulSet"))
        {
            Assert.True(Matches(set.Map("spec.selector.matchLabels"), set), $"{NameOf(set)} does not select its own pods");
            Assert.All(set.List("spec.template.spec.topologySpreadConstraints"), c => Assert.True(Matches(c.Map("labelSelector.matchLabels"), set)));
        }
        foreach (var selecting in All.Where(o => o.Text("kind") is "Service" or "PodDisruptionBudget"))
        {
            var selector = selecting.Text("kind") == "Service" ? selecting.Map("spec.selector") : selecting.Map("spec.selector.matchLabels");
            Assert.NotEmpty(selector);
            Assert.Single(Workloads, w => Matches(selector, w));
        }
    }

    [Fact]
    public void The_service_a_StatefulSet_names_is_headless_and_selects_its_pods()
    {
        foreach (var set in All.Where(o => o.Text("kind") == "StatefulSet"))
        {
            var service = Named("Service", set.Text("spec.serviceName")!);
            Assert.Equal("None", service.Text("spec.clusterIP"));
            Assert.True(Matches(service.Map("spec.selector"), set), $"{NameOf(service)} does not select the pods of {NameOf(set)}");
        }
        Assert.Equal("true", Named("Service", Nodes.Text("spec.serviceName")!).Text("spec.publishNotReadyAddresses"));
    }

    [Fact]
    public void Ports_of_services_and_probes_are_ports_of_the_containers()
    {
        foreach (var service in All.Where(o => o.Text("kind") == "Service"))
        {
            var pods = Workloads.Single(w => Matches(service.Map("spec.selector"), w));
            foreach (var port in service.List("spec.ports"))
            {
                var target = pods.List("spec.template.spec.containers").SelectMany(c => c.List("ports")).Single(p => p.Text("name") == port.Text("targetPort"));
                Assert.Equal(target.Text("containerPort"), port.Text("port"));
            }
        }
        foreach (var (_, container) in Containers)
        {
            var ports = container.List("ports").Select(p => p.Text("name")).ToList();
            foreach (string probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            {
                if (container.Find(probe) is not { } found) continue;
                Assert.True(found.Find("tcpSocket") is not null ^ found.Find("exec.command") is not null, $"{probe} of {container.Text("name")}: one way to probe");
                if (found.Text("tcpSocket.port") is { } port) Assert.Contains(port, ports);
            }
        }
        var node = Nodes.List("spec.template.spec.containers").Single();
        Assert.All(["startupProbe", "livenessProbe", "readinessProbe"], probe => Assert.NotNull(node.Find(probe)));
        Assert.Equal("0.0.0.0:" + node.List("ports").Single().Text("containerPort"), Node.Text("listen"));
    }

    [Fact]
    public void Volumes_that_are_mounted_are_declared_and_those_declared_are_mounted()
    {
        foreach (var workload in Workloads)
        {
            var declared = workload.List("spec.template.spec.volumes").Select(v => v.Text("name")).Concat(workload.List("spec.volumeClaimTemplates").Select(v => v.Text("metadata.name")));
            var mounted = workload.List("spec.template.spec.containers").SelectMany(c => c.List("volumeMounts")).Select(m => m.Text("name"));
            Assert.Equal(declared.Order(), mounted.Distinct().Order());
        }
    }

    [Fact]
    public void ConfigMaps_and_Secrets_that_are_used_are_there_with_their_keys()
    {
        var maps = Kustomization.List("configMapGenerator").ToDictionary(m => m.Text("name")!, m => m.Texts("files"));
        var keys = Secret.Names("stringData");
        foreach (var (pod, container) in Containers)
        {
            foreach (var volume in pod.List("volumes"))
            {
                if (volume.Text("configMap.name") is { } map) Assert.Contains(map, maps.Keys);
                if (volume.Text("secret.secretName") is { } secret) Assert.Equal(Secret.Text("metadata.name"), secret);
                Assert.All(volume.List("secret.items"), item => Assert.Contains(item.Text("key"), keys));
            }
            foreach (var reference in container.List("env").Select(e => e.Find("valueFrom.secretKeyRef")).OfType<YamlNode>())
            {
                Assert.Equal(Secret.Text("metadata.name"), reference.Text("name"));
                Assert.Contains(reference.Text("key"), keys);
            }
        }
        Assert.Equal(["node.yaml"], maps["actorsnn-node"]);
    }

    [Fact]
    public void Files_that_are_named_lie_where_something_is_mounted()
    {
        foreach (var (pod, container) in Containers)
        {
            string[] mounts = [.. container.List("volumeMounts").Select(m => m.Text("mountPath")!)];
            var words = container.Texts("args").Concat(container.Texts("readinessProbe.exec.command")).Concat(container.List("env").Select(e => e.Text("value") ?? ""))
                .Concat(container.Texts("lifecycle.preStop.exec.command").SelectMany(c => c.Split(' '))).Append(container.Text("name") == "node" ? Node.Text("secretFile")! : "");
            foreach (string file in words.Where(w => w.StartsWith('/')))
            {
                string mount = Assert.Single(mounts, m => file.StartsWith(m + "/", StringComparison.Ordinal));
                string volume = container.List("volumeMounts").Single(m => m.Text("mountPath") == mount).Text("name")!;
                string[] items = [.. pod.List("volumes").Where(v => v.Text("name") == volume).SelectMany(v => v.List("secret.items")).Select(i => i.Text("path")!)];
                if (items.Length > 0) Assert.Contains(Path.GetFileName(file), items);
            }
        }
    }

    [Fact]
    public void Nodes_join_one_another_by_the_stable_names_of_their_pods()
    {
        string set = Nodes.Text("metadata.name")!, service = Nodes.Text("spec.serviceName")!;
        int replicas = int.Parse(Nodes.Text("spec.replicas")!);
        var container = Nodes.List("spec.template.spec.containers").Single();

        Assert.Equal(Enumerable.Range(0, replicas).Select(i => $"{set}-{i}.{service}:7400"), Node.Texts("join"));
        Assert.Equal($"$(POD_NAME).{service}:7400", container.Texts("args")[^1]);
        Assert.Equal("metadata.name", container.List("env").Single(e => e.Text("name") == "POD_NAME").Text("valueFrom.fieldRef.fieldPath"));
        Assert.Contains($"drain \"$POD_NAME.{service}:7400\"", container.Texts("lifecycle.preStop.exec.command")[^1]);
        Assert.Equal("actorsnn-postgres", new Uri(Node.Text("store")!).Host);
        Assert.NotNull(Named("Service", new Uri(Node.Text("store")!).Host));
    }

    [Fact]
    public void Pods_are_not_root_and_may_do_nothing_special()
    {
        foreach (var (pod, container) in Containers)
        {
            Assert.Equal("true", pod.Text("securityContext.runAsNonRoot"));
            Assert.True(int.Parse(pod.Text("securityContext.runAsUser")!) > 0);
            Assert.Equal("RuntimeDefault", pod.Text("securityContext.seccompProfile.type"));
            Assert.Equal("false", pod.Text("automountServiceAccountToken"));
            Assert.Equal("false", container.Text("securityContext.allowPrivilegeEscalation"));
            Assert.Equal(["ALL"], container.Texts("securityContext.capabilities.drop"));
            Assert.NotNull(container.Text("resources.limits.memory"));
        }
    }

    [Fact]
    public void No_secret_stands_in_a_file()
    {
        Assert.DoesNotContain("secret.example.yaml", Kustomization.Texts("resources"));
        // Too short to be accepted, should somebody apply it as it is.
        Assert.All(Secret.Map("stringData").Values, v => Assert.Equal("REPLACE", v));
    }

    [ToolFact("kubectl version --client")]
    public void Kustomize_builds_it()
    {
        var (code, output, errors) = Program.Run(Repository.Root, "kubectl", "kustomize", Directory);

        Assert.True(code == 0, errors);
        var stream = new YamlStream();
        stream.Load(new StringReader(output));
        var objects = stream.Documents.Select(d => d.RootNode).ToList();
        Assert.Equal(Applied.Count + 1, objects.Count);
        // The pods use the ConfigMap by the name it has been given, and the image by the one it is pushed under.
        string map = objects.Single(o => o.Text("kind") == "ConfigMap").Text("metadata.name")!;
        var pod = objects.Single(o => o.Text("kind") == "StatefulSet" && o.Text("metadata.name") == "actorsnn").Find("spec.template.spec")!;
        Assert.StartsWith("actorsnn-node-", map);
        Assert.Equal(map, pod.List("volumes").Select(v => v.Text("configMap.name")).Single(name => name is not null));
        var image = Kustomization.List("images").Single();
        Assert.Equal($"{image.Text("newName")}:{image.Text("newTag")}", pod.List("containers").Single().Text("image"));
        Assert.Equal(Assert.Single(Yaml.Documents($"{Directory}/job.example.yaml")).List("spec.template.spec.containers").Single().Text("image"), pod.List("containers").Single().Text("image"));
    }

    /// <summary>kubectl reads workloads into the types of the API and writes them again: what it does not know is gone then, and what is of a wrong type makes it fail.</summary>
    [ToolFact("kubectl version --client")]
    public void Workloads_have_no_fields_that_kubectl_does_not_know()
    {
        using var directory = new TemporaryDirectory();
        foreach (var workload in Workloads)
        {
            using (var file = File.CreateText(directory.At("workload.yaml"))) new YamlStream(new YamlDocument(workload)).Save(file, assignAnchors: false);
            var (code, output, errors) = Program.Run(directory.Path, "kubectl", "set", "env", "--local", "-f", "workload.yaml", "ADDED=1", "--output", "yaml");

            Assert.True(code == 0, $"{NameOf(workload)}: {errors}");
            var stream = new YamlStream();
            stream.Load(new StringReader(output));
            Assert.Empty(Yaml.Paths(workload).Except(Yaml.Paths(stream.Documents[0].RootNode)));
        }
    }

    private static YamlMappingNode Named(string kind, string name) => All.Single(o => o.Text("kind") == kind && o.Text("metadata.name") == name);

    private static string NameOf(YamlNode o) => $"{o.Text("kind")} {o.Text("metadata.name")}";

    private static bool Matches(IReadOnlyDictionary<string, string> selector, YamlNode workload)
    {
        var labels = workload.Map("spec.template.metadata.labels");
        return selector.All(s => labels.GetValueOrDefault(s.Key) == s.Value);
    }
}
