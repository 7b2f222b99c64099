using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Akka.Journal;

/// <summary>What a new coordinator found in the store, where the journal said something else. The store is right.</summary>
/// <inheritdoc cref="RunDecision"/>
/// <param name="Run"/><param name="Epoch"/>
/// <param name="Tick">Tick of the latest checkpoint; -1 for none.</param>
/// <param name="Status">How the run stands.</param>
internal sealed record StoreFound(string Run, long Epoch, long Tick, RunStatus Status) : RunDecision(Run, Epoch);

/// <summary>A run that the journal knows and the store does not any more: it was removed.</summary>
/// <inheritdoc cref="RunDecision"/>
/// <param name="Run"/><param name="Epoch"/>
internal sealed record RunGone(string Run, long Epoch) : RunDecision(Run, Epoch);
