using System.Text;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks.Tests;

/// <summary>A network file in which every kind and every field occurs.</summary>
internal static class Everything
{
    public const string Json = """
        {
          "$schema": "../network.schema.json",
          "format": "actorsnn-network",
          "version": 1,
          "name": "everything",
          "description": "One of\neverything.",
          "seed": 18446744073709551615,
          "timeStepMs": 0.1,
          "populations": [
            { "name": "ticks", "size": 3, "model": { "kind": "spike-array", "spikes": [[0, 2], [7, 0], [7, 1]] } },
            { "name": "times", "size": 3, "model": { "kind": "spike-array", "timesMs": [[0.7, 0], [1.2, 2]] } },
            { "name": "trains", "size": 1, "model": { "kind": "poisson", "rateHz": 12.5 } },
            { "name": "gated", "size": 3, "model": { "kind": "gated-threshold", "threshold": 100, "bias": -7 } },
            { "name": "if", "size": 3, "model": {
              "kind": "if", "thresholdMv": 14, "resetMv": 1, "refractoryMs": 0.3, "biasMvPerMs": 0.5, "initialMv": 2 } },
            { "name": "delta", "size": 4, "model": {
              "kind": "lif-delta", "tauMs": 19, "restMv": 1, "thresholdMv": 18, "resetMv": -1, "refractoryMs": 1, "biasMv": 3,
              "initialMv": { "kind": "uniform", "low": -1, "high": 2 } } },
            { "name": "exp", "size": 3, "model": {
              "kind": "lif-exp", "tauMs": 18, "tauExcitatoryMs": 4, "tauInhibitoryMs": 9, "restMv": -49, "thresholdMv": 18, "resetMv": -1,
              "refractoryMs": 4, "biasMv": 1, "initialMv": { "kind": "normal", "mean": -55, "standardDeviation": 2 } } },
            { "name": "cond", "size": 3, "model": {
              "kind": "lif-cond", "tauMs": 17, "tauExcitatoryMs": 6, "tauInhibitoryMs": 11, "restMv": -61, "excitatoryReversalMv": -1,
              "inhibitoryReversalMv": -81, "thresholdMv": -51, "resetMv": -62, "refractoryMs": 3, "biasMv": 4, "initialMv": -60 } },
            { "name": "izhikevich", "size": 2, "model": {
              "kind": "izhikevich", "a": 0.1, "b": 0.25, "resetMv": -64, "d": 2, "thresholdMv": 31, "bias": 5, "initialMv": -63, "initialRecovery": -14 } },
            { "name": "layer", "size": 3, "model": {
              "kind": "composite", "firstTick": 1, "periodTicks": 6, "windowSteps": 2, "sampleSteps": 4, "forwardUnit": 0.125, "membrane": "memoryless",
              "activation": "hard", "lagTicks": 4, "backwardUnit": 0.25, "gain": 2, "upstreamGain": 0.5, "derivative": "spike", "split": "byWeight", "dropout": 0.1 } },
            { "name": "winners", "size": 2, "model": {
              "kind": "winner-take-all", "firstTick": 3, "periodTicks": 6, "windowSteps": 2, "sampleSteps": 4, "forwardUnit": 0.25, "membrane": "memoryless", "draw": "race" } },
            { "name": "grades", "size": 3, "model": { "kind": "spike-array", "timesMs": [[0.7, 2], [0.1, 1]], "grades": [-0.1, 3] } },
            { "name": "norm", "size": 3, "model": { "kind": "divisive-normalisation" } },
            { "name": "lines", "size": 4, "model": { "kind": "backward-ports", "of": "winners" } },
            { "name": "early", "size": 3, "model": { "kind": "first-spike", "steps": 4, "layer": 1, "form": "real", "backwardForm": "real" } },
            { "name": "first", "size": 2, "model": { "kind": "first-spike-readout", "steps": 5, "layer": 2, "form": "real", "margin": 2, "shift": 1.5 } },
            { "name": "errors", "size": 2, "model": { "kind": "error-ports", "of": "first" } },
            { "name": "answers", "size": 2, "model": { "kind": "answer-ports", "of": "first" } },
            { "name": "start", "size": 1, "model": { "kind": "start-port", "of": "first" } }
          ],
          "projections": [
            { "name": "all to all", "source": "if", "target": "exp", "connectivity": { "kind": "dense" }, "weight": 0.5, "delayMs": 1.5 },
            { "source": "if", "target": "exp", "connectivity": { "kind": "one-to-one" }, "weight": 1, "delayTicks": 2 },
            { "source": "trains", "target": "cond", "connectivity": { "kind": "one-to-all" }, "weight": 2, "delayMs": { "low": 0.1, "high": 0.3 } },
            { "source": "delta", "target": "delta", "connectivity": { "kind": "random", "probability": 0.25 },
              "weight": { "kind": "uniform", "low": -1, "high": 2, "step": 0.5 }, "delayTicks": { "low": 1, "high": 3 } },
            { "source": "delta", "target": "if", "connectivity": { "kind": "fixed-in-degree", "inDegree": 2 },
              "weight": { "kind": "normal", "mean": 1, "standardDeviation": 0.5, "low": 0, "high": 2, "step": 0.25 } },
            { "source": "delta", "target": "izhikevich", "connectivity": { "kind": "fixed-out-degree", "outDegree": 5 }, "weight": 3 },
            { "source": "ticks", "target": "exp", "connectivity": { "kind": "pairs", "pairs": [[0, 0], [0, 0], [2, 1]] },
              "weight": { "kind": "array", "values": [1.5, -2, 0.1] } },
            { "source": "times", "target": "delta", "connectivity": { "kind": "pairs", "range": { "source": 1, "target": 2, "count": 2 } }, "weight": 7 },
            { "source": "delta", "target": "exp", "connectivity": { "kind": "dense" }, "weight": 0.5,
              "learning": {
                "kind": "pair-stdp", "tauPlusMs": 19, "tauMinusMs": 21, "aPlus": 0.01, "aMinus": 0.02, "minWeight": 0, "maxWeight": 2,
                "dependence": "multiplicative" } },
            { "source": "gated", "target": "gated", "connectivity": { "kind": "dense" }, "weight": -2,
              "learning": { "kind": "hebbian-coincidence", "clock": { "periodTicks": 4, "onPhases": [1, 3] } } },
            { "source": "layer", "target": "winners", "connectivity": { "kind": "dense" }, "weight": 0.5,
              "learning": {
                "kind": "spike-coincidence", "quanta": [[0, 8], [100, 4]], "bound": 1000, "entity": 7, "decayRate": 0.01,
                "device": { "stepVariation": 0.3, "deviceVariation": 0.2, "asymmetry": 0.01, "bound": 0.6, "boundVariation": 0.1 } } },
            { "source": "norm", "target": "norm", "connectivity": { "kind": "one-to-one" }, "weight": 1, "delayTicks": 3 },
            { "source": "start", "target": "first", "connectivity": { "kind": "one-to-all" }, "weight": -2 },
            { "source": "start", "target": "early", "connectivity": { "kind": "one-to-all" }, "weight": -3,
              "learning": {
                "kind": "spike-timing-gradient", "rate": 0.1, "factor": 0.95, "passSamples": 100, "passes": 20, "low": -9, "high": -1, "window": "exp", "windowSteps": 4, "late": 0.2,
                "share": "layer" } }
          ],
          "inputs": [{ "name": "noise", "target": "exp", "rateHz": 900.5, "weight": 0.25 }],
          "probes": [
            { "kind": "spikes", "name": "s", "population": "exp", "everyTicks": 3, "phase": 0 },
            { "kind": "potential", "name": "v", "population": "exp", "everyTicks": 5, "phase": 0 },
            { "kind": "count", "name": "c", "population": "exp", "periodTicks": 6 }
          ]
        }
        """;

    public static Network Network => Parse(Json);

    public static Network Parse(string json) => NetworkFile.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>What a parser says to a text; null when it takes it.</summary>
    public static NetworkException? Refusal(string json)
    {
        try
        {
            Parse(json);
            return null;
        }
        catch (NetworkException e)
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
