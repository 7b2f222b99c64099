using System.Collections.Immutable;
using ActorSnn.Cores;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Local;

/// <summary>
/// The parent of the cores of a mesh in one process: tells them how far to run, and learns when they have.
/// <para>
/// <b>Supervision.</b> A core that throws would do so again from the same state: all cores are stopped, and the failure is handed to whoever waits for the run. Nobody is restarted here; going on from a checkpoint is the business of who has one.
/// </para>
/// </summary>
internal sealed class MeshActor : UntypedActor
{
    private readonly IActorRef[] _cores;
    private RunAll? _run;
    private CoreFailedException? _failure;
    private long _round;
    private int _missing;
    private long _least;
    private long _furthest;

    /// <param name="machines">The cores, by number.</param>
    /// <param name="links">Their links.</param>
    /// <param name="runAhead">Ticks a core may be ahead of a consumer.</param>
    /// <param name="born">Is told the actors of the cores.</param>
    public MeshActor(CoreMachine[] machines, ImmutableArray<CoreLink> links, int runAhead, TaskCompletionSource<IActorRef[]> born)
    {
        _cores = [.. machines.Select(m => Context.ActorOf(
            Props.Create(() => new NeuronCoreActor(m, links, runAhead)).WithDispatcher(Settings.CoreDispatcher), $"core-{m.Core.Index}"))];
        foreach (var core in _cores) core.Tell(new Meet(_cores));
        born.SetResult(_cores);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new AllForOneStrategy(
        maxNrOfRetries: 0,
        withinTimeMilliseconds: Timeout.Infinite,
        decider: Decider.From(failure =>
        {
            Fail(failure as CoreFailedException ?? new CoreFailedException(-1, -1, failure));
            return Directive.Stop;
        }),
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunAll run when _failure is not null:
                run.Done.SetException(_failure);
                break;
            case RunAll run:
                _run = run;
                Begin(run.Tick);
                break;
            case StopEarly when _run is not null:
                // First each where it is; then those behind catch up with the one that has got furthest.
                Begin(-1);
                break;
            case Reached reached when reached.Round == _round && _run is not null:
                Take(reached);
                break;
        }
    }

    private void Begin(long limit)
    {
        _round++;
        (_missing, _least, _furthest) = (_cores.Length, long.MaxValue, -1);
        var order = new RunUntil(_round, limit);
        foreach (var core in _cores) core.Tell(order);
    }

    private void Take(Reached reached)
    {
        _least = Math.Min(_least, reached.Tick);
        _furthest = Math.Max(_furthest, reached.Tick);
        if (--_missing > 0) return;
        if (_least < _furthest)
        {
            Begin(_furthest);
            return;
        }
        var run = _run!;
        _run = null;
        run.Done.SetResult(_least);
    }

    private void Fail(CoreFailedException failure)
    {
        _failure ??= failure;
        _run?.Done.SetException(_failure);
        _run = null;
    }
}
