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

    private readonly EmbeddedMesh _mesh;
    private readonly EmbeddedCore[] _cores;
    private readonly AutoResetEvent _wake = new(false);
    private readonly int _eagerPolls;
    private volatile bool _parked;

    public EmbeddedWorker(EmbeddedMesh mesh, EmbeddedCore[] cores, int index, int workers)
    {
        // With more workers than processors, who polls keeps the one it waits for from running.
        _eagerPolls = workers <= Environment.ProcessorCount ? EagerPolls : 0;
        _mesh = mesh;
        _cores = cores;
        Thread = new Thread(Loop) { IsBackground = true, Name = $"actorsnn worker {index}" };
    }

    public Thread Thread { get; }

    public IReadOnlyList<EmbeddedCore> Cores => _cores;

    public void Wake() => _wake.Set();

    /// <summary>
    /// Wakes the worker if it sleeps. Costs the sender one read: the fence that makes this safe is the process-wide one the worker executes before it sleeps.
    /// </summary>
    public void WakeIfParked()
    {
        if (_parked) _wake.Set();
    }

    private void Loop()
    {
        for (long round = 1; _mesh.AwaitRound(round); round++)
        {
            int idle = 0;
            for (var step = AdvanceAll(); step != Outcome.Finished; step = AdvanceAll())
            {
                if (step == Outcome.Advanced) idle = 0;
                else if (++idle < _eagerPolls) continue;
                else if (idle < _eagerPolls + YieldingPolls) Thread.Yield();
                else
                {
                    Park();
                    idle = 0;
                }
            }
            _mesh.FinishRound();
        }
    }

    private Outcome AdvanceAll()
    {
        if (_mesh.IsStopping) return Outcome.Finished;
        long limit = _mesh.Limit;
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
                _mesh.Fail(new CoreFailedException(core.Machine.Core.Index, core.Machine.Core.Tick + 1, cause));
                return Outcome.Finished;
            }
            finished &= core.Machine.Core.Tick >= limit;
        }
        return finished ? Outcome.Finished : advanced ? Outcome.Advanced : Outcome.Waiting;
    }

    /// <summary>Sleeps until woken, unless something can be done after all.</summary>
    private void Park()
    {
        _parked = true;
        Interlocked.MemoryBarrierProcessWide();
        if (AdvanceAll() == Outcome.Waiting) _wake.WaitOne();
        _parked = false;
    }

    private enum Outcome
    {
        Waiting,
        Advanced,
        Finished,
    }
}
