using System.Text.Json.Nodes;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Faults;

/// <summary>What a fault-injection experiment showed.</summary>
internal sealed record ExperimentResult
{
    private const int MostOrdersListed = 1000;

    public required Scenario Scenario { get; init; }

    /// <summary>The command that was run.</summary>
    public required string Command { get; init; }

    /// <summary>The run without faults; null when there was none.</summary>
    public required ExperimentOutcome? Undisturbed { get; init; }

    /// <summary>The run under faults.</summary>
    public required ExperimentOutcome Disturbed { get; init; }

    /// <summary>What was done to the machine, by time.</summary>
    public required IReadOnlyList<InjectedFault> Injected { get; init; }

    /// <summary>What was done and noticed on links and cores.</summary>
    public required FaultCounts Counts { get; init; }

    /// <summary>The files written; null for none.</summary>
    public ExperimentFiles? Files { get; init; }

    /// <summary>Whether neurons were reached, so that another state is to be expected.</summary>
    public bool ReachesNeurons => Scenario.Faults.Any(f => f is SimulatedFault);

    /// <summary>Whether both runs ended in the same state; null when only one was run.</summary>
    public bool? Matches => Undisturbed is null ? null : Undisturbed.StateHash == Disturbed.StateHash;

    /// <summary>Whether faults of the machine alone have changed the result, which they must not.</summary>
    public bool IsBroken => Matches == false && !ReachesNeurons;

    /// <summary>The state hash in a sentence.</summary>
    public string Verdict => Matches switch
    {
        true => "The state hash matches that of the undisturbed run.",
        false when ReachesNeurons => "The state hash differs from that of the undisturbed run, as is to be expected of faults that reach neurons.",
        false => "The state hash differs from that of the undisturbed run. Faults of the machine must not change it: this is an error of the simulator.",
        null => "The state hash was compared with nothing.",
    };

    /// <summary>Figures of the two runs side by side; the undisturbed one's are null when it was not run.</summary>
    public IEnumerable<Cost> Costs
    {
        get
        {
            foreach (var (measure, i) in Disturbed.Accuracy.Select((m, i) => (m, i)))
                yield return new Cost("accuracy", measure.Name, $"accuracy, {measure.Name}", true, Undisturbed?.Accuracy[i].Value, measure.Value);
            yield return new Cost(null, "spikes", "spikes", false, Undisturbed?.Spikes, Disturbed.Spikes);
            yield return new Cost(null, "synapticEvents", "synaptic events", false, Undisturbed?.SynapticEvents, Disturbed.SynapticEvents);
            foreach (var (rate, i) in Disturbed.RatesHz.Select((r, i) => (r, i)))
                yield return new Cost("ratesHz", rate.Population, $"rate of {rate.Population} (Hz)", false, Undisturbed?.RatesHz[i].Hz, rate.Hz);
            yield return new Cost(null, "seconds", "seconds", false, Undisturbed?.Seconds, Disturbed.Seconds);
        }
    }

    /// <summary>What was noticed, by name.</summary>
    public IEnumerable<(string Name, string Meaning, long? Value)> Detected
    {
        get
        {
            var history = Disturbed.Cluster?.History ?? new RecoveryHistory();
            yield return ("recoveries", "times the run was resumed from a checkpoint", history.Recoveries);
            yield return ("resumedFromTick", "checkpoint of the last recovery; -1 for the beginning", history.ResumedFromTick);
            yield return ("ticksRedone", "most ticks that a recovery had to run again", history.TicksRedone);
            yield return ("rebalances", "times cores were placed anew because nodes came or went", history.Rebalances);
            yield return ("corruptNoticed", "damaged frames that were noticed", Counts.CorruptNoticed);
            yield return ("duplicatesNoticed", "repeated payloads that were noticed and dropped", Counts.DuplicatesNoticed);
            yield return ("outOfOrderNoticed", "payloads that came before one that was missing", Counts.OutOfOrderNoticed);
            yield return ("sentAgain", "frames sent again", Counts.SentAgain);
        }
    }

    /// <summary>What links and cores suffered, by name.</summary>
    public IEnumerable<(string Name, string Meaning, long Value)> Suffered =>
    [
        ("lost", "packets or frames lost", Counts.Lost), ("duplicated", "packets or frames delivered twice", Counts.Duplicated),
        ("delayed", "packets or frames delayed", Counts.Delayed), ("reordered", "packets or frames overtaken by another", Counts.Reordered),
        ("corrupted", "packets or frames damaged", Counts.Corrupted), ("killedCores", "cores killed", Counts.KilledCores),
    ];

    /// <summary>How often a fault of the machine happened; null for one of the simulation, which is part of the network. What ends one that lasts is the same occurrence as what began it.</summary>
    public int? TimesOf(ScenarioFault fault) => fault is MachineFault ? Injected.Where(i => i.Order.Fault == fault.Place).Select(i => i.Order.Occurrence).Distinct().Count() : null;

    /// <summary>A sentence on faults that never came about; null when all did.</summary>
    public string? Missed
    {
        get
        {
            var missed = Scenario.Faults.Where(f => TimesOf(f) == 0).ToList();
            return missed.Count == 0 ? null : $"The run was over before {string.Join(", ", missed.Select(f => $"{f.Kind} ({FaultWords.TimeOf(f)})"))} came about.";
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["event"] = "result",
            ["scenario"] = new JsonObject { ["name"] = Scenario.Name, ["description"] = Scenario.Description, ["seed"] = Scenario.Seed, ["file"] = Scenario.File },
            ["command"] = Command,
            ["stateHash"] = Disturbed.StateHash,
            ["hash"] = new JsonObject
            {
                ["undisturbed"] = Undisturbed?.StateHash,
                ["disturbed"] = Disturbed.StateHash,
                ["verdict"] = Matches switch { true => "matches", false => "differs", null => null },
                ["expected"] = ReachesNeurons ? "differs" : "matches",
            },
            ["injected"] = new JsonArray([.. Scenario.Faults.Select(f => new JsonObject
            {
                ["fault"] = f.Place,
                ["kind"] = f.Kind,
                ["reaches"] = f is SimulatedFault ? "neurons" : "machine",
                ["target"] = FaultWords.TargetOf(f),
                ["extent"] = FaultWords.ExtentOf(f),
                ["at"] = FaultWords.TimeOf(f),
                ["times"] = TimesOf(f),
            })]),
            ["orders"] = new JsonArray([.. Injected.Take(MostOrdersListed).Select(i => new JsonObject
            {
                ["seconds"] = Math.Round(i.Seconds, 3),
                ["tick"] = i.Tick,
                ["fault"] = i.Order.Fault,
                ["what"] = i.What,
            })]),
            ["suffered"] = new JsonObject(Suffered.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)s.Value))),
            ["detected"] = new JsonObject(Detected.Select(d => KeyValuePair.Create(d.Name, (JsonNode?)d.Value))),
            ["cost"] = new JsonObject(Costs.GroupBy(c => c.Group ?? c.Key).Select(g => KeyValuePair.Create(
                g.Key, (JsonNode?)(g.First().Group is null ? g.First().ToJson() : new JsonObject(g.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.ToJson()))))))),
            ["undisturbed"] = ResultOf(Undisturbed),
            ["disturbed"] = ResultOf(Disturbed),
            ["report"] = Files?.Report,
            ["json"] = Files?.Json,
        };
        return json;
    }

    private static JsonObject? ResultOf(ExperimentOutcome? outcome)
    {
        var json = outcome?.Json.DeepClone().AsObject();
        json?.Remove("event");
        return json;
    }
}

/// <summary>A figure of both runs.</summary>
/// <param name="Group">What it has in common with others, in JSON; null for nothing.</param>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="IsFraction">Whether it is to be shown in percent.</param>
/// <param name="Undisturbed">Without faults; null when that was not run.</param>
/// <param name="Disturbed">Under faults.</param>
internal sealed record Cost(string? Group, string Key, string Name, bool IsFraction, double? Undisturbed, double Disturbed)
{
    public JsonObject ToJson() => new() { ["undisturbed"] = Undisturbed, ["disturbed"] = Disturbed, ["change"] = Undisturbed is { } was ? Math.Round(Disturbed - was, 9) : null };
}
