using System.Diagnostics;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// One thread that runs some of the cores, in turn, each as far as it can. When none can go on it polls for a while, then parks until a
/// sender wakes it.
/// </summary>
internal sealed class EmbeddedWorker
{
    /// <summary>Polls at full speed: an answer from another processor takes a few hundred nanoseconds.</summary>
    private const int EagerPolls = 1000;

    /// <summary>Polls after that, with the processor offered to others in between: whoever is waited for may need it.</summary>
    private const int YieldingPolls = 20;

    /// <summary>The same where a poll looks at sockets: each takes microseconds, and an answer some tens of them.</summary>
    private const int YieldingPollsOfSockets = 50;

    private readonly CoreGroup _group;
    private readonly IPump? _pump;
    private volatile EmbeddedCore[] _cores;
    private AutoResetEvent? _wake;
    private readonly int _index;
    private readonly int _eagerPolls;
    private readonly int _polls;
    private readonly bool _isAlone;
    private volatile bool _parked;

    public EmbeddedWorker(CoreGroup group, EmbeddedCore[] cores, int index, int workers)
    {
        _group = group;
        _pump = group.PumpOf(index);
        // With more workers than processors, who polls keeps the one it waits for from running; and how many processes share a machine nobody knows.
        _eagerPolls = workers <= Environment.ProcessorCount && _pump is null ? EagerPolls : 0;
        _polls = _eagerPolls + (_pump is null ? YieldingPolls : YieldingPollsOfSockets);
        _isAlone = workers == 1;
        _cores = cores;
        _index = index;
    }

    /// <summary>Its thread; null before <see cref="Start"/>: who runs passes on his own thread needs none.</summary>
    public Thread? Thread { get; private set; }

    public IReadOnlyList<EmbeddedCore> Cores => _cores;

    /// <summary>Starts the thread; it waits for a round.</summary>
    public void Start()
    {
        _wake = new AutoResetEvent(false);
        Thread = new Thread(Loop) { IsBackground = true, Name = $"actorsnn worker {_index}" };
        Thread.Start();
    }

    public void Wake()
    {
        _wake?.Set();
        _pump?.Wake();
    }

    /// <summary>
    /// Wakes the worker if it sleeps. Costs the sender one read: the fence that makes this safe is the process-wide one the worker executes before it sleeps.
    /// </summary>
    public void WakeIfParked()
    {
        if (_parked) Wake();
    }

    /// <summary>Runs a core no more.</summary>
    public void Drop(EmbeddedCore core) => _cores = [.. _cores.Where(c => c != core)];

    /// <summary>Takes time, as a core would that had more to do; no longer than the core is slow, and not when everything is about to stop.</summary>
    /// <param name="core">The core.</param>
    /// <param name="ticks">Ticks it has just run.</param>
    public void Dawdle(EmbeddedCore core, long ticks)
    {
        long began = Stopwatch.GetTimestamp();
        for (long left; !_group.IsStopping && (left = began + (long)(core.ExtraMicrosecondsPerTick * ticks * Stopwatch.Frequency / 1e6) - Stopwatch.GetTimestamp()) > 0;)
        {
            // A sleep is longer than asked for by as much as a short one would be.
            if (left > Stopwatch.Frequency / 200) Thread.Sleep(2);
            else Thread.SpinWait(20);
        }
    }

    private void Loop()
    {
        for (long round = 1; _group.AwaitRound(round); round++)
        {
            int idle = 0;
            for (var step = AdvanceAll(); step != Outcome.Finished; step = AdvanceAll())
            {
                if (step == Outcome.Advanced) idle = 0;
                else if (++idle < _eagerPolls) continue;
                else if (idle < _polls) Thread.Yield();
                else
                {
                    Park();
                    idle = 0;
                }
            }
            _group.FinishRound();
        }
    }

    /// <summary>Lets each core run as far as it can, once, and works on the links to other processes.</summary>
    internal Outcome AdvanceAll()
    {
        if (_group.IsStopping) return Outcome.Finished;
        long limit = _group.Limit;
        bool advanced = false;
        bool finished = true;
        foreach (var core in _cores)
        {
            try
            {
                advanced |= core.Advance(limit);
            }
            catch (Exception cause)
            {
                _group.Fail(core.Failed(cause));
                return Outcome.Finished;
            }
            finished &= core.Machine.Core.Tick >= limit;
        }
        if (_pump is not null) advanced |= _pump.Advance(idle: !advanced);
        if (finished && !_group.RunsOn) return Outcome.Finished;
        return advanced ? Outcome.Advanced : Outcome.Waiting;
    }

    /// <summary>Sleeps until woken, unless something can be done after all.</summary>
    private void Park()
    {
        _parked = true;
        if (!_isAlone) Interlocked.MemoryBarrierProcessWide();
        if (AdvanceAll() == Outcome.Waiting)
        {
            if (_pump is null) _wake!.WaitOne();
            else _pump.Sleep();
        }
        _parked = false;
    }

    internal enum Outcome
    {
        Waiting,
        Advanced,
        Finished,
    }
}
