using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Local;

/// <summary>
/// The spikes of a core for another over a window of ticks; what credit the sender owes the receiver goes with it. The sender uses the object again once the receiver cannot have it any more: it has given credit for ticks that
/// it could not have run without.
/// </summary>
internal sealed class SpikesSent(int input, int output)
{
    /// <summary>Number of the receiver's incoming link.</summary>
    public int Input { get; } = input;

    /// <summary>Number of the receiver's outgoing link that leads back to the sender; -1 for none.</summary>
    public int Output { get; } = output;

    public SpikePacket Packet { get; } = new();

    /// <summary>Last tick the sender has run.</summary>
    public long Credit { get; set; }
}

/// <summary>The sender has run through a tick.</summary>
/// <param name="Output">Number of the receiver's outgoing link that leads to the sender.</param>
/// <param name="Tick">The last tick run.</param>
internal sealed record CreditGiven(int Output, long Tick);

/// <summary>Run to a tick, and say so when that is reached. Who is past it stands still.</summary>
/// <param name="Round">Number of the order; it replaces the one before.</param>
/// <param name="Limit">The last tick to run.</param>
internal sealed record RunUntil(long Round, long Limit);

/// <summary>The sender stands at a tick, at or past the limit of a round.</summary>
internal sealed record Reached(long Round, long Tick);

/// <summary>A core has more to run than one window.</summary>
internal sealed record GoOn
{
    public static GoOn Instance { get; } = new();
}

/// <summary>Who is who, before anything else.</summary>
/// <param name="Cores">The actors of all cores, by number.</param>
internal sealed record Meet(IActorRef[] Cores);

/// <summary>Something to be done with a core that stands still.</summary>
/// <param name="Action">What.</param>
/// <param name="Done">Completes when it has been done.</param>
internal sealed record Visit(Action<CoreMachine> Action, TaskCompletionSource Done);

/// <summary>Run all cores to a tick.</summary>
/// <param name="Tick">The tick.</param>
/// <param name="Done">Completes with the tick all stand at.</param>
internal sealed record RunAll(long Tick, TaskCompletionSource<long> Done);

/// <summary>Stop as soon as all cores can stand at one same tick.</summary>
internal sealed record StopEarly
{
    public static StopEarly Instance { get; } = new();
}
