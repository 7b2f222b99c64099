using ActorSnn.Mesh.Stores;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Nodes;

/// <summary>Something that happens on the node's own time.</summary>
/// <param name="Action">What; is told the time.</param>
internal sealed record Happening(Action<long> Action);

/// <summary>It is time to see what is due.</summary>
internal sealed class Tick
{
    public static Tick Instance { get; } = new();
}

/// <summary>The node is to hand over what it has at the next checkpoint, and to end.</summary>
internal sealed class Leave
{
    public static Leave Instance { get; } = new();
}

/// <summary>The coordinator's actor is here, and has read its journal.</summary>
/// <param name="Coordinator">The actor.</param>
internal sealed record CoordinatorIsHere(IActorRef Coordinator);

/// <summary>The coordinator's actor is here no more, or its journal fails it.</summary>
/// <param name="Coordinator">The actor.</param>
/// <param name="Problem">What its journal said; null when it just moves.</param>
internal sealed record CoordinatorIsGone(IActorRef Coordinator, string? Problem);

/// <summary>What the store says: to be journaled where the journal says something else. Answered by <see cref="CaughtUp"/>.</summary>
/// <param name="Runs">The runs, each with the tick of its latest checkpoint; -1 for none.</param>
internal sealed record CatchUp(IReadOnlyList<(RunRecord Run, long Tick)> Runs);

/// <summary>The journal says what the store says.</summary>
internal sealed record CaughtUp;
