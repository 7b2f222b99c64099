using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Cluster;

/// <summary>
/// A node's part in a run: builds the cores it is told to, runs them as far as committed checkpoints allow, and writes its parts of checkpoints. Pure but for the cores, which run elsewhere.
/// </summary>
/// <param name="self">Name of the node.</param>
/// <param name="options">Times.</param>
/// <param name="world">The store, and what runs cores.</param>
/// <param name="report">Sends a message to the coordinator; it is lost when there is none.</param>
/// <param name="pump">Works on the links to other nodes; null where the world does that on its own.</param>
internal sealed class RunMember(string self, ClusterOptions options, INodeWorld world, Action<ControlMessage> report, IPump? pump)
{
    private Assign? _assign;
    private RunShare? _share;
    private RunShare? _before;
    private bool _isRunning;
    private long _committed = -1;
    private long _furthestBefore = -1;
    private bool _hasFailed;
    private long _retryBuildAt = long.MaxValue;
    private readonly List<UnwrittenParts> _unwritten = [];
    private readonly List<ControlMessage> _reports = [];
    private IReadOnlyDictionary<int, double> _slow = new Dictionary<int, double>();

    /// <summary>The newest version of the placement known.</summary>
    public long Epoch { get; private set; }

    /// <summary>The cores, when they are built; null before, and between runs.</summary>
    public RunShare? Share => _share;

    /// <summary>Whether it has cores in that version, built or still to be built.</summary>
    public bool IsAssigned => _assign is not null;

    /// <summary>What keeps it from going on; null for nothing.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Fills in how the run stands here.</summary>
    public NodeStatus Status(ImmutableArray<string> reaches, bool isDraining) => _assign is null
        ? new NodeStatus(reaches, null, Epoch, -1, -1, Trouble, isDraining)
        : new NodeStatus(reaches, _assign.Run, Epoch, TickOf(_share), _share?.Group.FurthestTick ?? _furthestBefore, Trouble, isDraining);

    /// <summary>Takes a new version of the placement.</summary>
    public void Take(Assign assign)
    {
        if (assign.Epoch <= Epoch || !assign.Nodes.Contains(self)) return;
        Drop(assign.Epoch);
        // How far another run got does not matter to this one.
        if (_assign?.Run != assign.Run) _furthestBefore = -1;
        _assign = assign;
        _committed = assign.From?.Tick ?? -1;
        Build(assign);
    }

    /// <summary>Lets the cores run.</summary>
    public void Take(Start start)
    {
        if (!IsCurrent(start.Run, start.Epoch) || _share is null || _isRunning) return;
        _isRunning = true;
        _share.Group.Limit = _share.LimitAfter(_committed);
        world.Run(_share.Group);
    }

    /// <summary>Lets the cores run further.</summary>
    public void Take(Committed committed)
    {
        if (!IsCurrent(committed.Run, committed.Epoch) || committed.Tick <= _committed) return;
        _committed = committed.Tick;
        _reports.RemoveAll(r => r is PartsStored stored && stored.Tick <= _committed);
        if (_share is not null && _isRunning) _share.Group.Limit = _share.LimitAfter(_committed);
    }

    /// <summary>
    /// Moves the end of the run. Where it was to end there is a checkpoint all the same: some cores may have made theirs, and with it handed over what was recorded, and all must make the same ones.
    /// </summary>
    public void Take(Extended extended)
    {
        if (!IsCurrent(extended.Run, extended.Epoch) || _share is null || extended.LastTick <= _share.Board.Schedule.Last) return;
        var schedule = _share.Board.Schedule;
        _share.Board.Schedule = schedule with { Last = extended.LastTick, Named = [.. schedule.Named.Where(t => t > _committed).Append(schedule.Last).Order()] };
        if (_isRunning) _share.Group.Limit = _share.LimitAfter(_committed);
    }

    /// <summary>Discards the actors of those cores that are here.</summary>
    /// <returns>How many.</returns>
    public int Kill(IEnumerable<int> cores)
    {
        int killed = 0;
        foreach (int core in cores)
        {
            if (_share?.Group.Kill(core) != true) continue;
            killed++;
            Tell(new CoreGone(_assign!.Run, Epoch, core));
        }
        return killed;
    }

    /// <summary>Says which cores take longer; those not named take no longer than usual.</summary>
    public void SlowDown(IReadOnlyDictionary<int, double> microsecondsPerTick)
    {
        _slow = microsecondsPerTick;
        _share?.Group.SlowDown(_slow);
    }

    /// <summary>Forgets the run.</summary>
    public void Take(Release release)
    {
        if (release.Epoch < Epoch) return;
        Drop(release.Epoch);
        _assign = null;
        _furthestBefore = -1;
        // Nobody will ask for these cores again soon; their memory is worth more.
        _before = null;
    }

    /// <summary>Notes that a link to a node has been lost, with whatever was under way on it.</summary>
    public void LinkLost(string node)
    {
        if (_assign is null || !_assign.Nodes.Contains(node)) return;
        Tell(new PeerLost(_assign.Run, Epoch, node));
    }

    /// <summary>Whether a link to a node has been lost under the present version of the placement.</summary>
    public bool HasLost(string node) => _assign is not null && _reports.Contains(new PeerLost(_assign.Run, Epoch, node));

    /// <summary>Says again what the coordinator may not have heard: reports are lost while there is no link to it.</summary>
    public void Repeat()
    {
        foreach (var message in _reports) report(message);
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long now)
    {
        if (_assign is null) return;
        if (now >= _retryBuildAt)
        {
            _retryBuildAt = long.MaxValue;
            Build(_assign);
        }
        if (!_hasFailed && _share?.Group.Failure is { } failure)
        {
            _hasFailed = true;
            Tell(new CoreFailed(_assign.Run, Epoch, failure.Message));
        }
        if (_unwritten is [{ IsBeingWritten: false } next, ..] && now >= next.RetryAt) Write(next);
    }

    private bool IsCurrent(string run, long epoch) => _assign is not null && _assign.Run == run && Epoch == epoch;

    /// <summary>Reports what the coordinator must know, and keeps it for <see cref="Repeat"/>.</summary>
    private void Tell(ControlMessage message)
    {
        if (_reports.Contains(message)) return;
        _reports.Add(message);
        report(message);
    }

    private static long TickOf(RunShare? share) => share is null ? -1 : share.Group.Tick;

    private void Drop(long epoch)
    {
        Epoch = epoch;
        if (_share is not null)
        {
            world.Halt(_share.Group);
            _furthestBefore = _share.Group.FurthestTick;
            _before = _share;
            _share = null;
        }
        _isRunning = false;
        _hasFailed = false;
        _retryBuildAt = long.MaxValue;
        Trouble = null;
        _unwritten.Clear();
        _reports.Clear();
    }

    private void Build(Assign assign)
    {
        var before = _before;
        _before = null;
        world.Ask(
            Errand.Build,
            store => RunShare.Build(store, assign, self, before, (state, recordings) => world.Post(_ => Captured(assign.Epoch, state, recordings)), pump),
            (now, share, failure) =>
            {
                if (_assign != assign)
                {
                    // A newer version has come in meanwhile; it builds on its own.
                    if (share is not null) world.Halt(share.Group);
                    return;
                }
                if (share is not null)
                {
                    _share = share;
                    share.Group.SlowDown(_slow);
                    Trouble = null;
                    Tell(new Ready(assign.Run, assign.Epoch, Math.Max(_furthestBefore, _committed), world.ThreadsOf(share.Group)));
                    return;
                }
                switch (failure)
                {
                    case DamagedPartException or ArchiveException:
                        Tell(new BuildFailed(assign.Run, assign.Epoch, failure.Message, IsCheckpointDamaged: true));
                        break;
                    case StoreException:
                        Trouble = failure.Message;
                        _retryBuildAt = now + options.RetryMs;
                        break;
                    default:
                        Tell(new BuildFailed(assign.Run, assign.Epoch, failure!.Message, IsCheckpointDamaged: false));
                        break;
                }
            });
    }

    private void Captured(long epoch, NetworkState state, Recordings recordings)
    {
        if (epoch != Epoch || _share is null) return;
        var parts = new UnwrittenParts(_assign!, state, recordings, _assign!.Nodes.IndexOf(self), _share.Slices);
        _unwritten.Add(parts);
        if (_unwritten.Count == 1) Write(parts);
    }

    private void Write(UnwrittenParts parts)
    {
        parts.IsBeingWritten = true;
        world.Ask(Errand.Parts, parts.WriteTo, (now, stored, failure) =>
        {
            parts.IsBeingWritten = false;
            if (_assign != parts.Assign) return;
            if (stored.IsDefault)
            {
                // Somebody else goes on with the run; whoever does will say so.
                Trouble = failure!.Message;
                if (failure is StaleEpochException) _unwritten.Clear();
                else parts.RetryAt = now + options.RetryMs;
                return;
            }
            Trouble = null;
            _unwritten.Remove(parts);
            Tell(new PartsStored(parts.Assign.Run, parts.Assign.Epoch, parts.Tick, stored));
            // In order: the coordinator relies on it.
            if (_unwritten.Count > 0) Write(_unwritten[0]);
        });
    }

    /// <summary>A node's share of a checkpoint on its way to the store.</summary>
    private sealed class UnwrittenParts(Assign assign, NetworkState state, Recordings recordings, int number, ImmutableArray<Slice> slices)
    {
        private NetworkState? _state = state;
        private Recordings? _recordings = recordings;
        private byte[]? _statePart;
        private byte[]? _recordsPart;

        public Assign Assign { get; } = assign;

        public long Tick { get; } = state.Tick;

        public bool IsBeingWritten { get; set; }

        public long RetryAt { get; set; } = long.MinValue;

        public ImmutableArray<StoredPart> WriteTo(IRunStore store)
        {
            _statePart ??= StatePart.Write(_state!, slices);
            _recordsPart ??= RecordsPart.Write(_recordings!, slices);
            (_state, _recordings) = (null, null);
            var stored = ImmutableArray.CreateBuilder<StoredPart>();
            stored.Add(store.WritePart(Assign.Run, Assign.Epoch, new PartKey(Tick, PartKind.State, number), _statePart));
            if (_recordsPart.Length > 0) stored.Add(store.WritePart(Assign.Run, Assign.Epoch, new PartKey(Tick, PartKind.Records, number), _recordsPart));
            return stored.ToImmutable();
        }
    }
}
