using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Systems;
using ActorSnn.Mesh;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Simulations;

/// <summary>What a population did in a simulation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="IsSource">Whether it is a source of spikes rather than neurons.</param>
/// <param name="Size">Its neurons.</param>
/// <param name="Spikes">Their spikes since tick 0.</param>
internal sealed record PopulationResult(string Name, string Model, bool IsSource, int Size, long Spikes);

/// <summary>What came out of <c>run</c>. All counts and times are since tick 0, resumed or not.</summary>
internal sealed record SimulationResult
{
    public required string Name { get; init; }

    public required ulong Seed { get; init; }

    public required double TimeStepMs { get; init; }

    /// <summary>Ticks run.</summary>
    public required long Ticks { get; init; }

    public required long Neurons { get; init; }

    public required long Synapses { get; init; }

    public required IReadOnlyList<PopulationResult> Populations { get; init; }

    /// <summary>Spikes delivered, each counted once a synapse.</summary>
    public required long SynapticEvents { get; init; }

    /// <summary>Time the ticks took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Time it took to place and build the network.</summary>
    public required double BuildSeconds { get; init; }

    public required string StateHash { get; init; }

    public required int Cores { get; init; }

    public required int Threads { get; init; }

    public required string Engine { get; init; }

    /// <summary>Packets between cores, in this process; null on a cluster, where they are not counted.</summary>
    public required long? Packets { get; init; }

    /// <summary>Bytes of these packets; null as well.</summary>
    public required long? PacketBytes { get; init; }

    /// <summary>What was recorded of this process's ticks; null when nothing was.</summary>
    public Recording? Recording { get; init; }

    /// <summary>The cores and what went between them; null when nothing was recorded.</summary>
    public MeshOverview? Mesh { get; init; }

    /// <summary>The report written; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>The directory of the recording written; null for none.</summary>
    public string? Record { get; init; }

    public required TimingResult Timing { get; init; }

    /// <summary>What it went through; null where nothing can happen to it.</summary>
    public ClusterFigures? Cluster { get; init; }

    /// <summary>Set when the run was interrupted.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The last checkpoint; null when none was written.</summary>
    public CheckpointName? Checkpoint { get; init; }

    /// <summary>How an interrupted run goes on; null when it cannot.</summary>
    public string? ResumeCommand { get; init; }

    public double SimulatedMs => Math.Round(Ticks * TimeStepMs, 6);

    /// <summary>Simulated seconds a second.</summary>
    public double RealTimeFactor => Seconds > 0 ? SimulatedMs * 1e-3 / Seconds : 0;

    /// <summary>Spikes of neurons; those of sources are not counted.</summary>
    public long Spikes => Populations.Where(p => !p.IsSource).Sum(p => p.Spikes);

    public long SourceSpikes => Populations.Where(p => p.IsSource).Sum(p => p.Spikes);

    /// <summary>Mean rate of all neurons, without sources.</summary>
    public double MeanRateHz => RateHz(Spikes, Neurons);

    public double RateHz(PopulationResult population) => RateHz(population.Spikes, population.Size);

    /// <summary>The result as scripts see it: first the fields of the contract in its order.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["event"] = "result",
            ["ticks"] = Ticks,
            ["neurons"] = Neurons,
            ["synapses"] = Synapses,
            ["spikes"] = Spikes,
            ["synapticEvents"] = SynapticEvents,
            ["seconds"] = Math.Round(Seconds, 6),
            ["buildSeconds"] = Math.Round(BuildSeconds, 6),
            ["stateHash"] = StateHash,
            ["peakMemoryBytes"] = PeakMemory.Bytes(),
            ["name"] = Name,
            ["seed"] = Seed,
            ["timeStepMs"] = TimeStepMs,
            ["cores"] = Cores,
            ["threads"] = Threads,
            ["engine"] = Engine,
            ["meanRateHz"] = Math.Round(MeanRateHz, 6),
            ["rates"] = new JsonObject(Populations.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Math.Round(RateHz(p), 6)))),
            ["sourceSpikes"] = SourceSpikes,
            ["packets"] = Packets,
            ["packetBytes"] = PacketBytes,
        };
        ClusterFigures.AddTo(json, Cluster);
        Timing.AddTo(json);
        if (Report is not null) json["report"] = Report;
        if (Record is not null) json["record"] = Record;
        if (Checkpoint is not null) json["checkpoint"] = new JsonObject { ["store"] = Checkpoint.Store, ["tick"] = Checkpoint.Tick };
        if (Interrupted)
        {
            json["interrupted"] = true;
            if (ResumeCommand is not null) json["resume"] = ResumeCommand;
        }
        return json;
    }

    private double RateHz(long spikes, long neurons) => neurons > 0 && Ticks > 0 ? spikes / (neurons * Ticks * TimeStepMs * 1e-3) : 0;
}
