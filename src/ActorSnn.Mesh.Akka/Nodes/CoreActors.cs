using ActorSnn.Mesh.Embedded;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Nodes;

/// <summary>
/// The actors of the cores a node runs: children of the node's actor, one a core. The rings between cores of one process are memory, as on every engine; messages only say that there may be something to do.
/// </summary>
internal sealed class CoreActors : ICoreShell
{
    private readonly NeuronCoreActor.Bell[] _bells;
    private readonly object[] _turns;

    /// <summary>Starts the actors.</summary>
    /// <param name="group">The cores.</param>
    /// <param name="node">Is told when a core with links to other nodes has run.</param>
    /// <param name="context">The node's.</param>
    public CoreActors(CoreGroup group, NeuronCoreActor.Bell node, IActorContext context)
    {
        var cores = group.Cores;
        _bells = [.. cores.Select(_ => new NeuronCoreActor.Bell())];
        _turns = [.. cores.Select(_ => new object())];
        var bellOf = cores.Zip(_bells).ToDictionary(p => p.First.Machine.Core.Index, p => p.Second);
        for (int i = 0; i < cores.Count; i++)
        {
            var core = cores[i];
            int index = core.Machine.Core.Index;
            // Consumers wait for packets, producers for credit.
            var others = core.Machine.Outputs.Select(l => l.To).Concat(core.Machine.Inputs.Select(l => l.From)).Distinct().Where(other => other != index);
            NeuronCoreActor.Bell[] neighbours = [.. others.Select(other => bellOf.GetValueOrDefault(other, node)).Distinct()];
            var (bell, turn) = (_bells[i], _turns[i]);
            // A name for every start: the actors of the version before may not be gone yet.
            bell.Actor = context.ActorOf(Props.Create(() => new NeuronCoreActor(group, core, bell, neighbours, turn)).WithDispatcher(Settings.CoreDispatcher));
        }
    }

    /// <summary>Lets them go.</summary>
    public void Stop(IActorContext context)
    {
        foreach (var bell in _bells) context.Stop(bell.Actor);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        foreach (var bell in _bells) bell.Ring();
    }

    /// <inheritdoc/>
    public void Join()
    {
        // Whoever takes a turn from now on sees that the group has been stopped.
        foreach (object turn in _turns)
        {
            lock (turn)
            {
            }
        }
    }
}
