using System.Collections.Immutable;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Akka.Journal;

/// <summary>How a run stands according to the journal.</summary>
/// <param name="Epoch">The newest epoch.</param>
/// <param name="Tick">Tick of the latest checkpoint; -1 for none.</param>
/// <param name="Status">How the run stands.</param>
/// <param name="Nodes">Nodes with cores.</param>
/// <param name="NodeOf">For each core the position of its node among <paramref name="Nodes"/>.</param>
internal sealed record JournaledRun(long Epoch, long Tick, RunStatus Status, ImmutableArray<string> Nodes, ImmutableArray<int> NodeOf);

/// <summary>
/// What decisions add up to. Pure: it says which decision is refused, and what one that was journaled changes; the same for what is decided now and what is read back.
/// </summary>
/// <param name="Runs">The runs, by name.</param>
internal sealed record RunJournal(ImmutableSortedDictionary<string, JournaledRun> Runs)
{
    /// <summary>Nothing decided yet.</summary>
    public static RunJournal Empty { get; } = new(ImmutableSortedDictionary.Create<string, JournaledRun>(StringComparer.Ordinal));

    /// <summary>Why a decision cannot be taken; null when it can.</summary>
    public string? FaultOf(RunDecision decision)
    {
        var run = Runs.GetValueOrDefault(decision.Run);
        long epoch = run?.Epoch ?? 0;
        return decision switch
        {
            StoreFound or RunGone => null,
            EpochRaised raised when raised.Epoch <= epoch => $"{raised.Run}: epoch {raised.Epoch} is not above {epoch}",
            EpochRaised raised when raised.NodeOf.Any(n => n < 0 || n >= raised.Nodes.Length) => $"{raised.Run}: a core on a node that is not there",
            EpochRaised => null,
            _ when decision.Epoch != epoch => $"{decision.Run}: epoch {decision.Epoch}, while {epoch} is the present one",
            CheckpointCommitted committed when committed.Tick <= run!.Tick => $"{committed.Run}: tick {committed.Tick} after {run.Tick}",
            _ => null,
        };
    }

    /// <summary>The journal with one decision more.</summary>
    public RunJournal With(RunDecision decision)
    {
        if (decision is RunGone) return new RunJournal(Runs.Remove(decision.Run));
        var run = Runs.GetValueOrDefault(decision.Run) ?? new JournaledRun(0, -1, RunStatus.Queued, [], []);
        return new RunJournal(Runs.SetItem(decision.Run, decision switch
        {
            EpochRaised raised => new JournaledRun(raised.Epoch, raised.FromTick, RunStatus.Running, raised.Nodes, raised.NodeOf),
            CheckpointCommitted committed => run with { Tick = committed.Tick },
            RunEnded ended => run with { Status = ended.Status },
            StoreFound found => run with { Epoch = found.Epoch, Tick = found.Tick, Status = found.Status },
            _ => throw new ArgumentException($"{decision.GetType().Name} is no decision"),
        }));
    }

    /// <summary>What has to be journaled so that it says what the store says, for a new coordinator that has just read it.</summary>
    /// <param name="runs">The runs in the store, each with the tick of its latest checkpoint.</param>
    public IEnumerable<RunDecision> CatchUpWith(IReadOnlyCollection<(RunRecord Run, long Tick)> runs) => runs
        .Select(RunDecision (r) => new StoreFound(r.Run.Name, r.Run.Epoch, r.Tick, r.Run.Status))
        .Where(found => found is StoreFound f && (Runs.GetValueOrDefault(f.Run) is not { } known || (known.Epoch, known.Tick, known.Status) != (f.Epoch, f.Tick, f.Status)))
        .Concat(Runs.Keys.Except(runs.Select(r => r.Run.Name)).Select(name => new RunGone(name, Runs[name].Epoch)));
}
