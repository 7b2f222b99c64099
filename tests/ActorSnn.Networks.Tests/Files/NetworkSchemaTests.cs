using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks.Tests;

/// <summary>docs/network.schema.json says what the parser does: the same kinds, the same fields, the same types.</summary>
public class NetworkSchemaTests
{
    private const string Unknown = "zzzz";

    private static readonly JsonSchema Schema = JsonSchema.OfNetworkFiles();

    [Fact]
    public void The_schema_accepts_a_file_with_everything_in_it() => Assert.True(Schema.Accepts(JsonNode.Parse(Everything.Json)));

    [Fact]
    public void The_schema_accepts_all_examples()
    {
        foreach (string example in Docs.Examples) Assert.True(Schema.Accepts(JsonNode.Parse(File.ReadAllText(example))), example);
    }

    [Fact]
    public void The_page_about_network_files_shows_one_and_names_every_field_and_kind()
    {
        string page = File.ReadAllText(Docs.At("network-files.md"));
        string example = page.Split("```json\n")[1].Split("```")[0];
        Assert.True(Schema.Accepts(JsonNode.Parse(example)));
        Assert.Equal("two", Everything.Parse(example).Name);
        foreach (var (_, definition) in Everything.Objects(Schema.Root).Where(o => o.Object["properties"] is JsonObject))
        {
            foreach (var (name, field) in definition["properties"]!.AsObject())
            {
                Assert.Matches($"[`\"]{System.Text.RegularExpressions.Regex.Escape(name)}[`\".]", page);
                if (field!["const"]?.GetValueKind() == JsonValueKind.String) Assert.Contains((string)field["const"]!, page);
            }
        }
    }

    [Fact]
    public void The_schema_accepts_what_is_written() => Assert.True(Schema.Accepts(JsonNode.Parse(NetworkFile.ToJson(Everything.Network))));

    [Fact]
    public void Every_object_has_the_same_fields_in_the_schema_and_in_the_parser()
    {
        var seen = new HashSet<JsonObject>();
        foreach (var (path, _) in Everything.Objects(JsonNode.Parse(Everything.Json)))
        {
            var definition = DefinitionAt(path);
            seen.Add(definition);
            var fields = definition["properties"]!.AsObject().Select(p => p.Key);
            var error = Refused(path, target => target[Unknown] = 1);
            Assert.Equal(path.Length == 0 ? Unknown : $"{path}.{Unknown}", error.Field);
            Assert.Equal(fields.Order(), error.Problem.Split("known are ")[1].Split(", ").Order());
            // and each of them occurs, so that the other tests here see it; but weight files, which need a file beside
            Assert.Empty(fields.Except(FieldsOfAll(definition)).Except(["file"]));
        }
        var all = Everything.Objects(Schema.Root).Select(o => o.Object).Where(o => (string?)o["type"] == "object" && o.ContainsKey("properties"));
        Assert.Empty(all.Except(seen).Select(o => o.ToJsonString()));
    }

    [Fact]
    public void Every_list_of_kinds_is_the_same_in_the_schema_and_in_the_parser()
    {
        foreach (var (path, self) in Everything.Objects(JsonNode.Parse(Everything.Json)))
        {
            if (!self.ContainsKey("kind")) continue;
            var kinds = Choices(path).Select(c => (string)c["properties"]!["kind"]!["const"]!);
            var error = Refused(path, target => target["kind"] = Unknown);
            Assert.Equal($"{path}.kind", error.Field);
            Assert.Equal(kinds.Order(), error.Problem.Split("known are ")[1].Split(", ").Order());
        }
    }

    [Fact]
    public void What_the_schema_needs_the_parser_needs_and_nothing_else()
    {
        foreach (var (path, self) in Everything.Objects(JsonNode.Parse(Everything.Json)))
        {
            foreach (var (name, _) in self) AssertAgree(path, target => target.Remove(name), $"{path} without {name}");
        }
    }

    [Fact]
    public void A_value_of_a_wrong_type_is_refused_by_both()
    {
        string[] values = ["null", "true", "\"text\"", "[]", "{}", "[[]]", "{\"a\":1}"];
        foreach (var (path, self) in Everything.Objects(JsonNode.Parse(Everything.Json)))
        {
            foreach (var (name, current) in self)
            {
                foreach (string value in values.Where(v => KindOf(JsonNode.Parse(v)) != KindOf(current) || name is "kind" or "format"))
                    AssertAgree(path, target => target[name] = JsonNode.Parse(value), $"{path}.{name} = {value}");
            }
        }
    }

    [Fact]
    public void The_schema_accepts_whatever_the_parser_accepts()
    {
        string[] numbers = ["-1e300", "-1", "-0.5", "0", "0.05", "1", "1.0", "2.5", "16384", "16385", "1e9", "1e10", "1e300"];
        foreach (var (path, self) in Everything.Objects(JsonNode.Parse(Everything.Json)))
        {
            foreach (var (name, _) in self.Where(f => KindOf(f.Value) == JsonValueKind.Number))
            {
                foreach (string number in numbers)
                {
                    var changed = Changed(path, target => target[name] = JsonNode.Parse(number));
                    if (Everything.Refusal(changed.ToJsonString()) is null) Assert.True(Schema.Accepts(changed), $"{path}.{name} = {number}");
                }
            }
        }
    }

    private static void AssertAgree(string path, Action<JsonObject> change, string what)
    {
        var changed = Changed(path, change);
        var refusal = Everything.Refusal(changed.ToJsonString());
        Assert.True(Schema.Accepts(changed) == (refusal is null), $"{what}: the parser says {refusal?.Message ?? "nothing"}");
    }

    private static NetworkException Refused(string path, Action<JsonObject> change) =>
        Everything.Refusal(Changed(path, change).ToJsonString()) ?? throw new InvalidOperationException($"a change at {path} was accepted");

    private static JsonObject Changed(string path, Action<JsonObject> change)
    {
        var document = JsonNode.Parse(Everything.Json)!.AsObject();
        change(Everything.Objects(document).Single(o => o.Path == path).Object);
        return document;
    }

    private static IEnumerable<string> FieldsOfAll(JsonObject definition) => Everything.Objects(JsonNode.Parse(Everything.Json))
        .Where(o => DefinitionAt(o.Path) == definition).SelectMany(o => o.Object.Select(f => f.Key));

    /// <summary>The definition of the object at a path.</summary>
    private static JsonObject DefinitionAt(string path)
    {
        var self = Everything.Objects(JsonNode.Parse(Everything.Json)).Single(o => o.Path == path).Object;
        return Choices(path).Single(choice => Schema.Accepts(choice, self));
    }

    /// <summary>The definitions an object at a path may follow.</summary>
    private static IReadOnlyList<JsonObject> Choices(string path)
    {
        IEnumerable<JsonObject> choices = [Schema.Root];
        foreach (string step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = step.Split('[')[0];
            choices = choices.Select(c => c["properties"]?[name]?.AsObject()).OfType<JsonObject>();
            if (step.Contains('[')) choices = choices.Select(c => Schema.Resolve(c)["items"]!.AsObject());
            choices = [.. choices.Select(Schema.Resolve).SelectMany(c => c["oneOf"] is JsonArray several && !c.ContainsKey("properties")
                ? several.Select(s => Schema.Resolve(s!.AsObject())) : [c]).Where(c => (string?)c["type"] == "object").Distinct()];
        }
        return [.. choices];
    }

    private static JsonValueKind KindOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null => JsonValueKind.Null,
        JsonValueKind.False => JsonValueKind.True,
        var kind => kind.Value,
    };
}
