using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks.Tests;

/// <summary>As much of JSON Schema (draft 2020-12) as the schema of network files uses; any other keyword is an error.</summary>
internal sealed class JsonSchema(JsonObject root)
{
    public JsonObject Root { get; } = root;

    public static JsonSchema OfNetworkFiles() => new(JsonNode.Parse(File.ReadAllText(Docs.At("network.schema.json")))!.AsObject());

    /// <summary>The definition behind references.</summary>
    public JsonObject Resolve(JsonObject schema)
    {
        while ((string?)schema["$ref"] is { } reference) schema = Root["$defs"]![reference["#/$defs/".Length..]]!.AsObject();
        return schema;
    }

    public bool Accepts(JsonNode? value) => Accepts(Root, value);

    public bool Accepts(JsonObject schema, JsonNode? value) => schema.All(keyword => Holds(schema, keyword.Key, keyword.Value!, value));

    private bool Holds(JsonObject schema, string keyword, JsonNode argument, JsonNode? value)
    {
        double? number = value?.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
        string? text = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        var list = value as JsonArray;
        var fields = value as JsonObject;
        switch (keyword)
        {
            case "title" or "description" or "default" or "$schema" or "$defs": return true;
            case "$ref": return Accepts(Resolve(schema), value);
            case "const": return JsonNode.DeepEquals(argument, value);
            case "enum": return argument.AsArray().Any(choice => JsonNode.DeepEquals(choice, value));
            case "oneOf": return argument.AsArray().Count(choice => Accepts(choice!.AsObject(), value)) == 1;
            case "not": return !Accepts(argument.AsObject(), value);
            case "minimum": return number is null || number >= argument.GetValue<double>();
            case "maximum": return number is null || number <= argument.GetValue<double>();
            case "exclusiveMinimum": return number is null || number > argument.GetValue<double>();
            case "exclusiveMaximum": return number is null || number < argument.GetValue<double>();
            case "minLength": return text is null || text.Length >= argument.GetValue<int>();
            case "maxLength": return text is null || text.Length <= argument.GetValue<int>();
            case "minItems": return list is null || list.Count >= argument.GetValue<int>();
            case "maxItems": return list is null || list.Count <= argument.GetValue<int>();
            case "items": return list is null || list.All(item => Accepts(argument.AsObject(), item));
            case "prefixItems": return list is null || list.Zip(argument.AsArray()).All(p => Accepts(p.Second!.AsObject(), p.First));
            case "required": return fields is null || argument.AsArray().All(name => fields.ContainsKey((string)name!));
            case "properties": return fields is null || argument.AsObject().All(p => !fields.TryGetPropertyValue(p.Key, out var field) || Accepts(p.Value!.AsObject(), field));
            case "additionalProperties":
                Assert.False(argument.GetValue<bool>());
                return fields is null || fields.All(f => schema["properties"]!.AsObject().ContainsKey(f.Key));
            case "type":
                return argument.GetValue<string>() switch
                {
                    "object" => fields is not null,
                    "array" => list is not null,
                    "string" => text is not null,
                    "number" => number is not null,
                    "integer" => number is { } n && n == Math.Truncate(n),
                    var type => throw new NotSupportedException($"type {type}"),
                };
            default: throw new NotSupportedException($"keyword {keyword}");
        }
    }
}
