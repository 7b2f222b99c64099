using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks;

/// <summary>Turns a network into the JSON of a network file.</summary>
internal static class NetworkWriter
{
    private const int Width = 120;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="store">Puts the weights of a projection into a file and returns its name; null to have them in the text.</param>
    /// <exception cref="NetworkException">The network shows the samples of a data set, or has delayed timing or faults.</exception>
    public static string Write(Network network, Func<Projection, ImmutableArray<float>, string?> store)
    {
        if (network.Timing is not null) throw new NetworkException("timing", "delayed timing has no place in a network file; write the network with exact timing");
        if (network.Faults.Length > 0) throw new NetworkException("faults", "faults have no place in a network file; write the network without");
        var json = new JsonObject
        {
            ["format"] = NetworkFile.Format,
            ["version"] = NetworkFile.Version,
            ["name"] = network.Name,
            ["seed"] = network.Seed,
            ["timeStepMs"] = network.TimeStepMs,
            ["populations"] = List(network.Populations, p => new JsonObject { ["name"] = p.Name, ["size"] = p.Size, ["model"] = ModelOf(p) }),
        };
        if (network.Projections.Length > 0) json["projections"] = List(network.Projections, p => ProjectionOf(network, p, store));
        if (network.Inputs.Length > 0)
        {
            json["inputs"] = List(network.Inputs, i => new JsonObject
            {
                ["name"] = i.Name,
                ["target"] = network.Populations[i.Target].Name,
                ["rateHz"] = i.RateHz,
                ["weight"] = i.Weight,
            });
        }
        if (network.Probes.Length > 0) json["probes"] = List(network.Probes, ProbeOf);
        return Format(json, 0) + "\n";
    }

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode> write) => new([.. items.Select(write)]);

    private static JsonObject ModelOf(Population population)
    {
        var json = new JsonObject { ["kind"] = population.Model.Name };
        if (NetworkFormat.Models.TryGetValue(population.Model.Name, out var record)) record.Write(population.Model, json);
        else if (population.Model is SpikeArraySource source)
        {
            json["spikes"] = List(source.Spikes, s => new JsonArray(s.Tick, s.Neuron));
            if (source.Grades is { } grades) json["grades"] = List(grades, grade => grade);
        }
        else
        {
            throw new NetworkException($"populations[\"{population.Name}\"].model",
                $"model {population.Model.Name} has no place in a network file; known are {string.Join(", ", NetworkFormat.ModelKinds)}");
        }
        return json;
    }

    private static JsonObject ProjectionOf(Network network, Projection projection, Func<Projection, ImmutableArray<float>, string?> store)
    {
        var json = new JsonObject
        {
            ["name"] = projection.Name,
            ["source"] = network.Populations[projection.Source].Name,
            ["target"] = network.Populations[projection.Target].Name,
            ["connectivity"] = ConnectivityOf(projection.Connectivity),
            ["weight"] = projection.Weight switch
            {
                Weight.ConstantWeight constant => constant.Value,
                Weight.UniformWeight uniform => WithStep(new JsonObject { ["kind"] = uniform.Name, ["low"] = uniform.Low, ["high"] = uniform.High }, uniform.Step),
                Weight.NormalWeight normal => NormalOf(normal),
                Weight.ArrayWeight array when store(projection, array.Values) is { } file => new JsonObject { ["kind"] = array.Name, ["file"] = file },
                Weight.ArrayWeight array => new JsonObject { ["kind"] = array.Name, ["values"] = List(array.Values, v => v) },
                _ => throw new NotSupportedException(projection.Weight.Name),
            },
            ["delayTicks"] = projection.Delay is Delay.UniformDelay delay ? new JsonObject { ["low"] = delay.Low, ["high"] = delay.High } : projection.Delay.Min,
        };
        if (projection.Learning is { } rule) json["learning"] = RuleOf(rule);
        return json;
    }

    private static JsonObject NormalOf(Weight.NormalWeight normal)
    {
        var json = new JsonObject { ["kind"] = normal.Name, ["mean"] = normal.Mean, ["standardDeviation"] = normal.StandardDeviation };
        if (normal.Low > double.MinValue) json["low"] = normal.Low;
        if (normal.High < double.MaxValue) json["high"] = normal.High;
        return WithStep(json, normal.Step);
    }

    private static JsonObject WithStep(JsonObject json, double step)
    {
        if (step > 0) json["step"] = step;
        return json;
    }

    private static JsonObject ConnectivityOf(Connectivity connectivity)
    {
        var json = new JsonObject { ["kind"] = connectivity.Name };
        switch (connectivity)
        {
            case Connectivity.RandomConnectivity random: json["probability"] = random.Probability; break;
            case Connectivity.FixedInDegreeConnectivity degree: json["inDegree"] = degree.InDegree; break;
            case Connectivity.FixedOutDegreeConnectivity degree: json["outDegree"] = degree.OutDegree; break;
            case Connectivity.PairsConnectivity { List: [var first, _, ..] list } when list.Index().All(p => p.Item == (first.Source + p.Index, first.Target + p.Index)):
                json["range"] = new JsonObject { ["source"] = first.Source, ["target"] = first.Target, ["count"] = list.Length };
                break;
            case Connectivity.PairsConnectivity pairs: json["pairs"] = List(pairs.List, p => new JsonArray(p.Source, p.Target)); break;
        }
        return json;
    }

    private static JsonObject RuleOf(LearningRule rule)
    {
        var json = new JsonObject { ["kind"] = rule.Name };
        if (NetworkFormat.Rules.TryGetValue(rule.Name, out var record)) record.Write(rule, json);
        else if (rule is HebbianCoincidence { Clock: var clock })
            json["clock"] = new JsonObject { ["periodTicks"] = clock.PeriodTicks, ["onPhases"] = List(clock.OnPhases, phase => phase) };
        else if (rule is SpikeCoincidence coincidence)
        {
            json["quanta"] = List(coincidence.Quanta, quantum => new JsonArray(quantum.FromStep, quantum.Units));
            json["bound"] = coincidence.Bound;
            json["entity"] = coincidence.Entity;
            json["decayRate"] = coincidence.DecayRate;
            if (coincidence.Device is { } device)
            {
                var fields = new JsonObject();
                NetworkFormat.Device.Write(device, fields);
                json["device"] = fields;
            }
        }
        else throw new NotSupportedException(rule.Name);
        return json;
    }

    private static JsonObject ProbeOf(Probe probe)
    {
        JsonObject Of(string kind) => new() { ["kind"] = kind, ["name"] = probe.Name, ["population"] = probe.Population };
        JsonObject At(string kind, TickFilter ticks)
        {
            var json = Of(kind);
            json["everyTicks"] = ticks.PeriodTicks;
            json["phase"] = ticks.Phase;
            return json;
        }
        switch (probe)
        {
            case SpikeProbe spikes: return At("spikes", spikes.Ticks);
            case PotentialProbe potential: return At("potential", potential.Ticks);
            case SpikeCountProbe count:
                var json = Of("count");
                json["periodTicks"] = count.PeriodTicks;
                return json;
            default: throw new NotSupportedException(probe.GetType().Name);
        }
    }

    /// <summary>Text that people can read: what fits stands on one line; of what does not, each field has a line of its own, and lists fill lines.</summary>
    private static string Format(JsonNode? node, int indent)
    {
        string margin = new(' ', indent + 2);
        switch (node)
        {
            case JsonObject json:
                var fields = json.Select(f => $"{JsonSerializer.Serialize(f.Key, Relaxed)}: {Format(f.Value, indent + 2)}").ToList();
                return OnOneLine("{ ", fields, " }", indent) ?? $"{{\n{margin}{string.Join($",\n{margin}", fields)}\n{new string(' ', indent)}}}";
            case JsonArray list:
                var items = list.Select(i => Format(i, indent + 2)).ToList();
                return OnOneLine("[", items, "]", indent) ?? $"[\n{margin}{Fill(items, margin)}\n{new string(' ', indent)}]";
            default: return node?.ToJsonString(Relaxed) ?? "null";
        }
    }

    private static string? OnOneLine(string open, List<string> parts, string close, int indent)
    {
        int length = indent + open.Length + close.Length;
        foreach (string part in parts)
        {
            length += part.Length + 2;
            if (length > Width || part.Contains('\n')) return null;
        }
        return $"{open}{string.Join(", ", parts)}{close}";
    }

    private static string Fill(List<string> items, string margin)
    {
        var text = new StringBuilder();
        int column = margin.Length;
        for (int i = 0; i < items.Count; i++)
        {
            bool isShort = items[i].Length < Width / 4;
            if (i > 0 && isShort && column + items[i].Length + 2 <= Width) text.Append(' ');
            else if (i > 0)
            {
                text.Append('\n').Append(margin);
                column = margin.Length;
            }
            text.Append(items[i]);
            column += items[i].Length + 2;
            if (!isShort) column = Width;
            if (i < items.Count - 1) text.Append(',');
        }
        return text.ToString();
    }
}
