using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ActorSnn.Mesh.Faults;

/// <summary>What a node of a YAML document is.</summary>
internal enum YamlKind
{
    Text,
    List,
    Map,
}

/// <summary>A node of a YAML document, with its line. Anchors, aliases and tags are refused: what is written is what there is.</summary>
internal sealed class YamlTree
{
    private YamlTree(YamlKind kind, int line) => (Kind, Line) = (kind, line);

    public YamlKind Kind { get; }

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>Of a text: what it says.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Of a text: whether it is without quotes, so that it may be a number or nothing.</summary>
    public bool IsPlain { get; private init; }

    /// <summary>Of a list.</summary>
    public List<YamlTree> Items { get; } = [];

    /// <summary>Of a map, in order; names may repeat.</summary>
    public List<(string Name, int Line, YamlTree Value)> Fields { get; } = [];

    /// <summary>Reads the one document of a text.</summary>
    /// <exception cref="ScenarioException">It is no YAML, or goes beyond it.</exception>
    public static YamlTree Parse(string text, int maxDepth)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _)) throw new ScenarioException(null, 0, "", "is empty; a scenario has a list \"faults\"");
            parser.Consume<DocumentStart>();
            var root = Read(parser, maxDepth);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second)) throw At(second, "a second document begins; give one");
            return root;
        }
        catch (YamlException e)
        {
            throw new ScenarioException(null, (int)e.Start.Line, "", $"is no YAML: {OneLine(e.Message)}", e);
        }
    }

    private static YamlTree Read(Parser parser, int depth)
    {
        if (parser.Accept<AnchorAlias>(out var alias)) throw At(alias, "an alias; write out what is meant");
        if (parser.Accept<NodeEvent>(out var node))
        {
            if (!node.Anchor.IsEmpty) throw At(node, "an anchor; write out what is meant in each place");
            if (!node.Tag.IsEmpty) throw At(node, "a tag; values have none");
            if (depth == 0) throw At(node, "is nested too deeply for a scenario");
        }
        if (parser.TryConsume<Scalar>(out var scalar))
            return new YamlTree(YamlKind.Text, (int)scalar.Start.Line) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var list = new YamlTree(YamlKind.List, (int)sequence.Start.Line);
            while (!parser.TryConsume<SequenceEnd>(out _)) list.Items.Add(Read(parser, depth - 1));
            return list;
        }
        var map = new YamlTree(YamlKind.Map, (int)parser.Consume<MappingStart>().Start.Line);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = Read(parser, depth - 1);
            if (name.Kind != YamlKind.Text) throw new ScenarioException(null, name.Line, "", "the name of a field is no text");
            map.Fields.Add((name.Text, name.Line, Read(parser, depth - 1)));
        }
        return map;
    }

    private static ScenarioException At(ParsingEvent where, string problem) => new(null, (int)where.Start.Line, "", problem);

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
