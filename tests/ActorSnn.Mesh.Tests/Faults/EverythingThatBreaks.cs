using System.Text;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Tests.Faults;

/// <summary>A scenario in which every kind and every field occurs; JSON is YAML.</summary>
internal static class EverythingThatBreaks
{
    public const string Json = """
        {
          "name": "everything",
          "description": "All of\nit.",
          "seed": 12,
          "faults": [
            { "kind": "silence", "populations": "h*", "share": 0.25, "at": { "tick": 10 }, "until": { "sample": 50 } },
            { "kind": "silence", "populations": "h", "neurons": [1, 2] },
            { "kind": "stick", "populations": "h", "share": 0.5, "everyTicks": 3, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "stick", "populations": "h", "neurons": [0] },
            { "kind": "flip", "projections": "x->h", "share": 0.25, "bit": 3, "at": { "tick": 10 } },
            { "kind": "flip", "projections": "x->h", "synapses": [[0, 1], [1, 0]], "bit": 3, "at": { "tick": 10 } },
            { "kind": "flip", "projections": "x->h", "perTick": 0.25, "bit": 3, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "stick-bit", "projections": "x->h", "share": 0.25, "bit": 3, "value": 1, "at": { "tick": 10 } },
            { "kind": "stick-bit", "projections": "x->h", "synapses": [[0, 1]], "bit": 3, "value": 0, "at": { "tick": 10 } },
            { "kind": "lose", "projections": "x*", "rate": 0.25, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "duplicate", "projections": "x*", "rate": 0.25, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "delay", "projections": "x*", "ticks": 2, "jitterTicks": 3, "rate": 0.25, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "reorder", "projections": "x*", "ticks": 4, "rate": 0.25, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "corrupt", "projections": "x*", "rate": 0.25, "at": { "tick": 10 }, "until": { "tick": 20 } },
            { "kind": "lose", "links": { "from": "a", "to": "b*" }, "rate": 0.25, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "duplicate", "links": { "from": "a" }, "rate": 0.25, "at": { "sample": 1 }, "until": { "sample": 2 } },
            { "kind": "delay", "links": {}, "ms": 2.5, "jitterMs": 1.5, "rate": 0.25, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "reorder", "links": { "to": "b" }, "rate": 0.25, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "corrupt", "links": { "from": "a", "to": "b" }, "rate": 0.25, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "slow-core", "cores": 3, "microsecondsPerTick": 100, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "kill-core", "cores": "1?", "choose": "one", "perSecond": 0.5, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "kill-node", "nodes": "n*", "choose": "all", "perSecond": 0.5, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "freeze-node", "nodes": "n1", "choose": "one", "seconds": 8, "perSecond": 0.5, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "restart-node", "nodes": "n1", "choose": "one", "perSecond": 0.5, "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "cut", "one": "a", "other": "b", "at": { "seconds": 1 }, "until": { "seconds": 2.5 } },
            { "kind": "heal", "one": "a", "other": "b", "at": { "seconds": 9 } }
          ]
        }
        """;

    public static Scenario Parse(string yaml) => Scenario.Parse(Encoding.UTF8.GetBytes(yaml));

    /// <summary>What the parser says to a text; null when it takes it.</summary>
    public static ScenarioException? Refusal(string yaml)
    {
        try
        {
            Parse(yaml);
            return null;
        }
        catch (ScenarioException e)
        {
            return e;
        }
    }

    /// <summary>All objects within a document, with their paths; the outermost has an empty one.</summary>
    public static IEnumerable<(string Path, JsonObject Object)> Objects(JsonNode? node, string path = "")
    {
        if (node is JsonObject self)
        {
            yield return (path, self);
            foreach (var (name, value) in self)
            {
                foreach (var inner in Objects(value, path.Length == 0 ? name : $"{path}.{name}")) yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                foreach (var inner in Objects(list[i], $"{path}[{i}]")) yield return inner;
            }
        }
    }
}
