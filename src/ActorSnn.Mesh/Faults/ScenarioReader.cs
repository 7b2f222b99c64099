using ActorSnn.Networks;

namespace ActorSnn.Mesh.Faults;

/// <summary>Turns the YAML of a scenario into a scenario.</summary>
internal static class ScenarioReader
{
    /// <summary>Most faults of a scenario.</summary>
    public const int MaxFaults = 1000;

    /// <summary>Most neurons or synapses that are listed one by one.</summary>
    private const int MaxListed = 100_000;

    /// <summary>Latest tick: every number up to here is a double.</summary>
    private const long LongestTime = 1L << 53;

    /// <summary>Latest sample: its tick is a number, too.</summary>
    private const long MaxSample = 1L << 31;

    private const double MostSeconds = 1e9;

    /// <summary>Longest freeze, in seconds: a day.</summary>
    private const double LongestFreeze = 86_400;

    private static readonly string[] Kinds =
    [
        "silence", "stick", "flip", "stick-bit", "lose", "duplicate", "delay", "reorder", "corrupt",
        "slow-core", "kill-core", "kill-node", "freeze-node", "restart-node", "cut", "heal",
    ];

    /// <exception cref="ScenarioException">It is no scenario.</exception>
    public static Scenario Read(YamlTree root)
    {
        var top = new YamlFields(root, "", "name", "description", "seed", "faults");
        string name = top.Text("name");
        string? description = top.Find("description") is null ? null : DescriptionOf(top);
        ulong seed = (ulong)top.Integer("seed", 0, LongestTime, 1);
        var list = top.List("faults").ToArray();
        if (list.Length > MaxFaults) throw top.Error("faults", $"{list.Length} faults; give at most {MaxFaults}");
        return new Scenario(name, description, seed, [.. list.Select((f, place) => new FaultReader(f.Item, f.Path, place, seed).Read())]);
    }

    private static string DescriptionOf(YamlFields top)
    {
        var node = top.Require("description");
        return node.Kind == YamlKind.Text && !(node.IsPlain && (YamlFields.IsNumber(node, out _) || node.Text is "true" or "false" or "null" or "~" or ""))
            ? node.Text
            : throw top.Error("description", "must be a text");
    }

    private readonly struct FaultReader(YamlTree node, string path, int place, ulong seed)
    {
        public ScenarioFault Read()
        {
            YamlFields.RequireMap(node, path);
            string kind = new YamlFields(node, path, [.. node.Fields.Select(f => f.Name).Distinct()]).Choice("kind", Kinds);
            switch (kind)
            {
                case "silence" or "stick": return ReadNeurons(kind);
                case "flip": return ReadFlip(kind);
                case "stick-bit":
                    var stuck = Fields("projections", "synapses", "share", "bit", "value", "at");
                    return new StuckBits(place, node.Line, kind, At(stuck, false), Synapses(stuck), Bit(stuck), stuck.Integer("value", 0, 1) == 1);
                case "lose" or "duplicate" or "delay" or "reorder" or "corrupt":
                    return node.Fields.Any(f => f.Name == "links") ? ReadLinks(kind) : ReadSpikes(kind);
                case "slow-core":
                    var slow = Fields("cores", "microsecondsPerTick", "at", "until");
                    return new SlowCore(place, node.Line, kind, At(slow, true), Until(slow, true), Cores(slow), slow.Number("microsecondsPerTick", 0, 1e9));
                case "kill-core":
                    var core = Fields("cores", "choose", "perSecond", "at", "until");
                    return new KilledCore(place, node.Line, kind, At(core, true), Until(core, true), PerSecond(core), Cores(core), ChoosesOne(core));
                case "kill-node": return ReadNode(kind, NodeFaultKind.Kill, Fields("nodes", "choose", "perSecond", "at", "until"), 0);
                case "restart-node": return ReadNode(kind, NodeFaultKind.Restart, Fields("nodes", "choose", "perSecond", "at", "until"), 0);
                case "freeze-node":
                    var freeze = Fields("nodes", "choose", "seconds", "perSecond", "at", "until");
                    return ReadNode(kind, NodeFaultKind.Freeze, freeze, freeze.Number("seconds", 0, LongestFreeze));
                default: return ReadCut(kind);
            }
        }

        private YamlFields Fields(params ReadOnlySpan<string> names) => new(node, path, ["kind", .. names]);

        private BrokenNeurons ReadNeurons(string kind)
        {
            var fields = kind == "stick" ? Fields("populations", "neurons", "share", "everyTicks", "at", "until") : Fields("populations", "neurons", "share", "at", "until");
            int? every = kind == "stick" ? (int)fields.Integer("everyTicks", 1, int.MaxValue, 1) : null;
            return new BrokenNeurons(place, node.Line, kind, At(fields, false), Until(fields, false), Neurons(fields), every);
        }

        private FlippedBits ReadFlip(string kind)
        {
            var fields = Fields("projections", "synapses", "share", "perTick", "bit", "at", "until");
            bool atRate = fields.OneOf("synapses", "share", "perTick") == "perTick";
            if (!atRate && fields.Has("until")) throw fields.Error("until", "is given for bits that flip once; give \"perTick\" too, or leave it out");
            double? perTick = atRate ? fields.Number("perTick", 0, FlipWeightBitsAtRate.MostPerTick) : null;
            return new FlippedBits(place, node.Line, kind, At(fields, false), Until(fields, false), Synapses(fields), Bit(fields), perTick);
        }

        private DisturbedSpikes ReadSpikes(string kind)
        {
            var fields = kind switch
            {
                "delay" => Fields("projections", "ticks", "jitterTicks", "rate", "at", "until"),
                "reorder" => Fields("projections", "ticks", "rate", "at", "until"),
                _ => Fields("projections", "rate", "at", "until"),
            };
            if (!fields.Has("projections")) throw fields.Error("projections", "is missing; give \"projections\" for spikes on their way to neurons, \"links\" for packets between nodes, or between cores in one process");
            var none = new Disturbance(fields.Text("projections"));
            double rate = fields.Number("rate", 0, 1, kind == "delay" ? 1 : null);
            int Ticks(string name, int least, int? fallback = null) => (int)fields.Integer(name, least, Delay.MaxTicks, fallback);
            return new DisturbedSpikes(place, node.Line, kind, At(fields, false), Until(fields, false), kind switch
            {
                "duplicate" => none with { Duplication = rate },
                "delay" => none with { LatencyTicks = Ticks("ticks", 0, 0), JitterTicks = Ticks("jitterTicks", 0, 0), Delayed = rate },
                "reorder" => none with { LatencyTicks = 1, JitterTicks = Ticks("ticks", 1) - 1, Delayed = rate },
                // What is corrupt is found out by its checksum and not used.
                _ => none with { Loss = rate },
            });
        }

        private LinkFault ReadLinks(string kind)
        {
            bool delays = kind == "delay";
            var fields = delays ? Fields("links", "ms", "jitterMs", "rate", "at", "until") : Fields("links", "rate", "at", "until");
            var links = new YamlFields(fields.Require("links"), fields.PathOf("links"), "from", "to");
            var what = kind switch
            {
                "lose" => LinkFaultKind.Lose,
                "duplicate" => LinkFaultKind.Duplicate,
                "delay" => LinkFaultKind.Delay,
                "reorder" => LinkFaultKind.Reorder,
                _ => LinkFaultKind.Corrupt,
            };
            return new LinkFault(
                place, node.Line, kind, At(fields, true), Until(fields, true), what, links.Has("from") ? links.Text("from") : "*", links.Has("to") ? links.Text("to") : "*",
                fields.Number("rate", 0, 1, delays ? 1 : null), delays ? fields.Number("ms", 0, 1e6) : 0, delays ? fields.Number("jitterMs", 0, 1e6, 0) : 0);
        }

        private NodeFault ReadNode(string kind, NodeFaultKind what, YamlFields fields, double seconds) =>
            new(place, node.Line, kind, At(fields, true), Until(fields, true), PerSecond(fields), what, fields.Text("nodes"), ChoosesOne(fields), seconds);

        private CutNodes ReadCut(string kind)
        {
            var fields = kind == "cut" ? Fields("one", "other", "at", "until") : Fields("one", "other", "at");
            return new CutNodes(
                place, node.Line, kind, At(fields, true), kind == "cut" ? Until(fields, true) : null, fields.Text("one"), fields.Has("other") ? fields.Text("other") : "*", kind == "heal");
        }

        private NeuronTarget Neurons(YamlFields fields)
        {
            string populations = fields.Text("populations");
            if (fields.OneOf("neurons", "share") != "neurons") return new NeuronTarget(populations, fields.Number("share", 0, 1, 1), seed);
            var list = Listed(fields, "neurons");
            return new NeuronTarget(populations, 1, seed, [.. list.Select(n => (int)YamlFields.Integer(n.Item, n.Path, 0, NetworkBuilder.MaxPopulationSize - 1))]);
        }

        private SynapseTarget Synapses(YamlFields fields)
        {
            string projections = fields.Text("projections");
            if (fields.OneOf("synapses", "share") != "synapses") return new SynapseTarget(projections, fields.Number("share", 0, 1, 1), seed);
            var list = Listed(fields, "synapses");
            if (!fields.Has("bit")) throw fields.Error("bit", "is missing; where synapses are listed it has to be said which bit");
            return new SynapseTarget(projections, 1, seed, [.. list.Select(pair =>
            {
                if (pair.Item is not { Kind: YamlKind.List, Items: [var source, var target] })
                    throw new ScenarioException(null, pair.Item.Line, pair.Path, "must be a list of two: [source neuron, target neuron]");
                return (Neuron(source, 0), Neuron(target, 1));
                int Neuron(YamlTree item, int i) => (int)YamlFields.Integer(item, $"{pair.Path}[{i}]", 0, NetworkBuilder.MaxPopulationSize - 1);
            })]);
        }

        private static List<(YamlTree Item, string Path)> Listed(YamlFields fields, string name)
        {
            var list = fields.List(name).ToList();
            return list.Count <= MaxListed ? list : throw fields.Error(name, $"{list.Count} of them; give at most {MaxListed}, or a share");
        }

        private static int? Bit(YamlFields fields) => fields.Has("bit") ? (int)fields.Integer("bit", 0, WeightBits.Most - 1) : null;

        private static double? PerSecond(YamlFields fields) => fields.Has("perSecond") ? fields.Number("perSecond", 1e-6, 1e3) : null;

        private static bool ChoosesOne(YamlFields fields) => fields.Choice("choose", ["one", "all"], "all") == "one";

        /// <summary>Cores have numbers for names.</summary>
        private static string Cores(YamlFields fields) => YamlFields.IsNumber(fields.Require("cores"), out _)
            ? fields.Integer("cores", 0, int.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : fields.Text("cores");

        private static ScenarioTime At(YamlFields fields, bool mayBeSeconds) => Time(fields, "at", mayBeSeconds) ?? ScenarioTime.Start;

        private static ScenarioTime? Until(YamlFields fields, bool mayBeSeconds)
        {
            if (Time(fields, "until", mayBeSeconds) is not { } until) return null;
            var at = At(fields, mayBeSeconds);
            if (until.Unit == at.Unit && until.Value <= at.Value) throw fields.Error("until", "is not after \"at\"; give a later time");
            return until;
        }

        private static ScenarioTime? Time(YamlFields fields, string name, bool mayBeSeconds)
        {
            if (fields.Find(name) is not { } value) return null;
            if (!mayBeSeconds && value.Fields.Any(f => f.Name == "seconds"))
                throw fields.Error(name, "is a wall time, but this fault reaches neurons, and the same run must give the same spikes; give { tick: … } or { sample: … }");
            var time = mayBeSeconds ? new YamlFields(value, fields.PathOf(name), "tick", "sample", "seconds") : new YamlFields(value, fields.PathOf(name), "tick", "sample");
            switch (time.OneOf("tick", "sample", "seconds"))
            {
                case "tick": return new ScenarioTime(TimeUnit.Tick, time.Integer("tick", 0, LongestTime));
                case "sample": return new ScenarioTime(TimeUnit.Sample, time.Integer("sample", 0, MaxSample));
                case "seconds": return new ScenarioTime(TimeUnit.Seconds, time.Number("seconds", 0, MostSeconds));
                default: throw fields.Error(name, $"says no time; give {{ tick: … }}{(mayBeSeconds ? ", { sample: … } or { seconds: … }" : " or { sample: … }")}");
            }
        }
    }
}
