using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// Cores of a mesh that one process runs: all of them, or those of one node. Links among them are rings in memory; a link to or from a core elsewhere is a ring as well, whose other end is a
/// <see cref="LinkEnd"/> that the process's <see cref="IPump"/> looks after.
/// </summary>
internal sealed class CoreGroup : IDisposable
{
    private readonly EmbeddedCore[] _cores;
    private readonly EmbeddedWorker[] _workers;
    private readonly object _gate = new();
    private readonly IPump? _pump;
    private long _limit = -1;
    private long _round;
    private int _working;
    private volatile bool _stopping;
    private volatile CoreFailedException? _failure;

    /// <summary>Connects machines; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="placement">The whole mesh.</param>
    /// <param name="machines">The machines of this process's cores.</param>
    /// <param name="runAhead">Ticks a core may be ahead of a consumer.</param>
    /// <param name="threads">Threads to run them.</param>
    /// <param name="captures">Takes states at the ticks of checkpoints; null when there are none.</param>
    /// <param name="pump">Works on the links to other processes; null when there are none.</param>
    public CoreGroup(Placement placement, IReadOnlyList<CoreMachine> machines, int runAhead, int threads, CaptureBoard? captures = null, IPump? pump = null)
    {
        _pump = pump;
        _cores = [.. machines.Select(m => new EmbeddedCore(m, captures))];
        var ends = new LinkEnd[placement.Cores.Length];
        foreach (var core in _cores) ends[core.Machine.Core.Index] = core;
        for (int i = 0; i < ends.Length; i++) ends[i] ??= new LinkEnd(_cores.Length > 0 ? _cores[0].Machine.Core.Tick : -1);
        Ends = [.. ends];

        var shares = Share(_cores, threads);
        _workers = [.. shares.Select((share, i) => new EmbeddedWorker(this, [.. share], i, shares.Length))];
        var workerOf = _workers.SelectMany(w => w.Cores.Select(c => ((LinkEnd)c, w))).ToDictionary(p => p.Item1, p => p.w);
        int capacity = runAhead + placement.Network.MaxDelay + 1;
        var wires = new Dictionary<(int, int), EmbeddedLink>();
        EmbeddedLink Wire(CoreLink link)
        {
            if (!wires.TryGetValue((link.From, link.To), out var wire))
                wires[(link.From, link.To)] = wire = new EmbeddedLink(ends[link.From], ends[link.To], capacity);
            return wire;
        }
        foreach (var core in _cores)
        {
            core.Connect(
                workerOf[core],
                [.. core.Machine.Inputs.Select(Wire)],
                [.. core.Machine.Outputs.Select(Wire)],
                // The first worker looks after what is elsewhere.
                end => workerOf.GetValueOrDefault(end, _workers[0]));
        }
        Wires = wires;
    }

    /// <summary>The cores here.</summary>
    public IReadOnlyList<EmbeddedCore> Cores => _cores;

    /// <summary>All cores of the mesh, by number, as the links see them.</summary>
    public ImmutableArray<LinkEnd> Ends { get; }

    /// <summary>The rings of all links that begin or end here, by sender and receiver.</summary>
    public IReadOnlyDictionary<(int From, int To), EmbeddedLink> Wires { get; }

    public int Threads => _workers.Length;

    /// <summary>The last tick all cores here have run; nothing bounds it when there are none.</summary>
    public long Tick
    {
        get
        {
            long tick = long.MaxValue;
            foreach (var core in _cores) tick = Math.Min(tick, core.Consumed);
            return tick;
        }
    }

    /// <summary>The last tick any core here has run.</summary>
    public long FurthestTick
    {
        get
        {
            long tick = -1;
            foreach (var core in _cores) tick = Math.Max(tick, core.Consumed);
            return tick;
        }
    }

    /// <summary>The last tick that may be run. Raised or lowered at any time; who is past a lowered limit stands still.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            Volatile.Write(ref _limit, value);
            WakeAll();
        }
    }

    /// <summary>What a core threw; null as long as none has.</summary>
    public CoreFailedException? Failure => _failure;

    /// <summary>What runs the cores in place of the group's own threads; null for those.</summary>
    public ICoreShell? Shell { get; set; }

    /// <summary>Whether the workers shall leave everything as it is.</summary>
    internal bool IsStopping => _stopping;

    /// <summary>Whether workers go on watching for a higher limit when they have reached it, rather than end their round.</summary>
    internal bool RunsOn { get; private set; }

    /// <summary>Starts the threads; they wait for a round.</summary>
    public void Start()
    {
        foreach (var worker in _workers) worker.Start();
    }

    /// <summary>Starts the threads on a round that does not end: they run to whatever the limit is.</summary>
    public void StartRunningOn()
    {
        RunsOn = true;
        _round = 1;
        Start();
    }

    /// <summary>Runs one pass on the caller's thread, for who has not started any.</summary>
    /// <returns>Whether any core got on.</returns>
    public bool AdvanceHere()
    {
        bool advanced = false;
        foreach (var worker in _workers) advanced |= worker.AdvanceAll() == EmbeddedWorker.Outcome.Advanced;
        return advanced;
    }

    /// <summary>Runs a round: until every worker has reached the limit or was told to stop.</summary>
    public void RunRound()
    {
        if (Shell is { } shell)
        {
            shell.RunRound();
            return;
        }
        lock (_gate)
        {
            // Who has been told to stop takes part in no further round.
            if (_stopping) return;
            _working = _workers.Length;
            _round++;
            Monitor.PulseAll(_gate);
            while (_working > 0) Monitor.Wait(_gate);
        }
    }

    /// <summary>Stops at once, each core after the window it is in.</summary>
    public void Stop()
    {
        _stopping = true;
        lock (_gate) Monitor.PulseAll(_gate);
        WakeAll();
    }

    public void Dispose()
    {
        Stop();
        foreach (var worker in _workers)
        {
            if (worker.Thread is { IsAlive: true } thread && thread != Thread.CurrentThread) thread.Join();
        }
        Shell?.End();
    }

    /// <summary>Wakes whoever sleeps.</summary>
    public void WakeAll()
    {
        foreach (var worker in _workers) worker.Wake();
        Shell?.Wake();
    }

    /// <summary>Wakes workers that sleep, for who has brought something in from elsewhere.</summary>
    public void WakeParked()
    {
        // What was brought in must be visible before it is asked who sleeps.
        Interlocked.MemoryBarrier();
        foreach (var worker in _workers) worker.WakeIfParked();
        Shell?.Wake();
    }

    /// <summary>What the first worker does beside running cores.</summary>
    internal IPump? PumpOf(int worker) => worker == 0 ? _pump : null;

    /// <summary>Called by a worker between rounds: waits for the next one; false when there will be none.</summary>
    /// <param name="round">Number of the round to wait for, from 1.</param>
    internal bool AwaitRound(long round)
    {
        lock (_gate)
        {
            while (_round < round && !_stopping) Monitor.Wait(_gate);
            // A round that has begun is finished by every worker, even if another has failed in it already.
            return _round >= round;
        }
    }

    /// <summary>Called by a worker whose cores have all reached the limit, or that was told to stop.</summary>
    internal void FinishRound()
    {
        lock (_gate)
        {
            if (--_working == 0) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Discards the actor of a core, after the window it is in: those it sends to, and those it gives credit, wait for ever.</summary>
    /// <param name="core">Number of the core.</param>
    /// <returns>False when it is not here, or gone already.</returns>
    public bool Kill(int core)
    {
        if (Array.Find(_cores, c => c.Machine.Core.Index == core) is not { IsGone: false } found) return false;
        found.IsGone = true;
        foreach (var worker in _workers) worker.Drop(found);
        return true;
    }

    /// <summary>Says how much longer the ticks of cores take than they have to; not at all for cores that are not named.</summary>
    /// <param name="microsecondsPerTick">By number of the core.</param>
    public void SlowDown(IReadOnlyDictionary<int, double> microsecondsPerTick)
    {
        foreach (var core in _cores) core.ExtraMicrosecondsPerTick = microsecondsPerTick.GetValueOrDefault(core.Machine.Core.Index);
    }

    internal void Fail(CoreFailedException failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        Stop();
    }

    /// <summary>Shares the cores out so that workers have about the same to do: largest first, to whoever has least.</summary>
    private static List<EmbeddedCore>[] Share(EmbeddedCore[] cores, int threads)
    {
        threads = Math.Clamp(threads, 1, Math.Max(1, cores.Length));
        var shares = new List<EmbeddedCore>[threads];
        var load = new long[threads];
        for (int i = 0; i < threads; i++) shares[i] = [];
        foreach (var core in cores.OrderByDescending(Load).ThenBy(c => c.Machine.Core.Index))
        {
            int least = Array.IndexOf(load, load.Min());
            shares[least].Add(core);
            load[least] += Load(core);
        }
        foreach (var share in shares) share.Sort((a, b) => a.Machine.Core.Index.CompareTo(b.Machine.Core.Index));
        return shares;

        long Load(EmbeddedCore core) => core.Machine.Core.Placed.SynapseBytes + core.Machine.Core.Placed.Neurons;
    }
}
