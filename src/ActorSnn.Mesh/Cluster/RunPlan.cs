using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Cluster;

/// <summary>What a cluster is to run, beside the network: kept with the run as its description.</summary>
public sealed record RunPlan
{
    /// <summary>The last tick to run.</summary>
    public required long LastTick { get; init; }

    /// <summary>Tick of the first regular checkpoint.</summary>
    public required long FirstCheckpoint { get; init; }

    /// <summary>Ticks from one regular checkpoint to the next.</summary>
    public required long CheckpointEvery { get; init; }

    /// <summary>Ticks whose checkpoints are made and kept in any case, ascending: somebody will look at them.</summary>
    public ImmutableArray<long> KeptTicks { get; init; } = [];

    /// <summary>Number of cores; the same for as long as the run lasts, however many nodes there are.</summary>
    public required int Cores { get; init; }

    /// <summary>Ticks a core may be ahead of a consumer; null for the usual.</summary>
    public int? RunAhead { get; init; }

    /// <summary>Threads a node runs its cores with; null for as many as its share is worth.</summary>
    public int? Threads { get; init; }

    /// <summary>When real-valued neurons are looked at.</summary>
    public UpdateStrategy Update { get; init; }

    /// <summary>Whether the run waits at its last tick for a later one, until it is stopped.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What else the submitter wants to find again.</summary>
    public JsonObject? About { get; init; }

    /// <summary>The ticks of checkpoints.</summary>
    public CheckpointSchedule Schedule => new(FirstCheckpoint, CheckpointEvery, LastTick, KeptTicks);

    /// <summary>How nodes run their cores.</summary>
    public MeshOptions MeshOptions => new(Threads, RunAhead, new CoreOptions(Update: Update));

    /// <summary>The placement on cores: every node comes to the same one.</summary>
    public Placement Place(Network network) => Placer.Place(network, new PlacementOptions(Cores));

    /// <summary>The plan as the description of a run.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ControlMessage.Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is no plan.</exception>
    public static RunPlan FromJson(string json)
    {
        var plan = JsonSerializer.Deserialize<RunPlan>(json, ControlMessage.Json) ?? throw new JsonException("a plan is missing");
        if (plan.LastTick < 0 || plan.CheckpointEvery < 1 || plan.FirstCheckpoint < 0 || plan.Cores < 1 || plan.KeptTicks.IsDefault)
            throw new JsonException("a plan with numbers out of range");
        return plan;
    }
}
