using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>A moment at which a process may end.</summary>
internal enum CrashPoint
{
    BeforePartWrite,
    AfterPartWrite,
    BeforeCommit,
    AfterCommit,
    BeforeAnnouncement,
    AfterAnnouncement,
    BeforeEpoch,
    AfterEpoch,
    BeforeBuild,
    AfterBuild,
    BeforeLease,
    AfterLease,
    AnyTime,
}

/// <summary>Something that goes wrong, apart from crashes.</summary>
internal enum FaultKind
{
    FrameLost,
    FrameDoubled,
    FrameLate,
    FrameCorrupt,
    ConnectionBroken,
    Frozen,
    CoordinatorFrozen,
    NodesCut,
    StoreCut,
    StoreSlow,
    StoreHung,
    StoreFailedBefore,
    StoreFailedAfter,
    CheckpointDamaged,
    Restarted,
    Drained,
    CoreKilled,
    CoreFailed,
    CutByOrder,
    DisturbedByOrder,
}

/// <summary>What becomes of a frame.</summary>
internal readonly record struct FrameFate(bool IsLost, bool IsDoubled, bool IsLate, bool IsCorrupt);

/// <summary>What goes wrong in a simulated cluster, drawn from its seed, until it is told to be quiet. Counts what it has done.</summary>
internal sealed class SimulatedFaults
{
    private readonly HashSet<(string, string)> _cut = [];
    private readonly HashSet<string> _cutFromStore = [];
    private readonly List<(CrashPoint Point, int Nth)> _crashes = [];
    private readonly int[] _passed = new int[Enum.GetValues<CrashPoint>().Length];
    private SimulatedCluster? _cluster;
    private double _lost;
    private double _doubled;
    private double _late;
    private double _corrupt;
    private double _storeFails;
    private double _storeHangs;
    private int _storeDelay = 3;
    private bool _isQuiet;

    public long[] Crashes { get; } = new long[Enum.GetValues<CrashPoint>().Length];

    public long[] Faults { get; } = new long[Enum.GetValues<FaultKind>().Length];

    /// <summary>Plans what goes wrong.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="period">Time in which it does, from now on; then everything is put right.</param>
    /// <param name="finalTick">Where a run ends.</param>
    public void Plan(SimulatedCluster cluster, int period, Func<string, long> finalTick)
    {
        _cluster = cluster;
        var random = cluster.Random;
        double Rate(double most) => random.Next(3) == 0 ? random.NextDouble() * most : 0;
        (_lost, _doubled, _late, _corrupt) = (Rate(0.05), Rate(0.05), Rate(0.1), Rate(0.03));
        (_storeFails, _storeHangs) = (Rate(0.15), Rate(0.1));
        if (random.Next(4) == 0) _storeDelay = 10 + random.Next(150);
        for (int i = random.Next(4); i > 0; i--) _crashes.Add(((CrashPoint)random.Next((int)CrashPoint.AnyTime), 1 + random.Next(6)));
        for (int i = random.Next(3); i > 0; i--) cluster.At(random.Next(period), () => Crash(Any(random), CrashPoint.AnyTime));
        for (int i = random.Next(3); i > 0; i--) cluster.At(random.Next(period), () => Freeze(random));
        for (int i = random.Next(5); i > 0; i--) cluster.At(random.Next(period), () => BreakOne(random));
        for (int i = random.Next(3) == 0 ? 1 : 0; i > 0; i--) cluster.At(random.Next(period), () => CutNodes(random));
        for (int i = random.Next(3) == 0 ? 1 : 0; i > 0; i--) cluster.At(random.Next(period), () => CutFromStore(random));
        if (random.Next(6) == 0) cluster.At(random.Next(period), () => Damage(random, finalTick));
        if (random.Next(3) == 0) cluster.At(random.Next(period), () => Drain(random));
        for (int i = random.Next(3); i > 0; i--) cluster.At(random.Next(period), () => KillCore(random));
        for (int i = random.Next(3); i > 0; i--) cluster.At(random.Next(period), () => FailCore(random));
        if (random.Next(4) == 0) cluster.At(random.Next(period), () => CutByOrder(random));
        if (random.Next(4) == 0) cluster.At(random.Next(period), () => DisturbByOrder(random));
        cluster.At(period, Quiet);
    }

    public bool IsCut(SimulatedNode a, SimulatedNode b) => _cut.Contains((a.Name, b.Name)) || _cut.Contains((b.Name, a.Name));

    public FrameFate Of(SimulatedNode from, SimulatedNode to, Random random)
    {
        if (IsCut(from, to)) return new FrameFate(true, false, false, false);
        return new FrameFate(
            Happens(FaultKind.FrameLost, _lost, random), Happens(FaultKind.FrameDoubled, _doubled, random), Happens(FaultKind.FrameLate, _late, random),
            Happens(FaultKind.FrameCorrupt, _corrupt, random));
    }

    public long StoreDelay(SimulatedNode node, Errand errand, Random random)
    {
        // The lease is kept apart from large parts.
        int most = errand == Errand.Lease ? Math.Min(_storeDelay, 20) : _storeDelay;
        if (most > 9 && !_isQuiet) Faults[(int)FaultKind.StoreSlow]++;
        // On its way all the time, and done when others have gone on: what fencing is for.
        long hung = errand != Errand.Lease && Happens(FaultKind.StoreHung, _storeHangs, random) ? random.Next(200, 1500) : 0;
        return hung + random.Next(_isQuiet ? 3 : most);
    }

    public void BeforeErrand(SimulatedNode node, Errand errand, Random random)
    {
        if (_cutFromStore.Contains(node.Name)) throw new StoreException("the store cannot be reached");
        if (Happens(FaultKind.StoreFailedBefore, _storeFails, random)) throw new StoreException("the disk failed");
    }

    public void AfterErrand(SimulatedNode node, Errand errand, Random random)
    {
        if (Happens(FaultKind.StoreFailedAfter, _storeFails / 2, random)) throw new StoreException("the answer was lost");
    }

    public bool CrashesBefore(SimulatedNode node, Errand errand, Random random) => errand switch
    {
        Errand.Parts => CrashesAt(node, CrashPoint.BeforePartWrite),
        Errand.Commit => CrashesAt(node, CrashPoint.BeforeCommit),
        Errand.Epoch => CrashesAt(node, CrashPoint.BeforeEpoch),
        Errand.Build => CrashesAt(node, CrashPoint.BeforeBuild),
        Errand.Lease => CrashesAt(node, CrashPoint.BeforeLease),
        _ => false,
    };

    public bool CrashesAfter(SimulatedNode node, Errand errand, Random random) => errand switch
    {
        Errand.Parts => CrashesAt(node, CrashPoint.AfterPartWrite),
        Errand.Commit => CrashesAt(node, CrashPoint.AfterCommit),
        Errand.Epoch => CrashesAt(node, CrashPoint.AfterEpoch),
        Errand.Build => CrashesAt(node, CrashPoint.AfterBuild),
        Errand.Lease => CrashesAt(node, CrashPoint.AfterLease),
        _ => false,
    };

    /// <summary>The node has just dealt with an answer. What it said because of that is on its way, and a crash now loses it.</summary>
    public void Answered(SimulatedNode node, Errand errand, Exception? failure, Random random)
    {
        if (errand != Errand.Commit || failure is not null) return;
        if (CrashesAt(node, CrashPoint.BeforeAnnouncement)) return;
        if (IsDue(CrashPoint.AfterAnnouncement)) _cluster!.At(3 + random.Next(8), () => Crash(node, CrashPoint.AfterAnnouncement));
    }

    private bool CrashesAt(SimulatedNode node, CrashPoint point)
    {
        if (!IsDue(point)) return false;
        Crash(node, point);
        return true;
    }

    private bool IsDue(CrashPoint point)
    {
        if (_isQuiet || _cluster is null) return false;
        int nth = ++_passed[(int)point];
        return _crashes.Remove((point, nth));
    }

    private void Crash(SimulatedNode node, CrashPoint point)
    {
        if (_isQuiet || !node.IsUp) return;
        Crashes[(int)point]++;
        _cluster!.Note($"crash {point}");
        node.Kill();
        int back = _cluster.Random.Next(3);
        if (back > 0) _cluster.At(back * _cluster.Random.Next(600), () => Restart(node));
    }

    private void Restart(SimulatedNode node)
    {
        if (node.IsUp) return;
        Faults[(int)FaultKind.Restarted]++;
        node.Start();
    }

    private void Freeze(Random random)
    {
        var node = Any(random);
        if (random.Next(2) == 0) node = _cluster!.Nodes.FirstOrDefault(n => n.Node?.Coordinator is not null) ?? node;
        if (!node.IsUp || node.IsPaused || _isQuiet) return;
        Faults[(int)(node.Node!.Coordinator is null ? FaultKind.Frozen : FaultKind.CoordinatorFrozen)]++;
        node.Pause(random.Next(20, 900));
    }

    private void BreakOne(Random random)
    {
        var connections = _cluster!.Connections.ToList();
        if (connections.Count == 0 || _isQuiet) return;
        Faults[(int)FaultKind.ConnectionBroken]++;
        _cluster.Break(connections[random.Next(connections.Count)]);
    }

    private void CutNodes(Random random)
    {
        var some = _cluster!.Nodes.Where(_ => random.Next(2) == 0).Select(n => n.Name).ToList();
        var others = _cluster.Nodes.Select(n => n.Name).Except(some).ToList();
        if (some.Count == 0 || others.Count == 0 || _isQuiet) return;
        Faults[(int)FaultKind.NodesCut]++;
        _cluster.Note($"{string.Join(' ', some)} cut from {string.Join(' ', others)}");
        foreach (string a in some)
        {
            foreach (string b in others) _cut.Add((a, b));
        }
        _cluster.At(random.Next(50, 1200), () =>
        {
            _cluster.Note("healed");
            _cut.Clear();
        });
    }

    private void CutFromStore(Random random)
    {
        if (_isQuiet) return;
        var node = random.Next(2) == 0 ? Any(random) : _cluster!.Nodes.FirstOrDefault(n => n.Node?.Coordinator is not null) ?? Any(random);
        Faults[(int)FaultKind.StoreCut]++;
        _cluster!.Note($"{node.Name} cut from the store");
        _cutFromStore.Add(node.Name);
        _cluster.At(random.Next(50, 1200), () => _cutFromStore.Remove(node.Name));
    }

    private void KillCore(Random random)
    {
        var node = Any(random);
        if (_isQuiet || node.IsPaused || node.Node?.Share is not { Group.Cores: { Count: > 0 } cores }) return;
        Faults[(int)FaultKind.CoreKilled]++;
        int core = cores[random.Next(cores.Count)].Machine.Core.Index;
        _cluster!.Note($"core {core} of {node.Name} is killed");
        node.Ask([new Kill([core])]);
    }

    private void FailCore(Random random)
    {
        if (_isQuiet || !Any(random).FailCore(random)) return;
        Faults[(int)FaultKind.CoreFailed]++;
    }

    /// <summary>One node is told alone, and so treats others as out of reach, which know nothing of it.</summary>
    private void CutByOrder(Random random)
    {
        var node = Any(random);
        if (_isQuiet || node.IsPaused || !node.IsUp) return;
        Faults[(int)FaultKind.CutByOrder]++;
        node.Ask([new CutOff([.. _cluster!.Nodes.Where(_ => random.Next(2) == 0).Select(n => n.Name)], Heals: false)]);
        _cluster.At(random.Next(50, 1200), () => node.Later(() => node.Ask([Healing()])));
    }

    private void DisturbByOrder(Random random)
    {
        var node = Any(random);
        if (_isQuiet || node.IsPaused || !node.IsUp) return;
        Faults[(int)FaultKind.DisturbedByOrder]++;
        foreach (var kind in Enum.GetValues<LinkFaultKind>())
        {
            node.Ask([new DisturbFrames(
                (int)kind, new FrameFault(kind, 0.1 * random.NextDouble(), DelayMs: 20 * random.NextDouble()), (ulong)random.Next(), [.. _cluster!.Nodes.Select(n => n.Name)])]);
        }
        _cluster!.At(random.Next(50, 1200), () => node.Later(() => node.Ask([.. Enum.GetValues<LinkFaultKind>().Select(k => new MendFrames((int)k))])));
    }

    private CutOff Healing() => new([.. _cluster!.Nodes.Select(n => n.Name)], Heals: true);

    private void Drain(Random random)
    {
        var node = Any(random);
        if (_isQuiet || !node.IsUp || node.IsPaused) return;
        _cluster!.Note($"{node.Name} is to leave");
        // Asked by its own hand, or by a client of the coordinator.
        if (random.Next(2) == 0) node.Node!.Drain();
        else if (_cluster.Nodes.FirstOrDefault(n => n.Node?.Coordinator is not null && !n.IsPaused) is { } coordinator) coordinator.Ask([new DrainNode(node.Name)]);
    }

    /// <summary>A node that was to leave has ended.</summary>
    public void HasLeft(SimulatedNode node)
    {
        Faults[(int)FaultKind.Drained]++;
        _cluster!.At(_isQuiet ? 0 : _cluster.Random.Next(800), () => Restart(node));
    }

    private void Damage(Random random, Func<string, long> finalTick)
    {
        if (_isQuiet || !_cluster!.Store.DamageLatest(random.Next(100_000), finalTick)) return;
        Faults[(int)FaultKind.CheckpointDamaged]++;
        _cluster.Note("the latest checkpoint is damaged");
        Crash(Any(random), CrashPoint.AnyTime);
    }

    private void Quiet()
    {
        _cluster!.Note("quiet");
        _isQuiet = true;
        (_lost, _doubled, _late, _corrupt, _storeFails, _storeHangs) = (0, 0, 0, 0, 0, 0);
        _cut.Clear();
        _cutFromStore.Clear();
        foreach (var node in _cluster.Nodes.Where(n => !n.IsUp)) node.Start();
        foreach (var node in _cluster.Nodes) node.Later(() => node.Ask([Healing(), .. Enum.GetValues<LinkFaultKind>().Select(k => new MendFrames((int)k))]));
    }

    private SimulatedNode Any(Random random) => _cluster!.Nodes[random.Next(_cluster.Nodes.Count)];

    private bool Happens(FaultKind kind, double rate, Random random)
    {
        if (_isQuiet || rate == 0 || random.NextDouble() >= rate) return false;
        Faults[(int)kind]++;
        return true;
    }
}
