using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Cluster;
using Akka.Actor;
using Akka.Persistence;

namespace ActorSnn.Mesh.Akka.Journal;

/// <summary>Journal a decision that the store has taken. Answered by <see cref="Journaled"/> or <see cref="Fenced"/>.</summary>
internal sealed record Journalise(RunDecision Decision);

/// <summary>A decision is in the journal.</summary>
internal sealed record Journaled(RunDecision Decision);

/// <summary>A decision was refused, because of an older epoch above all: whoever sent it has been overtaken.</summary>
internal sealed record Fenced(RunDecision Decision, string Reason);

/// <summary>What does the journal say? Answered by a <see cref="RunJournal"/>.</summary>
internal sealed record AskJournal;

/// <summary>
/// Keeps what the coordinator decides, so that the next one knows it; a cluster singleton. Commands come in, decisions are journaled and then applied by <see cref="RunJournal"/>, which knows all rules.
/// <para>
/// <b>Order.</b> Core states, then the store's commit, then the decision here. What the journal lacks after a crash, the store has: <see cref="RunJournal.CatchUpWith"/>.
/// </para>
/// <para>
/// <b>Compaction.</b> A snapshot every so many decisions; when it is there, the decisions and snapshots before it are removed.
/// </para>
/// </summary>
internal sealed class RunCoordinatorActor : ReceivePersistentActor
{
    private readonly IActorRef _node;
    private readonly int _snapshotEvery;
    private RunJournal _journal = RunJournal.Empty;
    private string? _problem;

    /// <param name="node">The node it is on: may coordinate while this actor is there, and its journal says what the store says.</param>
    /// <param name="snapshotEvery">Decisions from one snapshot to the next.</param>
    public RunCoordinatorActor(IActorRef node, int snapshotEvery)
    {
        (_node, _snapshotEvery) = (node, snapshotEvery);
        Recover<RunDecision>(decision => _journal = _journal.With(decision));
        Recover<SnapshotOffer>(offer => _journal = (RunJournal)offer.Snapshot);
        Recover<RecoveryCompleted>(_ => node.Tell(new CoordinatorIsHere(Self)));
        Command<CatchUp>(Take);
        Command<Journalise>(Take);
        Command<AskJournal>(_ => Sender.Tell(_journal));
        Command<SaveSnapshotSuccess>(saved =>
        {
            DeleteMessages(saved.Metadata.SequenceNr);
            // Up to 0 would mean all, with this one.
            if (saved.Metadata.SequenceNr > 1) DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
        });
        // A snapshot that failed is tried again after as many decisions; nothing was removed.
        Command<SaveSnapshotFailure>(_ => { });
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
    }

    /// <inheritdoc/>
    public override string PersistenceId => "actorsnn-coordinator";

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _node.Tell(new CoordinatorIsGone(Self, _problem));
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _problem = reason.Message;
        base.OnRecoveryFailure(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _problem = cause.Message;
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void Take(CatchUp store)
    {
        var lacking = _journal.CatchUpWith(store.Runs).ToList();
        if (lacking.Count == 0)
        {
            Sender.Tell(new CaughtUp());
            return;
        }
        int left = lacking.Count;
        PersistAll(lacking, found =>
        {
            Apply(found);
            if (--left == 0) Sender.Tell(new CaughtUp());
        });
    }

    private void Apply(RunDecision journaled)
    {
        _journal = _journal.With(journaled);
        if (LastSequenceNr % _snapshotEvery == 0) SaveSnapshot(_journal);
    }

    private void Take(Journalise command)
    {
        var decision = command.Decision;
        if (_journal.FaultOf(decision) is { } reason)
        {
            Sender.Tell(new Fenced(decision, reason));
            return;
        }
        Persist(decision, journaled =>
        {
            Apply(journaled);
            Sender.Tell(new Journaled(journaled));
        });
    }
}
