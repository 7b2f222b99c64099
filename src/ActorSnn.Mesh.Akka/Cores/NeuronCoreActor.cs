using ActorSnn.Mesh.Embedded;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Cores;

/// <summary>
/// The shell of a core: lets it run as far as it can whenever its bell has rung.
/// <para>
/// <b>Supervision.</b> An actor whose core threw is not restarted: the state it holds is of no use, and others have heard of what it did. The failure goes up to whoever started the actors: in one process all cores stop and the
/// run ends with it; a node stops its cores and reports it to the coordinator, which restores all cores of the run from the last checkpoint, as new actors.
/// </para>
/// </summary>
/// <param name="cores">The cores of this process.</param>
/// <param name="core">This one.</param>
/// <param name="own">Its bell.</param>
/// <param name="neighbours">Bells of those it shares links with.</param>
/// <param name="turn">Held while the core runs.</param>
internal sealed class NeuronCoreActor(CoreActors cores, EmbeddedCore core, Bell own, Bell[] neighbours, object turn) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is not Rung) return;
        own.Answer();
        lock (turn)
        {
            if (!cores.IsOpen) return;
            if (core.IsGone)
            {
                Context.Stop(Self);
                return;
            }
            try
            {
                while (core.Advance(cores.Group.Limit))
                {
                    foreach (var neighbour in neighbours) neighbour.Ring();
                }
            }
            catch (Exception cause)
            {
                throw core.Failed(cause);
            }
        }
        cores.HasRun(core);
    }
}
