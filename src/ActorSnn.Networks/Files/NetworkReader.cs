using System.Collections.Immutable;
using System.Text.Json;

namespace ActorSnn.Networks;

/// <summary>Turns the JSON of a network file into a network.</summary>
/// <param name="directory">Where weight files are; null to refuse them.</param>
internal sealed class NetworkReader(string? directory)
{
    private readonly Dictionary<string, int> _sizes = [];
    private double _timeStepMs;

    /// <exception cref="NetworkException">It is no network.</exception>
    public Network Read(JsonElement root)
    {
        RequireFormat(root);
        var file = new JsonFields(root, "",
            "$schema", "format", "version", "name", "description", "seed", "timeStepMs", "populations", "projections", "inputs", "probes");
        foreach (string prose in (string[])["$schema", "description"])
        {
            if (file.Find(prose) is { ValueKind: not JsonValueKind.String }) throw new NetworkException(prose, "must be a text in quotes");
        }
        _timeStepMs = file.Number("timeStepMs");
        var builder = new NetworkBuilder(file.Text("name"), SeedOf(file), _timeStepMs) { NamesPartsByPosition = true };
        JsonFields.RequireList(file.Require("populations"), "populations");
        foreach (var (element, path) in file.ListOrNone("populations")) AddPopulation(builder, new JsonFields(element, path, "name", "size", "model"));
        foreach (var (element, path) in file.ListOrNone("projections"))
        {
            AddProjection(builder, new JsonFields(element, path,
                "name", "source", "target", "connectivity", "weight", "delayMs", "delayTicks", "learning"));
        }
        foreach (var (element, path) in file.ListOrNone("inputs"))
        {
            var input = new JsonFields(element, path, "name", "target", "rateHz", "weight");
            builder.AddPoissonInput(input.Text("target"), input.Number("rateHz"), input.Number("weight"), input.TextOrNull("name"));
        }
        foreach (var (element, path) in file.ListOrNone("probes")) builder.AddProbe(ReadProbe(element, path));
        return builder.Build();
    }

    private static void RequireFormat(JsonElement root)
    {
        var format = root.ValueKind == JsonValueKind.Object ? JsonFields.Find(root, "", "format") : null;
        if (format is not { ValueKind: JsonValueKind.String } text || !text.ValueEquals(NetworkFile.Format))
            throw new NetworkException("format", $"is no network file, which says \"format\": \"{NetworkFile.Format}\"");
        var version = JsonFields.Find(root, "", "version") ?? throw new NetworkException("version", $"is missing; give {NetworkFile.Version}");
        long number = JsonFields.Integer(version, "version", 1, int.MaxValue);
        if (number != NetworkFile.Version) throw new NetworkException("version", $"{number}; this build reads version {NetworkFile.Version}");
    }

    private static ulong SeedOf(JsonFields file)
    {
        if (file.Find("seed") is not { } seed) return 1;
        if (seed.ValueKind != JsonValueKind.Number) return (ulong)JsonFields.Integer(seed, "seed", 0, JsonFields.LargestExactInteger);
        if (seed.TryGetUInt64(out ulong value)) return value;
        return seed.TryGetDouble(out double real) && real >= 0 && real <= JsonFields.LargestExactInteger && real == Math.Floor(real)
            ? (ulong)real
            : throw new NetworkException("seed", $"{seed.GetRawText()}; give 0 to {ulong.MaxValue}, a whole number");
    }

    private void AddPopulation(NetworkBuilder builder, JsonFields population)
    {
        string name = population.Text("name");
        int size = population.Integer("size", 1, NetworkBuilder.MaxPopulationSize);
        builder.AddPopulation(name, size, ReadModel(population.Require("model"), population.PathOf("model")));
        _sizes.Add(name, size);
    }

    private NeuronModel ReadModel(JsonElement element, string path)
    {
        string kind = JsonFields.KindOf(element, path, NetworkFormat.ModelKinds);
        if (NetworkFormat.Models.TryGetValue(kind, out var record)) return (NeuronModel)record.Read(new JsonFields(element, path, ["kind", .. record.Names]));
        var source = new JsonFields(element, path, "kind", "spikes", "timesMs", "grades");
        string list = EitherOf(source, "spikes", "timesMs") ?? throw new NetworkException(source.PathOf("spikes"), "is missing; give \"spikes\" or \"timesMs\"");
        var spikes = ReadPairs(source, list, "tick or time", (time, at) =>
        {
            if (list == "spikes") return IsIndex(time, out int tick) ? tick : JsonFields.Integer(time, at(), 0, JsonFields.LargestExactInteger);
            double ticks = JsonFields.Number(time, at()) / _timeStepMs;
            if (ticks < 0 || ticks > JsonFields.LargestExactInteger || Math.Abs(ticks - Math.Round(ticks)) > 1e-6)
                throw new NetworkException(at(), $"{time.GetRawText()} ms is no whole number of ticks of {_timeStepMs} ms from 0");
            return (long)Math.Round(ticks);
        }).Select(pair => new Spike(pair.First, pair.Second));
        return source.Has("grades") ? SpikeArraySource.Graded(WithGrades(source, [.. spikes])) : new SpikeArraySource(spikes);
    }

    private static IEnumerable<GradedSpike> WithGrades(JsonFields source, Spike[] spikes)
    {
        var grades = source.Require("grades");
        string path = source.PathOf("grades");
        JsonFields.RequireList(grades, path);
        if (grades.GetArrayLength() != spikes.Length) throw new NetworkException(path, $"{grades.GetArrayLength()} grades for {spikes.Length} spikes; give one for each");
        return grades.EnumerateArray().Select((grade, i) =>
        {
            float number = (float)JsonFields.Number(grade, $"{path}[{i}]");
            if (!float.IsFinite(number)) throw new NetworkException($"{path}[{i}]", $"{grade.GetRawText()} is too large for a grade of 32 bits");
            return new GradedSpike(spikes[i].Tick, spikes[i].Neuron, number);
        });
    }

    private void AddProjection(NetworkBuilder builder, JsonFields projection)
    {
        string source = projection.Text("source");
        string target = projection.Text("target");
        builder.AddProjection(
            source, target,
            ReadConnectivity(projection.Require("connectivity"), projection.PathOf("connectivity"), _sizes.GetValueOrDefault(source), _sizes.GetValueOrDefault(target)),
            ReadWeight(projection.Require("weight"), projection.PathOf("weight")),
            ReadDelay(projection),
            projection.Find("learning") is { } rule ? ReadRule(rule, projection.PathOf("learning")) : null,
            projection.TextOrNull("name"));
    }

    /// <summary>The sizes are 0 where there is no population of that name, which the builder will say.</summary>
    private static Connectivity ReadConnectivity(JsonElement element, string path, int sourceSize, int targetSize)
    {
        string kind = JsonFields.KindOf(element, path, NetworkFormat.ConnectivityKinds);
        JsonFields Fields(params IReadOnlyCollection<string> names) => new(element, path, ["kind", .. names]);
        switch (kind)
        {
            case "dense": Fields(); return Connectivity.Dense;
            case "one-to-one": Fields(); return Connectivity.OneToOne;
            case "one-to-all": Fields(); return Connectivity.OneToAll;
            case "random": return Connectivity.Random(Fields("probability").Number("probability"));
            case "fixed-in-degree": return Connectivity.FixedInDegree(Fields("inDegree").Integer("inDegree", 0, int.MaxValue));
            case "fixed-out-degree": return Connectivity.FixedOutDegree(Fields("outDegree").Integer("outDegree", 0, int.MaxValue));
        }
        var fields = Fields("pairs", "range");
        if (EitherOf(fields, "pairs", "range") is not "range")
        {
            if (!fields.Has("pairs")) throw new NetworkException(fields.PathOf("pairs"), "is missing; give \"pairs\" or \"range\"");
            return Connectivity.Pairs([.. ReadPairs(fields, "pairs", "source neuron", (neuron, at) => JsonFields.Integer(neuron, at(), 0, int.MaxValue))
                .Select(pair => ((int)pair.First, pair.Second))]);
        }
        var range = new JsonFields(fields.Require("range"), fields.PathOf("range"), "source", "target", "count");
        int from = range.Integer("source", 0, int.MaxValue, 0);
        int to = range.Integer("target", 0, int.MaxValue, 0);
        int most = Math.Max(0, Math.Min(sourceSize - from, targetSize - to));
        int count = sourceSize == 0 || targetSize == 0 ? 0 : range.Integer("count", 0, most);
        return Connectivity.Range(from, to, count);
    }

    private Weight ReadWeight(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object) return Weight.Constant(JsonFields.Number(element, path));
        string kind = JsonFields.KindOf(element, path, NetworkFormat.WeightKinds);
        switch (kind)
        {
            case "uniform":
                var uniform = new JsonFields(element, path, "kind", "low", "high", "step");
                return Weight.Uniform(uniform.Number("low"), uniform.Number("high"), uniform.Number("step", 0));
            case "normal":
                var normal = new JsonFields(element, path, "kind", "mean", "standardDeviation", "low", "high", "step");
                return Weight.Normal(
                    normal.Number("mean"), normal.Number("standardDeviation"), normal.Number("low", double.MinValue), normal.Number("high", double.MaxValue),
                    normal.Number("step", 0));
        }
        var array = new JsonFields(element, path, "kind", "values", "file");
        if (EitherOf(array, "values", "file") is "file") return Weight.Array(ReadWeightFile(array.Text("file"), array.PathOf("file")));
        var values = array.Find("values") ?? throw new NetworkException(array.PathOf("values"), "is missing; give \"values\" or \"file\"");
        JsonFields.RequireList(values, array.PathOf("values"));
        var numbers = new float[values.GetArrayLength()];
        int i = 0;
        foreach (var value in values.EnumerateArray())
        {
            numbers[i] = value.ValueKind == JsonValueKind.Number ? (float)value.GetDouble() : (float)JsonFields.Number(value, $"{array.PathOf("values")}[{i}]");
            i++;
        }
        return Weight.Array(numbers);
    }

    private float[] ReadWeightFile(string file, string path)
    {
        if (directory is null) throw new NetworkException(path, $"\"{file}\": a network that is no file has no files beside it; give \"values\"");
        try
        {
            return NpyFile.Read(Path.Combine(directory, file));
        }
        catch (ArchiveException e)
        {
            throw new NetworkException(path, e.Message, inner: e);
        }
    }

    private Delay? ReadDelay(JsonFields projection)
    {
        string? name = EitherOf(projection, "delayMs", "delayTicks");
        if (name is null) return null;
        var value = projection.Require(name);
        string path = projection.PathOf(name);
        int Ticks(JsonElement delay, string at)
        {
            if (name == "delayMs") return Delay.TicksOf(at, JsonFields.Number(delay, at), _timeStepMs);
            long ticks = JsonFields.Integer(delay, at, int.MinValue, int.MaxValue);
            if (ticks < 1) throw new NetworkException(at, $"{ticks}; delays are at least one tick ({_timeStepMs} ms)");
            return ticks <= Delay.MaxTicks ? (int)ticks : throw new NetworkException(at, $"{ticks}; delays are at most {Delay.MaxTicks} ticks");
        }
        if (value.ValueKind != JsonValueKind.Object) return Delay.Ticks(Ticks(value, path));
        var range = new JsonFields(value, path, "low", "high");
        int low = Ticks(range.Require("low"), range.PathOf("low"));
        int high = Ticks(range.Require("high"), range.PathOf("high"));
        return low <= high ? Delay.Uniform(low, high) : throw new NetworkException(path, $"low ({low} ticks) is above high ({high} ticks)");
    }

    private static LearningRule ReadRule(JsonElement element, string path)
    {
        string kind = JsonFields.KindOf(element, path, NetworkFormat.RuleKinds);
        if (NetworkFormat.Rules.TryGetValue(kind, out var record)) return (LearningRule)record.Read(new JsonFields(element, path, ["kind", .. record.Names]));
        if (kind == NetworkFormat.Coincidence) return ReadCoincidence(new JsonFields(element, path, "kind", "quanta", "bound", "entity", "decayRate", "device"));
        var rule = new JsonFields(element, path, "kind", "clock");
        var clock = new JsonFields(rule.Require("clock"), rule.PathOf("clock"), "periodTicks", "onPhases");
        int period = clock.Integer("periodTicks", 1, int.MaxValue);
        clock.Require("onPhases");
        return new HebbianCoincidence(new ReinforcementClock(
            period, [.. clock.ListOrNone("onPhases").Select(phase => (int)JsonFields.Integer(phase.Element, phase.Path, 0, period - 1))]));
    }

    private static SpikeCoincidence ReadCoincidence(JsonFields rule)
    {
        var quanta = ImmutableArray.CreateBuilder<StepQuantum>();
        foreach (var (element, path) in rule.ListOrNone("quanta"))
        {
            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 2) throw new NetworkException(path, "must be a list of two: [step, units]");
            quanta.Add(new StepQuantum(JsonFields.Integer(element[0], $"{path}[0]", 0, long.MaxValue), (int)JsonFields.Integer(element[1], $"{path}[1]", 1, SpikeCoincidence.MostUnits)));
        }
        var device = rule.Has("device")
            ? (DeviceModel)NetworkFormat.Device.Read(new JsonFields(rule.Require("device"), rule.PathOf("device"), [.. NetworkFormat.Device.Names]))
            : null;
        return new SpikeCoincidence(
            quanta.ToImmutable(), rule.Integer("bound", 1, SpikeCoincidence.MostUnits), rule.Integer("entity", 0, int.MaxValue, 0), rule.Has("decayRate") ? rule.Number("decayRate") : 0, device);
    }

    private static Probe ReadProbe(JsonElement element, string path)
    {
        string kind = JsonFields.KindOf(element, path, NetworkFormat.ProbeKinds);
        var probe = new JsonFields(element, path, kind == "count" ? ["kind", "name", "population", "periodTicks"] : ["kind", "name", "population", "everyTicks", "phase"]);
        string population = probe.Text("population");
        string name = probe.TextOrNull("name") ?? $"{population} {kind}";
        if (kind == "count") return new SpikeCountProbe(name, population, probe.Integer("periodTicks", 1, SpikeCountProbe.MaxPeriodTicks, 1));
        int every = probe.Integer("everyTicks", 1, int.MaxValue, 1);
        var ticks = new TickFilter(every, probe.Integer("phase", 0, every - 1, 0));
        return kind == "spikes" ? new SpikeProbe(name, population, ticks) : new PotentialProbe(name, population, ticks);
    }

    /// <summary>Which of two fields is given; null for neither.</summary>
    private static string? EitherOf(JsonFields fields, string one, string other)
    {
        if (fields.Has(one) && fields.Has(other)) throw new NetworkException(fields.PathOf(other), $"is given beside \"{one}\"; give one of them");
        return fields.Has(one) ? one : fields.Has(other) ? other : null;
    }

    private static bool IsIndex(JsonElement element, out int index)
    {
        index = -1;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out index) && index >= 0;
    }

    /// <summary>A list of pairs, of which the second is a neuron. Paths are made only for errors: the list may be long.</summary>
    private static IEnumerable<(long First, int Second)> ReadPairs(JsonFields fields, string name, string first, Func<JsonElement, Func<string>, long> read)
    {
        var list = fields.Require(name);
        JsonFields.RequireList(list, fields.PathOf(name));
        int i = 0;
        foreach (var pair in list.EnumerateArray())
        {
            string Path() => $"{fields.PathOf(name)}[{i}]";
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
                throw new NetworkException(Path(), $"must be a list of two: [{first}, neuron]");
            int neuron = IsIndex(pair[1], out int plain) ? plain : (int)JsonFields.Integer(pair[1], $"{Path()}[1]", 0, int.MaxValue);
            yield return (read(pair[0], () => $"{Path()}[0]"), neuron);
            i++;
        }
    }
}
