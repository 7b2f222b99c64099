using System.Collections.Immutable;
using System.Text.Json;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>The run that a coordinator has under way: its placement on nodes, and how far it is.</summary>
internal sealed class ActiveRun(RunRecord record, RunPlan plan)
{
    private NodePlacement? _onNodes;

    public string Name { get; } = record.Name;

    public RunRecord Record { get; } = record;

    public RunPlan Plan { get; } = plan;

    /// <summary>The highest epoch known; the present one from <see cref="RunPhase.Building"/> on.</summary>
    public long Epoch { get; set; } = record.Epoch;

    public RunPhase Phase { get; set; } = RunPhase.Loading;

    /// <summary>The last tick to run.</summary>
    public long LastTick { get; set; } = plan.LastTick;

    public Placement? Placement { get; set; }

    /// <summary>Nodes that were there when the cores were placed, whether they got any or not.</summary>
    public ImmutableArray<string> Considered { get; private set; } = [];

    /// <summary>Nodes with cores.</summary>
    public ImmutableArray<string> Nodes { get; private set; } = [];

    /// <summary>For each core the position of its node in <see cref="Nodes"/>.</summary>
    public ImmutableArray<int> NodeOf { get; private set; } = [];

    /// <summary>Nodes whose cores stand at the checkpoint.</summary>
    public HashSet<string> Ready { get; } = [];

    /// <summary>Threads of each node.</summary>
    public Dictionary<string, int> Threads { get; } = [];

    /// <summary>The latest checkpoint; null before the first.</summary>
    public CheckpointManifest? Latest { get; set; }

    public long CommittedTick => Latest?.Tick ?? -1;

    /// <summary>Checkpoints that turned out to be damaged. The same tick, committed anew in a later epoch, is another one.</summary>
    public HashSet<(long Tick, long Epoch)> Damaged { get; } = [];

    /// <summary>Parts by tick, then node, of checkpoints that are not committed.</summary>
    public SortedDictionary<long, Dictionary<string, ImmutableArray<StoredPart>>> Parts { get; } = [];

    public bool IsCommitting { get; set; }

    /// <summary>The last tick any core has been known to run.</summary>
    public long Furthest { get; set; } = -1;

    /// <summary>The last tick all cores have run, as far as is known.</summary>
    public long Tick { get; set; } = -1;

    public RecoveryHistory History { get; set; } = new();

    /// <summary>
    /// The core that threw, until all stand at a checkpoint again; then <see cref="History"/> has it, and so has the store. Should the coordinator be lost before, its successor knows nothing of it, and recovers once more.
    /// </summary>
    public (string Node, string Problem)? FailedCore { get; set; }

    /// <summary>Whether the present epoch began because something was lost.</summary>
    public bool IsRecovering { get; set; }

    /// <summary>Whether the cores shall be placed anew at the next checkpoint.</summary>
    public bool IsRebalanceWanted { get; set; }

    public bool IsStopWanted { get; set; }

    /// <summary>How it has ended, from <see cref="RunPhase.Ending"/> on.</summary>
    public RunStatus Outcome { get; set; }

    /// <summary>Time it was under way before the present coordinator, in milliseconds.</summary>
    public double MsBefore { get; set; }

    /// <summary>When the present coordinator took it up.</summary>
    public long Since { get; set; }

    /// <summary>Nothing is tried before.</summary>
    public long RetryAt { get; set; } = long.MinValue;

    /// <summary>When its status is entered in the store again, because that failed before.</summary>
    public long NoteAt { get; set; } = long.MaxValue;

    /// <summary>What it waits for; null for nothing.</summary>
    public string? Trouble { get; set; }

    /// <summary>Places the cores on nodes; those that can stay where they are do.</summary>
    public void PlaceOn(ImmutableArray<string> nodes)
    {
        ImmutableArray<NodeCapacity> alike = [.. nodes.Select(n => new NodeCapacity(n))];
        _onNodes = _onNodes is null ? NodePlacer.Place(Placement!, alike) : NodePlacer.Replace(_onNodes, alike);
        Considered = nodes;
        int[] used = [.. _onNodes.NodeOf.Distinct().Order()];
        Nodes = [.. used.Select(n => nodes[n])];
        NodeOf = [.. _onNodes.NodeOf.Select(n => Array.IndexOf(used, n))];
    }

    /// <summary>What goes along with a checkpoint or a status.</summary>
    public string NotesAt(long now) => JsonSerializer.Serialize(new RunNotes(
        (now - Since + MsBefore) / 1000, LastTick, History, Trouble, Tick, CommittedTick, Nodes.Length, Placement?.Cores.Length ?? 0, Nodes.Sum(n => Threads.GetValueOrDefault(n))), ControlMessage.Json);
}

/// <summary>What a coordinator leaves for the next one.</summary>
/// <param name="Seconds">Time the run has been under way.</param>
/// <param name="LastTick">The last tick to run.</param>
/// <param name="History">What happened to it.</param>
/// <param name="Problem">Why it failed; null when it has not.</param>
/// <param name="Tick">The last tick all cores had run.</param>
/// <param name="CommittedTick">Tick of its latest checkpoint; -1 for none.</param>
/// <param name="Nodes">Nodes that had cores of it.</param>
/// <param name="Cores">Number of cores.</param>
/// <param name="Threads">Threads that ran them.</param>
internal sealed record RunNotes(
    double Seconds, long LastTick, RecoveryHistory History, string? Problem = null, long Tick = -1, long CommittedTick = -1, int Nodes = 0, int Cores = 0, int Threads = 0)
{
    public static RunNotes? TryRead(string json)
    {
        try
        {
            return json == "{}" ? null : JsonSerializer.Deserialize<RunNotes>(json, ControlMessage.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What happens to an active run.</summary>
internal enum RunPhase
{
    /// <summary>Its network is read.</summary>
    Loading,

    /// <summary>It waits for nodes, or for the store.</summary>
    Waiting,

    /// <summary>A new epoch is entered in the store.</summary>
    Raising,

    /// <summary>Nodes build their cores.</summary>
    Building,

    /// <summary>Cores run.</summary>
    Running,

    /// <summary>It is over; that is entered in the store.</summary>
    Ending,
}
