using System.Collections.Immutable;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>
/// What a coordinator has decided about a run, and the store has taken. Journaled after the store's own commit, never before: the journal follows the store.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The epoch it was decided in.</param>
internal abstract record RunDecision(string Run, long Epoch);

/// <summary>A new version of the placement: from here on everything older is refused.</summary>
/// <inheritdoc cref="RunDecision"/>
/// <param name="Run"/><param name="Epoch"/>
/// <param name="Term">The coordinator's term.</param>
/// <param name="Nodes">Nodes with cores.</param>
/// <param name="NodeOf">For each core the position of its node among <paramref name="Nodes"/>.</param>
/// <param name="FromTick">The checkpoint it goes on from; -1 for the beginning.</param>
internal sealed record EpochRaised(string Run, long Epoch, long Term, ImmutableArray<string> Nodes, ImmutableArray<int> NodeOf, long FromTick) : RunDecision(Run, Epoch);

/// <summary>A checkpoint is in the store.</summary>
/// <inheritdoc cref="RunDecision"/>
/// <param name="Run"/><param name="Epoch"/>
/// <param name="Tick">Its tick.</param>
internal sealed record CheckpointCommitted(string Run, long Epoch, long Tick) : RunDecision(Run, Epoch);

/// <summary>A run is over.</summary>
/// <inheritdoc cref="RunDecision"/>
/// <param name="Run"/><param name="Epoch"/>
/// <param name="Status">How it ended.</param>
internal sealed record RunEnded(string Run, long Epoch, RunStatus Status) : RunDecision(Run, Epoch);
