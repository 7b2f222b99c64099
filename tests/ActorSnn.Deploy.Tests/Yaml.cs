using YamlDotNet.RepresentationModel;

namespace ActorSnn.Deploy.Tests;

/// <summary>Reads YAML and finds one's way in it.</summary>
internal static class Yaml
{
    /// <summary>The documents of a file that are fields with values.</summary>
    public static IReadOnlyList<YamlMappingNode> Documents(string path)
    {
        var stream = new YamlStream();
        // References to anchors ("<<") are merged, as docker compose does.
        stream.Load(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(Repository.Read(path)))));
        return [.. stream.Documents.Select(d => Assert.IsType<YamlMappingNode>(d.RootNode))];
    }

    /// <summary>What lies at a path, names with dots in between; null when nothing does.</summary>
    public static YamlNode? Find(this YamlNode node, string path)
    {
        YamlNode? found = node;
        foreach (string name in path.Split('.')) found = found is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out var value) ? value : null;
        return found;
    }

    /// <summary>The text at a path; null when there is none.</summary>
    public static string? Text(this YamlNode node, string path) => (node.Find(path) as YamlScalarNode)?.Value;

    /// <summary>The items of the list at a path; none when there is no list.</summary>
    public static IEnumerable<YamlNode> List(this YamlNode node, string path) => (node.Find(path) as YamlSequenceNode)?.Children ?? [];

    /// <summary>The texts of the list at a path.</summary>
    public static string[] Texts(this YamlNode node, string path) => [.. node.List(path).Select(n => ((YamlScalarNode)n).Value ?? "")];

    /// <summary>The fields at a path, whose values are texts.</summary>
    public static IReadOnlyDictionary<string, string> Map(this YamlNode node, string path) =>
        (node.Find(path) as YamlMappingNode)?.Children.ToDictionary(f => ((YamlScalarNode)f.Key).Value!, f => ((YamlScalarNode)f.Value).Value!) ?? [];

    /// <summary>The names of the fields at a path.</summary>
    public static string[] Names(this YamlNode node, string path) => [.. ((node.Find(path) as YamlMappingNode)?.Children.Keys ?? []).Select(k => ((YamlScalarNode)k).Value!)];

    /// <summary>Every field below a node as a path of names; items of lists by number.</summary>
    public static IEnumerable<string> Paths(YamlNode node, string above = "") => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(f => Paths(f.Value, $"{above}.{((YamlScalarNode)f.Key).Value}").Prepend($"{above}.{((YamlScalarNode)f.Key).Value}")),
        YamlSequenceNode list => list.Children.SelectMany((item, i) => Paths(item, $"{above}[{i}]")),
        _ => [],
    };
}
