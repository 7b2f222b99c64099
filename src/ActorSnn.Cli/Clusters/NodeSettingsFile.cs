using System.Globalization;
using ActorSnn.Networks;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ActorSnn.Cli.Clusters;

/// <summary>Reads the settings of a node from YAML.</summary>
internal sealed class NodeSettingsFile
{
    private readonly string _file;

    private NodeSettingsFile(string file) => _file = file;

    /// <summary>The settings there are.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["listen", "advertise", "join", "store", "secretFile", "tls", "detectionMs", "leaseMs", "storeTimeoutSeconds", "allowFaults"];

    /// <summary>Those below <c>tls</c>.</summary>
    public static IReadOnlyList<string> TlsNames { get; } = ["certificate", "key", "authority"];

    /// <summary>Reads a file. Paths in it are as they are: relative to where the node is started.</summary>
    /// <exception cref="UsageException">It cannot be read, or holds something else; one line with file and line.</exception>
    public static NodeSettings Read(string file)
    {
        try
        {
            return new NodeSettingsFile(file).Settings(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--config {file}: cannot be read: {e.Message}");
        }
        catch (YamlException e)
        {
            throw new UsageException($"{file}: line {e.Start.Line}: is no YAML: {e.Message}");
        }
    }

    private NodeSettings Settings(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents.Count == 0) return new NodeSettings();
        if (stream.Documents.Count > 1) throw Wrong(stream.Documents[1].RootNode, "a second document; give one");
        var fields = Fields(stream.Documents[0].RootNode, Names, "the settings of a node");
        var tls = fields.TryGetValue("tls", out var node) ? Fields(node, TlsNames, "tls") : [];
        return new NodeSettings
        {
            Listen = Text(fields, "listen"),
            Advertise = Text(fields, "advertise"),
            Join = List(fields, "join"),
            Store = Text(fields, "store"),
            Protection = new ProtectionSettings
            {
                SecretFile = Text(fields, "secretFile"), Certificate = Text(tls, "certificate"), Key = Text(tls, "key"), Authority = Text(tls, "authority"),
            },
            DetectionMs = Number(fields, "detectionMs", NodeLimits.LeastMs, NodeLimits.MostMs),
            LeaseMs = Number(fields, "leaseMs", NodeLimits.LeastMs, NodeLimits.MostMs),
            StoreTimeoutSeconds = Number(fields, "storeTimeoutSeconds", 1, NodeLimits.MostMs / 1000),
            AllowFaults = Truth(fields, "allowFaults"),
        };
    }

    private Dictionary<string, YamlNode> Fields(YamlNode node, IReadOnlyList<string> known, string what)
    {
        if (node is YamlScalarNode { Value: null or "" }) return [];
        if (node is not YamlMappingNode mapping) throw Wrong(node, $"{what} must be fields with values");
        var fields = new Dictionary<string, YamlNode>();
        foreach (var (key, value) in mapping.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? throw Wrong(key, "the name of a field must be a word");
            if (!known.Contains(name))
            {
                throw Wrong(key, Spelling.Nearest(name, known) is { } nearest
                    ? $"\"{name}\" is unknown; did you mean \"{nearest}\"?"
                    : $"\"{name}\" is unknown; known are {string.Join(", ", known)}");
            }
            if (value is not YamlScalarNode { Value: null or "" }) fields[name] = value;
        }
        return fields;
    }

    private string? Text(Dictionary<string, YamlNode> fields, string name) => !fields.TryGetValue(name, out var node) ? null
        : node is YamlScalarNode { Value: { } text } ? text : throw Wrong(node, $"\"{name}\" must be a text");

    private IReadOnlyList<string>? List(Dictionary<string, YamlNode> fields, string name)
    {
        if (!fields.TryGetValue(name, out var node)) return null;
        if (node is YamlScalarNode { Value: { } text }) return ClusterAddresses.Split(text);
        return node is YamlSequenceNode list && list.Children.All(c => c is YamlScalarNode { Value.Length: > 0 })
            ? [.. list.Children.Select(c => ((YamlScalarNode)c).Value!)]
            : throw Wrong(node, $"\"{name}\" must be a list of HOST:PORT");
    }

    private int? Number(Dictionary<string, YamlNode> fields, string name, int least, int most)
    {
        if (Text(fields, name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw Wrong(fields[name], $"\"{name}\" is {text}; give a whole number from {least} to {most}");
    }

    private bool? Truth(Dictionary<string, YamlNode> fields, string name) => Text(fields, name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => throw Wrong(fields[name], $"\"{name}\" is {other}; give true or false"),
    };

    private UsageException Wrong(YamlNode node, string problem) => new($"{_file}: line {node.Start.Line}: {problem}");
}

/// <summary>What the numbers among a node's settings may be.</summary>
internal static class NodeLimits
{
    /// <summary>Least detection time and lease, in milliseconds: below, a busy machine looks dead.</summary>
    public const int LeastMs = 50;

    /// <summary>A day, in milliseconds.</summary>
    public const int MostMs = 86_400_000;
}
