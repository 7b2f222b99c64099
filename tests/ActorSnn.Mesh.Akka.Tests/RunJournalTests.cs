using System.Runtime.Serialization;
using ActorSnn.Mesh.Akka.Journal;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Tests;

public sealed class RunJournalTests(NodeSystem node) : IClassFixture<NodeSystem>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly RunDecision[] Course =
    [
        new EpochRaised("r", 1, 1, ["a", "b"], [0, 1, 0], -1),
        new CheckpointCommitted("r", 1, 99),
        new CheckpointCommitted("r", 1, 199),
        new EpochRaised("r", 4, 2, ["b"], [0, 0, 0], 199),
        new CheckpointCommitted("r", 4, 299),
        new RunEnded("r", 4, RunStatus.Done),
    ];

    [Fact]
    public void Decisions_add_up_to_how_a_run_stands()
    {
        var journal = Course.Aggregate(RunJournal.Empty, (j, decision) =>
        {
            Assert.Null(j.FaultOf(decision));
            return j.With(decision);
        });
        var run = journal.Runs["r"];
        Assert.Equal((4, 299, RunStatus.Done), (run.Epoch, run.Tick, run.Status));
        Assert.Equal("b", Assert.Single(run.Nodes));
    }

    [Fact]
    public void Whoever_has_been_overtaken_is_refused()
    {
        var journal = Course[..4].Aggregate(RunJournal.Empty, (j, decision) => j.With(decision));
        Assert.Equal("r: epoch 1, while 4 is the present one", journal.FaultOf(new CheckpointCommitted("r", 1, 299)));
        Assert.Equal("r: epoch 1, while 4 is the present one", journal.FaultOf(new RunEnded("r", 1, RunStatus.Failed)));
        Assert.Equal("r: epoch 4 is not above 4", journal.FaultOf(new EpochRaised("r", 4, 3, ["a"], [0], -1)));
        Assert.Equal("r: epoch 9, while 4 is the present one", journal.FaultOf(new CheckpointCommitted("r", 9, 299)));
        Assert.Equal("r: tick 199 after 199", journal.FaultOf(new CheckpointCommitted("r", 4, 199)));
        Assert.Equal("r: a core on a node that is not there", journal.FaultOf(new EpochRaised("r", 5, 3, ["a"], [0, 1], -1)));
        Assert.Null(journal.FaultOf(new CheckpointCommitted("r", 4, 299)));
    }

    [Fact]
    public void The_store_is_right_where_the_journal_says_something_else()
    {
        var journal = Course[..2].Aggregate(RunJournal.Empty, (j, decision) => j.With(decision));
        RunRecord Record(string name, long epoch, RunStatus status) => new(name, epoch, status, "{}", "{}", DateTime.UnixEpoch);
        // The store's commit came, and the crash before it was journaled; and a run of which the journal knows nothing.
        (RunRecord, long)[] store = [(Record("r", 1, RunStatus.Running), 199), (Record("s", 2, RunStatus.Queued), -1)];
        var found = journal.CatchUpWith(store).ToList();
        Assert.Equal([new StoreFound("r", 1, 199, RunStatus.Running), new StoreFound("s", 2, -1, RunStatus.Queued)], found);
        var caughtUp = found.Aggregate(journal, (j, decision) => j.With(decision));
        Assert.Equal((199, 2), (caughtUp.Runs["r"].Tick, caughtUp.Runs["s"].Epoch));
        Assert.Empty(caughtUp.CatchUpWith(store));
        // And one that was removed.
        Assert.Equal([new RunGone("s", 2)], caughtUp.CatchUpWith(store[..1]));
        Assert.Equal("r", Assert.Single(caughtUp.With(new RunGone("s", 2)).Runs).Key);
    }

    [Fact]
    public void What_is_kept_has_a_version_and_can_be_read_back()
    {
        foreach (var decision in Course.Append(new StoreFound("r", 5, 299, RunStatus.Done)).Append(new RunGone("r", 5)))
        {
            var serializer = Assert.IsType<JournalSerializer>(node.Serialization.FindSerializerFor(decision));
            Assert.EndsWith("-1", serializer.Manifest(decision));
            var back = node.ThereAndBack(decision);
            Assert.Equal(serializer.ToBinary(decision), serializer.ToBinary(back));
        }
        var journal = Course.Aggregate(RunJournal.Empty, (j, decision) => j.With(decision));
        Assert.Equal(299, node.ThereAndBack(journal).Runs["r"].Tick);
        Assert.Throws<SerializationException>(() => node.Serialization.Deserialize("{}"u8.ToArray(), 7403, "epoch-raised-2"));
        Assert.Throws<SerializationException>(() => node.Serialization.Deserialize("{\"run\""u8.ToArray(), 7403, "epoch-raised-1"));
        Assert.Throws<SerializationException>(() => node.Serialization.Deserialize("null"u8.ToArray(), 7403, "epoch-raised-1"));
    }

    /// <summary>Killed after every decision, with snapshots and compaction in between: the next one knows everything, and refuses what is old.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task A_coordinator_that_is_started_again_goes_on_where_the_one_before_ended(int snapshotEvery)
    {
        // The journal in memory belongs to its system.
        using var own = new NodeSystem();
        var expected = RunJournal.Empty;
        foreach (var decision in Course)
        {
            var actor = own.System.ActorOf(Props.Create(() => new RunCoordinatorActor(ActorRefs.Nobody, snapshotEvery)));
            Assert.Equal(Describe(expected), Describe(await actor.Ask<RunJournal>(new AskJournal(), Patience)));
            Assert.IsType<Journaled>(await actor.Ask(new Journalise(decision), Patience));
            expected = expected.With(decision);
            Assert.IsType<Fenced>(await actor.Ask(new Journalise(new CheckpointCommitted("r", 0, 9999)), Patience));
            await actor.GracefulStop(Patience);
        }

    }

    /// <summary>The journal in a file, as cluster-config/akka/sqlite-journal.conf has it: another process reads it, with a snapshot in between.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Another_process_goes_on_from_a_journal_in_a_file(int snapshotEvery)
    {
        string directory = Directory.CreateTempSubdirectory("actorsnn-journal-").FullName;
        try
        {
            string settings = File.ReadAllText(Path.Combine(SettingsTests.Root(), "cluster-config", "akka", "sqlite-journal.conf"))
                .Replace("actorsnn-journal.db", Path.Combine(directory, "journal.db").Replace('\\', '/'));
            var expected = RunJournal.Empty;
            foreach (var decision in Course)
            {
                using var process = new NodeSystem(settings);
                var actor = process.System.ActorOf(Props.Create(() => new RunCoordinatorActor(ActorRefs.Nobody, snapshotEvery)));
                Assert.Equal(Describe(expected), Describe(await actor.Ask<RunJournal>(new AskJournal(), Patience)));
                Assert.IsType<Journaled>(await actor.Ask(new Journalise(decision), Patience));
                expected = expected.With(decision);
                await actor.GracefulStop(Patience);
            }
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>What the store says and the journal does not is journaled before the node may coordinate.</summary>
    [Fact]
    public async Task A_coordinator_catches_up_with_the_store()
    {
        using var own = new NodeSystem();
        var heard = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = own.System.ActorOf(Props.Create(() => new Listener(heard)));
        var actor = own.System.ActorOf(Props.Create(() => new RunCoordinatorActor(listener, 100)));
        Assert.Equal(actor, await heard.Task.WaitAsync(Patience));
        var store = new CatchUp([(new RunRecord("r", 7, RunStatus.Running, "{}", "{}", DateTime.UnixEpoch), 199)]);
        Assert.IsType<CaughtUp>(await actor.Ask(store, Patience));
        Assert.IsType<CaughtUp>(await actor.Ask(store, Patience));
        var run = (await actor.Ask<RunJournal>(new AskJournal(), Patience)).Runs["r"];
        Assert.Equal((7, 199), (run.Epoch, run.Tick));
        Assert.IsType<Fenced>(await actor.Ask(new Journalise(new CheckpointCommitted("r", 6, 299)), Patience));
    }

    private sealed class Listener(TaskCompletionSource<IActorRef> heard) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is CoordinatorIsHere here) heard.TrySetResult(here.Coordinator);
        }
    }

    private static string Describe(RunJournal journal) => string.Join('\n', journal.Runs.Select(r => $"{r.Key} {r.Value.Epoch} {r.Value.Tick} {r.Value.Status} {string.Join(',', r.Value.NodeOf)}"));
}
