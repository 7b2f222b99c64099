using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks;

/// <summary>
/// Keeps a <see cref="Recording"/> as a directory that numpy and spreadsheets can read.
/// <para>
/// <b>Files.</b> <c>recording.json</c> says what is there. For each spike probe <c>spikes-NAME.npy</c>, i8 [spikes, 2] with columns tick and neuron, and the same as
/// <c>.csv</c>. For each potential probe <c>potentials-NAME.npy</c>, f4 [ticks, neurons], <c>potentials-NAME-ticks.npy</c>, i8 [ticks], and both together as
/// <c>.csv</c>: tick, n0, n1, … For each projection <c>weights-NAME.npy</c>, f4 [source, target], and as <c>.csv</c>: source, n0, n1, … NAME is the population's or the
/// projection's, with what files cannot be called replaced: <c>-&gt;</c> by <c>-to-</c>, <c>&lt;</c> by <c>lt</c>, <c>&gt;</c> by <c>gt</c>, the rest by <c>_</c>.
/// </para>
/// <para>
/// <b>Writing.</b> All files are written to a temporary directory beside the target, which is then renamed: there is a whole recording or none. A recording that is
/// there is replaced; a directory that holds anything else is refused.
/// </para>
/// </summary>
public static class RecordingDirectory
{
    /// <summary>Name of the file that describes the others.</summary>
    public const string IndexName = "recording.json";

    /// <summary>Version of the format this build writes and reads.</summary>
    public const int Version = 1;

    private const string Format = "actorsnn-recording";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a path is a directory with a recording, of any version.</summary>
    public static bool IsRecording(string path) => File.Exists(Path.Combine(path, IndexName));

    /// <summary>Finds out whether <see cref="Save"/> could write a directory and would lose nothing but an older recording.</summary>
    /// <param name="path">The directory; it need not exist.</param>
    /// <exception cref="IOException">It could not; the message is one line that names the directory.</exception>
    public static void RequireReplaceable(string path)
    {
        string target = TargetOf(path);
        RequireNothingElse(path, target);
        string temporary = TemporaryFor(target);
        Attempt(path, target, () => Directory.CreateDirectory(temporary));
        Directory.Delete(temporary);
    }

    /// <summary>Saves a recording, whole or not at all.</summary>
    /// <param name="path">The directory; an older recording that is there is replaced.</param>
    /// <param name="recording">The recording.</param>
    /// <exception cref="IOException">It cannot be written, or something else is there; the message is one line that names the directory.</exception>
    public static void Save(string path, Recording recording)
    {
        string target = TargetOf(path);
        RequireNothingElse(path, target);
        string temporary = TemporaryFor(target);
        try
        {
            Attempt(path, target, () =>
            {
                Directory.CreateDirectory(temporary);
                WriteFiles(temporary, recording);
                MoveIntoPlace(temporary, target);
            });
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Loads a recording and checks that it makes sense.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="ArchiveException">It is missing, damaged or of another version.</exception>
    public static Recording Load(string path)
    {
        string file = Path.Combine(path, IndexName);
        return new IndexReader(path, file, ReadIndex(path, file)).Read();
    }

    private static JsonObject ReadIndex(string path, string file)
    {
        try
        {
            if (!Directory.Exists(path)) throw new ArchiveException(path, "is no directory with a recording");
            if (!File.Exists(file)) throw new ArchiveException(path, $"holds no {IndexName}, so no recording");
            return JsonNode.Parse(File.ReadAllBytes(file)) as JsonObject ?? throw new ArchiveException(file, "is no JSON object");
        }
        catch (JsonException e)
        {
            throw new ArchiveException(file, $"is no JSON: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveException(file, $"cannot be read: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", e);
        }
    }

    private static void WriteFiles(string directory, Recording recording)
    {
        var names = new FileNames();
        int SizeOf(string population) => recording.Population(population).Size;

        var spikes = new JsonArray();
        foreach (var item in recording.Spikes)
        {
            string name = names.Of("spikes", item.Population);
            NpyFile.Create(Path.Combine(directory, name + ".npy"), item.Events, item.Count, 2);
            WriteCsv(directory, name, "tick,neuron", writer =>
            {
                for (int i = 0; i < item.Count; i++) writer.Write(string.Create(CultureInfo.InvariantCulture, $"{item.TickOf(i)},{item.NeuronOf(i)}\n"));
            });
            spikes.Add((JsonNode)new JsonObject
            {
                ["probe"] = item.Probe,
                ["population"] = item.Population,
                ["npy"] = name + ".npy",
                ["csv"] = name + ".csv",
                ["dtype"] = "i8",
                ["shape"] = new JsonArray(item.Count, 2),
                ["columns"] = new JsonArray("tick", "neuron"),
                ["everyTicks"] = item.Ticks.PeriodTicks,
                ["atPhase"] = item.Ticks.Phase,
            });
        }

        var potentials = new JsonArray();
        foreach (var item in recording.Potentials)
        {
            string name = names.Of("potentials", item.Population);
            int size = SizeOf(item.Population);
            NpyFile.Create(Path.Combine(directory, name + ".npy"), item.Values, item.Ticks.Length, size);
            NpyFile.Create(Path.Combine(directory, name + FileNames.Ticks + ".npy"), item.Ticks, item.Ticks.Length);
            WriteCsv(directory, name, Header("tick", size), writer => WriteRows(writer, size, item.Values, i => item.Ticks[i]));
            potentials.Add((JsonNode)new JsonObject
            {
                ["probe"] = item.Probe,
                ["population"] = item.Population,
                ["npy"] = name + ".npy",
                ["ticksNpy"] = name + FileNames.Ticks + ".npy",
                ["csv"] = name + ".csv",
                ["dtype"] = "f4",
                ["shape"] = new JsonArray(item.Ticks.Length, size),
                ["unit"] = item.Unit,
            });
        }

        var weights = new JsonArray();
        foreach (var item in recording.Weights)
        {
            string name = names.Of("weights", item.Projection);
            int size = SizeOf(item.Target);
            NpyFile.Create(Path.Combine(directory, name + ".npy"), item.Values, SizeOf(item.Source), size);
            WriteCsv(directory, name, Header("source", size), writer => WriteRows(writer, size, item.Values, i => i));
            weights.Add((JsonNode)new JsonObject
            {
                ["projection"] = item.Projection,
                ["source"] = item.Source,
                ["target"] = item.Target,
                ["npy"] = name + ".npy",
                ["csv"] = name + ".csv",
                ["dtype"] = "f4",
                ["shape"] = new JsonArray(SizeOf(item.Source), size),
                ["unit"] = item.Unit,
            });
        }

        var synapses = new JsonArray();
        foreach (var item in recording.Synapses)
        {
            string name = names.Of("synapses", item.Projection);
            NpyFile.Create(Path.Combine(directory, name + ".npy"), item.Pairs, item.Values.Length, 2);
            NpyFile.Create(Path.Combine(directory, name + FileNames.Weights + ".npy"), item.Values, item.Values.Length);
            WriteCsv(directory, name, "source,target,weight", writer =>
            {
                for (int i = 0; i < item.Values.Length; i++)
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{item.Pairs[2 * i]},{item.Pairs[2 * i + 1]},{item.Values[i]:R}\n"));
            });
            synapses.Add((JsonNode)new JsonObject
            {
                ["projection"] = item.Projection,
                ["source"] = item.Source,
                ["target"] = item.Target,
                ["npy"] = name + ".npy",
                ["weightsNpy"] = name + FileNames.Weights + ".npy",
                ["csv"] = name + ".csv",
                ["dtype"] = "i8",
                ["shape"] = new JsonArray(item.Values.Length, 2),
                ["columns"] = new JsonArray("source", "target"),
                ["weightsDtype"] = "f4",
                ["unit"] = item.Unit,
            });
        }

        var index = new JsonObject
        {
            ["format"] = Format,
            ["version"] = Version,
            ["network"] = new JsonObject
            {
                ["name"] = recording.NetworkName,
                ["hash"] = recording.NetworkHash,
                ["seed"] = recording.Seed,
                ["timeStepMs"] = recording.TimeStepMs,
            },
            ["firstTick"] = recording.FirstTick,
            ["ticks"] = recording.Ticks,
            ["populations"] = new JsonArray([.. recording.Populations.Select(p => new JsonObject
            {
                ["name"] = p.Name,
                ["size"] = p.Size,
                ["model"] = p.Model,
                ["role"] = p.Role,
                ["group"] = p.Group,
            })]),
            ["phases"] = recording.Phases is { } phases
                ? new JsonArray([.. phases.List.Select(p => new JsonObject { ["name"] = p.Name, ["effect"] = NameOf(p.Effect) })])
                : null,
            ["samples"] = new JsonArray([.. recording.Samples.Select(s => new JsonObject
            {
                ["firstTick"] = s.FirstTick,
                ["ticks"] = s.Ticks,
                ["caption"] = s.Caption,
            })]),
            ["spikes"] = spikes,
            ["potentials"] = potentials,
            ["weights"] = weights,
            ["synapses"] = synapses,
            ["weightsTick"] = recording.WeightsTick,
        };
        WriteText(directory, IndexName, writer => writer.Write(index.ToJsonString(Indented) + "\n"));
    }

    private static string NameOf(PhaseEffect effect) => effect switch
    {
        PhaseEffect.Strengthens => "strengthens",
        PhaseEffect.Weakens => "weakens",
        _ => "none",
    };

    private static string Header(string first, int columns) => string.Join(',', Enumerable.Range(0, columns).Select(n => $"n{n}").Prepend(first));

    private static void WriteRows(StreamWriter writer, int columns, float[] values, Func<int, long> first)
    {
        for (int row = 0; row * columns < values.Length; row++)
        {
            writer.Write(first(row).ToString(CultureInfo.InvariantCulture));
            foreach (float value in values.AsSpan(row * columns, columns))
            {
                writer.Write(',');
                writer.Write(value.ToString(CultureInfo.InvariantCulture));
            }
            writer.Write('\n');
        }
    }

    private static void WriteCsv(string directory, string name, string header, Action<StreamWriter> rows) => WriteText(directory, name + ".csv", writer =>
    {
        writer.Write(header + "\n");
        rows(writer);
    });

    private static void WriteText(string directory, string name, Action<StreamWriter> write)
    {
        using var stream = new FileStream(Path.Combine(directory, name), FileMode.CreateNew, FileAccess.Write);
        using (var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)) write(writer);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Refuses a target whose replacement would lose anything but a recording.</summary>
    private static void RequireNothingElse(string path, string target)
    {
        if (File.Exists(target)) throw CannotWrite(path, "it is a file; give the name of a directory");
        if (!Directory.Exists(target)) return;
        if ((Environment.CurrentDirectory + Path.DirectorySeparatorChar).StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw CannotWrite(path, "this command runs in it; give the name of a new directory");
        var known = FilesOf(target);
        var other = Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault(name => !known.Contains(name!));
        if (other is not null) throw CannotWrite(path, $"it holds \"{other}\", which belongs to no recording; give the name of a new directory");
    }

    /// <summary>The files a recording that is there consists of; none if there is none.</summary>
    private static HashSet<string> FilesOf(string target)
    {
        try
        {
            var index = ReadIndex(target, Path.Combine(target, IndexName));
            if (index["format"] is not JsonValue format || !format.TryGetValue(out string? text) || text != Format) return [];
            var lists = new[] { "spikes", "potentials", "weights", "synapses" }.SelectMany(list => index[list] as JsonArray ?? []);
            var files = lists.OfType<JsonObject>().SelectMany(item => new[] { "npy", "csv", "ticksNpy", "weightsNpy" }.Select(field => item[field])).OfType<JsonValue>();
            return [IndexName, .. files.Select(f => f.TryGetValue(out string? name) ? name : "")];
        }
        catch (ArchiveException)
        {
            return [];
        }
    }

    private static void MoveIntoPlace(string temporary, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(temporary, target);
            return;
        }
        string old = TemporaryFor(target);
        Directory.Move(target, old);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }
        TryDelete(old);
    }

    private static void Attempt(string path, string target, Action write)
    {
        string parent = Path.GetDirectoryName(target) ?? target;
        if (!Directory.Exists(parent)) throw CannotWrite(path, $"the directory {parent} does not exist; create it first");
        try
        {
            write();
        }
        catch (UnauthorizedAccessException e)
        {
            throw CannotWrite(path, $"no permission to write in {parent}", e);
        }
        catch (IOException e)
        {
            int quote = e.Message.IndexOf(" : '", StringComparison.Ordinal);
            throw CannotWrite(path, quote < 0 ? e.Message : e.Message[..quote], e); // the system's message would name a temporary file
        }
    }

    private static string TargetOf(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return new DirectoryInfo(path).LinkTarget is null ? path : Directory.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
    }

    private static string TemporaryFor(string target) =>
        Path.Combine(Path.GetDirectoryName(target) ?? target, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}{AtomicFile.TemporaryExtension}");

    private static IOException CannotWrite(string path, string reason, Exception? inner = null) => new($"{path} cannot be written: {reason}", inner);

    private static void TryDelete(string directory)
    {
        try
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is in place is whole; the error that brought us here, if any, says more.
        }
    }

    /// <summary>Reads the index and the arrays it names.</summary>
    private sealed class IndexReader(string directory, string file, JsonObject index)
    {
        public Recording Read()
        {
            if (Text(index, "format") != Format) throw Wrong($"does not say \"format\": \"{Format}\"");
            if (Number<int>(index, "version") is var version && version != Version) throw Wrong($"format version {version}; this build reads version {Version}");
            var network = index["network"] as JsonObject ?? throw Wrong("\"network\" is no object");
            var recording = new Recording
            {
                NetworkName = Text(network, "name"),
                NetworkHash = Text(network, "hash"),
                Seed = Number<ulong>(network, "seed"),
                TimeStepMs = Number<double>(network, "timeStepMs"),
                FirstTick = Number<long>(index, "firstTick"),
                Ticks = Number<long>(index, "ticks"),
                Populations = [.. Items("populations").Select(p => new RecordedPopulation(
                    Text(p, "name"), Number<int>(p, "size"), Text(p, "model"), TextOrNull(p, "role"), TextOrNull(p, "group")))],
                Phases = index["phases"] is null ? null : new RecordedPhases([.. Items("phases").Select(p => new RecordedPhase(Text(p, "name"), EffectOf(p)))]),
                Samples = [.. Items("samples").Select(s => new RecordedSample(Number<long>(s, "firstTick"), Number<int>(s, "ticks"), Text(s, "caption")))],
            };
            if (recording.FirstTick < 0 || recording.Ticks < 0) throw Wrong($"{recording.Ticks} ticks from tick {recording.FirstTick}; both are at least 0");
            if (!(recording.TimeStepMs > 0)) throw Wrong($"\"timeStepMs\" is {recording.TimeStepMs}; it must be above 0");
            if (recording.Populations.FirstOrDefault(p => p.Size < 1) is { } empty) throw Wrong($"population \"{empty.Name}\" has {empty.Size} neurons; at least 1");
            if (recording.Samples.FirstOrDefault(s => !IsRecorded(s.FirstTick, recording) || s.Ticks < 1) is { } sample)
                throw Wrong($"a sample of {sample.Ticks} ticks begins at tick {sample.FirstTick}, outside of the {recording.Ticks} ticks from {recording.FirstTick}");
            if (recording.Phases is { PeriodTicks: 0 }) throw Wrong("\"phases\" is empty; leave it out or name at least one");

            int SizeOf(JsonObject item, string field) => recording.Populations.FirstOrDefault(p => p.Name == Text(item, field))?.Size
                ?? throw Wrong($"population \"{Text(item, field)}\" is not among its populations");
            return recording with
            {
                Spikes = [.. Items("spikes").Select(s => SpikesOf(s, SizeOf(s, "population"), recording))],
                Potentials = [.. Items("potentials").Select(p => new RecordedPotentials(
                    Text(p, "probe"), Text(p, "population"), Text(p, "unit"), TicksOf(p, recording),
                    NpyFile.ReadExactly<float>(Named(p, "npy"), Rows(p), SizeOf(p, "population"))))],
                Weights = [.. Items("weights").Select(w => new RecordedWeights(
                    Text(w, "projection"), Text(w, "source"), Text(w, "target"), Text(w, "unit"),
                    NpyFile.ReadExactly<float>(Named(w, "npy"), SizeOf(w, "source"), SizeOf(w, "target"))))],
                Synapses = [.. Items("synapses").Select(s => SynapsesOf(s, SizeOf(s, "source"), SizeOf(s, "target")))],
                WeightsTick = Number<long>(index, "weightsTick"),
            };
        }

        private RecordedSynapses SynapsesOf(JsonObject item, int sources, int targets)
        {
            var synapses = new RecordedSynapses(
                Text(item, "projection"), Text(item, "source"), Text(item, "target"), Text(item, "unit"),
                NpyFile.ReadExactly<long>(Named(item, "npy"), Rows(item), 2), NpyFile.ReadExactly<float>(Named(item, "weightsNpy"), Rows(item)));
            for (int i = 0; i < synapses.Values.Length; i++)
            {
                long source = synapses.Pairs[2 * i], target = synapses.Pairs[2 * i + 1];
                if (source < 0 || source >= sources || target < 0 || target >= targets)
                    throw new ArchiveException(Named(item, "npy"), $"synapse {i} is from neuron {source} onto {target}, outside of the {sources} and {targets} there are");
            }
            return synapses;
        }

        private long[] TicksOf(JsonObject item, Recording recording)
        {
            long[] ticks = NpyFile.ReadExactly<long>(Named(item, "ticksNpy"), Rows(item));
            for (int i = 0; i < ticks.Length; i++)
            {
                if (!IsRecorded(ticks[i], recording) || (i > 0 && ticks[i] <= ticks[i - 1]))
                    throw new ArchiveException(Named(item, "ticksNpy"), $"row {i} is of tick {ticks[i]}; ticks ascend within the {recording.Ticks} from {recording.FirstTick}");
            }
            return ticks;
        }

        private static bool IsRecorded(long tick, Recording recording) => tick >= recording.FirstTick && tick - recording.FirstTick < recording.Ticks;

        private RecordedSpikes SpikesOf(JsonObject item, int neurons, Recording recording)
        {
            var spikes = new RecordedSpikes(
                Text(item, "probe"), Text(item, "population"), new TickFilter(Number<int>(item, "everyTicks"), Number<int>(item, "atPhase")),
                NpyFile.ReadExactly<long>(Named(item, "npy"), Rows(item), 2));
            for (int i = 0; i < spikes.Count; i++)
            {
                long tick = spikes.TickOf(i), neuron = spikes.Events[2 * i + 1];
                if (!IsRecorded(tick, recording) || neuron < 0 || neuron >= neurons)
                    throw new ArchiveException(Named(item, "npy"), $"spike {i} is of neuron {neuron} at tick {tick}, outside of the {neurons} neurons and "
                        + $"{recording.Ticks} ticks from {recording.FirstTick}");
            }
            return spikes;
        }

        private IEnumerable<JsonObject> Items(string list) =>
            (index[list] as JsonArray ?? throw Wrong($"\"{list}\" is no list")).Select(item => item as JsonObject ?? throw Wrong($"\"{list}\" holds something that is no object"));

        private int Rows(JsonObject item) => item["shape"] is JsonArray { Count: > 0 } shape && shape[0] is JsonValue rows && rows.TryGetValue(out int count) && count >= 0
            ? count
            : throw Wrong("a \"shape\" is no list of sizes");

        private PhaseEffect EffectOf(JsonObject item) => Enum.GetValues<PhaseEffect>().Where(e => NameOf(e) == Text(item, "effect")).Cast<PhaseEffect?>().FirstOrDefault()
            ?? throw Wrong($"\"effect\" is \"{Text(item, "effect")}\"; known are {string.Join(", ", Enum.GetValues<PhaseEffect>().Select(NameOf))}");

        private string Named(JsonObject item, string field)
        {
            string name = Text(item, field);
            return name == Path.GetFileName(name) && name.Length > 0 ? Path.Combine(directory, name) : throw Wrong($"\"{name}\" is no name of a file in its directory");
        }

        private string Text(JsonObject item, string field) =>
            item[field] is JsonValue value && value.TryGetValue(out string? text) ? text : throw Wrong($"\"{field}\" is {Shown(item[field])}; it must be a text");

        private string? TextOrNull(JsonObject item, string field) => item[field] is null ? null : Text(item, field);

        private T Number<T>(JsonObject item, string field) where T : struct =>
            item[field] is JsonValue value && value.TryGetValue(out T number) ? number : throw Wrong($"\"{field}\" is {Shown(item[field])}; it must be a number in range");

        private static string Shown(JsonNode? node) => node?.ToJsonString() ?? "missing";

        private ArchiveException Wrong(string problem) => new(file, problem);
    }
}
