using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>
/// Somebody who wants a network run, and asks again until it is: submits it, moves its end on when it is open, stops it and goes on with it. Whatever is entered under the user's name has to
/// end as it should, twice submitted or not.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="name">The user's name, and the beginning of the names of runs.</param>
/// <param name="network">What is to be run.</param>
/// <param name="plan">How.</param>
/// <param name="laterTicks">Ticks to which an open run goes on, one after the other.</param>
/// <param name="stopsInBetween">Whether it is stopped on the way, and continued.</param>
internal sealed class SimulatedUser(SimulatedCluster cluster, string name, Network network, RunPlan plan, long[] laterTicks, bool stopsInBetween)
{
    private readonly byte[] _bytes = NetworkBytes.Write(network);
    private readonly Dictionary<string, int> _extensions = [];
    private readonly HashSet<string> _stopped = [];
    private long _submitAt = long.MinValue;

    public Network Network { get; } = network;

    public RunPlan Plan { get; } = plan;

    /// <summary>The tick at which its runs end.</summary>
    public long FinalTick => laterTicks.Length > 0 ? laterTicks[^1] : Plan.LastTick;

    /// <summary>Longest time between two checkpoints, in ticks, and what cores may be ahead.</summary>
    public long MostTicksRedone => Math.Max(Plan.CheckpointEvery, Plan.FirstCheckpoint + 1) + Plan.RunAhead!.Value;

    public IEnumerable<RunRecord> Runs => cluster.Store.Runs().Where(r => Owns(r.Name));

    /// <summary>Whether all is as it was wanted.</summary>
    public bool IsContent
    {
        get
        {
            bool any = false;
            foreach (var run in Runs)
            {
                any = true;
                if (run.Status != (Plan.IsOpen ? RunStatus.Stopped : RunStatus.Done)) return false;
            }
            return any;
        }
    }

    /// <summary>How it stands, in a line.</summary>
    public override string ToString() => $"{name} wants {(Plan.IsOpen ? "an open run" : "a run")} to {FinalTick}, first to {Plan.LastTick}; "
        + string.Join(", ", Runs.Select(r => $"{r.Name} {r.Status} epoch {r.Epoch} at {cluster.Store.LatestTick(r.Name)} {r.Notes}"));

    public bool Owns(string run) => run.StartsWith(name, StringComparison.Ordinal);

    public void Begin(long after) => cluster.At(after, Act);

    private void Act()
    {
        if (IsContent) return;
        cluster.At(20 + cluster.Random.Next(20), Act);
        var up = cluster.Nodes.Where(n => n.IsUp && !n.IsPaused).ToList();
        if (up.Count == 0) return;
        // Only the coordinator answers; who asks everybody has asked it.
        var node = up.FirstOrDefault(n => n.Node!.CoordinatorForClients.Here is not null) ?? up[cluster.Random.Next(up.Count)];
        bool any = false;
        foreach (var run in Runs.ToList())
        {
            any = true;
            // Cores may throw more often than once a checkpoint; for anything else there is no reason.
            if (run.Status == RunStatus.Failed && RunNotes.TryRead(run.Notes)?.Problem?.EndsWith(SimulatedNode.Misfortune, StringComparison.Ordinal) != true)
                throw new InvalidOperationException($"{run.Name} has failed: {run.Notes}");
            if (WishFor(run) is { } action) node.Ask([action]);
        }
        if (any || cluster.Now < _submitAt) return;
        _submitAt = cluster.Now + 200;
        var pieces = new List<ClientAction>();
        for (int i = 0; i < _bytes.Length; i += ClientSession.PieceBytes) pieces.Add(new Upload(i, _bytes[i..Math.Min(_bytes.Length, i + ClientSession.PieceBytes)]));
        node.Ask([.. pieces, new Submit(name, Plan.ToJson(), MemoryStore.Sha256Of(_bytes))]);
    }

    private ClientAction? WishFor(RunRecord run)
    {
        long committed = cluster.Store.LatestTick(run.Name);
        if (run.Status == RunStatus.Failed || (run.Status == RunStatus.Stopped && (!Plan.IsOpen || committed < FinalTick))) return new ContinueRun(run.Name);
        // That it runs is noted once, and need not have come through.
        if (run.Status is not (RunStatus.Running or RunStatus.Queued)) return null;
        if (stopsInBetween && !Plan.IsOpen && committed >= 0 && _stopped.Add(run.Name)) return new StopRun(run.Name);
        if (!Plan.IsOpen) return null;
        int extensions = _extensions.GetValueOrDefault(run.Name);
        long last = extensions == 0 ? Plan.LastTick : laterTicks[extensions - 1];
        if (committed >= FinalTick) return new StopRun(run.Name);
        // Usually when it stands there, sometimes while it is on its way.
        if (extensions < laterTicks.Length && (committed >= last || cluster.Random.Next(6) == 0)) last = laterTicks[(_extensions[run.Name] = extensions + 1) - 1];
        return new Extend(run.Name, last);
    }
}
