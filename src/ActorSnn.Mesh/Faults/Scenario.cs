using System.Collections.Immutable;
using System.Text;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Faults;

/// <summary>
/// A fault-injection experiment: what breaks, when. Plain data, read from YAML; described in docs/fault-scenarios.md and by docs/fault-scenario.schema.json.
/// What happens inside the simulation becomes part of the network by <see cref="ApplyTo"/>; what happens to the machine that simulates is left to
/// whatever runs it: <see cref="MachineFaults"/>.
/// </summary>
/// <param name="Name">Name, for people.</param>
/// <param name="Description">More for people; null for nothing.</param>
/// <param name="Seed">Seed of everything drawn.</param>
/// <param name="Faults">What breaks.</param>
public sealed record Scenario(string Name, string? Description, ulong Seed, ImmutableArray<ScenarioFault> Faults)
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>Deepest nesting of lists and fields.</summary>
    public const int MaxDepth = 8;

    /// <summary>The file it was read from, as it was given; null when there is none.</summary>
    public string? File { get; init; }

    /// <summary>What happens to the machine that simulates, in the order of the file.</summary>
    public IEnumerable<MachineFault> MachineFaults => Faults.OfType<MachineFault>();

    /// <summary>Reads a scenario.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ScenarioException">It is missing, unreadable, or no scenario.</exception>
    public static Scenario Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
            var bytes = new byte[MaxBytes + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes) throw new ScenarioException(null, 0, "", $"is larger than {MaxBytes >> 20} MB, so no scenario");
            return Parse(bytes.AsSpan(0, length)) with { File = path };
        }
        catch (ScenarioException e)
        {
            throw new ScenarioException(path, e.Line, e.Field, e.Problem, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ScenarioException(path, 0, "", "does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException(path, 0, "", Directory.Exists(path) ? "is a directory; give a scenario file" : $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a scenario from the text of a file.</summary>
    /// <param name="yaml">The text, in UTF-8.</param>
    /// <exception cref="ScenarioException">It is no scenario.</exception>
    public static Scenario Parse(ReadOnlySpan<byte> yaml)
    {
        if (yaml.StartsWith(Encoding.UTF8.Preamble)) yaml = yaml[Encoding.UTF8.Preamble.Length..];
        if (!System.Text.Unicode.Utf8.IsValid(yaml)) throw new ScenarioException(null, 0, "", "is no text in UTF-8, so no scenario");
        return ScenarioReader.Read(YamlTree.Parse(Encoding.UTF8.GetString(yaml), MaxDepth));
    }

    /// <summary>Adds what happens inside the simulation to a network: its faults, and delayed timing where spikes are disturbed on their way.</summary>
    /// <param name="builder">The network; populations and projections are there already. Timing that it has is kept and added to.</param>
    /// <param name="samples">When samples are shown; null for a network that shows none.</param>
    /// <exception cref="ScenarioException">The scenario names what the network does not have.</exception>
    public void ApplyTo(NetworkBuilder builder, SampleTimes? samples = null)
    {
        var places = new Dictionary<string, ScenarioFault>();
        var disturbances = builder.Timing?.Disturbances.ToList() ?? [];
        ScenarioFault? current = null;
        try
        {
            foreach (var fault in Faults.OfType<SimulatedFault>())
            {
                current = fault;
                long first = TickOf(fault, fault.At, "at", samples)!.Value;
                long? last = fault.Until is { } until ? TickOf(fault, until, "until", samples)!.Value - 1 : null;
                if (last < first) throw Error(fault, "until", "is not after \"at\"; give a later time");
                if (fault is DisturbedSpikes spikes)
                {
                    places.Add($"timing.disturbances[{disturbances.Count}]", fault);
                    disturbances.Add(spikes.Disturbance with { FirstTick = first, LastTick = last });
                    continue;
                }
                places.Add($"faults[{builder.Faults.Count}]", fault);
                builder.AddFault(FaultOf(fault, first, last));
            }
            current = null;
            if (places.Count == 0) return;
            if (disturbances.Count > 0) builder.SetTiming(new DelayedTiming(builder.Timing?.Seed ?? Seed, [.. disturbances]));
            // Names are looked up when a network is finished.
            builder.Build();
        }
        catch (NetworkException e)
        {
            string place = e.Field.Split(']')[0] + "]";
            if ((places.GetValueOrDefault(place) ?? current) is not { } culprit) throw;
            string field = e.Field.Length > place.Length ? FieldOf(e.Field[(place.Length + 1)..]) : "";
            throw Error(culprit, field, e.Problem, e);
        }
    }

    /// <summary>
    /// Seconds between one occurrence of a fault that happens at a rate and the one before, or its beginning: exponentially distributed, drawn from the
    /// seed.
    /// </summary>
    /// <param name="fault">A fault with a rate.</param>
    /// <param name="occurrence">Number of the occurrence, from 0.</param>
    public double GapBefore(MachineFault fault, int occurrence)
    {
        double u = new CounterRandom(Seed, RandomPurpose.FaultTime, fault.Place).Uniform(2L * occurrence);
        return -PortableMath.Log(1 - u) / (fault.PerSecond ?? throw new ArgumentException("the fault happens once", nameof(fault)));
    }

    /// <summary>Which one of several is hit, drawn from the seed.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="occurrence">Number of the occurrence, from 0.</param>
    /// <param name="count">How many could be hit, at least 1.</param>
    public int Choose(MachineFault fault, int occurrence, int count) =>
        new CounterRandom(Seed, RandomPurpose.FaultTime, fault.Place).Below(count, 2L * occurrence + 1);

    private static Fault FaultOf(SimulatedFault fault, long first, long? last) => fault switch
    {
        BrokenNeurons { EveryTicks: { } every } stuck => new StickNeurons(stuck.Neurons, first, last, every),
        BrokenNeurons silent => new SilenceNeurons(silent.Neurons, first, last),
        FlippedBits { PerTick: { } perTick } flips => new FlipWeightBitsAtRate(flips.Synapses.Projections, perTick, flips.Bit, first, last, flips.Synapses.Seed),
        FlippedBits flip => new FlipWeightBits(flip.Synapses, flip.Bit, first),
        StuckBits stuck => new StickWeightBits(stuck.Synapses, stuck.Bit, stuck.Value, first),
        _ => throw new ArgumentException(fault.Kind, nameof(fault)),
    };

    /// <summary>The tick of a fault's time; null for a wall time.</summary>
    /// <exception cref="ScenarioException">It is in samples, and there are none.</exception>
    internal long? TickOf(ScenarioFault fault, ScenarioTime time, string field, SampleTimes? samples) => time.Unit == TimeUnit.Sample && samples is null
        ? throw Error(fault, $"{field}.sample", "a time in samples, but the network shows no samples; give \"tick\"")
        : time.TickIn(samples ?? default);

    /// <summary>What is wrong with a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="field">Its field; empty for all of it.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    internal ScenarioException Error(ScenarioFault fault, string field, string problem, Exception? inner = null) =>
        new(File, fault.Line, $"faults[{fault.Place}]{(field.Length == 0 ? "" : ".")}{field}", problem, inner);

    private static string FieldOf(string networkField) => networkField switch
    {
        "firstTick" or "tick" => "at",
        "lastTick" => "until",
        "periodTicks" => "everyTicks",
        "latencyTicks" => "ticks",
        "loss" or "duplication" or "delayed" => "rate",
        _ => networkField,
    };
}
