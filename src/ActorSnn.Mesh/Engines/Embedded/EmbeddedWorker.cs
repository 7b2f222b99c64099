namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// One thread that runs some of the cores, in turn, each as far as it can. When none can go on it polls for a while, then parks until a
/// sender wakes it.
/// </summary>
internal sealed class EmbeddedWorker
{
    private const int PollsBeforeParking = 4000;

    private readonly EmbeddedMesh _mesh;
    private readonly EmbeddedCore[] _cores;
    private readonly AutoResetEvent _wake = new(false);
    private volatile bool _parked;

    public EmbeddedWorker(EmbeddedMesh mesh, EmbeddedCore[] cores, int index)
    {
        _mesh = mesh;
        _cores = cores;
        Thread = new Thread(Loop) { IsBackground = true, Name = $"actorsnn worker {index}" };
    }

    public Thread Thread { get; }

    public IReadOnlyList<EmbeddedCore> Cores => _cores;

    /// <summary>Whether all its cores have run through a tick.</summary>
    public bool HasReached(long tick) => Array.TrueForAll(_cores, c => c.Consumed >= tick);

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
            while (!_mesh.IsStopping && !HasReached(_mesh.Limit))
            {
                if (AdvanceAll()) idle = 0;
                else if (++idle < PollsBeforeParking) Thread.SpinWait(idle < 200 ? 1 : 20);
                else
                {
                    Park();
                    idle = 0;
                }
            }
            _mesh.FinishRound();
        }
    }

    private bool AdvanceAll()
    {
        bool advanced = false;
        long limit = _mesh.Limit;
        foreach (var core in _cores)
        {
            try
            {
                advanced |= core.Advance(limit);
            }
            catch (Exception cause)
            {
                _mesh.Fail(new CoreFailedException(core.Machine.Core.Index, core.Machine.Core.Tick + 1, cause));
                return false;
            }
        }
        return advanced;
    }

    /// <summary>Sleeps until woken, unless something can be done after all.</summary>
    private void Park()
    {
        _parked = true;
        Interlocked.MemoryBarrierProcessWide();
        if (!AdvanceAll() && !_mesh.IsStopping && !HasReached(_mesh.Limit)) _wake.WaitOne();
        _parked = false;
    }
}
