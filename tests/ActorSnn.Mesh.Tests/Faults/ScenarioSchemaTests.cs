using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks.Tests;

namespace ActorSnn.Mesh.Tests.Faults;

/// <summary>docs/fault-scenario.schema.json says what the parser does: the same kinds, the same fields, the same types.</summary>
public class ScenarioSchemaTests
{
    private const string Unknown = "zzzz";

    private static readonly JsonSchema Schema = new(JsonNode.Parse(File.ReadAllText(Docs.At("fault-scenario.schema.json")))!.AsObject());

    private static JsonNode Everything => JsonNode.Parse(EverythingThatBreaks.Json)!;

    [Fact]
    public void Both_accept_a_scenario_with_everything_in_it()
    {
        Assert.True(Schema.Accepts(Everything));
        Assert.Equal(26, EverythingThatBreaks.Parse(EverythingThatBreaks.Json).Faults.Length);
    }

    [Fact]
    public void Both_accept_all_examples()
    {
        string[] examples = Directory.GetFiles(Docs.At("examples", "faults"), "*.yaml");
        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            Scenario.Read(example);
            Assert.True(Schema.Accepts(ToJson(YamlTree.Parse(File.ReadAllText(example), Scenario.MaxDepth))), example);
        }
    }

    [Fact]
    public void The_page_about_scenarios_shows_one_and_names_every_field_and_kind_and_example()
    {
        string page = File.ReadAllText(Docs.At("fault-scenarios.md"));
        string example = page.Split("```yaml\n")[1].Split("```")[0];
        Assert.Equal(3, EverythingThatBreaks.Parse(example).Faults.Length);
        Assert.True(Schema.Accepts(ToJson(YamlTree.Parse(example, Scenario.MaxDepth))));
        foreach (var (_, definition) in EverythingThatBreaks.Objects(Schema.Root).Where(o => o.Object["properties"] is JsonObject))
        {
            foreach (var (name, field) in definition["properties"]!.AsObject())
            {
                Assert.Matches($"[` ]{name}[`:]", page);
                if ((string?)field!["const"] is { } kind) Assert.Contains($"`{kind}`", page);
            }
        }
        foreach (string file in Directory.GetFiles(Docs.At("examples", "faults"), "*.yaml")) Assert.Contains($"examples/faults/{Path.GetFileName(file)}", page);
    }

    [Fact]
    public void Every_object_has_the_same_fields_in_the_schema_and_in_the_parser()
    {
        var seen = new HashSet<JsonObject>();
        foreach (var (path, self) in EverythingThatBreaks.Objects(Everything))
        {
            var variants = DefinitionsAt(path, self);
            seen.UnionWith(variants);
            var error = Refused(path, target => target[Unknown] = 1);
            Assert.Equal(path.Length == 0 ? Unknown : $"{path}.{Unknown}", error.Field);
            var fields = variants.SelectMany(v => v["properties"]!.AsObject().Select(p => p.Key)).Distinct().Order();
            Assert.Equal(fields, error.Problem.Split("known are ")[1].Split(", ").Order());
        }
        var all = EverythingThatBreaks.Objects(Schema.Root).Select(o => o.Object).Where(o => (string?)o["type"] == "object" && o.ContainsKey("properties"));
        Assert.Empty(all.Except(seen).Select(o => o.ToJsonString()));
    }

    [Fact]
    public void The_list_of_kinds_is_the_same_in_the_schema_and_in_the_parser()
    {
        var kinds = Schema.Root["$defs"]!["fault"]!["oneOf"]!.AsArray().Select(v => (string)v!["properties"]!["kind"]!["const"]!).Distinct();
        var error = Refused("faults[0]", target => target["kind"] = Unknown);
        Assert.Equal("faults[0].kind", error.Field);
        Assert.Equal(kinds.Order(), error.Problem.Split("known are ")[1].Split(", ").Order());
    }

    [Fact]
    public void What_the_schema_needs_the_parser_needs_and_nothing_else()
    {
        foreach (var (path, self) in EverythingThatBreaks.Objects(Everything))
        {
            foreach (var (name, _) in self) AssertAgree(path, target => target.Remove(name), $"{path} without {name}");
        }
    }

    [Fact]
    public void A_value_of_a_wrong_type_is_refused_by_both()
    {
        string[] values = ["null", "true", "\"text\"", "[]", "{}", "[[]]", "{\"a\":1}", "7", "\"7\""];
        foreach (var (path, self) in EverythingThatBreaks.Objects(Everything))
        {
            foreach (var (name, current) in self)
            {
                foreach (string value in values.Where(v => KindOf(JsonNode.Parse(v)) != KindOf(current) || name is "kind" or "choose"))
                    AssertAgree(path, target => target[name] = JsonNode.Parse(value), $"{path}.{name} = {value}");
            }
        }
    }

    [Fact]
    public void The_schema_accepts_whatever_the_parser_accepts()
    {
        string[] numbers = ["-1e300", "-1", "-0.5", "0", "0.05", "1", "1.0", "2.5", "8", "32", "16384", "16385", "1e9", "1e10", "1e17", "1e300"];
        int accepted = 0;
        foreach (var (path, self) in EverythingThatBreaks.Objects(Everything))
        {
            foreach (var (name, _) in self.Where(f => KindOf(f.Value) == JsonValueKind.Number))
            {
                foreach (string number in numbers)
                {
                    var changed = Changed(path, target => target[name] = JsonNode.Parse(number));
                    if (EverythingThatBreaks.Refusal(changed.ToJsonString()) is not null) continue;
                    accepted++;
                    Assert.True(Schema.Accepts(changed), $"{path}.{name} = {number}");
                }
            }
        }
        Assert.True(accepted > 200, $"only {accepted} numbers were accepted");
    }

    private static void AssertAgree(string path, Action<JsonObject> change, string what)
    {
        var changed = Changed(path, change);
        var refusal = EverythingThatBreaks.Refusal(changed.ToJsonString());
        Assert.True(Schema.Accepts(changed) == (refusal is null), $"{what}: the parser says {refusal?.Message ?? "nothing"}");
    }

    private static ScenarioException Refused(string path, Action<JsonObject> change) =>
        EverythingThatBreaks.Refusal(Changed(path, change).ToJsonString()) ?? throw new InvalidOperationException($"a change at {path} was accepted");

    private static JsonObject Changed(string path, Action<JsonObject> change)
    {
        var document = Everything.AsObject();
        change(EverythingThatBreaks.Objects(document).Single(o => o.Path == path).Object);
        return document;
    }

    /// <summary>The definitions that an object's kind allows; of what happens to spikes or to packets, those of its own.</summary>
    private static JsonObject[] DefinitionsAt(string path, JsonObject self)
    {
        if (path.Length == 0) return [Schema.Root];
        if (self.ContainsKey("kind")) return FaultsLike(self);
        var fault = EverythingThatBreaks.Objects(Everything).Single(o => o.Path == path[..(path.IndexOf(']') + 1)]).Object;
        string field = path[(path.IndexOf(']') + 2)..];
        return [.. FaultsLike(fault).Select(v => v["properties"]![field]?.AsObject()).OfType<JsonObject>().Select(Schema.Resolve).Distinct()];
    }

    private static JsonObject[] FaultsLike(JsonObject fault) => [.. Schema.Root["$defs"]!["fault"]!["oneOf"]!.AsArray().Select(v => v!.AsObject())
        .Where(v => JsonNode.DeepEquals(v["properties"]!["kind"]!["const"], fault["kind"]) && v["properties"]!.AsObject().ContainsKey("links") == fault.ContainsKey("links"))];

    private static JsonNode? ToJson(YamlTree node) => node.Kind switch
    {
        YamlKind.List => new JsonArray([.. node.Items.Select(ToJson)]),
        YamlKind.Map => new JsonObject(node.Fields.Select(f => KeyValuePair.Create(f.Name, ToJson(f.Value)))),
        _ => YamlFields.IsNumber(node, out double number) ? number : node.Text,
    };

    private static JsonValueKind KindOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null => JsonValueKind.Null,
        JsonValueKind.False => JsonValueKind.True,
        var kind => kind.Value,
    };
}
