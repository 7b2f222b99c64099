using ActorSnn.Mesh.Embedded;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Cores;

/// <summary>
/// The actors of a group's cores, one a core. The rings between cores of one process are memory, as on every engine; messages only say that there may be something to do.
/// </summary>
internal sealed class CoreActors : ICoreShell
{
    private readonly CoreGroup _group;
    private readonly Bell[] _bells;
    private readonly object[] _turns;
    private readonly object _gate = new();
    private volatile bool _isOpen;
    private volatile bool _isAwaited;

    /// <summary>Starts the actors.</summary>
    /// <param name="group">The cores.</param>
    /// <param name="elsewhere">Rung when a core with links to other processes has run; null where there are none.</param>
    /// <param name="runsOn">Whether the cores run from now on; else in rounds.</param>
    /// <param name="parent">Whose children they are: supervises them.</param>
    public CoreActors(CoreGroup group, Bell? elsewhere, bool runsOn, IActorContext parent)
    {
        (_group, _isOpen) = (group, runsOn);
        var cores = group.Cores;
        _bells = [.. cores.Select(_ => new Bell())];
        _turns = [.. cores.Select(_ => new object())];
        var bellOf = cores.Zip(_bells).ToDictionary(p => p.First.Machine.Core.Index, p => p.Second);
        for (int i = 0; i < cores.Count; i++)
        {
            var core = cores[i];
            int index = core.Machine.Core.Index;
            // Consumers wait for packets, producers for credit.
            var others = core.Machine.Outputs.Select(l => l.To).Concat(core.Machine.Inputs.Select(l => l.From)).Distinct().Where(other => other != index);
            Bell[] neighbours = [.. others.Select(other => bellOf.GetValueOrDefault(other, elsewhere!)).Distinct()];
            var (bell, turn) = (_bells[i], _turns[i]);
            // Named by Akka.NET: the actors of the version before may not be gone yet.
            bell.Actor = parent.ActorOf(Props.Create(() => new NeuronCoreActor(this, core, bell, neighbours, turn)).WithDispatcher(Settings.CoreDispatcher));
        }
    }

    /// <summary>The cores.</summary>
    public CoreGroup Group => _group;

    /// <summary>Whether cores may run now.</summary>
    public bool IsOpen => _isOpen && !_group.IsStopping;

    /// <summary>Whether an actor is one of these.</summary>
    public bool Contains(IActorRef actor) => Array.Exists(_bells, b => b.Actor.Equals(actor));

    /// <inheritdoc/>
    public void Wake()
    {
        foreach (var bell in _bells) bell.Ring();
        if (_isAwaited) Look();
    }

    /// <inheritdoc/>
    public void RunRound()
    {
        lock (_gate)
        {
            (_isAwaited, _isOpen) = (true, true);
            foreach (var bell in _bells) bell.Ring();
            while (!_group.IsStopping && _group.Tick < _group.Limit) Monitor.Wait(_gate);
            (_isAwaited, _isOpen) = (false, false);
        }
        WaitForTurns();
    }

    /// <inheritdoc/>
    public void End()
    {
        WaitForTurns();
        Stop();
    }

    /// <summary>Lets the actors go, from any thread.</summary>
    public void Stop()
    {
        foreach (var bell in _bells) bell.Actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
    }

    /// <summary>Called by an actor that has run its core as far as it gets.</summary>
    public void HasRun(EmbeddedCore core)
    {
        if (_isAwaited && core.Consumed >= _group.Limit) Look();
    }

    /// <summary>Whoever takes a turn after this sees that it is over.</summary>
    private void WaitForTurns()
    {
        foreach (object turn in _turns)
        {
            lock (turn)
            {
            }
        }
    }

    private void Look()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }
}

/// <summary>Tells an actor that there may be something to do; not again before it has begun to look.</summary>
internal sealed class Bell
{
    private int _isRung;

    /// <summary>Who is told.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>Rings; from any thread.</summary>
    public void Ring()
    {
        if (Volatile.Read(ref _isRung) == 0 && Interlocked.Exchange(ref _isRung, 1) == 0) Actor.Tell(Rung.Instance, ActorRefs.NoSender);
    }

    /// <summary>To be called before looking.</summary>
    public void Answer() => Interlocked.Exchange(ref _isRung, 0);
}

/// <summary>There may be something to do.</summary>
internal sealed class Rung
{
    public static Rung Instance { get; } = new();
}
