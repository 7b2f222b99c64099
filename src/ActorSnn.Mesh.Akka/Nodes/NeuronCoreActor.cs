using ActorSnn.Mesh.Embedded;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Nodes;

/// <summary>
/// The shell of a core on a node: lets it run as far as it can whenever its bell has rung.
/// <para>
/// <b>Supervision.</b> A core that throws does so again from the same state, so nobody restarts it. The failure goes up to the <see cref="NodeActor"/>, which stops all cores here and reports it.
/// </para>
/// </summary>
/// <param name="group">The cores of the node.</param>
/// <param name="core">This one.</param>
/// <param name="own">Its bell.</param>
/// <param name="neighbours">Bells of those it shares links with; the node's for cores elsewhere.</param>
/// <param name="turn">Held while the core runs.</param>
internal sealed class NeuronCoreActor(CoreGroup group, EmbeddedCore core, NeuronCoreActor.Bell own, NeuronCoreActor.Bell[] neighbours, object turn) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is not Rung) return;
        own.Answer();
        lock (turn)
        {
            if (group.IsStopping) return;
            if (core.IsGone)
            {
                Context.Stop(Self);
                return;
            }
            try
            {
                while (core.Advance(group.Limit))
                {
                    foreach (var neighbour in neighbours) neighbour.Ring();
                }
            }
            catch (Exception cause)
            {
                throw new CoreFailedException(core.Machine.Core.Index, core.Machine.Core.Tick + 1, cause);
            }
        }
    }

    /// <summary>There may be something to do.</summary>
    public sealed class Rung
    {
        public static Rung Instance { get; } = new();
    }

    /// <summary>Tells an actor that there may be something to do; not again before it has begun to look.</summary>
    public sealed class Bell
    {
        private int _isRung;

        /// <summary>Who is told.</summary>
        public IActorRef Actor { get; set; } = ActorRefs.Nobody;

        /// <summary>Rings; from any thread.</summary>
        public void Ring()
        {
            if (Interlocked.Exchange(ref _isRung, 1) == 0) Actor.Tell(Rung.Instance, ActorRefs.NoSender);
        }

        /// <summary>To be called before looking.</summary>
        public void Answer() => Interlocked.Exchange(ref _isRung, 0);
    }
}
