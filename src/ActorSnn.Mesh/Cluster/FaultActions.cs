using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Cluster;

/// <summary>What breaks a node on purpose, or mends it: asked of that very node, whoever coordinates.</summary>
internal abstract record FaultAction : ClientAction
{
    /// <summary>Whether it says how things are from now on, so that a process which takes the place of this one has to be told, too.</summary>
    [JsonIgnore]
    public bool Lasts => this is not (Kill or BreakProcess or AskFaults);

    /// <summary>What is done, in a few words.</summary>
    public abstract string Describe();
}

/// <summary>From now on frames to some nodes are disturbed.</summary>
/// <param name="Fault">Place of the fault in its scenario; what it began before is over.</param>
/// <param name="What">What happens to frames.</param>
/// <param name="Seed">Seed of what is drawn.</param>
/// <param name="To">The nodes.</param>
internal sealed record DisturbFrames(int Fault, FrameFault What, ulong Seed, ImmutableArray<string> To) : FaultAction
{
    public override string Describe() => $"frames to {string.Join(", ", To)} are disturbed: {What.Kind.ToString().ToLowerInvariant()} with probability {What.Rate}";
}

/// <summary>What <see cref="DisturbFrames"/> of a fault began is over.</summary>
internal sealed record MendFrames(int Fault) : FaultAction
{
    public override string Describe() => $"what fault {Fault} did to links is over";
}

/// <summary>Some cores take longer for every tick, wherever they are and will be.</summary>
/// <param name="Fault">Place of the fault in its scenario; several faults add up.</param>
/// <param name="Cores">The cores.</param>
/// <param name="MicrosecondsPerTick">How much longer; 0 ends it.</param>
internal sealed record SlowDown(int Fault, ImmutableArray<int> Cores, double MicrosecondsPerTick) : FaultAction
{
    public override string Describe() => $"every tick of core {string.Join(", ", Cores)} takes {MicrosecondsPerTick} us longer";
}

/// <summary>The actors of some cores are gone, as far as they are here.</summary>
internal sealed record Kill(ImmutableArray<int> Cores) : FaultAction
{
    public override string Describe() => $"core {string.Join(", ", Cores)} is killed";
}

/// <summary>The process is killed or frozen.</summary>
/// <param name="What">Which of them.</param>
/// <param name="Seconds">Of a freeze: how long.</param>
internal sealed record BreakProcess(NodeFaultKind What, double Seconds) : FaultAction
{
    public override string Describe() => What == NodeFaultKind.Freeze ? $"the process freezes for {Seconds} s" : "the process is killed";
}

/// <summary>Nothing goes to some nodes any more, and nothing comes from them; or it does again.</summary>
internal sealed record CutOff(ImmutableArray<string> From, bool Heals) : FaultAction
{
    public override string Describe() => $"{string.Join(", ", From)} can {(Heals ? "be reached again" : "no longer be reached")}";
}

/// <summary>What faults did here, and what was noticed of it.</summary>
internal sealed record AskFaults : FaultAction
{
    public override string Describe() => "counts are asked for";
}

/// <summary>What faults did to one process.</summary>
/// <param name="Incarnation">Which start of the node.</param>
/// <param name="Counts">What was done and noticed since then.</param>
internal sealed record FaultReport(ulong Incarnation, FaultCounts Counts);
