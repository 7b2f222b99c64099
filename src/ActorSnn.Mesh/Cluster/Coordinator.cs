using System.Collections.Immutable;
using System.Text.Json;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Cluster;

/// <summary>How a coordinator reaches nodes.</summary>
internal interface ICoordinatorOutbox
{
    /// <summary>Sends a message to a node, itself included; it is lost when there is no link.</summary>
    void Send(string node, ControlMessage message);
}

/// <summary>
/// Places cores on nodes, commits checkpoints, and reacts to losses, for one run after the other, for as long as its node holds the lease. Pure: messages and the time in, messages and errands to
/// the store out. It keeps nothing that a successor could not read from the store.
/// </summary>
internal sealed class Coordinator
{
    private readonly string _self;
    private readonly long _term;
    private readonly ClusterOptions _options;
    private readonly INodeWorld _world;
    private readonly ICoordinatorOutbox _outbox;
    private readonly SortedDictionary<string, NodeStatus?> _alive = new(StringComparer.Ordinal);
    private readonly HashSet<string> _draining = [];
    private readonly List<RunRecord> _runs = [];
    private readonly HashSet<string> _reserved = [];
    private readonly HashSet<string> _forgotten = [];
    private readonly long _since;
    private ActiveRun? _active;
    private long _highestEpoch;
    private bool _hasRead;
    private long _readAt = long.MinValue;

    /// <param name="self">Name of its node.</param>
    /// <param name="term">Term of the lease.</param>
    /// <param name="options">Times.</param>
    /// <param name="world">The store.</param>
    /// <param name="outbox">The nodes.</param>
    /// <param name="now">The time.</param>
    public Coordinator(string self, long term, ClusterOptions options, INodeWorld world, ICoordinatorOutbox outbox, long now)
    {
        (_self, _term, _options, _world, _outbox, _since) = (self, term, options, world, outbox, now);
        _alive[self] = null;
    }

    /// <summary>Whether it has stopped acting, because a newer one has begun. Its node gives the lease up.</summary>
    public bool IsSuperseded { get; private set; }

    /// <summary>Term of the lease.</summary>
    public long Term => _term;

    /// <summary>The run under way; null for none.</summary>
    public ActiveRun? Active => _active;

    /// <summary>Tells it which nodes there are links to, itself included.</summary>
    public void SetNodes(long now, IEnumerable<string> nodes)
    {
        var there = nodes.Append(_self).ToHashSet();
        foreach (string lost in _alive.Keys.Where(n => !there.Contains(n)).ToList())
        {
            _alive.Remove(lost);
            // Who comes back under the name of one that has left comes to stay.
            _draining.Remove(lost);
            if (IsPlacedOn(lost)) Recover(now, $"{lost} is lost");
        }
        foreach (string node in there) _alive.TryAdd(node, null);
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long now)
    {
        if (IsSuperseded) return;
        if (now >= _readAt) ReadRuns();
        if (!_hasRead) return;
        foreach (string node in _alive.Keys)
        {
            if (node != _self && IsDrained(node)) _outbox.Send(node, new Drained());
        }
        if (_active is null) TakeUpNext(now);
        if (_active is not { } run) return;
        if (now >= run.NoteAt && run.Phase is (RunPhase.Running or RunPhase.Ending)) Note(now, run, run.Phase == RunPhase.Ending ? run.Outcome : RunStatus.Running);
        if (now < run.RetryAt) return;
        switch (run.Phase)
        {
            case RunPhase.Loading when run.Placement is null:
                Load(run);
                break;
            case RunPhase.Waiting:
                Raise(now, run);
                break;
            case RunPhase.Running:
                Watch(now, run);
                CommitNext(now, run);
                break;
        }
    }

    /// <summary>Takes what a node says.</summary>
    public void Receive(long now, string from, ControlMessage message)
    {
        if (IsSuperseded || !_alive.ContainsKey(from)) return;
        switch (message)
        {
            case NodeStatus status:
                TakeStatus(from, status);
                break;
            case Leaving:
                _alive.Remove(from);
                _draining.Remove(from);
                if (IsPlacedOn(from)) Recover(now, $"{from} has left");
                break;
            case Ready ready when IsCurrent(ready.Run, ready.Epoch):
                TakeReady(now, _active!, from, ready);
                break;
            case BuildFailed failed when IsCurrent(failed.Run, failed.Epoch):
                TakeBuildFailure(now, _active!, from, failed);
                break;
            case PartsStored stored when IsCurrent(stored.Run, stored.Epoch) && stored.Tick > _active!.CommittedTick:
                if (!_active.Parts.TryGetValue(stored.Tick, out var parts)) _active.Parts[stored.Tick] = parts = [];
                parts[from] = stored.Parts;
                CommitNext(now, _active);
                break;
            case PeerLost lost when IsCurrent(lost.Run, lost.Epoch):
                if (_alive.GetValueOrDefault(from) is { } view) _alive[from] = view with { Reaches = view.Reaches.Remove(lost.Node) };
                Recover(now, $"{from} has lost {lost.Node}");
                break;
            case CoreGone gone when IsCurrent(gone.Run, gone.Epoch):
                Recover(now, $"core {gone.Core} of {from} was killed");
                break;
            case CoreFailed failed when IsCurrent(failed.Run, failed.Epoch):
                TakeCoreFailure(now, _active!, from, failed.Problem);
                break;
        }
    }

    /// <summary>How the cluster stands.</summary>
    public ClusterStatus Status(long now, string store)
    {
        var usable = Usable();
        return new ClusterStatus(
            _self, _term, store,
            [.. _alive.Select(n => new NodeReport(
                n.Key, CoresOn(n.Key), n.Value is { Run: not null } s ? s.Tick : -1, usable.Contains(n.Key), IsDraining(n.Key), n.Value?.Trouble))],
            [.. _runs.Select(r => ReportOf(now, r))], _world.Engine);
    }

    /// <summary>How a run stands; null when there is none of that name.</summary>
    public RunProgressReport? ReportOf(long now, string run) => _runs.FirstOrDefault(r => r.Name == run) is { } record ? ReportOf(now, record) : null;

    /// <summary>The plan of a run; null when there is none of that name.</summary>
    public string? PlanOf(string run) => _runs.FirstOrDefault(r => r.Name == run)?.Description;

    /// <summary>Whether it has read what runs there are.</summary>
    public bool IsSettled => _hasRead;

    /// <summary>A name for a new run, and nobody else's until <see cref="Entered"/>.</summary>
    public string Reserve(string beginning)
    {
        int number = 1;
        while (_runs.Any(r => r.Name == $"{beginning}-{number}") || _reserved.Contains($"{beginning}-{number}")) number++;
        string name = $"{beginning}-{number}";
        _reserved.Add(name);
        return name;
    }

    /// <summary>Takes note of a run that has just been entered in the store; null when that failed.</summary>
    public void Entered(string name, RunRecord? run)
    {
        if (run is null)
        {
            // It may be there all the same, its answer lost: the name stays taken, and the store is asked.
            _readAt = long.MinValue;
            return;
        }
        _reserved.Remove(name);
        if (_runs.All(r => r.Name != name)) _runs.Add(run);
    }

    /// <summary>Forgets a run that is about to be removed.</summary>
    /// <returns>Why not; null when it has been.</returns>
    public string? Forget(string name)
    {
        if (_active?.Name == name) return $"{name} is under way; stop it first";
        if (_runs.RemoveAll(r => r.Name == name) == 0) return $"there is no run {name}";
        _forgotten.Add(name);
        return null;
    }

    /// <summary>Looks for a run again that could not be removed, or whose removal was not confirmed: it may still be there.</summary>
    public void Recall(string name)
    {
        _forgotten.Remove(name);
        _readAt = long.MinValue;
    }

    /// <summary>Stops a run at its next checkpoint.</summary>
    /// <returns>Why not; null when it will be.</returns>
    public string? Stop(string name)
    {
        if (_active is { } active && active.Name == name)
        {
            active.IsStopWanted = true;
            return null;
        }
        int i = _runs.FindIndex(r => r.Name == name);
        if (i < 0) return $"there is no run {name}";
        if (_runs[i].Status != RunStatus.Queued) return $"{name} is {Word(_runs[i].Status)} already";
        SetIdle(i, RunStatus.Stopped);
        return null;
    }

    /// <summary>Goes on with a run that was stopped or has failed.</summary>
    /// <returns>Why not; null when it will.</returns>
    public string? Continue(string name)
    {
        int i = _runs.FindIndex(r => r.Name == name);
        if (i < 0) return $"there is no run {name}";
        if (_runs[i].Status is not (RunStatus.Stopped or RunStatus.Failed)) return $"{name} is {Word(_runs[i].Status)}";
        SetIdle(i, RunStatus.Queued);
        return null;
    }

    /// <summary>Lets an open run go on to a later tick.</summary>
    /// <returns>Why not; null when it does.</returns>
    public string? Extend(string name, long lastTick)
    {
        if (_active is not { } run || run.Name != name) return $"{name} is not under way";
        if (!run.Plan.IsOpen) return $"{name} ends at a tick of its own";
        if (lastTick <= run.LastTick) return null;
        run.LastTick = lastTick;
        if (run.Phase == RunPhase.Running) Tell(run, new Extended(run.Name, run.Epoch, lastTick));
        return null;
    }

    /// <summary>Takes the cores from a node at the next checkpoint.</summary>
    /// <returns>Why not; null when they will be.</returns>
    public string? Drain(string node)
    {
        if (!_alive.ContainsKey(node)) return $"there is no node {node}; there are {string.Join(", ", _alive.Keys)}";
        if (_alive.Keys.All(n => n == node || IsDraining(n))) return $"{node} is the last node; stop the run and the node instead";
        _draining.Add(node);
        return null;
    }

    /// <summary>Whether a node may leave: it was asked to, and has nothing that is still needed.</summary>
    public bool IsDrained(string node) => IsDraining(node) && !IsPlacedOn(node);

    /// <summary>Whether any node can have cores.</summary>
    public bool CanPlace => !Usable().IsEmpty;

    private bool IsDraining(string node) => _draining.Contains(node) || _alive.GetValueOrDefault(node)?.IsDraining == true;

    private bool IsPlacedOn(string node) => _active is { Phase: RunPhase.Building or RunPhase.Running } run && run.Nodes.Contains(node);

    private int CoresOn(string node) => _active is { } run && run.Nodes.IndexOf(node) is var i && i >= 0 ? run.NodeOf.Count(n => n == i) : 0;

    private bool IsCurrent(string run, long epoch) => _active is { Phase: RunPhase.Building or RunPhase.Running } active && active.Name == run && active.Epoch == epoch;

    private void ReadRuns()
    {
        _readAt = long.MaxValue;
        _world.Ask(Errand.Runs, store => store.Runs(), (now, runs, _) =>
        {
            if (IsSuperseded) return;
            if (runs is null)
            {
                _readAt = now + _options.RetryMs;
                return;
            }
            _runs.AddRange(runs.Where(r => !_forgotten.Contains(r.Name) && _runs.All(known => known.Name != r.Name)));
            _hasRead = true;
            // A run may be entered by a node that has just ceased to coordinate.
            _readAt = now + _options.DetectionMs;
        });
    }

    private void TakeUpNext(long now)
    {
        var next = _runs.FirstOrDefault(r => r.Status == RunStatus.Running) ?? _runs.FirstOrDefault(r => r.Status == RunStatus.Queued);
        if (next is null) return;
        try
        {
            var notes = RunNotes.TryRead(next.Notes);
            _active = new ActiveRun(next, RunPlan.FromJson(next.Description)) { Since = now, MsBefore = (notes?.Seconds ?? 0) * 1000, History = notes?.History ?? new() };
            _active.LastTick = Math.Max(_active.LastTick, notes?.LastTick ?? 0);
            // It was under way: whoever had it before is lost.
            _active.IsRecovering = next.Status == RunStatus.Running;
            // Who continues a run wants it tried again.
            if (!_active.IsRecovering) _active.History = _active.History with { CoreFailure = null };
        }
        catch (JsonException e)
        {
            _world.Log($"{next.Name} cannot be run: its description is damaged: {e.Message}");
            Replace(next with { Status = RunStatus.Failed });
        }
    }

    private void Load(ActiveRun run)
    {
        run.RetryAt = long.MaxValue;
        _world.Ask(Errand.Read, store => run.Plan.Place(NetworkBytes.Read(store.ReadNetwork(run.Name), run.Name)), (now, placement, failure) =>
        {
            if (_active != run || IsSuperseded) return;
            run.RetryAt = now;
            if (placement is not null)
            {
                run.Placement = placement;
                run.Phase = RunPhase.Waiting;
            }
            else if (failure is StoreException)
            {
                Later(now, run, failure.Message);
            }
            else
            {
                End(now, run, RunStatus.Failed, failure!.Message);
            }
        });
    }

    /// <summary>Nodes that can have cores: all of them reach each other, and none wants to leave.</summary>
    private ImmutableArray<string> Usable()
    {
        var usable = new List<string>();
        foreach (string node in _alive.Keys.OrderBy(n => n != _self))
        {
            if (IsDraining(node) || _alive[node] is not { TakesCores: true } status) continue;
            if (usable.All(other => status.Reaches.Contains(other) && _alive[other]!.Reaches.Contains(node))) usable.Add(node);
        }
        return [.. usable.Order(StringComparer.Ordinal)];
    }

    private void Raise(long now, ActiveRun run)
    {
        var usable = Usable();
        if (usable.IsEmpty) return;
        // Those who had cores under the coordinator before may need a moment to find this one.
        if (run.IsRecovering && now < _since + _options.SettleMs && run.History.Recoveries == 0 && _alive.Values.Any(s => s is null)) return;
        if (now < _since + _options.SettleMs / 4) return;
        run.Phase = RunPhase.Raising;
        // Above those of all runs: links tell by the epoch alone what is old.
        _highestEpoch = Math.Max(Math.Max(_highestEpoch, run.Epoch), _runs.Max(r => r.Epoch)) + 1;
        long epoch = _highestEpoch;
        _world.Ask(
            Errand.Epoch,
            store =>
            {
                store.RaiseEpoch(run.Name, epoch, _term);
                return store.Checkpoints(run.Name);
            },
            (later, checkpoints, failure) => Raised(later, run, epoch, checkpoints, failure));
    }

    private void Raised(long now, ActiveRun run, long epoch, IReadOnlyList<CheckpointManifest>? checkpoints, Exception? failure)
    {
        if (_active != run || IsSuperseded) return;
        if (checkpoints is null)
        {
            if (failure is StaleEpochException)
            {
                // It may be this coordinator's own raise, whose answer was lost: then the next one succeeds. A newer term refuses that as well.
                Reread(run, failure);
                return;
            }
            run.Phase = RunPhase.Waiting;
            Later(now, run, failure!.Message);
            return;
        }
        run.Epoch = epoch;
        var usable = Usable();
        if (usable.IsEmpty)
        {
            run.Phase = RunPhase.Waiting;
            return;
        }
        run.Latest = checkpoints.FirstOrDefault(c => !run.Damaged.Contains((c.Tick, c.Epoch)));
        if (run.Latest is null && run.Damaged.Count > 0)
        {
            End(now, run, RunStatus.Failed, "all its checkpoints are damaged");
            return;
        }
        if (RunNotes.TryRead(checkpoints.FirstOrDefault()?.Notes ?? "{}") is { } notes)
        {
            run.LastTick = Math.Max(run.LastTick, notes.LastTick);
            run.MsBefore = Math.Max(run.MsBefore, notes.Seconds * 1000 - (now - run.Since));
            if (notes.History.Recoveries > run.History.Recoveries) run.History = notes.History;
        }
        run.PlaceOn(usable);
        _world.Decided(new EpochRaised(run.Name, epoch, _term, run.Nodes, run.NodeOf, run.CommittedTick));
        run.Phase = RunPhase.Building;
        run.Trouble = null;
        run.IsRebalanceWanted = false;
        run.IsCommitting = false;
        run.Ready.Clear();
        run.Parts.Clear();
        if (run.CommittedTick >= run.LastTick && !run.Plan.IsOpen)
        {
            // The last checkpoint was committed, and then whoever would have said so was lost.
            run.Tick = run.CommittedTick;
            End(now, run, RunStatus.Done, null);
            return;
        }
        ImmutableArray<long> renewed = [.. checkpoints.Select(c => c.Tick).Where(t => t > run.CommittedTick)];
        var assign = new Assign(run.Name, _term, epoch, run.Record.Description, run.LastTick, run.Nodes, run.NodeOf, run.Latest, renewed);
        if (_world.Encode(assign) is { Length: > ControlMessage.MaxBytes } bytes)
        {
            End(now, run, RunStatus.Failed, $"its plan and its checkpoint take {bytes.Length} bytes, and at most {ControlMessage.MaxBytes} can be sent to a node; give fewer kept ticks or cores");
            return;
        }
        foreach (string node in _alive.Keys)
        {
            if (run.Nodes.Contains(node)) _outbox.Send(node, assign);
            else _outbox.Send(node, new Release(run.Name, epoch));
        }
    }

    private void Reread(ActiveRun run, Exception stale)
    {
        _world.Ask(Errand.Epoch, store => store.FindRun(run.Name), (now, record, _) =>
        {
            if (_active != run || IsSuperseded) return;
            run.Phase = RunPhase.Waiting;
            if (record is null || record.Epoch > _highestEpoch)
            {
                Supersede(stale.Message);
                return;
            }
            run.Epoch = record.Epoch;
            Later(now, run, stale.Message);
        });
    }

    private void TakeStatus(string from, NodeStatus status)
    {
        _alive[from] = status;
        if (status.Run is null || !IsCurrent(status.Run, status.Epoch)) return;
        var run = _active!;
        run.Furthest = Math.Max(run.Furthest, status.Furthest);
        if (run.Phase != RunPhase.Running) return;
        long tick = long.MaxValue;
        foreach (string node in run.Nodes)
        {
            if (_alive.GetValueOrDefault(node) is not { } view || view.Epoch != run.Epoch) return;
            tick = Math.Min(tick, view.Tick);
        }
        run.Tick = Math.Max(tick, run.CommittedTick);
    }

    private void TakeReady(long now, ActiveRun run, string from, Ready ready)
    {
        if (run.Phase != RunPhase.Building || !run.Nodes.Contains(from)) return;
        run.Furthest = Math.Max(run.Furthest, ready.Furthest);
        run.Threads[from] = ready.Threads;
        run.Ready.Add(from);
        if (run.Ready.Count < run.Nodes.Length) return;
        if (run.IsRecovering)
        {
            long redone = Math.Max(0, run.Furthest - run.CommittedTick);
            run.History = run.History with
            {
                Recoveries = run.History.Recoveries + 1, ResumedFromTick = run.CommittedTick, TicksRedone = Math.Max(run.History.TicksRedone, redone),
            };
            if (run.FailedCore is (var node, var problem)) run.History = run.History with { CoreFailure = new CoreFailure(node, problem, run.CommittedTick) };
            run.FailedCore = null;
        }
        run.IsRecovering = false;
        run.Phase = RunPhase.Running;
        run.Tick = run.CommittedTick;
        Tell(run, new Start(run.Name, run.Epoch));
        // A later last tick than the one of the assignment may have come in between.
        Tell(run, new Extended(run.Name, run.Epoch, run.LastTick));
        Note(now, run, RunStatus.Running);
    }

    private void TakeBuildFailure(long now, ActiveRun run, string from, BuildFailed failed)
    {
        if (!failed.IsCheckpointDamaged)
        {
            End(now, run, RunStatus.Failed, $"{from}: {failed.Problem}");
            return;
        }
        _world.Log($"{run.Name}: the checkpoint of tick {run.CommittedTick} is damaged ({failed.Problem}); the one before is used");
        if (run.Latest is { } damaged) run.Damaged.Add((damaged.Tick, damaged.Epoch));
        run.Phase = RunPhase.Waiting;
    }

    /// <summary>A machine may err once. Where nothing later has been saved since the last failure the same state would throw for ever.</summary>
    private void TakeCoreFailure(long now, ActiveRun run, string from, string problem)
    {
        if (run.History.CoreFailure is { } before && run.CommittedTick <= before.RestoredTick)
        {
            End(now, run, RunStatus.Failed, $"{from}: {problem}");
            return;
        }
        run.FailedCore = (from, problem);
        Recover(now, $"{from}: {problem}");
    }

    private void Recover(long now, string reason)
    {
        var run = _active!;
        _world.Log($"{run.Name}: {reason}; going on from tick {run.CommittedTick}");
        run.Trouble = reason;
        run.IsRecovering = true;
        run.Phase = RunPhase.Waiting;
        run.RetryAt = now;
        Raise(now, run);
    }

    /// <summary>Looks whether the cores should lie elsewhere. An open run that stands at its last tick has no next checkpoint to wait for, neither for that nor for its end.</summary>
    private void Watch(long now, ActiveRun run)
    {
        if (!run.IsRebalanceWanted)
        {
            var usable = Usable();
            run.IsRebalanceWanted = !usable.SequenceEqual(run.Considered) && !usable.IsEmpty;
        }
        if (run.CommittedTick < run.LastTick) return;
        if (run.IsStopWanted) End(now, run, RunStatus.Stopped, null);
        else if (run.IsRebalanceWanted) Rebalance(now, run);
    }

    private void Rebalance(long now, ActiveRun run)
    {
        run.History = run.History with { Rebalances = run.History.Rebalances + 1 };
        run.Phase = RunPhase.Waiting;
        Raise(now, run);
    }

    private void CommitNext(long now, ActiveRun run)
    {
        if (run.Phase != RunPhase.Running || run.IsCommitting || now < run.RetryAt || run.Parts.Count == 0) return;
        // Every node writes in order, and none leaves a tick out: what is recorded between two checkpoints goes along with the second.
        var (tick, parts) = run.Parts.First();
        if (parts.Count < run.Nodes.Length) return;
        run.IsCommitting = true;
        long epoch = run.Epoch;
        var manifest = new CheckpointManifest(tick, epoch, [.. run.Nodes.SelectMany(n => parts[n])], run.NotesAt(now));
        _world.Ask(
            Errand.Commit,
            store =>
            {
                store.Commit(run.Name, epoch, manifest);
                return true;
            },
            (later, done, failure) => CommitAnswered(later, run, epoch, manifest, done, failure));
    }

    private void CommitAnswered(long now, ActiveRun run, long epoch, CheckpointManifest manifest, bool done, Exception? failure)
    {
        if (_active != run || run.Epoch != epoch || run.Phase != RunPhase.Running || IsSuperseded) return;
        run.IsCommitting = false;
        if (!done)
        {
            if (failure is StaleEpochException) Supersede(failure.Message);
            else Later(now, run, failure!.Message);
            return;
        }
        run.Trouble = null;
        run.Latest = manifest;
        run.Parts.Remove(manifest.Tick);
        run.Tick = Math.Max(run.Tick, manifest.Tick);
        _world.Decided(new CheckpointCommitted(run.Name, epoch, manifest.Tick));
        Tell(run, new Committed(run.Name, epoch, manifest.Tick));
        _world.Ask(
            Errand.Prune,
            store =>
            {
                store.Prune(run.Name, epoch, _options.KeptCheckpoints, run.Plan.KeptTicks);
                return true;
            },
            (_, _, _) => { });
        if (manifest.Tick >= run.LastTick && !run.Plan.IsOpen) End(now, run, RunStatus.Done, null);
        else if (run.IsStopWanted) End(now, run, RunStatus.Stopped, null);
        else if (run.IsRebalanceWanted) Rebalance(now, run);
        else CommitNext(now, run);
    }

    private void End(long now, ActiveRun run, RunStatus status, string? problem)
    {
        run.Phase = RunPhase.Ending;
        run.Trouble = problem;
        run.Outcome = status;
        if (problem is not null) _world.Log($"{run.Name}: {problem}");
        // To all: who had cores under the epoch before and none under this one has not heard of it yet.
        foreach (string node in _alive.Keys) _outbox.Send(node, new Release(run.Name, run.Epoch));
        Note(now, run, status);
    }

    private void Note(long now, ActiveRun run, RunStatus status)
    {
        long epoch = run.Epoch;
        string notes = run.NotesAt(now);
        // The answer to an earlier note may come when the run is over already.
        bool isEnd = run.Phase == RunPhase.Ending;
        run.NoteAt = long.MaxValue;
        _world.Ask(
            Errand.Runs,
            store =>
            {
                store.SetStatus(run.Name, epoch, status, notes);
                return true;
            },
            (later, done, failure) =>
            {
                if (_active != run || IsSuperseded || run.Epoch != epoch) return;
                if (done)
                {
                    Replace(run.Record with { Epoch = epoch, Status = status, Notes = notes });
                    if (!isEnd) return;
                    _world.Decided(new RunEnded(run.Name, epoch, status));
                    _active = null;
                }
                else if (failure is StaleEpochException)
                {
                    Supersede(failure.Message);
                }
                else if (isEnd || run.Phase != RunPhase.Ending)
                {
                    run.Trouble ??= failure!.Message;
                    run.NoteAt = later + _options.RetryMs;
                }
            });
    }

    private void SetIdle(int index, RunStatus status)
    {
        var record = _runs[index];
        // At once: nobody takes up a run that was stopped while the store is told.
        _runs[index] = record with { Status = status };
        _world.Ask(
            Errand.Runs,
            store =>
            {
                store.SetStatus(record.Name, record.Epoch, status, record.Notes);
                return true;
            },
            (_, done, failure) =>
            {
                // A newer epoch means that it has been taken up since.
                if (!done && failure is not StaleEpochException) _world.Log($"{record.Name} is {Word(status)}, but the store does not know: {failure!.Message}");
            });
    }

    private void Replace(RunRecord record)
    {
        int i = _runs.FindIndex(r => r.Name == record.Name);
        if (i >= 0) _runs[i] = record;
    }

    private void Later(long now, ActiveRun run, string trouble)
    {
        run.Trouble = trouble;
        run.RetryAt = now + _options.RetryMs;
    }

    private void Supersede(string reason)
    {
        _world.Log($"no longer coordinating: {reason}");
        IsSuperseded = true;
    }

    private void Tell(ActiveRun run, ControlMessage message)
    {
        foreach (string node in run.Nodes) _outbox.Send(node, message);
    }

    private RunProgressReport ReportOf(long now, RunRecord record)
    {
        if (_active is { } run && run.Name == record.Name)
        {
            var status = run.Phase == RunPhase.Ending ? record.Status : run.Phase is RunPhase.Running or RunPhase.Building ? RunStatus.Running : record.Status;
            return new RunProgressReport(
                run.Name, status, run.Epoch, run.Tick, run.CommittedTick, run.LastTick, run.Nodes.Length, run.Placement?.Cores.Length ?? run.Plan.Cores,
                run.Nodes.Sum(n => run.Threads.GetValueOrDefault(n)), (now - run.Since + run.MsBefore) / 1000, run.History, run.Trouble);
        }
        var notes = RunNotes.TryRead(record.Notes);
        return new RunProgressReport(
            record.Name, record.Status, record.Epoch, notes?.Tick ?? -1, notes?.CommittedTick ?? -1, notes?.LastTick ?? -1, notes?.Nodes ?? 0, notes?.Cores ?? 0, notes?.Threads ?? 0,
            notes?.Seconds ?? 0, notes?.History ?? new(), notes?.Problem);
    }

    private static string Word(RunStatus status) => status.ToString().ToLowerInvariant();
}
