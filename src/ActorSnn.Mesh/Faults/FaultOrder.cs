using System.Collections.Immutable;

namespace ActorSnn.Mesh.Faults;

/// <summary>Something that a fault target is to break, or to mend, now.</summary>
/// <param name="Fault">Place of the fault in its scenario.</param>
/// <param name="Occurrence">Which occurrence of the fault this is, from 0.</param>
public abstract record FaultOrder(int Fault, int Occurrence);

/// <summary>From now on links do something to packets.</summary>
/// <inheritdoc cref="FaultOrder"/>
/// <param name="Fault"/><param name="Occurrence"/>
/// <param name="What">What happens to them, and with which probability.</param>
/// <param name="Links">The links, as sender and receiver: names of nodes, or numbers of cores in one process.</param>
/// <param name="Seed">Seed of what is drawn.</param>
public sealed record DisturbLinks(int Fault, int Occurrence, LinkFault What, ImmutableArray<(string From, string To)> Links, ulong Seed) : FaultOrder(Fault, Occurrence);

/// <summary>What an earlier <see cref="DisturbLinks"/> of the same fault began is over.</summary>
/// <inheritdoc cref="FaultOrder"/>
public sealed record MendLinks(int Fault, int Occurrence) : FaultOrder(Fault, Occurrence);

/// <summary>Every tick of some cores takes longer from now on.</summary>
/// <inheritdoc cref="FaultOrder"/>
/// <param name="Fault"/><param name="Occurrence"/>
/// <param name="Cores">Their numbers.</param>
/// <param name="MicrosecondsPerTick">How much longer; 0 ends it.</param>
public sealed record SlowCores(int Fault, int Occurrence, ImmutableArray<int> Cores, double MicrosecondsPerTick) : FaultOrder(Fault, Occurrence);

/// <summary>The actors of some cores are gone.</summary>
/// <inheritdoc cref="FaultOrder"/>
/// <param name="Fault"/><param name="Occurrence"/>
/// <param name="Cores">Their numbers.</param>
public sealed record KillCores(int Fault, int Occurrence, ImmutableArray<int> Cores) : FaultOrder(Fault, Occurrence);

/// <summary>A node is killed, frozen, or killed and started again.</summary>
/// <inheritdoc cref="FaultOrder"/>
/// <param name="Fault"/><param name="Occurrence"/>
/// <param name="What">Which of them.</param>
/// <param name="Node">Its name.</param>
/// <param name="Seconds">Of a freeze: how long it lasts.</param>
public sealed record BreakNode(int Fault, int Occurrence, NodeFaultKind What, string Node, double Seconds) : FaultOrder(Fault, Occurrence);

/// <summary>Nodes on one side cannot reach those on the other from now on, or can again.</summary>
/// <inheritdoc cref="FaultOrder"/>
/// <param name="Fault"/><param name="Occurrence"/>
/// <param name="One">Names on one side.</param>
/// <param name="Other">Names on the other side.</param>
/// <param name="Heals">Whether they can again.</param>
public sealed record SeparateNodes(int Fault, int Occurrence, ImmutableArray<string> One, ImmutableArray<string> Other, bool Heals) : FaultOrder(Fault, Occurrence);
