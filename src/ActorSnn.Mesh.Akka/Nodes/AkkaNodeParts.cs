using ActorSnn.Mesh.Akka.Wire;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Akka.Nodes;

/// <summary>What a <see cref="NodeActor"/> is made of.</summary>
/// <param name="Options">Times.</param>
/// <param name="Store">Where runs live.</param>
/// <param name="Door">Where clients come in.</param>
/// <param name="Control">Writes and reads what nodes say to each other.</param>
/// <param name="TakesCores">Whether the node may have cores.</param>
/// <param name="CoreThreads">Threads of the dispatcher that runs the cores.</param>
/// <param name="AllowFaults">Whether it obeys orders that break it on purpose.</param>
/// <param name="BreakProcess">Kills or freezes the process; null where it is not the node's alone.</param>
/// <param name="Log">Is told what happens.</param>
/// <param name="Ended">Completes when the node has ended: with null when that was asked for, else with the reason.</param>
internal sealed record AkkaNodeParts(
    ClusterOptions Options, IRunStore Store, IClientDoor Door, ControlSerializer Control, bool TakesCores, int CoreThreads, bool AllowFaults, Action<NodeFaultKind, double>? BreakProcess,
    Action<string> Log, TaskCompletionSource<string?> Ended);
