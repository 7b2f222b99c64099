using ActorSnn.Mesh.Embedded;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Cores;

/// <summary>The parent of the cores of a mesh in one process. A core that throws ends the run: all are stopped, and whoever waits for it gets the failure.</summary>
internal sealed class MeshActor : UntypedActor
{
    private readonly CoreGroup _group;

    /// <param name="group">The cores.</param>
    /// <param name="born">Is told their actors.</param>
    public MeshActor(CoreGroup group, TaskCompletionSource<CoreActors> born)
    {
        _group = group;
        born.SetResult(new CoreActors(group, elsewhere: null, runsOn: false, Context));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: 0,
        withinTimeMilliseconds: Timeout.Infinite,
        decider: Decider.From(failure =>
        {
            _group.Fail(failure as CoreFailedException ?? new CoreFailedException(-1, -1, failure));
            return Directive.Stop;
        }),
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
    }
}
