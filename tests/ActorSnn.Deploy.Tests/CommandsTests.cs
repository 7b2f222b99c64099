using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ActorSnn.Deploy.Tests;

/// <summary>Commands of <c>actorsnn</c> in what we ship are commands the program has.</summary>
public sealed partial class CommandsTests
{
    [Fact]
    public void The_program_knows_the_commands_in_files_of_configuration_and_deployment()
    {
        string[] commands = [.. InYaml().Concat(InDockerfile()).Concat(InSystemd()).Concat(InText()).Distinct().Order(StringComparer.Ordinal)];
        // Every place has been looked at.
        Assert.Contains(commands, c => c.StartsWith("drain $POD_NAME.actorsnn:7400 ", StringComparison.Ordinal));
        Assert.Contains(commands, c => c.StartsWith("status --cluster 127.0.0.1:7400 --secret-file /run/secrets/cluster-secret", StringComparison.Ordinal));
        Assert.Contains(commands, c => c.StartsWith("node --config /etc/actorsnn/node.yaml --secret-file ", StringComparison.Ordinal));
        Assert.Contains(commands, c => c.StartsWith("node --config cluster-config/single-machine.yaml --listen", StringComparison.Ordinal));
        Assert.Contains(commands, c => c.StartsWith("run cuba --neurons 1000 --json --cluster ", StringComparison.Ordinal));

        // Shows how it understands a command, instead of doing it.
        foreach (string command in commands)
        {
            var (code, _, errors) = Program.ActorSnn(Path.GetTempPath(), ["[diagram]", .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.True(code == 0, $"actorsnn {command}: {errors}");
        }
    }

    private static IEnumerable<string> InYaml() => Repository.Files("deploy", "*.yaml").SelectMany(Yaml.Documents).SelectMany(Lists)
        .Select(list => list.Children.Select(c => c is YamlScalarNode { Value: { } word } ? word : null).ToArray())
        .Where(words => words is ["actorsnn", ..] or ["node" or "run", _, ..] && words.All(w => w is not null))
        .Select(words => string.Join(' ', words[0] == "actorsnn" ? words[1..] : words))
        .Concat(Repository.Files("deploy", "*.yaml").SelectMany(Repository.Lines).Select(l => ShellCommand().Match(l.Trim())).Where(m => m.Success).Select(m => m.Groups[1].Value.Replace("\"", "")));

    private static IEnumerable<YamlSequenceNode> Lists(YamlNode node) => node.AllNodes.OfType<YamlSequenceNode>();

    private static IEnumerable<string> InDockerfile() => Repository.Lines("deploy/Dockerfile").Select(l => l.Trim()).Where(l => l.StartsWith("CMD [", StringComparison.Ordinal))
        .Select(l => string.Join(' ', System.Text.Json.JsonSerializer.Deserialize<string[]>(l[4..])!)).Select(c => c.StartsWith("actorsnn ", StringComparison.Ordinal) ? c["actorsnn ".Length..] : c);

    private static IEnumerable<string> InSystemd() => Repository.Lines("deploy/systemd/actorsnn-node.service").Where(l => l.StartsWith("ExecStart=", StringComparison.Ordinal))
        .Select(l => l[(l.IndexOf(' ') + 1)..].Replace(" $ACTORSNN_OPTIONS", ""));

    /// <summary>Commands in comments and in the pages: from the word actorsnn to the end of the line, and on after a backslash.</summary>
    private static IEnumerable<string> InText()
    {
        foreach (string file in Repository.Files("cluster-config", "*.yaml").Concat(Repository.Files("deploy", "*.yaml")).Concat(["cluster-config/README.md", "deploy/README.md"]))
        {
            string text = ContinuedLine().Replace(Repository.Read(file), " ");
            foreach (string line in text.Split('\n'))
            {
                if (CommandInText().Match(line) is { Success: true } match) yield return match.Groups[1].Value.Split(" #")[0].TrimEnd();
            }
        }
    }

    [GeneratedRegex(@"^- actorsnn (.*?) &&")]
    private static partial Regex ShellCommand();

    [GeneratedRegex(@"\\\n#? *")]
    private static partial Regex ContinuedLine();

    [GeneratedRegex(@"^(?:#   |    |.*\bexec node-a |# Then(?:, [^:]*)?: )(?:PGPASSWORD=… )?actorsnn ([a-z].*)$")]
    private static partial Regex CommandInText();
}
