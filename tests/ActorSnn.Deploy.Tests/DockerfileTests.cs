using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ActorSnn.Deploy.Tests;

/// <summary>The Dockerfile, read as the builder reads it. Nothing is built here.</summary>
public sealed class DockerfileTests
{
    private const string File = "deploy/Dockerfile";
    private static readonly IReadOnlyList<Instruction> All = Parse();

    private sealed record Instruction(string Name, string Arguments, int Line)
    {
        /// <summary>The arguments in exec form; null when they are a line for a shell.</summary>
        public string[]? Exec => Arguments.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(Arguments) : null;

        public override string ToString() => $"{File}, line {Line}: {Name} {Arguments}";
    }

    private static string[] Known => ["FROM", "ARG", "ENV", "LABEL", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD", "VOLUME"];

    private static List<List<Instruction>> Stages
    {
        get
        {
            var stages = new List<List<Instruction>>();
            foreach (var instruction in All.SkipWhile(i => i.Name == "ARG"))
            {
                if (instruction.Name == "FROM") stages.Add([]);
                stages[^1].Add(instruction);
            }
            return stages;
        }
    }

    [Fact]
    public void Instructions_are_known() => Assert.All(All, i => Assert.Contains(i.Name, Known));

    [Fact]
    public void Stages_have_names_and_what_is_copied_between_them_comes_from_an_earlier_one()
    {
        var names = new List<string>();
        foreach (var stage in Stages)
        {
            var from = Regex.Match(stage[0].Arguments, @"^(\S+) AS (\w+)$");
            Assert.True(from.Success, $"{stage[0]}: FROM IMAGE AS NAME");
            foreach (var copy in stage.Where(i => i.Name == "COPY" && i.Arguments.Contains("--from=")))
                Assert.Contains(Regex.Match(copy.Arguments, @"--from=(\S+)").Groups[1].Value, names);
            names.Add(from.Groups[2].Value);
        }
        Assert.Equal(["build", "final"], names);
    }

    [Fact]
    public void Base_images_are_those_of_the_projects_framework()
    {
        string version = Regex.Match(Repository.Read("Directory.Build.props"), @"<TargetFramework>net([\d.]+)</TargetFramework>").Groups[1].Value;
        // What the program needs at run time stands beside it.
        var configuration = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "actorsnn.runtimeconfig.json")))!["runtimeOptions"]!;
        var frameworks = (configuration["frameworks"]?.AsArray() ?? [configuration["framework"]!.DeepClone()]).Select(f => (string)f!["name"]!);
        string runtime = frameworks.Contains("Microsoft.AspNetCore.App") ? "aspnet" : "runtime";

        Assert.Equal(
            [$"mcr.microsoft.com/dotnet/sdk:{version}", $"mcr.microsoft.com/dotnet/{runtime}:{version}"],
            Stages.Select(s => s[0].Arguments.Split(' ')[0]));
    }

    [Fact]
    public void What_is_copied_is_there_and_is_sent_to_the_builder()
    {
        string[] ignore = [.. Repository.Lines($"{File}.dockerignore").Where(l => l.Length > 0 && l[0] != '#')];
        Assert.Equal("*", ignore[0]);
        foreach (var copy in All.Where(i => i.Name == "COPY" && !i.Arguments.Contains("--from=")))
        {
            foreach (string source in copy.Arguments.Split(' ').Where(w => !w.StartsWith("--", StringComparison.Ordinal)).SkipLast(1))
            {
                Assert.True(Path.Exists(Repository.At(source)), $"{copy}: {source} is not there");
                Assert.Contains($"!{source.TrimEnd('/')}", ignore);
            }
        }
        // And nothing is sent that is not used.
        Assert.All(ignore.Where(l => l[0] == '!'), l => Assert.Contains(All, i => i.Name == "COPY" && i.Arguments.Split(' ').Any(w => w.TrimEnd('/') == l[1..])));
    }

    [Fact]
    public void Everything_the_build_needs_from_the_root_is_copied()
    {
        var copied = Stages[0].Where(i => i.Name == "COPY").SelectMany(i => i.Arguments.Split(' ')).ToHashSet();

        foreach (string pattern in new[] { "*.props", "*.targets", "global.json", ".editorconfig", "nuget.config" })
            Assert.All(Directory.GetFiles(Repository.Root, pattern), file => Assert.Contains(Path.GetFileName(file), copied));
        Assert.Contains(All, i => i.Name == "RUN" && i.Arguments.Contains("dotnet publish src/ActorSnn.Cli "));
    }

    [Fact]
    public void The_last_stage_is_not_root_when_it_starts()
    {
        var last = Stages[^1];
        var user = last.FindLast(i => i.Name == "USER");

        Assert.NotNull(user);
        // $APP_UID is the number of the unprivileged user of Microsoft's images.
        Assert.True(user.Arguments == "$APP_UID" || (int.TryParse(user.Arguments, out int id) && id > 0), $"{user}: must be a number above 0, so that Kubernetes can tell");
        Assert.DoesNotContain(last.SkipWhile(i => i != user), i => i.Name is "RUN" or "COPY");
    }

    [Fact]
    public void Commands_are_in_exec_form_so_that_signals_reach_the_program()
    {
        var last = Stages[^1];

        Assert.Equal(["actorsnn"], Assert.Single(last, i => i.Name == "ENTRYPOINT").Exec ?? []);
        Assert.NotNull(Assert.Single(last, i => i.Name == "CMD").Exec);
        Assert.Equal("SIGTERM", Assert.Single(last, i => i.Name == "STOPSIGNAL").Arguments);
        Assert.Matches(@" CMD \[", Assert.Single(last, i => i.Name == "HEALTHCHECK").Arguments);
    }

    [Fact]
    public void Rules_of_good_Dockerfiles_are_kept()
    {
        Assert.All(All.Where(i => i.Name == "WORKDIR"), i => Assert.StartsWith("/", i.Arguments));
        Assert.All(All.Where(i => i.Name == "RUN"), i => Assert.DoesNotMatch(@"\bsudo\b|\bapt (install|upgrade)|\bapt-get upgrade|curl .*\|", i.Arguments));
        // Packages come from lists of the same layer, bring nothing that is not needed, and leave no lists behind.
        Assert.All(
            All.Where(i => i.Name == "RUN" && i.Arguments.Contains("apt-get install", StringComparison.Ordinal)),
            i => Assert.Matches(@"^apt-get update && apt-get install -y --no-install-recommends [^&]+ && rm -rf /var/lib/apt/lists/\*$", i.Arguments));
        Assert.All(All.Where(i => i.Name == "FROM"), i => Assert.DoesNotContain(":latest", i.Arguments));
        Assert.All(Stages, s => Assert.True(s.Count(i => i.Name == "CMD") <= 1));
        Assert.DoesNotContain(All, i => i.Name is "ENV" or "ARG" && Regex.IsMatch(i.Arguments, "(?i)password|secret"));
    }

    [Fact]
    public void The_port_is_the_one_the_configurations_listen_at()
    {
        string port = Assert.Single(All, i => i.Name == "EXPOSE").Arguments;
        foreach (string file in Repository.Files("deploy", "node.yaml")) Assert.EndsWith($":{port}", Assert.Single(Yaml.Documents(file)).Text("listen"));
    }

    private static List<Instruction> Parse()
    {
        var instructions = new List<Instruction>();
        string line = "";
        int start = 0;
        string[] lines = Repository.Lines(File);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart() is "" || lines[i].TrimStart()[0] == '#') continue;
            if (line.Length == 0) start = i + 1;
            line += lines[i].Trim();
            if (line.EndsWith('\\'))
            {
                line = line[..^1].TrimEnd() + " ";
                continue;
            }
            string[] words = line.Split(' ', 2);
            Assert.True(words.Length == 2, $"{File}, line {start}: {line}");
            instructions.Add(new Instruction(words[0], words[1], start));
            line = "";
        }
        Assert.Equal("", line);
        return instructions;
    }
}
