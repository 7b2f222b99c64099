using System.Collections.Immutable;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>How a cluster stands, as its coordinator sees it.</summary>
/// <param name="Coordinator">The node that coordinates.</param>
/// <param name="Term">Term of its lease.</param>
/// <param name="Store">Where state lives, without passwords.</param>
/// <param name="Nodes">The nodes that can be reached.</param>
/// <param name="Runs">The runs, oldest first.</param>
/// <param name="Engine">What connects the nodes: tcp or akka.</param>
/// <param name="RunsLeftOut">Number of older runs that are not among them, because a reply has no room for so many.</param>
public sealed record ClusterStatus(
    string Coordinator, long Term, string Store, ImmutableArray<NodeReport> Nodes, ImmutableArray<RunProgressReport> Runs, string Engine = "tcp",
    int RunsLeftOut = 0);

/// <summary>How a node stands.</summary>
/// <param name="Name">Its name: where it listens.</param>
/// <param name="Cores">Cores of the present run it has.</param>
/// <param name="Tick">The last tick all of them have run; -1 without cores.</param>
/// <param name="IsReady">Whether it can have cores: it has reported, reaches the others, and is not about to leave.</param>
/// <param name="IsDraining">Whether it is about to leave.</param>
/// <param name="Trouble">What keeps it from going on; null for nothing.</param>
public sealed record NodeReport(string Name, int Cores, long Tick, bool IsReady, bool IsDraining, string? Trouble);

/// <summary>How a run stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Epoch">Version of its placement.</param>
/// <param name="Tick">The last tick all cores have run, as far as is known; -1 before the first.</param>
/// <param name="CommittedTick">Tick of its latest checkpoint; -1 for none.</param>
/// <param name="LastTick">The last tick to run.</param>
/// <param name="Nodes">Nodes that have cores of it, or had them last.</param>
/// <param name="Cores">Number of cores.</param>
/// <param name="Threads">Threads of all nodes that run them.</param>
/// <param name="Seconds">Time the run has been under way, pauses and recoveries included, as far as the present coordinator knows.</param>
/// <param name="History">What happened to it.</param>
/// <param name="Problem">Why it failed or waits; null for neither.</param>
public sealed record RunProgressReport(
    string Name, RunStatus Status, long Epoch, long Tick, long CommittedTick, long LastTick, int Nodes, int Cores, int Threads, double Seconds,
    RecoveryHistory History, string? Problem);

/// <summary>What a run went through.</summary>
/// <param name="Recoveries">Times it was resumed from a checkpoint because something was lost.</param>
/// <param name="Rebalances">Times its cores were placed anew because nodes came or went.</param>
/// <param name="ResumedFromTick">The checkpoint the last recovery went on from; null before the first, -1 for the beginning.</param>
/// <param name="TicksRedone">Most ticks that a recovery had to run again.</param>
/// <param name="CoreFailure">The last time a core threw and the run was restored, since it was begun or continued; null for never.</param>
public sealed record RecoveryHistory(int Recoveries = 0, int Rebalances = 0, long? ResumedFromTick = null, long TicksRedone = 0, CoreFailure? CoreFailure = null);

/// <summary>A core threw, and all cores were restored. The run fails when one does so again before a later checkpoint is committed.</summary>
/// <param name="Node">The node that had the core.</param>
/// <param name="Problem">Which core, at which tick, and what it threw.</param>
/// <param name="RestoredTick">The checkpoint all went on from; -1 for the beginning.</param>
public sealed record CoreFailure(string Node, string Problem, long RestoredTick);
